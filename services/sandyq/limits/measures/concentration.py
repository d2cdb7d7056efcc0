"""How concentrated a book is: its largest groups, all groups above a size, the Herfindahl index (F011)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandyq.basics.decimals import ZERO, quotient
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import (
    BASES,
    DENOMINATORS,
    SIMPLE,
    Below,
    Measure,
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


def _sums(snapshot: Snapshot, part: Part) -> tuple[list[tuple[Decimal, str]], bool]:
    """Return the groups' amounts, largest first, and whether all are known."""
    found = [(total(amount_of(row, part.basis) for row in members), group)
             for group, members in grouped(in_scope(snapshot.rows, part), part).items()]
    known = [(amount, group) for amount, group in found if amount is not None]
    return sorted(known, key=lambda item: (-item[0], item[1])), len(known) == len(found)


def _answer(snapshot: Snapshot, part: Part, amount: Decimal | None, below: Below, names: Sequence[str]) -> tuple[
        Measured, ...]:
    return (measured(", ".join(names), amount, below, None,
                     missing_rows(in_scope(snapshot.rows, part), part.basis)),)


def take_top(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the `top` largest groups together."""
    sums, known = _sums(snapshot, part)
    chosen = sums[:int(Decimal(part.options.get("top", "5")))]
    amount = sum((amount for amount, _ in chosen), ZERO) if known else None
    return _answer(snapshot, part, amount, denominator(snapshot, part), [group for _, group in chosen])


def take_above(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return all groups that are each above a ratio of the denominator, together: 5/10/40 per issuer group."""
    sums, known = _sums(snapshot, part)
    below, size = denominator(snapshot, part), Decimal(part.options.get("above", "0.05"))
    chosen = [(amount, group) for amount, group in sums if below.amount and amount > size * below.amount]
    amount = sum((amount for amount, _ in chosen), ZERO) if known and below.amount is not None else None
    return _answer(snapshot, part, amount, below, [group for _, group in chosen])


def take_herfindahl(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the sum of the squared shares of the groups in their own total: 1 for one group, 1/n for n equal ones."""
    sums, known = _sums(snapshot, part)
    whole = sum((amount for amount, _ in sums), ZERO)
    if not sums and known:
        return ()
    value = sum((quotient(amount, whole) ** 2 for amount, _ in sums), ZERO) if known and whole else None
    return _answer(snapshot, part, value, Below(None, absolute=True), [sums[0][1]] if sums else [])


MEASURES = (
    Measure("largest_groups", take_top, frozenset({"ratio"}), groups=SIMPLE, denominators=_RATIOS, bases=BASES,
            options=frozenset({"top"})),
    Measure("groups_above", take_above, frozenset({"ratio"}), groups=SIMPLE, denominators=_RATIOS, bases=BASES,
            options=frozenset({"above"})),
    Measure("herfindahl", take_herfindahl, frozenset({"ratio"}), groups=SIMPLE, bases=BASES),
)
