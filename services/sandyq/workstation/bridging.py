"""The bridge between two days of a book: its valuations and what was paid and got between them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.book.transactions import TransactionType
from sandyq.performance.bridge import ValueBridge, value_bridge
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.workstation.contract import Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


def bridge(station: Workstation, q: Question, first: date) -> ValueBridge:
    """Return the bridge from the end of a day to the end of the question's. Raises BadInput for days in wrong order."""
    if first >= q.as_of:
        raise BadInput("days-reversed", N_("The first day is after the last one."), where=first.isoformat())
    old = station.picture(Question(first, q.known_at, q.book)).holdings
    new = station.picture(q).holdings
    return value_bridge(old, new, _paid(station, q, first, TransactionType.BUY),
                        _paid(station, q, first, TransactionType.SELL))


def _paid(station: Workstation, q: Question, first: date, kind: TransactionType) -> Decimal | None:
    """Return what purchases cost, or sales brought, in USD of their days; with costs where the book counts them in."""
    known, found = station.knowledge(q.known_at), ZERO
    for row in known.transactions:
        if row.type is not kind or not first < row.trade_date <= q.as_of or q.book not in {
                ALL_BOOKS, known.books.get(row.account, SLEEVE)}:
            continue
        rate = known.usd_rate(row.currency, row.trade_date)
        if rate is None:
            return None
        costs = row.fees + row.taxes if known.settings.fees_in_cost else ZERO
        whole = product(row.quantity, row.price)
        found += product(whole + costs if kind is TransactionType.BUY else whole - costs, rate)
    return found
