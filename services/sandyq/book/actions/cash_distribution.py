"""Cash distribution: income on the units held at the open of the ex-date, tax withheld, capital returned (F033)."""

from __future__ import annotations

from typing import Final

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.actions import return_of_capital
from sandyq.book.linked import Linked
from sandyq.book.terms import Reads, Term, amount_or_zero, needed
from sandyq.book.transactions import TransactionType
from sandyq.reference.events import Event, EventType


def apply(linked: Linked, event: Event) -> None:
    """Pay each account for its units. A booking of the same payment in the account counts instead of the event.

    Amounts are exact products and are not rounded to cents.
    """
    per_unit, returned = needed(event, "amount"), amount_or_zero(event, "return_of_capital")
    rate = amount_or_zero(event, "withholding")
    currency = linked.currency(event.instrument, event)
    for account, units in linked.units(event.instrument).items():
        if per_unit and linked.booked(event, account, TransactionType.DIVIDEND) is None:
            gross = units * per_unit
            withheld = gross * rate
            linked.pay(event, account, currency, cash=gross - withheld, income=gross, withholding=withheld)
        if returned and linked.booked(event, account, TransactionType.RETURN_OF_CAPITAL) is None:
            row = linked.row(event, TransactionType.RETURN_OF_CAPITAL, account, units, returned, currency)
            lots = linked.of(event.instrument)
            if any(lot.row.currency != currency for lot in lots.pool(row).lots):
                linked.warn(_other_currency(event, currency))
            else:
                return_of_capital.apply(lots, row)
            linked.pay(event, account, currency, cash=units * returned, returned=units * returned)


def _other_currency(event: Event, currency: str) -> Finding:
    return Finding(Severity.ERROR, "currency-mixed", N_(
        "The event {event} returns capital in {currency} on lots of another currency: their cost was not lowered.",
        event=event.event, currency=currency), subject=event.event, line=event.origin.line, column="currency")


CASH_DISTRIBUTION: Final = EventAction(EventType.CASH_DISTRIBUTION, N_("Cash distribution"), (
    Term("amount", Reads.AMOUNT, required=True), Term("withholding", Reads.PART),
    Term("return_of_capital", Reads.AMOUNT), Term("currency", Reads.NAME, required=True),
), apply)
