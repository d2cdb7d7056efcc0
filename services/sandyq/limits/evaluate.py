"""Hold a snapshot against the mandate: a state for every part of every limit, with Unknown; the worst part speaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from sandyq.basics.decimals import WIDE, ZERO, product
from sandyq.basics.findings import Finding
from sandyq.limits.headroom import headroom
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.result import SEVERITY, Headroom, LimitResult, LimitsRun, Measured, PartResult, State
from sandyq.limits.snapshot import Snapshot


def evaluate(snapshot: Snapshot, mandate: Mandate, as_of: date, *, rooms: bool = True) -> LimitsRun:
    """Return every limit's result, in the mandate's order; `rooms=False` leaves headroom out (while typing)."""
    results = tuple(limit_result(limit, snapshot, as_of, rooms=rooms) for limit in mandate.limits)
    return LimitsRun(as_of, mandate.version, results, mandate.findings)


def limit_result(limit: Limit, snapshot: Snapshot, as_of: date, *, rooms: bool = True) -> LimitResult:
    """Return one limit's result."""
    return out_of_force(limit, as_of) or worst_of(
        limit, tuple(part_result(part, snapshot, rooms=rooms) for part in limit.parts))


def out_of_force(limit: Limit, as_of: date) -> LimitResult | None:
    """Return the result of a limit that is not in force on the day, None for one that is."""
    if as_of < limit.valid_from:
        return LimitResult(limit, State.UPCOMING, None, ())
    if limit.valid_to is not None and as_of > limit.valid_to:
        return LimitResult(limit, State.NOT_APPLICABLE, None, ())
    return None


def worst_of(limit: Limit, parts: tuple[PartResult, ...]) -> LimitResult:
    """Return the limit's result from those of its parts: the worst that applies speaks."""
    if len(parts) == 1:
        return LimitResult(limit, parts[0].state, parts[0], parts, parts[0].findings)
    applicable = [part for part in parts if part.state is not State.NOT_APPLICABLE]
    worst = min(applicable or parts, key=_rank)
    findings: list[Finding] = []
    for part in parts:
        findings += [finding for finding in part.findings if finding not in findings]
    return LimitResult(limit, worst.state, worst, parts, tuple(findings))


def _rank(part: PartResult) -> tuple[int, Decimal]:
    return SEVERITY[part.state], -(part.utilisation or ZERO)


def part_result(part: Part, snapshot: Snapshot, *, rooms: bool = True) -> PartResult:
    """Measure one part and judge its worst group, with 50 significant digits throughout."""
    with localcontext(WIDE):
        return _part_result(part, snapshot, rooms=rooms)


def _part_result(part: Part, snapshot: Snapshot, *, rooms: bool) -> PartResult:
    groups = () if idle(part, snapshot) else BY_NAME[part.measure].take(snapshot, part)
    if not groups:
        return not_applicable(part)
    worst = worst_group(part, groups)
    return PartResult(**figures(part, worst, findings_of(groups)), groups=groups,
                      headroom=headroom(worst, part) if rooms else Headroom())


def not_applicable(part: Part) -> PartResult:
    """Return the result of a part that has no subject."""
    return PartResult(part, State.NOT_APPLICABLE, "", None, None, None, None, None, None, Headroom(), (), ())


def worst_group(part: Part, groups: Sequence[Measured]) -> Measured:
    """Return the group that speaks for a part: the worst state, then the most pressing value, then the first name."""
    if len(groups) == 1:
        return groups[0]
    return min(groups, key=lambda group: (SEVERITY[state_of(group.value, part)], -pressing(group.value, part),
                                          group.group))


def findings_of(groups: Sequence[Measured]) -> tuple[Finding, ...]:
    """Return the findings of all groups, each once."""
    found: list[Finding] = []
    for group in groups:
        found += [finding for finding in group.findings if finding not in found]
    return tuple(found)


def figures(part: Part, worst: Measured, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Return the fields of a part's result that follow from its worst group."""
    over = excess(worst.value, part)
    return {
        "part": part, "state": state_of(worst.value, part), "group": worst.group, "value": worst.value,
        "numerator": worst.numerator, "denominator": worst.denominator, "findings": findings,
        "utilisation": utilisation(worst.value, part), "excess": over, "excess_usd": _excess_usd(over, worst, part),
        "denominator_day": worst.denominator_day, "denominator_source": worst.denominator_source,
    }


def idle(part: Part, snapshot: Snapshot) -> bool:
    """Return whether a part has no subject: an order measure without an order, a minimum before the sleeve is built."""
    if not snapshot.orders and BY_NAME[part.measure].order_only:
        return True
    if part.options.get("after_ramp_up") != "yes":
        return False
    value = snapshot.market_value
    return value is not None and value < snapshot.ramp_up_floor


def pressing(value: Decimal | None, part: Part) -> Decimal:
    """Return what orders groups of one state: the value, for a minimum its negative."""
    if value is None:
        return ZERO
    return value if part.direction == "max" else -value


def state_of(value: Decimal | None, part: Part) -> State:
    """Return the state of a value: equal to the soft or hard level is within, equal to the warning level warns."""
    if value is None:
        return State.UNKNOWN
    sign = 1 if part.direction == "max" else -1
    if part.hard is not None and sign * (value - part.hard) > 0:
        return State.BREACH
    if part.soft is not None and sign * (value - part.soft) > 0:
        return State.SOFT_BREACH
    if part.warn is not None and sign * (value - part.warn) >= 0:
        return State.WARNING
    return State.OK


def utilisation(value: Decimal | None, part: Part) -> Decimal | None:
    """Return value over the limit in force, for a minimum the inverse; None where that divides by zero."""
    level = part.in_force
    if value is None or level is None:
        return None
    above, below = (value, level) if part.direction == "max" else (level, value)
    return above / below if below else None


def excess(value: Decimal | None, part: Part) -> Decimal | None:
    """Return how far a value lies beyond the limit in force, in its unit; None when within or Unknown."""
    if value is None or part.in_force is None:
        return None
    over = value - part.in_force if part.direction == "max" else part.in_force - value
    return over if over > 0 else None


def _excess_usd(over: Decimal | None, measured: Measured, part: Part) -> Decimal | None:
    if over is None or part.measure in {"ownership", "order_volume"}:
        return None
    if part.unit == "USD":
        return over
    if part.unit == "ratio" and measured.denominator is not None:
        return product(over, measured.denominator)
    return None
