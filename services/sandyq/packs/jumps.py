"""Moves of a price from one row to the next that are more likely a mistake than a market."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.report import Report

LARGE: Final = 0.40
"""A close more than 40 % away from the one before it is worth a look."""


class Jumps:
    """Remembers the last (price, ISO day) of each symbol of a file; `explained(symbol, after, until)` asks for splits.

    A second price of one symbol for the same day is noted too.
    """

    def __init__(self, report: Report, column: str, explained: Callable[[str, date, date], bool]) -> None:
        self._report, self._column, self._explained = report, column, explained
        self.last: dict[str, tuple[float, str]] = {}

    def see(self, line: int, symbol: str, day: str, price: str) -> None:
        """Note a warning when the price jumped; rows may run forwards or backwards in time."""
        now = float(price)
        before = self.last.get(symbol)
        self.last[symbol] = (now, day)
        if before is not None and (before[1] == day or abs(now - before[0]) > LARGE * before[0]):
            self.note(line, symbol, before, (now, day))

    def note(self, line: int, symbol: str, before: tuple[float, str], now: tuple[float, str]) -> None:
        """Note a second price of the day, or a jump that no split explains."""
        if before[1] == now[1]:
            if before[0] != now[0]:
                self._report.warn("second-price",
                                  N_("The day has another price in an earlier row; the later one counts."),
                                  line=line, column=self._column, value=f"{now[0]:.10g}", subject=symbol)
            return
        first, last = sorted((date.fromisoformat(before[1]), date.fromisoformat(now[1])))
        if not self._explained(symbol, first, last):
            self._report.warn("price-jump", N_("The price is {change} % away from that of {day}.",
                                               change=round((now[0] / before[0] - 1) * 100, 1),
                                               day=date.fromisoformat(before[1])),
                              line=line, column=self._column, value=f"{now[0]:.10g}", subject=symbol)
