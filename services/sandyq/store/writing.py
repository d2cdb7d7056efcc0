"""One batch, one transaction: rows go in by blocks, are hashed as they go, and the entry closes them."""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused, SandyqError
from sandyq.basics.text import N_, Text
from sandyq.control.attesting import ENTRY_SIGNATURE, entry_message
from sandyq.control.chain import (
    BLOCK_ROWS,
    GENESIS,
    Block,
    canonical_json,
    content_hash,
    entry_hash,
    hash_columns,
    moment_of,
    moment_text,
)
from sandyq.control.records import Batch, Entry, Written
from sandyq.reference.facts import TABLES, FactRow, FactTable
from sandyq.store.approvals import book_id
from sandyq.store.engine import Connection, RefusedRow
from sandyq.store.guards import CODES, NEEDS_SECOND

_ENTRY: Final = ('INSERT INTO "journal" ("seq", "known_at", "actor", "kind", "payload", "key", "content_hash", '
                 '"prev_hash", "hash", "late_clock") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
_BLOCK: Final = ('INSERT INTO "content" ("entry", "fact_table", "first_id", "row_count", "hash", "columns") '
                 "VALUES (?, ?, ?, ?, ?, ?)")
_GAP: Final = "\x00"
_BEFORE_OTHERS: Final = ("proposal", "approval")
"""Tables whose rows go in before all others of an entry: triggers look for the decision that covers a row."""


def write_batch(connection: Connection, batch: Batch, now: datetime) -> Written:
    """Insert a batch inside the transaction that the caller has begun and will end.

    Raises BadInput for a row whose form the book does not accept, Refused or ApprovalNeeded for one that a rule of the
    book forbids; the caller then rolls back.
    """
    seq, previous, latest = _head(connection)
    blocks = _write_rows(connection, seq, batch.rows)
    known_at = moment_text(now)
    late = known_at < latest
    content = content_hash(blocks)
    hashed = partial(entry_hash, previous, seq=seq, known_at=known_at, actor=batch.actor, kind=batch.kind,
                     key=batch.key, content=content, late_clock=late)
    payload, signature = canonical_json(batch.payload), ""
    if batch.signer is not None:
        signature = batch.signer.sign(entry_message(book_id(connection), hashed(payload=payload))).hex()
        payload = canonical_json({**batch.payload, ENTRY_SIGNATURE: signature})
    mark = hashed(payload=payload)
    connection.executemany(_BLOCK, [(seq, block.table, block.first_id, block.rows, block.hash, block.columns)
                                    for block in blocks])
    try:
        connection.execute(_ENTRY, (seq, known_at, batch.actor, batch.kind, payload, batch.key, content, previous, mark,
                                    int(late)))
    except RefusedRow as error:
        raise BadInput("entry-refused", N_("The entry is not in the form that the journal accepts."),
                       where=str(error)) from None
    counts: dict[str, int] = {}
    for block in blocks:
        counts[block.table] = counts.get(block.table, 0) + block.rows
    entry = Entry(seq, moment_of(known_at), batch.actor, batch.kind, MappingProxyType(dict(batch.payload)), content,
                  mark, late, signature)
    return Written(entry, MappingProxyType(counts))


def _head(connection: Connection) -> tuple[int, str, str]:
    """Return the next sequence number, the last hash and the largest moment so far."""
    last = connection.execute('SELECT "seq", "hash" FROM "journal" ORDER BY "seq" DESC LIMIT 1').fetchone()
    if last is None:
        return 1, GENESIS, ""
    return last[0] + 1, last[1], connection.execute('SELECT max("known_at") FROM "journal"').fetchone()[0]


def _write_rows(connection: Connection, seq: int, rows: Iterable[tuple[str, FactRow]]) -> list[Block]:
    waiting: dict[str, list[FactRow]] = {}
    next_ids: dict[str, int] = {}
    blocks: list[Block] = []
    for table, row in rows:
        pending = waiting.get(table)
        if pending is None:
            pending = waiting[table] = []
            next_ids[table] = _next_id(connection, table)
        pending.append(row)
        if len(pending) == BLOCK_ROWS:
            for name in dict.fromkeys((*_BEFORE_OTHERS, table)):
                if waiting.get(name):
                    blocks.append(_write_block(connection, seq, name, next_ids, waiting[name]))
                    waiting[name].clear()
    blocks.extend(_write_block(connection, seq, name, next_ids, waiting[name])
                  for name in dict.fromkeys((*_BEFORE_OTHERS, *waiting)) if waiting.get(name))
    return blocks


def _write_block(connection: Connection, seq: int, table: str, next_ids: dict[str, int],
                 rows: Sequence[FactRow]) -> Block:
    facts = TABLES[table]
    first = next_ids[table]
    if set(map(len, rows)) != {len(facts.columns) + 1}:
        raise BadInput("row-refused", N_("A row for {table} does not have one value per column.", table=table))
    columns = list(zip(*rows, strict=True))
    try:
        block = hash_columns(table, first, columns)
        _insert(connection, seq, facts, columns)
    except (RefusedRow, ValueError) as error:
        place = f"{table}, lines {rows[0][0]} to {rows[-1][0]}"
        if str(error) in CODES:
            raise _forbidden(str(error), place) from None
        place = f"{place}: {error}"
        raise BadInput("row-refused", N_("A row for {table} is not in the form that the book accepts.", table=table),
                       where=place) from None
    next_ids[table] = first + len(rows)
    return block


def _forbidden(said: str, place: str) -> SandyqError:
    """Return the refusal for what a trigger said."""
    if said == NEEDS_SECOND:
        return ApprovalNeeded(CODES[said], Text(said), where=place)
    return Refused(CODES[said], Text(said), where=place)


def _insert(connection: Connection, seq: int, facts: FactTable, columns: Sequence[Sequence[str | int | None]]) -> None:
    """Insert rows given as columns. Binding None costs the driver six times as much as binding text: an empty column
    is left out, and in a column with gaps a gap is bound as U+0000, which no value may contain, and becomes NULL.
    """
    names, places, values = ['"line"'], ["?"], list[Sequence[str | int | None]]([columns[0]])
    for name, column in zip(facts.columns, columns[1:], strict=True):
        missing = 0 if name in facts.required else column.count(None)
        if missing == len(column):
            continue
        names.append(f'"{name}"')
        places.append("nullif(?, char(0))" if missing else "?")
        values.append([_GAP if value is None else value for value in column] if missing else column)
    connection.executemany(f'INSERT INTO "{facts.name}" ("entry", {", ".join(names)}) '
                           f'VALUES ({seq}, {", ".join(places)})', zip(*values, strict=True))


def _next_id(connection: Connection, table: str) -> int:
    if table not in TABLES:
        raise BadInput("no-such-table", N_("The book has no facts of the kind {table}.", table=table))
    return int(connection.execute(f'SELECT coalesce(max("id"), 0) + 1 FROM "{table}"').fetchone()[0])
