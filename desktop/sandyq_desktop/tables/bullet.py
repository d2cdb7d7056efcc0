"""The bullet bar: every row has its limit in force on one vertical line, x = 138 of 196 (142 % ends the scale).

Marks: dotted warning, dashed soft, solid thick hard; a circle for the value before an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from sandyq.basics.decimals import HUNDRED, quotient
from sandyq.basics.text import N_
from sandyq.limits.result import PartResult, State
from sandyq_desktop.look import Look

RULER: Final = 138.0
END: Final = 196.0
WIDTH: Final = 222
MARGIN: Final = 8.0


@dataclass(frozen=True, slots=True)
class Bullet:
    """Values of one bar in the limit's own unit; `before` is the value before an order."""

    state: State
    value: Decimal | None
    warn: Decimal | None
    soft: Decimal | None
    hard: Decimal | None
    minimum: bool = False
    waived: bool = False
    before: Decimal | None = None

    @property
    def reference(self) -> Decimal | None:
        return self.soft if self.soft is not None else self.hard

    def x(self, value: Decimal | None) -> float | None:
        """Return the place of a value, unbounded; a limit of zero puts zero at 0 and anything more past the end."""
        if value is None or self.reference is None:
            return None
        if not self.reference:
            return 0.0 if not value else END + 10
        return round(float(quotient(abs(value), abs(self.reference))) * RULER * 2) / 2


def bullet_of(result: PartResult | None, state: State, before: PartResult | None = None) -> Bullet:
    """Return the bar of a limit's worst part."""
    if result is None:
        return Bullet(state, None, None, None, None)
    part = result.part
    return Bullet(state, result.value, part.warn, part.soft, part.hard, part.direction == "min",
                  before=before.value if before else None)


def spoken(bullet: Bullet, look: Look, unit: str = "") -> str:
    """Return the bar for the ear: value, marks, and per cent of the limit in force."""
    number = look.words.language.number
    scale = HUNDRED if unit == "ratio" else Decimal(1)

    def shown(value: Decimal | None) -> str:
        return number(value * scale) if value is not None else "—"

    parts = [shown(bullet.value) + (" %" if unit == "ratio" else "")]
    for template, mark in ((N_("warning {mark}"), bullet.warn), (N_("soft {mark}"), bullet.soft),
                           (N_("hard {mark}"), bullet.hard)):
        if mark is not None:
            parts.append(look.say(N_(template.template, mark=shown(mark))))
    if bullet.value is not None and bullet.reference:
        share = number(quotient(abs(bullet.value), abs(bullet.reference)) * HUNDRED, 0)
        parts.append(look.say(N_("{share} per cent of the limit in force", share=share)))
    return ", ".join(parts)


