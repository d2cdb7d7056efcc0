"""Journal: the chain, proposals of two, bookings with corrections, closed days, two moments compared, backups."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QLineEdit

from sandyq.basics.text import N_, Text
from sandyq.control.proposals import ProposalState
from sandyq.control.records import Entry, Verification
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import ClosedDay, Difference, FactVersion, Restatement
from sandyq_desktop.bars import read_moment
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Words
from sandyq_desktop.dialogs.event import EventDialog
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views import journal_columns as columns
from sandyq_desktop.views.pane import Pane, SectionedView

if TYPE_CHECKING:
    from sandyq.workstation.extending import Extension
    from sandyq.workstation.workstation import Workstation

NO_ROW = N_("No row is chosen.")


def proposals(door: Workstation, question: Question) -> list[Any]:
    return [(found, door.people.why_not(found)) for found in door.people.proposals(question)]


def bookings(door: Workstation, question: Question) -> tuple[FactVersion, ...]:
    return tuple(reversed(door.records.bookings(question)))


class JournalView(SectionedView):
    """The view. `verify` says what it found in one sentence above the entries."""

    key = "journal"
    title = N_("Journal")

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, N_("Journal"))
        look = context.look
        self.entries = Pane(context, "entries", columns.entry_columns(look), N_("Journal"),
                            ask=lambda door, q: door.journal(q), rows=lambda found: tuple(reversed(found)))
        self.result = self.entries.note
        self.verify_button = self.entries.act(N_("Verify the chain"), self.verify, writes=False)
        self.entries.act(N_("Compare with an earlier one"), self._choose_earlier, writes=False)
        self.entries.act(N_("Write a checkpoint"), self._choose_checkpoint, writes=False)
        self.proposals = Pane(context, "proposals", columns.proposal_columns(look), N_("Proposals"), ask=proposals,
                              note=_waiting)
        self.decide = self.proposals.act(N_("Look and decide"), self._decide, why_not=_open_proposal)
        self.bookings = Pane(context, "bookings", columns.booking_columns(look), N_("Bookings"), ask=bookings,
                             note=_ended)
        self.correct = self.bookings.act(N_("Correct"), self._correct, why_not=_current_booking)
        self.reverse = self.bookings.act(N_("Reverse"), self._reverse, why_not=_current_booking)
        self.event_button = self.bookings.act(N_("Corporate action"), self.post_event)
        self.closed = ClosedPane(context)
        self.difference = DifferencePane(context)
        self.backups = Pane(context, "backups", columns.backup_columns(look), N_("Backups"),
                            ask=lambda door, _q: door.safekeeping.backups(), note=_copies)
        self.backups.act(N_("Back up now"), lambda: context.run("backup"), writes=False)
        self.backups.act(N_("Restore drill"), self.drill, why_not=lambda row: NO_ROW if row is None else None)
        self.backups.act(N_("Restore a backup"), lambda: context.run("restore"), writes=False)
        self.build([("entries", N_("Entries"), self.entries), ("proposals", N_("Proposals"), self.proposals),
                    ("bookings", N_("Bookings"), self.bookings), ("closed", N_("Closed days"), self.closed),
                    ("difference", N_("Two moments"), self.difference), ("backups", N_("Backups"), self.backups)])

    # ---- entries

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        self.entries.show_answer(entries)

    def verify(self) -> None:
        """Check every entry and every fact."""
        self.show_section("entries")
        self._context.tasks.ask(lambda door: door.verify(), self.show_verification, key="verify")

    def _choose_earlier(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._context.words(N_("A checkpoint, or an earlier copy")), "",
                                              "TXT, SANDYQ (*.txt *.sandyq)")
        if name:
            self.compare(Path(name))

    def compare(self, earlier: Path) -> None:
        """Verify the book against a checkpoint or an earlier copy that was kept elsewhere."""
        from sandyq.workstation.extending import extends

        self._context.tasks.ask(lambda door: extends(door, earlier), self.show_extension, key="verify")

    def show_extension(self, found: Extension) -> None:
        """Say whether the book extends the earlier one, and who had signed that."""
        if not found.verification.holds:
            self.show_verification(found.verification)
            return
        self.result.tone("t_ok")
        who = ", ".join(found.signed_by) or self._context.words(N_("nobody"))
        self.result.tell(N_("The book extends the earlier one. Entries since entry {then}: {since}. It was signed by: "
                            "{who}.", then=found.entries_then, since=found.since, who=who))
        if found.renamed_from:
            self._context.status(N_("The book was called {name} then.", name=found.renamed_from))

    def _choose_checkpoint(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self._context.words(N_("Write a checkpoint")), "checkpoint.txt",
                                              "TXT (*.txt)")
        if name:
            self.write_checkpoint(Path(name))

    def write_checkpoint(self, file: Path) -> None:
        """Sign the chain's head with the open key and write it to a file, to be kept elsewhere."""
        def then(_done: object) -> None:
            self._context.status(N_("The checkpoint is written: {file}", file=file.name))

        self._context.tasks.ask(lambda door: door.people.export_checkpoint(file), then, key="checkpoint")

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

    # ---- decisions, bookings, backups

    def _decide(self) -> None:
        row = self.proposals.table.current()
        if row is not None:
            acts.ask_decision(self._context, row[0].reference, self)

    def _correct(self) -> None:
        row = self.bookings.table.current()
        if isinstance(row, FactVersion):
            acts.correct(self._context, row.values["reference"], dict(row.values), self)

    def _reverse(self) -> None:
        row = self.bookings.table.current()
        if isinstance(row, FactVersion):
            acts.reverse(self._context, row.values["reference"], self)

    def post_event(self) -> None:
        """Ask for a corporate action; the dialog shows what it would do before it is posted."""
        dialog = EventDialog(self._context, self)
        if dialog.exec():
            draft = dialog.draft()
            acts.record(self._context, lambda door: door.records.post_action(draft))

    def drill(self) -> None:
        """Restore the newest backup to a temporary place and compare it with the book."""
        acts.record(self._context, lambda door: door.safekeeping.drill())


