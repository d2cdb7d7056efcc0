"""Lines of custodians' statements, whatever they came in: checked, and lines of one holding added up.

A custodian lists a holding once for each place where it lies; reconciliation is by account and instrument.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import canonical
from sandyq.basics.text import N_
from sandyq.packs.format import Produced
from sandyq.packs.report import Report
from sandyq.packs.sheet import BadCell

SECURITY: Final = "security"
CASH: Final = "cash"


@dataclass(frozen=True, slots=True)
class Stated:
    """One line of a statement. `value` is in `currency`, as the price is."""

    line: int
    account: str
    day: str
    kind: str
    symbol: str
    isin: str
    quantity: Decimal
    price: Decimal | None
    value: Decimal | None
    currency: str
    reference: str

    @property
    def key(self) -> tuple[str, ...]:
        return self.account, self.day, self.kind, self.symbol, self.isin, self.currency


class Statement:
    """Collects the lines of one file; the same holding twice is added up and said."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lines: dict[tuple[str, ...], Stated] = {}

    def add(self, stated: Stated) -> None:
        """Take a line. Raises BadCell when it names no holding."""
        if stated.kind == SECURITY and not stated.symbol and not stated.isin:
            raise BadCell("value-missing", N_("The line names neither symbol nor ISIN."), "symbol")
        if stated.kind == CASH and not stated.currency:
            raise BadCell("value-missing", N_("The column {column} is blank.", column="currency"), "currency")
        before = self._lines.get(stated.key)
        if before is None:
            self._lines[stated.key] = stated
            return
        self._report.info("lines-added", N_("The line is about the holding of line {line}; the two are added up.",
                                            line=before.line), line=stated.line, value=canonical(stated.quantity),
                          subject=stated.symbol or stated.isin or stated.currency)
        value = None if before.value is None or stated.value is None else before.value + stated.value
        self._lines[stated.key] = replace(before, quantity=before.quantity + stated.quantity, value=value,
                                          price=before.price if before.price is not None else stated.price)

    def rows(self) -> Iterator[Produced]:
        """Yield ``statement_line`` rows in the order of the file."""
        for item in self._lines.values():
            yield "statement_line", (
                item.line, item.account, item.day, item.kind, item.symbol or None, item.isin or None, None,
                canonical(item.quantity), _text(item.price), _text(item.value), item.currency or None,
                item.reference or None)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else canonical(number)
