"""Schwab, transactions of a brokerage account as CSV: a line with the account, the table, a line with the total.

Money is written ``-$3,320.05``, days month first. There are no references and no settlement dates. Income has its total
only and is booked as one unit at that total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import ZERO, canonical, product
from sandyq.basics.text import N_
from sandyq.book.transactions import CASH_TYPES, TransactionType
from sandyq.packs import dates
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.references import References
from sandyq.packs.sheet import BadCell, Cells, Sheet, raw_rows, ticker

_ACCOUNT: Final = re.compile(r"\baccount\s+(.{1,80}?)\s+as of\b", re.IGNORECASE)
_AS_OF: Final = re.compile(r"(\S+)\s+as of\s+(\S+)", re.IGNORECASE)
_TOTAL: Final = "transactions total"
_CENT: Final = Decimal("0.01")

_TRADES: Final = MappingProxyType({"buy": TransactionType.BUY, "reinvest shares": TransactionType.BUY,
                                   "sell": TransactionType.SELL})
_INCOME: Final = MappingProxyType({
    **dict.fromkeys(("cash dividend", "qualified dividend", "non-qualified div", "reinvest dividend",
                     "special dividend", "special qual div", "pr yr cash div", "pr yr div reinvest",
                     "long term cap gain", "short term cap gain", "qual div reinvest", "div reinvest"),
                    TransactionType.DIVIDEND),
    "return of capital": TransactionType.RETURN_OF_CAPITAL,
    **dict.fromkeys(("nra tax adj", "nra withholding", "foreign tax paid", "pr yr nra tax"),
                    TransactionType.WITHHOLDING)})
_MONEY: Final = MappingProxyType({
    "bank interest": TransactionType.INTEREST, "credit interest": TransactionType.INTEREST,
    **dict.fromkeys(("margin interest", "service fee", "adr mgmt fee", "misc cash entry fee", "wire fee"),
                    TransactionType.FEE)})
_FLOWS: Final = frozenset({"journal", "moneylink deposit", "moneylink transfer", "wire received", "wire sent",
                           "wire funds", "wire funds received", "funds received", "funds paid", "ach deposit"})
_EVENTS: Final = frozenset({"stock split", "reverse split", "spin-off", "stock merger", "cash merger", "cash in lieu",
                            "name change", "exchange or exercise", "mandatory reorg exc", "full redemption adj"})


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``booking`` rows; the total at the end is held against the amounts."""
    reader = _Reader(sheet)
    yield from sheet.convert(reader.change, (1,))
    reader.check_total()


