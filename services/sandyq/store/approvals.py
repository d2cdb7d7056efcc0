"""Proposals with their decisions, and everything ever recorded about persons. Reversals do not reach either of them."""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from sandyq.basics.origin import Origin
from sandyq.control.chain import moment_of
from sandyq.control.deciding import ALWAYS, ONCE_ENROLLED, end_of, judged, trusted
from sandyq.control.people import Enrolment, Role
from sandyq.control.proposals import Approval, Decision, Proposal, ProposalState
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.engine import BROKEN, Connection, damaged
from sandyq.store.visibility import limit_at

if TYPE_CHECKING:
    from sandyq.store.store import Store

_LAST: Final = 1 << 62
Target = tuple[int, str, str]
"""What a reversal names: entry, table (empty: all of them), row (empty: all of them)."""


def has_people(connection: Connection) -> bool:
    """Return whether anybody was ever enrolled."""
    return connection.execute('SELECT 1 FROM "person" LIMIT 1').fetchone() is not None


def book_id(connection: Connection) -> str:
    """Return what signatures call the book: the hash of its first entry."""
    found = connection.execute('SELECT "hash" FROM "journal" WHERE "seq" = 1').fetchone()
    return str(found[0]) if found else ""


def read_proposals(store: Store, now: datetime, known_at: datetime | None = None) -> tuple[Proposal, ...]:
    """Return the proposals known at a moment, in the order in which they were made, each with its state at `now`.

    Every signature is checked. A clock that is behind the last entry opens no proposal that has expired.
    Raises IntegrityFailed for rows that only damage can have made.
    """
    connection = store.connection
    try:
        limit = limit_at(connection, known_at)
        book = book_id(connection)
        recorded = proposals_as_recorded(connection, limit)
        enrolments = trusted(read_enrolments(connection, limit), recorded, book)
        latest = connection.execute('SELECT max("known_at") FROM "journal" WHERE "seq" <= ?', [limit]).fetchone()[0]
        now = max(now, moment_of(latest)) if latest else now
        return tuple(judged(proposal, enrolments, book, now) for proposal in recorded)
    except (*BROKEN, ValueError) as error:
        raise damaged(store.path.name, error) from None


def trusted_enrolments(store: Store) -> tuple[Enrolment, ...]:
    """Return every row about persons that counts, those of people who left too. Raises IntegrityFailed for damage."""
    connection = store.connection
    try:
        return trusted(read_enrolments(connection), proposals_as_recorded(connection), book_id(connection))
    except (*BROKEN, ValueError) as error:
        raise damaged(store.path.name, error) from None


def void_entries(connection: Connection) -> frozenset[int]:
    """Return the entries of which nothing counts: facts of two persons without a decision whose signatures hold.

    The book's triggers let no such entry in; it is there only when somebody took them away.
    Raises ValueError for rows that only damage can have made.
    """
    if not has_people(connection):
        return frozenset()
    book, recorded, people = book_id(connection), proposals_as_recorded(connection), read_enrolments(connection)
    enrolments = trusted(people, recorded, book)
    approved = {number for number, in connection.execute(
        'SELECT "entry" FROM "approval" WHERE "decision" = \'approved\'')}
    sound = set[int]()
    for proposal in recorded:
        for approval in proposal.approvals:
            if approval.decision is Decision.APPROVED and judged(
                    proposal, enrolments, book, approval.known_at).state is ProposalState.APPROVED:
                sound.add(approval.origin.entry)
    since = people[0].origin.entry
    for table in sorted(ALWAYS | ONCE_ENROLLED):
        first = 0 if table in ALWAYS else since
        approved |= {number for number, in connection.execute(
            f'SELECT DISTINCT "entry" FROM "{table}" WHERE "entry" > ?', [first])}
    counted = {person.origin for person in enrolments}
    approved |= {person.origin.entry for person in people if person.origin not in counted}
    return frozenset(approved - sound)


class VoidEntries:
    """`void_entries` of one connection, read again when another one has written, or this one recorded such facts."""

    def __init__(self) -> None:
        self._state: tuple[int, ...] = ()
        self._found: frozenset[int] = frozenset()

    def read(self, connection: Connection, name: str) -> frozenset[int]:
        """Return them. Raises IntegrityFailed for rows that only damage can have made."""
        try:
            state = _decided_state(connection)
            if state != self._state:
                self._found = void_entries(connection)
                self._state = state
        except (*BROKEN, ValueError) as error:
            raise damaged(name, error) from None
        return self._found


def _decided_state(connection: Connection) -> tuple[int, ...]:
    """Return numbers that change whenever `void_entries` may say something else."""
    tables = ("person", "proposal", "approval", *sorted(ALWAYS | ONCE_ENROLLED))
    latest = ", ".join(f'(SELECT coalesce(max("id"), 0) FROM "{table}")' for table in tables)
    return (*connection.execute("PRAGMA data_version").fetchone(), *connection.execute(f"SELECT {latest}").fetchone())


