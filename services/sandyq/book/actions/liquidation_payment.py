"""Liquidation payment: money arrives for units that are gone; the final one closes the receivable."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.linked import Due, Linked
from sandyq.book.lots import Slice
from sandyq.book.terms import Reads, Term, needed
from sandyq.book.transactions import TransactionType
from sandyq.reference.events import Event, EventType


def apply(linked: Linked, event: Event) -> None:
    """Pay what is owed. More than expected is realised at once; what the final payment leaves open is a loss."""
    per_unit, final = needed(event, "amount"), event.terms["final"] == "yes"
    currency = linked.currency(event.instrument, event)
    owed = [due for due in linked.dues[event.instrument] if not due.closed]
    if not owed:
        linked.warn(Finding(Severity.ERROR, "liquidation-unknown", N_(
            "The event {event} pays for a liquidation that is not known, so nothing was booked.", event=event.event),
            subject=event.event, line=event.origin.line))
    for due in owed:
        if due.currency != currency:
            linked.warn(Finding(Severity.ERROR, "currency-mixed", N_(
                "The event {event} pays in {currency}; {expected} is expected, so nothing was booked.",
                event=event.event, currency=currency, expected=due.currency), subject=event.event,
                line=event.origin.line, column="currency"))
            continue
        paid = due.units * per_unit
        due.paid += paid
        difference = due.paid - due.expected if final or due.paid > due.expected else ZERO
        due.expected += difference
        due.closed = final
        linked.pay(event, due.account, currency, cash=paid, sold=difference)
        if difference:
            _realise(linked, event, due, difference)


def _realise(linked: Linked, event: Event, due: Due, difference: Decimal) -> None:
    row = linked.row(event, TransactionType.SELL, due.account, ZERO, ZERO, due.currency)
    linked.of(event.instrument).slices.append(
        Slice(row, row, ZERO, difference, ZERO, ZERO, linked.rate(due.currency, event.ex_date)))


LIQUIDATION_PAYMENT: Final = EventAction(EventType.LIQUIDATION_PAYMENT, N_("Liquidation payment"), (
    Term("amount", Reads.AMOUNT, required=True), Term("currency", Reads.NAME, required=True),
    Term("final", Reads.ANSWER, required=True),
), apply)
