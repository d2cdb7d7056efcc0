"""The book of orders, read from proposals, fills, events and emergency orders: each with its life so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.control.chain import moment_of
from sandyq.control.deciding import content_of
from sandyq.control.proposals import Decision, Proposal, ProposalState
from sandyq.market.series import Calendar
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.orders import every_version, signature_stands
from sandyq.store.records import Fact, facts
from sandyq.workstation.contract import Question
from sandyq.workstation.order_evidence import checked_price, record_of
from sandyq.workstation.ordered import (
    CheckRecord,
    OrderEvent,
    OrderFill,
    OrderState,
    ReviewState,
    Ticket,
    TicketLine,
    hours_later,
    moved_too_far,
    next_open_day,
)

if TYPE_CHECKING:
    from sandyq.workstation.knowledge import Knowledge
    from sandyq.workstation.workstation import Workstation

KIND: Final = "trade_order"
"""The kind of a proposal that holds an order, and its table."""
EMERGENCY: Final = "emergency_order"
_HOME: Final = "KZ"
"""The calendar of the mandate: its days are counted for expiry and review."""
_STATES: Final[Mapping[ProposalState, OrderState]] = {
    ProposalState.OPEN: OrderState.WAITING, ProposalState.APPROVED: OrderState.APPROVED,
    ProposalState.REFUSED: OrderState.REFUSED, ProposalState.WITHDRAWN: OrderState.WITHDRAWN,
    ProposalState.EXPIRED: OrderState.EXPIRED, ProposalState.VOID: OrderState.VOID,
}
_ENDS: Final[Mapping[str, OrderState]] = {
    "executed": OrderState.EXECUTED, "expired": OrderState.EXPIRED, "withdrawn": OrderState.WITHDRAWN,
    "cancelled": OrderState.CANCELLED,
}
"""Events that end an order."""
_REVIEWED: Final = {"accepted": ReviewState.ACCEPTED, "objected": ReviewState.OBJECTED}
_FOREIGN: Final = (ValueError, ArithmeticError, LookupError, TypeError, SandyqError)
"""What rows raise that the desk did not write."""
_LIVE: Final = frozenset({OrderState.WAITING, OrderState.APPROVED})


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is read once for all orders."""

    fills: Mapping[tuple[str, int], tuple[OrderFill, ...]]
    events: Mapping[str, tuple[OrderEvent, ...]]
    reviews: Mapping[str, Fact]


def read_tickets(station: Workstation, known_at: datetime | None) -> tuple[Ticket, ...]:
    """Return every order ever proposed or given in an emergency, the latest first, as decisions and events say.

    Whether one has expired by the clock or by its price is not looked at here (`as_of`). Rows in a form that the desk
    does not write are no order.
    """
    known = station.knowledge(known_at)
    kept = _Kept(_fills(station, known_at), _events(station, known_at), {
        fact["order_reference"]: fact for fact in facts(station.store, "emergency_review", known_at)
        if signature_stands(station.store, "emergency_review", fact)})
    found = [ticket for proposal in station.people.proposals(Question(date.max, known_at))
             if proposal.kind == KIND and (ticket := _ticket(known, proposal, kept)) is not None]
    found += _emergencies(station, known_at, kept)
    return tuple(sorted(found, key=lambda ticket: ticket.entry, reverse=True))


def calendar_of(known: Knowledge) -> Calendar:
    """Return the calendar whose days orders are counted in."""
    return known.market.calendars.get(_HOME, Calendar(_HOME))


