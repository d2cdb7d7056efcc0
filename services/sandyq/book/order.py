"""The order of a day's rows: fixed by what they are, never by the order in which files or people entered them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from sandyq.book.transactions import Transaction, TransactionType

RANK: Final = MappingProxyType({
    TransactionType.SPLIT: 0,
    TransactionType.FUNDING: 1, TransactionType.TRANSFER_IN: 1, TransactionType.BUY: 1,
    TransactionType.DIVIDEND: 2, TransactionType.RETURN_OF_CAPITAL: 2, TransactionType.INTEREST: 2,
    TransactionType.WITHHOLDING: 2,
    TransactionType.SELL: 3, TransactionType.TRANSFER_OUT: 3, TransactionType.CASH_IN_LIEU: 3,
    TransactionType.REDEMPTION: 3, TransactionType.FEE: 3,
})
"""Within a day: splits, then what comes in, then income, then what goes out."""

_RANKS: Final = 4
_DIGITS: Final = re.compile("([0-9]+)")


def natural(reference: str) -> tuple[str | int, ...]:
    """Return a sort key in which T-9 comes before T-10. Text and numbers alternate, so keys always compare."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(reference)))


def in_order(rows: Iterable[Transaction]) -> list[Transaction]:
    """Return the rows by trade date, rank of the type, natural order of the reference, then origin."""
    listed = list(rows)
    keys = [row.trade_date.toordinal() * _RANKS + RANK[row.type] for row in listed]
    places = sorted(range(len(listed)), key=keys.__getitem__)
    ordered = [listed[place] for place in places]
    sorted_keys = [keys[place] for place in places]
    first = 0
    # References are only taken apart where day and rank do not decide: that is rare and it is the slow part.
    for place in range(1, len(ordered) + 1):
        if place < len(ordered) and sorted_keys[place] == sorted_keys[first]:
            continue
        if place - first > 1:
            ordered[first:place] = sorted(ordered[first:place], key=_tie)
        first = place
    return ordered


def _tie(row: Transaction) -> tuple[tuple[str | int, ...], str, str, int, int]:
    return natural(row.reference), row.reference, row.account, row.origin.entry, row.origin.line
