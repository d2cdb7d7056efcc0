"""A file with somebody else's header: their columns at the left, ours to choose; saved under a name and used again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sandyq.basics.text import N_, Text
from sandyq.workstation.mappings import FORMATS, Column, SavedMapping, columns_of, fold
from sandyq_desktop.controls import Action, Choice, Words
from sandyq_desktop.look import Look

if TYPE_CHECKING:
    from sandyq.workstation.mappings import Look as FileLook

EXAMPLES = 3
CONSTANTS = 3
DATES = (("", N_("found in the file")), ("ymd", N_("2026-10-03")), ("dmy", N_("03.10.2026")), ("mdy", N_("10/03/2026")))
DECIMALS = (("", N_("found in the file")), ("point", N_("point")), ("comma", N_("comma")))
SIGNS = (("", N_("refused")), ("type", N_("a sale")), ("drop", N_("nothing, the type says it")))


def kinds() -> tuple[str, ...]:
    """Return the kinds of tables that a mapping can lead to, as files are named."""
    return tuple(dict.fromkeys(form.kind for form in FORMATS if form.read is not None))


def nearest(names: Sequence[str]) -> str:
    """Return the kind whose columns are best covered by a header."""
    folded = {fold(name) for name in names}

    def covered(kind: str) -> tuple[float, int]:
        ours = columns_of(kind)
        known = [c for c in ours if folded & {c.name, *c.aliases}]
        needed = [c for c in ours if c.required]
        return sum(1 for c in known if c.required) / max(len(needed), 1), len(known)

    best = max(kinds(), key=covered)
    return best if covered(best)[1] else "prices"


class MappingDialog(QDialog):
    """720 wide. The verb is on when every required column is chosen or constant and the mapping has a name."""

    def __init__(self, look: Look, file: str, seen: FileLook, saved: Sequence[SavedMapping],
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._seen = look, seen
        self._saved = {mapping.name: mapping for mapping in saved}
        self.setWindowTitle(look.say(N_("Name the columns of {file}", file=file)))
        self.setFixedWidth(look.px(720))
        self.choices: dict[str, Choice] = {}
        self.constants: list[tuple[Choice, QLineEdit]] = []
        self.saved = self._choice(N_("Saved mapping"), [("", N_("none: name the columns here")),
                                                        *((m.name, m.title or m.name) for m in saved)])
        self.kind = self._choice(N_("Kind of file"), [(kind, kind.replace("_", " ")) for kind in kinds()])
        self.date_format = self._choice(N_("Dates"), DATES)
        self.decimal = self._choice(N_("Decimal sign"), DECIMALS)
        self.sign = self._choice(N_("A minus in the quantity is"), SIGNS)
        self.name = QLineEdit()
        self.name.setFont(look.font())
        self.name.setAccessibleName(look.say(N_("Name of the mapping")))
        self.missing = Words(look, "", "small", "t_warn")
        self.missing.setWordWrap(True)
        self.decide = Action(look, N_("Save and use"), main=True)
        self.cancel = Action(look, N_("Keep as it is"))
        self._own = QWidget()
        self._build()
        self.kind.setCurrentIndex(max(self.kind.findData(nearest(seen.names)), 0))
        self._offer()
        self.kind.currentIndexChanged.connect(lambda _i: self._offer())
        for choice in (self.saved, self.date_format, self.decimal, self.sign):
            choice.currentIndexChanged.connect(lambda _i: self.check())
        self.name.textChanged.connect(lambda _t: self.check())
        self.decide.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.check()

    def _choice(self, name: Text, items: Sequence[tuple[str, Text | str]]) -> Choice:
        made = Choice(self._look)
        made.setFont(self._look.font())
        made.setAccessibleName(self._look.say(name))
        for value, words in items:
            made.addItem(self._look.say(words), value)
        return made

    def _build(self) -> None:
        look = self._look
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(10)
        box.addWidget(Words(look, N_("Name the columns"), "title"))
        note = QLabel(look.say(N_("Nothing is booked by this. The mapping is kept in the book under its name and the "
                                  "file is previewed with it.")))
        note.setWordWrap(True)
        note.setFont(look.font("small"))
        box.addWidget(note)
        top = QFormLayout()
        top.addRow(Words(look, N_("Saved mapping"), "small", "tx2"), self.saved)
        box.addLayout(top)
        own = QVBoxLayout(self._own)
        own.setContentsMargins(0, 0, 0, 0)
        own.setSpacing(10)
        kind = QFormLayout()
        kind.addRow(Words(look, N_("Kind of file"), "small", "tx2"), self.kind)
        own.addLayout(kind)
        own.addWidget(self._columns(), 1)
        own.addLayout(self._constants())
        how = QGridLayout()
        fields = ((N_("Dates"), self.date_format), (N_("Decimal sign"), self.decimal),
                  (N_("A minus in the quantity is"), self.sign), (N_("Name of the mapping"), self.name))
        for place, (text, widget) in enumerate(fields):
            how.addWidget(Words(look, text, "small", "tx2"), place // 2, 2 * (place % 2))
            how.addWidget(widget, place // 2, 2 * (place % 2) + 1)
        how.setColumnStretch(1, 1)
        how.setColumnStretch(3, 1)
        own.addLayout(how)
        box.addWidget(self._own, 1)
        box.addWidget(self.missing)
        row = QHBoxLayout()
        row.addStretch(1)
        for action in (self.cancel, self.decide):
            action.setAutoDefault(False)
            row.addWidget(action)
        box.addLayout(row)

    def _columns(self) -> QScrollArea:
        look, seen = self._look, self._seen
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        for place, text in enumerate((N_("Column in the file"), N_("Its first values"), N_("Is our"))):
            grid.addWidget(Words(look, text, "head", "tx3"), 0, place)
        for place, theirs in enumerate(seen.names):
            if not theirs or theirs in self.choices:
                continue
            below = seen.rows[seen.header + 1:seen.header + 1 + EXAMPLES]
            values = [row[place] for _, row in below if place < len(row)]
            made = self.choices[theirs] = Choice(look)
            made.setFont(look.font())
            made.setAccessibleName(theirs)
            made.currentIndexChanged.connect(lambda _i: self.check())
            row = grid.rowCount()
            grid.addWidget(Words(look, theirs, weight=500), row, 0)
            grid.addWidget(Words(look, " · ".join(values), "small", "tx2", elided=True), row, 1)
            grid.addWidget(made, row, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, look.px(220))
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(look.say(N_("Columns")))
        area.setWidget(holder)
        for ground in (holder, area.viewport()):
            ground.setAutoFillBackground(False)
        area.setMinimumHeight(look.px(min(34 * len(self.choices) + 40, 280)))
        return area

    def _constants(self) -> QGridLayout:
        look = self._look
        grid = QGridLayout()
        grid.addWidget(Words(look, N_("The same for every row"), "small", "tx2"), 0, 0, 1, 2 * CONSTANTS)
        for place in range(CONSTANTS):
            column, value = Choice(look), QLineEdit()
            column.setFont(look.font())
            value.setFont(look.font())
            column.setAccessibleName(look.say(N_("Constant column")))
            value.setAccessibleName(look.say(N_("Constant value")))
            column.currentIndexChanged.connect(lambda _i: self.check())
            value.textChanged.connect(lambda _t: self.check())
            column.setFixedWidth(look.px(124))
            grid.setColumnStretch(2 * place + 1, 1)
            grid.addWidget(column, 1, 2 * place)
            grid.addWidget(value, 1, 2 * place + 1)
            self.constants.append((column, value))
        return grid

    def _ours(self) -> tuple[Column, ...]:
        return columns_of(str(self.kind.currentData()))

    def _offer(self) -> None:
        """Offer the columns of the chosen kind; a column that bears one of our names is chosen already."""
        ours = self._ours()
        say = self._look.say
        for theirs, choice in self.choices.items():
            self._fill(choice, N_("not used"), ours)
            same = next((c.name for c in ours if fold(theirs) in {c.name, *c.aliases}), "")
            choice.setCurrentIndex(max(choice.findData(same), 0))
        for column, _ in self.constants:
            self._fill(column, N_("none"), ours)
        self.sign.setEnabled(str(self.kind.currentData()) == "transactions")
        self.sign.setToolTip("" if self.sign.isEnabled() else say(N_("Only transactions have a direction.")))
        self.check()

    def _fill(self, choice: Choice, empty: Text, ours: Sequence[Column]) -> None:
        choice.blockSignals(True)
        choice.clear()
        choice.addItem(self._look.say(empty), "")
        for column in ours:
            name = column.name.replace("_", " ")
            choice.addItem(f"{name} *" if column.required else name, column.name)
        choice.blockSignals(False)

    def pick(self, theirs: str, ours: str) -> None:
        """Choose our column for one of theirs."""
        self.choices[theirs].setCurrentIndex(max(self.choices[theirs].findData(ours), 0))

    @property
    def is_saved(self) -> bool:
        return bool(self.saved.currentData())

    def mapping(self) -> SavedMapping:
        """Return the mapping as it stands in the dialog, or the saved one that was chosen."""
        if self.is_saved:
            return self._saved[str(self.saved.currentData())]
        return SavedMapping(
            self.name.text().strip(), str(self.kind.currentData()),
            {theirs: str(c.currentData()) for theirs, c in self.choices.items() if c.currentData()},
            {str(c.currentData()): v.text().strip() for c, v in self.constants if c.currentData() and v.text().strip()},
            date_format=str(self.date_format.currentData()), decimal=str(self.decimal.currentData()),
            sign=str(self.sign.currentData()) if self.sign.isEnabled() else "")

    def problem(self) -> Text | None:
        """Return what is still to be done, None when the mapping can be used."""
        if self.is_saved:
            return None
        found = self.mapping()
        taken = list(found.columns.values())
        double = next((name for name in taken if taken.count(name) > 1), "")
        if double:
            return N_("Our column {column} is chosen twice.", column=double)
        given = {*taken, *found.constants, *found.implied()}
        missing = [c.name for c in self._ours() if c.required and c.name not in given]
        if missing:
            return N_("Still missing: {columns}.", columns=", ".join(missing))
        if not found.columns:
            return N_("No column is chosen.")
        return N_("The mapping needs a name.") if not found.name else None

    def check(self) -> None:
        """Say what is missing and switch the verb."""
        if not self.constants:
            return
        wrong = self.problem()
        self._own.setEnabled(not self.is_saved)
        self.missing.tell(wrong if wrong is not None else "")
        self.decide.tell(N_("Use the mapping") if self.is_saved else N_("Save and use"))
        self.decide.setEnabled(wrong is None)