def _waiting(rows: list[Any]) -> Text:
    return N_("Waiting for a second person: {n}.", n=sum(1 for row in rows if row[0].state is ProposalState.OPEN))


def _open_proposal(row: Any) -> Text | None:
    if row is None:
        return NO_ROW
    return None if row[0].state is ProposalState.OPEN else N_("This proposal has been decided.")


def _ended(rows: tuple[FactVersion, ...]) -> Text:
    return N_("Bookings: {n}. Corrected or reversed: {ended}.", n=sum(1 for row in rows if row.mark == "current"),
              ended=sum(1 for row in rows if row.mark != "current"))


def _current_booking(row: Any) -> Text | None:
    if not isinstance(row, FactVersion):
        return NO_ROW
    return None if row.mark == "current" else N_("This row does not count any more.")


def _copies(rows: tuple[Any, ...]) -> Text:
    return N_("Backups beside the book: {n}.", n=len(rows)) if rows else N_("There is no backup beside the book yet.")


class ClosedPane(Pane):
    """Closed days above; below, what the book says of the chosen one now."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, "closed", columns.closed_columns(context.look), N_("Closed days"), ask=self._read,
                         rows=lambda found: tuple(reversed(found[0])), note=self._said)
        self.act(N_("Sign the day"), lambda: acts.close_day(context, self))
        self.act(N_("Compare with now"), self.compare, why_not=lambda row: NO_ROW if row is None else None,
                 writes=False)
        self.act(N_("Close a period"), lambda: acts.close_period(context, self))
        self.act(N_("Reopen a period"), lambda: acts.close_period(context, self, reopen=True))
        self.sentence = Words(context.look, "", "small", "tx2", elided=True)
        self.sentence.setContentsMargins(16, 6, 16, 6)
        self.figures = Table(columns.figure_columns(context.look), context.look, N_("Restatement").template)
        self.put_below(self.sentence, self.figures)

    @staticmethod
    def _read(door: Workstation, question: Question) -> Any:
        return door.records.closed_days(question), door.records.closed_through(question)

    @staticmethod
    def _said(found: Any) -> Text:
        if found[1] is None:
            return N_("Closed days: {n}. No period is closed.", n=len(found[0]))
        return N_("Closed days: {n}. The period is closed through {day}.", n=len(found[0]), day=found[1])

    def compare(self) -> None:
        """Hold the chosen day against what the book says now."""
        row, question = self.table.current(), self._context.question
        if isinstance(row, ClosedDay):
            self._context.tasks.ask(lambda door: door.records.restatement(question, row.day, row.version),
                                    self.show_restatement, key="restatement", slow=True)

    def show_restatement(self, found: Restatement) -> None:
        changed = [one for one in found.difference.figures if one.old != one.new]
        self.figures.show_rows(changed)
        limits = ", ".join(one.limit_id for one in found.difference.limits if one.state[0] is not one.state[1])
        self.sentence.tell(N_("Signed {day}, version {version}: figures that differ now: {n}. Limits that would have "
                              "changed state: {limits}.", day=found.closed.day, version=found.closed.version,
                              n=len(changed), limits=limits or "—"))

    def restyle(self) -> None:
        super().restyle()
        self.sentence.restyle()
        self.figures.restyle()


class DifferencePane(Pane):
    """One day at two moments of knowledge: figures by cause above, the facts in between below."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, "difference", columns.figure_columns(context.look), N_("Two moments"),
                         ask=self._read, rows=lambda found: [] if found is None else
                         [one for one in found.figures if one.old != one.new], note=self._said)
        self.first, self.later = QLineEdit(), QLineEdit()
        for field in (self.first, self.later):
            self.add(field)
            field.returnPressed.connect(self.refresh)
        self.act(N_("Compare"), self.refresh, writes=False)
        self.facts = Table(columns.fact_columns(context.look), context.look, N_("Facts in between").template)
        self._caption = Words(context.look, "", "small", "tx2", elided=True)
        self._caption.setContentsMargins(16, 6, 16, 6)
        self.put_below(self._caption, self.facts)
        self._name_fields()

    def _moments(self) -> tuple[datetime | None, datetime | None]:
        return read_moment(self.first.text()), read_moment(self.later.text())

    def _read(self, door: Workstation, question: Question) -> Difference | None:
        first, later = self._asked
        if first is None:
            return None
        return door.records.difference(question.as_of, first, later or question.known_at, question.book)

    def refresh(self) -> None:
        self._asked = self._moments()
        super().refresh()

    def show_answer(self, answer: Any) -> None:
        super().show_answer(answer)
        self.facts.show_rows(answer.facts if answer is not None else ())
        self._caption.tell("" if answer is None else N_("Facts in between: {n}.", n=len(answer.facts)
                                                        + answer.more_facts))

    def _said(self, found: Any) -> Text:
        if found is None:
            return N_("What did the book say of {day} at one moment, and what does it say later? Give the moments.",
                      day=self._context.question.as_of)
        limits = ", ".join(one.limit_id for one in found.limits if one.state[0] is not one.state[1])
        return N_("About {day}. Limits that changed state: {limits}.", day=found.as_of, limits=limits or "—")

    def _name_fields(self) -> None:
        words, look = self._context.words, self._context.look
        for field, name, hint in ((self.first, N_("First moment, UTC"), "03.03.2026 18:00"),
                                  (self.later, N_("Later moment, UTC; empty is now"), words(N_("now")))):
            field.setAccessibleName(words(name))
            field.setToolTip(words(name))
            field.setPlaceholderText(hint)
            field.setFont(look.font())
            field.setFixedWidth(look.px(150))

    def restyle(self) -> None:
        super().restyle()
        self._caption.restyle()
        self._name_fields()
        self.facts.restyle()

