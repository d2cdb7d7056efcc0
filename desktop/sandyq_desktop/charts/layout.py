"""Where the parts of a chart lie: panels under each other, one time axis at the bottom, the column on the right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from sandyq_desktop.charts.figure import Chart, Panel
from sandyq_desktop.charts.scales import Scale, ticks
from sandyq_desktop.charts.style import Style

COLUMN, LABELS, LEFT, AXIS, HEAD, GAP = 248, 92, 56, 30, 28, 10
"""Pixels: the right column, room for labels without it, first day's x, the time axis, a title, under a panel."""

ROOM = 0.06
"""Free height above the highest value where no highest is given: a label fits over a line."""
WORDED_ROOM = 0.16
"""The same for a panel with words at its top."""


@dataclass(frozen=True, slots=True)
class Place:
    """One panel on the canvas: its whole rectangle, the plot inside, its scale and marks, and its column's y."""

    panel: Panel
    whole: QRectF
    plot: QRectF
    scale: Scale
    marks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A chart of one size and range of days."""

    time: Scale
    places: tuple[Place, ...]
    axis: float
    column: float | None
    width: float
    height: float


def arrange(chart: Chart, style: Style, width: float, height: float, first: float, last: float, *,
            with_column: bool = True, top: float = 0) -> Layout:
    """Share the height among the panels and find their value scales from the days in [first, last]."""
    px = style.px
    right = width - px(COLUMN) if with_column else width - max(px(LABELS), _label_width(chart, style))
    time = Scale(first, max(last, first + 1), px(LEFT), max(right - px(2), px(LEFT) + 10))
    axis = height - px(AXIS)
    total = sum(panel.height for panel in chart.panels) or 1.0
    y = top
    places = []
    for panel in chart.panels:
        high = (axis - top) * panel.height / total
        whole = QRectF(0, y, width, high)
        head = px(HEAD) if panel.title else px(14)
        plot = QRectF(time.start, y + head, time.end - time.start, max(high - head - px(GAP), 10))
        low, top_value = extent(chart, panel, first, last)
        marks = ticks(low, top_value, max(2, min(panel.ticks, int(plot.height() / px(22)) + 1)))
        # Words at the top of a panel (the mandate's version) need a line of their own above the highest threshold.
        worded = any(note.value is None for note in panel.notes)
        room = (top_value - low) * (WORDED_ROOM if worded else ROOM)
        scale = Scale(low if panel.lowest is not None else low - room,
                      top_value if panel.highest is not None else top_value + room, plot.bottom(), plot.top())
        places.append(Place(panel, whole, plot, scale, tuple(m for m in marks if scale.low <= m <= scale.high)))
        y += high
    return Layout(time, tuple(places), axis, right if with_column else None, width, height)


def _label_width(chart: Chart, style: Style) -> float:
    """Return what the longest label at the right end needs, its number and margins included."""
    metrics = QFontMetricsF(style.font(11))
    names = [f"{series.name} {'0' * (panel.digits + 3)}" for panel in chart.panels for series in panel.series
             if series.labelled and not series.state]
    return max((metrics.horizontalAdvance(name) for name in names), default=0.0) + style.px(14)


def extent(chart: Chart, panel: Panel, first: float, last: float) -> tuple[float, float]:
    """Return the lowest and highest value drawn between two days; (0, 1) when nothing is known."""
    days = chart.ordinals
    inside = slice(int(np.searchsorted(days, first, side="left")), int(np.searchsorted(days, last, side="right")))
    values = [series.values[inside] for series in panel.series if series.kind not in ("value", "area")]
    values += [above[inside] for _, _, above in chart.stacked(panel)]
    ends = [(float(np.fmin.reduce(part)), float(np.fmax.reduce(part))) for part in values if len(part)]
    lows, highs = [low for low, _ in ends if np.isfinite(low)], [high for _, high in ends if np.isfinite(high)]
    low, high = min(lows, default=0.0), max(highs, default=1.0)
    if panel.lowest is not None:
        low = panel.lowest
    return low, panel.highest if panel.highest is not None else max(high, low + 1e-9)
