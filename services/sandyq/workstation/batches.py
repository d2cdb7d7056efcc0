"""Reversing a whole import batch: its corrections go with it, and nothing is left sold that is not there any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import Refused
from sandyq.basics.text import N_
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.changes import rows_by_id, versions
from sandyq.workstation.corrections import refuse_unfit
from sandyq.workstation.knowledge import Knowledge, read_knowledge
from sandyq.workstation.periods import closed_through

if TYPE_CHECKING:
    from sandyq.store.store import Store

_DATED: Final = {"booking": "trade_date", "transfer": "trade_date", "corporate_action": "ex_date"}
_KIND: Final = "correction"


def reversals(store: Store, entry: int, reason: str) -> tuple[tuple[str, FactRow], ...]:
    """Return the rows that reverse an entry and the corrections of its bookings.

    Raises Refused when a fact of it is dated in a closed period, or when what was booked later needs it.
    """
    rows: list[tuple[str, FactRow]] = [("reversal", (0, str(entry), "", "", reason))]
    dated = {table: ids for table, ids in store.facts_of(entry).items() if table in _DATED}
    if not dated:
        return tuple(rows)
    _refuse_closed(store, entry, dated)
    known = read_knowledge(store, None)
    corrected = _corrected(store, known, entry, dated.get("booking"))
    for reference, origin in sorted(corrected.items()):
        current = versions(store, "booking", (reference,))[-1].row
        rows.append(("reversal", (0, str(origin), "booking", str(current[0]), reason)))
    left = replace(
        known, transactions=tuple(row for row in known.transactions if row.origin.entry != entry
                                  and row.reference not in corrected),
        transfers=tuple(row for row in known.transfers if row.origin.entry != entry),
        events=tuple(event for event in known.events if event.origin.entry != entry))
    refuse_unfit(left, left.transactions, left.transfers, left.events, set(), str(entry))
    return tuple(rows)


def _refuse_closed(store: Store, entry: int, dated: dict[str, tuple[int, int]]) -> None:
    closed = closed_through(store)
    if closed is None:
        return
    for table, (first, last) in dated.items():
        place = TABLES[table].columns.index(_DATED[table]) + 3
        if any(date.fromisoformat(row[place]) <= closed
               for row in rows_by_id(store, table, range(first, last + 1)).values()):
            raise Refused("period-closed", N_("The period up to {day} is closed.", day=closed), where=str(entry),
                          remedy=N_("Two persons reopen the period, or single bookings after it are corrected."))


def _corrected(store: Store, known: Knowledge, entry: int, ids: tuple[int, int] | None) -> dict[str, int]:
    """Return reference → entry of the corrections that bookings of the batch have had and that are in force."""
    if ids is None:
        return {}
    later = [row for row in known.transactions if row.origin.entry > entry]
    kinds = {number: found.kind for number in {row.origin.entry for row in later}
             if (found := store.entry(number)) is not None}
    later = [row for row in later if kinds.get(row.origin.entry) == _KIND]
    if not later:
        return {}
    place = TABLES["booking"].columns.index("reference") + 3
    own = {row[place] for row in rows_by_id(store, "booking", range(ids[0], ids[1] + 1)).values()}
    return {row.reference: row.origin.entry for row in later if row.reference in own
            and _follows(store, row.reference, entry)}


def _follows(store: Store, reference: str, entry: int) -> bool:
    """Return whether the row in force came from this batch: no other batch has booked the reference since."""
    chain = [item.row[1] for item in versions(store, "booking", (reference,))]
    batches = [number for number in chain if (found := store.entry(number)) is not None and found.kind != _KIND]
    return bool(batches) and batches[-1] == entry
