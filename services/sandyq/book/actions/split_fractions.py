"""A split that is an event: its ratio acts like any published split, its fractions are sold for money (F030)."""

from __future__ import annotations

from typing import Final

from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.conserved import Watch
from sandyq.book.distributing import fraction
from sandyq.book.linked import Linked
from sandyq.book.terms import Reads, Term, amount
from sandyq.book.transactions import TransactionType
from sandyq.reference.events import Event, EventType


def apply(linked: Linked, event: Event) -> None:
    """Sell what each account has beyond whole shares, once the split has acted. No price: fractions stay."""
    price = amount(event, "cash_in_lieu_price")
    lots = linked.of(event.instrument)
    if price is None:
        return
    watch, sold = Watch(linked, event), len(lots.slices)
    for account, units in linked.units(event.instrument).items():
        part = fraction(units)
        if not part or linked.booked(event, account, TransactionType.CASH_IN_LIEU) is not None:
            continue
        currency = linked.currency(event.instrument, event)
        before = len(lots.slices)
        lots.sell(linked.row(event, TransactionType.CASH_IN_LIEU, account, part, price, currency))
        if len(lots.slices) > before:
            linked.move(event, event.instrument, account, -part)
            linked.pay(event, account, currency, cash=part * price, sold=part * price)
    watch.sold_since(event.instrument, sold)
    watch.record()


SPLIT_EVENT: Final = EventAction(EventType.SPLIT, N_("Split"), (
    Term("new", Reads.POSITIVE, required=True), Term("old", Reads.POSITIVE, required=True),
    Term("cash_in_lieu_price", Reads.AMOUNT), Term("currency", Reads.NAME, needed_by=("cash_in_lieu_price",)),
), apply)
