"""What the gate would have done: its open windows, what followed each, and the same money put in otherwise.

A gate is discipline, not skill: every average is printed with the number of independent episodes behind it, and the
windows that went wrong are listed with the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sandyq.gate.machine import GateDay, GateState
from sandyq.gate.view import Column, View

HORIZONS = (30, 90)


@dataclass(frozen=True, slots=True)
class After:
    """What followed an entry within so many days: the deepest loss and the return at the end, None beyond the data."""

    days: int
    worst: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class Window:
    """One unbroken stretch of open days. `complete`: the data reach as far as the longest horizon."""

    first: date
    last: date
    price: float
    after: tuple[After, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """One way of putting the money in: how many entries there were and how many lost more than a fifth in 90 days.

    `episodes` counts entries that lie at least 90 days apart: overlapping ones are not independent evidence.
    """

    name: str
    entries: int
    episodes: int
    fell: int
    median_return: float | None

    @property
    def share_fell(self) -> float | None:
        return self.fell / self.entries if self.entries else None


@dataclass(frozen=True, slots=True)
class Replay:
    """The gate over a stretch of days, beside a lump sum on any day and equal weekly instalments."""

    first: date
    last: date
    open_days: int
    days: int
    windows: tuple[Window, ...]
    ways: tuple[Entries, ...]


def replay(view: View, days: Sequence[GateDay], first: date, last: date, *, loss: float = -0.20,
           horizon: int = 90) -> Replay:
    """Return the windows between two days and the decision-weighted comparison (domain.md E4).

    Entries whose horizon reaches beyond the data count only when they had already fallen by `loss`.
    """
    inside = [day for day in days if first <= day.day <= last]
    windows = tuple(_window(view, run) for run in _runs(inside))
    opened = [view.place(day.day) for day in inside if day.state is GateState.OPEN]
    every = [view.place(day.day) for day in inside]
    ways = (("first day of each window", [view.place(window.first) for window in windows]),
            ("weekly inside open windows", _weekly(inside, view)), ("every open day", opened),
            ("equal weekly instalments", every[::7]), ("every day", every))
    return Replay(first, last, len(opened), len(inside), windows,
                  tuple(_entries(name, view.closes, places, loss, horizon) for name, places in ways))


def after(closes: Column, place: int, days: int) -> After:
    """Return the deepest loss against the entry's close and the return at the horizon's end."""
    future = closes[place + 1:place + 1 + days]
    known = future[~np.isnan(future)]
    worst = float(min(known.min() / closes[place] - 1, 0.0)) if len(known) else None
    ends = place + days < len(closes) and closes[place + days] == closes[place + days]
    return After(days, worst, float(closes[place + days] / closes[place] - 1) if ends else None)


def _window(view: View, run: Sequence[GateDay]) -> Window:
    place = view.place(run[0].day)
    found = tuple(after(view.closes, place, days) for days in HORIZONS)
    return Window(run[0].day, run[-1].day, float(view.closes[place]), found, found[-1].end is not None)


def _runs(days: Sequence[GateDay]) -> list[list[GateDay]]:
    runs: list[list[GateDay]] = []
    before = False
    for day in days:
        is_open = day.state is GateState.OPEN
        if is_open and not before:
            runs.append([])
        if is_open:
            runs[-1].append(day)
        before = is_open
    return runs


def _weekly(days: Sequence[GateDay], view: View) -> list[int]:
    """Return one entry per seven days inside each open window, from its first day on."""
    return [view.place(day.day) for run in _runs(days) for day in run[::7]]


def _entries(name: str, closes: Column, places: Sequence[int], loss: float, horizon: int) -> Entries:
    counted, fell, returns = [], 0, []
    for place in places:
        found = after(closes, place, horizon)
        deep = found.worst is not None and found.worst < loss
        if found.end is None and not deep:
            continue
        counted.append(place)
        fell += deep
        if found.end is not None:
            returns.append(found.end)
    episodes, latest = 0, -horizon
    for place in counted:
        if place - latest >= horizon:
            episodes, latest = episodes + 1, place
    return Entries(name, len(counted), episodes, fell, float(np.median(returns)) if returns else None)
