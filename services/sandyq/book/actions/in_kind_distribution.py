"""Distribution in kind: a trust gives part of its coins to a new trust and its holders the new units (F034, O1).

Lots move as in a spin-off. The coins per unit of both legs from the ex-date on are derived from the same terms in
`sandyq.market.issuer_events`.
"""

from __future__ import annotations

from typing import Final

from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.actions.spin_off import TERMS
from sandyq.book.distributing import distribute
from sandyq.book.terms import Reads, Term
from sandyq.reference.events import EventType

IN_KIND_DISTRIBUTION: Final = EventAction(EventType.IN_KIND_DISTRIBUTION, N_("Distribution in kind"), (
    *TERMS, Term("asset", Reads.NAME, required=True), Term("parent_coins_before", Reads.POSITIVE, required=True),
    Term("parent_coins_after", Reads.AMOUNT, required=True), Term("child_coins", Reads.POSITIVE, required=True),
), distribute, partner="child")
