"""What a file of prices is expected to bring: closes near the book's last ones, and a close of every holding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_
from sandyq.book.ledger import run
from sandyq.market.series import ManualClose
from sandyq.packs.jumps import Jumps
from sandyq.packs.report import Report
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.reference.facts import TABLES, FactRow
from sandyq.workstation.knowledge import Knowledge

_COLUMNS: Final = TABLES["price"].columns
_SYMBOL, _DATE, _CLOSE = (_COLUMNS.index(name) + 1 for name in ("symbol", "date", "close"))


class ExpectedPrices:
    """Sees the rows of one file; afterwards notes jumps against the book and holdings that were left out.

    Moves inside the file are the reader's business. A holding is missed only in a file that goes beyond the book's
    last day of prices and has at least half of what is held on that day: a file of one vendor's fund misses nothing.
    """

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, int, str]] = {}
        self._last: dict[str, str] = {}
        self._manual: Mapping[str, tuple[ManualClose, ...]] = {}
        self._beside: list[tuple[int, str, Decimal, ManualClose]] = []

    def watch(self, manual: Mapping[str, tuple[ManualClose, ...]]) -> None:
        """Notice closes of days on which a price was set by hand: it stays in force, and both are told."""
        self._manual = manual

    def see(self, row: FactRow) -> None:
        """Remember the first and the last day of each symbol."""
        symbol, day = str(row[_SYMBOL]), str(row[_DATE])
        earlier = self._first.get(symbol)
        if earlier is None or day < earlier[0]:
            self._first[symbol] = (day, int(row[0] or 0), str(row[_CLOSE]))
        if day > self._last.get(symbol, ""):
            self._last[symbol] = day
        for item in self._manual.get(symbol, ()):
            if item.day.isoformat() == day and not item.withdrawn:
                self._beside.append((int(row[0] or 0), symbol, Decimal(str(row[_CLOSE])), item))

    def note(self, report: Report, book: Knowledge) -> None:
        """Add what is unexpected to the report. `book` is what was known before the file."""
        if self._first:
            self._jumps(report, book)
            self._missing(report, book)
        for line, symbol, close, manual in self._beside:
            if close != manual.close:
                report.warn("manual-price-differs", N_(
                    "{symbol} has a price of {manual} set by hand on {day}; it stays in force and the close {close} "
                    "is kept beside it.", symbol=symbol, manual=manual.close, day=manual.day, close=close), line=line,
                    subject=symbol)

    def _jumps(self, report: Report, book: Knowledge) -> None:
        def split(symbol: str, after: date, until: date) -> bool:
            last = max(until, date.fromisoformat(self._last[symbol]))
            return any(after < item.ex_date <= last for item in book.market.splits.get(symbol, ()))

        jumps = Jumps(report, "close", split)
        for symbol, (day, line, close) in sorted(self._first.items()):
            series = book.market.prices.get(symbol)
            before = series.latest(date.fromisoformat(day) - timedelta(days=1)) if series else None
            if before is not None and before.close:
                jumps.last[symbol] = (float(before.close), before.day.isoformat())
                jumps.see(line, symbol, day, close)

    def _missing(self, report: Report, book: Knowledge) -> None:
        newest = max(self._last.values())
        day = date.fromisoformat(newest)
        known = [series.days[-1] for series in book.market.prices.values() if series.days]
        if not book.transactions or (known and max(known) >= day.toordinal()):
            return
        state = run(book.transactions, book.splits, book.settings, day, usd_rate=book.usd_rate, events=book.events,
                    transfers=book.transfers, books=book.books, book=ALL_BOOKS)
        held = {item.symbol(day) for item in book.directory
                if state.positions.get(item.id) is not None and state.positions[item.id].quantity != Decimal(0)}
        missing = sorted(symbol for symbol in held if self._last.get(symbol) != newest)
        if len(missing) * 2 > len(held):
            return
        for symbol in missing:
            report.warn("holding-without-price", N_("{symbol} is held and has no price of {day} in this file.",
                                                    symbol=symbol, day=day), subject=symbol)
