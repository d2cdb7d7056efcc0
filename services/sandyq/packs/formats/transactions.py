"""Transactions: what was bought, sold, received and paid, one row each, idempotent by reference."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from stdnum import isin as isin_rules

from sandyq.basics.text import N_
from sandyq.book.transactions import CASH_TYPES, TransactionType
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet, refuse_lookalike, ticker
from sandyq.reference.venues import mic_of

_LONGEST_SETTLEMENT: Final = 30
_FREE: Final = frozenset({TransactionType.TRANSFER_IN, TransactionType.TRANSFER_OUT})
"""Types whose price may be zero."""


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``booking`` rows. `instrument` stays empty: the desk finds it, with the hints on mic and isin."""
    repeats: Counter[tuple[str, ...]] = Counter()

    def change(cells: Cells) -> Sequence[Produced]:
        kind = _kind(cells)
        traded, settled = _days(cells, sheet)
        symbol = _symbol(cells, kind)
        quantity = cells.number("quantity", sign="positive")
        price = _price(cells, kind)
        currency, account = cells.currency(), cells.needed("account")
        fees, taxes = (cells.maybe_number(name, sign="zero") or "0" for name in ("fees", "taxes"))
        content = (traded, kind.value, symbol, quantity, price, currency, account)
        reference = cells.text("reference") or _reference(cells, sheet, content, repeats)
        hint = _hint(cells)
        if hint:
            sheet.hints[cells.line] = hint
        return [("booking", (cells.line, reference, traded, settled, kind.value, symbol, "", quantity, price, currency,
                             fees, taxes, account, cells.text("lot"), cells.text("note")))]

    return sheet.convert(change, (1,))


def _kind(cells: Cells) -> TransactionType:
    word = cells.needed("type")
    folded = "_".join(word.lower().replace("-", " ").split())
    try:
        return TransactionType(folded)
    except ValueError:
        raise BadCell("type-unknown", N_("This type of transaction is not known; there are {types}.",
                                         types=", ".join(kind.value for kind in TransactionType)), "type",
                                         word) from None


def _days(cells: Cells, sheet: Sheet) -> tuple[str, str]:
    traded, settled = cells.day("trade_date"), cells.maybe_day("settle_date")
    if settled is None:
        sheet.report.warn("settlement-assumed", N_("There is no settlement date; the trade date is taken."),
                          line=cells.line, column="settle_date")
        return traded, traded
    if settled < traded:
        raise BadCell("settles-before-trade", N_("The settlement date is before the trade date."), "settle_date",
                      settled)
    if (date.fromisoformat(settled) - date.fromisoformat(traded)).days > _LONGEST_SETTLEMENT:
        sheet.report.warn("settles-late", N_("The settlement date is more than {days} days after the trade date.",
                                             days=_LONGEST_SETTLEMENT), line=cells.line, column="settle_date",
                          value=settled)
    return traded, settled


def _symbol(cells: Cells, kind: TransactionType) -> str:
    stated = cells.text("symbol")
    if kind in CASH_TYPES:
        if stated:
            raise BadCell("cash-with-symbol",
                          N_("A cash row has no symbol; its amount is in the quantity, its price is 1."),
                          "symbol", stated)
        return ""
    if not stated:
        raise BadCell("value-missing", N_("The column {column} is blank.", column="symbol"), "symbol")
    return ticker(stated, "symbol")


def _price(cells: Cells, kind: TransactionType) -> str:
    if kind in CASH_TYPES:
        price = cells.maybe_number("price") or "1"
        if price != "1":
            raise BadCell("cash-price", N_("The price of a cash row is 1; its amount is in the quantity."), "price",
                          price)
        return price
    return cells.number("price", sign="zero" if kind in _FREE else "positive")


def _reference(cells: Cells, sheet: Sheet, content: tuple[str, ...], repeats: Counter[tuple[str, ...]]) -> str:
    """Make a reference from the row itself, so that the same file brings the same references again."""
    repeats[content] += 1
    digest = hashlib.sha256("\x1f".join((*content, str(repeats[content]))).encode()).hexdigest()
    sheet.report.info("reference-made", N_("The row has no reference; one was made from its content."), line=cells.line,
                      column="reference")
    return f"row-{digest[:16]}"


def _hint(cells: Cells) -> dict[str, str]:
    hint: dict[str, str] = {}
    venue, isin = cells.text("mic"), cells.text("isin").replace(" ", "")
    if venue:
        refuse_lookalike(venue, "mic")
        hint["mic"] = mic_of(venue)
    if isin:
        refuse_lookalike(isin, "isin")
        if not isin_rules.is_valid(isin.upper()):
            raise BadCell("bad-isin", N_("The ISIN's length, country or check digit is wrong."), "isin", isin)
        hint["isin"] = isin.upper()
    return hint


FORMAT: Final = Format(
    "transactions", "transactions",
    columns("type symbol currency account reference lot note exchange>mic mic isin", dates="trade_date settle_date",
            numbers="quantity price fees taxes", required="trade_date type symbol quantity price currency account"),
    frozenset(), read)
