"""Copies of a book: made by the engine, verified by opening them, thinned to 12 days, 10 weeks and 9 months.

A copy's name says which entry it ends with, when that entry was known and the head of the chain. Ages are counted from
these, never from file times: copying a folder about must not make an old backup young.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandyq.basics.errors import BadInput, IntegrityFailed, SandyqError
from sandyq.basics.text import N_
from sandyq.control.records import Batch
from sandyq.store.engine import EngineError, connect_writer
from sandyq.store.files import sync_folder
from sandyq.store.lock import WriterLock
from sandyq.store.store import Store
from sandyq.store.wraps import copy_keys, has_keys, keys_path

DAILY: Final = 12
WEEKLY: Final = 10
MONTHLY: Final = 9
_NAME: Final = re.compile(r"(?P<book>.+)\.(?P<seq>\d{8})\.(?P<moment>\d{8}T\d{6})\.(?P<head>[0-9a-f]{12})\.sandyq")
_MOMENT: Final = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup as its name tells it; `kept_as` is daily, weekly, monthly or empty (to be thinned out)."""

    path: Path
    sequence: int
    known_at: datetime
    head: str
    """The first twelve digits of the head's hash."""
    kept_as: str = ""


def folder_of(book: Path) -> Path:
    return book.with_name(book.name + ".backups")


def make_backup(store: Store, folder: Path | None = None) -> Copy:
    """Copy an open book, verify the copy as a whole and thin older ones out. Raises IntegrityFailed, SandyqError.

    A copy that does not verify is set aside under a name that ends in ``.broken``; nothing is thinned out then.
    """
    last = store.last()
    if last is None:
        raise BadInput("empty-book", N_("There is nothing in the book yet."), where=store.path.name)
    target = folder or folder_of(store.path)
    moment = max(entry.known_at for entry in store.entries()).astimezone(UTC)
    copy = Copy(target / f"{store.path.stem}.{last.seq:08}.{moment.strftime(_MOMENT)}.{last.hash[:12]}.sandyq",
                last.seq, moment, last.hash[:12])
    part = copy.path.with_name(copy.path.name + ".part")
    try:
        target.mkdir(exist_ok=True)
        sync_folder(target.parent)
        _copy(store, part)
        _check_whole(part, store.key, last.hash)
        copy_keys(store.path, copy.path)
        part.replace(copy.path)
        sync_folder(target)
    except (OSError, EngineError) as error:
        _clear(part)
        raise SandyqError("backup-failed", N_("The backup could not be written; earlier backups are as they were."),
                          where=f"{part.name}: {error}", remedy=N_("Check the disk and the space on it.")) from error
    except IntegrityFailed:
        with contextlib.suppress(OSError):
            part.replace(part.with_suffix(".broken"))
        raise
    _thin_out(target, copy)
    return next(kept for kept in copies(store.path, target) if kept.path == copy.path)


def copies(book: Path, folder: Path | None = None) -> tuple[Copy, ...]:
    """Return a book's backups, the newest first, each with what it is kept as."""
    found = [copy for path in (folder or folder_of(book)).glob("*.sandyq") if (copy := _named(path)) is not None]
    return kept([copy for copy in found if _book(copy) == book.stem])


def kept(found: Sequence[Copy]) -> tuple[Copy, ...]:
    """Mark what stays: the newest copy of each of the last 12 days, 10 weeks and 9 months that have any.

    The newest of all is always daily. A clock that ran back does not make a later copy older: moments never fall
    along the sequence.
    """
    marked: list[Copy] = []
    seen: dict[str, set[tuple[int, ...]]] = {"daily": set(), "weekly": set(), "monthly": set()}
    latest = datetime.min.replace(tzinfo=UTC)
    moments: dict[Path, datetime] = {}
    for copy in sorted(found, key=lambda copy: copy.sequence):
        latest = max(latest, copy.known_at)
        moments[copy.path] = latest
    for copy in sorted(found, key=lambda copy: copy.sequence, reverse=True):
        day = moments[copy.path].date()
        periods = (("daily", (day.toordinal(),), DAILY), ("weekly", day.isocalendar()[:2], WEEKLY),
                   ("monthly", (day.year, day.month), MONTHLY))
        name = ""
        for kind, period, most in periods:
            if period not in seen[kind] and len(seen[kind]) < most:
                seen[kind].add(period)
                name = name or kind
        marked.append(Copy(copy.path, copy.sequence, copy.known_at, copy.head, name))
    return tuple(marked)


