"""Corporate actions on lots. A new one is one module here and one name in ACTIONS (rows) or EVENT_ACTIONS (events)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sandyq.book.actions.cash_distribution import CASH_DISTRIBUTION
from sandyq.book.actions.cash_in_lieu import CASH_IN_LIEU
from sandyq.book.actions.in_kind_distribution import IN_KIND_DISTRIBUTION
from sandyq.book.actions.issuer_facts import FEE_CHANGE, IDENTIFIER_CHANGE, SHARE_ISSUANCE
from sandyq.book.actions.liquidation import LIQUIDATION
from sandyq.book.actions.liquidation_payment import LIQUIDATION_PAYMENT
from sandyq.book.actions.merger import MERGER
from sandyq.book.actions.return_of_capital import RETURN_OF_CAPITAL
from sandyq.book.actions.spin_off import SPIN_OFF
from sandyq.book.actions.split import SPLIT
from sandyq.book.actions.split_fractions import SPLIT_EVENT

ACTIONS: Final = (SPLIT, RETURN_OF_CAPITAL, CASH_IN_LIEU)

BY_TYPE: Final = MappingProxyType({action.type: action for action in ACTIONS})

EVENT_ACTIONS: Final = (
    SPLIT_EVENT, SPIN_OFF, IN_KIND_DISTRIBUTION, CASH_DISTRIBUTION, MERGER, LIQUIDATION, LIQUIDATION_PAYMENT,
    IDENTIFIER_CHANGE, SHARE_ISSUANCE, FEE_CHANGE,
)
"""In the order in which events of one day act."""

BY_EVENT: Final = MappingProxyType({action.type: action for action in EVENT_ACTIONS})
