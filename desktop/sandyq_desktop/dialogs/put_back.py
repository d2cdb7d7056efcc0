"""Restore a backup: what it holds is shown before anything is done; a book in its way is kept aside."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq.workstation.recorded import Backup
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.look import Look


class RestoreDialog(QDialog):
    """Shows the figures of the backup; the button with the verb decides, Enter does not."""

    def __init__(self, look: Look, found: Backup, target: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = look.say
        self.setWindowTitle(say(N_("Restore a backup")))
        self.setFixedWidth(max(480, look.px(480)))
        value = (say(N_("{amount} USD on {day}", amount=look.words.language.number(found.market_value_usd, 2),
                        day=found.as_of)) if found.market_value_usd is not None else say(N_("Unknown")))
        facts = (N_("Backup: {file}", file=found.path.name),
                 N_("Last entry: {entry}, recorded {moment} UTC", entry=found.sequence, moment=found.known_at),
                 N_("Market value: {value}", value=value), N_("Chain head: {head}", head=found.head),
                 N_("It goes to: {file}", file=target.name))
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(8)
        box.addWidget(Words(look, N_("Restore a backup"), "title"))
        for fact in facts:
            line = QLabel(say(fact))
            line.setWordWrap(True)
            line.setFont(look.font("small"))
            box.addWidget(line)
        if target.exists():
            kept = QLabel(say(N_("The book that is there now is kept aside under another name; nothing is lost.")))
            kept.setWordWrap(True)
            kept.setFont(look.font("small", 600))
            box.addWidget(kept)
        self.decide = Action(look, N_("Restore"), main=True)
        self.decide.setAutoDefault(False)
        self.cancel = Action(look, N_("Keep as it is"))
        self.cancel.setAutoDefault(False)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.decide)
        box.addLayout(row)
        self.decide.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.cancel.setFocus()