def as_of(ticket: Ticket, known: Knowledge, on: date, now: datetime, record: CheckRecord | None) -> Ticket:
    """Return an order as it stands at a moment: expired by the clock, or by a close up to a day that moved too far.

    An order without the record of its check cannot be judged and counts as void.
    """
    if ticket.emergency:
        ticket = _reviewed(ticket, known, now)
    if ticket.state not in _LIVE:
        return ticket
    if record is None:
        return replace(ticket, state=OrderState.VOID)
    if now > ticket.ends:
        return replace(ticket, state=OrderState.EXPIRED, expired=N_("It counted until {moment} UTC.",
                                                                    moment=ticket.ends))
    for line in ticket.lines:
        price = checked_price(record.content, line.symbol)
        moved = None if price is None or line.max_move is None or not line.remaining else moved_too_far(
            known.market.prices.get(line.symbol), price, record.as_of, on, line.max_move,
            by_hand=line.symbol in known.market.manual)
        if moved is not None:
            return replace(ticket, state=OrderState.EXPIRED, expired=N_("{symbol}: {reason}", symbol=line.symbol,
                                                                        reason=moved))
    return ticket


def _reviewed(ticket: Ticket, known: Knowledge, now: datetime) -> Ticket:
    due = next_open_day(ticket.proposed_at.date(), calendar_of(known))
    state = ticket.review or (ReviewState.OVERDUE if now.date() > due else ReviewState.DUE)
    return replace(ticket, review=state, review_due=due)


def check_records(station: Workstation, known_at: datetime | None) -> dict[str, CheckRecord]:
    """Return every stored check by its reference."""
    found = {}
    for fact in facts(station.store, "order_check", known_at):
        entry = station.store_entry(fact.origin.entry)
        with suppress(*_FOREIGN):
            found[fact["reference"]] = record_of(fact, entry.actor, entry.known_at)
    return found


# ---- from a signed proposal

def _ticket(known: Knowledge, proposal: Proposal, kept: _Kept) -> Ticket | None:
    content = content_of(proposal)
    rows = [_named(row) for table, row in content.rows if table == KIND] if content else []
    with suppress(*_FOREIGN):
        return _made(known, proposal, rows, kept)
    return None


def _made(known: Knowledge, proposal: Proposal, rows: Sequence[Mapping[str, str]], kept: _Kept) -> Ticket:
    decision = next(iter(proposal.approvals), None)
    approved = decision if decision is not None and decision.decision is Decision.APPROVED else None
    first, reference = rows[0], rows[0]["reference"]
    valid_until = moment_of(first["valid_until"])
    events = kept.events.get(reference, ())
    ended = next((_ENDS[event.event] for event in events if event.event in _ENDS), None)
    state = _STATES[proposal.state]
    if ended is not None and state in _LIVE:
        state = ended
    return Ticket(
        reference, first["book"], state, proposal.reference, proposal.author, proposal.known_at,
        decision.person if decision else "", decision.known_at if decision else None, first["order_check"],
        first["reason"], valid_until, _ends(known, valid_until, approved.known_at if approved else None, first["book"]),
        tuple(_line(row, kept) for row in rows), events, decision.note if decision else "",
        expired=next((N_("{reason}", reason=event.reason) for event in events if event.event == "expired"), None),
        entry=proposal.origin.entry)


def _ends(known: Knowledge, valid_until: datetime, approved: datetime | None, book: str) -> datetime:
    """An approval counts for the mandate's hours, and never beyond what was signed."""
    if approved is None:
        return valid_until
    rules = known.mandate(approved.date(), book).order_rules
    return min(valid_until, hours_later(approved, rules.valid_hours, calendar_of(known)))


def _named(row: FactRow) -> dict[str, str]:
    return {name: "" if value is None else str(value)
            for name, value in zip(TABLES[KIND].columns, row[1:], strict=True)}


def _line(row: Mapping[str, str], kept: _Kept) -> TicketLine:
    number = int(row["line_number"])
    return TicketLine(
        number, row["side"], row["symbol"], row["instrument"], Decimal(row["quantity"]), Decimal(row["limit_price"]),
        row["currency"], Decimal(row["fee"]) if row["fee"] else None, row["account"],
        Decimal(row["max_move"]) if row.get("max_move") else None, row.get("tranche", ""),
        kept.fills.get((row["reference"], number), ()))


# ---- given alone in an emergency

