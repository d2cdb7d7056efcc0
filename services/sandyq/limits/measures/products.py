"""What may not be held at all: tokens, borrowing at holder level, leveraged and income products (L06, L07, L08)."""

from __future__ import annotations

from decimal import Decimal

from sandyq.basics.decimals import ONE
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, Reach, in_scope, measured
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.reference.kinds import COMPANIES, FUNDS

FORBIDDEN = frozenset({"leveraged", "inverse", "covered_call", "single_stock", "income"})


def _count(rows: list[Row]) -> tuple[Measured, ...]:
    group = ", ".join(sorted(row.symbol for row in rows))
    return (measured(group, Decimal(len(rows)), Below(None, absolute=True)),)


def take_tokens(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return how many lines are neither a listed fund nor a listed company. A booking of a token is refused anyway."""
    return _count([row for row in in_scope(snapshot.rows, part) if row.kind not in COMPANIES | FUNDS])


def take_short(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return how many lines are sold short. A sale of more than is held is refused anyway."""
    return _count([row for row in in_scope(snapshot.rows, part) if row.quantity < 0])


def take_forbidden(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return how many lines are leveraged, inverse, income or single-stock products by their declared structure."""
    return _count([row for row in in_scope(snapshot.rows, part) if is_forbidden(row)])


def is_forbidden(row: Row) -> bool:
    """Return whether the declared structure or leverage is one that cannot be looked through."""
    return row.structure in FORBIDDEN or row.leverage != ONE


MEASURES = (
    Measure("token_count", take_tokens, frozenset({"count"}), reach=Reach.CHOSEN),
    Measure("short_count", take_short, frozenset({"count"}), reach=Reach.CHOSEN),
    Measure("forbidden_products", take_forbidden, frozenset({"count"}), reach=Reach.CHOSEN),
)
