"""The strip under the table of limits: what lies below the fold, and the legend of marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_
from sandyq_desktop.look import Look
from sandyq_desktop.tables import bullet

if TYPE_CHECKING:
    pass


class FoldStrip(QWidget):
    """Under the table: what lies below the fold, and the legend of marks."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._text = look, ""

    def sizeHint(self) -> QSize:
        return QSize(200, self._look.px(23))

    def tell(self, text: str) -> None:
        self._text = text
        self.setFixedHeight(self._look.px(23))
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.color("head"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), look.color("line2"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), look.color("line2"))
        font = look.font("caption")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        painter.setPen(look.color("tx2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        marks = (N_("warning"), N_("soft"), N_("hard"), N_("hard lies beyond the scale"), N_("minimum"))
        words = [look.say(mark) for mark in marks]
        x = self.width() - look.px(16) - sum(metrics.horizontalAdvance(w) + look.px(36) for w in words)
        legend = x >= look.px(230)
        room = x - look.px(30) if legend else self.width() - look.px(32)
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(look.px(16), 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignLeft | middle),
                         text)
        if not legend:
            return
        centre = self.height() / 2
        for place, word in enumerate(words):
            at = QPointF(x + look.px(14), centre)
            self._mark(painter, place, at)
            painter.setPen(look.color("tx2"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawText(QRectF(x + look.px(24), 0, 400, self.height()), int(Qt.AlignmentFlag.AlignLeft | middle),
                             word)
            x += metrics.horizontalAdvance(word) + look.px(36)

    def _mark(self, painter: QPainter, place: int, at: QPointF) -> None:
        look = self._look
        if place == 3:
            bullet.chevron(painter, at - QPointF(6, 0), look)
            return
        pens = (bullet.warn_pen(look), bullet.soft_pen(look), bullet.hard_pen(look), None, bullet.hard_pen(look))
        painter.setPen(pens[place] or bullet.hard_pen(look))
        painter.drawLine(at - QPointF(0, 6), at + QPointF(0, 6))
        if place == 4:
            bullet.flag(painter, at - QPointF(0, 6), look)
