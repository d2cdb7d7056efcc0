"""Rolling betas over whole columns: the same regression as `exposure.betas`, for every day at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sandyq.exposure.betas import LEAST_PAIRS, WINDOW, main_coin
from sandyq.exposure.regression import (
    MAXIMUM_STANDARD_ERROR,
    MINIMUM_OBSERVATIONS,
    MINIMUM_R_SQUARED,
    UPPER_PROBABILITY,
)
from sandyq.exposure.returns import coin_closes, continuous_closes, paired_returns, series_of
from sandyq.exposure.student_t import quantile
from sandyq.market.series import MarketData
from sandyq.performance.columns import Axis, Column, Mask, Ordinals, latest
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import Kind

_Closes = tuple[Ordinals, Column]


@dataclass(frozen=True, slots=True)
class BetaColumns:
    """Beta, its one-sided 95 % upper bound, whether it is admitted, and whether it is to another clock, per day."""

    value: Column
    upper: Column
    admitted: Mask
    by_clock: Mask


@dataclass(frozen=True, slots=True)
class _Rolled:
    value: Column
    error: Column
    r_squared: Column
    count: Ordinals
    total: Ordinals


@dataclass(slots=True)
class RollingBetas:
    """Betas of a history, each computed once when it is asked for."""

    directory: Directory
    market: MarketData
    axis: Axis
    reference_funds: Mapping[str, str]
    _seen: dict[str, BetaColumns | None] = field(default_factory=dict)
    _references: dict[str, _Closes | None] = field(default_factory=dict)
    _quantiles: dict[int, float] = field(default_factory=dict)
    _peers: dict[Kind, tuple[Column, Column]] = field(default_factory=dict)

    def of(self, instrument: Instrument) -> BetaColumns | None:
        """Return the instrument's rolling betas on the axis; None when it has no price series."""
        if instrument.id not in self._seen:
            self._seen[instrument.id] = self._estimate(instrument)
        return self._seen[instrument.id]

    def peers(self, kind: Kind) -> tuple[Column, Column]:
        """Return (median of admitted betas of the kind, median of their upper bounds) per day; NaN where none is."""
        if kind not in self._peers:
            last = self.axis.days[-1]
            columns = [found for instrument in self.directory
                       if instrument.kind(last) is kind and (found := self.of(instrument)) is not None]
            self._peers[kind] = (
                _medians([np.where(c.admitted, c.value, np.nan) for c in columns], len(self.axis)),
                _medians([np.where(c.admitted, c.upper, np.nan) for c in columns], len(self.axis)))
        return self._peers[kind]

    def _reference(self, name: str, *, coin: bool) -> _Closes | None:
        key = f"{'coin' if coin else 'fund'} {name}"
        if key not in self._references:
            until = int(self.axis.grid[-1])
            if coin:
                found = self.market.coins.get(name)
                self._references[key] = coin_closes(found, until) if found is not None else None
            else:
                prices = self.market.prices.get(name)
                self._references[key] = continuous_closes(prices, until) if prices is not None else None
        return self._references[key]

    def _estimate(self, instrument: Instrument) -> BetaColumns | None:
        last = self.axis.days[-1]
        series = series_of(instrument, self.directory, self.market, last)
        if series is None:
            return None
        closes = continuous_closes(series, int(self.axis.grid[-1]))
        coin = main_coin(instrument, last)
        fund = self._reference(self.reference_funds[coin], coin=False) if coin in self.reference_funds else None
        by_fund = self._on_axis(closes, fund)
        if int(by_fund.total.min()) >= MINIMUM_OBSERVATIONS:
            return self._judged(by_fund, np.zeros(len(self.axis), dtype=np.bool_))
        by_coin = self._on_axis(closes, self._reference(coin, coin=True))
        clock = (by_fund.total < MINIMUM_OBSERVATIONS) & (by_coin.total > by_fund.total)
        chosen = _Rolled(
            np.where(clock, by_coin.value, by_fund.value), np.where(clock, by_coin.error, by_fund.error),
            np.where(clock, by_coin.r_squared, by_fund.r_squared), np.where(clock, by_coin.count, by_fund.count),
            np.where(clock, by_coin.total, by_fund.total))
        return self._judged(chosen, clock)

    def _on_axis(self, closes: _Closes, reference: _Closes | None) -> _Rolled:
        """Return the rolling regression of the day's latest return, on the axis."""
        length = len(self.axis)
        none = np.zeros(length, dtype=np.int64)
        empty = _Rolled(np.full(length, np.nan), np.full(length, np.nan), np.full(length, np.nan), none, none)
        if reference is None:
            return empty
        days, mine, theirs = paired_returns(closes, reference)
        if len(days) < LEAST_PAIRS:
            return empty
        rolled = roll(theirs, mine)
        place = latest(days, self.axis.grid)
        known = place >= 0
        value, error, r_squared = (np.where(known, column[place], np.nan)
                                   for column in (rolled.value, rolled.error, rolled.r_squared))
        return _Rolled(value, error, r_squared, np.where(known, rolled.count[place], 0),
                       np.where(known, rolled.total[place], 0))

    def _judged(self, rolled: _Rolled, clock: Mask) -> BetaColumns:
        counts, where = np.unique(rolled.count, return_inverse=True)
        table = np.full(len(counts), np.nan)
        for number, count in enumerate(counts.tolist()):
            if count >= LEAST_PAIRS:
                if count not in self._quantiles:
                    self._quantiles[count] = quantile(UPPER_PROBABILITY, count - 2)
                table[number] = self._quantiles[count]
        enough = rolled.count >= LEAST_PAIRS
        admitted = ((rolled.count >= MINIMUM_OBSERVATIONS) & (rolled.r_squared >= MINIMUM_R_SQUARED)
                    & (rolled.error <= MAXIMUM_STANDARD_ERROR))
        return BetaColumns(np.where(enough, rolled.value, np.nan), rolled.value + table[where] * rolled.error, admitted,
                           clock & enough)


