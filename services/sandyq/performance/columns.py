"""The time axis of a history, and series laid on it: closes, coins and exchange rates per day, NaN where too old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sandyq.exposure.case import COIN_AGE_LIMIT
from sandyq.exposure.returns import coin_closes, continuous_closes
from sandyq.market.series import Calendar, FxSeries, MarketData, PriceSeries
from sandyq.reference.instruments import Instrument

Column = NDArray[np.float64]
Ordinals = NDArray[np.int64]
Mask = NDArray[np.bool_]
_MARGIN: Final = 120
"""Calendar days before the first day in which a price may lie and still be young enough."""
_BASES: Final = ("USD", "EUR")


@dataclass(frozen=True, slots=True)
class Axis:
    """The days of a history as dates and ordinals, increasing."""

    days: tuple[date, ...]
    grid: Ordinals

    @classmethod
    def of(cls, days: Sequence[date]) -> Axis:
        return cls(tuple(days), np.fromiter((day.toordinal() for day in days), dtype=np.int64, count=len(days)))

    def __len__(self) -> int:
        return len(self.days)

    def unknown(self) -> Column:
        return np.full(len(self.days), np.nan)

    def zeros(self) -> Column:
        return np.zeros(len(self.days))


def latest(days: Ordinals, grid: Ordinals) -> Ordinals:
    """Return for each day of the grid the index of the last entry on or before it, −1 where there is none."""
    return np.searchsorted(days, grid, side="right").astype(np.int64) - 1


def carried(days: Ordinals, values: Column, grid: Ordinals) -> tuple[Column, Ordinals]:
    """Return (values carried forward, day of each value); NaN and 0 before the first."""
    if not len(days):
        return np.full(len(grid), np.nan), np.zeros(len(grid), dtype=np.int64)
    place = latest(days, grid)
    known = place >= 0
    return np.where(known, values[place], np.nan), np.where(known, days[place], 0)


class OpenDays:
    """Counts trading days up to any ordinal of the axis (and a margin before it), per market."""

    def __init__(self, calendars: Mapping[str, Calendar], grid: Ordinals) -> None:
        self._calendars = calendars
        self._first = int(grid[0]) - _MARGIN
        self._last = int(grid[-1])
        self._counts: dict[str, Ordinals] = {}

    def age(self, market: str, priced: Ordinals, grid: Ordinals) -> Ordinals:
        """Return the age of prices in the market's trading days, as `market.calendars.age` counts it.

        Prices before the margin get the age of the margin, which is more than any threshold.
        """
        counts = self._counts.get(market)
        if counts is None:
            counts = self._counts[market] = self._count(self._calendars.get(market))
        start = np.clip(priced - self._first, 0, len(counts) - 1)
        return counts[np.clip(grid - self._first, 0, len(counts) - 1)] - counts[start]

    def _count(self, calendar: Calendar | None) -> Ordinals:
        days = np.arange(self._first, self._last + 1)
        opened = (days + 6) % 7 < 5
        if calendar is not None:
            closed = [day - self._first for day in calendar.closed if self._first <= day <= self._last]
            opened[closed] = False
            moved = [day - self._first for day in calendar.opened if self._first <= day <= self._last
                     and (day + 6) % 7 >= 5]
            opened[moved] = True
        return np.cumsum(opened).astype(np.int64)


def closes_of(series: PriceSeries, axis: Axis, instrument: Instrument, ages: OpenDays, red_days: int) -> Column:
    """Return the close of each day in units of today, carried at most `red_days` trading days, then NaN.

    Dividend-adjusted rows (SD) are not fit for valuation and do not count. An instrument's own ``red_days`` goes first.
    """
    days, closes = continuous_closes(series)
    fit = np.fromiter((basis != "SD" for basis in series.bases), dtype=np.bool_, count=len(days))
    if not fit.all():
        days, closes = days[fit], closes[fit]
    values, priced = carried(days, closes, axis.grid)
    own = instrument.text("red_days", axis.days[-1])
    age = ages.age(instrument.market(axis.days[-1]), priced, axis.grid)
    values[age > (int(own) if own.isdecimal() else red_days)] = np.nan
    return values


def to_today(series: PriceSeries | None, axis: Axis) -> Column | None:
    """Return what turns a quantity of each day into units of today; None when the instrument never split."""
    if series is None or not series.splits:
        return None
    factor = np.ones(len(axis))
    for split in series.splits:
        factor[axis.grid < split.ex_date.toordinal()] *= float(split.new) / float(split.old)
    return factor


def coin_column(market: MarketData, coin: str, axis: Axis) -> Column:
    """Return a coin's reference price of each day; NaN where it is missing or older than five days."""
    series = market.coins.get(coin)
    if series is None:
        return axis.unknown()
    values, priced = carried(*coin_closes(series), axis.grid)
    values[axis.grid - priced > COIN_AGE_LIMIT] = np.nan
    return values


def usd_column(fx: Mapping[tuple[str, str], FxSeries], currency: str, axis: Axis, red_days: int) -> Column:
    """Return USD per unit of a currency on each day: the pair or its inverse, whichever is younger, else a cross.

    The legs of a cross are of the same fixing day. A rate older than `red_days` weekdays is NaN.
    """
    if currency == "USD":
        return np.ones(len(axis))
    straight, straight_day = carried(*_rates(fx.get((currency, "USD"))), axis.grid)
    days, turned = _rates(fx.get(("USD", currency)))
    inverse, inverse_day = carried(days, 1.0 / turned, axis.grid)
    later = inverse_day > straight_day
    values, fixed = np.where(later, inverse, straight), np.where(later, inverse_day, straight_day)
    for via in _BASES[1:]:
        own_days, own = _rates(fx.get((via, currency)))
        usd_days, usd = _rates(fx.get((via, "USD")))
        both, mine, theirs = np.intersect1d(own_days, usd_days, assume_unique=True, return_indices=True)
        cross, cross_day = carried(both, usd[theirs] / own[mine], axis.grid)
        gap = np.isnan(values)
        values, fixed = np.where(gap, cross, values), np.where(gap, cross_day, fixed)
    values[_weekdays(fixed, axis.grid) > red_days] = np.nan
    return values


def _rates(series: FxSeries | None) -> tuple[Ordinals, Column]:
    if series is None:
        return np.empty(0, dtype=np.int64), np.empty(0)
    days = np.fromiter(series.days, dtype=np.int64, count=len(series.days))
    return days, np.fromiter(map(float, series.rates), dtype=np.float64, count=len(days))


def _weekdays(after: Ordinals, until: Ordinals) -> Ordinals:
    """Return the number of weekdays after one ordinal up to and including another."""
    return _passed(until) - _passed(after)


def _passed(ordinal: Ordinals) -> Ordinals:
    weeks, rest = np.divmod(ordinal + 6, 7)
    return np.asarray(weeks * 5 + np.minimum(rest + 1, 5), dtype=np.int64)
