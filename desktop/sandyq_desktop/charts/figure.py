"""What a chart shows, as values: panels over one time axis, with lines, areas, thresholds, bands and trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
DASHES: Mapping[str, tuple[float, ...]] = {
    "solid": (), "invested": (7, 3), "ether": (4, 2), "other": (3, 3), "dotted": (1, 3), "warning": (1.5, 1.5),
    "soft": (4, 2), "hard": (), "gate": (2, 2, 7, 2),
}
"""Dash patterns in pixels; ``warning``, ``soft`` and ``hard`` are the grammar of thresholds everywhere."""


@dataclass(frozen=True, slots=True)
class Series:
    """One column with its name. `kind`: line, step, area (stacked in order), fill (to zero) or value (printed only).

    `token` names a colour of the palette, `dash` a pattern of `DASHES`. NaN is Unknown: a gap, never zero. `label` is
    written at the right end of a limit's line, or above its last step, when `labelled` is True.
    """

    name: str
    values: Column
    token: str
    kind: str = "line"
    dash: str = "solid"
    bold: bool = False
    labelled: bool = False
    ring: bool = False
    signed: bool = False
    """A change: printed with its sign."""
    state: str = ""
    """A colour token for the last value's label (limit history)."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words at a day inside a panel: where a version steps."""

    day: date
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. `height` is its share of the stack; `digits` of printed values; `lowest`/`highest` fix the scale."""

    title: str
    unit: str
    series: tuple[Series, ...]
    height: float = 1.0
    digits: int = 1
    lowest: float | None = 0.0
    highest: float | None = None
    trades: bool = False
    notes: tuple[Note, ...] = ()
    captions: tuple[str, ...] = ()
    ticks: int = 7


@dataclass(frozen=True)
class Chart:
    """Panels with their days (without slots, so that the days are turned into numbers once).

    `flows` are purchases (+) and sales (−), `breaches` (first, last, marks): of the
    marks, longest first, the first that has room is written over the band.
    """

    days: tuple[date, ...]
    panels: tuple[Panel, ...]
    flows: tuple[tuple[date, float], ...] = ()
    breaches: tuple[tuple[date, date, tuple[str, ...]], ...] = ()

    @cached_property
    def ordinals(self) -> Column:
        return np.array([day.toordinal() for day in self.days], dtype=np.float64)

    def stacked(self, panel: Panel) -> list[tuple[Series, Column, Column]]:
        """Return (series, lower edge, upper edge) of the panel's areas from the bottom up; NaN breaks all above."""
        below = np.zeros(len(self.days))
        found = []
        for series in panel.series:
            if series.kind == "area":
                above = below + series.values
                found.append((series, below, above))
                below = above
        return found


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an exported picture says about itself."""

    title: str
    book: str
    as_of: str
    known_at: str
    demo: bool


def column(values: Sequence[float | None]) -> Column:
    """Return a column in which None is NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