class _Reader:
    """Reads one row at a time; adds up all amounts, refused ones too, for the total at the end."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._account = _account(sheet)
        self._references = References()
        self._sum = ZERO
        self._total: tuple[Decimal, int] | None = None

    def change(self, cells: Cells) -> Sequence[Produced]:
        amount = cells.maybe_number("amount")
        if cells.text("date").lower() == _TOTAL:
            self._sheet.report.read -= 1
            self._total = (Decimal(amount or "0"), cells.line)
            return []
        self._sum += Decimal(amount or "0")
        day = self._day(cells)
        action = " ".join(cells.needed("action").lower().split())
        money = Decimal(cells.number("amount")) if amount is None else Decimal(amount)
        kind, quantity, price, fees = self._figures(cells, action, money)
        symbol = "" if kind in CASH_TYPES else ticker(cells.needed("symbol"), "symbol")
        content = (day, action, symbol, quantity, price, str(money), self._account)
        if not self._account:
            raise BadCell("value-missing", N_("The file does not name the account; give it in a saved mapping."),
                          "account")
        reference = self._references.made(content)
        if kind in _TRADES.values():
            self._sheet.report.warn("settlement-assumed",
                                    N_("There is no settlement date; the trade date is taken."), line=cells.line,
                                    column="settle_date")
            self._sheet.hints[cells.line] = {"settle": "assumed"}
        return [("booking", (cells.line, reference, day, day, kind.value, symbol, "", quantity, price, "USD", fees,
                             "0", self._account, "", " ".join(cells.text("description").split())))]

    def _figures(self, cells: Cells, action: str, money: Decimal) -> tuple[TransactionType, str, str, str]:
        """Return type, quantity, price and fees."""
        if action in _TRADES:
            return self._trade(cells, _TRADES[action], money)
        if not money:
            raise BadCell("zero-number", N_("The column {column} cannot be zero.", column="amount"), "amount", "0")
        if action in _FLOWS and not cells.text("symbol"):
            kind = TransactionType.FUNDING if money > 0 else TransactionType.REDEMPTION
            self._sheet.report.info("money-moved", N_("A movement of money is booked as {type}; if the other account "
                                                      "is ours too, it is a transfer.", type=kind.value),
                                    line=cells.line, column="action", value=action)
            return kind, canonical(abs(money)), "1", "0"
        kind = _MONEY.get(action) or _INCOME.get(action) or self._refused(action)
        if (money < 0) != (kind in {TransactionType.FEE, TransactionType.WITHHOLDING}):
            raise BadCell("amount-returned", N_("The amount goes back on an earlier one; reverse that booking, with a "
                                                "reason."), "amount", canonical(money))
        if action in _MONEY:
            return kind, canonical(abs(money)), "1", "0"
        self._sheet.report.info("total-only", N_("The file gives the total only; it is booked as one unit at that "
                                                 "total."), line=cells.line, column="amount", value=canonical(money))
        return kind, "1", canonical(abs(money)), "0"

    def _trade(self, cells: Cells, kind: TransactionType, money: Decimal) -> tuple[TransactionType, str, str, str]:
        quantity, price = cells.number("quantity", sign="positive"), cells.number("price", sign="positive")
        fees = cells.maybe_number("fees", sign="zero") or "0"
        if (money < 0) != (kind is TransactionType.BUY):
            raise BadCell("sign-contradicts", N_("The sign of the amount contradicts the direction."), "amount",
                          canonical(money))
        worth = product(Decimal(quantity), Decimal(price))
        expected = worth + Decimal(fees) if kind is TransactionType.BUY else worth - Decimal(fees)
        if abs(abs(money) - expected) > _CENT:
            self._sheet.report.warn("amount-differs", N_("Quantity, price and fees give {expected}; the file says "
                                                         "{amount}.", expected=expected, amount=abs(money)),
                                    line=cells.line, column="amount", value=canonical(money))
        return kind, quantity, price, fees

    def _refused(self, action: str) -> TransactionType:
        if action in _EVENTS:
            raise BadCell("event-to-book", N_("This is a corporate action; book it as an event."), "action", action)
        raise BadCell("type-unknown", N_("This action is not read."), "action", action)

    def _day(self, cells: Cells) -> str:
        stated = cells.needed("date")
        found = _AS_OF.fullmatch(stated)
        try:
            if found:
                dates.parse(found[2], self._sheet.order)
            return dates.parse(found[1] if found else stated, self._sheet.order)
        except dates.BadDate as bad:
            raise BadCell("bad-date", bad.reason, "date", stated) from None

    def check_total(self) -> None:
        """Hold the sum of the amounts against the file's own total."""
        if self._total is not None and self._total[0] != self._sum:
            self._sheet.report.warn("control-total", N_("The amounts add up to {sum}; the file's total is {total}.",
                                                        sum=self._sum, total=self._total[0]), line=self._total[1],
                                    column="amount", value=canonical(self._total[0]))


def _account(sheet: Sheet) -> str:
    """Return the account that was given, else the one that the line above the table names."""
    given = sheet.constants.get("account", "")
    if given:
        return given
    before = sheet.header.rows_before
    for number, (_, row) in enumerate(raw_rows(sheet.source, sheet.header.delimiter), 1):
        if number >= before:
            break
        found = _ACCOUNT.search(" ".join(row))
        if found:
            return " ".join(found[1].split())
    return ""


FORMAT: Final = Format(
    "transactions", "schwab",
    columns("action symbol description", dates="date",
            numbers="quantity price fees_&_comm>fees amount", required="date action quantity price fees amount"),
    frozenset(), read, date_format="mdy", decimal="point")
