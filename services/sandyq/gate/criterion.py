"""One test of the gate: a measure per day, its threshold per day, and whether it passes. Missing data never pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sandyq.basics.text import Text
from sandyq.gate.view import Column, View


@dataclass(frozen=True, slots=True)
class Measured:
    """Columns over the days of a view. `value` NaN: the data for that day are not complete, so it does not pass."""

    value: Column
    threshold: Column
    passed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A kind of test. `parameters` are its settings with defaults; `unit` as for limits (ratio, days, count)."""

    name: str
    label: Text
    unit: str
    direction: str
    """``max``: passes at or under the threshold; ``min``: at or over it."""
    parameters: Mapping[str, Decimal]
    measure: Callable[[View, Mapping[str, float]], Measured]
    short: Text
    """A word or two, for the strip."""
    reads: tuple[str, ...] = ("closes",)
    """The columns of a view that it looks at; the day of the last value in them is told beside the verdict."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test as the mandate sets it: `id` such as G1, the kind, its settings, whether it is required."""

    __test__ = False  # not a case for pytest

    id: str
    criterion: Criterion
    settings: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    required: bool = True

    def measure(self, view: View) -> Measured:
        """Return the test's columns over a view."""
        values = {name: float(value) for name, value in {**self.criterion.parameters, **self.settings}.items()}
        return self.criterion.measure(view, values)


def judged(value: Column, threshold: Column, direction: str) -> Measured:
    """Compare day by day; a day without a value or a threshold does not pass."""
    with np.errstate(invalid="ignore"):
        passed = value <= threshold if direction == "max" else value >= threshold
    return Measured(value, threshold, passed & ~np.isnan(value) & ~np.isnan(threshold))


def constant(like: Column, value: float) -> Column:
    return np.full(len(like), value)
