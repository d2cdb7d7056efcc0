"""Small widgets of the window: texts with a tone, segments, state words with their icon, buttons that are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from sandyq.basics.text import Text
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import Shape, draw, triangle
from sandyq_desktop.look import Look

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Line(QFrame):
    """A hairline between panels."""

    def __init__(self, look: Look, *, upright: bool = False) -> None:
        super().__init__()
        self._look = look
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        QPainter(self).fillRect(self.rect(), self._look.color("line2"))


class Words(QLabel):
    """A label with a role of type and a tone that follows the look; `tell` changes what it says."""

    def __init__(self, look: Look, text: Text | str = "", role: str = "body", tone: str = "tx",
                 weight: int = 0, *, elided: bool = False) -> None:
        super().__init__()
        self._elided = elided
        if elided:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._look, self._text, self._role, self._weight = look, text, role, weight
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.restyle()

    def tell(self, text: Text | str) -> None:
        self._text = text
        self.setText(self._look.say(text) if text else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elided:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._look.color(str(self.property("tone"))))
        shown = QFontMetricsF(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.drawText(QRectF(self.rect()), LEFT, shown)

    def tone(self, tone: str) -> None:
        """Take the colour of another token."""
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)

    def restyle(self) -> None:
        self.setFont(self._look.font(self._role, self._weight))
        self.setText(self._look.say(self._text) if self._text else "")


class Choice(QComboBox):
    """A list to choose one from, with the drawn triangle; what is too long is shortened and whole in the tooltip."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option,
                                           QStyle.SubControl.SC_ComboBoxEditField, self).width() + self._look.px(4)
        shown = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)
        self.setToolTip(self.currentText() if shown != self.currentText() else "")
        option.currentText = shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        triangle(painter, self.width() - self._look.px(12), self.height() / 2, self._look.px(7),
                 self._look.color("tx2"), opened=True)


