"""The smallest set of sales as an integer program: whole shares per line, one row per limit group (F057).

A row says Σ aᵢ·xᵢ ≥ b for shares xᵢ sold. A ratio N/D ≤ t becomes linear when multiplied out: selling a share lowers
N by nᵢ and D by dᵢ, so aᵢ = nᵢ − t·dᵢ and b = N − t·D; a minimum has the other sign. The program is in binary floats;
what it finds is held against the exact engine by `cure`, never used as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sandyq.exposure.returns import Floats

_SECONDS: Final = 5.0
_GAP: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Need:
    """One row. `per_share` (aᵢ) and `least` (b) in the figure's unit; `gap` above zero: beyond where it was measured.

    `outright` True: `per_share` is what a line does that is sold to the last share. `under_floor` is b where the sleeve
    has come down to its ramp-up floor, and `per_share_floor` its aᵢ; None: the floor makes no difference.
    """

    limit: str
    per_share: Floats
    least: float
    gap: float
    outright: bool = False
    per_share_floor: Floats | None = None
    under_floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that can be sold: price per share in USD, shares that may be sold, shares that are held.

    `above_floor` is how far the sleeve lies above its ramp-up floor in USD; None: there is no floor to come down to.
    """

    prices: Floats
    most: Floats
    held: Floats
    above_floor: float | None = None


def solve(lines: Lines, needs: Sequence[Need]) -> tuple[Floats, frozenset[int]] | None:
    """Return shares to sell per line and the lines to be sold out; None where no sale meets all needs.

    Least value sold; a further line has to save more than the dearest share, so few lines are used where values tie.
    """
    # Imported here because it is too slow for the window's first paint.
    from scipy.optimize import Bounds, LinearConstraint, milp

    count = len(lines.prices)
    if not count:
        return None if needs else (np.zeros(0), frozenset())
    size = 3 * count + 1  # shares, line used, line sold out, sleeve at its floor
    matrix, low, high = _rows(lines, needs, size)
    cost = np.concatenate([lines.prices, np.full(count, float(lines.prices.max(initial=0.0))), np.zeros(count + 1)])
    upper = np.concatenate([lines.most, np.ones(count), (lines.most >= lines.held).astype(float),
                            [0.0 if lines.above_floor is None else 1.0]])
    scale = max(float(cost.max(initial=0.0)), 1.0)
    found = milp(cost / scale, integrality=np.ones(size), bounds=Bounds(np.zeros(size), upper),
                 constraints=LinearConstraint(matrix, low, high),
                 options={"time_limit": _SECONDS, "mip_rel_gap": _GAP})
    if found.x is None:
        return None
    shares = np.round(found.x[:count])
    return shares, frozenset(np.flatnonzero(found.x[2 * count:3 * count] > 0.5).tolist())


def _rows(lines: Lines, needs: Sequence[Need], size: int) -> tuple[Floats, Floats, Floats]:
    count = len(lines.prices)
    rows: list[Floats] = []
    low: list[float] = []

    def at_least(row: Floats, bound: float) -> None:
        span = float(np.abs(row).max(initial=0.0)) or 1.0
        rows.append(row / span)
        low.append(bound / span)

    for line in range(count):
        used = np.zeros(size)
        used[[line, count + line]] = -1.0, lines.most[line]
        at_least(used, 0.0)  # shares ≤ most × used
        out = np.zeros(size)
        out[[line, 2 * count + line]] = 1.0, -lines.held[line]
        at_least(out, 0.0)  # shares ≥ held × sold out
    for need in needs:
        _need(need, lines, size, at_least)
    if lines.above_floor is not None:
        floor = np.zeros(size)
        floor[:count], floor[-1] = lines.prices, -lines.above_floor
        at_least(floor, 0.0)  # at the floor only when enough is sold
    return np.array(rows), np.array(low), np.full(len(low), np.inf)


def _need(need: Need, lines: Lines, size: int, at_least: Callable[[Floats, float], None]) -> None:
    count = len(lines.prices)
    row = np.zeros(size)
    row[2 * count:3 * count] = need.per_share if need.outright else 0.0
    row[:count] = 0.0 if need.outright else need.per_share
    if need.per_share_floor is None or lines.above_floor is None:
        at_least(row, need.least)
        return
    other = np.zeros(size)
    other[:count] = need.per_share_floor
    # One of the two holds: the one that counts on the side of the floor where the sleeve comes to lie.
    for each, bound, sign in ((row, need.least, 1.0), (other, need.under_floor, -1.0)):
        worst = float(np.minimum(each[:count], 0.0) @ lines.most)
        slack = max(bound - worst, 0.0)
        whole = each.copy()
        whole[-1] = sign * slack
        at_least(whole, bound if sign > 0 else bound - slack)
