"""What was visible at a moment: a prefix of the journal, less what had been reversed by then.

An entry is known from the largest `known_at` up to and including its own: a clock that ran back neither hides what was
known nor puts a later entry before an earlier one. So the entries known at T are those before the first whose
`known_at` is after T, and once such an entry exists the answer for T is final.

A reversal row names an entry, and in it everything (table empty), a table (id empty) or one row. A reversal of a
reversal restores. Only entries before the reversal's own can be reversed.

Entries that hold facts of two persons without their signatures (`sandyq.store.approvals.void_entries`) never count.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandyq.control.chain import moment_text
from sandyq.reference.facts import TABLES
from sandyq.store.engine import Connection


@dataclass(frozen=True, slots=True)
class Visible:
    """Entries up to `limit`, without reversed `entries`, (entry, table) pairs and (table → ids) `rows`."""

    limit: int
    entries: frozenset[int] = frozenset()
    tables: frozenset[tuple[int, str]] = frozenset()
    rows: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def hides(self, table: str, row_id: int, entry: int) -> bool:
        """Return whether a row of an entry within the limit has been reversed."""
        return (entry in self.entries or (entry, table) in self.tables or row_id in self.rows.get(table, ()))

    def condition(self, table: str) -> tuple[str, list[object]]:
        """Return the SQL condition (on columns entry and id) for rows that are visible, and its parameters."""
        words, values = ['"entry" <= ?'], list[object]([self.limit])
        hidden = sorted(self.entries | {entry for entry, name in self.tables if name == table})
        for column, numbers in (("entry", hidden), ("id", sorted(self.rows.get(table, ())))):
            if numbers:
                words.append(f'"{column}" NOT IN (SELECT value FROM json_each(?))')
                values.append(json.dumps(numbers))
        return " AND ".join(words), values


def visible_at(connection: Connection, known_at: datetime | None, void: frozenset[int] = frozenset()) -> Visible:
    """Return what was visible at a moment (None: everything recorded so far), nothing of `void` entries."""
    limit = limit_at(connection, known_at)
    found = connection.execute(
        'SELECT "id", "entry", "target_entry", "target_table", "target_id" FROM "reversal" WHERE "entry" <= ? '
        'ORDER BY "entry" DESC, "id" DESC', [limit]).fetchall()
    return _without_reversed(limit, found, void) if found or void else Visible(limit)


def limit_at(connection: Connection, known_at: datetime | None) -> int:
    """Return the sequence number of the last entry known at a moment, 0 when there was none."""
    if known_at is not None:
        later = connection.execute('SELECT min("seq") FROM "journal" WHERE "known_at" > ?', [moment_text(known_at)])
        first = later.fetchone()[0]
        if first is not None:
            return int(first) - 1
    return int(connection.execute('SELECT coalesce(max("seq"), 0) FROM "journal"').fetchone()[0])


def _without_reversed(limit: int, reversals: Sequence[tuple[int, int, str, str | None, str | None]],
                      void: frozenset[int]) -> Visible:
    entries: set[int] = set(void)
    tables: set[tuple[int, str]] = set()
    rows: dict[str, set[int]] = {}
    for row_id, entry, target_entry, target_table, target_id in reversals:
        undone = entry in entries or (entry, "reversal") in tables or row_id in rows.get("reversal", ())
        target = int(target_entry)
        if undone or target >= entry:
            continue
        if not target_table:
            entries.add(target)
        elif not target_id:
            tables.add((target, target_table))
        elif target_table in TABLES:
            rows.setdefault(target_table, set()).add(int(target_id))
    return Visible(limit, frozenset(entries), frozenset(tables),
                   {table: frozenset(ids) for table, ids in rows.items()})
