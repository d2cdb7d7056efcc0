"""What a corporate action is: the row's or event's type, a name, its terms, and what it does to lots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandyq.basics.text import Text
from sandyq.book.linked import Linked
from sandyq.book.lots import Lots
from sandyq.book.terms import Term
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.events import Event, EventType


@dataclass(frozen=True, slots=True)
class Action:
    """`apply` changes the lots at the start of its day (splits) or in the day's order (everything else)."""

    type: TransactionType
    label: Text
    apply: Callable[[Lots, Transaction], None]


@dataclass(frozen=True, slots=True)
class EventAction:
    """A corporate action that is a fact of its own. `apply` acts at the open of the ex-date; None: no effect on lots.

    `terms` are the terms it understands, of `one_of` at least one is needed. `partner` is the term that names the
    other instrument, if there is one.
    """

    type: EventType
    label: Text
    terms: tuple[Term, ...]
    apply: Callable[[Linked, Event], None] | None = None
    partner: str = ""
    one_of: tuple[str, ...] = ()
