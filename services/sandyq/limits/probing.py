"""How the figure of a limit answers to prices, found by moving them: the measures themselves are asked, none is copied.

Numerator and denominator of nearly every measure are sums over lines. Each line's price is moved once by a little, all
of them together twice by a lot; if the sums foretell those, the figure is linear, and a matrix product can evaluate it
on any number of paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final

import numpy as np

from sandyq.basics.decimals import ONE, WIDE
from sandyq.exposure.returns import Floats
from sandyq.limits.mandate import Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.repriced import repriced
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Snapshot

_LITTLE: Final = Decimal("0.001")
_EXACT: Final = 1e-9
_NEAR: Final = 0.05
"""A figure that the sums foretell to five per cent is told as a first approximation; a worse one is not told."""
_ESTIMATES: Final = frozenset({"var", "expected_shortfall"})
"""Other scenarios become the worst ones on a path, however well the sums foretell a few moves."""


class Answer(StrEnum):
    """FIXED: prices do not move it. LINEAR: exactly a ratio of sums. NEAR: to a first approximation. OTHER: neither."""

    FIXED = "fixed"
    LINEAR = "linear"
    NEAR = "near"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One group: (top · g + top_rest) / max(below · g + below_rest, floor); `below` None: an absolute amount."""

    group: str
    top: Floats
    top_rest: float
    below: Floats | None = None
    below_rest: float = 0.0
    floor: float = 0.0

    def at(self, factors: Floats) -> Floats:
        """Return the figure at price factors, one per row (days × instruments)."""
        top = factors @ self.top + self.top_rest
        if self.below is None:
            return np.asarray(top)
        return np.asarray(top / np.maximum(factors @ self.below + self.below_rest, self.floor))


@dataclass(frozen=True, slots=True)
class Probe:
    """How one part answers to the prices of the prober's symbols."""

    answer: Answer
    groups: tuple[Ratio, ...] = ()


class Prober:
    """The snapshot with each price moved in turn, made once for all parts of a mandate."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.symbols = tuple(sorted(row.symbol for row in snapshot.rows if row.market_value))
        count = max(len(self.symbols), 1)
        with localcontext(WIDE):
            self._one = [repriced(snapshot, {symbol: ONE + _LITTLE}) for symbol in self.symbols]
            slant = [Decimal("0.8") + Decimal("0.4") * place / count for place in range(len(self.symbols))]
            spreads = [dict(zip(self.symbols, order, strict=True)) for order in (slant, slant[::-1])]
            self._all = [(repriced(snapshot, spread), np.array([float(factor) for factor in spread.values()]))
                         for spread in spreads]
        values = {row.symbol: row.market_value for row in snapshot.rows}
        self.values = np.array([float(values[symbol] or 0) for symbol in self.symbols])

    def probe(self, part: Part, base: Sequence[Measured]) -> Probe:
        """Return how a part answers; every group of `base` must have a value."""
        with localcontext(WIDE):
            take = BY_NAME[part.measure].take
            far = [_paired(base, take(other, part)) for other, _ in self._all]
            if all(pairs is not None and all(was.value == now.value and was.numerator == now.numerator
                                             for was, now in pairs) for pairs in far):
                return Probe(Answer.FIXED)
            columns = [_paired(base, take(other, part)) for other in self._one]
        if any(column is None for column in (*columns, *far)):
            return Probe(Answer.OTHER)
        ratios = tuple(self._ratio(part, group, [column[place][1] for column in columns if column is not None])
                       for place, group in enumerate(base))
        worst = max((self._missed(ratios, pairs, factors) for pairs, (_, factors) in zip(far, self._all, strict=True)
                     if pairs is not None), default=0.0)
        exact = worst <= _EXACT and part.measure not in _ESTIMATES
        return Probe(Answer.LINEAR if exact else Answer.NEAR if worst <= _NEAR else Answer.OTHER, ratios)

    def _ratio(self, part: Part, group: Measured, moved: Sequence[Measured]) -> Ratio:
        top, rest = _sum(group.numerator, [other.numerator for other in moved])
        if group.denominator is None:
            return Ratio(group.group, top, rest)
        if part.denominator == "sleeve":
            return Ratio(group.group, top, rest, self.values, 0.0, float(self._snapshot.ramp_up_floor))
        below, below_rest = _sum(group.denominator, [other.denominator for other in moved])
        return Ratio(group.group, top, rest, below, below_rest)

    @staticmethod
    def _missed(ratios: Sequence[Ratio], pairs: Sequence[tuple[Measured, Measured]], factors: Floats) -> float:
        """Return the largest relative difference between what the sums foretell and what the measure says."""
        worst = 0.0
        for ratio, (_, now) in zip(ratios, pairs, strict=True):
            actual, foretold = float(now.value or 0), float(ratio.at(factors[None, :])[0])
            worst = max(worst, abs(foretold - actual) / max(abs(actual), 1e-12) if foretold != actual else 0.0)
        return worst


def _sum(base: Decimal | None, moved: Sequence[Decimal | None]) -> tuple[Floats, float]:
    """Return weights and the rest of a sum from its values after each price moved a little."""
    start = base or Decimal(0)
    with localcontext(WIDE):
        weights = [((value or Decimal(0)) - start) / _LITTLE for value in moved]
        rest = start - sum(weights, Decimal(0))
    return np.array([float(weight) for weight in weights]), float(rest)


def _paired(base: Sequence[Measured], moved: Sequence[Measured]) -> list[tuple[Measured, Measured]] | None:
    """Return each group with the same group after a move; None where one is missing or Unknown."""
    found: Mapping[str, Measured] = {group.group: group for group in moved}
    if len(base) == len(moved) == 1:
        found = {base[0].group: moved[0]}
    pairs = [(group, found[group.group]) for group in base if group.group in found]
    if len(pairs) < len(base) or any(now.value is None for _, now in pairs):
        return None
    return pairs
