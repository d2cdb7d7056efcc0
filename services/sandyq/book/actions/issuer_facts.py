"""Events that leave lots as they are: other names, more shares, another fee (see `market.issuer_events`)."""

from __future__ import annotations

from typing import Final

from sandyq.basics.text import N_
from sandyq.book.action import EventAction
from sandyq.book.terms import Reads, Term
from sandyq.reference.events import EventType

IDENTIFIER_CHANGE: Final = EventAction(EventType.IDENTIFIER_CHANGE, N_("New symbol or ISIN"), (
    Term("symbol", Reads.NAME), Term("isin", Reads.NAME), Term("name", Reads.NAME), Term("mic", Reads.NAME),
), one_of=("symbol", "isin", "name", "mic"))

SHARE_ISSUANCE: Final = EventAction(EventType.SHARE_ISSUANCE, N_("Share issuance"), (
    Term("asset", Reads.NAME, required=True), Term("shares", Reads.POSITIVE, required=True),
    Term("diluted_shares", Reads.POSITIVE), Term("coins", Reads.AMOUNT), Term("document", Reads.NAME),
))

FEE_CHANGE: Final = EventAction(EventType.FEE_CHANGE, N_("Fee change"), (
    Term("fee_pct", Reads.AMOUNT, required=True), Term("until", Reads.DAY),
    Term("fee_pct_after", Reads.AMOUNT, needed_by=("until",)),
))
