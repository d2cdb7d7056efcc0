"""The gate's daily evidence: recorded once a day and book, and held against what is known now (F074, F076)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sandyq.basics.errors import BadInput, IntegrityFailed, Refused
from sandyq.basics.text import N_
from sandyq.control.people import Right
from sandyq.gate.evidence import Evidence, day_hash, differences, read_day, spelled_day
from sandyq.reference.facts import FactRow
from sandyq.store.changes import entry_moment
from sandyq.store.records import Fact, facts
from sandyq.workstation import workstation
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.gating import Gate, gate_on

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


@dataclass(frozen=True, slots=True)
class StoredDay:
    """A recorded day: by whom and when, its text and hash, and the journal's entry up to which facts counted."""

    book: str
    day: date
    content: str
    content_hash: str
    known_entry: int
    entry: int
    who: str
    when: datetime

    @property
    def evidence(self) -> Evidence:
        return read_day(self.content)

    @property
    def late(self) -> bool:
        """Whether it was recorded only after the following day: it then says what was known later."""
        return (self.when.date() - self.day).days > 1


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded day made again: the hash by what was known then, and what today's knowledge says otherwise."""

    stored: StoredDay
    hash_again: str
    changed: tuple[tuple[str, str | None, str | None], ...]

    @property
    def holds(self) -> bool:
        return self.hash_again == self.stored.content_hash


def text_of(station: Workstation, q: Question, found: Gate) -> str:
    """Return the canonical text of the gate's day by what the question's moment knew."""
    known = station.knowledge(q.known_at)
    mandate = known.mandate(q.as_of, q.book) if known.has_mandate(q.book) else None
    return spelled_day(q.book, found.rule, found.today, found.known_from,
                       f"{mandate.name} {mandate.version}" if mandate and found.in_mandate else "", known.head)


def record_day(station: Workstation, q: Question) -> Changes:
    """Record the gate's day as evidence. Raises Refused when it is recorded already, BadInput without coin closes."""
    if q.known_at is not None:
        raise BadInput("records-now", N_("Evidence is recorded with what is known now."))
    station.people.require(Right.BOOK)
    workstation.refuse_day_to_come(q.as_of)
    if stored_day(station, q, q.as_of) is not None:
        raise Refused("recorded-already", N_("The gate of {day} is recorded already; what was recorded stays.",
                                             day=q.as_of), where=q.as_of.isoformat())
    found = gate_on(station, q)
    text = text_of(station, q, found)
    digest, head = day_hash(text), station.knowledge().head
    row: FactRow = (0, q.book, q.as_of.isoformat(), found.today.state.value, str(found.today.dwell), text, digest,
                    str(head))
    return station.record("gate_day", {"book": q.book, "day": q.as_of.isoformat(), "state": found.today.state.value,
                                       "hash": digest}, [("gate_day", row)])


def keep_day(station: Workstation, q: Question) -> Changes | None:
    """Record the gate's day where the mandate has a gate and it is not recorded; None: there was nothing to do."""
    known = station.knowledge(q.known_at)
    if not known.has_mandate(q.book) or known.mandate(q.as_of, q.book).gate is None:
        return None
    try:
        return record_day(station, q)
    except (Refused, BadInput):
        return None  # recorded before, or without coin closes: then there is no verdict that could be kept


def stored_days(station: Workstation, q: Question) -> tuple[StoredDay, ...]:
    """Return the recorded days of the question's book that were known at its moment, oldest first."""
    found = [_stored(station, fact) for fact in facts(station.store, "gate_day", q.known_at) if fact["book"] == q.book]
    return tuple(sorted(found, key=lambda one: one.day))


def stored_day(station: Workstation, q: Question, day: date) -> StoredDay | None:
    """Return one recorded day, None when it was not recorded."""
    return next((one for one in stored_days(station, q) if one.day == day), None)


def replay_day(station: Workstation, q: Question) -> Replayed:
    """Make a recorded day again, by what was known then and by what the question's moment knows.

    Raises BadInput when the day was not recorded, IntegrityFailed when its entry is missing.
    """
    stored = stored_day(station, q, q.as_of)
    if stored is None:
        raise BadInput("no-gate-day", N_("The gate of {day} was not recorded.", day=q.as_of), where=q.as_of.isoformat())
    moment = entry_moment(station.store, stored.known_entry)
    if moment is None:
        raise IntegrityFailed("no-entry", N_("There is no entry {entry} in the journal.", entry=stored.known_entry))
    then = Question(q.as_of, moment, q.book)
    again = text_of(station, then, gate_on(station, then))
    now = text_of(station, q, gate_on(station, q))
    return Replayed(stored, day_hash(again), differences(stored.evidence, read_day(now)))


def _stored(station: Workstation, fact: Fact) -> StoredDay:
    entry = station.store_entry(fact.origin.entry)
    return StoredDay(fact["book"], fact.sure_day("date"), fact["content"], fact["content_hash"],
                     int(fact["known_entry"]), fact.origin.entry, entry.actor, entry.known_at)
