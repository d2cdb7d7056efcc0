"""Hold a snapshot against the mandate: a state for every part of every limit, with Unknown; the worst part speaks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

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
    if as_of < limit.valid_from:
        return LimitResult(limit, State.UPCOMING, None, ())
    if limit.valid_to is not None and as_of > limit.valid_to:
        return LimitResult(limit, State.NOT_APPLICABLE, None, ())
    parts = tuple(part_result(part, snapshot, rooms=rooms) for part in limit.parts)
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
    groups = () if _idle(part, snapshot) else BY_NAME[part.measure].take(snapshot, part)
    if not groups:
        return PartResult(part, State.NOT_APPLICABLE, "", None, None, None, None, None, None, Headroom(), (), ())
    judged = [(group, state_of(group.value, part)) for group in groups]
    worst, state = min(judged, key=lambda item: (SEVERITY[item[1]], -_pressing(item[0], part), item[0].group))
    findings: list[Finding] = []
    for group in groups:
        findings += [finding for finding in group.findings if finding not in findings]
    over = excess(worst.value, part)
    return PartResult(
        part=part, state=state, group=worst.group, value=worst.value, numerator=worst.numerator,
        denominator=worst.denominator, utilisation=utilisation(worst.value, part), excess=over,
        excess_usd=_excess_usd(over, worst, part), headroom=headroom(worst, part) if rooms else Headroom(),
        groups=groups, findings=tuple(findings), denominator_day=worst.denominator_day,
        denominator_source=worst.denominator_source)


def _idle(part: Part, snapshot: Snapshot) -> bool:
    """Return whether a part has no subject: an order measure without an order, a minimum before the sleeve is built."""
    if BY_NAME[part.measure].order_only and not snapshot.orders:
        return True
    if part.options.get("after_ramp_up") != "yes":
        return False
    value = snapshot.market_value
    return value is not None and value < snapshot.ramp_up_floor


def _pressing(group: Measured, part: Part) -> Decimal:
    """Return what orders groups of one state: the value, for a minimum its negative."""
    if group.value is None:
        return ZERO
    return group.value if part.direction == "max" else -group.value


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
