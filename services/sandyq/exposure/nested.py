"""Funds that hold funds: coin exposure per unit of value through every level, and loops (domain.md C5; F043)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

DEPTH_LIMIT = 3
"""From this level of funds on, the fall-back factor stands in for the look-through."""


class WeightsDoNotConverge(ValueError):
    """Funds own so much of each other that no finite exposure follows."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Exposure per unit of market value of each fund, and the loops of ownership found on the way."""

    exposure: Mapping[str, float]
    loops: tuple[tuple[str, ...], ...]


def solve(direct: Mapping[str, float], weights: Mapping[str, Mapping[str, float]]) -> Solution:
    """Solve x = d + W x for all funds (O7).

    `direct` is each fund's own coin exposure per unit of value, `weights[a][b]` the share of fund a held in fund b.
    A weight in a fund without a row in `direct` raises KeyError (nothing is silently dropped). Raises
    WeightsDoNotConverge when the spectral radius of W is 1 or more.
    """
    names = sorted(direct)
    place = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for owner, held in weights.items():
        for name, weight in held.items():
            matrix[place[owner], place[name]] = weight
    radius = float(np.abs(np.linalg.eigvals(matrix)).max()) if names else 0.0
    if radius >= 1:
        raise WeightsDoNotConverge(f"the spectral radius of the weights is {radius:.6f}")
    own = np.array([direct[name] for name in names])
    solved = np.linalg.solve(np.eye(len(names)) - matrix, own)
    exposure = {name: float(solved[place[name]]) for name in names}
    return Solution(exposure, find_loops(weights))


def to_depth(direct: Mapping[str, float], weights: Mapping[str, Mapping[str, float]], fund: str, fallback: float,
             *, depth: int = DEPTH_LIMIT) -> float:
    """Return the exposure of one fund when look-through stops: at level `depth` a fund counts `fallback` (O7).

    Level 1 is the fund itself. Depth 2 with a fall-back of 0 is the one-level look.
    """
    if depth <= 1:
        return fallback
    below = sum(weight * to_depth(direct, weights, name, fallback, depth=depth - 1)
                for name, weight in weights.get(fund, {}).items() if weight)
    return direct[fund] + below


def find_loops(weights: Mapping[str, Mapping[str, float]]) -> tuple[tuple[str, ...], ...]:
    """Return each loop of ownership once, starting at its first name in alphabetical order."""
    found: set[tuple[str, ...]] = set()
    for start in sorted(weights):
        _walk(weights, start, (start,), found)
    return tuple(sorted(found))


def _walk(weights: Mapping[str, Mapping[str, float]], start: str, path: tuple[str, ...],
          found: set[tuple[str, ...]]) -> None:
    for name, weight in sorted(weights.get(path[-1], {}).items()):
        if not weight or name < start:
            continue
        if name == start:
            found.add(path)
        elif name not in path:
            _walk(weights, start, (*path, name), found)