def paint_bullet(painter: QPainter, cell: QRectF, bullet: Bullet, look: Look) -> None:
    """Draw a bar into a cell of 222 × 22 (times the zoom)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    zoom = look.fonts.zoom / 100
    painter.translate(cell.left() + MARGIN * zoom, cell.center().y() - 11 * zoom)
    painter.scale(zoom, zoom)
    if bullet.state is State.UNKNOWN:
        _hatched(painter, look)
    elif bullet.state is State.NOT_APPLICABLE or bullet.reference is None:
        painter.setPen(QPen(look.color("line2"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(0, 11), QPointF(END, 11))
    else:
        painter.fillRect(QRectF(0, 8, END, 6), look.color("track"))
        _fill(painter, bullet, look)
        _marks(painter, bullet, look)
        _before(painter, bullet, look)
    painter.restore()


def _hatched(painter: QPainter, look: Look) -> None:
    color = look.color("f_unknown")
    box = QRectF(0.5, 8, END - 1, 6)
    painter.save()
    painter.setClipRect(box)
    painter.setPen(QPen(color, 1.6))
    painter.drawLines([QLineF(x, 14.5, x + 7, 7.5) for x in range(-10, 200, 5)])
    painter.restore()
    painter.setPen(QPen(color, 1))
    painter.drawRect(box)


def _fill(painter: QPainter, bullet: Bullet, look: Look) -> None:
    x = bullet.x(bullet.value)
    if x is None:
        return
    color = look.palette.fill(bullet.state)
    breached = bullet.state in {State.BREACH, State.SOFT_BREACH}
    end = min(x, END)
    if end > 0:
        painter.fillRect(QRectF(0, 8, end, 6), color)
    else:
        painter.fillRect(QRectF(0, 7, 1, 8), look.color("edge"))
    if bullet.state is State.WARNING and look.palette.name == "light" and end > 1:
        painter.setPen(QPen(look.color("t_warn"), 1))
        painter.drawRect(QRectF(0.5, 8.5, end - 1, 5))
    if breached and not bullet.minimum and end > RULER:
        if bullet.waived:
            painter.setPen(QPen(color, 1.2))
            painter.fillRect(QRectF(RULER, 6, end - RULER, 10), look.color("panel"))
            painter.drawRect(QRectF(RULER, 6.5, end - RULER - .5, 9))
            painter.drawLine(QPointF(RULER, 15.5), QPointF(end - .5, 6.5))
        else:
            painter.fillRect(QRectF(RULER, 6, end - RULER, 10), color)
    if x > END:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([QPointF(END, 6), QPointF(END + 6, 11), QPointF(END, 16)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _dashed(look: Look, width: float, pattern: list[float] | None) -> QPen:
    pen = QPen(look.color("tx"), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if pattern:
        pen.setDashPattern([length / width for length in pattern])
    return pen


def warn_pen(look: Look) -> QPen:
    return _dashed(look, 1, [1.5, 1.5])


def soft_pen(look: Look, *, alone: bool = False) -> QPen:
    return _dashed(look, 1.4, None if alone else [4, 2])


def hard_pen(look: Look) -> QPen:
    return _dashed(look, 2.2, None)


def _marks(painter: QPainter, bullet: Bullet, look: Look) -> None:
    warn, soft, hard = bullet.x(bullet.warn), bullet.x(bullet.soft), bullet.x(bullet.hard)
    if bullet.reference is not None and not bullet.reference:
        warn, soft, hard = None, None, RULER
    if warn is not None and warn <= END:
        painter.setPen(warn_pen(look))
        painter.drawLine(QPointF(warn, 6), QPointF(warn, 16))
    if soft is not None:
        painter.setPen(soft_pen(look, alone=bullet.hard is None))
        painter.drawLine(QPointF(soft, 4), QPointF(soft, 18))
    if hard is not None and hard <= END:
        painter.setPen(hard_pen(look))
        painter.drawLine(QPointF(hard, 3), QPointF(hard, 19))
    elif hard is not None:
        chevron(painter, QPointF(197, 11), look)
    if bullet.minimum:
        flag(painter, QPointF(RULER, 3), look)


def chevron(painter: QPainter, at: QPointF, look: Look) -> None:
    """Draw the open chevron: the hard limit lies beyond the scale."""
    painter.setPen(QPen(look.color("tx"), 1.4))
    painter.drawPolyline(QPolygonF([at + QPointF(2, -4), at + QPointF(7, 0), at + QPointF(2, 4)]))


def flag(painter: QPainter, at: QPointF, look: Look) -> None:
    """Draw the flag of a minimum to the right of its mark."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("tx"))
    painter.drawPolygon(QPolygonF([at, at + QPointF(7, 0), at + QPointF(4.5, 2.5), at + QPointF(7, 5),
                                   at + QPointF(0, 5)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _before(painter: QPainter, bullet: Bullet, look: Look) -> None:
    x = bullet.x(bullet.before)
    if x is not None:
        painter.setPen(QPen(look.color("tx"), 1.3))
        painter.setBrush(look.color("panel"))
        painter.drawEllipse(QPointF(min(x, END), 11), 3.2, 3.2)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_scale(painter: QPainter, cell: QRectF, look: Look) -> None:
    """Draw the head of the bar's column: 0, and "limit in force = 100" over the ruler."""
    painter.setFont(look.font("head"))
    painter.setPen(look.color("tx3"))
    left = cell.left() + look.px(MARGIN)
    bottom = cell.bottom() - look.px(4)
    painter.drawText(QPointF(left, bottom - look.px(3)), "0")
    font = look.font("head", 600)
    painter.setFont(font)
    painter.setPen(look.color("tx"))
    title = look.say(N_("limit in force = 100"))
    wide = QFontMetricsF(font).horizontalAdvance(title)
    centre = left + RULER * look.fonts.zoom / 100
    painter.drawText(QPointF(min(centre - wide / 2, cell.right() - wide - 2), bottom - look.px(3)), title)
    painter.setPen(hard_pen(look))
    painter.drawLine(QPointF(centre, bottom + look.px(1)), QPointF(centre, cell.bottom()))
