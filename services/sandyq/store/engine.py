"""Connections to a book's file: the engine's version, the pragmas, encryption, the medium. No tables are known here.

Without a passphrase a book is a plain SQLite file that any SQLite browser opens; with one it is encrypted by SQLCipher,
whose own salt stands in the file's first 16 bytes.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlcipher3 import dbapi2

from sandyq.basics.errors import BadInput, IntegrityFailed, SandyqError
from sandyq.basics.text import N_

Connection: TypeAlias = Any
"""A connection of sqlcipher3, which has no type information."""
EngineError: Final = dbapi2.Error
BROKEN: Final = (dbapi2.Error, UnicodeDecodeError)
"""What the driver raises for a damaged file: a damaged schema spoils even the text of its own error."""
RefusedRow: Final = dbapi2.IntegrityError
OLDEST_ENGINE: Final = (3, 51, 3)
"""Engines from 3.7.0 to 3.51.2 carry the WAL-reset corruption bug."""
PLAIN_HEADER: Final = b"SQLite format 3\x00"
NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs"})
_WAIT_MS: Final = 5_000


def check_engine(version: tuple[int, ...] = dbapi2.sqlite_version_info) -> None:
    """Raise SandyqError when the SQLite engine has the bug that damages books."""
    if version < OLDEST_ENGINE:
        raise SandyqError("engine-too-old", N_("The database engine {version} can damage books.",
                                               version=".".join(map(str, version))),
                          remedy=N_("Install the version of sqlcipher3 that the requirements name."))


def connect_writer(path: Path, passphrase: str | None) -> Connection:
    """Open or make a file for writing, with WAL and a sync at each commit. The caller holds the writer's lock."""
    check_engine()
    refuse_network_share(path)
    connection = _connect(f"{path.absolute().as_uri()}?mode=rwc", path, passphrase)
    try:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous=FULL")
    except EngineError as error:
        connection.close()
        raise BadInput("book-not-writable", N_("The book cannot be written to."), where=f"{path.name}: {error}",
                       remedy=N_("Open it for reading, or copy it to a disk that can be written to.")) from None
    if mode != "wal":
        connection.close()
        raise BadInput("no-wal", N_("The disk cannot keep the write-ahead log that protects bookings."),
                       where=path.name, remedy=N_("Move the book to a local disk."))
    return connection


def connect_reader(path: Path, passphrase: str | None) -> tuple[Connection, bool]:
    """Open a file for reading; also returns whether it stands on a read-only medium.

    There, the engine cannot make the index of the write-ahead log, so the file is read as one that never changes.
    """
    check_engine()
    address = path.absolute().as_uri()
    if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
        _finish_rollback(path, passphrase)
        return _connect(f"{address}?mode=ro", path, passphrase), False
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise BadInput("unfinished-log", N_("The book was not closed properly and its medium is read-only."),
                       where=path.name, remedy=N_("Copy the book and the file beside it that ends in -wal to a disk "
                                                  "that can be written to, and open it there."))
    return _connect(f"{address}?mode=ro&immutable=1", path, passphrase), True


def _finish_rollback(path: Path, passphrase: str | None) -> None:
    """Undo a change that was interrupted before the book had its log: a reader may not do that."""
    journal = path.with_name(path.name + "-journal")
    if journal.exists() and journal.stat().st_size:
        _connect(f"{path.absolute().as_uri()}?mode=rw", path, passphrase).close()


def is_plain(path: Path) -> bool:
    """Return whether the file starts as an unencrypted SQLite file."""
    with path.open("rb") as file:
        return file.read(len(PLAIN_HEADER)) == PLAIN_HEADER


def refuse_network_share(path: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raise BadInput when the file's folder is on a network share, where the log's shared memory does not work."""
    try:
        table = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    folder = path.absolute().parent.resolve()
    best, kind = "", ""
    for line in table.splitlines():
        _, point, found = [*line.split(" "), "", "", ""][:3]
        point = point.replace("\\040", " ")
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= len(best):
            best, kind = point, found
    if kind in NETWORK:
        raise BadInput("network-share", N_("A book cannot be written on a network share: the log that protects "
                                           "bookings needs the memory of one machine."),
                       where=path.name, remedy=N_("Move the book to a local disk and share copies of it."))


def _connect(address: str, path: Path, passphrase: str | None) -> Connection:
    try:
        connection = dbapi2.connect(address, uri=True, isolation_level=None, check_same_thread=False,
                                    timeout=_WAIT_MS / 1000)
    except EngineError as error:
        raise BadInput("book-not-opened", N_("The book cannot be opened."), where=f"{path.name}: {error}") from None
    try:
        if passphrase is not None:
            # A wrong passphrase is told in our own words, not in the engine's log on standard error.
            connection.execute("PRAGMA cipher_log_level = NONE")
            quoted = passphrase.replace("'", "''")
            connection.execute(f"PRAGMA key = '{quoted}'")
        for pragma in ("foreign_keys=ON", "recursive_triggers=ON", "trusted_schema=OFF", "cell_size_check=ON",
                       "mmap_size=0", "temp_store=MEMORY", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BROKEN as error:
        connection.close()
        raise _unreadable(path, passphrase, str(error)) from None
    return connection


def damaged(name: str, error: Exception) -> IntegrityFailed:
    """Return what to raise when a book's file cannot be read as it should."""
    return IntegrityFailed("book-damaged", N_("The book's file is damaged and cannot be read as a whole."),
                           where=f"{name}: {error}", remedy=N_("Verify the book, and restore the last backup that "
                                                               "holds."))


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what a damaged file makes the driver or a conversion raise into a sentence. Raises IntegrityFailed."""
    try:
        yield
    except (*BROKEN, ValueError, TypeError) as error:
        raise damaged(name, error) from None


def _unreadable(path: Path, passphrase: str | None, reason: str) -> SandyqError:
    if "unable to open" in reason or "locked" in reason:
        return BadInput("book-not-opened", N_("The book cannot be opened."), where=f"{path.name}: {reason}")
    if "not a database" not in reason:
        return damaged(path.name, ValueError(reason))
    if passphrase is None:
        return BadInput("not-a-book", N_("The file is not a book, or it is encrypted and needs its passphrase."),
                        where=path.name)
    return BadInput("passphrase", N_("The passphrase does not open this book, or the file is not a book."),
                    where=path.name)


def import_sqlite_utils() -> Any:
    """Import sqlite-utils on top of this engine, without pandas, which it would load for seconds and never use here."""
    import sqlcipher3

    sys.modules.setdefault("pysqlite3", sqlcipher3)
    sys.modules.setdefault("pysqlite3.dbapi2", dbapi2)
    unloaded = "pandas" not in sys.modules
    if unloaded:
        sys.modules["pandas"] = None  # type: ignore[assignment]  # an import then fails at once, as if not installed
    try:
        import sqlite_utils
    finally:
        if unloaded:
            del sys.modules["pandas"]
    return sqlite_utils
