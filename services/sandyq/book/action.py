"""What a corporate action is: the row's type, a name, and what it does to the lots of its instrument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandyq.basics.text import Text
from sandyq.book.lots import Lots
from sandyq.book.transactions import Transaction, TransactionType


@dataclass(frozen=True, slots=True)
class Action:
    """`apply` changes the lots at the start of its day (splits) or in the day's order (everything else)."""

    type: TransactionType
    label: Text
    apply: Callable[[Lots, Transaction], None]
