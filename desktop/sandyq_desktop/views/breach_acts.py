"""What people do with a breach in the window: take its next step, classify it again, waive the limit, run a day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.limits.why import CLASSES, BreachClass
from sandyq.workstation.breached import Breach, Step
from sandyq.workstation.contract import Changes
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.views.acts import day_of, number_of, record, said

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

ACTS: Final[dict[Step, Text]] = {
    Step.CLASSIFIED: N_("Classify…"), Step.ASSIGNED: N_("Assign…"), Step.REMEDIATION: N_("Record the remediation…"),
    Step.CURED: N_("Record the cure…"), Step.CLOSED: N_("Close with evidence…"),
}
_SAID: Final[dict[Step, Text]] = {
    Step.CLASSIFIED: N_("The program proposes the class from the causes; a person confirms or changes it. Earlier "
                        "classes stay in the history."),
    Step.ASSIGNED: N_("Who cures the breach; the clock does not stop."),
    Step.REMEDIATION: N_("What is done until it is cured. No forced sale; every trade must reduce it."),
    Step.CURED: N_("The limit is within again, or waived by two persons."),
    Step.CLOSED: N_("With the day of a stored run that passes (2026-11-02), or the reference of a decision that two "
                    "persons signed (P-0007)."),
}


def next_step(breach: Breach) -> Step | None:
    """Return the step that comes next, None for a closed breach."""
    steps = tuple(Step)
    place = steps.index(breach.step) + 1
    return steps[place] if place < len(steps) else None


def why_not(breach: Breach | None) -> Text | None:
    """Return why the next step cannot be taken."""
    if breach is None:
        return N_("Choose a breach first.")
    step = next_step(breach)
    if step is None:
        return N_("The breach is closed.")
    if step is Step.CURED and breach.open and breach.waiver is None:
        return N_("The limit is still exceeded.")
    return None


def take(context: ViewContext, breach: Breach, step: Step, parent: QWidget) -> None:
    """Ask for what a step needs, then record it."""
    fields = []
    if step is Step.CLASSIFIED:
        kind = breach.kind or BreachClass.PASSIVE
        fields.append(Field("kind", N_("Class"), kind.value, tuple((one.value, CLASSES[one]) for one in BreachClass)))
    if step is Step.ASSIGNED:
        fields.append(Field("owner", N_("Owner"), breach.owner))
    if step is Step.CLOSED:
        fields.append(Field("evidence", N_("Evidence")))
    fields.append(Field("note", N_("Note"), long=True))
    dialog = FormDialog(context.look, ACTS[step], _SAID[step], fields, N_("Sign the step"), parent)
    if not dialog.exec():
        return
    values, question = dialog.values, context.question

    def work(door: Workstation) -> Changes:
        return door.breaches.take(question, breach.reference, step, values["note"],
                                  kind=BreachClass(values["kind"]) if "kind" in values else None,
                                  owner=values.get("owner", ""), evidence=values.get("evidence", ""))

    record(context, work)


def waive(context: ViewContext, breach: Breach, parent: QWidget) -> None:
    """Ask for ceiling, days, clause and reason, then propose the waiver."""
    part = breach.part
    unit = part.unit if part else ""
    number, today = context.words.language.number, max(context.question.as_of, breach.first)
    item = breach.episode
    shown = "" if item is None else number(item.latest.value * (100 if unit == "ratio" else 1))
    dialog = FormDialog(
        context.look, N_("Waive {limit}", limit=breach.subject.limit),
        N_("Another person approves it. It begins today or later, ends by itself, and the breach then comes back with "
           "its own first day."),
        [Field("ceiling", N_("Ceiling, %") if unit == "ratio" else N_("Ceiling"), shown, reads=number_of),
         Field("first", N_("From"), said(context, today), reads=day_of), Field("last", N_("To"), reads=day_of),
         Field("clause", N_("Clause")), Field("reason", N_("Reason"), long=True)], N_("Propose the waiver"), parent)
    if not dialog.exec():
        return
    values, question = dialog.values, context.question

    def work(door: Workstation) -> Changes:
        ceiling = number_of(values["ceiling"]) / (Decimal(100) if unit == "ratio" else Decimal(1))
        return door.breaches.waive(question, breach.subject.limit, ceiling=ceiling, valid_from=day_of(values["first"]),
                                   valid_to=day_of(values["last"]), clause=values["clause"], reason=values["reason"],
                                   part=breach.subject.part, group=breach.subject.group)

    record(context, work)


def run_day(context: ViewContext) -> None:
    """Run the limits of the day and store them."""
    question = context.question
    record(context, lambda door: door.breaches.run_limits(question))
