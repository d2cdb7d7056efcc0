"""Spin-off: every holder gets units of a child, and a published part of the cost goes with them (F031)."""

from __future__ import annotations

from typing import Final

from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.distributing import distribute
from sandyq.book.terms import Reads, Term
from sandyq.reference.events import EventType

TERMS: Final = (
    Term("child", Reads.NAME, required=True), Term("ratio", Reads.POSITIVE, required=True),
    Term("cost_share", Reads.PART, required=True), Term("cash_in_lieu_price", Reads.AMOUNT),
    Term("currency", Reads.NAME),
)

SPIN_OFF: Final = EventAction(EventType.SPIN_OFF, N_("Spin-off"), TERMS, distribute, partner="child")
