"""What changed between two moments, fact by fact, and every version of one fact.

Only facts of the entries in between are read, and those that a reversal in between hid or brought back.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, Final

from sandyq.reference.facts import TABLES, FactTable
from sandyq.store.engine import BROKEN, damaged
from sandyq.store.store import Row, Store
from sandyq.store.visibility import Visible

_DAYS: Final = {
    "price": "date", "coin_price": "date", "fx_rate": "date", "fund_holding": "date", "company_holding": "date",
    "company_purchase": "filing_date", "fund_flow": "date", "reserve": "date", "programme": "date",
    "booking": "trade_date", "transfer": "trade_date", "manual_price": "date", "fund_weight": "date",
}
"""The column with the day that a fact is about, where a fact about a later day says nothing about an earlier one."""
_RANGES: Final = 400
"""Ranges of ids in one question; the engine has a bound for parameters, and single ids beyond go in as one list."""
_Slim = tuple[Any, ...]
"""(id, entry, value of each column of the key, None as an empty text)."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One key whose visible row differs between two moments; `entry` is the one that made the difference.

    `how` is ``new``, ``superseded``, ``reversed`` or ``restored``; `reason` that of the reversal, if there is one.
    `old` and `new` are ids: `rows_by_id` reads the rows of those that are looked at.
    """

    table: str
    key: tuple[str, ...]
    how: str
    old: int | None
    new: int | None
    entry: int
    reason: str


@dataclass(frozen=True, slots=True)
class Version:
    """One row ever recorded under a key: ``current``, ``superseded`` or ``reversed``, and by which entry for what."""

    row: Row
    mark: str
    ended_by: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Undoing:
    """One reversal row that counts."""

    entry: int
    target_entry: int
    table: str
    row: int
    reason: str

    def reaches(self, table: str, row: _Slim) -> bool:
        if self.table and self.table != table:
            return False
        return bool(self.row == row[0] if self.row else self.target_entry == row[1])


def changes_between(store: Store, earlier: datetime | None, later: datetime | None, tables: Sequence[str],
                    until: date | None = None) -> Iterator[RowChange]:
    """Yield what a moment knew differently from an earlier one, table by table, in order of the key.

    Facts about days after `until` are left out where such a fact says nothing about an earlier day.
    """
    old, new = store.visible(earlier), store.visible(later)
    undone = _undoings(store, later)
    for table in tables:
        ranges = _touched(store, table, old, new)
        if ranges:
            yield from _table_changes(store, TABLES[table], ranges, old, new, undone, until)


def touched_tables(store: Store, earlier: datetime | None, later: datetime | None) -> frozenset[str]:
    """Return the tables with a fact that may count at one moment and not at the other. Cheap: reads no facts."""
    old, new = store.visible(earlier), store.visible(later)
    return frozenset(table for table in TABLES if _touched(store, table, old, new))


def entry_moment(store: Store, entry: int) -> datetime | None:
    """Return the moment from which an entry was known: the largest of all up to it. None without such an entry."""
    moments = [item.known_at for item in store.entries() if item.seq <= entry]
    return max(moments, default=None)


def rows_by_id(store: Store, table: str, ids: Iterable[int]) -> dict[int, Row]:
    """Return rows by their ids."""
    facts = TABLES[table]
    found = _ask(store, f'SELECT {_columns(facts)} FROM "{table}" WHERE "id" IN (SELECT value FROM json_each(?))',
                 [json.dumps(sorted(ids))])
    return {row[0]: row for row in found}


def versions(store: Store, table: str, key: Sequence[str], known_at: datetime | None = None) -> tuple[Version, ...]:
    """Return every row recorded under a key up to a moment, oldest first."""
    facts = TABLES[table]
    visible = store.visible(known_at)
    condition = " AND ".join(f"{_plain(facts, name)} = ?" for name in facts.key)
    rows = _ask(store, f'SELECT {_columns(facts)} FROM "{table}" WHERE {condition} AND "entry" <= ? ORDER BY "id"',
                [*key, visible.limit])
    undone = _undoings(store, known_at)
    shown = [row for row in rows if not visible.hides(table, row[0], row[1])]
    found = []
    for row in rows:
        if visible.hides(table, row[0], row[1]):
            by = next((item for item in undone if item.reaches(table, row)), None)
            found.append(Version(row, "reversed", by.entry if by else 0, by.reason if by else ""))
        elif row is shown[-1]:
            found.append(Version(row, "current", 0, ""))
        else:
            after = shown[shown.index(row) + 1]
            found.append(Version(row, "superseded", after[1], ""))
    return tuple(found)


def _undoings(store: Store, known_at: datetime | None) -> list[_Undoing]:
    """Return the reversals that count at a moment, the latest first."""
    visible = store.visible(known_at)
    found = []
    for row_id, entry, _, target, table, target_id, reason in store.rows("reversal", known_at):
        if not visible.hides("reversal", row_id, entry):
            found.append(_Undoing(entry, int(target), table or "", int(target_id or 0), reason or ""))
    return sorted(found, key=lambda item: -item.entry)


def _touched(store: Store, table: str, old: Visible, new: Visible) -> list[tuple[int, int]]:
    """Return ranges of ids whose visibility may differ: recorded in between, or hidden at one moment only."""
    ranges = []
    between = store.connection.execute(
        'SELECT min("first_id"), max("first_id" + "row_count" - 1) FROM "content" WHERE "entry" > ? AND "entry" <= ? '
        'AND "fact_table" = ?', [old.limit, new.limit, table]).fetchone()
    if between[0] is not None:
        ranges.append((int(between[0]), int(between[1])))
    entries = old.entries ^ new.entries | {entry for entry, name in old.tables ^ new.tables if name == table}
    for entry in sorted(entries):
        found = store.facts_of(entry).get(table)
        if found:
            ranges.append(found)
    ids = old.rows.get(table, frozenset()) ^ new.rows.get(table, frozenset())
    return [*ranges, *((row_id, row_id) for row_id in sorted(ids))]


def _table_changes(store: Store, facts: FactTable, ranges: Sequence[tuple[int, int]], old: Visible, new: Visible,
                   undone: Sequence[_Undoing], until: date | None) -> Iterator[RowChange]:
    undoing = [item for item in undone if item.table in {"", facts.name, "reversal"}]
    name, limit = facts.name, old.limit
    rows = _versions_touched(store, facts, ranges, new.limit, until)
    before: _Slim | None = None
    after: _Slim | None = None
    for row, following in zip(rows, chain(rows[1:], [()]), strict=False):
        if row[1] <= limit and not old.hides(name, row[0], row[1]):
            before = row
        if not new.hides(name, row[0], row[1]):
            after = row
        if row[2:] == following[2:]:  # another row of the same key comes
            continue
        if before is not after:
            yield _change(name, row[2:], before, after, limit, undoing)
        before = after = None


def _versions_touched(store: Store, facts: FactTable, ranges: Sequence[tuple[int, int]], limit: int,
                      until: date | None) -> list[_Slim]:
    """Return all rows up to an entry of every key that has a row in the ranges, in order of key and id."""
    keys = ", ".join(f'{_plain(facts, name)} AS "{name}"' for name in facts.key)
    same = " AND ".join(f'{_plain(facts, name, "f.")} = k."{name}"' for name in facts.key)
    chosen = " OR ".join('"id" BETWEEN ? AND ?' for _ in ranges[:_RANGES])
    values: list[object] = [number for pair in ranges[:_RANGES] for number in pair]
    if len(ranges) > _RANGES:
        chosen += ' OR "id" IN (SELECT value FROM json_each(?))'
        values.append(json.dumps([n for low, high in ranges[_RANGES:] for n in range(low, high + 1)]))
    about = ""
    day = _DAYS.get(facts.name)
    if until is not None and day:
        about = f' AND "{day}" <= ?'
        values.append(until.isoformat())
    order = ", ".join(f'k."{name}"' for name in facts.key)
    return _ask(store, f'WITH k AS MATERIALIZED (SELECT DISTINCT {keys} FROM "{facts.name}" WHERE ({chosen}){about}) '
                       f'SELECT f."id", f."entry", {order} FROM k CROSS JOIN "{facts.name}" f ON {same} '
                       f'WHERE f."entry" <= ? ORDER BY {order}, f."id"', [*values, limit])


def _change(table: str, key: tuple[str, ...], before: _Slim | None, after: _Slim | None, limit: int,
            undone: Sequence[_Undoing]) -> RowChange:
    gone = next((item for item in undone if before is not None and item.entry > limit
                 and item.reaches(table, before)), None)
    reason = gone.reason if gone else ""
    if after is None:
        assert before is not None
        return RowChange(table, key, "reversed", before[0], None, gone.entry if gone else 0, reason)
    old = None if before is None else before[0]
    if after[1] > limit:
        return RowChange(table, key, "new" if old is None else "superseded", old, after[0], after[1], reason)
    if gone is None:
        gone = next((item for item in undone if item.entry > limit and item.table in {"", "reversal"}), None)
    return RowChange(table, key, "restored", old, after[0], gone.entry if gone else after[1],
                     gone.reason if gone else "")


def _plain(facts: FactTable, name: str, alias: str = "") -> str:
    """A key's column; None and an empty text are the same there."""
    return f'{alias}"{name}"' if name in facts.required else f"coalesce({alias}\"{name}\", '')"


def _columns(facts: FactTable) -> str:
    return ", ".join(f'"{name}"' for name in ("id", "entry", "line", *facts.columns))


def _ask(store: Store, question: str, values: Sequence[object]) -> list[Row]:
    try:
        return list(store.connection.execute(question, values))
    except BROKEN as error:
        raise damaged(store.path.name, error) from None
