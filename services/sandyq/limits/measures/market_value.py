"""Sums over positions, absolute or against the sleeve or the reserves (L02, L03, L04, L09 to L17, L30)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import (
    BASES,
    DENOMINATORS,
    SIMPLE,
    Measure,
    Reach,
    amount_of,
    denominator,
    grouped,
    in_scope,
    measured,
    missing_rows,
    slope_for,
)
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.reference.kinds import COMPANIES, Kind


def take(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the sum of the part's basis over its scope, per group. An empty book measures zero."""
    rows = in_scope(snapshot.rows, part)
    below_beta = part.options.get("beta_below")
    if below_beta is not None:
        rows = _adjacent(snapshot, Decimal(below_beta))
    below = denominator(snapshot, part)
    if part.direction == "min" and below.room_to_floor is not None:
        return ()  # A minimum applies after ramp-up only: against the floor the first purchase would fail it.
    results = []
    for group, members in grouped(rows, part).items():
        amount = total(amount_of(row, part.basis) for row in members)
        doubts = _without_beta(members) if below_beta is not None else []
        results.append(measured(group, amount, below, partial(slope_for, members, snapshot, below, part.basis),
                                [*missing_rows(members, part.basis), *doubts]))
    if not results:
        results.append(measured("", ZERO, below, partial(slope_for, (), snapshot, below, part.basis)))
    return tuple(results)


def _adjacent(snapshot: Snapshot, threshold: Decimal) -> list[Row]:
    """Return adjacent high-tech: that kind, and companies whose |beta| is under the threshold or not known.

    A company that cannot be shown to move with coins counts: losing its prices must not make room.
    """
    return [row for row in snapshot.rows if row.kind is Kind.TECH_EQUITY or (
        row.kind in COMPANIES and (row.beta is None or abs(row.beta) < threshold))]


def _without_beta(rows: Sequence[Row]) -> list[Finding]:
    return [Finding(Severity.WARNING, "beta-unknown", N_("{symbol} counts here because its beta is not known.",
                                                         symbol=row.symbol), row.symbol)
            for row in rows if row.beta is None and row.kind is not Kind.TECH_EQUITY]


MEASURE = Measure("market_value", take, frozenset({"USD", "ratio"}), groups=SIMPLE,
                  denominators=DENOMINATORS, bases=BASES, options=frozenset({"beta_below"}),
                  reach=Reach.SUM)
