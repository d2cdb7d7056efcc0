"""A small line of the last days: it shows shape on its own scale; the number beside it shows size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from sandyq_desktop.look import Look

WIDTH: Final = 80.0
HEIGHT: Final = 16.0


def points(values: Sequence[float | None], width: float = WIDTH, height: float = HEIGHT) -> list[list[QPointF]]:
    """Return the runs of known values as points; an Unknown value is a gap, a constant lies in the middle."""
    known = [value for value in values if value is not None and value == value]
    if not known:
        return []
    low, high = min(known), max(known)
    step = width / max(len(values) - 1, 1)
    runs: list[list[QPointF]] = [[]]
    for place, value in enumerate(values):
        if value is None or value != value:
            runs.append([])
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        runs[-1].append(QPointF(place * step, (height - 2) * (1 - share) + 1))
    return [run for run in runs if run]


def paint_sparkline(painter: QPainter, cell: QRectF, values: Sequence[float | None], look: Look,
                    token: str = "tx3") -> None:  # noqa: S107 - a token of the palette
    """Draw the line and a dot on its last point."""
    zoom = look.fonts.zoom / 100
    width, height = WIDTH * zoom, HEIGHT * zoom
    runs = points(values, width - 4, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(cell.left() + look.px(6), cell.center().y() - height / 2)
    painter.setPen(QPen(look.color(token), 1.1))
    for run in runs:
        painter.drawPolyline(QPolygonF(run))
    if runs:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(token))
        painter.drawEllipse(runs[-1][-1], 1.8, 1.8)
    painter.restore()
