"""The Explain panel at the right (F4): a figure, its sentence, and the tree down to file, line and person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandyq.basics.figure import Figure
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.workstation.contract import Source
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Words
from sandyq_desktop.figures import FigureTree, origins, unit_text, value_text

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

Answer = tuple[Figure, dict[Origin, Source]]
MOST_SOURCES = 400


def explained(door: Workstation, question: object, key: str) -> Answer:
    """Return a figure with the sources of its leaves; runs in the worker."""
    figure = door.explain(question, key)  # type: ignore[arg-type]
    return figure, {origin: door.source(origin.entry, origin.line) for origin in origins(figure)[:MOST_SOURCES]}


class ExplainPanel(QWidget):
    """Shows one figure at a time; `closed` when the person puts it away."""

    closed = Signal()

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context, look = context, context.look
        self._key = ""
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._heading = Words(look, N_("Explain"), "body", weight=600)
        self._subject = Words(look, "", "small", "tx2", elided=True)
        self._value = Words(look, "", "verdict")
        self._unit = Words(look, "", "small", "tx3")
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setProperty("tone", "tx2")
        self.tree = FigureTree(look, N_("Inputs of the figure").template)
        self._copy = Action(look, N_("Copy tree"))
        self._export = Action(look, N_("Export..."))
        self._close = Action(look, N_("Close"))
        self._foot = QLabel()
        self._foot.setWordWrap(True)
        self._foot.setProperty("tone", "tx3")
        self._build()
        self._copy.clicked.connect(self.copy)
        self._close.clicked.connect(self.closed)
        self._export.clicked.connect(lambda: context.run("explain-export"))
        self.restyle()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = QWidget()
        head.setObjectName("headstrip")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setFixedHeight(40)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 8, 0)
        row.addWidget(self._heading)
        row.addWidget(self._subject, 1)
        row.addWidget(self._close)
        figure = QHBoxLayout()
        figure.setContentsMargins(12, 14, 12, 2)
        figure.setSpacing(8)
        figure.addWidget(self._value)
        figure.addWidget(self._unit, 1, Qt.AlignmentFlag.AlignBottom)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 8, 12, 8)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._export)
        buttons.addStretch(1)
        box.addWidget(head)
        box.addWidget(Line(self._context.look))
        box.addLayout(figure)
        box.addWidget(self._sentence)
        box.addWidget(Line(self._context.look))
        box.addWidget(self.tree, 1)
        box.addLayout(buttons)
        box.addWidget(self._foot)
        self._sentence.setContentsMargins(12, 0, 12, 10)
        self._foot.setContentsMargins(12, 0, 12, 10)

    @property
    def key(self) -> str:
        """The figure that is shown."""
        return self._key

    def show_key(self, key: str) -> None:
        """Ask for a figure and show it when it comes."""
        self._key = key
        question = self._context.question
        self._context.tasks.ask(lambda door: explained(door, question, key), self.show_answer, key="explain")

    def refresh(self) -> None:
        """Follow another question or language."""
        self.restyle()
        if self._key and self.isVisible():
            self.show_key(self._key)

    def show_answer(self, answer: Answer) -> None:
        figure, sources = answer
        look = self._context.look
        self._subject.tell(f"{self._key.split('/')[1] if '/' in self._key else ''}, {look.say(figure.label)}")
        self._value.tell(value_text(figure, look))
        self._unit.tell(unit_text(figure))
        self._sentence.setText(look.say(figure.note) if figure.note else "")
        self.tree.show_figure(figure, sources)
        people = len({source.actor for source in sources.values()})
        files = len({source.file for source in sources.values()})
        self._foot.setText(look.say(N_("Files: {files}. People: {people}. Journal entries: {entries}.", files=files,
                                       people=people, entries=len({s.entry for s in sources.values()}))))

    def copy(self) -> None:
        """Copy the tree as text."""
        QGuiApplication.clipboard().setText(self.tree.text())
        self._context.status(N_("The tree is copied."))

    def restyle(self) -> None:
        for words in (self._heading, self._subject, self._value, self._unit):
            words.restyle()
        self._copy.restyle()
        self._export.restyle()
        self._close.restyle()
        self._sentence.setFont(self._context.look.font("small"))
        self._foot.setFont(self._context.look.font("caption"))
        self.tree.setFont(self._context.look.font())
