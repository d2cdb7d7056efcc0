"""The entry gate: every purchase waits for it to be open, or goes by a committee's override (L24)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, Reach, in_scope, measured, unknown
from sandyq.limits.result import Measured, Order
from sandyq.limits.snapshot import Snapshot, total
from sandyq.limits.surroundings import Override

_OPEN = "open"


def take_gate(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return how many purchases neither an open gate nor an override of the day covers.

    An override covers purchases of its tranche (of any, if it names none) while all that was bought from its first day
    on, the orders included, is at most its amount. Unknown when the mandate has no gate or its state cannot be told.
    """
    rows = {row.symbol: row for row in (*snapshot.candidates.values(), *snapshot.rows)}
    purchases = [order for order in snapshot.orders if order.side == "buy" and order.symbol in rows
                 and in_scope([rows[order.symbol]], part)]
    if not purchases:
        return ()
    below = Below(None, absolute=True)
    sign = snapshot.around.gate
    if sign is not None and sign.state == _OPEN:
        return (measured("", ZERO, below),)
    left = [order for order in purchases if not _overrides(snapshot, order)]
    if left and (sign is None or sign.missing):
        reason = sign.missing if sign is not None else N_("the mandate has no gate")
        return (measured("", None, below, None, [unknown("gate-unknown", N_(
            "The state of the entry gate is Unknown: {reason}.", reason=reason))]),)
    return (measured("", Decimal(len(left)), below, None, _findings(snapshot, purchases, left)),)


def _overrides(snapshot: Snapshot, order: Order) -> tuple[Override, ...]:
    """Return the overrides of the day that cover an order."""
    return tuple(override for override in snapshot.around.overrides
                 if override.in_force(snapshot.as_of) and override.tranche in {"", order.tranche}
                 and _within(override, snapshot))


def _within(override: Override, snapshot: Snapshot) -> bool:
    """Return whether everything bought since the override's first day, with the orders, is within its amount."""
    if override.amount is None:
        return True
    bought = total(amount for day, amount in snapshot.flows if override.valid_from <= day <= snapshot.as_of
                   and (amount is None or amount > 0))
    return bought is not None and bought <= override.amount


def _findings(snapshot: Snapshot, purchases: Sequence[Order], left: Sequence[Order]) -> list[Finding]:
    gate = snapshot.around.gate
    if left and gate is not None:
        return [Finding(Severity.WARNING, "gate-shut", gate.shut)]
    used = dict.fromkeys(override.committee_reference for order in purchases
                         for override in _overrides(snapshot, order)[:1])
    return [Finding(Severity.WARNING, "gate-override", N_(
        "The entry gate is shut; the purchase goes by the override of committee decision {reference}.",
        reference=reference), reference) for reference in used]


MEASURES = (Measure("gate", take_gate, frozenset({"count"}), order_only=True, reach=Reach.ORDERED),)
