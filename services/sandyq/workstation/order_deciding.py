"""Between proposal and execution: what has changed, the check just before an approval, expiry, cancellation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_, Text
from sandyq.control.deciding import Content
from sandyq.control.people import Right
from sandyq.control.proposals import Proposal
from sandyq.limits.result import Check, Order, Verdict
from sandyq.reference.facts import FactRow
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.order_book import KIND, calendar_of
from sandyq.workstation.order_evidence import STOPS, findings_of, limits_then, orders_in, refused, said_in
from sandyq.workstation.order_proposing import order_row
from sandyq.workstation.ordered import OrderState, Since, Ticket, hours_later

if TYPE_CHECKING:
    from sandyq.workstation.ordering import OrdersDesk
    from sandyq.workstation.workstation import Workstation

_CLOSED: Final[dict[OrderState, Text]] = {
    OrderState.WAITING: N_("The order waits for a second person."),
    OrderState.EXECUTED: N_("The order is executed."),
    OrderState.EXPIRED: N_("The order has expired; it is checked and proposed again."),
    OrderState.REFUSED: N_("The order was refused."),
    OrderState.WITHDRAWN: N_("The order was withdrawn."),
    OrderState.CANCELLED: N_("The rest of the order was cancelled."),
    OrderState.VOID: N_("A signature of the order does not hold, so it does not count."),
}
Row = tuple[str, FactRow]


def since(station: Workstation, desk: OrdersDesk, ticket: Ticket) -> Since:
    """Hold an order that waits or is approved against the book of now: what differs from what its author saw."""
    then = desk.check_record(ticket.check)
    q = day_of(station, desk, ticket)
    now = desk.check(q, ticket.remaining or orders_in(then.content), without=ticket.reference, largest=False)
    before, after = ({one.id: one for one in found} for found in (then.limits, limits_then(now)))
    series = station.knowledge().market.prices
    prices = []
    for symbol, said in said_in(then.content)["inputs"].items():
        point = series[symbol].latest(q.as_of) if symbol in series else None
        if said["close"] is not None:
            prices.append((symbol, Decimal(said["close"]), point.close if point else None))
    return Since(then, now, tuple((before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after))
                                  if before.get(name) != after.get(name)), tuple(prices))


def day_of(station: Workstation, desk: OrdersDesk, ticket: Ticket) -> Question:
    """The day that a decision of now is about: the last one with prices, never one before the proposal's."""
    return Question(max(station.latest_day(), desk.check_record(ticket.check).as_of), None, ticket.book)


def judge_again(station: Workstation, desk: OrdersDesk, proposal: Proposal, content: Content) -> None:
    """Check an order just before its approval, with the book of now; the check is stored whatever it says.

    Raises Refused for a hard fail, what cannot be judged, a soft fail without the author's reason, an order that has
    ended, and rows that the desk did not make.
    """
    if proposal.kind != KIND or content.tables != {KIND}:
        raise Refused("not-an-order", N_("Orders are proposed through the order desk, and nothing else with them."),
                      where=proposal.reference)
    ticket = desk.of_proposal(proposal.reference)
    if ticket is None:
        raise _foreign(proposal.reference)
    if ticket.state is not OrderState.WAITING:
        raise ended(station, desk, ticket)
    orders = tuple(line.order() for line in ticket.lines)
    _refuse_unless_own(station, desk, ticket, orders, content)
    q, now = day_of(station, desk, ticket), desk.now()
    found = desk.check(q, orders, without=ticket.reference, largest=False, now=now)
    desk.record_check(q, found, now, ticket.reference,
                      event=event(ticket, "rechecked", q.as_of, str(N_("before the approval"))))
    if found.verdict in STOPS:
        raise refused(found, ticket.reference)
    if found.verdict is Verdict.ACKNOWLEDGE and not ticket.reason:
        raise Refused("no-reason", N_("A soft limit would be exceeded now, and the order was proposed without a "
                                      "reason: propose it again with one."), where=ticket.reference,
                      findings=findings_of(found))