def roll(x: Column, y: Column, window: int = WINDOW) -> _Rolled:
    """Return the regression of y on x over the last `window` pairs at every index (fewer at the start), from sums."""
    total = np.arange(1, len(x) + 1, dtype=np.int64)
    count = np.minimum(total, window)
    sums = [_windowed(column, window) for column in (x, y, x * x, y * y, x * y)]
    with np.errstate(divide="ignore", invalid="ignore"):
        xx = sums[2] - sums[0] * sums[0] / count
        yy = sums[3] - sums[1] * sums[1] / count
        xy = sums[4] - sums[0] * sums[1] / count
        flat = (xx <= 1e-18) | (yy <= 1e-18)
        slope = np.where(flat, np.nan, xy / xx)
        unexplained = np.maximum(yy - slope * xy, 0.0)
        error = np.sqrt(unexplained / (count - 2) / xx)
        r_squared = np.where(flat, np.nan, 1.0 - unexplained / yy)
    return _Rolled(slope, error, r_squared, count, total)


def _windowed(column: Column, window: int) -> Column:
    sums = np.cumsum(column)
    result = sums.copy()
    result[window:] -= sums[:-window]
    return result


def _medians(columns: Sequence[Column], length: int) -> Column:
    """Return the median per day over the columns, leaving NaN out; NaN where no column has a value."""
    if not columns:
        return np.full(length, np.nan)
    table = np.sort(np.stack(columns), axis=0)
    known = (~np.isnan(table)).sum(axis=0)
    across = np.arange(length)
    upper, lower = table[np.minimum(known // 2, len(columns) - 1), across], table[np.maximum(known - 1, 0) // 2, across]
    middle = np.where(known % 2 == 1, lower, (lower + upper) / 2)
    return np.where(known > 0, middle, np.nan)