def read_enrolments(connection: Connection, limit: int = _LAST) -> tuple[Enrolment, ...]:
    """Return every row about persons up to an entry, as recorded. Raises ValueError for a row that is none."""
    return tuple(Enrolment(name, Role(role), key, date.fromisoformat(since), date.fromisoformat(left) if left else None,
                           proof, Origin(entry, line))
                 for entry, line, name, role, key, since, left, proof in _rows(
                     connection, "person", "name role public_key valid_from left proof", limit))


def proposals_as_recorded(connection: Connection, limit: int = _LAST) -> tuple[Proposal, ...]:
    """Return proposals with their decisions, not yet judged (state OPEN). Raises ValueError for a row that is none.

    The moment of an entry is the largest up to it: a clock that ran back makes no decision earlier than it was.
    """
    if connection.execute('SELECT 1 FROM "proposal" LIMIT 1').fetchone() is None:
        return ()
    journal = connection.execute('SELECT "seq", "known_at" FROM "journal" ORDER BY "seq"').fetchall()
    moments = dict(zip((seq for seq, _ in journal), accumulate((moment for _, moment in journal), max), strict=True))
    decisions: dict[str, list[Approval]] = {}
    for entry, line, reference, person, decision, content_hash, signature, note in _rows(
            connection, "approval", "proposal person decision content_hash signature note", limit):
        decisions.setdefault(reference, []).append(Approval(
            person, Decision(decision), content_hash, signature, note or "", moment_of(moments.get(entry, "")),
            Origin(entry, line)))
    return tuple(Proposal(reference, kind, subject, author, content, content_hash,
                          end_of(date.fromisoformat(expires) if expires else None), signature,
                          moment_of(moments.get(entry, "")), Origin(entry, line),
                          tuple(decisions.get(reference, ())), ProposalState.OPEN)
                 for entry, line, reference, kind, subject, author, content, content_hash, expires, signature in _rows(
                     connection, "proposal", "reference kind subject author content content_hash expires signature",
                     limit))


def entries_since(store: Store, entry: int, tables: Collection[str]) -> int:
    """Return how many entries after one recorded something in the tables."""
    marks = ", ".join("?" * len(tables))
    return int(store.connection.execute(
        f'SELECT count(DISTINCT "entry") FROM "content" WHERE "entry" > ? AND "fact_table" IN ({marks})',
        [entry, *tables]).fetchone()[0])


def _rows(connection: Connection, table: str, columns: str, limit: int) -> list[tuple[Any, ...]]:
    names = columns.split()
    assert set(names) <= set(TABLES[table].columns)
    wanted = ", ".join(f'"{name}"' for name in ("entry", "line", *names))
    found: list[tuple[Any, ...]] = connection.execute(
        f'SELECT {wanted} FROM "{table}" WHERE "entry" <= ? ORDER BY "id"', [limit]).fetchall()
    return found


def reaches_decided(connection: Connection, rows: Iterable[tuple[str, FactRow]], controlled: Collection[str]) -> bool:
    """Return whether reversal rows, or reversals that they undo in turn, reach what two persons decided or now would.

    The book's own trigger says the same; this tells beforehand that a proposal is due.
    """
    targets = [(int(str(row[1])), str(row[2] or ""), str(row[3] or "")) for table, row in rows if table == "reversal"]
    for entry, table, _ in reached(connection, targets):
        decided = connection.execute(
            'SELECT 1 FROM "approval" WHERE "entry" = ? AND "decision" = \'approved\'', [entry]).fetchone()
        if decided is not None or tables_of(connection, entry, table) & set(controlled):
            return True
    return False


def reached(connection: Connection, targets: Iterable[Target]) -> set[Target]:
    """Return what reversals reach: their targets, and the targets of reversals that they undo."""
    todo, done = list(targets), set[Target]()
    while todo:
        target = todo.pop()
        if target in done:
            continue
        done.add(target)
        entry, table, number = target
        if "reversal" in tables_of(connection, entry, table):
            column, value = ("id", int(number)) if number else ("entry", entry)
            todo += [(int(target_entry), target_table or "", target_id or "")
                     for target_entry, target_table, target_id in connection.execute(
                         f'SELECT "target_entry", "target_table", "target_id" FROM "reversal" WHERE "{column}" = ?',
                         [value])]
    return done


def tables_of(connection: Connection, entry: int, table: str = "") -> set[str]:
    """Return the tables that a reversal of an entry reaches: the one it names, else all that the entry recorded in."""
    if table:
        return {table}
    return {name for name, in connection.execute('SELECT DISTINCT "fact_table" FROM "content" WHERE "entry" = ?',
                                                 [entry])}
