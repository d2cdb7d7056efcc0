"""What people do with orders in the window: submit, decide, record a fill, cancel, check again, review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.control.proposals import Proposal
from sandyq.limits.result import Check, Order, Verdict
from sandyq.workstation.contract import Changes
from sandyq.workstation.ordered import Execution, Proposed, Since, Ticket, TicketLine
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.decide_order import OrderDecideDialog
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.dialogs.reason import ReasonDialog
from sandyq_desktop.views.acts import carry_out, day_of, number_of, record, said
from sandyq_desktop.words import VERDICTS

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_OUTCOMES: Final = (("accepted", N_("It was right")), ("objected", N_("I object")))


# ---- a draft becomes an order

def submit(context: ViewContext, basket: tuple[Order, ...], check: Check, parent: QWidget,
           done: Callable[[], None]) -> None:
    """Ask for account, tranche and reason, then propose the basket for a second person."""
    soft = check.verdict is Verdict.ACKNOWLEDGE
    _ask_places(context, lambda accounts, tranches: _submitted(context, basket, parent, done, accounts, tranches,
                                                               soft=soft))


def _submitted(context: ViewContext, basket: tuple[Order, ...], parent: QWidget, done: Callable[[], None],
               accounts: tuple[str, ...], tranches: tuple[str, ...], *, soft: bool) -> None:
    fields = [Field("account", N_("Account"), accounts[0] if accounts else "", tuple((one, one) for one in accounts))]
    if tranches:
        fields.append(Field("tranche", N_("Tranche"), "", (("", N_("none")), *((one, one) for one in tranches)),
                            required=False))
    fields.append(Field("reason", N_("Reason"), long=True, required=soft))
    consequences = N_("A soft limit would be exceeded: write why. Another person sees the same figures and decides."
                      ) if soft else N_("The check is stored with its hash. Another person sees the same figures and "
                                        "decides; until then nothing is booked.")
    dialog = FormDialog(context.look, N_("Submit for approval"), consequences, fields, N_("Sign and submit"), parent)
    if dialog.exec():
        values = dialog.values
        orders = tuple(replace(one, account=values["account"], tranche=values.get("tranche", "")) for one in basket)
        question = context.question
        _record(context, lambda door: door.orders.propose(question, orders, values["reason"]), done)


def emergency(context: ViewContext, basket: tuple[Order, ...], parent: QWidget, done: Callable[[], None]) -> None:
    """Ask why nobody else can be asked, then record the sales under one signature."""
    dialog = ReasonDialog(
        context.look, N_("Emergency sale under one signature"),
        N_("Only sales that make no limit worse. The order counts at once; another person reviews it on the next "
           "business day, and it is red until then."), N_("Sign the sale"), parent)
    if dialog.exec():
        reason, question = dialog.reason, context.question
        _record(context, lambda door: door.orders.emergency(question, basket, reason), done)


def _ask_places(context: ViewContext, then: Callable[[tuple[str, ...], tuple[str, ...]], None]) -> None:
    """Ask for the accounts of the book that trade, the busiest first, and the tranches of the plan."""
    question = context.question

    def look(door: Workstation) -> tuple[tuple[str, ...], tuple[str, ...]]:
        known = door.knowledge(question.known_at)
        own = [row.account for row in known.transactions if row.instrument
               and known.books.get(row.account, "sleeve") == question.book]
        accounts = tuple(sorted(set(own), key=lambda one: (-own.count(one), one)))
        return accounts, tuple(one.id for one in door.mandate(question).tranches)

    context.tasks.ask(look, lambda found: then(*found), key="order-places")


def _record(context: ViewContext, work: Callable[[Workstation], Proposed], done: Callable[[], None]) -> None:
    def then(found: Proposed) -> None:
        context.status(N_("{reference} is recorded with its check {check}.", reference=found.reference,
                          check=found.check_reference))
        done()
        context.refresh_all()

    context.tasks.do(work, then)


# ---- an order is decided

Shown = tuple[Ticket, Proposal, Since, "Text | None", bool]


def decide(context: ViewContext, ticket: Ticket, _line: TicketLine | None, parent: QWidget) -> None:
    """Show what the author saw beside what is the case now, then carry out what is decided."""
    decide_on(context, ticket.proposal, parent)


def decide_on(context: ViewContext, reference: str, parent: QWidget) -> None:
    """The same for the reference of a proposal."""
    def look(door: Workstation) -> Shown:
        proposal, who = door.people.proposal(reference), door.people.whoami()
        return (door.orders.ticket(reference), proposal, door.orders.since(reference), door.people.why_not(proposal),
                who is not None and who.name == proposal.author)

    def show(shown: Shown) -> None:
        ticket, proposal, since, why_not, own = shown
        dialog = OrderDecideDialog(context.look, ticket, proposal, since, why_not, parent, own=own)
        if dialog.exec() and dialog.decision is not None:
            carry_out(context, reference, dialog.decision, dialog.note.text().strip())

    context.tasks.ask(look, show, key="order-decision")


# ---- an order is executed, ends, is looked at again

def fill(context: ViewContext, ticket: Ticket, line: TicketLine, parent: QWidget) -> None:
    """Ask for what the broker confirms, then book it."""
    number = context.words.language.number
    dialog = FormDialog(
        context.look, N_("Record a fill of {reference}: {side} {symbol}", reference=ticket.reference,
                         side=N_("Buy") if line.side == "buy" else N_("Sell"), symbol=line.symbol),
        N_("Left of what was approved: {left}, at {price} {currency} or better. The limits are checked once more; "
           "fill and booking are one entry.", left=line.remaining, price=line.limit_price, currency=line.currency),
        [Field("quantity", N_("Quantity"), number(line.remaining), reads=number_of),
         Field("price", N_("Price"), number(line.limit_price), reads=number_of),
         Field("fees", N_("Fees"), "0", reads=number_of), Field("taxes", N_("Taxes"), "0", reads=number_of),
         Field("day", N_("Trade date"), said(context, context.question.as_of), reads=day_of),
         Field("reference", N_("Broker's reference"), required=False), Field("lot", N_("Lot"), required=False)],
        N_("Book the fill"), parent)
    if not dialog.exec():
        return
    values = dialog.values

    def work(door: Workstation) -> Changes:
        return door.orders.execute(ticket.reference, Execution(
            line.number, number_of(values["quantity"]), number_of(values["price"]), day_of(values["day"]),
            number_of(values["fees"]), number_of(values["taxes"]), None, values["reference"], values["lot"])).changes

    record(context, work)


def cancel(context: ViewContext, ticket: Ticket, _line: TicketLine | None, parent: QWidget) -> None:
    """Ask why an order, or what is left of it, ends."""
    dialog = ReasonDialog(context.look, N_("Cancel {reference}", reference=ticket.reference),
                          N_("What was filled stays booked. The rest can no longer be executed and counts no more."),
                          N_("Cancel the rest"), parent)
    if dialog.exec():
        reason = dialog.reason
        record(context, lambda door: door.orders.cancel(ticket.reference, reason))


def check_again(context: ViewContext, ticket: Ticket, _line: TicketLine | None, _parent: QWidget) -> None:
    """Check an order with the book of now and store the result."""
    def then(found: tuple[Check, str]) -> None:
        context.status(N_("{reference}, checked again: {verdict}. Stored as {check}.", reference=ticket.reference,
                          verdict=VERDICTS[found[0].verdict], check=found[1]))
        context.refresh_all()

    context.tasks.do(lambda door: door.orders.recheck(ticket.reference), then)


def review(context: ViewContext, ticket: Ticket, _line: TicketLine | None, parent: QWidget) -> None:
    """Ask a second person what they say about an emergency order."""
    dialog = FormDialog(
        context.look, N_("Review {reference} of {person}", reference=ticket.reference, person=ticket.author),
        N_("Reason given: {reason} Your key signs the review.", reason=ticket.reason),
        [Field("outcome", N_("Outcome"), "accepted", _OUTCOMES), Field("note", N_("Note"), long=True)],
        N_("Sign the review"), parent)
    if dialog.exec():
        outcome, note = dialog.value("outcome"), dialog.value("note")
        record(context, lambda door: door.orders.review(ticket.reference, outcome, note))


