"""Order statistics and volatilities of returns (domain.md E1, O15). Floats: estimates, never booked."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from math import floor, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sandyq.risk.rules import Quantile

Floats = NDArray[np.float64]
NORMAL: Final = {Decimal("0.95"): 1.6448536269514722, Decimal("0.975"): 1.959963984540054,
                 Decimal("0.99"): 2.3263478740408408}
"""Standard normal quantiles of the usual levels."""


def tail_count(scenarios: int, level: Decimal) -> int:
    """Return k, the number of scenarios in the tail beyond a level such as 0.99: n·(1 − level), rounded up."""
    return max(1, int((scenarios * (1 - level)).to_integral_value(ROUND_CEILING)))


def value_at_risk(losses: Floats, level: Decimal, convention: Quantile = Quantile.ORDER_STATISTIC) -> float:
    """Return the loss (positive) that is exceeded with probability 1 − level, by the convention given. O15."""
    count = len(losses)
    if convention is Quantile.ORDER_STATISTIC:
        place = count - tail_count(count, level)
        return float(np.partition(losses, place)[place])
    position = float((1 - level) * (count - 1))
    lower = floor(position)
    worst = np.sort(losses)[::-1]
    upper = min(lower + 1, count - 1) if position > lower else lower
    if convention is Quantile.HIGHER:
        return float(worst[upper])
    return float(worst[lower] + (worst[upper] - worst[lower]) * (position - lower))


def expected_shortfall(losses: Floats, level: Decimal) -> float:
    """Return the mean of the k worst losses, k as `tail_count` says. O15."""
    place = len(losses) - tail_count(len(losses), level)
    return float(np.sort(np.partition(losses, place)[place:]).mean())


def worst_first(losses: Floats, level: Decimal) -> NDArray[np.int64]:
    """Return the places of the tail's scenarios, the worst first."""
    return np.argsort(-losses, kind="stable")[:tail_count(len(losses), level)].astype(np.int64)


def weighted_deviation(returns: Floats, decay: float) -> float:
    """Return the exponentially weighted deviation after the last return, seeded with the first one squared. O15."""
    variance = float(returns[0]) ** 2
    for value in returns[1:].tolist():
        variance = decay * variance + (1 - decay) * value * value
    return sqrt(variance)


def normal_value_at_risk(deviation: float, level: Decimal) -> float:
    """Return the loss of a normal distribution around zero. Raises KeyError for a level without a quantile here."""
    return NORMAL[level] * deviation


def rescaled(returns: Floats, decay: float) -> Floats:
    """Return each return divided by the volatility expected for its day and times the volatility expected now.

    Hull and White (1998). The expectation for a day uses the days before it only; before the first day stands the mean
    square of the whole window, because a single small return would blow the next ones up. Columns are instruments.
    """
    squares = returns * returns
    variance = squares.mean(axis=0)
    expected = np.empty_like(returns)
    for day in range(len(returns)):
        expected[day] = variance
        variance = decay * variance + (1 - decay) * squares[day]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(expected > 0, np.sqrt(variance / expected), 1.0)
    return np.asarray(returns * scale)


def over_days(returns: Floats, days: int) -> Floats:
    """Return overlapping sums of `days` consecutive log returns: n − days + 1 of them."""
    if days == 1:
        return returns
    summed = np.cumsum(returns, axis=0)
    result = summed[days - 1:].copy()
    result[1:] -= summed[:-days]
    return result
