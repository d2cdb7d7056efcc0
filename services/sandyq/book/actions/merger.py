"""Merger: units become money, units of the acquirer, or both; lots that live on keep their dates (F032)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.conserved import Watch
from sandyq.book.distributing import arrive
from sandyq.book.linked import Linked
from sandyq.book.lots import Slice
from sandyq.book.parcels import Parcel, empty, portions, sell_units
from sandyq.book.shares import scaled, share
from sandyq.book.terms import Reads, Term, amount, amount_or_zero
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.events import Event, EventType


def apply(linked: Linked, event: Event) -> None:
    """Turn every lot into what the terms pay.

    Money is realised against its part of the cost; for stock, lots live on and nothing is realised.
    """
    target, acquirer = event.instrument, event.terms.get("acquirer", "")
    ratio, cash = amount(event, "ratio"), amount_or_zero(event, "cash")
    watch, sold = Watch(linked, event, acquirer), len(linked.of(target).slices)
    sold_there = len(linked.of(acquirer).slices) if ratio else 0
    for key in linked.keys(target):
        units = linked.accounts_of(target, key)
        currency = linked.currency(target, event)
        parcels = empty(linked.of(target), key)
        for account, held in units.items():
            linked.move(event, target, account, -held)
            if cash:
                linked.pay(event, account, currency, cash=held * cash, sold=held * cash)
        if ratio is None:
            row = _row(linked, event, units, cash, currency)
            sell_units(linked.of(target), parcels, row.quantity, row)
            continue
        if cash:
            _pay_part(linked, event, parcels, _row(linked, event, units, cash, currency))
        for parcel, quantity in zip(parcels, scaled((item.quantity for item in parcels), ratio, ONE), strict=True):
            parcel.quantity = quantity
        arrive(linked, event, acquirer, key, parcels, {account: held * ratio for account, held in units.items()},
               watch)
    watch.sold_since(target, sold)
    if ratio:
        watch.sold_since(acquirer, sold_there)
    watch.record()


def _row(linked: Linked, event: Event, units: Mapping[str, Decimal], cash: Decimal, currency: str) -> Transaction:
    """Return the sale for money of a whole pool, in the name of its largest account."""
    account = max(units, key=lambda name: (units[name], name))
    return linked.row(event, TransactionType.SELL, account, sum(units.values(), ZERO), cash, currency)


def _pay_part(linked: Linked, event: Event, parcels: list[Parcel], row: Transaction) -> None:
    """Realise the money of a mixed merger against its share of the cost; no units leave with it."""
    lots = linked.of(event.instrument)
    rate = linked.rate(row.currency, row.trade_date)
    parts = portions([parcel.cost for parcel in parcels], amount_or_zero(event, "cost_share_cash"))
    for parcel, cost in zip(parcels, parts, strict=True):
        usd = None if parcel.cost_usd is None else _usd(parcel, cost, average=lots.average)
        lots.slices.append(Slice(row, parcel.row, ZERO, parcel.quantity * row.price, cost, usd, rate))
        parcel.cost -= cost
        parcel.cost_usd = None if parcel.cost_usd is None or usd is None else parcel.cost_usd - usd


def _usd(parcel: Parcel, cost: Decimal, *, average: bool) -> Decimal:
    if not average and parcel.rate is not None:
        return cost * parcel.rate
    return share(parcel.cost_usd or ZERO, cost, parcel.cost) if parcel.cost else ZERO


MERGER: Final = EventAction(EventType.MERGER, N_("Merger"), (
    Term("acquirer", Reads.NAME, needed_by=("ratio",)), Term("ratio", Reads.POSITIVE, needed_by=("acquirer",)),
    Term("cash", Reads.POSITIVE), Term("currency", Reads.NAME, needed_by=("cash",)),
    Term("cost_share_cash", Reads.PART, needed_by=("ratio", "cash")), Term("cash_in_lieu_price", Reads.AMOUNT),
), apply, partner="acquirer", one_of=("ratio", "cash"))
