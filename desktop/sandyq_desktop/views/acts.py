"""What views let people record: each asks in a dialog, carries it out beside the window and says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.control.deciding import content_of
from sandyq.control.proposals import Decision, Proposal
from sandyq.workstation.contract import Changes
from sandyq_desktop.bars import read_day
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.decide import DecideDialog
from sandyq_desktop.dialogs.form import Field, FormDialog

if TYPE_CHECKING:
    from sandyq.workstation.mandates import Brief
    from sandyq.workstation.workstation import Workstation

REASON = Field("reason", N_("Reason"), long=True)


def record(context: ViewContext, work: Callable[[Workstation], Changes]) -> None:
    """Carry out a command and say where it stands in the journal."""
    def then(changes: Changes) -> None:
        context.status(told(changes))
        context.refresh_all()

    context.tasks.do(work, then)


def told(changes: Changes) -> Text:
    if changes.proposal:
        return N_("{reference} waits for a second person.", reference=changes.proposal)
    return N_("Recorded as journal entry {entry}.", entry=changes.entry)


def day_of(text: str) -> date:
    """Return the day in a field. Raises BadInput."""
    day = read_day(text)
    if day is None:
        raise BadInput("bad-date", N_("{value} is not a day.", value=text), remedy=N_("Write it as 03.10.2026."))
    return day


def number_of(text: str) -> Decimal:
    """Return the number in a field, with a point or a comma. Raises BadInput."""
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace("−", "-").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadInput("bad-number", N_("{value} is not a number.", value=text), remedy=N_("Write it as 1234.56."))
    return value


def said(context: ViewContext, day: date) -> str:
    """Return a day as a field takes it."""
    return context.words.language.date(day)


# ---- the day and the period

def close_day(context: ViewContext, parent: QWidget) -> None:
    """Ask the maker to sign the day's valuation."""
    question = context.question
    dialog = FormDialog(
        context.look, N_("Sign the valuation of {day}", day=question.as_of),
        N_("Holdings, totals, rates and limits of the day are frozen with a hash. The valuation is final when a second "
           "person has signed it too."),
        [Field("unknown", N_("Reason, if a figure is Unknown"), required=False)], N_("Sign as maker"), parent)
    if dialog.exec():
        unknown = dialog.value("unknown")
        record(context, lambda door: door.records.close_day(question, unknown))


def close_period(context: ViewContext, parent: QWidget, *, reopen: bool = False) -> None:
    """Ask through which day the book is closed, or stays closed."""
    title = N_("Reopen a period") if reopen else N_("Close the period")
    consequences = (N_("Only the days up to this one stay closed. A second person decides.") if reopen else
                    N_("Nothing dated up to this day is written any more. A second person decides."))
    dialog = FormDialog(context.look, title, consequences,
                        [Field("through", N_("Last closed day"), said(context, context.question.as_of)), REASON],
                        N_("Propose it"), parent)
    if dialog.exec():
        through, reason = dialog.value("through"), dialog.value("reason")

        def work(door: Workstation) -> Changes:
            act = door.records.reopen_period if reopen else door.records.close_period
            return act(day_of(through), reason)

        record(context, work)


# ---- decisions of two

def content_lines(proposal: Proposal) -> str:
    """Return what a proposal would record, a value a line."""
    from sandyq.reference.facts import TABLES

    content = content_of(proposal)
    if content is None:
        return proposal.content
    lines: list[str] = []
    for table, row in content.rows:
        lines.append(table)
        names = TABLES[table].columns if table in TABLES else ()
        lines.extend(f"  {name}: {value}" for name, value in zip(names, row[1:], strict=False) if value is not None)
    lines.extend(f"{name}: {value}" for name, value in content.payload.items() if isinstance(value, str | int))
    return "\n".join(lines)


Shown = tuple[Proposal, "Text | None", int, str, "Brief | None"]


def brief_lines(context: ViewContext, brief: Brief) -> str:
    """Return what a version of the mandate changes, what its author tried and what was found, a sentence a line."""
    words = context.words
    changes = brief.review.changes
    lines = [words(N_("Reason: {reason}", reason=brief.reason)), *(words(c.sentence(words.code)) for c in changes)]
    lines += [words(N_("{limit}, the whole clause: {clause}", limit=c.limit, clause=c.after))
              for c in changes if c.code == "clause" and c.after]
    for limit, counts in (brief.bench or {}).get("limits", {}).items():
        lines.append(words(N_("{limit}: would have failed on {failed} of {days} days, in force on {in_force}",
                              limit=limit, failed=counts["failed"], days=(brief.bench or {})["days"],
                              in_force=counts["in_force"])))
    if brief.bench is None:
        lines.append(words(N_("The author did not try it on past days.")))
    lines += [f"{defect.limit} {words(defect.text)}".strip() for defect in brief.review.defects]
    return "\n".join(lines)


