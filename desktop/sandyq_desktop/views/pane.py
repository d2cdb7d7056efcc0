"""A section of a view: one sentence, its buttons, one table; and the view that shows one section at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from sandyq.basics.text import Text
from sandyq.workstation.contract import Question
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class Pane(QWidget):
    """`ask` runs in the worker, `rows` and `note` turn its answer into the table and the sentence above it."""

    answered = Signal(object)

    def __init__(self, context: ViewContext, key: str, columns: Sequence[Column], name: Text, *,
                 ask: Callable[[Workstation, Question], Any], rows: Callable[[Any], Sequence[Any]] = tuple,
                 note: Callable[[Any], Text | str] | None = None) -> None:
        super().__init__()
        self.key, self._context, self._ask, self._rows, self._sentence = key, context, ask, rows, note
        self.answer: Any = None
        self.note = Words(context.look, "", "small", "tx2", elided=True)
        self.table = Table(columns, context.look, name.template)
        self._actions: list[tuple[Action, Callable[[Any], Text | None] | None, bool]] = []
        self._bar = Flow(margins=QMargins(16, 6, 16, 6))
        self._bar.eager(self.note)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self._bar)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setHandleWidth(2)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(_indented(self.table))
        box.addWidget(self._parts, 1)
        self.table.chosen.connect(lambda _row: self.enable())
        self.table.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.grid.customContextMenuRequested.connect(self._menu)

    @property
    def bar_height(self) -> int:
        """How high sentence and buttons are at this width."""
        return self._bar.heightForWidth(self.width())

    def act(self, text: Text, run: Callable[[], object], *, why_not: Callable[[Any], Text | None] | None = None,
            writes: bool = True) -> Action:
        """Add a button. `why_not` gets the chosen row (None: no row) and says why the button is off."""
        action = Action(self._context.look, text)
        action.clicked.connect(lambda _c=False: run())
        self._bar.addWidget(action)
        self._actions.append((action, why_not, writes))
        return action

    def add(self, widget: QWidget) -> None:
        """Add a widget between the sentence and the buttons."""
        self._bar.addWidget(widget)

    def put_below(self, caption: QWidget, table: Table) -> None:
        """Add a second table with its sentence under the first."""
        self._parts.addWidget(_indented(caption, table))
        self._parts.setSizes([300, 380])

    def refresh(self) -> None:
        """Ask again for the question in force."""
        question, ask = self._context.question, self._ask
        self._context.tasks.ask(lambda door: ask(door, question), self.show_answer, key=f"pane-{self.key}")

    def show_answer(self, answer: Any) -> None:
        self.answer = answer
        self.table.show_rows(self._rows(answer))
        self.note.tell(self._sentence(answer) if self._sentence else "")
        self.enable()
        self.answered.emit(answer)

    def enable(self) -> None:
        """Switch each button by the chosen row and by the moment; the reason stands in the tooltip."""
        row = self.table.current()
        for action, why_not, writes in self._actions:
            reason = why_not(row) if why_not else None
            past = writes and self._context.question.known_at is not None
            action.setEnabled(reason is None and not past)
            action.setToolTip(self._context.words(reason) if reason else "")

    def _menu(self, place: QPoint) -> None:
        """The buttons that are on, at the row under the pointer."""
        menu = QMenu(self)
        for action, _, _ in self._actions:
            if action.isEnabled():
                menu.addAction(action.text(), action.click)
        if menu.actions():
            menu.popup(self.table.grid.viewport().mapToGlobal(place))

    def restyle(self) -> None:
        self.note.restyle()
        for action, _, _ in self._actions:
            action.restyle()
        self.table.restyle()
        if self.answer is not None and self._sentence:
            self.note.tell(self._sentence(self.answer))


def _indented(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    rows = QVBoxLayout(holder)
    rows.setContentsMargins(10, 0, 0, 0)
    rows.setSpacing(0)
    for widget in widgets:
        rows.addWidget(widget)
    return holder


class SectionedView(QWidget):
    """A view of several sections, one in sight; `table` is the table of that one, for copy, export and focus."""

    def __init__(self, context: ViewContext, title: Text) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._name = title
        self._title = Words(context.look, title, "title")
        self.sections: dict[str, Any] = {}
        self._stack = QStackedWidget()
        self.segment: Segment | None = None

    def build(self, sections: Sequence[tuple[str, Text, QWidget]]) -> None:
        """Put the sections in: (key, name, widget); a widget has `refresh`, `restyle` and `table`."""
        look = self._context.look
        self.segment = Segment(look, self._name, [(key, name) for key, name, _ in sections], wraps=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = Flow(margins=QMargins(16, 7, 16, 7))
        head.addWidget(self._title)
        head.space(8)
        head.addWidget(self.segment)
        box.addLayout(head)
        box.addWidget(Line(look))
        for key, _, widget in sections:
            self.sections[key] = widget
            self._stack.addWidget(widget)
        box.addWidget(self._stack, 1)
        self.segment.chosen.connect(self.show_section)
        self.segment.choose(sections[0][0])

    @property
    def section(self) -> Any:
        """The section in sight."""
        return self._stack.currentWidget()

    @property
    def table(self) -> Table:
        found: Table = self.section.table
        return found

    def show_section(self, key: str) -> None:
        """Bring a section into sight and ask for it."""
        assert self.segment is not None
        self.segment.choose(key)
        self._stack.setCurrentWidget(self.sections[key])
        self.section.refresh()

    def refresh(self) -> None:
        """Ask for the section in sight."""
        self.restyle()
        self.section.refresh()

    def restyle(self) -> None:
        self._title.restyle()
        assert self.segment is not None
        self.segment.restyle()
        for section in self.sections.values():
            section.restyle()
