"""R8: somebody with the file and a database browser changes it, knowing how it is made.

Triggers are dropped first and put back afterwards, so that only the chain, the signatures and a checkpoint kept
elsewhere can tell. What leaves a chain that holds by itself (a cut tail, an older file, a chain computed anew) has to
be told by the checkpoint.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spoiled_books as books
from outcome import Outcome, Run
from sqlcipher3 import dbapi2

from sandyq.basics.errors import SandyqError
from sandyq.control.chain import Block, content_hash, entry_hash, hash_block
from sandyq.reference.facts import TABLES
from sandyq.store.store import Store

Change = Callable[[Any, random.Random], str]
"""Changes the file through a connection; returns what it did, empty when this book offers nothing to do it to."""


def _some(chance: random.Random, connection: Any) -> tuple[str, list[tuple[Any, ...]]]:
    tables = [table for table in TABLES if connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] > 1]
    table = chance.choice(tables)
    return table, connection.execute(f'SELECT * FROM "{table}" ORDER BY "id"').fetchall()


def _update(connection: Any, chance: random.Random) -> str:
    table, rows = _some(chance, connection)
    row = chance.choice(rows)
    place = chance.randrange(len(TABLES[table].columns))
    column, old = TABLES[table].columns[place], row[place + 3]
    new = chance.choice([other[place + 3] for other in rows] + [None, "1", "2026-01-01", str(old) + "0"])
    if new == old or (new is None and column in TABLES[table].required):
        new = "2" if old != "2" else "3"
    try:
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "id" = ?', [new, row[0]])
    except dbapi2.Error:
        return ""
    return f"{table}.{column} of row {row[0]} from {old!r} to {new!r}"


def _remove(connection: Any, chance: random.Random) -> str:
    table, rows = _some(chance, connection)
    row = chance.choice(rows)
    connection.execute(f'DELETE FROM "{table}" WHERE "id" = ?', [row[0]])
    return f"row {row[0]} of {table} removed"


def _insert(connection: Any, chance: random.Random) -> str:
    table, rows = _some(chance, connection)
    row = list(chance.choice(rows))
    row[0] = rows[-1][0] + chance.choice((1, 1, 7))
    connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(row))})', row)
    return f"a row added to {table}"


def _swap(connection: Any, chance: random.Random) -> str:
    table, rows = _some(chance, connection)
    one, two = chance.sample(rows, 2)
    if one[1:] == two[1:]:
        return ""
    for old, new in ((one[0], -1), (two[0], one[0]), (-1, two[0])):
        connection.execute(f'UPDATE "{table}" SET "id" = ? WHERE "id" = ?', [new, old])
    return f"rows {one[0]} and {two[0]} of {table} exchanged"


def _move(connection: Any, chance: random.Random) -> str:
    table, rows = _some(chance, connection)
    row = chance.choice(rows)
    connection.execute(f'UPDATE "{table}" SET "entry" = ? WHERE "id" = ?', [row[1] % _last(connection) + 1, row[0]])
    return f"row {row[0]} of {table} given to another entry"


def _last(connection: Any) -> int:
    return int(connection.execute('SELECT max("seq") FROM "journal"').fetchone()[0])


def _entry(connection: Any, chance: random.Random) -> str:
    seq = chance.randint(1, _last(connection))
    column, value = chance.choice((
        ("actor", "Analyst 9"), ("kind", "other"), ("known_at", "2020-01-01T00:00:00.000000Z"),
        ("payload", '{"file":"other.csv"}'), ("key", f"other {seq}"), ("late_clock", 1), ("content_hash", "0" * 64),
        ("prev_hash", "1" * 64), ("hash", "2" * 64)))
    connection.execute(f'UPDATE "journal" SET "{column}" = ? WHERE "seq" = ? AND "{column}" IS NOT ?',
                       [value, seq, value])
    return f"{column} of entry {seq}" if connection.execute("SELECT changes()").fetchone()[0] else ""


def _missing_entry(connection: Any, chance: random.Random) -> str:
    seq = chance.randint(1, _last(connection) - 1)
    _take_out(connection, seq)
    return f"entry {seq} taken out with its rows"


def _take_out(connection: Any, seq: int) -> None:
    for table in TABLES:
        connection.execute(f'DELETE FROM "{table}" WHERE "entry" = ?', [seq])
    connection.execute('DELETE FROM "content" WHERE "entry" = ?', [seq])
    connection.execute('DELETE FROM "journal" WHERE "seq" = ?', [seq])


def _cut(connection: Any, chance: random.Random) -> str:
    last = _last(connection)
    number = chance.randint(1, min(3, last - 1))
    for seq in range(last - number + 1, last + 1):
        _take_out(connection, seq)
    return f"the last {number} entries cut off"


def _exchanged_entries(connection: Any, chance: random.Random) -> str:
    one = chance.randint(1, _last(connection) - 1)
    for old, new in ((one, -1), (one + 1, one), (-1, one + 1)):
        connection.execute('UPDATE "journal" SET "seq" = ? WHERE "seq" = ?', [new, old])
    return f"entries {one} and {one + 1} exchanged"


def _evidence(connection: Any, chance: random.Random) -> str:
    entry, table, first = chance.choice(connection.execute(
        'SELECT "entry", "fact_table", "first_id" FROM "content"').fetchall())
    column, value = chance.choice((("hash", "a" * 64), ("row_count", 2), ("columns", b"\x01" * 8), ("first_id", 900)))
    connection.execute(f'UPDATE "content" SET "{column}" = ? WHERE "entry" = ? AND "fact_table" = ? AND "first_id" = ? '
                       f'AND "{column}" IS NOT ?', [value, entry, table, first, value])
    return f"{column} of the evidence of {table}" if connection.execute("SELECT changes()").fetchone()[0] else ""


def _rewritten(connection: Any, chance: random.Random) -> str:
    """Change a row, then compute its evidence and every hash after it anew: only a checkpoint can tell."""
    done = _update(connection, chance) or _remove(connection, chance)
    compute_anew(connection)
    return f"the chain computed anew after: {done}"


def compute_anew(connection: Any) -> None:
    """Make evidence and hashes fit the rows that are there."""
    blocks: dict[int, list[Block]] = {}
    for entry, table, first, count in connection.execute(
            'SELECT "entry", "fact_table", "first_id", "row_count" FROM "content"').fetchall():
        rows = connection.execute(f'SELECT * FROM "{table}" WHERE "id" BETWEEN ? AND ? ORDER BY "id"',
                                  [first, first + count - 1]).fetchall()
        place = 'WHERE "entry" = ? AND "fact_table" = ? AND "first_id" = ?'
        if not rows:
            connection.execute(f'DELETE FROM "content" {place}', [entry, table, first])
            continue
        block = hash_block(table, rows[0][0], [row[2:] for row in rows])
        connection.execute(f'UPDATE "content" SET "first_id" = ?, "hash" = ?, "columns" = ?, "row_count" = ? {place}',
                           [rows[0][0], block.hash, block.columns, len(rows), entry, table, first])
        blocks.setdefault(entry, []).append(block)
    previous = "0" * 64
    for seq, known_at, actor, kind, payload, key, late in connection.execute(
            'SELECT "seq", "known_at", "actor", "kind", "payload", "key", "late_clock" FROM "journal" ORDER BY "seq"'
    ).fetchall():
        content = content_hash(blocks.get(seq, ()))
        mark = entry_hash(previous, seq=seq, known_at=known_at, actor=actor, kind=kind, payload=payload, key=key,
                          content=content, late_clock=bool(late))
        connection.execute('UPDATE "journal" SET "content_hash" = ?, "prev_hash" = ?, "hash" = ? WHERE "seq" = ?',
                           [content, previous, mark, seq])
        previous = mark


def _schema(connection: Any, chance: random.Random) -> str:
    """Change the schema for good: a trigger dropped, a table or a trigger of one's own, another identity."""
    name = chance.choice([name for name, in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'")])
    statement = chance.choice((f'DROP TRIGGER "{name}"', 'CREATE TABLE "own" (a)', 'DROP INDEX "booking_key"',
                               'CREATE TRIGGER "own" AFTER INSERT ON "journal" BEGIN SELECT 1; END',
                               "PRAGMA user_version = 1", "PRAGMA application_id = 7",
                               'CREATE VIEW "own" AS SELECT 1'))
    connection.execute(statement)
    return statement


CHANGES: tuple[tuple[str, Change], ...] = (
    ("update", _update), ("remove", _remove), ("insert", _insert), ("exchange rows", _swap), ("move", _move),
    ("journal", _entry), ("entry taken out", _missing_entry), ("tail cut", _cut),
    ("entries exchanged", _exchanged_entries), ("evidence", _evidence), ("chain anew", _rewritten),
    ("schema", _schema), ("older file", lambda connection, chance: ""),
)
ONLY_CHECKPOINT = {"tail cut", "chain anew", "older file"}


def tampering(run: Run) -> Outcome:
    outcome = Outcome("R8", run.count)
    book = books.make(run.folder / "base", bookings=12, days=30)
    older = book.read_bytes()
    with Store.open(book, write=True, actor="Analyst 1") as store:
        for n in range(5):
            books.record(store, 5_000_000 + n, [books.booking(f"L-{n}", books.LAST_DAY),
                                                books.booking(f"M-{n}", books.LAST_DAY)])
        checkpoint = store.checkpoint()
    whole = book.read_bytes()
    target = run.folder / "base" / "tampered" / "book.sandyq"
    target.parent.mkdir()
    chance = run.chance("R8")
    while outcome.tried < run.count and not run.over:
        name, change = CHANGES[outcome.tried % len(CHANGES)]
        for file in target.parent.iterdir():
            file.unlink()
        target.write_bytes(older if name == "older file" else whole)
        done = "an older file put back" if name == "older file" else _carry_out(target, change, chance,
                                                                                name == "schema")
        if not done:
            continue
        outcome.tried += 1
        try:
            how = _noticed(target, checkpoint)
        except Exception as error:
            outcome.fail(f"seed {run.seed}, {name}: {done}: a fault of our own, {type(error).__name__}: {error}")
            continue
        if not how or (how == "by itself" and name in {"tail cut", "older file"}):
            outcome.fail(f"seed {run.seed}, {name}: {done}: {how or 'nobody noticed'}")
        else:
            outcome.caught += 1
            outcome.note(how)
    return outcome


def _carry_out(path: Path, change: Change, chance: random.Random, keep: bool) -> str:
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        if not keep:
            for name, _ in triggers:
                connection.execute(f'DROP TRIGGER "{name}"')
        done = change(connection, chance)
        if not keep:
            for _, statement in triggers:
                connection.execute(statement)
    finally:
        connection.close()
    return done


def _noticed(path: Path, checkpoint: str) -> str:
    try:
        with Store.open(path, actor="Auditor 1") as store:
            if not store.verify().holds:
                return "by itself"
            return "" if store.verify(checkpoint).holds else "by the checkpoint"
    except SandyqError:
        return "refused"
