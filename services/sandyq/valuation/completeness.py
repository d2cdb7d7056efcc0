"""Expected against present closes by the exchange's own calendar (F053)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sandyq.market import calendars
from sandyq.market.series import Calendar, MarketData, PriceSeries
from sandyq.reference.instruments import Directory, Instrument


@dataclass(frozen=True, slots=True)
class Presence:
    """One instrument between two days. `last` is the last day with a close that counts, `age` its trading days."""

    instrument: Instrument
    market: str
    expected: int
    present: int
    missing: tuple[date, ...]
    last: date | None
    age: int | None
    calendar_known: bool


def presence(instrument: Instrument, directory: Directory, market: MarketData, first: date, last: date) -> Presence:
    """Count the closes of an instrument on the trading days from `first` to `last`, both included.

    A day counts as present when a close fit for valuation is there: traded (a volume of 0 is no trading), as traded or
    split-adjusted, filed under a symbol that the instrument bore. Days before its listing are not expected.
    """
    name = instrument.market(last)
    calendar = market.calendars.get(name) or Calendar(name)
    begins = _listed(instrument, first)
    expected = [day for day in _span(begins, last) if calendars.is_open(calendar, day)]
    counted = _days_with_close(instrument, directory, market, last)
    missing = tuple(day for day in expected if day not in counted)
    newest = max(counted, default=None)
    covered = name in market.calendars and all(calendars.is_covered(calendar, day) for day in (begins, last))
    return Presence(instrument, name, len(expected), len(expected) - len(missing), missing, newest,
                    None if newest is None else calendars.age(calendar, newest, last), covered)


def _listed(instrument: Instrument, first: date) -> date:
    text = instrument.text("listed_from", first)
    try:
        return max(first, date.fromisoformat(text)) if text else first
    except ValueError:
        return first


def _span(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(n) for n in range((last - first).days + 1))


def _days_with_close(instrument: Instrument, directory: Directory, market: MarketData, until: date) -> set[date]:
    found: set[date] = set()
    for symbol in directory.symbols_of(instrument):
        series = market.prices.get(symbol)
        if series is None:
            continue
        for index in range(bisect_right(series.days, until.toordinal())):
            day = date.fromordinal(series.days[index])
            if not _counts(series, index):
                continue
            bearers = directory.candidates(symbol, day)
            if not bearers or any(bearer.id == instrument.id for bearer in bearers):
                found.add(day)
    return found


def _counts(series: PriceSeries, index: int) -> bool:
    volume = series.volumes[index]
    return series.bases[index] != "SD" and (volume is None or bool(Decimal(volume)))
