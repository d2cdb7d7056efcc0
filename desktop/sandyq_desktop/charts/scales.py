"""From days and values to pixels, and the ticks between: at most seven on a value axis, months on the time axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MONTH_WIDTH = 64


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def column(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.start + (values - self.low) * ((self.end - self.start) / (self.high - self.low))

    def back(self, pixel: float) -> float:
        return self.low + (pixel - self.start) / (self.end - self.start) * (self.high - self.low)


def ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Return round values that cover [low, high], at most `most` of them.

    >>> ticks(0, 310, 8)
    [0.0, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 350.0]
    """
    if not high > low:
        high = low + 1.0
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (*STEPS, 20.0, 25.0, 50.0):
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first + 1 <= most:
            return [round(number * step, 12) for number in range(first, last + 1)]
    return [low, high]


def decimals(marks: list[float]) -> int:
    """Return how many decimals tell the marks apart."""
    for digits in range(6):
        if all(abs(mark - round(mark, digits)) < 1e-9 for mark in marks):
            return digits
    return 6


def months(first: int, last: int, width: float) -> list[date]:
    """Return the first days of months between two ordinals, thinned so that their labels do not touch."""
    if first < 1:
        return []
    day = date.fromordinal(first)
    count = max(1.0, (last - first) / 30.4)
    wanted = MONTH_WIDTH * count / max(width, 1.0)
    every = next((step for step in (1, 2, 3, 6) if step >= wanted), 12 * math.ceil(wanted / 12))
    number = -(-(day.year * 12 + day.month - 1 + (day.day > 1)) // every) * every
    end = date.fromordinal(last)
    return [date(mark // 12, mark % 12 + 1, 1) for mark in range(number, end.year * 12 + end.month, every)]
