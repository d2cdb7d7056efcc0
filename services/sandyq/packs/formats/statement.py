"""A custodian's statement as a table: securities and money of one or several accounts on their days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.checks import isin_of
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet, ticker
from sandyq.packs.statements import CASH, SECURITY, Stated, Statement

_KINDS: Final = MappingProxyType({
    "security": SECURITY, "securities": SECURITY, "equity": SECURITY, "etf": SECURITY, "fund": SECURITY,
    "stock": SECURITY, "mutual_fund": SECURITY, "etfs_&_closed_end_funds": SECURITY,
    "cash": CASH, "money": CASH, "currency": CASH, "cash_and_money_market": CASH})


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``statement_line`` rows. A row without symbol and ISIN is money: its amount is in `quantity`."""
    statement = Statement(sheet.report)

    def change(cells: Cells) -> Sequence[Produced]:
        kind = _kind(cells)
        symbol, currency = cells.text("symbol"), cells.text("currency")
        if kind == CASH:
            currency = currency or symbol
            symbol = ""
        if currency and (len(currency) != 3 or not currency.isascii() or not currency.isalpha()):
            raise BadCell("bad-code", N_("This is not a currency code of three letters."), "currency", currency)
        account, day = cells.needed("account"), cells.day("date")
        quantity = cells.maybe_number("quantity")
        value = cells.maybe_number("value")
        if quantity is None and kind == CASH:
            quantity = value
        price = cells.maybe_number("price", sign="zero") if kind == SECURITY else None
        statement.add(Stated(
            cells.line, account, day, kind, ticker(symbol, "symbol") if symbol else "",
            isin_of(cells.text("isin")) if kind == SECURITY else "",
            Decimal(quantity if quantity is not None else cells.number("quantity")),
            None if price is None else Decimal(price),
            None if value is None or kind == CASH else Decimal(value), currency.upper(), cells.text("reference")))
        return []

    yield from sheet.convert(change)
    yield from statement.rows()


def _kind(cells: Cells) -> str:
    stated = "_".join(cells.text("kind").lower().replace("-", " ").split())
    if not stated:
        return SECURITY if cells.text("symbol") or cells.text("isin") else CASH
    if stated not in _KINDS:
        raise BadCell("word-unknown", N_("The column {column} takes one of: {words}.", column="kind",
                                         words="security, cash"), "kind", stated)
    return _KINDS[stated]


FORMAT: Final = Format(
    "statement", "statement",
    columns("account symbol isin currency reference kind type>kind", dates="date",
            numbers="quantity price value market_value>value", required="date account quantity"),
    frozenset({"symbol", "isin"}), read)
