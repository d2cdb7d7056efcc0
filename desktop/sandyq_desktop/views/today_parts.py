"""What Today draws itself: the seven steps, and the bridge from one value to the next."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.workstation.moved import Part
from sandyq.workstation.today import Step, StepState
from sandyq_desktop.controls import LEFT, RIGHT
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import MILLION

SHAPES = {StepState.DONE: (Shape.OK, "t_ok"), StepState.ATTENTION: (Shape.WARNING, "t_warn"),
          StepState.NEXT: (Shape.NEXT, "acc"), StepState.WAITING: (Shape.WAITING, "tx3")}
SAID = {StepState.DONE: N_("done"), StepState.ATTENTION: N_("needs attention"), StepState.NEXT: N_("next"),
        StepState.WAITING: N_("waits")}


class StepList(QWidget):
    """Seven rows of 56; Up and Down choose, Enter or a click runs. `wanted` carries the step's id."""

    wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.steps: tuple[Step, ...] = ()
        self.chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_steps(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self.chosen = next((n for n, step in enumerate(self.steps) if step.state is StepState.NEXT), 0)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(self._look.px(56) * max(len(self.steps), 7))
        self._speak()
        self.update()

    def _speak(self) -> None:
        say = self._look.say
        if self.steps:
            step = self.steps[self.chosen]
            parts = (step.title, SAID[step.state], step.fact, step.more, step.missing)
            self.setAccessibleName("; ".join(say(part) for part in parts if part is not None))

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(620), self._look.px(56) * 7)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(120), self._look.px(56) * 7)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.steps:
            by = 1 if event.key() == Qt.Key.Key_Down else -1
            self.chosen = min(max(self.chosen + by, 0), len(self.steps) - 1)
            self._speak()
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space} and self.steps:
            self.wanted.emit(self.steps[self.chosen].id)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y()) // max(self._look.px(56), 1)
        if 0 <= row < len(self.steps):
            self.chosen = row
            self.update()
            self.wanted.emit(self.steps[row].id)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, high = QPainter(self), self._look.px(56)
        painter.fillRect(self.rect(), self._look.color("panel"))
        for number, step in enumerate(self.steps):
            self._row(painter, number, step, QRectF(0, number * high, self.width(), high))
        painter.end()

    def _row(self, painter: QPainter, number: int, step: Step, row: QRectF) -> None:
        look, px = self._look, self._look.px
        upcoming = step.state is StepState.NEXT
        ground = "sel" if upcoming else "panel"
        painter.fillRect(row, look.color(ground))
        painter.fillRect(QRectF(row.left(), row.bottom() - 1, row.width(), 1), look.color("line"))
        if upcoming:
            painter.fillRect(QRectF(0, row.top(), px(3), row.height()), look.color("acc"))
        shape, token = SHAPES[step.state]
        upper, lower = row.top() + px(10), row.top() + px(29)
        draw(painter, shape, QRectF(px(18), upper + px(3), px(13), px(13)), look.color(token), look.color(ground))
        quiet = step.state is StepState.WAITING
        place = max(px(170), px(70) + self._widest())
        second = place + (row.width() - place) * 0.55
        self._text(painter, QRectF(px(40), upper, px(20), px(18)), str(number + 1), "small", "tx2")
        self._text(painter, QRectF(px(60), upper, place - px(64), px(18)), look.say(step.title), "body",
                   "tx2" if quiet else "tx", 400 if quiet else 600)
        loud = step.state is StepState.ATTENTION
        self._text(painter, QRectF(place, upper, second - place - px(12), px(18)), look.say(step.fact), "body",
                   "t_warn" if loud else "tx2" if quiet else "tx")
        if step.more is not None:
            self._text(painter, QRectF(place, lower, second - place - px(12), px(18)), look.say(step.more), "small",
                       "tx2")
        right = row.width() - second - px(10)
        if step.missing is not None:
            self._text(painter, QRectF(second, upper, right, px(18)), look.say(step.missing), "small", "tx2")
        if step.when is not None:
            said = f"{look.words.language.moment(step.when)} · {step.who}"
            self._text(painter, QRectF(second, lower, right, px(18)), said, "small", "tx3")
        if self.hasFocus() and number == self.chosen:
            painter.setPen(QPen(look.color("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(row.adjusted(1, 1, -1, -2))

    def _widest(self) -> int:
        """Return the width of the longest title in the language of the window."""
        metrics = QFontMetricsF(self._look.font("body", 600))
        return round(max((metrics.horizontalAdvance(self._look.say(step.title)) for step in self.steps), default=0))

    def _text(self, painter: QPainter, box: QRectF, text: str, role: str, tone: str, weight: int = 400) -> None:
        font = self._look.font(role, weight)
        painter.setFont(font)
        painter.setPen(self._look.color("tx2" if tone == "tx3" else tone))
        painter.drawText(box, LEFT, QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width()))


class Bridge(QWidget):
    """Horizontal bars between two values: names left, numbers right of the bars, a dashed link between them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.parts: tuple[Part, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_parts(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        say, number = self._look.say, self._look.words.language.number
        self.setAccessibleName("; ".join(
            f"{say(part.label)} {'—' if part.amount is None else number(part.amount / MILLION, 3)}"
            for part in self.parts))
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(260), self._look.px(120))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, painter = self._look, QPainter(self)
        painter.fillRect(self.rect(), look.color("panel"))
        if not self.parts or any(part.amount is None for part in self.parts if part.total):
            painter.setFont(look.font("small"))
            painter.setPen(look.color("tx3"))
            sentence: Text = N_("A value is Unknown; there is no bridge.") if self.parts else N_("No earlier day.")
            painter.drawText(QRectF(self.rect()), LEFT, look.say(sentence))
            return
        rows = _levels(self.parts)
        low, high = min(min(a, b) for _, a, b in rows), max(max(a, b) for _, a, b in rows)
        body, px = QFontMetricsF(look.font("body", 600)), look.px
        names = max(QFontMetricsF(look.font("body")).horizontalAdvance(look.say(part.label)) for part in self.parts)
        numbers = max(body.horizontalAdvance(self._number(part)) for part in self.parts) + px(10)
        left = min(names + px(12), self.width() * 0.42)
        room = max(self.width() - left - numbers - px(8), px(30))
        scale = room / float(high - low) if high > low else 0.0
        step = min(float(px(32)), self.height() / len(rows))
        last: float | None = None
        for place, (part, start, end) in enumerate(rows):
            top = place * step
            x1, x2 = (left + float(one - low) * scale for one in (start, end))
            self._bar(painter, part, QRectF(left, top, room, step), min(x1, x2), max(x1, x2), last)
            last = x2
        painter.end()

    def _bar(self, painter: QPainter, part: Part, row: QRectF, x1: float, x2: float, last: float | None) -> None:
        look, px, thick = self._look, self._look.px, min(float(self._look.px(14)), row.height() * 0.6)
        middle = row.center().y()
        painter.setFont(look.font("body", 600 if part.total else 400))
        painter.setPen(look.color("tx" if part.total else "tx2"))
        metrics = QFontMetricsF(painter.font())
        box = QRectF(0, row.top(), row.left() - px(8), row.height())
        painter.drawText(box, RIGHT, metrics.elidedText(look.say(part.label), Qt.TextElideMode.ElideRight,
                                                        box.width()))
        if last is not None:
            pen = QPen(look.color("edge"), 1)
            pen.setDashPattern([2, 2])
            painter.setPen(pen)
            painter.drawLine(QPointF(last, middle - row.height() + thick / 2), QPointF(last, middle - thick / 2))
        amount = part.amount or Decimal(0)
        if part.total:
            at = x2 if last is not None else x1
            painter.fillRect(QRectF(at - 1, middle - thick / 2 - 2, 2.4, thick + 4), look.color("tx"))
            x1 = x2 = at
        else:
            painter.fillRect(QRectF(x1, middle - thick / 2, max(x2 - x1, 1.4), thick),
                             look.color("c1" if amount >= 0 else "c6"))
        painter.setPen(look.color("tx" if part.total else "tx2"))
        painter.drawText(QRectF(x2 + px(6), row.top(), px(160), row.height()), LEFT, self._number(part))

    def _number(self, part: Part) -> str:
        if part.amount is None:
            return "—"
        return self._look.words.language.number(part.amount / MILLION, 3, sign=not part.total)


def _levels(parts: Sequence[Part]) -> list[tuple[Part, Decimal, Decimal]]:
    """Return each part with the level before and after it; the ends stand at their own value."""
    rows: list[tuple[Part, Decimal, Decimal]] = []
    level = parts[0].amount or Decimal(0)
    for part in parts:
        amount = part.amount or Decimal(0)
        end = amount if part.total else level + amount
        rows.append((part, level if not part.total else amount, end))
        level = end
    return rows
