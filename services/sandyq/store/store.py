"""A book's file: open it, record facts in one transaction each, ask what was visible at a moment.

Reading never imports sqlite-utils. Every question takes `known_at` (None: everything recorded so far); what a moment
knew is defined in `sandyq.store.visibility`.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter, lt
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sandyq.basics.errors import BadInput, IntegrityFailed, SandyqError
from sandyq.basics.text import N_, Text
from sandyq.control.attesting import without_signature
from sandyq.control.chain import GENESIS, moment_of
from sandyq.control.records import Batch, Entry, Verification, Written
from sandyq.reference.facts import TABLES, FactRow, FactTable
from sandyq.store.approvals import VoidEntries
from sandyq.store.duplicates import KeyIndex, Verdict, classify
from sandyq.store.engine import Connection, EngineError, connect_reader, connect_writer, is_plain, told
from sandyq.store.guards import allow_undecided
from sandyq.store.lock import WriterLock
from sandyq.store.migrations import migrate
from sandyq.store.schema import VERSION, check_identity
from sandyq.store.verify import head_checkpoint, verify_book
from sandyq.store.visibility import Visible, limit_at, visible_at
from sandyq.store.wraps import book_key, new_book_key
from sandyq.store.writing import write_batch

Row = tuple[Any, ...]
"""(id, entry, line, value of columns[0], ...)."""
_ENTRY: Final = ('SELECT "seq", "known_at", "actor", "kind", "payload", "content_hash", "hash", "late_clock" '
                 'FROM "journal"')


class Store:
    """One open book. Made by `Store.create` and `Store.open`; a context manager that closes it.

    `read_only` is why nothing can be recorded (a text for the banner), None in a store open for writing.
    """

    def __init__(self, connection: Connection, path: Path, actor: str, *, lock: WriterLock | None,
                 passphrase: str | None, read_only: Text | None, undecided: bool = False) -> None:
        self._connection = connection
        self._lock = lock
        self._passphrase = passphrase
        self.path = path
        self.actor = actor
        self.read_only = read_only
        self.fixed = False
        """Whether nobody could open the book for writing: its medium is read-only."""
        self._void = VoidEntries()
        self._undecided = undecided
        self.changed = False
        """Whether something was recorded since the book was opened."""

    @classmethod
    def create(cls, path: Path, *, actor: str, now: datetime, passphrase: str | None = None) -> Store:
        """Make a book and record that it was made; it stays open for writing. Raises BadInput when the file exists."""
        if path.exists() and path.stat().st_size:
            raise BadInput("file-exists", N_("There is a file of that name already."), where=path.name,
                           remedy=N_("Choose another name."))
        if passphrase == "":
            raise BadInput("passphrase-empty", N_("An empty passphrase protects nothing."))
        key = None if passphrase is None else new_book_key(path, actor, passphrase)
        store = cls._writer(path, actor, key)
        store.record(Batch("create", actor, {"schema": VERSION, "encrypted": passphrase is not None}), now)
        return store

    @classmethod
    def open(cls, path: Path, *, write: bool = False, actor: str, passphrase: str | None = None) -> Store:
        """Open a book, for reading unless `write`. Raises BadInput, and BookLocked naming who writes already."""
        if not path.is_file():
            raise BadInput("no-such-book", N_("There is no such book."), where=str(path))
        if passphrase is not None and is_plain(path):
            raise BadInput("not-encrypted", N_("The book is not encrypted; it opens without a passphrase."),
                           where=path.name)
        key = None if passphrase is None else book_key(path, passphrase, actor)
        return cls.open_with_key(path, key, write=write, actor=actor)

    @classmethod
    def open_with_key(cls, path: Path, key: str | None, *, write: bool = False, actor: str) -> Store:
        """Open a book by the engine's own key: for copies of a book that is open already."""
        return cls._open_writer(path, actor, key) if write else cls._open_reader(path, actor, key)

    @property
    def key(self) -> str | None:
        """The engine's key of an encrypted book, for copies of it; it is never written down."""
        return self._passphrase

    @classmethod
    def _open_reader(cls, path: Path, actor: str, passphrase: str | None) -> Store:
        connection, fixed = connect_reader(path, passphrase)
        try:
            version = check_identity(connection, path.name)
            if version < VERSION:
                raise BadInput("older-book", N_("The book has schema version {found} and has to be brought to {known}.",
                                                found=version, known=VERSION),
                               where=path.name, remedy=N_("Open it for writing once; a backup is made first."))
        except BaseException:
            connection.close()
            raise
        reason = N_("The book is on a read-only medium.") if fixed else N_("The book is open for reading.")
        store = cls(connection, path, actor, lock=None, passphrase=passphrase, read_only=reason)
        store.fixed = fixed
        return store

    @classmethod
    def _open_writer(cls, path: Path, actor: str, passphrase: str | None) -> Store:
        looked, _ = connect_reader(path, passphrase)
        try:
            check_identity(looked, path.name)
        finally:
            looked.close()
        return cls._writer(path, actor, passphrase)

    @classmethod
    def _writer(cls, path: Path, actor: str, passphrase: str | None) -> Store:
        """Take the lock, open or make the file and bring its schema up to date."""
        lock = WriterLock(path, actor)
        connection: Connection = None
        try:
            connection = connect_writer(path, passphrase)
            empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
            version = 0 if empty else check_identity(connection, path.name)
            migrate(connection, path, version, passphrase=passphrase)
        except BaseException:
            if connection is not None:
                connection.close()
            lock.release()
            raise
        return cls(connection, path, actor, lock=lock, passphrase=passphrase, read_only=None)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let the next writer in. Doing it twice is harmless."""
        self._connection.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def connection(self) -> Connection:
        """The connection, for the rooms of the store only."""
        return self._connection

    @property
    def schema_version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextlib.contextmanager
    def scratch(self, path: Path) -> Iterator[Store]:
        """Make a copy of the book that can be written to, for trying things out; the caller throws the file away.

        The copy has the book's passphrase, and no syncs: what is tried need not outlive a loss of power. It takes
        facts of two persons without a decision, so that one can see what they would do.
        """
        copy = connect_writer(path, self._passphrase)
        try:
            self._connection.backup(copy)
            copy.execute("PRAGMA synchronous=OFF")
            allow_undecided(copy)
            yield Store(copy, path, self.actor, lock=None, passphrase=self._passphrase, read_only=None, undecided=True)
        finally:
            copy.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Let several questions see the same state while another process writes."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    # --- recording

    def record(self, batch: Batch, now: datetime) -> Written:
        """Record a batch: all of it or nothing. `now` is when it became known.

        A batch with the key of an earlier entry is not recorded again. An exception while rows are read leaves the
        book as it was and is passed on. Raises IntegrityFailed when the disk failed at commit, saying what was found.
        """
        self._refuse_reader()
        if batch.key:
            earlier = self.entry_by_key(batch.key)
            if earlier is not None:
                return Written(earlier, MappingProxyType({}), repeated=True)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            written = write_batch(self._connection, batch, now)
        except EngineError as error:
            self._roll_back()
            raise SandyqError("not-recorded", N_("The disk or the book refused what was to be recorded; nothing was."),
                              where=f"{self.path.name}: {error}",
                              remedy=N_("Check the disk and the space on it, then record it again.")) from error
        except BaseException:
            self._roll_back()
            raise
        try:
            self._commit()
        except EngineError as error:
            raise self._after_failed_commit(written, str(error)) from error
        self.changed = True
        return written

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _roll_back(self) -> None:
        with contextlib.suppress(EngineError):
            self._connection.execute("ROLLBACK")

    def _refuse_reader(self) -> None:
        if self.read_only is not None:
            raise BadInput("book-read-only", self.read_only, where=self.path.name,
                           remedy=N_("Open the book for writing."))

    def _after_failed_commit(self, written: Written, reason: str) -> IntegrityFailed:
        """Reopen the file and look whether the entry is in it: the outcome of a failed commit is unknown until then."""
        where = f"{self.path.name}: {reason}"
        self._roll_back()
        try:
            self._connection.close()
            self._connection = connect_writer(self.path, self._passphrase)
            found = self.entry(written.entry.seq)
        except (EngineError, SandyqError):
            return IntegrityFailed("commit-unknown", N_("The disk failed while entry {entry} was being recorded, and "
                                                        "the book could not be read again to see whether it was.",
                                                        entry=written.entry.seq),
                                   where=where,
                                   remedy=N_("Check the disk, then open the book and look at its journal."))
        if found is not None and found.hash == written.entry.hash:
            what = N_("The disk reported an error, but entry {entry} was found in the book.", entry=written.entry.seq)
            return IntegrityFailed("commit-found", what, where=where, remedy=N_("Check the disk and make a backup."))
        what = N_("The disk failed while entry {entry} was being recorded; it is not in the book.",
                  entry=written.entry.seq)
        return IntegrityFailed("commit-lost", what, where=where, remedy=N_("Check the disk, then record it again."))

    # --- the journal

    def entries(self, known_at: datetime | None = None) -> list[Entry]:
        """Return the entries known at a moment, in order."""
        with told(self.path.name):
            limit = limit_at(self._connection, known_at)
        return self._entries('WHERE "seq" <= ? ORDER BY "seq"', limit)

    def entry(self, seq: int) -> Entry | None:
        return self._first('WHERE "seq" = ?', seq)

    def last(self) -> Entry | None:
        """Return the last entry, None in a book whose making was interrupted."""
        return self._first('WHERE "seq" > ? ORDER BY "seq" DESC LIMIT 1', 0)

    def head(self) -> str:
        """Return the hash of the last entry, the head of the chain."""
        last = self.last()
        return last.hash if last else GENESIS

    def checkpoint(self) -> str:
        """Return the body of a checkpoint of the head, to be signed by `sandyq.control.checkpoint.sign_checkpoint`."""
        last = self.last()
        return head_checkpoint(self.path.stem, last.seq if last else 0, self.head())

    def verify(self, checkpoint: str | None = None) -> Verification:
        """Check the chain and every fact row, against the body or note of an earlier checkpoint too if one is given."""
        with self.reading():
            return verify_book(self._connection, self.path.stem, checkpoint or "")

    def entry_by_key(self, key: str) -> Entry | None:
        """Return the entry that a command with this key made."""
        return self._first('WHERE "key" = ? AND "key" <> \'\'', key)

    def entries_by_content(self, sha256: str) -> list[Entry]:
        """Return the entries whose payload names a file of this content (`payload["sha256"]`), reversed ones too."""
        return self._entries("WHERE json_extract(\"payload\", '$.sha256') = ? ORDER BY \"seq\"", sha256)

    def reversed_entries(self, known_at: datetime | None = None) -> frozenset[int]:
        """Return the entries that had been reversed as a whole."""
        return self.visible(known_at).entries - self.void_entries()

    def facts_of(self, seq: int) -> Mapping[str, tuple[int, int]]:
        """Return which rows an entry recorded: table → (first id, last id)."""
        found = self._connection.execute(
            'SELECT "fact_table", min("first_id"), max("first_id" + "row_count" - 1) FROM "content" WHERE "entry" = ? '
            'GROUP BY "fact_table"', [seq])
        return {table: (first, last) for table, first, last in found}

    def _first(self, condition: str, value: object) -> Entry | None:
        found = self._entries(condition, value)
        return found[0] if found else None

    def _entries(self, condition: str, value: object) -> list[Entry]:
        found = self._ask(f"{_ENTRY} {condition}", [value])
        with told(self.path.name):
            return [_entry_of(*row) for row in found]

    # --- facts

    def visible(self, known_at: datetime | None = None) -> Visible:
        """Return what was visible at a moment, to ask several tables with."""
        with told(self.path.name):
            return visible_at(self._connection, known_at, self.void_entries())

    def void_entries(self) -> frozenset[int]:
        """Return the entries of which nothing counts, because two persons should have signed and did not.

        A scratch copy has none. Raises IntegrityFailed for damaged rows.
        """
        return frozenset() if self._undecided else self._void.read(self._connection, self.path.name)

    def rows(self, table: str, known_at: datetime | None = None, order: Sequence[str] = ()) -> list[Row]:
        """Return the facts visible at a moment as (id, entry, line, values...), one per key.

        In order of the key, or of the columns in `order` and then as recorded. Of several rows of a key the one of the
        latest entry counts, within an entry the last. Reversals have no key: all of them come.
        """
        facts = TABLES[table]
        found = self._select(table, ("id", "entry", "line", *facts.columns), self.visible(known_at), order=order)
        keys = list(map(_key_reader(facts), found))
        if table == "reversal" or len(set(keys)) == len(keys):
            return found
        latest: dict[object, int] = {}
        for key, row in zip(keys, found, strict=True):
            latest[key] = max(row[0], latest.get(key, row[0]))
        return [row for key, row in zip(keys, found, strict=True) if latest[key] == row[0]]

    def series(self, table: str, by: str, wanted: Sequence[str], known_at: datetime | None = None,
               only: tuple[str, str] | None = None) -> Iterator[tuple[str, list[list[str]]]]:
        """Yield each value of the key's first column with its visible facts as parallel columns of text, one per key.

        For tables of millions of rows: the engine joins each column, so no row passes through Python. None reads as
        an empty text, entry and line as digits. The order is that of the key.
        """
        facts = TABLES[table]
        assert by == facts.key[0]
        assert set(facts.key) <= set(facts.required)
        names = [*facts.key[1:], *wanted]
        condition, values = self._condition(table, self.visible(known_at), only)
        parts = ", ".join(f'group_concat("{name}", char(31))' if name in facts.required or name in {"entry", "line"}
                          else f"group_concat(coalesce(\"{name}\", ''), char(31))" for name in names)
        rest = len(facts.key) - 1
        question = f'SELECT "{by}", {parts} FROM "{table}" INDEXED BY "{table}_key" WHERE {condition} GROUP BY "{by}"'
        for group, *texts in self._ask(question, values):
            columns = [text.split("\x1f") for text in texts]
            yield group, _one_per_key(columns, rest)[rest:]

    def all_versions(self, table: str, known_at: datetime | None = None) -> list[tuple[Row, str]]:
        """Return every row known at a moment with its mark: ``current``, ``superseded`` or ``reversed``.

        In order of the key, then of the id.
        """
        facts = TABLES[table]
        visible = self.visible(known_at)
        found = self._select(table, ("id", "entry", "line", *facts.columns), Visible(visible.limit))
        key = _key_reader(facts)
        marked: list[tuple[Row, str]] = []
        newest: object = None
        for row in reversed(found):
            if visible.hides(table, row[0], row[1]):
                marked.append((row, "reversed"))
            elif key(row) == newest and table != "reversal":
                marked.append((row, "superseded"))
            else:
                newest = key(row)
                marked.append((row, "current"))
        return marked[::-1]

    def classify(self, table: str, rows: Iterable[FactRow]) -> Iterator[tuple[FactRow, Verdict]]:
        """Yield each row with ``new``, ``superseding``, ``duplicate`` or ``conflict`` (see `sandyq.store.duplicates`).

        It may be streamed through while the same rows are being recorded: only entries before that count.
        """
        return classify(self.key_index(table), TABLES[table], rows)

    def setting(self, name: str, known_at: datetime | None = None) -> str | None:
        """Return the latest value of a setting, None when it was never made."""
        values = [row[4] for row in self.rows("setting", known_at) if row[3] == name]
        return values[-1] if values else None

    def key_index(self, table: str) -> KeyIndex:
        """Return the current values by key, read as far as asked for."""
        return KeyIndex(self._connection, TABLES[table], self.visible())

    def _condition(self, table: str, visible: Visible, only: tuple[str, str] | None) -> tuple[str, list[object]]:
        condition, values = visible.condition(table)
        if only is None:
            return condition, values
        assert only[0] in TABLES[table].columns
        return f'{condition} AND "{only[0]}" = ?', [*values, only[1]]

    def _select(self, table: str, columns: Sequence[str], visible: Visible,
                only: tuple[str, str] | None = None, order: Sequence[str] = ()) -> list[Row]:
        facts = TABLES[table]
        condition, values = self._condition(table, visible, only)
        assert {*columns, *order} <= {"id", "entry", "line", *facts.columns}
        names = ", ".join(f'"{column}"' for column in columns)
        by = ", ".join(f'"{column}"' if column in facts.required else f'coalesce("{column}", \'\')'
                       for column in order or facts.key)
        return self._ask(f'SELECT {names} FROM "{table}" WHERE {condition} ORDER BY {by}, "id"', values)

    def _ask(self, question: str, values: Sequence[object]) -> list[Row]:
        with told(self.path.name):
            return list(self._connection.execute(question, values))


def _entry_of(seq: int, known_at: str, actor: str, kind: str, payload: str, content: str, mark: str,
              late: int) -> Entry:
    said, signature = without_signature(json.loads(payload))
    return Entry(seq, moment_of(known_at), actor, kind, MappingProxyType(said), content, mark, bool(late), signature)


def _one_per_key(columns: list[list[str]], keys: int) -> list[list[str]]:
    """Keep the last row of each key, the key being the first `keys` columns; put rows in order if they are not."""
    if keys == 1:
        mine: Sequence[Any] = columns[0]
    else:
        mine = list(zip(*columns[:keys], strict=True))
    if all(map(lt, mine, islice(mine, 1, None))):
        return columns
    last = {key: place for place, key in enumerate(mine)}
    kept = [last[key] for key in sorted(last)]
    return [[column[place] for place in kept] for column in columns]


def _key_reader(facts: FactTable) -> Callable[[Row], object]:
    """Return what reads a row's key. In a key, None and an empty text are the same."""
    places = [facts.columns.index(column) + 3 for column in facts.key]
    if all(column in facts.required for column in facts.key):
        return itemgetter(*places)
    return lambda row: tuple([row[place] or "" for place in places])
