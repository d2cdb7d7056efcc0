"""Closes and returns as arrays, continuous across splits, and two series brought to the days that both have.

Floats: for regressions and charts. Dividend-adjusted rows (basis SD) are fit for returns, so they take part.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sandyq.market.series import CoinSeries, MarketData, PriceSeries
from sandyq.reference.instruments import Directory, Instrument

Floats = NDArray[np.float64]
Ordinals = NDArray[np.int64]


def continuous_closes(series: PriceSeries, until: int | None = None,
                      rows: int | None = None) -> tuple[Ordinals, Floats]:
    """Return (ordinals, closes in units of today): closes without steps at splits, as `continuous_factor` gives them.

    `until` is the last ordinal wanted, `rows` how many rows before it at most.
    """
    stop = len(series.days) if until is None else series.position(date.fromordinal(until)) + 1
    start = 0 if rows is None else max(0, stop - rows)
    days = np.fromiter(series.days[start:stop], dtype=np.int64, count=stop - start)
    closes = np.fromiter(map(float, series.closes[start:stop]), dtype=np.float64, count=stop - start)
    if series.splits and len(days):
        adjusted = np.fromiter((basis in {"S", "SD"} for basis in series.bases[start:stop]), dtype=np.bool_,
                               count=stop - start)
        as_of = np.fromiter(series.adjusted_as_of[start:stop], dtype=np.int64, count=stop - start)
        for split in series.splits:
            ex_day = split.ex_date.toordinal()
            traded = (days < ex_day) & ~(adjusted & (ex_day <= as_of))
            closes[traded] *= float(split.old) / float(split.new)
    return days, closes


def coin_closes(series: CoinSeries, until: int | None = None, rows: int | None = None) -> tuple[Ordinals, Floats]:
    """Return (ordinals, closes) of a coin's reference series, in the same form as `continuous_closes`."""
    days = np.fromiter(series.days, dtype=np.int64, count=len(series.days))
    stop = len(days) if until is None else int(np.searchsorted(days, until, side="right"))
    start = 0 if rows is None else max(0, stop - rows)
    closes = np.fromiter(map(float, series.closes[start:stop]), dtype=np.float64, count=stop - start)
    return days[start:stop], closes


def paired_returns(left: tuple[Ordinals, Floats], right: tuple[Ordinals, Floats]) -> tuple[Ordinals, Floats, Floats]:
    """Return (day of each return, log returns of left, of right) between consecutive days that both series have.

    A return over a weekend or a holiday of one of the two is one return of both: never one day against three.
    """
    days, mine, theirs = np.intersect1d(left[0], right[0], assume_unique=True, return_indices=True)
    if len(days) < 2:
        empty = np.empty(0)
        return np.empty(0, dtype=np.int64), empty, empty
    return days[1:], np.diff(np.log(left[1][mine])), np.diff(np.log(right[1][theirs]))


def series_of(instrument: Instrument, directory: Directory, market: MarketData, on: date) -> PriceSeries | None:
    """Return the instrument's price series: under its symbol of the day, else under the latest symbol it had."""
    for symbol in (instrument.symbol(on), *reversed(directory.symbols_of(instrument))):
        found = market.prices.get(symbol)
        if found is not None and len(found.days):
            return found
    return None