def _emergencies(station: Workstation, known_at: datetime | None, kept: _Kept) -> list[Ticket]:
    found: list[Ticket] = []
    baskets: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts(station.store, EMERGENCY, known_at):
        baskets[fact["reference"]].append(fact)
    for reference, basket in baskets.items():
        with suppress(*_FOREIGN):
            found.append(_emergency(station, reference, basket, kept))
    return found


def _emergency(station: Workstation, reference: str, basket: list[Fact], kept: _Kept) -> Ticket:
    basket.sort(key=lambda fact: int(fact["line_number"]))
    first, events = basket[0], kept.events.get(reference, ())
    entry = station.store_entry(first.origin.entry)
    signed = all(signature_stands(station.store, EMERGENCY, fact) and fact["side"] == "sell" for fact in basket)
    ended = next((_ENDS[event.event] for event in events if event.event in _ENDS), OrderState.APPROVED)
    review, until = kept.reviews.get(reference), moment_of(first["valid_until"])
    if review is not None and review["person"] == first["person"]:
        review = None
    return Ticket(
        reference, first["book"], ended if signed else OrderState.VOID, "", first["person"], entry.known_at, "",
        None, first["order_check"], first["reason"], until,
        _ends(station.knowledge(), until, entry.known_at, first["book"]), tuple(_line(fact, kept) for fact in basket),
        events, emergency=True, review=_REVIEWED.get(review["outcome"]) if review else None,
        reviewed_by=review["person"] if review else "", note=review["note"] if review else "",
        expired=next((N_("{reason}", reason=event.reason) for event in events if event.event == "expired"), None),
        entry=first.origin.entry)


# ---- fills and events

def _fills(station: Workstation, known_at: datetime | None) -> dict[tuple[str, int], tuple[OrderFill, ...]]:
    found: dict[tuple[str, int], list[OrderFill]] = defaultdict(list)
    for fact in sorted(facts(station.store, "fill", known_at), key=lambda fact: fact.origin.entry):
        found[fact["order_reference"], int(fact["line_number"])].append(OrderFill(
            fact["reference"], fact.sure_day("trade_date"), fact.number("quantity"), fact.number("price"),
            fact.number("fees"), fact.origin.entry))
    return {key: tuple(fills) for key, fills in found.items()}


def _events(station: Workstation, known_at: datetime | None) -> dict[str, tuple[OrderEvent, ...]]:
    found: dict[str, list[OrderEvent]] = defaultdict(list)
    for fact in every_version(station.store, "order_event", known_at):
        entry = station.store_entry(fact.origin.entry)
        found[fact["reference"]].append(OrderEvent(
            int(fact["number"]), fact["event"], fact.sure_day("day"), fact["order_check"], fact["reason"],
            fact.origin.entry, entry.actor, entry.known_at))
    return {name: tuple(sorted(events, key=lambda event: (event.number, event.entry)))
            for name, events in found.items()}


def unordered(station: Workstation, known_at: datetime | None, on: date) -> tuple[Transaction, ...]:
    """Return the purchases and sales up to a day that no order covers, of the time since people are enrolled.

    A broker's file may bring them; nobody approved them, so they are shown until their history explains them.
    """
    known = station.knowledge(known_at)
    since = min((person.origin.entry for person in known.people), default=None)
    if since is None:
        return ()
    filled = {fact["booking"] for fact in facts(station.store, "fill", known_at)}
    return tuple(row for row in known.transactions if row.origin.entry > since and row.trade_date <= on
                 and row.type in {TransactionType.BUY, TransactionType.SELL} and row.reference not in filled)


def pending_orders(tickets: Sequence[Ticket], without: str = "") -> tuple[tuple[str, TicketLine], ...]:
    """Return the lines that are approved and not yet executed, with their order's reference.

    They count in every later check, so that no two orders are approved against the same room.
    """
    return tuple((ticket.reference, line) for ticket in tickets
                 if ticket.state is OrderState.APPROVED and ticket.reference != without
                 for line in ticket.lines if line.remaining > 0)
