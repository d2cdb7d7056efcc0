"""The first screen when no book is open: the demo in one click, a book that exists, or a new one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Words


class StartPage(QWidget):
    """Three sentences, three buttons; `wanted` carries the command's id."""

    wanted = Signal(str)

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        look = context.look
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._texts = [
            Words(look, N_("No book is open"), "verdict"),
            Words(look, N_("A book is one file with every transaction, price, mandate and signature."), "small", "tx2"),
            Words(look, N_("The demo book has invented data and is marked DEMO on every screen and report."), "small",
                  "tx2")]
        self.demo = Action(look, N_("Make and open the demo book"), main=True)
        self.open = Action(look, N_("Open a book"))
        self.new = Action(look, N_("New book"))
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 32, 32, 32)
        box.setSpacing(10)
        for text in self._texts:
            box.addWidget(text)
        for action, command in ((self.demo, "demo"), (self.open, "open"), (self.new, "new")):
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignLeft)
            action.clicked.connect(lambda _c=False, key=command: self.wanted.emit(key))
        box.addStretch(1)

    def restyle(self) -> None:
        for text in self._texts:
            text.restyle()
        for action in (self.demo, self.open, self.new):
            action.restyle()
