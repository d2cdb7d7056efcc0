"""Transactions as they are booked: always a positive quantity, the type says the direction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.origin import Origin


class TransactionType(StrEnum):
    """What happened. Cash rows have no instrument: the amount is in `quantity`, price 1."""

    BUY = "buy"
    SELL = "sell"
    DIVIDEND = "dividend"
    RETURN_OF_CAPITAL = "return_of_capital"
    WITHHOLDING = "withholding"
    FEE = "fee"
    INTEREST = "interest"
    FUNDING = "funding"
    REDEMPTION = "redemption"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    SPLIT = "split"
    CASH_IN_LIEU = "cash_in_lieu"


CASH_TYPES = frozenset({TransactionType.FEE, TransactionType.INTEREST, TransactionType.FUNDING,
                        TransactionType.REDEMPTION})


@dataclass(frozen=True, slots=True)
class Transaction:
    """One booked row. Quantities and prices are those of the day, before any later split.

    `instrument` is the stable id, empty for cash rows. A split row has new shares in `quantity` and old shares in
    `price`. Cash in lieu has the fraction sold in `quantity` and the price per share in `price`. `lot` names the
    reference of the purchase that a sale takes (specific identification). `fees` and `taxes` are in `currency`.
    """

    trade_date: date
    settle_date: date
    type: TransactionType
    instrument: str
    quantity: Decimal
    price: Decimal
    currency: str
    fees: Decimal
    taxes: Decimal
    account: str
    reference: str
    lot: str
    note: str
    origin: Origin
