"""The order desk: a basket is checked, proposed, approved by another person, executed and booked; nothing skips a step.

Every step looks at the book of that moment again, with all orders that are approved and not executed yet. A hard fail
and what cannot be judged pass nowhere and with nobody; a soft fail needs the author's reason and a second person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput, IntegrityFailed
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.control.deciding import Content
from sandyq.control.people import Right
from sandyq.control.proposals import Proposal
from sandyq.limits.result import Check, Order
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.reference.facts import FactRow
from sandyq.store.changes import entry_moment
from sandyq.store.orders import latest_moment
from sandyq.workstation import order_deciding, order_emergency, order_fills, order_proposing, workstation
from sandyq.workstation.consolidating import books_of_file
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.levels import across_books
from sandyq.workstation.order_book import (
    as_of,
    check_records,
    pending_orders,
    read_tickets,
    unordered,
)
from sandyq.workstation.order_evidence import (
    check_hash,
    orders_in,
    said_in,
    spelled_check,
)
from sandyq.workstation.order_proposing import next_reference
from sandyq.workstation.ordered import (
    CheckRecord,
    Executed,
    Execution,
    OrderState,
    Proposed,
    ReviewState,
    Since,
    Ticket,
)
from sandyq.workstation.orders import check_basket
from sandyq.workstation.picture import Picture
from sandyq.workstation.tranche_book import under_plan

if TYPE_CHECKING:
    from sandyq.limits.cure import Cure
    from sandyq.workstation.workstation import Workstation

Row = tuple[str, FactRow]
_SHARE: Final = Decimal("0.10")
"""Share of the median daily volume that a cure takes unless another is wished."""


class OrdersDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
        self._read: dict[datetime | None, tuple[str, tuple[Ticket, ...], dict[str, CheckRecord]]] = {}

    # ---- questions

    def now(self) -> datetime:
        """Return the present moment, never before the journal's latest: a clock set back revives nothing."""
        latest = latest_moment(self._station.store)
        clock = workstation.utc_now()
        return clock if latest is None or clock > latest else latest

    def tickets(self, q: Question, at: datetime | None = None) -> tuple[Ticket, ...]:
        """Return the orders of the question's book as they stand at its moment or at another one, the latest first."""
        return self._tickets(q, at or q.known_at or self.now())

    def _tickets(self, q: Question, now: datetime) -> tuple[Ticket, ...]:
        found, records = self._kept(q.known_at)
        known = self._station.knowledge(q.known_at)
        return tuple(as_of(ticket, known, q.as_of, now, records.get(ticket.check)) for ticket in found
                     if q.book in {ALL_BOOKS, ticket.book})

    def _kept(self, known_at: datetime | None) -> tuple[tuple[Ticket, ...], dict[str, CheckRecord]]:
        """Orders and checks, read once until something is recorded or a proposal's last day has passed."""
        mark = f"{self._station.head()} {(known_at or workstation.utc_now()).date()}"
        cached = self._read.get(known_at)
        if cached is None or cached[0] != mark:
            cached = mark, read_tickets(self._station, known_at), check_records(self._station, known_at)
            self._read[known_at] = cached
            while len(self._read) > 3:
                del self._read[next(iter(self._read))]
        return cached[1], cached[2]

    def ticket(self, reference: str, q: Question | None = None) -> Ticket:
        """Return one order by its reference or its proposal's. Raises BadInput when there is none."""
        asked = q or Question(self._station.latest_day())
        for found in self._kept(asked.known_at)[0]:
            if reference in {found.reference, found.proposal} - {""}:
                own = replace(asked, book=found.book)
                return next(one for one in self.tickets(own) if one.reference == found.reference)
        raise BadInput("no-order", N_("There is no order of this reference."), where=reference)

    def of_proposal(self, reference: str) -> Ticket | None:
        """Return the order that a proposal holds, None when its rows are not in the form that the desk writes."""
        found = next((one for one in self._kept(None)[0] if one.proposal == reference), None)
        return None if found is None else self.ticket(found.reference)

    def checks(self, q: Question) -> tuple[CheckRecord, ...]:
        """Return the stored checks of the question's book, oldest first."""
        return tuple(sorted((one for one in self._kept(q.known_at)[1].values() if one.book == q.book),
                            key=lambda one: one.entry))

    def check_record(self, reference: str) -> CheckRecord:
        """Return one stored check. Raises BadInput when there is none."""
        found = self._kept(None)[1].get(reference)
        if found is None:
            raise BadInput("no-check", N_("There is no check of this reference."), where=reference)
        return found

    def pending(self, q: Question, *, without: str = "") -> tuple[Order, ...]:
        """Return what is approved and not yet executed, line by line; it counts in every check."""
        return self._pending(q, self.now() if q.known_at is None else q.known_at, without)

    def _pending(self, q: Question, now: datetime, without: str) -> tuple[Order, ...]:
        if not self._kept(q.known_at)[0]:
            return ()
        return tuple(line.order() for _, line in pending_orders(self._tickets(q, now), without))

    def check(self, q: Question, basket: Sequence[Order], *, largest: bool = True, without: str = "",
              now: datetime | None = None) -> Check:
        """Hold a basket against every limit on top of what is pending. Writes nothing.

        Approved sales count where they hurt and never make room: nobody knows that they will be executed.
        """
        pending = self._pending(q, now or q.known_at or self.now(), without)
        found = check_basket(self._station.picture(q), tuple(basket), largest=largest, pending=pending)
        found = across_books(self._station, q, tuple(basket), found, largest=largest,
                             pending=lambda: self._pending_of_all(q, now or q.known_at or self.now(), without))
        return under_plan(self._station, q, basket, pending, found, all_named=bool(without))

    def cure(self, q: Question, days: int = 1, share_of_volume: Decimal = _SHARE) -> Cure:
        """Return the smallest sales that bring every limit back, on top of what is pending (F057). Writes nothing.

        Raises BadInput for days or a share of the daily volume that make no sense.
        """
        from sandyq.limits.cure import smallest_cure

        if days < 1 or not 0 < share_of_volume <= 1:
            raise BadInput("bad-share", N_("A cure takes one day or more and a share of volume above 0 and at most 1."))
        picture = self._station.picture(q)
        return smallest_cure(picture.ordering, picture.mandate, days=days, share_of_volume=share_of_volume,
                             pending=self.pending(q))

    def _pending_of_all(self, q: Question, now: datetime, without: str) -> tuple[Order, ...]:
        books = books_of_file(self._station.knowledge(q.known_at))
        return tuple(one for book in books for one in self._pending(replace(q, book=book), now, without))

    def replay(self, reference: str) -> tuple[CheckRecord, str]:
        """Make a stored check again from the book and return it with the hash of what comes out now.

        Equal hashes say that the same inputs still give the same answer. Raises BadInput, IntegrityFailed.
        """
        record = self.check_record(reference)
        moment = entry_moment(self._station.store, record.known_entry)
        if moment is None:
            raise IntegrityFailed("no-entry", N_("There is no entry {entry} in the journal.",
                                                 entry=record.known_entry), where=reference)
        q, said = Question(record.as_of, moment, record.book), said_in(record.content)
        made_at = datetime.fromisoformat(said["made_at"])
        again = self.check(q, orders_in(record.content), without=said["order"], now=made_at,
                           largest=bool(said["largest"]))
        text = spelled_check(self._station.picture(q), again, self._pending(q, made_at, said["order"]), made_at,
                             said["order"])
        return record, check_hash(text)

    def since(self, reference: str) -> Since:
        """Return what differs now from what an order's author saw (J6)."""
        return order_deciding.since(self._station, self, self.ticket(reference))

    # ---- proposing

    def propose(self, q: Question, basket: Sequence[Order], reason: str = "") -> Proposed:
        """Store the check of a basket and propose the basket for a second person.

        Raises Refused for a hard fail or what cannot be judged, ApprovalNeeded where nobody is enrolled, BadInput for
        an empty basket, a soft fail without a reason, a past day, or a line without an account.
        """
        return order_proposing.propose(self._station, self, q, basket, reason)

    def prepared(self, q: Question, basket: Sequence[Order]) -> tuple[Order, ...]:
        """Return the basket as it would be proposed: with an account and a tranche for every line. Raises BadInput."""
        return order_proposing.prepared(self._station, q, basket)

    def record_check(self, q: Question, found: Check, now: datetime, order: str, *, event: Row | None = None) -> str:
        """Store a check as evidence and return its reference; `event` goes into the same entry."""
        row, reference = self.check_row(q, found, now, order)
        self._station.record("order_check", {"check": reference, "verdict": found.verdict.value, "order": order},
                             [row, *([order_deciding.event_with(event, reference)] if event else [])])
        return reference

    def check_row(self, q: Question, found: Check, now: datetime, order: str) -> tuple[Row, str]:
        """Return the row of a check with its reference."""
        picture: Picture = self._station.picture(q)
        text = spelled_check(picture, found, self._pending(q, now, order), now, order)
        reference = next_reference(self._station, "C", "order_check")
        return ("order_check", (0, reference, q.book, q.as_of.isoformat(), str(picture.knowledge.head),
                                found.verdict.value, text, check_hash(text))), reference

    # ---- deciding, executing

    def judge_again(self, proposal: Proposal, content: Content) -> None:
        """Check an order again just before its approval: the people desk asks so for every content that holds orders.

        Raises Refused.
        """
        order_deciding.judge_again(self._station, self, proposal, content)

    def recheck(self, reference: str) -> tuple[Check, str]:
        """Check an order that waits or is approved again and store the result; return both check and reference."""
        return order_deciding.recheck(self._station, self, self.ticket(reference))

    def expire(self, q: Question) -> tuple[str, ...]:
        """Record the expiry of every order that has expired by now, and return their references."""
        return order_deciding.expire(self._station, self, q)

    def cancel(self, reference: str, reason: str) -> Changes:
        """End an approved order, or what is left of it, with a reason; take back one's own that still waits.

        Raises Refused for an order that has ended, or somebody else's that waits; BadInput without a reason.
        """
        return order_deciding.cancel(self._station, self, self.ticket(reference), reason)

    def execute(self, reference: str, execution: Execution) -> Executed:
        """Record a fill and book it in the same entry. Raises Refused, BadInput; then nothing is booked."""
        ticket = self.ticket(reference)
        if ticket.state is not OrderState.APPROVED:
            raise order_deciding.ended(self._station, self, ticket)
        self._station.people.require(Right.BOOK)
        return order_fills.execute(self._station, self, ticket, execution)

    # ---- alone, in an emergency

    def emergency(self, q: Question, basket: Sequence[Order], reason: str) -> Proposed:
        """Record an order of sales under one signature; another person reviews it on the next business day."""
        return order_emergency.give(self._station, self, q, basket, reason)

    def review(self, reference: str, outcome: str, note: str) -> Changes:
        """Sign the review of somebody else's emergency order: ``accepted`` or ``objected``."""
        return order_emergency.review(self._station, self.ticket(reference), outcome, note)

    def to_review(self, q: Question) -> tuple[Finding, ...]:
        """Return a finding for every emergency order that waits for its review; an error once it is late."""
        return tuple(Finding(
            Severity.ERROR if one.review is ReviewState.OVERDUE else Severity.WARNING, f"review-{one.review.value}",
            N_("Emergency order {reference} of {person} is to be reviewed by another person by {day}.",
               reference=one.reference, person=one.author, day=one.review_due), one.reference)
            for one in self.tickets(q) if one.review in {ReviewState.DUE, ReviewState.OVERDUE})

    def doubts(self, q: Question) -> tuple[Finding, ...]:
        """Return what somebody has to look at: reviews that are due, and trades that no order covers."""
        found = unordered(self._station, q.known_at, q.as_of)
        return (*self.to_review(q), *(Finding(Severity.WARNING, "trade-without-order", N_(
            "{type} of {quantity} {symbol} on {day} came without an approved order: booking {reference}.",
            type=N_("Purchase") if row.type is TransactionType.BUY else N_("Sale"), quantity=row.quantity,
            symbol=self._symbol(q, row), day=row.trade_date, reference=row.reference), row.reference)
            for row in found))

    def _symbol(self, q: Question, row: Transaction) -> str:
        instrument = self._station.knowledge(q.known_at).directory.by_id(row.instrument)
        return instrument.symbol(row.trade_date) if instrument else row.instrument
