"""Why a limit's part moved between two days: Shapley parts over all factors, and the class that follows (F064).

What is shared out is the distance to the limit in force, value − limit for a maximum, so that a new version of the
limit has a part of its own and the parts still sum to the whole change. Without a new version it is the change of the
value itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final

from sandyq.basics.decimals import WIDE, ZERO
from sandyq.basics.text import N_, Text
from sandyq.limits.blend import Between, Factor, Side, blended, changed
from sandyq.limits.causes import EXACT, CausePart, CauseSplit, split_by_cause
from sandyq.limits.episodes import Subject
from sandyq.limits.evaluate import part_result
from sandyq.limits.mandate import Mandate, Part
from sandyq.limits.snapshot import Snapshot


class BreachClass(StrEnum):
    """What a breach is by its cause (domain.md B2)."""

    ACTIVE = "active"
    PASSIVE = "passive"
    DENOMINATOR = "denominator"
    DATA = "data"
    LIMIT_CHANGE = "limit_change"


CLASSES: Final[Mapping[BreachClass, Text]] = {
    BreachClass.ACTIVE: N_("Active breach"), BreachClass.PASSIVE: N_("Passive breach"),
    BreachClass.DENOMINATOR: N_("Denominator"), BreachClass.DATA: N_("Data"),
    BreachClass.LIMIT_CHANGE: N_("Limit change"),
}
_CLASS_OF: Final[Mapping[Factor, BreachClass]] = {
    Factor.TRADES: BreachClass.ACTIVE, Factor.DENOMINATOR: BreachClass.DENOMINATOR, Factor.DATA: BreachClass.DATA,
    Factor.LIMIT_VERSION: BreachClass.LIMIT_CHANGE,
}


@dataclass(frozen=True, slots=True)
class Why:
    """The change of one subject. `split.before` and `after` are distances to the limit in force, signed so that more is
    worse; `value_before`, `value_after`, `level_before`, `level_after` as the limit shows them."""

    subject: Subject
    split: CauseSplit
    value_before: Decimal
    value_after: Decimal
    level_before: Decimal
    level_after: Decimal

    def part(self, factor: Factor) -> Decimal:
        return next((one.part for one in self.split.parts if one.factor == factor), ZERO)

    def but_for(self, factor: Factor) -> Decimal | None:
        """Return the distance to the limit had this factor alone not moved."""
        return next((one.but_for for one in self.split.parts if one.factor == factor), None)

    @property
    def proposed(self) -> BreachClass | None:
        """The class of the factor with the largest part towards the breach; None when none moved that way."""
        towards = [(one.part, Factor(one.factor)) for one in self.split.parts if one.part > 0]
        if not towards:
            return None
        _, factor = max(towards, key=lambda item: item[0])
        return _CLASS_OF.get(factor, BreachClass.PASSIVE)


@dataclass(frozen=True)
class End:
    """One end: what was seen on the day, and the mandate of the day."""

    side: Side
    mandate: Mandate


def why(subject: Subject, early: End, late: End, between: Between, *, corrected: Side | None = None) -> Why | None:
    """Return the parts of the change of a subject between two days; None when a value on the way is Unknown.

    `early` is the earlier day as it was known then, `corrected` the same day as it is known at the later moment, where
    that differs: the difference is the part of the data.
    """
    old, new = _part(early.mandate, subject), _part(late.mandate, subject)
    if old is None or new is None:
        return None
    start = corrected or early.side
    factors = [factor for factor in Factor if factor in changed(start, late.side, between)]
    if old != new or start.snapshot.ramp_up_floor != late.side.snapshot.ramp_up_floor:
        factors.append(Factor.LIMIT_VERSION)
    chosen = frozenset(factors)

    def measure(on: frozenset[str]) -> Decimal | None:
        now = {Factor(name) for name in on}
        part = new if Factor.LIMIT_VERSION in now else old
        if not now or now == chosen:
            return distance((late.side if now else start).snapshot, part, subject)
        return distance(blended(start, late.side, between, now), part, subject)

    split = split_by_cause([str(factor) for factor in factors], measure)
    if split is not None and corrected is not None:
        split = _with_correction(split, distance(early.side.snapshot, old, subject))
    first, last = value_of(early.side.snapshot, old, subject), value_of(late.side.snapshot, new, subject)
    if split is None or first is None or last is None or old.in_force is None or new.in_force is None:
        return None
    return Why(subject, split, first, last, old.in_force, new.in_force)


def _with_correction(split: CauseSplit, said: Decimal | None) -> CauseSplit | None:
    """Put what was corrected of the earlier day before what happened since: it is no event that others act on."""
    if said is None:
        return None
    with localcontext(EXACT):
        part = split.before - said
        return CauseSplit(said, split.after, (*split.parts, CausePart(Factor.DATA, part, split.after - part)))


def value_of(snapshot: Snapshot, part: Part, subject: Subject) -> Decimal | None:
    """Return what a subject measures; a group that is not there measures nothing, None is Unknown."""
    with localcontext(WIDE):
        found = part_result(part, snapshot, rooms=False)
    if not subject.group:
        return found.value if found.groups else ZERO
    values = {group.group: group.value for group in found.groups}
    return values.get(subject.group, ZERO)


def distance(snapshot: Snapshot, part: Part, subject: Subject) -> Decimal | None:
    """Return how far a subject lies beyond its limit in force (negative: within), more being worse."""
    value, level = value_of(snapshot, part, subject), part.in_force
    if value is None or level is None:
        return None
    with localcontext(EXACT):
        return value - level if part.direction == "max" else level - value


def _part(mandate: Mandate, subject: Subject) -> Part | None:
    limit = mandate.limit(subject.limit)
    return limit.parts[subject.part] if limit is not None and subject.part < len(limit.parts) else None

