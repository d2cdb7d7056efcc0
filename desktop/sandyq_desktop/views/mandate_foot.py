"""Under the form: name, first day and reason of the version, why it cannot be proposed yet, and the button."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq.limits.draft import Draft
from sandyq_desktop.bars import read_day
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.flow import Flow

NAMES = (N_("Version"), N_("First day"), N_("Reason"))


class Foot(QWidget):
    """`typed`: name or first day changed; `reasoned`: the reason did; `wanted`: the version is to be proposed."""

    typed = Signal()
    reasoned = Signal()
    wanted = Signal()

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context, look = context, context.look
        self.version, self.valid_from, self.reason = QLineEdit(), QLineEdit(), QLineEdit()
        self._labels = [Words(look, name, "small", "tx2") for name in NAMES]
        self.why = Words(look, "", "small", "t_warn", elided=True)
        self.propose = Action(look, N_("Propose the version"), main=True)
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 16, 0)
        row.addWidget(self.why)
        flow = Flow(margins=QMargins(16, 7, 16, 7))
        for label, field in zip(self._labels[:2], (self.version, self.valid_from), strict=True):
            flow.addWidget(label)
            flow.addWidget(field)
        flow.addWidget(self._labels[2])
        flow.eager(self.reason)
        flow.addWidget(self.propose)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(row)
        box.addLayout(flow)
        self.version.textEdited.connect(lambda _t: self.typed.emit())
        self.valid_from.textEdited.connect(lambda _t: self.typed.emit())
        self.reason.textChanged.connect(lambda _t: self.reasoned.emit())
        self.propose.clicked.connect(self.wanted)

    @property
    def day(self) -> date | None:
        """The first day as it stands in the field, None when it is no day."""
        return read_day(self.valid_from.text())

    def fill(self, draft: Draft) -> None:
        """Show name and first day; a field that is being typed in keeps what stands in it."""
        day = draft.head.get("valid_from")
        for field, text in ((self.version, str(draft.head.get("version", ""))),
                            (self.valid_from, self._context.words.language.date(day) if isinstance(day, date) else "")):
            if not field.hasFocus() and field.text() != text:
                field.setText(text)

    def say(self, why: Text | None, *, second: bool) -> None:
        """Switch the button; `second`: two persons decide."""
        self.propose.tell(N_("Propose the version") if second else N_("Record the version"))
        self.why.tell(why or "")
        self.why.setVisible(why is not None)
        self.propose.setEnabled(why is None)
        self.propose.setToolTip(self._context.words(why) if why else "")

    def restyle(self) -> None:
        look = self._context.look
        for words in (self.why, *self._labels):
            words.restyle()
        self.propose.restyle()
        for field, name, wide in zip((self.version, self.valid_from, self.reason), NAMES, (72, 104, 0), strict=True):
            field.setFont(look.font())
            field.setAccessibleName(look.say(name))
            if wide:
                field.setFixedWidth(look.px(wide))
        self.reason.setMinimumWidth(look.px(200))
