"""Prices of instruments: the canonical columns, with or without open, high, low, volume and adjustments.

A file of a million rows with only day, symbol, close and currency takes the lean way; every row that is not plainly in
order, and every file with more columns, takes the careful way. Both give the same facts and findings.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs import dates
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.jumps import LARGE, Jumps
from sandyq.packs.numbers import POINT
from sandyq.packs.sheet import BadCell, Cells, Sheet, broken
from sandyq.packs.source import FIELD_LIMIT

AS_TRADED: Final = "T"
_BASES: Final = frozenset({"T", "S", "SD", "R"})
_ADJUSTED: Final = frozenset({"S", "SD"})
_TYPES: Final = frozenset({"close", "nav", "bid", "manual"})
_CORE: Final = ("date", "symbol", "close", "currency")
_LEAN: Final = frozenset({*_CORE, "source"})
_KEPT: Final = 100_000
_ORDINARY: Final = re.compile(r"[1-9][0-9]{0,17}(?:\.[0-9]{1,18})?|0\.[0-9]{0,17}[1-9]")
"""A positive price with a point: the only spelling that takes the lean way."""
_Change = Callable[[Cells], Sequence[Produced]]


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``price`` rows. `basis` T where nobody says otherwise; an adjusted price says as of which day.

    That day is the column's, else the option's, else the last day of the file.
    """
    careful = _Careful(sheet)
    used = {name for name in sheet.header.names if name}
    lean = (used <= _LEAN and used >= set(_CORE) and sheet.mark == POINT and not sheet.source.quoted
            and "price_type" not in sheet.constants)
    return _lean(sheet, careful) if lean else sheet.convert(careful.change)


class _Careful:
    """Reads one row at a time; knows the last day of the file when adjusted prices need it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.jumps = Jumps(sheet.report, "close", sheet.context.has_split)
        self._last_day = ""
        self._told: set[str] = set()

    def change(self, cells: Cells) -> Sequence[Produced]:
        day, symbol = cells.day("date"), cells.symbol()
        close, currency = cells.number("close", sign="positive"), cells.currency()
        basis = self.basis(cells.text("basis"))
        price_type = cells.text("price_type").lower() or "close"
        if price_type not in _TYPES:
            raise BadCell("bad-price-type", N_("A price is a close, a nav, a bid or manual."), "price_type", price_type)
        bar = [cells.maybe_number(name, sign="positive") for name in ("open", "high", "low")]
        adjusted_close = cells.maybe_number("adj_close", sign="positive")
        volume = cells.maybe_number("volume", sign="zero", suffix=True)
        _check_bar(self.sheet, cells.line, symbol, close, bar)
        as_of = self._as_of(cells, day, basis)
        self._tell(cells.line, symbol, day, basis)
        self.jumps.see(cells.line, symbol, day, close)
        return [("price", (cells.line, symbol, day, close, currency, basis, as_of, price_type, cells.note("source"),
                           *bar,
                           adjusted_close, volume))]

    def basis(self, stated: str) -> str:
        basis = stated.upper() or AS_TRADED
        if basis not in _BASES:
            raise BadCell("bad-basis", N_("A price is T (as traded), S (split-adjusted), SD (adjusted for dividends "
                                          "too) or R (restored)."), "basis", stated)
        return basis

    def _as_of(self, cells: Cells, day: str, basis: str) -> str:
        if basis not in _ADJUSTED:
            return day
        as_of = cells.maybe_day("adjusted_as_of") or self.adjusted_as_of()
        if as_of < day:
            raise BadCell("adjusted-before", N_("The price is adjusted as of a day before its own."), "adjusted_as_of",
                          as_of)
        return as_of

    def adjusted_as_of(self) -> str:
        """Return the option's day, else the last day of the file."""
        if self.sheet.options.adjusted_as_of is not None:
            return self.sheet.options.adjusted_as_of.isoformat()
        if not self._last_day:
            self._last_day = _last_day(self.sheet)
        return self._last_day

    def _tell(self, line: int, symbol: str, day: str, basis: str) -> None:
        if date.fromisoformat(day).weekday() >= 5:
            self.sheet.report.warn("weekend-price", N_("The day is a Saturday or a Sunday."), line=line, column="date",
                                   value=day, subject=symbol)
        if basis == "SD" and symbol not in self._told:
            self._told.add(symbol)
            self.sheet.report.warn("dividend-adjusted", N_("The prices of {symbol} are adjusted for dividends: they "
                                                           "are fit for returns, not for valuation.", symbol=symbol),
                                   line=line, column="basis", value=basis, subject=symbol)


