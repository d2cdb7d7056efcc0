"""Why a measure moved: the change shared out among its factors by Shapley's rule, parts summing to it exactly.

Each factor's part is its step from old to new averaged over every order in which the factors could have changed, so
no order is preferred and nothing is left over. Beside it stands the but-for value: the measure had this factor alone
stayed as it was (domain.md B2, F064).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import combinations
from math import factorial
from typing import Final

from sandyq.basics.decimals import ZERO

Measure = Callable[[frozenset[str]], Decimal | None]
"""The measure with exactly these factors at their new state, the others at their old one; None is Unknown."""


EXACT: Final = Context(prec=120)
"""Wide enough that sums of parts are exact: values have at most 50 digits, parts end at 40 decimals."""
_STEP: Final = Decimal("1e-40")


@dataclass(frozen=True, slots=True)
class CausePart:
    """One factor's part of the change, and the measure's new value but for this factor."""

    factor: str
    part: Decimal
    but_for: Decimal


@dataclass(frozen=True, slots=True)
class CauseSplit:
    """`parts` sum to `after` − `before` to the last digit."""

    before: Decimal
    after: Decimal
    parts: tuple[CausePart, ...]

    @property
    def change(self) -> Decimal:
        with localcontext(EXACT):
            return self.after - self.before


def split_by_cause(factors: Sequence[str], measure: Measure) -> CauseSplit | None:
    """Return each factor's part of the change from no factor new to all new; None when any value is Unknown.

    2ⁿ values are asked for, once each. The largest part takes what rounding at 40 decimals left, far below any unit.
    """
    values: dict[frozenset[str], Decimal] = {}
    for size in range(len(factors) + 1):
        for chosen in combinations(factors, size):
            found = measure(frozenset(chosen))
            if found is None:
                return None
            values[frozenset(chosen)] = found
    whole = frozenset(factors)
    before, after = values[frozenset()], values[whole]
    with localcontext(EXACT):
        shares = [_share(factor, factors, values) for factor in factors]
        if shares:
            largest = max(range(len(shares)), key=lambda place: abs(shares[place]))
            shares[largest] += after - before - sum(shares, ZERO)
    return CauseSplit(before, after, tuple(
        CausePart(factor, part, values[whole - {factor}]) for factor, part in zip(factors, shares, strict=True)))


# Call inside the EXACT context.
def _share(factor: str, factors: Sequence[str], values: dict[frozenset[str], Decimal]) -> Decimal:
    others = [name for name in factors if name != factor]
    total = ZERO
    for size in range(len(factors)):
        weight = Decimal(factorial(size) * factorial(len(others) - size))
        for chosen in combinations(others, size):
            without = frozenset(chosen)
            total += weight * (values[without | {factor}] - values[without])
    return (total / Decimal(factorial(len(factors)))).quantize(_STEP)
