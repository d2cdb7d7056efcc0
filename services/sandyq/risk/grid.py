"""Log returns on one grid of trading days: what scenarios are cut from.

The grid are New York's trading days. A return exists where the series has a close on the day *and* on the trading day
before: nothing is carried over a weekend or a holiday of another exchange, and a coin's return from Friday to Monday is
one return, as the fund's is (domain.md G 9, G 18).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from sandyq.exposure.returns import Floats, Ordinals, coin_closes, continuous_closes
from sandyq.market import fx
from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar, MarketData, PriceSeries


class ReturnGrid:
    """Returns of every series on `days`; each is computed once and kept. `returns[i]` belongs to `days[i]`."""

    def __init__(self, market: MarketData, days: Ordinals) -> None:
        self.days = days
        self.market = market
        self._kept: dict[tuple[str, str], Floats] = {}
        self._rates: dict[str, Floats] = {}

    def price(self, series: PriceSeries) -> Floats:
        """Return log returns in USD of a price series, continuous across splits; NaN where there is none."""
        found = self._kept.get(("price", series.symbol))
        if found is None:
            closes = self._placed(*continuous_closes(series))
            if series.currency != "USD":
                closes = closes * self._rate(series.currency)
            found = self._kept["price", series.symbol] = _returns(closes)
        return found

    def coin(self, code: str) -> Floats | None:
        """Return log returns of a coin's reference close between days of the grid; None without a series."""
        series = self.market.coins.get(code)
        if series is None or not len(series.days):
            return None
        found = self._kept.get(("coin", code))
        if found is None:
            found = self._kept["coin", code] = _returns(self._placed(*coin_closes(series)))
        return found

    def stop(self, on: date) -> int:
        """Return how many days of the grid are on or before the day."""
        return int(np.searchsorted(self.days, on.toordinal(), side="right"))

    def _placed(self, days: Ordinals, closes: Floats) -> Floats:
        found = np.full(len(self.days), np.nan)
        _, here, there = np.intersect1d(self.days, days, assume_unique=True, return_indices=True)
        found[here] = closes[there]
        return found

    def _rate(self, currency: str) -> Floats:
        """USD per unit by the last fixing on or before each day."""
        if currency not in self._rates:
            points = (fx.rate(self.market.fx, currency, "USD", date.fromordinal(int(day))) for day in self.days)
            self._rates[currency] = np.array([float(point.rate) if point else np.nan for point in points])
        return self._rates[currency]


def trading_grid(calendar: Calendar, ordinals: Iterable[int]) -> Ordinals:
    """Return the trading days between the first and the last of the ordinals."""
    listed = list(ordinals)
    if not listed:
        return np.empty(0, dtype=np.int64)
    return np.array([day for day in range(min(listed), max(listed) + 1)
                     if is_open(calendar, date.fromordinal(day))], dtype=np.int64)


def _returns(closes: Floats) -> Floats:
    found = np.full(len(closes), np.nan)
    if len(closes) > 1:
        found[1:] = np.diff(np.log(closes))
    return found