def _check_bar(sheet: Sheet, line: int, symbol: str, close: str, bar: Sequence[str | None]) -> None:
    opened, high, low = (Decimal(value) if value else None for value in bar)
    if high is not None and low is not None and high < low:
        raise BadCell("high-below-low", N_("The high is below the low."), "high", str(high))
    for value in (Decimal(close), opened):
        if value is not None and ((high is not None and value > high) or (low is not None and value < low)):
            sheet.report.warn("outside-bar", N_("The open or the close is not between the low and the high."),
                              line=line,
                              column="close", value=close, subject=symbol)
            return


def _last_day(sheet: Sheet) -> str:
    latest, seen = "", set[str]()
    for value in sheet.column_values(frozenset({"date"}), 10**9):
        if value in seen:
            continue
        if len(seen) < _KEPT:
            seen.add(value)
        try:
            latest = max(latest, dates.parse(value, sheet.order))
        except dates.BadDate:
            continue
    return latest


def _lean(sheet: Sheet, careful: _Careful) -> Iterator[Produced]:
    """The lean way: what is known or canonical passes at once, anything else goes to the careful way."""
    header, report = sheet.header, sheet.report
    names = list(header.names)
    width, pick = len(names), itemgetter(*(names.index(name) for name in _CORE))
    place = names.index("source") if "source" in names else None
    fixed_source = sheet.constants.get("source")
    basis = careful.basis(sheet.constants.get("basis", ""))
    as_of = careful.adjusted_as_of() if basis in _ADJUSTED else None
    cells, last = Cells(sheet), careful.jumps.last
    days: dict[str, str] = {}
    symbols: dict[str, str] = {}
    currencies: dict[str, str] = {}
    days_of, symbols_of, currencies_of = days.get, symbols.get, currencies.get
    matches, least, most = _ORDINARY.fullmatch, 1 - LARGE, 1 + LARGE
    read = 0
    csv.field_size_limit(FIELD_LIMIT)
    with sheet.source.open() as stream:
        reader = csv.reader(stream, delimiter=header.delimiter, strict=True)
        try:
            for row in islice(reader, header.rows_before, None):
                if len(row) == width:
                    day_text, symbol_text, close, currency_text = pick(row)
                    day, symbol, currency = days_of(day_text), symbols_of(symbol_text), currencies_of(currency_text)
                    if day and symbol and currency and matches(close):
                        if close[-1] == "0" and "." in close:
                            close = close.rstrip("0").rstrip(".")
                        price = float(close)
                        before, at = last[symbol]
                        if at != day and before * least <= price <= before * most:
                            read += 1
                            last[symbol] = (price, day)
                            yield "price", (
                                reader.line_num, symbol, day, close, currency, basis, as_of or day, "close",
                                fixed_source if place is None else row[place].strip() or fixed_source,
                                None, None, None, None, None)
                            continue
                produced = _one(sheet, careful.change, cells, row, reader.line_num)
                if produced:
                    yield produced[0]
                    _remember(produced[0], row, pick, days, symbols, currencies)
        except (csv.Error, UnicodeError):
            raise broken(sheet.source.name, reader.line_num) from None
        finally:
            report.read += read
    sheet.source.check_unchanged()


def _one(sheet: Sheet, change: _Change, cells: Cells, row: list[str], line: int) -> Sequence[Produced]:
    """Read one row the careful way."""
    if not sheet.fits(row, line):
        return ()
    cells.line, cells.row = line, row
    try:
        return change(cells)
    except BadCell as bad:
        sheet.report.refuse(bad.code, bad.reason, line=line, column=bad.column, value=bad.value)
        return ()


def _remember(produced: Produced, row: list[str], pick: Callable[[list[str]], tuple[str, ...]], days: dict[str, str],
              symbols: dict[str, str], currencies: dict[str, str]) -> None:
    """Keep the texts of a good row, so that the next row with them takes the lean way; weekends never do."""
    day_text, symbol_text, _, currency_text = pick(row)
    _, symbol, day, _, currency = produced[1][:5]
    if len(days) < _KEPT and len(symbols) < _KEPT and len(currencies) < _KEPT:
        if date.fromisoformat(str(day)).weekday() < 5:
            days[day_text] = str(day)
        symbols[symbol_text], currencies[currency_text] = str(symbol), str(currency)


FORMAT: Final = Format(
    "prices", "prices",
    columns("symbol currency basis price_type source", dates="date adjusted_as_of",
            numbers="close open high low adj_close volume", required="date symbol close currency"),
    frozenset(), read)
