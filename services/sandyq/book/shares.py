"""Parts of an exact amount that always sum to it. Call inside the WIDE context (`book.ledger` opens it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sandyq.basics.decimals import QUANTITY_STEP, ZERO


def share(total: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return total × part / whole: exact when the quotient ends, otherwise rounded to eight decimals, half to even."""
    wanted = total * part
    raw = wanted / whole
    return raw if _ends(raw, whole, wanted) else raw.quantize(QUANTITY_STEP)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Distribute a total over weights by cumulative rounding, so that the parts sum to it to the last unit.

    Weights sum to more than zero; each part differs from its exact share by less than one step of eight decimals.
    """
    whole = sum(weights, ZERO)
    reached = given = ZERO
    parts: list[Decimal] = []
    for weight in weights:
        reached += weight
        until = share(total, reached, whole)
        parts.append(until - given)
        given = until
    return parts


def scaled(quantities: Iterable[Decimal], new: Decimal, old: Decimal) -> list[Decimal]:
    """Return every quantity × new / old: exact where all of them end, else by cumulative rounding at eight decimals.

    The parts then sum to the rounded total (three lots of one share, split 1:3, make 1 and not 0.99999999). Where the
    rounding would wipe a lot out, 50 significant digits are kept instead.
    """
    before = list(quantities)
    exact = [quantity * new / old for quantity in before]
    if all(_ends(after, old, quantity * new) for after, quantity in zip(exact, before, strict=True)):
        return exact
    reached = given = ZERO
    parts: list[Decimal] = []
    for quantity in before:
        reached += quantity
        until = (reached * new / old).quantize(QUANTITY_STEP)
        parts.append(until - given)
        given = until
    return parts if all(parts) else exact


def unit_cost(cost: Decimal, quantity: Decimal) -> Decimal | None:
    """Return cost per unit when it ends, else None: parts of the lot are then shares of its total cost."""
    if not quantity:
        return None
    unit = cost / quantity
    return unit if _ends(unit, quantity, cost) else None


def _ends(ratio: Decimal, divisor: Decimal, dividend: Decimal) -> bool:
    """Return whether a quotient is exact: multiplied without rounding, since 1.66…67 × 6 rounds to 10 as well."""
    return not ratio.fma(divisor, -dividend)
