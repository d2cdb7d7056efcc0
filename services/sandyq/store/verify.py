"""Check a whole book: its tables and triggers, every entry's hash and link, every fact row against its entry, and
every signature of a decision (`sandyq.store.verify_decisions`), and evidence (`sandyq.store.verify_evidence`).

Finds any changed, missing, added or moved row, and names entry, table, rows and columns. What it cannot see alone, a
cut tail or a book rewritten from an entry on, it sees against a checkpoint that was kept elsewhere.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from sandyq.basics.text import N_
from sandyq.control.chain import (
    GENESIS,
    Block,
    canonical_json,
    changed_columns,
    content_hash,
    entry_hash,
    hash_columns,
    moment_of,
)
from sandyq.control.checkpoint import Checkpoint, checkpoint_body, read_body
from sandyq.control.records import Damage, Verification
from sandyq.reference.facts import TABLES, FactTable
from sandyq.store.engine import BROKEN, Connection, EngineError, damaged
from sandyq.store.schema import MIGRATIONS_TABLE, objects
from sandyq.store.verify_decisions import decision_damages
from sandyq.store.verify_evidence import evidence_damages
from sandyq.store.verify_signatures import signature_damages

_ENTRY_CHANGED: Final = N_("The entry was changed after it was recorded.").template
_ENTRY_MISSING: Final = N_("An entry is missing before this one.").template
_LINK_BROKEN: Final = N_("The entry does not follow the one before it.").template
_LATE_WRONG: Final = N_("The mark for a late clock does not fit the moments of the entries.").template
_CONTENT_CHANGED: Final = N_("The evidence of what the entry recorded was changed.").template
_NO_ENTRY: Final = N_("There is evidence for an entry that is not in the journal.").template
_ROWS_CHANGED: Final = N_("Rows were changed after they were recorded.").template
_ROW_CHANGED: Final = N_("The row was changed after it was recorded.").template
_ROWS_MISSING: Final = N_("Rows that were recorded are missing.").template
_ROWS_MOVED: Final = N_("Rows were given to another entry.").template
_ROWS_ADDED: Final = N_("Rows were added that no entry recorded.").template
_UNREADABLE: Final = N_("The rows cannot be read: the file is damaged.").template
_OBJECT_MISSING: Final = N_("A table, an index or a trigger of the book is missing or was changed.").template
_OBJECT_FOREIGN: Final = N_("There is a table, an index or a trigger that is not part of a book.").template
_FILE_DAMAGED: Final = N_("The file's structure is damaged.").template
_TAIL_CUT: Final = N_("The journal ends before the entry that the checkpoint names.").template
_REWRITTEN: Final = N_("The entry is not the one that the checkpoint names: the journal was rewritten.").template


def verify_book(connection: Connection, name: str, checkpoint: str = "") -> Verification:
    """Check a book, against the body or note of an earlier checkpoint too if one is given.

    The signature of a note is checked by `sandyq.control.checkpoint.verify_checkpoint`, with the key. Raises
    IntegrityFailed for a file so damaged that its journal cannot be read.
    """
    try:
        damages = [*_objects(connection), *_structure(connection)]
        journal = _Journal(connection)
        damages.extend(journal.damages)
        blocks = _blocks(connection)
        damages.extend(_contents(journal, blocks))
        facts = 0
        for table in TABLES.values():
            found, wrong = _facts(connection, table, [(entry, block) for entry, block in blocks
                                                      if block.table == table.name])
            facts += found
            damages.extend(wrong)
        damages.extend(decision_damages(connection))
        damages.extend(signature_damages(connection))
        damages.extend(evidence_damages(connection))
        head = head_checkpoint(name, len(journal.hashes), journal.head)
    except (EngineError, ValueError, TypeError, AssertionError) as error:
        raise damaged(name, error) from None
    if checkpoint:
        damages.extend(_against(journal, read_body(checkpoint)))
    return Verification(len(journal.hashes), facts, journal.head, tuple(damages), head)


def head_checkpoint(name: str, entries: int, head: str) -> str:
    """Return the body of a checkpoint of a book's head, to be signed, printed and kept elsewhere."""
    return checkpoint_body(Checkpoint("sandyq/" + "-".join(name.split()), entries, head))


def _objects(connection: Connection) -> Iterator[Damage]:
    wanted = objects()
    for name, owner, statement in connection.execute("SELECT name, tbl_name, sql FROM sqlite_master"):
        if owner == MIGRATIONS_TABLE or name.startswith("sqlite_"):
            continue
        expected = wanted.pop(name, None)
        if expected is None:
            yield Damage(0, name, "", _OBJECT_FOREIGN)
        elif expected != statement:
            yield Damage(0, name, "", _OBJECT_MISSING)
    for name in wanted:
        yield Damage(0, name, "", _OBJECT_MISSING)


def _structure(connection: Connection) -> Iterator[Damage]:
    """Ask the engine whether pages, indexes and checks hold: an index that lies would hide rows from a question."""
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
    except BROKEN as error:
        said = [str(error)]
    if said != ["ok"]:
        yield Damage(0, "", "; ".join(said), _FILE_DAMAGED)


