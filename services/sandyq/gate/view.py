"""What the gate's tests look at: daily columns over calendar days, a gap is NaN. Floats: nothing here is money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """Parallel columns from `first` on, one place per calendar day. Every column has the same length.

    `closes`: the coin's reference closes. `flows`: daily net flow of the US spot funds in USD, NaN on days without a
    report; `assets`: their net assets in USD. `premiums`: fund → absolute premium to its coins at equal cut-offs.
    `index`: closes of the equity index that the correlation test names.
    """

    first: date
    closes: Column
    flows: Column
    assets: Column
    premiums: Mapping[str, Column] = field(default_factory=dict)
    index: Column = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.closes)

    def place(self, day: date) -> int:
        """Return the place of a day; negative or beyond the end when the view does not reach it."""
        return (day - self.first).days

    def day(self, place: int) -> date:
        return date.fromordinal(self.first.toordinal() + place)

    def known_on(self, names: Sequence[str], place: int) -> date | None:
        """Return the day up to which all columns of these names have values at a place, None when one has none."""
        found: list[int] = []
        for name in names:
            own = getattr(self, name)
            columns = list(own.values()) if isinstance(own, Mapping) else [own]
            for one in columns or [np.empty(0)]:
                known = np.flatnonzero(~np.isnan(one[:place + 1]))
                if not len(known):
                    return None
                found.append(int(known[-1]))
        return self.day(min(found)) if found else None


def column(first: date, length: int, days: Sequence[int], values: Sequence[str | float | Decimal]) -> Column:
    """Return a column of calendar days from increasing ordinals and their values; days outside are left out."""
    found = np.full(length, np.nan)
    places = np.asarray(days, dtype=np.int64) - first.toordinal()
    inside = (places >= 0) & (places < length)
    found[places[inside]] = np.asarray([float(value) for value in values], dtype=np.float64)[inside]
    return found


def trailing(values: Column, width: int) -> NDArray[np.float64]:
    """Return for each day its last `width` values (rows); rows of the first days hold NaN where there is nothing."""
    padded = np.concatenate([np.full(width - 1, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(padded, width)


def complete(window: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rows have every value: a test on an incomplete window fails."""
    gaps: NDArray[np.bool_] = np.any(np.isnan(window), axis=1)
    return ~gaps
