"""Units of another instrument that lots become or give out: spin-off, distribution in kind, merger for stock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from sandyq.basics.decimals import ZERO
from sandyq.book.conserved import Watch
from sandyq.book.linked import Linked
from sandyq.book.parcels import Parcel, put, sell_units, split_off
from sandyq.book.terms import amount, needed
from sandyq.book.transactions import TransactionType
from sandyq.reference.events import Event


def distribute(linked: Linked, event: Event) -> None:
    """Give every lot `ratio` units of the child per unit and move `cost_share` of its cost to them (O1).

    The child's lots keep the parent's dates, references and rates; nothing is realised but fractions paid in money.
    """
    parent, child = event.instrument, event.terms["child"]
    ratio, cost_share = needed(event, "ratio"), needed(event, "cost_share")
    watch, sold = Watch(linked, event, child), len(linked.of(child).slices)
    for key in linked.keys(parent):
        entitled = {account: units * ratio for account, units in linked.accounts_of(parent, key).items()}
        arrive(linked, event, child, key, split_off(linked.of(parent), key, cost_share, ratio), entitled, watch)
    watch.sold_since(child, sold)
    watch.record()


def arrive(linked: Linked, event: Event, child: str, key: str, parcels: list[Parcel],
           entitled: Mapping[str, Decimal], watch: Watch) -> None:
    """Put new units into a pool; fractions of each account are sold where the terms give a price for them."""
    lots = linked.of(child)
    price = amount(event, "cash_in_lieu_price")
    for account, units in entitled.items():
        linked.move(event, child, account, units)
        if price is None:
            continue
        left = sum((parcel.quantity for parcel in parcels), ZERO)
        part = min(fraction(units), left)
        if part <= 0 or linked.booked(event, account, TransactionType.CASH_IN_LIEU, child) is not None:
            continue
        currency = linked.currency(child, event) if event.terms.get("currency") else parcels[0].row.currency
        sell_units(lots, parcels, part, linked.row(event, TransactionType.CASH_IN_LIEU, account, part, price, currency,
                                                   child))
        linked.move(event, child, account, -part)
        linked.pay(event, account, currency, instrument=child, cash=part * price, sold=part * price)
    watch.arrived(key, parcels)
    put(lots, key, parcels)


def fraction(units: Decimal) -> Decimal:
    """Return what is beyond whole units; a negative holding has none."""
    return units - units.to_integral_value(ROUND_FLOOR) if units > 0 else ZERO
