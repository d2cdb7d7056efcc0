"""What the order desk asks the store beyond visible facts: the latest moment, events that no reversal takes away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sandyq.basics.origin import Origin
from sandyq.control.attesting import row_holds
from sandyq.control.chain import moment_of
from sandyq.control.deciding import enrolled_then
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.approvals import book_id, trusted_enrolments
from sandyq.store.engine import told
from sandyq.store.records import Fact
from sandyq.store.store import Store


def latest_moment(store: Store) -> datetime | None:
    """Return the latest moment that any entry is known from: no clock that runs behind it revives an approval."""
    with told(store.path.name):
        found = store.connection.execute('SELECT max("known_at") FROM "journal"').fetchone()[0]
    return moment_of(found) if found else None


def every_version(store: Store, table: str, known_at: datetime | None = None) -> Iterator[Fact]:
    """Yield all rows ever recorded up to a moment, reversed ones too: an order that has ended stays ended."""
    names = TABLES[table].columns
    for row, _ in store.all_versions(table, known_at):
        fact = Fact(zip(names, ("" if value is None else str(value) for value in row[3:]), strict=True))
        fact.origin = Origin(row[1], row[2])
        yield fact


def signature_stands(store: Store, table: str, fact: Fact) -> bool:
    """Return whether the person named in a row signed exactly this row, and was enrolled when it was recorded."""
    person = enrolled_then(trusted_enrolments(store), fact["person"], fact.origin.entry)
    row: FactRow = (fact.origin.line, *(fact[name] or None for name in TABLES[table].columns))
    return person is not None and row_holds(person.public_key, book_id(store.connection), table, row)
