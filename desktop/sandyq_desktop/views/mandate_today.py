"""What the limit in sight says of the day with the levels of the draft: value, bar, state, in the ruler of Limits."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.limits.result import LimitResult
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import LEFT
from sandyq_desktop.icons import draw, shape_of
from sandyq_desktop.scaling import limit_digits, shown_value, unit_word
from sandyq_desktop.tables import bullet


class TodayStrip(QWidget):
    """One line; it moves while levels are typed. Empty while the draft cannot be read."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context = context
        self.result: LimitResult | None = None

    def show_result(self, result: LimitResult | None) -> None:
        self.result = result
        look = self._context.look
        name = ""
        if result is not None:
            part = result.worst
            told = bullet.spoken(bullet.bullet_of(part, result.state), look, part.part.unit if part else "")
            name = f"{look.say(self._caption())}: {look.words.state(result.state)}, {told}"
        self.setAccessibleName(name)
        self.setToolTip(self.accessibleName())
        self.update()

    def _caption(self) -> Text:
        return N_("With the draft on {day}", day=self._context.question.as_of)

    def sizeHint(self) -> QSize:
        return QSize(self._context.look.px(200), self._context.look.px(46))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, result = self._context.look, self.result
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("head"))
        left = look.px(12)
        painter.setFont(look.font("caption"))
        painter.setPen(look.color("tx3"))
        painter.drawText(QRectF(left, look.px(4), self.width() - left, look.px(15)), LEFT, look.say(self._caption()))
        if result is None:
            painter.setFont(look.font("small"))
            painter.drawText(QRectF(left, look.px(21), self.width() - left, look.px(20)), LEFT, "—")
            return
        size, color = look.px(12), look.palette.word(result.state)
        line = QRectF(left, look.px(20), self.width(), look.px(22))
        draw(painter, shape_of(result.state), QRectF(left, line.center().y() - size / 2, size, size), color,
             look.color("head"))
        painter.setFont(look.font("body", 600))
        painter.setPen(color)
        state, part = look.words.state(result.state), result.worst
        painter.drawText(line.adjusted(look.px(18), 0, 0, 0), LEFT, state)
        place = left + look.px(34) + QFontMetricsF(look.font("body", 600)).horizontalAdvance(state)
        value = shown_value(part)
        words = f"{look.words.language.number(value, limit_digits(part))} {unit_word(part, look)}" if part else ""
        painter.setPen(look.color("tx"))
        painter.drawText(line.adjusted(place - left, 0, 0, 0), LEFT, words)
        place += look.px(16) + QFontMetricsF(look.font("body", 600)).horizontalAdvance(words)
        wide = look.px(bullet.WIDTH)
        if place + wide <= self.width():
            bullet.paint_bullet(painter, QRectF(place, line.top(), wide, line.height()),
                                bullet.bullet_of(part, result.state), look)
            place += wide + look.px(8)
        painter.setFont(look.font("small"))
        painter.setPen(look.color("tx2"))
        rest = QRectF(place, line.top(), self.width() - place - look.px(8), line.height())
        if part is not None and part.group and rest.width() > look.px(30):
            painter.drawText(rest, LEFT, QFontMetricsF(look.font("small")).elidedText(
                part.group, Qt.TextElideMode.ElideRight, round(rest.width())))
