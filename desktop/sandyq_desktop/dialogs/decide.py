"""Approve or refuse: what is signed, its hash, who prepared it, what happened since; the maker sees why they cannot."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq.control.proposals import Decision, Proposal
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.look import Look


class DecideDialog(QDialog):
    """640 wide. `decision` tells what was chosen; a refusal needs a note."""

    def __init__(self, look: Look, proposal: Proposal, lines: str, why_not: Text | None, since: int,
                 parent: QWidget | None = None, *, own: bool = False) -> None:
        super().__init__(parent)
        self.decision: Decision | None = None
        title = N_("Decide on {reference}: {subject}", reference=proposal.reference, subject=proposal.subject)
        self.setWindowTitle(look.say(title))
        self.setFixedWidth(look.px(640))
        prepared = QLabel(look.say(N_(
            "Prepared by {person} on {moment} UTC. Entries since then in the same tables: {n}.",
            person=proposal.author, moment=proposal.known_at, n=since)))
        prepared.setWordWrap(True)
        prepared.setFont(look.font("small"))
        content = QPlainTextEdit(lines)
        content.setReadOnly(True)
        content.setTabChangesFocus(True)
        content.setFont(look.font("mono"))
        content.setFixedHeight(look.px(220))
        content.setAccessibleName(look.say(N_("What is signed")))
        mark = QLabel(proposal.content_hash)
        mark.setFont(look.font("mono"))
        mark.setWordWrap(True)
        self.note = QLineEdit()
        self.note.setFont(look.font())
        self.note.setAccessibleName(look.say(N_("Note")))
        self.reason = Words(look, why_not or "", "small", "t_warn")
        self.reason.setWordWrap(True)
        self.approve = Action(look, N_("Approve and sign"), main=True)
        self.refuse = Action(look, N_("Withdraw") if own else N_("Refuse"))
        self.keep = Action(look, N_("Decide later"))
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(8)
        for item in (Words(look, title, "title"), prepared, Words(look, N_("What is signed"), "head"), content,
                     Words(look, N_("Its hash"), "head"), mark, Words(look, N_("Note; a refusal needs one"), "head"),
                     self.note, self.reason):
            box.addWidget(item)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.keep, self.refuse, self.approve):
            button.setAutoDefault(False)
            row.addWidget(button)
        box.addLayout(row)
        self.reason.setVisible(why_not is not None)
        self.approve.setEnabled(why_not is None)
        self._may_refuse = why_not is None or own
        self._own = own
        self.note.textChanged.connect(lambda _t: self._switch())
        self.keep.clicked.connect(self.reject)
        self.approve.clicked.connect(lambda: self._take(Decision.APPROVED))
        self.refuse.clicked.connect(lambda: self._take(Decision.WITHDRAWN if own else Decision.REFUSED))
        self._switch()

    def _switch(self) -> None:
        self.refuse.setEnabled(self._may_refuse and bool(self.note.text().strip()))

    def _take(self, decision: Decision) -> None:
        self.decision = decision
        self.accept()
