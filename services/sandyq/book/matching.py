"""Apply an instrument's rows to its lots, and ask beforehand which new rows would not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ONE
from sandyq.book.actions import BY_TYPE
from sandyq.book.lots import Lots, RateOf, Short
from sandyq.book.order import in_order
from sandyq.book.state import BookSettings
from sandyq.book.transactions import Transaction, TransactionType


def match(rows: Sequence[Transaction], settings: BookSettings, rate: RateOf,
          on_short: Callable[[Short], None], books: Mapping[str, str] | None = None) -> Lots:
    """Apply ordered rows of one instrument (splits among them) and return its lots. FIFO oracle: O11."""
    lots = Lots(settings, rate, on_short, books)
    add, sell = lots.add, lots.sell_oldest if lots.plain else lots.sell
    buy_type, sell_type = TransactionType.BUY, TransactionType.SELL
    for row in rows:
        kind = row.type
        if kind is buy_type:
            add(row)
        elif kind is sell_type:
            sell(row)
        elif kind is TransactionType.TRANSFER_IN:
            add(row)
        elif kind is TransactionType.TRANSFER_OUT:
            lots.move_out(row)
        else:
            action = BY_TYPE.get(kind)
            if action is not None:
                action.apply(lots, row)
    return lots


def shortfalls(rows: Iterable[Transaction], settings: BookSettings,
               books: Mapping[str, str] | None = None) -> list[Short]:
    """Return every row that takes more than there is on its day, in order; such a row is left out for the rest."""
    found: list[Short] = []
    match(in_order(rows), settings, no_rate, found.append, books)
    return found


def no_rate(currency: str, day: date) -> Decimal:  # noqa: ARG001 - it does not matter here
    """Return 1 for every rate: where quantities alone decide."""
    return ONE