class _Journal:
    """The journal as read once: hash and content hash by sequence number, and what is wrong with it."""

    def __init__(self, connection: Connection) -> None:
        self.hashes: dict[int, str] = {}
        self.contents: dict[int, str] = {}
        self.head = GENESIS
        self.damages: list[Damage] = []
        latest, expected = "", 1
        for row in connection.execute('SELECT "seq", "known_at", "actor", "kind", "payload", "key", "content_hash", '
                                      '"prev_hash", "hash", "late_clock" FROM "journal" ORDER BY "seq"'):
            seq, known_at, content, previous, mark, late = row[0], row[1], row[6], row[7], row[8], row[9]
            if seq != expected:
                self._wrong(seq, _ENTRY_MISSING)
            if previous != self.head:
                self._wrong(seq, _LINK_BROKEN)
            if not _entry_holds(row):
                self._wrong(seq, _ENTRY_CHANGED)
            elif bool(late) != (known_at < latest):
                self._wrong(seq, _LATE_WRONG)
            self.hashes[seq], self.contents[seq] = mark, content
            self.head, latest, expected = mark, max(latest, known_at), seq + 1

    def _wrong(self, seq: int, what: str) -> None:
        self.damages.append(Damage(seq, "journal", str(seq), what))


def _entry_holds(row: tuple[object, ...]) -> bool:
    seq, known_at, actor, kind, payload, key, content, previous, mark, late = row
    try:
        moment_of(str(known_at))
        if canonical_json(json.loads(str(payload))) != payload:
            return False
    except (ValueError, TypeError):
        return False
    assert isinstance(seq, int)
    return late in {0, 1} and mark == entry_hash(
        str(previous), seq=seq, known_at=str(known_at), actor=str(actor), kind=str(kind), payload=str(payload),
        key=str(key), content=str(content), late_clock=bool(late))


def _blocks(connection: Connection) -> list[tuple[int, Block]]:
    found = connection.execute('SELECT "entry", "fact_table", "first_id", "row_count", "hash", "columns" '
                               'FROM "content" ORDER BY "fact_table", "first_id"')
    return [(entry, Block(table, first, rows, mark, bytes(columns)))
            for entry, table, first, rows, mark, columns in found]


def _contents(journal: _Journal, blocks: list[tuple[int, Block]]) -> Iterator[Damage]:
    recorded: dict[int, list[Block]] = {}
    for entry, block in blocks:
        recorded.setdefault(entry, []).append(block)
        if block.table not in TABLES:
            yield Damage(entry, block.table, _range(block), _CONTENT_CHANGED)
    for entry in recorded.keys() - journal.contents.keys():
        yield Damage(entry, "content", "", _NO_ENTRY)
    for seq, wanted in journal.contents.items():
        if content_hash(recorded.get(seq, ())) != wanted:
            yield Damage(seq, "content", "", _CONTENT_CHANGED)


def _facts(connection: Connection, table: FactTable,
           blocks: list[tuple[int, Block]]) -> tuple[int, list[Damage]]:
    damages: list[Damage] = []
    names = ", ".join(f'"{column}"' for column in ("entry", "line", *table.columns))
    question = f'SELECT {names} FROM "{table.name}" WHERE "id" BETWEEN ? AND ? ORDER BY "id"'
    seen = 0
    for entry, block in blocks:
        try:
            rows = connection.execute(question, [block.first_id, block.first_id + block.rows - 1]).fetchall()
        except BROKEN:
            damages.append(Damage(entry, table.name, _range(block), _UNREADABLE))
            continue
        seen += len(rows)
        damages.extend(_compare(table, entry, block, rows))
    total = int(connection.execute(f'SELECT count(*) FROM "{table.name}" NOT INDEXED').fetchone()[0])
    if total != seen:
        damages.extend(_strangers(connection, table, blocks))
    return total, damages


def _compare(table: FactTable, entry: int, block: Block, rows: list[tuple[object, ...]]) -> Iterator[Damage]:
    if len(rows) != block.rows:
        yield Damage(entry, table.name, _range(block), _ROWS_MISSING)
        return
    entries, *columns = zip(*rows, strict=True)
    if entries.count(entry) != len(rows):
        moved = [block.first_id + place for place, found in enumerate(entries) if found != entry]
        yield Damage(entry, table.name, ", ".join(map(str, moved)), _ROWS_MOVED, ("entry",))
    try:
        found = hash_columns(table.name, block.first_id, columns)
    except ValueError:
        yield Damage(entry, table.name, _range(block), _ROWS_CHANGED)
        return
    if found.columns != block.columns or found.hash != block.hash:
        names = ("line", *table.columns)
        changed = tuple(names[place] for place in changed_columns(block.columns, found.columns) if place < len(names))
        yield Damage(entry, table.name, _range(block), _ROW_CHANGED if block.rows == 1 else _ROWS_CHANGED, changed)


def _strangers(connection: Connection, table: FactTable, blocks: list[tuple[int, Block]]) -> Iterator[Damage]:
    known = {number for _, block in blocks for number in range(block.first_id, block.first_id + block.rows)}
    added: dict[int, list[int]] = {}
    for number, entry in connection.execute(f'SELECT "id", "entry" FROM "{table.name}" ORDER BY "id"'):
        if number not in known:
            added.setdefault(entry, []).append(number)
    for entry, numbers in added.items():
        yield Damage(entry, table.name, ", ".join(map(str, numbers[:20])), _ROWS_ADDED)


def _against(journal: _Journal, checkpoint: Checkpoint) -> Iterator[Damage]:
    if checkpoint.entries == 0:
        return
    found = journal.hashes.get(checkpoint.entries)
    if found is None:
        yield Damage(checkpoint.entries, "journal", str(checkpoint.entries), _TAIL_CUT)
    elif found != checkpoint.head:
        yield Damage(checkpoint.entries, "journal", str(checkpoint.entries), _REWRITTEN)


def _range(block: Block) -> str:
    last = block.first_id + block.rows - 1
    return str(block.first_id) if last == block.first_id else f"{block.first_id}-{last}"