def ask_decision(context: ViewContext, reference: str, parent: QWidget) -> None:
    """Show a proposal as it stands now, then carry out what is decided."""
    question = context.question

    def look(door: Workstation) -> Shown:
        found = door.people.proposal(reference)
        who = door.people.whoami()
        brief = door.rulebook.brief(question, reference) if found.kind == "mandate" else None
        return found, door.people.why_not(found), door.people.changed_since(found), who.name if who else "", brief

    def decide(shown: Shown) -> None:
        proposal, why_not, since, who, brief = shown
        if proposal.kind == "trade_order":
            from sandyq_desktop.views.order_acts import decide_on

            decide_on(context, reference, parent)
            return
        lines = content_lines(proposal)
        if brief is not None:
            lines = f"{brief_lines(context, brief)}\n\n{lines}"
        dialog = DecideDialog(context.look, proposal, lines, why_not, since, parent,
                              own=who == proposal.author)
        if dialog.exec() and dialog.decision is not None:
            carry_out(context, reference, dialog.decision, dialog.note.text().strip())

    context.tasks.ask(look, decide, key="decision")


def carry_out(context: ViewContext, reference: str, decision: Decision, note: str) -> None:
    """Record a decision."""
    def work(door: Workstation) -> Changes:
        act: dict[Decision, Callable[[str, str], Changes]] = {
            Decision.APPROVED: door.people.approve, Decision.REFUSED: door.people.refuse,
            Decision.WITHDRAWN: door.people.withdraw}
        return act[decision](reference, note)

    record(context, work)


# ---- bookings

CORRECTED = ("trade_date", "settle_date", "type", "symbol", "quantity", "price", "currency", "fees", "taxes", "account",
             "note")
COLUMNS = {
    "trade_date": N_("Trade date"), "settle_date": N_("Settlement date"), "type": N_("Type"), "symbol": N_("Symbol"),
    "quantity": N_("Quantity"), "price": N_("Price"), "currency": N_("Currency"), "fees": N_("Fees"),
    "taxes": N_("Taxes"), "account": N_("Account"), "note": N_("Note"),
}


def correct(context: ViewContext, reference: str, values: dict[str, str], parent: QWidget) -> None:
    """Ask for a booking's right values and the reason."""
    fields = [Field(name, COLUMNS[name], values.get(name, ""), required=False) for name in CORRECTED]
    dialog = FormDialog(context.look, N_("Correct booking {reference}", reference=reference),
                        N_("The booking is reversed and booked again with these values, in one entry. The old one "
                           "stays in sight, struck through. Days are written 2026-10-30, numbers with a point."),
                        [*fields, REASON], N_("Correct the booking"), parent, wide=True)
    if dialog.exec():
        changed = {name: dialog.value(name) for name in CORRECTED if dialog.value(name) != values.get(name, "")}
        reason = dialog.value("reason")
        record(context, lambda door: door.records.correct(reference, changed, reason))


def reverse(context: ViewContext, reference: str, parent: QWidget) -> None:
    """Ask why a booking is reversed."""
    from sandyq_desktop.dialogs.reason import ReasonDialog

    dialog = ReasonDialog(context.look, N_("Reverse booking {reference}", reference=reference),
                          N_("The booking counts no more. It stays in the book, struck through, with this reason."),
                          N_("Reverse the booking"), parent)
    if dialog.exec():
        reason = dialog.reason
        record(context, lambda door: door.records.correct(reference, None, reason))


# ---- prices and breaks

def manual_price(context: ViewContext, parent: QWidget, symbol: str = "", currency: str = "USD") -> None:
    """Ask for a price, its reason and how long it counts."""
    day = said(context, context.question.as_of)
    dialog = FormDialog(
        context.look, N_("Set a price by hand"),
        N_("The price counts from its day until it expires, once a second person has approved it. An imported price "
           "never replaces it silently."),
        [Field("symbol", N_("Symbol"), symbol), Field("day", N_("Day"), day), Field("close", N_("Closing price")),
         Field("currency", N_("Currency"), currency), Field("expires", N_("Counts until"), day), REASON],
        N_("Propose the price"), parent)
    if dialog.exec():
        values = dialog.values

        def work(door: Workstation) -> Changes:
            return door.prices.propose_manual(values["symbol"], day_of(values["day"]), number_of(values["close"]),
                                              values["currency"], values["reason"], day_of(values["expires"]))

        record(context, work)


STATES = (("open", N_("open")), ("explained", N_("explained")), ("closed", N_("closed")))


def note_break(context: ViewContext, line: Any, day: date, parent: QWidget) -> None:
    """Ask who looks after a break and what is known about it."""
    dialog = FormDialog(context.look, N_("Note on {subject}, {account}", subject=line.subject, account=line.account),
                        N_("The note stays with the break for as long as it lasts."),
                        [Field("owner", N_("Owner"), line.owner), Field("note", N_("Note"), line.note, long=True),
                         Field("status", N_("Status"), line.status or "open", STATES)], N_("Keep the note"), parent)
    if dialog.exec():
        values = dialog.values
        record(context, lambda door: door.custody.note_break(line.account, day, line.subject, values["owner"],
                                                             values["note"], values["status"]))


def sign_balance(context: ViewContext, account: str, day: date, parent: QWidget) -> None:
    """Ask before an account's balances of a day are signed."""
    dialog = FormDialog(context.look, N_("Sign the balances of {account}", account=account),
                        N_("Your key signs what the book says of this account on {day}. Later entries that contradict "
                           "it turn the signature red.", day=day), [], N_("Sign the balances"), parent)
    if dialog.exec():
        record(context, lambda door: door.custody.sign_balance(account, day))