def _refuse_unless_own(station: Workstation, desk: OrdersDesk, ticket: Ticket, orders: tuple[Order, ...],
                       content: Content) -> None:
    """Raise Refused for rows that the desk did not make: another check, a longer life, a wider move."""
    record = desk.check_record(ticket.check)
    q = Question(record.as_of, None, ticket.book)
    rules, known = station.mandate(q).order_rules, station.knowledge()
    latest = hours_later(ticket.proposed_at, 2 * rules.valid_hours, calendar_of(known))
    own = tuple((KIND, order_row(station, q, number, one, ticket.reference, ticket.valid_until, ticket.check,
                                 ticket.reason, canonical(rules.max_move))) for number, one in enumerate(orders, 1))
    if orders_in(record.content) != orders or own != content.rows or ticket.valid_until > latest:
        raise _foreign(ticket.reference)


def _foreign(reference: str) -> Refused:
    return Refused("other-check", N_("The proposal is not what was checked."), where=reference,
                   remedy=N_("Propose the order again."))


def recheck(station: Workstation, desk: OrdersDesk, ticket: Ticket) -> tuple[Check, str]:
    """Check an order that waits or is approved again and store the result; nothing is deleted or revived."""
    if ticket.state not in {OrderState.WAITING, OrderState.APPROVED}:
        raise ended(station, desk, ticket)
    station.people.require(Right.PROPOSE)
    q, now = day_of(station, desk, ticket), desk.now()
    found = desk.check(q, ticket.remaining, without=ticket.reference, now=now)
    return found, desk.record_check(q, found, now, ticket.reference, event=event(ticket, "rechecked", q.as_of))


def expire(station: Workstation, desk: OrdersDesk, q: Question) -> tuple[str, ...]:
    """Record the expiry of every order that has expired by now, and return their references."""
    station.people.require(Right.BOOK)
    found = [one for one in desk.tickets(q) if one.state is OrderState.EXPIRED and not _expiry_recorded(one)]
    for ticket in found:
        _record_expiry(station, desk, ticket)
    return tuple(ticket.reference for ticket in found)


def cancel(station: Workstation, desk: OrdersDesk, ticket: Ticket, reason: str) -> Changes:
    """End an approved order, or what is left of it; take back one's own that still waits. Raises Refused, BadInput."""
    if not reason.strip():
        raise BadInput("no-reason", N_("A decision has a reason."), where=ticket.reference)
    if ticket.state is OrderState.WAITING:
        return station.people.withdraw(ticket.proposal, reason)
    if ticket.state is not OrderState.APPROVED:
        raise ended(station, desk, ticket)
    station.people.require(Right.BOOK)
    name = "cancelled" if ticket.filled else "withdrawn"
    return station.record("order_event", {"order": ticket.reference, "event": name},
                          [event(ticket, name, desk.now().date(), reason.strip())])


def ended(station: Workstation, desk: OrdersDesk, ticket: Ticket) -> Refused:
    """Return the refusal of an order that has ended or waits; an expiry is recorded first, so that it stays."""
    if ticket.state is OrderState.EXPIRED and not _expiry_recorded(ticket):
        _record_expiry(station, desk, ticket)
    return Refused("order-" + ticket.state.value, _CLOSED.get(ticket.state, N_("The order is approved.")),
                   where=ticket.reference, remedy=ticket.expired)


def _expiry_recorded(ticket: Ticket) -> bool:
    return any(one.event == "expired" for one in ticket.events)


def _record_expiry(station: Workstation, desk: OrdersDesk, ticket: Ticket) -> None:
    reason = str(ticket.expired) if ticket.expired else ""
    station.record("order_event", {"order": ticket.reference, "event": "expired"},
                   [event(ticket, "expired", desk.now().date(), reason)])


def event(ticket: Ticket, name: str, day: date, reason: str = "", check: str = "") -> Row:
    """Return the row of the next event of an order."""
    number = max((one.number for one in ticket.events), default=0) + 1
    return "order_event", (0, ticket.reference, str(number), name, day.isoformat(), check or None, reason or None)


def event_with(row: Row, check: str) -> Row:
    """Return the row of an event that names a check."""
    table, values = row
    return table, (*values[:5], check, *values[6:])
