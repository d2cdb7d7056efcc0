"""The bookings behind income, tax withheld, fees and taxes: one figure for each row that counts, with its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.book.state import Basis
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.workstation.picture import Picture

BOOKED: Final = ("income_usd", "withholding_usd", "fees_usd", "taxes_usd")
_INCOME: Final = frozenset({TransactionType.DIVIDEND, TransactionType.INTEREST})
_WITHHELD: Final = _INCOME | {TransactionType.RETURN_OF_CAPITAL}


def with_bookings(tree: Figure, picture: Picture, instrument: str, name: str) -> Figure:
    """Return the tree of a booked figure with the rows behind it (instrument "" for rows without one).

    The parts are added only when they sum to the figure, so that a tree never shows a wrong sum.
    """
    parts = tuple(_rows(picture, instrument, name, tree.key))
    amounts = [part.value for part in parts]
    if not parts or any(not isinstance(amount, Decimal) for amount in amounts):
        return tree
    total = sum((amount for amount in amounts if isinstance(amount, Decimal)), ZERO)
    return replace(tree, parts=parts) if total == tree.value else tree


def _rows(picture: Picture, instrument: str, name: str, key: str) -> Iterator[Figure]:
    known = picture.knowledge
    by_settlement = picture.basis is Basis.SETTLEMENT
    for row in known.transactions:
        day = row.settle_date if by_settlement else row.trade_date
        amount = _amount(row, name) if row.instrument == instrument and day <= picture.as_of else ZERO
        if amount:
            rate = known.usd_rate(row.currency, row.trade_date)
            yield Figure(f"{key}/{row.reference}", N_("Booking {reference}", reference=row.reference),
                         None if rate is None else product(amount, rate), "USD",
                         N_("{type} of {day}, account {account}", type=row.type.value, day=row.trade_date,
                            account=row.account), row.origin)


def _amount(row: Transaction, name: str) -> Decimal:
    """What a row adds to the figure, in its own currency (the rules are those of the book's tally)."""
    gross = product(row.quantity, row.price)
    withheld = row.type in _WITHHELD or row.type is TransactionType.WITHHOLDING
    match name:
        case "income_usd":
            return gross if row.type in _INCOME else ZERO
        case "withholding_usd":
            own = gross if row.type is TransactionType.WITHHOLDING else ZERO
            return own + row.taxes if withheld else ZERO
        case "fees_usd":
            return row.fees + (gross if row.type is TransactionType.FEE else ZERO)
        case _:
            return ZERO if withheld else row.taxes
