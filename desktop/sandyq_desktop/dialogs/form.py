"""A decision with fields: consequences first, then the fields, then a verb. Enter decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq_desktop.controls import Action, Choice, Words
from sandyq_desktop.look import Look

_MARGIN: Final = 16


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to give. `choices`: (value, words) to choose from; `long`: several lines; `hint`: how it is written.

    `reads` raises BadInput on what cannot be read; `spoken` names the field where its label alone says too little.
    """

    key: str
    label: Text
    value: str = ""
    choices: tuple[tuple[str, Text | str], ...] = ()
    long: bool = False
    required: bool = True
    hint: str = ""
    reads: Callable[[str], object] | None = None
    spoken: Text | None = None


class FormDialog(QDialog):
    """480 or 640 wide. The verb is on only when every required field has something in it."""

    def __init__(self, look: Look, title: Text, consequences: Text | str, fields: Sequence[Field], verb: Text,
                 parent: QWidget | None = None, *, wide: bool = False) -> None:
        super().__init__(parent)
        self.look = look
        self.setWindowTitle(look.say(title))
        self.setFixedWidth(look.px(640 if wide else 480))
        self._fields = {field.key: field for field in fields}
        self.inputs: dict[str, QWidget] = {}
        summary = QLabel(look.say(consequences))
        summary.setWordWrap(True)
        summary.setFont(look.font("small"))
        summary.setMinimumHeight(summary.heightForWidth(self.width() - 2 * _MARGIN) if summary.text() else 0)
        self.decide = Action(look, verb, main=True)
        self.cancel = Action(look, N_("Keep as it is"))
        for button in (self.decide, self.cancel):
            button.setAutoDefault(False)
            button.setDefault(False)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(12)
        self.grid.setVerticalSpacing(8)
        self.grid.setColumnStretch(1, 1)
        for field in fields:
            self.add_field(field)
        self.body = QVBoxLayout()
        box = QVBoxLayout(self)
        box.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        box.setSpacing(10)
        box.addWidget(Words(look, title, "title"))
        box.addWidget(summary)
        self._holder, self._scroll = QWidget(), QScrollArea()
        self._holder.setObjectName("panel")
        self._holder.setLayout(self.grid)
        self._scroll.setWidget(self._holder)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(self._scroll, 1)
        box.addLayout(self.body)
        self.problem = Words(look, "", "small", "t_breach")
        self.problem.setWordWrap(True)
        self.problem.hide()
        box.addWidget(self.problem)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.decide)
        box.addLayout(row)
        self.decide.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.check()
        self._fit()

    def _fit(self) -> None:
        """Be as high as the fields; where the window is lower than that, they scroll and the buttons stay in sight."""
        parent = self.parentWidget()
        room = parent.window().height() if parent is not None else self.screen().availableGeometry().height()
        others = self.sizeHint().height() - self._scroll.sizeHint().height()
        self._scroll.setMinimumHeight(max(min(self.grid.sizeHint().height(), room - others - 2 * _MARGIN), 0))

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    def add_field(self, field: Field) -> None:
        """Put one more field under the others."""
        look, row = self.look, self.grid.rowCount()
        self._fields[field.key] = field
        label = Words(look, field.label, "small", "tx2")
        made: QWidget
        if field.choices:
            made = Choice(look)
            for value, words in field.choices:
                made.addItem(look.say(words), value)
            made.setCurrentIndex(max(made.findData(field.value), 0))
            made.currentIndexChanged.connect(lambda _i: self.check())
        elif field.long:
            made = QPlainTextEdit(field.value)
            made.setTabChangesFocus(True)
            made.setFixedHeight(look.px(64))
            made.textChanged.connect(self.check)
        else:
            made = QLineEdit(field.value)
            made.setPlaceholderText(field.hint)
            made.textChanged.connect(lambda _t: self.check())
        made.setFont(look.font())
        made.setAccessibleName(look.say(field.spoken or field.label))
        self.inputs[field.key] = made
        side = Qt.AlignmentFlag.AlignTop if field.long else Qt.AlignmentFlag.AlignVCenter
        self.grid.addWidget(label, row, 0, side)
        self.grid.addWidget(made, row, 1)

    def take_fields(self, keys: Sequence[str]) -> None:
        """Take fields away, with their labels."""
        for key in keys:
            made = self.inputs.pop(key)
            place = self.grid.indexOf(made)
            row = int(self.grid.getItemPosition(place)[0])  # type: ignore[index]
            label = self.grid.itemAtPosition(row, 0)
            for widget in (made, label.widget() if label else None):
                if widget is not None:
                    self.grid.removeWidget(widget)
                    widget.hide()
                    widget.deleteLater()
            del self._fields[key]

    def value(self, key: str) -> str:
        """Return what stands in a field, without blanks at its ends."""
        made = self.inputs[key]
        if isinstance(made, Choice):
            return str(made.currentData())
        return (made.toPlainText() if isinstance(made, QPlainTextEdit) else made.text()  # type: ignore[attr-defined]
                ).strip()

    def fill(self, key: str, text: str) -> None:
        """Write into a field, as a person would."""
        made = self.inputs[key]
        if isinstance(made, Choice):
            made.setCurrentIndex(max(made.findData(text), 0))
        elif isinstance(made, QPlainTextEdit):
            made.setPlainText(text)
        elif isinstance(made, QLineEdit):
            made.setText(text)

    @property
    def values(self) -> dict[str, str]:
        return {key: self.value(key) for key in self.inputs}

    def accept(self) -> None:
        """Close only when every field can be read; else say which cannot, and keep what was typed."""
        for key, field in self._fields.items():
            text = self.value(key) if field.reads is not None and key in self.inputs else ""
            try:
                if field.reads is not None and text:
                    field.reads(text)
            except BadInput as error:
                self.problem.tell(N_("{field}: {problem}", field=field.label, problem=error.what))
                self.problem.setVisible(True)
                self.inputs[key].setFocus()
                return
        super().accept()

    def complete(self) -> bool:
        """Whether everything that is required is there."""
        return all(self.value(key) for key, field in self._fields.items() if field.required and key in self.inputs)

    def check(self) -> None:
        """Switch the verb."""
        self.decide.setEnabled(self.complete())
