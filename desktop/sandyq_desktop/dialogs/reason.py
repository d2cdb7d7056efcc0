"""A decision that needs a reason: consequences first, then the field, then a verb."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.look import Look


class ReasonDialog(QDialog):
    """480 wide. Enter writes a new line; only the button with the verb decides, and only with a reason."""

    def __init__(self, look: Look, title: Text, consequences: Text, verb: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(look.say(title))
        self.setFixedWidth(max(480, look.px(480)))
        summary = QLabel(look.say(consequences))
        summary.setWordWrap(True)
        summary.setFont(look.font("small"))
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(look.say(N_("Reason")))
        self.field.setFont(look.font())
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(look.px(84))
        self.decide = Action(look, verb, main=True)
        self.decide.setAutoDefault(False)
        self.decide.setEnabled(False)
        self.cancel = Action(look, N_("Keep as it is"))
        self.cancel.setAutoDefault(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(10)
        box.addWidget(Words(look, title, "title"))
        box.addWidget(summary)
        box.addWidget(Words(look, N_("Reason"), "head"))
        box.addWidget(self.field)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.decide)
        box.addLayout(row)
        self.field.textChanged.connect(lambda: self.decide.setEnabled(bool(self.reason)))
        self.decide.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    @property
    def reason(self) -> str:
        return self.field.toPlainText().strip()
