"""How concentrated a book is: its largest groups, all groups above a size, the Herfindahl index (F011)."""

from __future__ import annotations

from decimal import Decimal

from sandyq.basics.decimals import ZERO, quotient
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import (
    BASES,
    DENOMINATORS,
    SIMPLE,
    Below,
    Measure,
    Reach,
    amount_of,
    denominator,
    grouped,
    in_scope,
    measured,
    missing_rows,
)
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Snapshot, total

_RATIOS = DENOMINATORS - {"coins"}


def _sums(snapshot: Snapshot, part: Part) -> tuple[list[Decimal], bool]:
    """Return the groups' amounts, largest first, and whether all are known."""
    found = [total(amount_of(row, part.basis) for row in members)
             for members in grouped(in_scope(snapshot.rows, part), part).values()]
    known = [amount for amount in found if amount is not None]
    return sorted(known, reverse=True), len(known) == len(found)


def _answer(snapshot: Snapshot, part: Part, amount: Decimal | None, below: Below) -> tuple[Measured, ...]:
    """One figure without a name: which groups are the largest may change with the order that is checked."""
    return (measured("", amount, below, None, missing_rows(in_scope(snapshot.rows, part), part.basis)),)


def take_top(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the `top` largest groups together."""
    sums, known = _sums(snapshot, part)
    chosen = sums[:int(Decimal(part.options.get("top", "5")))]
    amount = sum(chosen, ZERO) if known else None
    return _answer(snapshot, part, amount, denominator(snapshot, part))


def take_above(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return all groups that are each above a ratio of the denominator, together: 5/10/40 per issuer group."""
    sums, known = _sums(snapshot, part)
    below, size = denominator(snapshot, part), Decimal(part.options.get("above", "0.05"))
    chosen = [amount for amount in sums if below.amount and amount > size * below.amount]
    amount = sum(chosen, ZERO) if known and below.amount is not None else None
    return _answer(snapshot, part, amount, below)


def take_herfindahl(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the sum of the squared shares of the groups in their own total: 1 for one group, 1/n for n equal ones."""
    sums, known = _sums(snapshot, part)
    whole = sum(sums, ZERO)
    if not sums and known:
        return ()
    value = sum((quotient(amount, whole) ** 2 for amount in sums), ZERO) if known and whole else None
    return _answer(snapshot, part, value, Below(None, absolute=True))


MEASURES = (
    Measure("largest_groups", take_top, frozenset({"ratio"}), groups=SIMPLE, denominators=_RATIOS, bases=BASES,
            options=frozenset({"top"}), reach=Reach.NAMED),
    Measure("groups_above", take_above, frozenset({"ratio"}), groups=SIMPLE, denominators=_RATIOS, bases=BASES,
            options=frozenset({"above"}), reach=Reach.NAMED),
    Measure("herfindahl", take_herfindahl, frozenset({"ratio"}), groups=SIMPLE, bases=BASES,
            reach=Reach.NAMED),
)
