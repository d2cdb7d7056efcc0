"""The verdict on a draft: icon and word, every reason with its excess, the largest order that passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq.limits.result import Check, Largest, Verdict
from sandyq_desktop.controls import LEFT, Action, Line, Words
from sandyq_desktop.icons import VERDICT_LOOKS, Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.views.order_beside import CureBox, RiskBox
from sandyq_desktop.words import VERDICTS

if TYPE_CHECKING:
    from sandyq.limits.cure import Cure

BOUNDS = {"oversold": N_("what is held"), "instrument": N_("the list of instruments"), "price": N_("a missing price"),
          "positive-list": N_("the positive list"), "kind": N_("the kinds allowed"), "token": N_("the ban on tokens")}
"""What binds beside limits, by the code of the reason."""
MEANING = {
    Verdict.PASS: N_("Every limit that the draft touches holds after it."),
    Verdict.ACKNOWLEDGE: N_("A soft limit would be exceeded: a reason and a second person are needed."),
    Verdict.REFUSED: N_("The draft is refused for the reasons below. A hard fail cannot be approved by anyone."),
    Verdict.UNKNOWN: N_("A limit that the draft touches cannot be computed, so the draft cannot be judged."),
}


class VerdictWord(QWidget):
    """The icon of 16 pixels with the word in the largest type of the view."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._verdict: Verdict | None = None

    def tell(self, verdict: Verdict | None) -> None:
        self._verdict = verdict
        self.setAccessibleName(self._words())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(200), self._look.px(28))

    def _words(self) -> str:
        return self._look.say(VERDICTS[self._verdict]) if self._verdict else self._look.say(N_("No verdict yet"))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, painter = self._look, QPainter(self)
        shape, token = VERDICT_LOOKS[self._verdict] if self._verdict else (Shape.WAITING, "tx3")
        size = look.px(16)
        draw(painter, shape, QRectF(0, (self.height() - size) / 2, size, size), look.color(token), look.color("head"))
        painter.setFont(look.font("verdict"))
        painter.setPen(look.color(token))
        painter.drawText(QRectF(look.px(24), 0, self.width(), self.height()), LEFT, self._words())


