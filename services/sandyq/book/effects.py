"""What each type of row does to cash and to the money put in (net invested, domain.md B6 note 1)."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from sandyq.basics.decimals import ZERO
from sandyq.book.transactions import Transaction, TransactionType


class Effect(NamedTuple):
    """Signs of quantity × price in cash and in net invested; whether dealing costs count in net invested."""

    cash: int
    invested: int
    costs_invested: bool = False


EFFECTS: Final = MappingProxyType({
    TransactionType.BUY: Effect(-1, 1, costs_invested=True),
    TransactionType.SELL: Effect(1, -1, costs_invested=True),
    TransactionType.CASH_IN_LIEU: Effect(1, -1, costs_invested=True),
    TransactionType.TRANSFER_IN: Effect(0, 1),
    TransactionType.TRANSFER_OUT: Effect(0, -1),
    TransactionType.DIVIDEND: Effect(1, 0),
    TransactionType.RETURN_OF_CAPITAL: Effect(1, 0),
    TransactionType.INTEREST: Effect(1, 0),
    TransactionType.FUNDING: Effect(1, 0),
    TransactionType.WITHHOLDING: Effect(-1, 0),
    TransactionType.FEE: Effect(-1, 0),
    TransactionType.REDEMPTION: Effect(-1, 0),
    TransactionType.SPLIT: Effect(0, 0),
})

NO_EFFECT: Final = EFFECTS[TransactionType.SPLIT]


def cash_of(row: Transaction) -> Decimal:
    """Return what the row adds to (+) or takes from (-) its account, fees and taxes included, in its currency."""
    effect = EFFECTS[row.type]
    if effect is NO_EFFECT:
        return ZERO
    amount = row.quantity * row.price
    signed = amount if effect.cash > 0 else -amount if effect.cash < 0 else ZERO
    return signed - row.fees - row.taxes
