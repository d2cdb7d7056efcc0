"""Columns to painter paths: gaps for NaN, steps, areas; long columns thinned to the lowest and highest per pixel."""

from __future__ import annotations

import numpy as np
import pyqtgraph.functions as fast
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

Column = NDArray[np.float64]
DENSE = 4
"""Points per pixel above which a line is thinned: first, lowest, highest and last of a pixel look the same."""


def clip(x: Column, first: float, last: float) -> slice:
    """Return the part of an increasing column inside [first, last], with one neighbour on each side."""
    start = int(np.searchsorted(x, first, side="left")) - 1
    end = int(np.searchsorted(x, last, side="right")) + 1
    return slice(max(start, 0), min(end, len(x)))


def thin(x: Column, y: Column, pixels: int) -> tuple[Column, Column]:
    """Keep the extremes of each pixel column when there are more than `DENSE` points per pixel; gaps stay gaps."""
    size = len(x) // max(pixels, 1)
    if size <= DENSE:
        return x, y
    count = len(x) // size
    head, tail = count * size, slice(count * size, len(x))
    blocks = y[:head].reshape(count, size)
    pairs = np.empty((count, 2))
    np.min(blocks, axis=1, out=pairs[:, 0])
    np.max(blocks, axis=1, out=pairs[:, 1])
    places = np.repeat(x[:head:size], 2)
    return np.concatenate((places, x[tail])), np.concatenate((pairs.ravel(), y[tail]))


def line(x: Column, y: Column) -> QPainterPath:
    """Return a polyline that is interrupted where a value is not finite; a lone point is a short dash."""
    good = np.isfinite(y)
    lone = good & ~np.append(False, good[:-1]) & ~np.append(good[1:], False)
    if good.all() and len(x) > 1:
        whole: QPainterPath = fast.arrayToQPath(x, y, connect="all", finiteCheck=False)
        return whole
    path = QPainterPath()
    for start, end in runs(good & ~lone):
        path.addPath(fast.arrayToQPath(x[start:end], y[start:end], connect="all", finiteCheck=False))
    for place in np.flatnonzero(lone):
        path.moveTo(x[place] - 1.5, y[place])
        path.lineTo(x[place] + 1.5, y[place])
    return path


def stairs(x: Column, y: Column, end: float) -> tuple[Column, Column]:
    """Return the corners of a step line: each value holds from its own day until the next, the last until `end`."""
    return np.append(np.repeat(x, 2)[1:], end), np.repeat(y, 2)


def area(x: Column, low: Column, high: Column) -> QPainterPath:
    """Return the closed surface between two edges, one piece per run of days on which both are known."""
    path = QPainterPath()
    for start, end in runs(np.isfinite(low) & np.isfinite(high)):
        if end - start < 2:
            continue
        along = np.concatenate((x[start:end], x[start:end][::-1]))
        around = np.concatenate((high[start:end], low[start:end][::-1]))
        piece = fast.arrayToQPath(along, around, connect="all", finiteCheck=False)
        piece.closeSubpath()
        path.addPath(piece)
    return path


def runs(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return [start, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]

