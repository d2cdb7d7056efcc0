"""Verification of decisions: every signature, and every fact that two persons decide against what they signed.

It finds what a chain of hashes alone cannot: a book written by somebody who used the program's own code without the
triggers, so that every hash fits, but nobody's second key signed.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from sandyq.basics.text import N_
from sandyq.control.attesting import without_signature
from sandyq.control.deciding import (
    ALWAYS,
    FIRST_PERSONS,
    ONCE_ENROLLED,
    Content,
    approval_fault,
    proof_holds,
    proposal_fault,
    read_content,
    trusted,
)
from sandyq.control.people import Enrolment
from sandyq.control.proposals import Decision, Proposal
from sandyq.control.records import Damage
from sandyq.reference.facts import TABLES
from sandyq.store.approvals import (
    Target,
    book_id,
    proposals_as_recorded,
    reached,
    read_enrolments,
    tables_of,
)
from sandyq.store.engine import BROKEN, Connection
from sandyq.store.guards import DATED, KEPT_TABLES, KEPT_WHOLE

_UNREADABLE: Final = N_("People, proposals and decisions cannot be read.").template
_NO_PROOF: Final = N_("The person did not prove to hold the key that they are enrolled with.").template
_ALIAS: Final = N_("Two persons are enrolled with the same key.").template
_TWICE: Final = N_("Two proposals have the same reference.").template
_AGAIN: Final = N_("The proposal was decided more than once.").template
_NO_PROPOSAL: Final = N_("There is a decision without its proposal.").template
_NOT_SIGNED: Final = N_("The entry does not hold exactly what was approved.").template
_UNAPPROVED: Final = N_("The entry holds facts that two persons decide, and no approval of them.").template
_CLOSED: Final = N_("The entry changes a period that was closed.").template
_KEPT: Final = N_("The entry reverses people, decisions or a closed period.").template


def decision_damages(connection: Connection) -> list[Damage]:
    """Return what is wrong with persons, proposals, approvals and the facts that need them, by entry and table."""
    try:
        people = read_enrolments(connection)
        proposals = proposals_as_recorded(connection)
        approved = {number for number, in connection.execute(
            'SELECT "entry" FROM "approval" WHERE "decision" = \'approved\'')}
        counted = trusted(people, proposals, book_id(connection))
        return [*_people(people, book_id(connection), approved), *_proposals(connection, proposals, counted),
                *_contents(connection, proposals, approved), *_unapproved(connection, people, approved),
                *_closed(connection), *_reversals(connection, people, approved)]
    except (*BROKEN, ValueError, TypeError):
        return [Damage(0, "approval", "", _UNREADABLE)]


def _people(people: Sequence[Enrolment], book: str, approved: set[int]) -> Iterator[Damage]:
    names: list[str] = []
    keys: dict[str, str] = {}
    for person in people:
        entry = person.origin.entry
        if not proof_holds(person, book):
            yield Damage(entry, "person", person.name, _NO_PROOF)
        if keys.setdefault(person.public_key, person.name) != person.name:
            yield Damage(entry, "person", person.name, _ALIAS)
        if (person.name in names or len(names) >= FIRST_PERSONS) and entry not in approved:
            yield Damage(entry, "person", person.name, _UNAPPROVED)
        if person.name not in names:
            names.append(person.name)


def _proposals(connection: Connection, proposals: Sequence[Proposal], people: Sequence[Enrolment]) -> Iterator[Damage]:
    book = book_id(connection)
    seen: set[str] = set()
    for proposal in proposals:
        if proposal.reference in seen:
            yield Damage(proposal.origin.entry, "proposal", proposal.reference, _TWICE)
        seen.add(proposal.reference)
        fault = proposal_fault(proposal, people, book)
        if fault is not None:
            yield Damage(proposal.origin.entry, "proposal", proposal.reference, fault.template)
        for number, approval in enumerate(proposal.approvals):
            wrong = approval_fault(proposal, approval, people, book)
            if wrong is not None:
                yield Damage(approval.origin.entry, "approval", proposal.reference, wrong.template)
            if number:
                yield Damage(approval.origin.entry, "approval", proposal.reference, _AGAIN)
    for entry, reference in connection.execute('SELECT "entry", "proposal" FROM "approval" ORDER BY "id"'):
        if reference not in seen:
            yield Damage(entry, "approval", str(reference), _NO_PROPOSAL)


def _contents(connection: Connection, proposals: Sequence[Proposal], approved: set[int]) -> Iterator[Damage]:
    """Hold the rows and the payload of each approving entry against what was signed, byte for byte."""
    agreed: dict[int, list[Proposal]] = {entry: [] for entry in approved}
    for proposal in proposals:
        for approval in proposal.approvals:
            if approval.decision is Decision.APPROVED:
                agreed[approval.origin.entry].append(proposal)
    for entry, decided in agreed.items():
        wanted: dict[str, list[tuple[Any, ...]]] = {}
        contents = [read_content(proposal.content) for proposal in decided]
        for content in contents:
            for table, row in content.rows:
                wanted.setdefault(table, []).append(row)
        found = _recorded(connection, entry)
        for table in sorted(wanted.keys() | found.keys()):
            if wanted.get(table) != found.get(table):
                yield Damage(entry, table, "", _NOT_SIGNED)
        if len(decided) == 1 and not _same_entry(connection, entry, decided[0], contents[0]):
            yield Damage(entry, "journal", str(entry), _NOT_SIGNED)


def _same_entry(connection: Connection, entry: int, proposal: Proposal, content: Content) -> bool:
    found = connection.execute('SELECT "kind", "key", "payload" FROM "journal" WHERE "seq" = ?', [entry]).fetchone()
    return found is not None and (found[0], found[1], without_signature(json.loads(found[2]))[0]) == (
        proposal.kind, content.key, {**content.payload, "proposal": proposal.reference})


def _recorded(connection: Connection, entry: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of an entry other than its decisions and proposals, by table in the order of recording."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table, first, count in connection.execute(
            'SELECT "fact_table", "first_id", "row_count" FROM "content" WHERE "entry" = ? '
            'ORDER BY "fact_table", "first_id"', [entry]).fetchall():
        if table in {"approval", "proposal"} or table not in TABLES:
            continue
        names = ", ".join(f'"{column}"' for column in ("line", *TABLES[table].columns))
        found.setdefault(table, []).extend(connection.execute(
            f'SELECT {names} FROM "{table}" WHERE "id" BETWEEN ? AND ? ORDER BY "id"', [first, first + count - 1]))
    return found


def _unapproved(connection: Connection, people: Sequence[Enrolment], approved: set[int]) -> Iterator[Damage]:
    since = people[0].origin.entry if people else None
    for table in sorted(ALWAYS | ONCE_ENROLLED):
        for entry, in connection.execute(f'SELECT DISTINCT "entry" FROM "{table}" ORDER BY "entry"'):
            controlled = table in ALWAYS or (since is not None and entry > since)
            if controlled and entry not in approved:
                yield Damage(entry, table, "", _UNAPPROVED)


def _closed(connection: Connection) -> Iterator[Damage]:
    """Find rows dated on or before the day through which the book was closed when they were recorded."""
    for table, column in DATED:
        for first, last, through in _closed_spans(connection):
            for entry, in connection.execute(
                    f'SELECT DISTINCT "entry" FROM "{table}" WHERE "entry" > ? AND "entry" < ? AND "{column}" <= ?',
                    [first, last, through]):
                yield Damage(entry, table, "", _CLOSED)


def _closed_spans(connection: Connection) -> list[tuple[int, int, str]]:
    """Return (entry that closed, entry of the next such decision, closed through)."""
    closes = connection.execute('SELECT "entry", "through" FROM "period_close" ORDER BY "id"').fetchall()
    return [(entry, following, through) for (entry, through), (following, _) in pairwise([*closes, (1 << 62, "")])]


def _reversals(connection: Connection, people: Sequence[Enrolment], approved: set[int]) -> Iterator[Damage]:
    if not people:
        return
    since, spans = people[0].origin.entry, _closed_spans(connection)
    controlled = ALWAYS | ONCE_ENROLLED
    for entry, target_entry, table, number in connection.execute(
            'SELECT "entry", "target_entry", "target_table", "target_id" FROM "reversal" WHERE "entry" > ? '
            'ORDER BY "id"', [since]).fetchall():
        for target in reached(connection, [(int(target_entry), table or "", number or "")]):
            tables = tables_of(connection, target[0], target[1])
            if target[1] in KEPT_TABLES or (not target[1] and tables & set(KEPT_WHOLE)):
                yield Damage(entry, "reversal", "", _KEPT)
            if (tables & controlled or target[0] in approved) and entry not in approved:
                yield Damage(entry, "reversal", "", _UNAPPROVED)
            through = next((through for first, last, through in spans if first < entry < last), "")
            if through and _reaches_closed(connection, target, dict(DATED), through):
                yield Damage(entry, "reversal", "", _CLOSED)


def _reaches_closed(connection: Connection, target: Target, dates: Mapping[str, str], through: str) -> bool:
    entry, table, number = target
    for name in tables_of(connection, entry, table) & dates.keys():
        column, value = ("id", int(number)) if number else ("entry", entry)
        if connection.execute(f'SELECT 1 FROM "{name}" WHERE "{column}" = ? AND "{dates[name]}" <= ? LIMIT 1',
                              [value, through]).fetchone():
            return True
    return False
