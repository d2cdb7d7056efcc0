# LEAD NOTE (temporary, 23:53): H8 = author of workstation/today.py and moved.py (keep them). views/today.py: W1, built on H8's
# `morning`. views/data.py + data_*: W3. views/journal.py + journal_* and dialogs decide/correct/action/period/close_day: W2.
# window.py, commands.py, handlers.py, bars.py, explain.py, tasks.py, start.py, dialogs/key.py, put_back.py, views/gate.py: done by the lead
# (sign-in, passphrase at opening, restore, backups at closing, book switch, Explain overlay and export). H8: after the desk, do the
# help pages (today, data, journal, gate; en, ru, kk) and tests/desktop/test_jobs.py for J2, J3, J4, J11, J12, then report.
"""Journal: every entry of the chain, newest first, and whether the whole chain holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq.control.records import Entry, Verification
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Words
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table


def summary(entry: Entry) -> str:
    """Return the plain facts of a payload in one line."""
    return ", ".join(f"{name}: {value}" for name, value in entry.payload.items() if isinstance(value, str | int))


def columns(look: Look) -> tuple[Column, ...]:
    return (
        Column("seq", N_("Entry"), lambda r: r.seq, number=True, digits=0),
        Column("known", N_("Recorded, UTC"), lambda r: r.known_at,
               tone=lambda r: "t_warn" if r.late_clock else "tx2"),
        Column("actor", N_("By"), lambda r: r.actor, weight=lambda _r: 500),
        Column("kind", N_("What"), lambda r: look.say(r.kind.replace("_", " "))),
        Column("summary", N_("Content"), summary, role="small", tone=lambda _r: "tx2", stretch=True, most=600),
        Column("content", N_("Content hash"), lambda r: f"{r.content_hash[:8]}…", role="mono", tone=lambda _r: "tx3"),
        Column("hash", N_("Chain hash"), lambda r: f"{r.hash[:8]}…{r.hash[-4:]}", role="mono", tone=lambda _r: "tx2"),
    )


class JournalView(QWidget):
    """The view; verification says what it found in one sentence."""

    key = "journal"
    title = N_("Journal")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self._title = Words(look, N_("Journal"), "title")
        self.result = Words(look, "", "small", "tx2", elided=True)
        self.verify_button = Action(look, N_("Verify the chain"))
        self.table = Table(columns(look), look, N_("Journal").template)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 7, 16, 7)
        head.addWidget(self._title)
        head.addSpacing(12)
        head.addWidget(self.result, 1)
        head.addWidget(self.verify_button)
        box.addLayout(head)
        box.addWidget(Line(look))
        inner = QVBoxLayout()
        inner.setContentsMargins(10, 0, 0, 0)
        inner.addWidget(self.table)
        box.addLayout(inner, 1)
        self.verify_button.clicked.connect(self.verify)

    def refresh(self) -> None:
        """Ask for the entries known at the chosen moment."""
        self.restyle()
        question = self._context.question
        self._context.tasks.ask(lambda door: door.journal(question), self.show_entries, key="journal")

    def show_entries(self, entries: Sequence[Entry]) -> None:
        self.table.show_rows(tuple(reversed(entries)))

    def verify(self) -> None:
        """Check every entry and every fact."""
        self._context.tasks.ask(lambda door: door.verify(), self.show_verification, key="verify")

    def show_verification(self, found: Verification) -> None:
        if found.holds:
            self.result.tone("t_ok")
            self.result.tell(N_("The chain holds. Entries: {entries}. Facts: {facts}. Head: {head}.",
                                entries=found.entries, facts=found.facts, head=f"{found.head[:12]}…"))
        else:
            first = found.damages[0]
            self.result.tone("t_soft")
            self.result.tell(N_("The chain is broken. Places: {n}. First: entry {entry}, {what}", n=len(found.damages),
                                entry=first.entry, what=first.what))

    def restyle(self) -> None:
        for item in (self._title, self.result):
            item.restyle()
        self.verify_button.restyle()
        self.table.restyle()
