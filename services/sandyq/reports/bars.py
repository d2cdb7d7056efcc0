"""The bullet bar as numbers: one ruler for all rows, the limit in force at 138 of 196 (visual.md, section 6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.limits.result import PartResult, State

TRACK: Final = 196.0
REFERENCE: Final = 138.0

Bar = dict[str, object]


def bar(result: PartResult | None, state: State) -> Bar:
    """Return the bar of a limit: kind, fill, excess and marks as lengths on the track (0 to 196).

    Kinds: ``value``, ``hatch`` (unknown), ``dots`` (not applicable or upcoming), ``none`` (nothing to compare with).
    A mark beyond the track is left out; `beyond` then says that the hard limit lies further right.
    """
    if state is State.UNKNOWN:
        return {"kind": "hatch"}
    if result is None or state in {State.NOT_APPLICABLE, State.UPCOMING}:
        return {"kind": "dots"}
    limit = result.part.in_force
    if limit is None or result.value is None:
        return {"kind": "none"}
    place = _place(result.value, limit)
    hard = _mark(result.part.hard, limit)
    return {
        "kind": "value", "state": state.value, "fill": min(place, TRACK), "over": place > TRACK,
        "excess": state in {State.BREACH, State.SOFT_BREACH} and place > REFERENCE,
        "minimum": result.part.direction == "min",
        "warn": _inside(_mark(result.part.warn, limit)), "soft": _inside(_mark(result.part.soft, limit)),
        "hard": _inside(hard), "beyond": hard is not None and hard > TRACK,
        "soft_only": result.part.hard is None,
    }


def _place(value: Decimal, limit: Decimal) -> float:
    # A limit of zero has no ruler of its own: nothing is nothing, anything at all runs over the end.
    if not limit:
        return 0.0 if not value else TRACK + 1
    return max(0.0, REFERENCE * float(value / limit))


def _mark(level: Decimal | None, limit: Decimal) -> float | None:
    if level is None:
        return None
    if not limit:
        return REFERENCE if not level else TRACK + 1
    return REFERENCE * float(level / limit)


def _inside(place: float | None) -> float | None:
    return place if place is not None and 0 <= place <= TRACK else None
