"""Quantiles of Student's t distribution, for the confidence bounds of a regression.

The distribution function is the regularised incomplete beta function by its continued fraction (Lentz's way of
evaluating it); the quantile is found by Newton steps from a normal start. Relative accuracy about 1e-12 for two and
more degrees of freedom.
"""

from __future__ import annotations

from math import exp, isfinite, lgamma, log, pi
from statistics import NormalDist

_TINY = 1e-300
_CLOSE = 1e-15


def cumulative(value: float, freedom: int) -> float:
    """Return the probability that a t variable with `freedom` degrees of freedom is at most `value`."""
    if not isfinite(value):
        return 1.0 if value > 0 else 0.0
    tail = 0.5 * _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + value * value))
    return 1.0 - tail if value > 0 else tail


def quantile(probability: float, freedom: int) -> float:
    """Return the value that a t variable stays under with the given probability. Raises ValueError outside (0, 1).

    `freedom` is a whole number of at least 1.
    """
    if not 0 < probability < 1 or freedom < 1:
        raise ValueError(f"no quantile for probability {probability} and {freedom} degrees of freedom")
    if probability < 0.5:
        return -quantile(1 - probability, freedom)
    normal = NormalDist().inv_cdf(probability)
    found = normal + (normal**3 + normal) / (4 * freedom)
    scale = lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * log(freedom * pi)
    for _ in range(60):
        density = exp(scale - (freedom + 1) / 2 * log(1 + found * found / freedom))
        step = (probability - cumulative(found, freedom)) / density
        found += max(min(step, 1.0 + found), -0.5 * found - _CLOSE)
        if abs(step) <= 1e-14 * (1 + abs(found)):
            break
    return found


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function from the front."""
    upper, lower = 1.0, 1.0 / _away(1 - (a + b) * x / (a + 1))
    result = lower
    for m in range(1, 400):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            lower = 1.0 / _away(1 + term * lower)
            upper = _away(1 + term / upper)
            change = lower * upper
            result *= change
        if abs(change - 1) < _CLOSE:
            break
    return result


def _away(number: float) -> float:
    """Keep a denominator away from zero."""
    return number if abs(number) > _TINY else _TINY
