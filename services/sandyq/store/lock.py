"""One writer: a lock of the operating system beside the book, and a record that says who holds it.

The lock, not the record, decides: it goes when its process ends, however it ends. The record stays for people.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandyq.basics.errors import BadInput, BookLocked
from sandyq.basics.text import N_

_LOCK_AT: Final = 1 << 20
"""Offset of the locked byte on Windows: past the record, which others may then read."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes: a person or role, the machine, the process, and since when (UTC)."""

    actor: str
    host: str
    pid: int
    since: datetime | None


def lock_path(book: Path) -> Path:
    return book.with_name(book.name + ".lock")


def holder(book: Path) -> Holder | None:
    """Return what the lock record says, or None when there is none that can be read. It may be of an ended process."""
    path = lock_path(book)
    try:
        said = json.loads(path.read_bytes().decode())
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Holder(str(said["actor"]), str(said["host"]), int(said["pid"]), since)
    except (OSError, ValueError, KeyError, TypeError):
        return None


class WriterLock:
    """The right to write to a book, held until `release` or the end of the process. Raises BookLocked, BadInput."""

    def __init__(self, book: Path, actor: str) -> None:
        path = lock_path(book)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise BadInput("book-not-writable", N_("The book's folder cannot be written to."),
                           where=f"{path.name}: {error.strerror}",
                           remedy=N_("Open the book for reading.")) from None
        try:
            _take(self._file)
        except OSError:
            os.close(self._file)
            raise _locked(book) from None
        record = json.dumps({"actor": actor, "host": platform.node(), "pid": os.getpid()}).encode()
        try:
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, record)
        except OSError as error:
            os.close(self._file)
            raise BadInput("book-not-writable", N_("The book's folder cannot be written to."),
                           where=f"{path.name}: {error.strerror}", remedy=N_("Open the book for reading.")) from None

    def release(self) -> None:
        """Let the next writer in. Doing it twice is harmless."""
        if self._file < 0:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 0)
            _give(self._file)
        os.close(self._file)
        self._file = -1


def _locked(book: Path) -> BookLocked:
    found = holder(book)
    remedy = N_("Open the book for reading, or wait until it is closed there.")
    if found is None:
        return BookLocked("book-locked", N_("Somebody else is writing to the book."), where=book.name, remedy=remedy)
    return BookLocked(
        "book-locked",
        N_("{actor} is writing to the book on {host} (process {pid}) since {since}.", actor=found.actor,
           host=found.host, pid=str(found.pid), since=found.since),
        where=book.name, remedy=remedy)


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        os.lseek(file, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _give(file: int) -> None:
        os.lseek(file, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