class Segment(QWidget):
    """A few choices side by side, one of them chosen; with `wraps` they continue on the next line of a Flow."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: Text | str, choices: Sequence[tuple[str, Text | str]], *,
                 wraps: bool = False) -> None:
        super().__init__()
        self._look, self._name, self._choices, self._wraps = look, name, tuple(choices), wraps
        self._group = QButtonGroup(self)
        box = Flow(margins=QMargins(), gap=-1) if wraps else QHBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.setLayout(box)
        for place, (_, _text) in enumerate(self._choices):
            button = QPushButton()
            button.setCheckable(True)
            where = "first" if place == 0 else "last" if place == len(self._choices) - 1 else "middle"
            button.setProperty("place", "tab" if wraps else where)
            self._group.addButton(button, place)
            box.addWidget(button)
        self._group.idClicked.connect(lambda place: self.chosen.emit(self._choices[place][0]))
        self.restyle()

    def sizeHint(self) -> QSize:
        if not self._wraps:
            return super().sizeHint()
        hints = [button.sizeHint() for button in self._group.buttons()]
        return QSize(sum(hint.width() for hint in hints), max((hint.height() for hint in hints), default=0))

    def value(self) -> str:
        place = self._group.checkedId()
        return self._choices[place][0] if place >= 0 else ""

    def choose(self, key: str) -> None:
        """Show a choice as chosen without telling anybody."""
        for place, (known, _) in enumerate(self._choices):
            if known == key:
                self._group.button(place).setChecked(True)

    def restyle(self) -> None:
        for place, (_, text) in enumerate(self._choices):
            button = self._group.button(place)
            button.setText(self._look.say(text))
            button.setFont(self._look.font("small"))
            button.setAccessibleName(f"{self._look.say(self._name)}: {button.text()}")


class Action(QPushButton):
    """A button with a verb."""

    def __init__(self, look: Look, text: Text | str, *, main: bool = False) -> None:
        super().__init__()
        self._look, self._words = look, text
        self.setProperty("main", main)
        self.restyle()

    def tell(self, text: Text | str) -> None:
        self._words = text
        self.restyle()

    def restyle(self) -> None:
        self.setText(self._look.say(self._words))
        self.setFont(self._look.font("small", 500 if self.property("main") else 0))
        self.setAccessibleName(self.text())


class StateWord(QWidget):
    """An icon with words in the colour of a token, as in the head of Limits."""

    def __init__(self, look: Look, shape: Shape, token: str, text: str, role: str = "small", weight: int = 400) -> None:
        super().__init__()
        self._look, self._shape, self._token, self._text = look, shape, token, text
        self._font = look.font(role, weight)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._font).horizontalAdvance(self._text)
        return QSize(round(wide) + self._look.px(20), self._look.px(20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, size = QPainter(self), self._look.px(12)
        color = self._look.color(self._token)
        draw(painter, self._shape, QRectF(0, (self.height() - size) / 2, size, size), color, self._look.color("panel"))
        painter.setFont(self._font)
        painter.setPen(color)
        painter.drawText(QRectF(self._look.px(18), 0, self.width(), self.height()), LEFT, self._text)


def ring(painter: QPainter, widget: QAbstractButton, look: Look) -> None:
    """Draw the focus ring inside a drawn button."""
    if widget.hasFocus():
        painter.setPen(QPen(look.color("acc"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(widget.rect()).adjusted(1, 1, -1, -1))


class Chip(QAbstractButton):
    """One of the four at the right of the bar: a caption, an icon and words; opens its view."""

    def __init__(self, look: Look, caption: Text | str) -> None:
        super().__init__()
        self._look, self._caption = look, caption
        self._shape, self._token, self._words = Shape.WAITING, "tx3", ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def tell(self, shape: Shape, token: str, words: str) -> None:
        self._shape, self._token, self._words = shape, token, words
        self.restyle()

    def restyle(self) -> None:
        self.setAccessibleName(f"{self._look.say(self._caption)}: {self._words}")
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        small = QFontMetricsF(self._look.font("small", 500)).horizontalAdvance(self._words) + self._look.px(17)
        caption = QFontMetricsF(self._look.font("caption")).horizontalAdvance(self._look.say(self._caption))
        return QSize(round(max(small, caption)) + self._look.px(22), self._look.px(44))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, painter = self._look, QPainter(self)
        left = look.px(11)
        painter.fillRect(QRectF(0, look.px(6), 1, self.height() - look.px(12)), look.color("line2"))
        painter.setFont(look.font("caption"))
        painter.setPen(look.color("tx3"))
        painter.drawText(QRectF(left, look.px(6), self.width(), look.px(15)), LEFT, look.say(self._caption))
        size = look.px(12)
        draw(painter, self._shape, QRectF(left, look.px(24), size, size), look.color(self._token), look.color("win"))
        painter.setFont(look.font("small", 500))
        painter.setPen(look.color(self._token))
        painter.drawText(QRectF(left + look.px(17), look.px(21), self.width(), look.px(18)), LEFT, self._words)
        ring(painter, self, look)


class RailItem(QAbstractButton):
    """One view in the rail: its word, and a count where something waits, with a mark where it waits too long."""

    def __init__(self, look: Look, text: Text | str) -> None:
        super().__init__()
        self._look, self._words, self._count = look, text, ""
        self._spoken: tuple[Text, ...] = ()
        self._mark: tuple[Shape, str] | None = None
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.restyle()

    def count(self, text: str, spoken: tuple[Text, ...] = (), mark: tuple[Shape, str] | None = None) -> None:
        """Show a count. `spoken` says in words what is counted, `mark` is (shape, colour token) before it."""
        self._count, self._spoken, self._mark = text, spoken, mark
        self.restyle()

    def restyle(self) -> None:
        self.setText(self._look.say(self._words))
        said = ", ".join(self._look.say(words) for words in self._spoken)
        self.setAccessibleName(f"{self.text()}: {said}" if said else f"{self.text()} {self._count}".strip())
        self.setToolTip(said)
        self.setFixedHeight(self._look.px(28))
        self.update()

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._look.font("body", 600)).horizontalAdvance(self.text())
        return QSize(max(self._look.px(148), round(wide) + self._look.px(50)), self._look.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, painter = self._look, QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), look.color("panel"))
            painter.fillRect(QRectF(0, 0, look.px(3), self.height()), look.color("acc"))
        painter.setFont(look.font("body", 600 if self.isChecked() else 400))
        painter.setPen(look.color("tx" if self.isChecked() else "tx2"))
        painter.drawText(QRectF(look.px(16), 0, self.width(), self.height()), LEFT, self.text())
        painter.setFont(look.font("caption"))
        painter.setPen(look.color("tx3"))
        painter.drawText(QRectF(0, 0, self.width() - look.px(11), self.height()), RIGHT, self._count)
        if self._mark is not None:
            shape, token = self._mark
            size, wide = look.px(11), QFontMetricsF(look.font("caption")).horizontalAdvance(self._count)
            left = self.width() - look.px(15) - wide - size
            draw(painter, shape, QRectF(left, (self.height() - size) / 2, size, size), look.color(token),
                 look.color("panel" if self.isChecked() else "rail"))
        ring(painter, self, look)