def verify_copy(path: Path, key: str | None, head: str = "") -> None:
    """Open a backup and check every byte of it. Raises IntegrityFailed when it is not whole or not what it says."""
    said = _NAME.fullmatch(path.name)
    _check_whole(path, key, head or (said["head"] if said else ""))


def restore_copy(backup: Path, target: Path, *, passphrase: str | None, actor: str, now: datetime,
                 replace: bool = False) -> Path | None:
    """Put a verified backup in a book's place and record that in it; returns where the replaced book is kept.

    Raises BadInput when the target exists and `replace` was not said, BookLocked while somebody writes to it, and
    IntegrityFailed for a backup that does not hold. Whatever fails, the old book is still there, whole.
    """
    if target.exists() and not replace:
        raise BadInput("file-exists", N_("There is a book of that name already."), where=target.name,
                       remedy=N_("Choose another name, or say that it is to be replaced; it is then kept aside."))
    with Store.open(backup, actor=actor, passphrase=passphrase) as source:
        key, sequence, head = source.key, source.entries()[-1].seq, source.head()
    verify_copy(backup, key)
    lock = WriterLock(target, actor)
    part = target.with_name(target.name + ".part")
    try:
        _duplicate(backup, part)
        connect_writer(part, key).close()  # it has its log before it has the book's name
        aside = _set_aside(target, key) if target.exists() else None
        copy_keys(backup, target)
        if has_keys(target) and not has_keys(backup):
            keys_path(target).unlink()
        part.replace(target)
        sync_folder(target.parent)
    except (OSError, EngineError, SandyqError) as error:
        _clear(part)
        raise SandyqError("restore-failed", N_("The backup could not be put in place; the book is as it was."),
                          where=f"{target.name}: {error}", remedy=N_("Check the disk and the space on it.")) from error
    finally:
        lock.release()
    with Store.open_with_key(target, key, write=True, actor=actor) as restored:
        restored.record(Batch("restore", actor, {"backup": backup.name, "sequence": sequence, "head": head,
                                                 "kept_aside": aside.name if aside else ""}), now)
    return aside


def _copy(store: Store, part: Path) -> None:
    _clear(part)
    copy = connect_writer(part, store.key)
    try:
        store.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with no log beside it
    finally:
        copy.close()
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _check_whole(path: Path, key: str | None, head: str) -> None:
    with Store.open_with_key(path, key, actor="backup") as copy:
        found = copy.verify()
    if not found.holds or not found.head.startswith(head):
        where = found.damages[0].what if found.damages else path.name
        raise IntegrityFailed("backup-not-whole", N_("The backup does not hold what the book holds."),
                              where=f"{path.name}: {where}",
                              remedy=N_("Make another backup on a sound disk; earlier ones are as they were."))


def _duplicate(source: Path, part: Path) -> None:
    with source.open("rb") as read, part.open("wb") as written:
        while block := read.read(1 << 20):
            written.write(block)
        written.flush()
        os.fsync(written.fileno())


def _set_aside(book: Path, key: str | None) -> Path:
    """Keep the book under another name, its log with it; both names lead to the same bytes until the next step.

    The log is emptied into the book first where that can be done, so that losing power in between loses nothing.
    """
    with contextlib.suppress(SandyqError, EngineError):
        connect_writer(book, key).close()
    number = 1
    while (aside := book.with_name(f"{book.stem}.replaced-{number}.sandyq")).exists():
        number += 1
    copy_keys(book, aside)
    log = book.with_name(book.name + "-wal")
    try:
        aside.hardlink_to(book)
    except OSError:
        _duplicate(book, aside)
    if log.exists():
        log.replace(aside.with_name(aside.name + "-wal"))
    with contextlib.suppress(FileNotFoundError):
        book.with_name(book.name + "-shm").unlink()
    sync_folder(book.parent)
    return aside


def _thin_out(folder: Path, newest: Copy) -> None:
    found = [copy for path in folder.glob("*.sandyq") if (copy := _named(path)) is not None]
    for copy in kept([copy for copy in found if _book(copy) == _book(newest)]):
        if not copy.kept_as and copy.path != newest.path:
            _clear(copy.path)
            _clear(keys_path(copy.path))


def _named(path: Path) -> Copy | None:
    said = _NAME.fullmatch(path.name)
    if not said:
        return None
    try:
        moment = datetime.strptime(said["moment"], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Copy(path, int(said["seq"]), moment, said["head"])


def _book(copy: Copy) -> str:
    said = _NAME.fullmatch(copy.path.name)
    return said["book"] if said else ""


def _clear(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}.lock"):
        with contextlib.suppress(OSError):
            path.with_name(name).unlink()