class VerdictPanel(QWidget):
    """The right side of Orders. `put` gets (place of the order in the basket, what passes), `take` a cure."""

    def __init__(self, look: Look, put: Callable[[int, Largest], None], take: Callable[[Cure], None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._look, self._put = look, put
        self.word = VerdictWord(look)
        self._meaning, self._why, self._biggest = QLabel(), QVBoxLayout(), QVBoxLayout()
        self._meaning.setWordWrap(True)
        self._captions = [Words(look, N_("Why, all of it"), "head", weight=600),
                          Words(look, N_("Largest order that passes"), "head", weight=600)]
        self.cure, self.risk = CureBox(look, take), RiskBox(look)
        self._counted: Text = N_("Open orders counted: {n}", n="—")
        self._foot = QLabel()
        self._foot.setWordWrap(True)
        self.buttons: list[Action] = []
        self._build()

    def tell(self, check: Check | None, waiting: Text | None) -> None:
        """Show a check; `waiting` says why there is none, or that it is being made again."""
        say = self._look.say
        self.word.tell(check.verdict if check else None)
        lines = [say(waiting)] if waiting else []
        if check is not None:
            lines.append(say(MEANING[check.verdict]))
        self._meaning.setText("\n".join(lines))
        if check is not None:
            self._count(len(check.pending))
        _empty(self._why)
        for place in (0,):
            self._captions[place].setVisible(check is not None and bool(check.reasons))
        for code, verdict, text in check.reasons if check else ():
            self._why.addWidget(_Reason(self._look, code, verdict, say(text)))
        for finding in check.findings if check else ():
            self._why.addWidget(_Reason(self._look, finding.subject, None, say(finding.text)))
        self._restyle_texts()

    def tell_open(self, count: int) -> None:
        """Say how many approved orders the next check counts, before there is a draft."""
        self._count(count)
        self._restyle_texts()

    def _count(self, count: int) -> None:
        self._counted = (N_("Open orders counted: {n}", n=count) if count else N_("Open orders counted: none"))

    def tell_largest(self, found: Sequence[Largest]) -> None:
        """Show what passes, line by line, each with a button that puts it in the draft."""
        _empty(self._biggest)
        self.buttons.clear()
        self._captions[1].setVisible(bool(found))
        look = self._look
        for place, one in enumerate(found):
            words = N_("{side} {symbol}: {quantity}", side=N_("Buy") if one.side == "buy" else N_("Sell"),
                       symbol=one.symbol, quantity=one.quantity)
            self._biggest.addWidget(Words(look, words, weight=500))
            if one.binding:
                bound = N_("bound by {limit}", limit=BOUNDS.get(one.binding, one.binding))
                self._biggest.addWidget(Words(look, bound, "small", "tx2"))
            if not one.quantity:
                continue
            button = Action(look, N_("Put in the draft"))
            button.setAccessibleName(f"{button.text()}: {one.symbol}")
            button.clicked.connect(lambda _c=False, place=place, one=one: self._put(place, one))
            self.buttons.append(button)
            self._biggest.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def restyle(self) -> None:
        for caption in self._captions:
            caption.restyle()
        self.cure.restyle()
        self.risk.restyle()
        self.word.update()
        self._restyle_texts()

    def _restyle_texts(self) -> None:
        self.setMinimumWidth(self._look.px(236))
        self._meaning.setFont(self._look.font("small"))
        self._foot.setFont(self._look.font("caption"))
        say = self._look.say
        self._foot.setText(f"{say(N_('Closing this draft changes nothing in the book.'))} {say(self._counted)}.")

    def _build(self) -> None:
        look = self._look
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = QWidget()
        head.setObjectName("headstrip")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        upper = QVBoxLayout(head)
        upper.setContentsMargins(16, 12, 16, 12)
        upper.addWidget(self.word)
        upper.addWidget(self._meaning)
        box.addWidget(head)
        box.addWidget(Line(look))
        body = QWidget()
        body.setObjectName("panel")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 10, 16, 12)
        inner.setSpacing(8)
        for caption, rows in ((self._captions[0], self._why), (self._captions[1], self._biggest)):
            caption.hide()
            rows.setSpacing(6)
            inner.addWidget(caption)
            inner.addLayout(rows)
            inner.addSpacing(10)
        for widget in (self.cure, self.risk):
            inner.addWidget(widget)
            inner.addSpacing(10)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(scroll, 1)
        self._foot.setContentsMargins(16, 8, 16, 10)
        self._foot.setProperty("tone", "tx3")
        box.addWidget(self._foot)


class _Reason(QWidget):
    """One reason: the limit's id or code with the icon of what it does, and the whole sentence."""

    def __init__(self, look: Look, code: str, verdict: Verdict | None, text: str) -> None:
        super().__init__()
        self._look, self._code, self._verdict = look, code, verdict
        box = QVBoxLayout(self)
        box.setContentsMargins(look.px(18), 0, 0, 0)
        box.setSpacing(1)
        code_words = Words(look, "", "small", weight=600)
        code_words.setText(code)
        sentence = QLabel(text)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        sentence.setFont(look.font("small"))
        box.addWidget(code_words)
        box.addWidget(sentence)
        self.setAccessibleName(f"{code}: {text}")

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._verdict is None:
            return
        shape, token = VERDICT_LOOKS[self._verdict]
        size = self._look.px(12)
        draw(QPainter(self), shape, QRectF(0, self._look.px(2), size, size), self._look.color(token),
             self._look.color("panel"))


def _empty(box: QVBoxLayout) -> None:
    while box.count():
        item = box.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
