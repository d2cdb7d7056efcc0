"""Block bootstrap of joint price paths, and how often linear conditions hold on them (F073, P13).

A path is made of blocks of consecutive past days, drawn with replacement and the same for all instruments, so that
what falls together keeps falling together and a bad week stays a week. On a path the value of a line is its value today
times its price factor; a limit is a set of conditions that are linear in the factors, so all paths are one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sandyq.exposure.returns import Floats

_CHUNK = 10_000
"""Paths per product: their factors fit the processor's cache."""
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Condition:
    """weights · factors + constant > 0; factors are 1 today."""

    weights: Floats
    constant: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on a day of a path when every condition of any of its `cases` holds.

    `fall` (weights, level, peak): happens too where the sum weights · factors is below level times its highest value so
    far, which was `peak` before the path began: a drawdown beyond 1 − level.
    """

    cases: tuple[tuple[Condition, ...], ...] = ()
    fall: tuple[Floats, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """How paths are drawn: the number of them, their length and the blocks' in trading days, and the seed."""

    paths: int
    horizon: int
    block: int
    seed: int


def starts(days: int, draw: Draw) -> NDArray[np.int64]:
    """Return the first day of every block of every path: paths × blocks, uniform over all blocks of the window."""
    blocks = -(-draw.horizon // draw.block)
    generator = np.random.Generator(np.random.PCG64(draw.seed))
    return generator.integers(0, days - draw.block + 1, size=(draw.paths, blocks))


def factors(returns: Floats, path: NDArray[np.int64], draw: Draw) -> Floats:
    """Return the price factors of one path, horizon × instruments: the plain form of what `frequencies` multiplies."""
    days = np.concatenate([np.arange(start, start + draw.block) for start in path])[:draw.horizon]
    return np.asarray(np.exp(np.cumsum(returns[days], axis=0)))


def frequencies(returns: Floats, events: Sequence[Event], draw: Draw) -> Floats:
    """Return for each event the share of paths on which it happens on some day.

    `returns`: days × instruments, log. Raises ValueError when the window is shorter than a block.
    """
    if len(returns) < draw.block:
        raise ValueError("the window is shorter than a block")
    engine = _Engine(returns, events, draw)
    chosen = starts(len(returns), draw)
    hits = np.zeros(len(events))
    for first in range(0, draw.paths, _CHUNK):
        hits += engine.happened(chosen[first:first + _CHUNK]).sum(axis=1)
    return hits / draw.paths


class _Engine:
    """Tables of block factors, and the conditions of all events as one matrix.

    The first block of a path is one of as many as there are starts, so what happens in it is looked up.
    """

    def __init__(self, returns: Floats, events: Sequence[Event], draw: Draw) -> None:
        self._draw = draw
        count = len(returns) - draw.block + 1
        windows = np.stack([returns[offset:offset + count].T for offset in range(draw.block)])
        self._within = np.exp(np.cumsum(windows, axis=0)).astype(np.float32)  # day in block × instrument × start
        columns: dict[tuple[bytes, float], int] = {}
        weights: list[Floats] = []
        bounds: list[float] = []

        def column(condition: Condition) -> int:
            # Scaled to 1, so that single precision sees the same digits whatever the amounts are.
            size = float(np.abs(condition.weights).sum()) or abs(condition.constant) or 1.0
            key = (condition.weights.tobytes(), condition.constant)
            if key not in columns:
                columns[key] = len(weights)
                weights.append(condition.weights / size)
                bounds.append(-condition.constant / size)
            return columns[key]

        self._cases = [[[column(condition) for condition in case] for case in event.cases] for event in events]
        self._falls: list[tuple[int, int, np.float32]] = []
        peaks: list[float] = []
        for number, event in enumerate(events):
            if event.fall is not None:
                line, level, peak = event.fall
                self._falls.append((number, column(Condition(line, 0.0)), np.float32(level)))
                peaks.append(peak / (float(np.abs(line).sum()) or 1.0))
        self._weights = np.array(weights, dtype=np.float32).reshape(len(weights), returns.shape[1])
        self._bounds = np.array(bounds, dtype=np.float32)[:, None]
        self._table = np.zeros((len(events), count), dtype=np.bool_)
        self._peaks = np.repeat(np.array(peaks, dtype=np.float32)[:, None], count, axis=1)
        for inside in range(min(draw.block, draw.horizon)):
            self._mark(self._weights @ self._within[inside], self._table, self._peaks)

    def happened(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return events × paths: whether each happened on some day."""
        happened = np.take(self._table, chosen[:, 0], axis=1)
        peaks = np.take(self._peaks, chosen[:, 0], axis=1)
        base = np.take(self._within[-1], chosen[:, 0], axis=1)
        for day in range(self._draw.block, self._draw.horizon):
            number, inside = divmod(day, self._draw.block)
            if inside == 0 and number > 1:
                base *= np.take(self._within[-1], chosen[:, number - 1], axis=1)
            factors = np.take(self._within[inside], chosen[:, number], axis=1)
            factors *= base
            self._mark(self._weights @ factors, happened, peaks)
        return happened

    def _mark(self, values: Singles, happened: NDArray[np.bool_], peaks: Singles) -> None:
        """Add one day's events; `values` are conditions × paths without their constants."""
        holds = values > self._bounds
        for number, cases in enumerate(self._cases):
            for case in cases:
                held = holds[case[0]]
                for index in case[1:]:
                    held = held & holds[index]
                happened[number] |= held
        for place, (number, index, level) in enumerate(self._falls):
            np.maximum(peaks[place], values[index], out=peaks[place])
            happened[number] |= values[index] < peaks[place] * level
