"""Events that change what a holding is: corporate actions, and moves of holdings between our own accounts.

An event is a fact with an id, an ex-date and terms; what it does to lots is worked out from the book each time it is
replayed, so the order in which bookings and events become known never changes the state at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.origin import Origin


class EventType(StrEnum):
    """What happened to the instrument. The terms of each type are listed in `Event`."""

    SPLIT = "split"
    SPIN_OFF = "spin_off"
    IN_KIND_DISTRIBUTION = "in_kind_distribution"
    CASH_DISTRIBUTION = "cash_distribution"
    MERGER = "merger"
    LIQUIDATION = "liquidation"
    LIQUIDATION_PAYMENT = "liquidation_payment"
    IDENTIFIER_CHANGE = "identifier_change"
    SHARE_ISSUANCE = "share_issuance"
    FEE_CHANGE = "fee_change"


@dataclass(frozen=True, slots=True)
class Event:
    """One corporate action on `instrument` (stable id), in force at the open of `ex_date`; money moves on `pay_date`.

    Terms are canonical decimal text, ISO dates or plain text, per type (an asterisk marks what is required):

    * split: new*, old*, cash_in_lieu_price, currency. Fractions per account are sold at that price when it is given.
    * spin_off: child* (instrument id), ratio* (child units per parent unit), cost_share* (part of the cost that moves,
      0 to 1), cash_in_lieu_price, currency.
    * in_kind_distribution: the terms of a spin_off, and asset*, parent_coins_before*, parent_coins_after*,
      child_coins* (coins per unit of each leg; conservation is printed to 2e-7).
    * cash_distribution: amount* (gross income per share), withholding (rate 0 to 1), return_of_capital (per share),
      currency*.
    * merger: acquirer (instrument id, when stock is paid), ratio (acquirer units per unit), cash (per unit), currency,
      cost_share_cash (part of the cost that the cash part carries; required when stock and cash are both paid),
      cash_in_lieu_price.
    * liquidation: amount* (expected payment per unit), currency*. Exposure stops at ex_date; a receivable remains.
    * liquidation_payment: amount* (per unit held at the liquidation), currency*, final* (yes | no).
    * identifier_change: symbol, isin, name, mic (at least one).
    * share_issuance: asset*, shares*, diluted_shares, coins, document.
    * fee_change: fee_pct*, until (a waiver's last day), fee_pct_after (required with until).
    """

    event: str
    type: EventType
    instrument: str
    ex_date: date
    pay_date: date | None
    terms: Mapping[str, str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Transfer:
    """A move between two accounts of ours: lots keep their dates and cost. `instrument` empty: cash in `currency`."""

    reference: str
    trade_date: date
    settle_date: date
    instrument: str
    quantity: Decimal
    currency: str
    from_account: str
    to_account: str
    lot: str
    note: str
    origin: Origin
