"""Cash in lieu: the fraction that a split left is sold, and the sale is realised like any other."""

from __future__ import annotations

from typing import Final

from sandyq.basics.text import N_
from sandyq.book.action import Action
from sandyq.book.lots import Lots
from sandyq.book.transactions import Transaction, TransactionType


def apply(lots: Lots, row: Transaction) -> None:
    """Sell the fraction in `quantity` at the price per share in `price`."""
    lots.sell(row)


CASH_IN_LIEU: Final = Action(TransactionType.CASH_IN_LIEU, N_("Cash in lieu of a fraction"), apply)
