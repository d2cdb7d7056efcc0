"""Transactions: what was bought, sold, received and paid, one row each, idempotent by reference.

A fee that was settled in a stablecoin through a provider carries the provider's columns too: the booking is in money,
what was handed over is a fact beside it, and never a holding (F121).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import product
from sandyq.basics.text import N_
from sandyq.book.transactions import CASH_TYPES, TransactionType
from sandyq.packs.checks import isin_of
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.references import References
from sandyq.packs.sheet import BadCell, Cells, Sheet, refuse_lookalike, ticker
from sandyq.reference.coins import STABLECOINS
from sandyq.reference.events import EventType
from sandyq.reference.venues import mic_of

_LONGEST_SETTLEMENT: Final = 30
_FREE: Final = frozenset({TransactionType.TRANSFER_IN, TransactionType.TRANSFER_OUT})
"""Types whose price may be zero."""
_EVENTS: Final = frozenset(kind.value for kind in EventType) - frozenset(kind.value for kind in TransactionType)
_TOKEN_COLUMNS: Final = ("provider", "licence", "token", "token_amount", "rate_to_par", "par_reference")
_PAR_TOLERANCE: Final = Decimal("0.01")
"""How far tokens times rate may be from the fee: a cent of rounding."""


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``booking`` rows, and ``stablecoin_settlement`` for fees settled so.

    `instrument` stays empty: the desk finds it, with the hints on mic and isin. The hint settle = assumed says that
    the trade date stands for a settlement date that the file does not give.
    """
    references = References()

    def change(cells: Cells) -> Sequence[Produced]:
        quantity, direction = _quantity(cells, sheet)
        kind = _kind(cells, direction)
        traded, settled, assumed = _days(cells, sheet)
        symbol = _symbol(cells, kind)
        price = _price(cells, kind)
        currency, account = cells.currency(), cells.needed("account")
        fees, taxes = (cells.maybe_number(name, sign="zero") or "0" for name in ("fees", "taxes"))
        content = (traded, kind.value, symbol, quantity, price, currency, account)
        reference = cells.text("reference")
        settlement = _settlement(cells, sheet, kind, Decimal(quantity))
        hint = _hint(cells) | ({"settle": "assumed"} if assumed else {})
        if not reference:
            reference = references.made(content)
            sheet.report.info("reference-made", N_("The row has no reference; one was made from its content."),
                              line=cells.line, column="reference")
        if hint:
            sheet.hints[cells.line] = hint
        made: list[Produced] = [
            ("booking", (cells.line, reference, traded, settled, kind.value, symbol, "", quantity, price, currency,
                         fees, taxes, account, cells.text("lot"), cells.text("note")))]
        if settlement:
            made.append(("stablecoin_settlement", (cells.line, reference, *settlement, cells.note("note"))))
        return made

    return sheet.convert(change, (1,))


def _quantity(cells: Cells, sheet: Sheet) -> tuple[str, int]:
    """Return the quantity and the direction that its sign or column shows (0: none)."""
    if "debit" in sheet.header.names or "credit" in sheet.header.names:
        out, into = (cells.maybe_number(name, sign="zero") or "0" for name in ("debit", "credit"))
        if (out == "0") == (into == "0"):
            raise BadCell("debit-and-credit", N_("One of the columns debit and credit must be filled, not both."),
                          "debit", out)
        return (out, -1) if out != "0" else (into, 1)
    convention = sheet.mapping.sign if sheet.mapping else ""
    if not convention:
        return cells.number("quantity", sign="positive"), 0
    quantity = cells.number("quantity")
    if quantity == "0":
        raise BadCell("zero-number", N_("The column {column} cannot be zero.", column="quantity"), "quantity", quantity)
    direction = (-1 if quantity.startswith("-") else 1) if convention == "type" else 0
    return quantity.removeprefix("-"), direction


def _kind(cells: Cells, direction: int) -> TransactionType:
    stated = cells.text("type")
    if not stated and direction:
        if cells.text("symbol"):
            return TransactionType.BUY if direction > 0 else TransactionType.SELL
        return TransactionType.FUNDING if direction > 0 else TransactionType.REDEMPTION
    folded = "_".join(cells.needed("type").lower().replace("-", " ").split())
    if folded in _EVENTS:
        raise BadCell("event-not-transaction",
                      N_("A corporate action is no transaction; import it in a file of the kind {kind}.",
                         kind="corporate_actions"), "type", stated)
    try:
        return TransactionType(folded)
    except ValueError:
        raise BadCell("type-unknown", N_("This type of transaction is not known; there are {types}.",
                                         types=", ".join(kind.value for kind in TransactionType)), "type",
                      stated) from None


def _days(cells: Cells, sheet: Sheet) -> tuple[str, str, bool]:
    """Return trade day, settlement day, and whether the second is assumed."""
    traded, settled = cells.day("trade_date"), cells.maybe_day("settle_date")
    if settled is None:
        sheet.report.warn("settlement-assumed", N_("There is no settlement date; the trade date is taken."),
                          line=cells.line, column="settle_date")
        return traded, traded, True
    if settled < traded:
        raise BadCell("settles-before-trade", N_("The settlement date is before the trade date."), "settle_date",
                      settled)
    if (date.fromisoformat(settled) - date.fromisoformat(traded)).days > _LONGEST_SETTLEMENT:
        sheet.report.warn("settles-late", N_("The settlement date is more than {days} days after the trade date.",
                                             days=_LONGEST_SETTLEMENT), line=cells.line, column="settle_date",
                          value=settled)
    return traded, settled, False


def _settlement(cells: Cells, sheet: Sheet, kind: TransactionType, amount: Decimal) -> tuple[str, ...]:
    """Return provider to par reference of a fee settled in a stablecoin, nothing where no such column is filled."""
    if not any(cells.text(name) for name in _TOKEN_COLUMNS):
        return ()
    if kind is not TransactionType.FEE:
        raise BadCell("token-settlement", N_("Only a fee can be settled in a stablecoin; a token is never held."),
                      "type", kind.value)
    provider, licence, token = cells.needed("provider"), cells.needed("licence"), cells.asset("token")
    if token not in STABLECOINS:
        raise BadCell("token-unknown", N_("This is not a stablecoin that is known."), "token", token)
    tokens = cells.number("token_amount", sign="positive")
    rate = cells.number("rate_to_par", sign="positive")
    reference = cells.needed("par_reference")
    worth = product(Decimal(tokens), Decimal(rate))
    if abs(worth - amount) > _PAR_TOLERANCE:
        sheet.report.warn("settlement-differs",
                          N_("The tokens times their rate are {worth}; the fee is {amount}.", worth=worth,
                             amount=amount), line=cells.line, column="token_amount", value=tokens)
    return provider, licence, token, tokens, rate, reference


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


def _hint(cells: Cells) -> dict[str, str]:
    hint: dict[str, str] = {}
    venue, isin = cells.text("mic"), isin_of(cells.text("isin"))
    if venue:
        refuse_lookalike(venue, "mic")
        hint["mic"] = mic_of(venue)
    if isin:
        hint["isin"] = isin
    return hint


FORMAT: Final = Format(
    "transactions", "transactions",
    columns("type symbol currency account reference lot note exchange>mic mic isin provider licence token "
            "par_reference", dates="trade_date settle_date",
            numbers="quantity price fees taxes debit credit token_amount rate_to_par",
            required="trade_date type symbol quantity price currency account"),
    frozenset(), read)
