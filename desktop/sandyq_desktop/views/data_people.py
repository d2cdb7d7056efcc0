"""Data, people: who is enrolled, in which role, with which key, and what the role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sandyq.basics.text import N_, Text
from sandyq.control.people import RIGHTS, Person, Right, Role
from sandyq.workstation.contract import Question
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.views import acts
from sandyq_desktop.views.data_parts import Marked, marked
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

ROLE_WORDS: Final = {
    Role.MANAGER: N_("Manager"), Role.MIDDLE_OFFICE: N_("Middle office"), Role.RISK: N_("Risk"),
    Role.BACK_OFFICE: N_("Back office"), Role.COMMITTEE: N_("Committee"), Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
RIGHT_WORDS: Final = {
    Right.IMPORT: N_("import"), Right.BOOK: N_("book"), Right.PROPOSE: N_("propose"), Right.APPROVE: N_("approve"),
    Right.RECONCILE: N_("reconcile"), Right.ENROL: N_("enrol people"), Right.KEEP_SAFE: N_("backups"),
}


class PeoplePane(Pane):
    """Everybody who is or was enrolled. Enrolling and leaving take two persons from the third on."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, "people", person_columns(context.look), N_("People"), ask=_asked,
                         rows=lambda found: found[0], note=_told)
        self.enrol = self.act(N_("Enrol a person"), self._enrol)
        self.leave = self.act(N_("Person leaves"), self._leave, why_not=_working)

    def _enrol(self) -> None:
        dialog = enrol_form(self._context, self)
        if dialog.exec():
            self.propose(dialog)

    def propose(self, dialog: FormDialog) -> None:
        """Enrol, or propose to, with what stands in the dialog."""
        said = dialog.values
        acts.record(self._context, lambda door: door.people.enrol(said["name"], Role(said["role"]), said["key"].lower(),
                                                                  said["proof"].lower(), said["note"]))

    def _leave(self) -> None:
        row = self.table.current()
        if isinstance(row, Person):
            dialog = FormDialog(self._context.look, N_("{person} leaves", person=row.name),
                                N_("From the day on nothing that the person signs counts. A second person approves "
                                   "first."), [Field("day", N_("Day"), hint="03.10.2026"), acts.REASON],
                                N_("Propose it"), self)
            if dialog.exec():
                day, reason = dialog.value("day"), dialog.value("reason")
                acts.record(self._context, lambda door: door.people.leave(row.name, acts.day_of(day), reason))


def enrol_form(context: ViewContext, parent: Any) -> FormDialog:
    """Ask for a person with the key and the proof that they made themselves."""
    return FormDialog(
        context.look, N_("Enrol a person"),
        N_("The person makes a key of their own and proves to hold it: sandyq person prove. The key file never leaves "
           "them."),
        [Field("name", N_("Name")), Field("role", N_("Role"), choices=tuple((role.value, ROLE_WORDS[role])
                                                                            for role in Role)),
         Field("key", N_("Public key"), long=True), Field("proof", N_("Proof"), long=True),
         Field("note", N_("Note"), required=False)], N_("Propose it"), parent, wide=True)


def _asked(door: Workstation, q: Question) -> tuple[Any, ...]:
    who = door.people.whoami()
    return door.people.persons(q), who.name if who else "", len(door.people.void_decisions())


def _told(found: Any) -> Text:
    people, who, void = found
    if not people:
        return N_("Nobody is enrolled: one person alone can change the book. Enrol two, each with a key of their own.")
    if void:
        return N_("Decisions whose signatures do not hold: {n}. None of them counts.", n=void)
    working = sum(1 for person in people if person.left is None)
    return (N_("Persons: {n}. Your key is open: {person}.", n=working, person=who) if who else
            N_("Persons: {n}. No key is open here.", n=working))


def _working(row: Any) -> Text | None:
    if not isinstance(row, Person):
        return N_("No row is chosen.")
    return N_("The person has left.") if row.left is not None else None


def person_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of persons: their rights in words, their key by its beginning."""
    def state(row: Any) -> Marked:
        return Marked("ok", "t_ok", N_("Active")) if row.left is None else Marked("not_applicable", "tx2", N_("Left"))

    def rights(row: Any) -> str:
        found = [look.say(RIGHT_WORDS[right]) for right in Right if right in RIGHTS[row.role]]
        return ", ".join(found) or look.say(N_("reads and verifies"))

    return (
        marked("state", N_("Status"), state),
        Column("name", N_("Name"), lambda r: r.name, weight=lambda _r: 500, most=260),
        Column("role", N_("Role"), lambda r: ROLE_WORDS[r.role]),
        Column("rights", N_("May"), rights, role="small", stretch=True, tone=lambda _r: "tx2"),
        Column("from", N_("From"), lambda r: r.valid_from), Column("left", N_("Left"), lambda r: r.left or ""),
        Column("key", N_("Public key"), lambda r: f"{r.public_key[:16]}…", role="small", leaves=1,
               spoken=lambda r, _look: r.public_key, tone=lambda _r: "tx2"),
    )
