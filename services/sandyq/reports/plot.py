"""A small chart as drawing instructions: lines, bands, labels and triangles in points, y downwards.

The template only draws what stands here, so the same figures can be tested without a page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH: Final = 262.0
HEIGHT: Final = 104.0
LEFT: Final = 23.0
RIGHT: Final = 200.0
TOP: Final = 8.0
BOTTOM: Final = 88.0
_GAP: Final = 7.2
"""Least distance between two labels at the right edge."""

Item = dict[str, object]
Numbers = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps days and values to points on paper."""

    first: date
    last: date
    low: float
    high: float
    step: float

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / span, 2)

    def y(self, value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - self.low) / (self.high - self.low), 2)

    def grid(self) -> list[float]:
        count = math.floor((self.high - self.low) / self.step + 1e-9)
        return [self.low + self.step * index for index in range(count + 1)]


def frame(days: Sequence[date], values: Sequence[float], *, from_zero: bool) -> Frame:
    """Choose round bounds with at most six intervals: from zero for amounts, close to the data for ratios."""
    low, high = min(values), max(values)
    if from_zero:
        low = min(low, 0.0)
    if high <= low:
        high = low + max(abs(low), 1.0)
    step = _round_step((high - low) / 5)
    bottom = math.floor(low / step + 1e-9) * step
    # A little air above the highest value instead of a whole empty interval.
    return Frame(days[0], days[-1], bottom, high + 0.04 * (high - bottom), step)


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if rough <= factor * power * 1.0001:
            return factor * power
    return 10.0 * power


def line(frame: Frame, days: Sequence[date], values: Numbers) -> list[list[tuple[float, float]]]:
    """Return the runs of a line; an Unknown value ends a run: a gap is never bridged."""
    return _runs([(frame.x(day), frame.y(value)) if value is not None else None
                  for day, value in zip(days, values, strict=True)])


def steps(frame: Frame, days: Sequence[date], values: Numbers) -> list[list[tuple[float, float]]]:
    """Return the runs of a step line: each value holds until the next day of the series, corners only."""
    points: list[tuple[float, float] | None] = []
    before: float | None = None
    for day, value in zip(days, values, strict=True):
        if value is None:
            if before is not None:
                points.append((frame.x(day), frame.y(before)))
            points.append(None)
        else:
            if before is not None and value != before:
                points.append((frame.x(day), frame.y(before)))
            if before is None or value != before:
                points.append((frame.x(day), frame.y(value)))
        before = value
    if before is not None:
        points.append((frame.x(days[-1]), frame.y(before)))
    return _runs(points)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def ticks(frame: Frame) -> list[Item]:
    """Return marks at the first days of months or quarters, as many as have room, as MM.yyyy."""
    months = (frame.last.year - frame.first.year) * 12 + frame.last.month - frame.first.month + 1
    every = next((n for n in (1, 2, 3, 6, 12) if months / n <= 5.0), 24)
    found: list[Item] = []
    for index in range(months + 1):
        total = frame.first.year * 12 + frame.first.month - 1 + index
        day = date(total // 12, total % 12 + 1, 1)
        if (total % 12) % every == 0 and frame.first <= day <= frame.last:
            found.append({"x": frame.x(day), "text": f"{day:%m.%Y}"})
    return found


def spread(labels: list[Item]) -> list[Item]:
    """Move labels at the right edge apart so that none covers another, keeping their order and the frame."""
    placed: list[Item] = []
    for label in sorted(labels, key=lambda item: _number(item["y"])):
        y = _number(label["y"])
        if placed:
            y = max(y, _number(placed[-1]["y"]) + _GAP)
        placed.append({**label, "y": y})
    overflow = _number(placed[-1]["y"]) - (BOTTOM + 2) if placed else 0.0
    limit = BOTTOM + 2
    if overflow > 0:
        for index in range(len(placed) - 1, -1, -1):
            y = min(_number(placed[index]["y"]), limit)
            placed[index] = {**placed[index], "y": y}
            limit = y - _GAP
    return placed


def _number(value: object) -> float:
    assert isinstance(value, float)
    return value


def last_known(values: Numbers) -> float | None:
    """Return the last value that is known."""
    return next((value for value in reversed(values) if value is not None), None)
