"""The form of one limit, or of the mandate's own head: every field of the draft, by choice where there is a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq.limits.draft import Draft
from sandyq.limits.draft_fields import HEAD_NUMBERS, shown
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Choice, Line, Segment, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.views.mandate_draft import NUMBERS, Place, choices, written
from sandyq_desktop.views.mandate_fields import Field, LongField
from sandyq_desktop.views.mandate_scopes import UNIT, ScopeRows

LEVEL_FIELDS: Final = (("warn", N_("Warning")), ("soft", N_("Soft limit")), ("hard", N_("Hard limit")))
EFFECT: Final = (("block_at", N_("Refuses an order")), ("cure_days", N_("Cure, business days")),
                 ("calendar", N_("Calendar")))
MEASURED: Final = (
    ("measure", N_("Measure")), ("unit", N_("Unit")), ("direction", N_("Direction")), ("basis", N_("Basis")),
    ("denominator", N_("Divided by")), ("group_by", N_("Summed by")))
TITLES: Final = (("title.en", N_("Title, English")), ("title.ru", N_("Title, Russian")),
                 ("title.kk", N_("Title, Kazakh")))
WORDED: Final = (("clause", N_("Clause")), ("document", N_("Document")), ("section", N_("Section")),
                 ("owner", N_("Owner")), ("valid_to", N_("Last day")))
HEAD: Final = (("name", N_("Name")), ("body", N_("Approving body")), ("document", N_("Document")),
               ("minimum", N_("Minimum")), ("target", N_("Target")), ("maximum", N_("Maximum")),
               ("binding_meter", N_("Binding meter")), ("ramp_up_floor", N_("Ramp-up floor")))
CHOSEN: Final = frozenset({"measure", "unit", "direction", "basis", "denominator", "group_by", "block_at",
                           "binding_meter"})
LABEL: Final = 132
"""Width of a label in logical pixels at 100 %."""
OF_PART: Final = frozenset({"warn", "soft", "hard", "measure", "unit", "direction", "basis", "denominator", "group_by",
                            "block_at", "title"})


class MandateForm(QScrollArea):
    """`typed` tells key, part (0: the limit or the head) and text; the other signals tell what is done to parts."""

    typed = Signal(str, int, str)
    part_chosen = Signal(int)
    part_added = Signal()
    part_taken = Signal()
    stepped = Signal(bool)

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context = context
        self._place, self._draft = Place(), Draft({})
        self.fields: dict[str, QWidget] = {}
        self._words: list[Words] = []
        self._labels: list[Words] = []
        look = context.look
        self.heading = Words(look, "", "title")
        self.heading.setWordWrap(True)
        self.problem = Words(look, "", "small", "t_soft")
        self.problem.setWordWrap(True)
        self._parts_box = Flow(margins=QMargins(0, 0, 0, 0))
        self._parts: Segment | None = None
        self._several: tuple[str, ...] = ()
        self.add_part = Action(look, N_("Add a part"))
        self.take_part = Action(look, N_("Take the part out"))
        self.units: dict[str, Words] = {}
        self.scopes = ScopeRows(context)
        self._limit, self._head = QWidget(), QWidget()
        self._build()
        self.scopes.typed.connect(lambda key, text: self.typed.emit(key, self._place.part, text))
        self.scopes.stepped.connect(self.stepped)
        self.add_part.clicked.connect(self.part_added)
        self.take_part.clicked.connect(self.part_taken)

    # ---- building

    def _build(self) -> None:
        whole = QWidget()
        whole.setObjectName("panel")
        box = QVBoxLayout(whole)
        box.setContentsMargins(16, 10, 16, 12)
        box.setSpacing(8)
        box.addWidget(self.heading)
        box.addWidget(self.problem)
        limit = QVBoxLayout(self._limit)
        limit.setContentsMargins(0, 0, 0, 0)
        limit.setSpacing(8)
        self._parts_box.addWidget(self.add_part)
        self._parts_box.addWidget(self.take_part)
        limit.addLayout(self._parts_box)
        limit.addLayout(self._grid((*LEVEL_FIELDS, *EFFECT)))
        for caption, rows in ((N_("What is measured"), MEASURED), (N_("In words"), (*TITLES, *WORDED))):
            limit.addWidget(Line(self._context.look))
            limit.addWidget(self._say(Words(self._context.look, caption, weight=600)))
            limit.addLayout(self._grid(rows))
            if rows is MEASURED:
                limit.addWidget(self.scopes)
        head = QVBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addLayout(self._grid(HEAD, head=True))
        box.addWidget(self._limit)
        box.addWidget(self._head)
        box.addStretch(1)
        self.setWidget(whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def _say(self, words: Words) -> Words:
        self._words.append(words)
        return words

    def _grid(self, rows: Sequence[tuple[str, Text]], *, head: bool = False) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, self._context.look.px(UNIT))
        for row, (key, label) in enumerate(rows):
            words = self._say(Words(self._context.look, label, "small", "tx2"))
            words.setFixedWidth(self._context.look.px(LABEL))
            words.setWordWrap(True)
            self._labels.append(words)
            top = Qt.AlignmentFlag.AlignTop if key == "clause" else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(words, row, 0, top)
            field = self._field(f"head.{key}" if head else key, label)
            grid.addWidget(field, row, 1)
            if key in NUMBERS and isinstance(field, QLineEdit):
                field.setAlignment(Qt.AlignmentFlag.AlignRight)
                unit = self.units[key] = Words(self._context.look, "", "small", "tx3")
                grid.addWidget(unit, row, 2)
        return grid

    def _field(self, name: str, label: Text) -> QWidget:
        look, key = self._context.look, name.removeprefix("head.")
        made: QWidget
        if key in CHOSEN:
            chosen = made = Choice(look)
            chosen.setMinimumContentsLength(8)
            chosen.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chosen.activated.connect(lambda _i, n=name, c=chosen: self._tell(n, str(c.currentData())))
        elif key == "clause":
            long = made = LongField()
            long.setTabChangesFocus(True)
            long.setFixedHeight(look.px(72))
            long.textChanged.connect(lambda n=name, w=long: self._tell(n, w.toPlainText()))
            long.stepped.connect(self.stepped)
        else:
            line = made = Field()
            line.textEdited.connect(lambda text, n=name: self._tell(n, text))
            line.stepped.connect(self.stepped)
        made.setFont(look.font())
        made.setAccessibleName(look.say(label))
        self.fields[name] = made
        return made

    def _tell(self, name: str, text: str) -> None:
        key = name.removeprefix("head.")
        self.typed.emit(key, self._place.part if key in OF_PART and not name.startswith("head.") else 0, text)

    # ---- showing

    def show_place(self, draft: Draft, place: Place, title: str) -> None:
        """Show a limit's part, or the mandate's head. A field that is being typed in keeps what stands in it."""
        self._draft = draft
        moved = place != self._place
        self._place = place
        self.heading.tell(title)
        self._limit.setVisible(bool(place.limit))
        self._head.setVisible(not place.limit)
        for name, widget in self.fields.items():
            if name.startswith("head.") != (not place.limit):
                continue
            key = name.removeprefix("head.")
            part = place.part if key in OF_PART and place.limit else 0
            self._fill(widget, key, written(draft, place, part, key, self._context.words.language), moved=moved)
        for key, unit in self.units.items():
            if key in HEAD_NUMBERS:
                unit.tell(str(draft.head.get("currency", "USD")))
        if place.limit:
            self._show_parts(draft, place)
            measured = shown(draft, place.limit, place.part, "unit")
            said: dict[str, Text | str] = {"ratio": "%", "USD": "USD", "days": N_("days")}
            for key, _ in LEVEL_FIELDS:
                self.units[key].tell(said.get(measured, ""))
            self.units["cure_days"].tell(N_("bd"))
            document = self.fields["document"]
            assert isinstance(document, QLineEdit)
            document.setPlaceholderText(str(draft.head.get("document", "")))
            self.scopes.show_part(draft, place)

    def _fill(self, widget: QWidget, key: str, text: str, *, moved: bool) -> None:
        if isinstance(widget, Choice):
            widget.blockSignals(True)
            widget.clear()
            for value, words in choices(key, self._draft, self._place):
                widget.addItem(self._context.look.say(words), value)
            now = next((n for n in range(widget.count()) if widget.itemData(n) == text), -1)
            widget.setCurrentIndex(now)
            widget.setEnabled(widget.count() > 1)
            widget.setToolTip(widget.currentText())
            widget.blockSignals(False)
        elif isinstance(widget, QPlainTextEdit):
            if widget.toPlainText() != text and (moved or widget.toPlainText().strip() != text):
                widget.blockSignals(True)
                widget.setPlainText(text)
                widget.blockSignals(False)
        elif isinstance(widget, QLineEdit) and (moved or not widget.hasFocus()) and widget.text() != text:
            widget.setText(text)
            widget.setCursorPosition(0)

    def refill(self) -> None:
        """Write every field anew, the one in focus too: after undo."""
        for name, widget in self.fields.items():
            if isinstance(widget, QLineEdit) and name.startswith("head.") == (not self._place.limit):
                key = name.removeprefix("head.")
                part = self._place.part if key in OF_PART and self._place.limit else 0
                widget.setText(written(self._draft, self._place, part, key, self._context.words.language))

    def _show_parts(self, draft: Draft, place: Place) -> None:
        look = self._context.look
        parts = draft.limit(place.limit)["part"]
        names = tuple(str(part.get("title") or "") or look.say(N_("Part {n}", n=number))
                      for number, part in enumerate(parts, 1))
        if self._several != names or self._parts is None:
            if self._parts is not None:
                self._parts_box.removeWidget(self._parts)
                self._parts.hide()
                self._parts.deleteLater()
            short = [name if len(names) < 3 and len(name) < 20 else str(number) for number, name in enumerate(names, 1)]
            self._parts = Segment(look, N_("Part"), [(str(number), name) for number, name in enumerate(short, 1)])
            self._parts.chosen.connect(lambda number: self.part_chosen.emit(int(number)))
            self._parts_box.insert(0, self._parts)
            self._parts.show()
            self._several = names
        self._parts.choose(str(place.part))
        self._parts.setVisible(len(names) > 1)
        self.take_part.setVisible(len(names) > 1)

    def restyle(self) -> None:
        look = self._context.look
        for words in (*self._words, *self.units.values(), self.heading, self.problem):
            words.restyle()
        for words in self._labels:
            words.setFixedWidth(look.px(LABEL))
        if self._parts is not None:
            self._parts.restyle()
        for action in (self.add_part, self.take_part):
            action.restyle()
        for widget in self.fields.values():
            widget.setFont(look.font())
        self.scopes.restyle()
