"""The gate's state by day: closed, armed while every required test passes, open after the dwell; a failure shuts it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sandyq.gate.criterion import Measured, Test
from sandyq.gate.view import View


class GateState(StrEnum):
    CLOSED = "closed"
    ARMED = "armed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Rule:
    """The gate of a mandate: its tests, the days that must pass in a row, and after how many it lapses unused."""

    coin: str
    tests: tuple[Test, ...]
    dwell: int = 10
    lapse: int = 30
    """An open gate through which nobody buys for this many days must arm anew; 0: never."""
    funds: tuple[str, ...] = ()
    """Symbols of the funds whose premium counts."""
    index: str = ""
    """Symbol of the equity index that the correlation looks at."""


@dataclass(frozen=True, slots=True)
class GateDay:
    """One day's result: each test's value, threshold and verdict in the order of the rule's tests; NaN became None."""

    day: date
    state: GateState
    dwell: int
    """Days that have passed in a row, this one included."""
    values: tuple[float | None, ...]
    thresholds: tuple[float | None, ...]
    passed: tuple[bool, ...]
    lapsed: bool = False


def run_gate(view: View, rule: Rule, purchases: Collection[date] = (),
             shut: Collection[date] = ()) -> tuple[GateDay, ...]:
    """Return the gate's state on every day of a view. A day's result depends on that day and earlier ones only.

    All required tests true: armed; true on `dwell` days in a row: open; any required test false: closed at once. An
    open gate lapses after `lapse` days without a purchase and counts its dwell anew (domain.md E4). `shut` are days
    that were recorded as failing: data that came later do not count them into a dwell.
    """
    measured = [test.measure(view) for test in rule.tests]
    required = [place for place, test in enumerate(rule.tests) if test.required]
    found: list[GateDay] = []
    dwell, unused, was_open = 0, 0, False
    for place in range(len(view)):
        day = view.day(place)
        calm = (bool(required) and all(bool(measured[number].passed[place]) for number in required)
                and day not in shut)
        dwell = dwell + 1 if calm else 0
        is_open = calm and dwell >= rule.dwell
        unused = 0 if not is_open or not was_open or day in purchases else unused + 1
        lapsed = bool(is_open and rule.lapse and unused >= rule.lapse)
        if lapsed:
            dwell, unused, is_open = 0, 0, False
        state = GateState.OPEN if is_open else GateState.ARMED if calm else GateState.CLOSED
        found.append(GateDay(day, state, dwell, *_columns(measured, place), lapsed=lapsed))
        was_open = is_open
    return tuple(found)


def _columns(measured: Sequence[Measured], place: int) -> tuple[
        tuple[float | None, ...], tuple[float | None, ...], tuple[bool, ...]]:
    return (tuple(_known(item.value[place]) for item in measured),
            tuple(_known(item.threshold[place]) for item in measured),
            tuple(bool(item.passed[place]) for item in measured))


def _known(value: float) -> float | None:
    return None if value != value else float(value)
