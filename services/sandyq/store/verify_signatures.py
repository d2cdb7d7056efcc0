"""Verification of who recorded what: from the first entry that a person signed, every entry with facts is signed.

A chain of hashes can be carried on by anybody who can reckon them, and a price or a reserve figure is decided by one
person: whoever appends such an entry past the program has no key to sign it with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.control.attesting import entry_message, without_signature
from sandyq.control.chain import canonical_json, entry_hash
from sandyq.control.deciding import enrolled_then, trusted
from sandyq.control.people import Enrolment
from sandyq.control.records import Damage
from sandyq.control.signing import signature_holds
from sandyq.store.approvals import book_id, proposals_as_recorded, read_enrolments
from sandyq.store.engine import BROKEN, Connection

_UNREADABLE: Final = N_("The signatures of entries cannot be read.").template
_WRONG: Final = N_("The signature of the entry does not hold.").template
_MISSING: Final = N_("Nobody signed the entry, though entries were signed before it.").template
_ENTRIES: Final = """SELECT "seq", "known_at", "actor", "kind", "payload", "key", "content_hash", "prev_hash",
 "late_clock", EXISTS (SELECT 1 FROM "content" c WHERE c."entry" = "seq" AND c."fact_table" <> 'order_event'
 UNION ALL SELECT 1 FROM "order_event" o WHERE o."entry" = "seq" AND o."event" <> 'expired')
 FROM "journal" ORDER BY 1"""
"""Entries without facts (a report was issued, a drill was held) and the expiry of an order need nobody's key."""


def signature_damages(connection: Connection) -> list[Damage]:
    """Return what is wrong with the signatures of entries."""
    try:
        enrolments = read_enrolments(connection)
        if not enrolments:
            return []
        book = book_id(connection)
        return list(_entries(connection, trusted(enrolments, proposals_as_recorded(connection), book), book))
    except (*BROKEN, ValueError, TypeError, AttributeError):
        return [Damage(0, "journal", "", _UNREADABLE)]


def _entries(connection: Connection, people: Sequence[Enrolment], book: str) -> Iterator[Damage]:
    begun = False
    for seq, known_at, actor, kind, payload, key, content, previous, late, facts in connection.execute(_ENTRIES):
        said, signature = without_signature(json.loads(payload))
        if not signature:
            if begun and facts:
                yield Damage(seq, "journal", str(seq), _MISSING)
            continue
        begun = True
        person = enrolled_then(people, actor, seq)
        unsigned = entry_hash(previous, seq=seq, known_at=known_at, actor=actor, kind=kind,
                              payload=canonical_json(said), key=key, content=content, late_clock=bool(late))
        if person is None or not signature_holds(person.public_key, entry_message(book, unsigned), signature):
            yield Damage(seq, "journal", str(seq), _WRONG)
