"""State shapes, drawn in a 12 × 12 box. A state is a shape and a word first, a colour second."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from sandyq.limits.result import State, Verdict


class Shape(StrEnum):
    """Every shape there is."""

    OK = "ok"
    WARNING = "warning"
    SOFT_BREACH = "soft_breach"
    BREACH = "breach"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    UPCOMING = "upcoming"
    NEXT = "next"
    WAITING = "waiting"


BOX: Final = 12.0
VERDICT_LOOKS: Final = {
    Verdict.PASS: (Shape.OK, "t_ok"), Verdict.ACKNOWLEDGE: (Shape.SOFT_BREACH, "t_soft"),
    Verdict.REFUSED: (Shape.BREACH, "t_breach"), Verdict.UNKNOWN: (Shape.UNKNOWN, "t_unknown"),
}
"""Shape and colour token of each verdict on an order."""


def shape_of(state: State) -> Shape:
    """Return the shape of a limit's state."""
    return Shape(state.value)


def draw(painter: QPainter, shape: Shape, box: QRectF, color: QColor, ground: QColor) -> None:
    """Draw a shape into a square box. `ground` is the colour under it, for marks cut out of filled shapes."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / BOX, box.height() / BOX)
    pen = QPen(color, 1.4)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _DRAW[shape](painter, color, ground)
    painter.restore()


def pixmap(shape: Shape, size: int, color: QColor, ground: QColor, ratio: float = 1.0) -> QPixmap:
    """Return a shape as a pixmap of `size` logical pixels."""
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw(painter, shape, QRectF(0, 0, size, size), color, ground)
    painter.end()
    return image


def triangle(painter: QPainter, x: float, y: float, size: float, color: QColor, *, opened: bool) -> None:
    """Draw the small triangle of groups, trees and sort marks, centred on (x, y); pointing down when opened."""
    half = size / 2
    points = ([QPointF(x - half, y - half * .6), QPointF(x + half, y - half * .6), QPointF(x, y + half * .7)] if opened
              else [QPointF(x - half * .6, y - half), QPointF(x - half * .6, y + half), QPointF(x + half * .7, y)])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF(points))
    painter.restore()


def _ok(painter: QPainter, color: QColor, ground: QColor) -> None:
    del color, ground
    painter.drawEllipse(QPointF(6, 6), 4.2, 4.2)
    tick = QPainterPath(QPointF(4.0, 6.2))
    tick.lineTo(5.5, 7.7)
    tick.lineTo(8.1, 4.6)
    painter.drawPath(tick)


def _warning(painter: QPainter, color: QColor, ground: QColor) -> None:
    painter.setBrush(color)
    painter.setPen(QPen(color, 1))
    painter.drawPolygon(QPolygonF([QPointF(6, 1.2), QPointF(11.3, 10.6), QPointF(0.7, 10.6)]))
    painter.fillRect(QRectF(5.4, 4.2, 1.2, 3.4), ground)
    painter.fillRect(QRectF(5.4, 8.4, 1.2, 1.2), ground)


def _diamond() -> QPolygonF:
    return QPolygonF([QPointF(6, 0.9), QPointF(11.1, 6), QPointF(6, 11.1), QPointF(0.9, 6)])


def _soft(painter: QPainter, color: QColor, ground: QColor) -> None:
    del ground
    painter.drawPolygon(_diamond())
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(6, 0.9), QPointF(11.1, 6), QPointF(6, 11.1)]))


def _breach(painter: QPainter, color: QColor, ground: QColor) -> None:
    painter.fillRect(QRectF(1, 1, 10, 10), color)
    painter.fillRect(QRectF(3, 5.1, 6, 1.8), ground)


def _waived(painter: QPainter, color: QColor, ground: QColor) -> None:
    del color, ground
    painter.drawPolygon(_diamond())
    painter.drawLine(QPointF(3.6, 8.4), QPointF(8.4, 3.6))


def _unknown(painter: QPainter, color: QColor, ground: QColor) -> None:
    del ground
    pen = QPen(color, 1.2)
    pen.setDashPattern([1.6, 1.4])
    painter.setPen(pen)
    painter.drawEllipse(QPointF(6, 6), 5, 5)
    painter.setPen(QPen(color, 1.2))
    mark = QPainterPath(QPointF(4.5, 4.9))
    mark.cubicTo(4.5, 2.9, 7.6, 2.9, 7.5, 4.9)
    mark.cubicTo(7.5, 6.0, 6.0, 6.0, 6.0, 7.3)
    painter.drawPath(mark)
    painter.fillRect(QRectF(5.4, 8.2, 1.2, 1.2), color)


def _dash(painter: QPainter, color: QColor, ground: QColor) -> None:
    del ground
    painter.fillRect(QRectF(2.5, 5.3, 7, 1.4), color)


def _upcoming(painter: QPainter, color: QColor, ground: QColor) -> None:
    del color, ground
    painter.drawPolygon(QPolygonF([QPointF(2.5, 1.6), QPointF(10.4, 6), QPointF(2.5, 10.4)]))


def _next(painter: QPainter, color: QColor, ground: QColor) -> None:
    painter.setBrush(color)
    _upcoming(painter, color, ground)


def _waiting(painter: QPainter, color: QColor, ground: QColor) -> None:
    del color, ground
    painter.drawEllipse(QPointF(6, 6), 4.2, 4.2)


_DRAW: Final = {
    Shape.OK: _ok, Shape.WARNING: _warning, Shape.SOFT_BREACH: _soft, Shape.BREACH: _breach, Shape.WAIVED: _waived,
    Shape.UNKNOWN: _unknown, Shape.NOT_APPLICABLE: _dash, Shape.UPCOMING: _upcoming, Shape.NEXT: _next,
    Shape.WAITING: _waiting,
}
