"""Liquidation: the position becomes a receivable on the ex-date; exposure stops there, not when money comes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.conserved import Watch
from sandyq.book.linked import Due, Linked
from sandyq.book.parcels import empty, sell_units
from sandyq.book.terms import Reads, Term, needed
from sandyq.book.transactions import TransactionType
from sandyq.reference.events import Event, EventType


def apply(linked: Linked, event: Event) -> None:
    """Realise every lot against the expected amount; the money is owed until it is paid."""
    expected = needed(event, "amount")
    currency = linked.currency(event.instrument, event)
    lots = linked.of(event.instrument)
    watch, sold = Watch(linked, event), len(lots.slices)
    for key in linked.keys(event.instrument):
        units = linked.accounts_of(event.instrument, key)
        parcels = empty(lots, key)
        total: Decimal = sum(units.values(), ZERO)
        row = linked.row(event, TransactionType.SELL, max(units, key=lambda name: (units[name], name)), total,
                         expected, currency)
        sell_units(lots, parcels, total, row)
        for account, held in units.items():
            linked.move(event, event.instrument, account, -held, settles=False)
            linked.pay(event, account, currency, sold=held * expected)
            linked.dues[event.instrument].append(Due(event, account, held, currency, held * expected))
    watch.sold_since(event.instrument, sold)
    watch.record()


LIQUIDATION: Final = EventAction(EventType.LIQUIDATION, N_("Liquidation"), (
    Term("amount", Reads.AMOUNT, required=True), Term("currency", Reads.NAME, required=True),
), apply)
