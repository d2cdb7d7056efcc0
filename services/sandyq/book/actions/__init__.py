"""Corporate actions on lots. A new action is one module here and one name in ACTIONS."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sandyq.book.actions.cash_in_lieu import CASH_IN_LIEU
from sandyq.book.actions.return_of_capital import RETURN_OF_CAPITAL
from sandyq.book.actions.split import SPLIT

ACTIONS: Final = (SPLIT, RETURN_OF_CAPITAL, CASH_IN_LIEU)

BY_TYPE: Final = MappingProxyType({action.type: action for action in ACTIONS})
