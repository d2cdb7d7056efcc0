"""Backups, restore drills, passphrases: the book's own safety, and what is said before anything is put back."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandyq.basics.decimals import cents
from sandyq.basics.errors import BadInput, IntegrityFailed, SandyqError
from sandyq.basics.text import N_
from sandyq.control.people import Right
from sandyq.store import wraps
from sandyq.store.backups import Copy, copies, make_backup, restore_copy, verify_copy
from sandyq.store.store import Store
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.recorded import Backup

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class SafekeepingDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    def back_up(self) -> Backup:
        """Make a verified copy beside the book and thin older ones out. Raises IntegrityFailed, SandyqError."""
        copy = make_backup(self._station.store)
        return self._described(copy)

    def backups(self) -> tuple[Backup, ...]:
        """Return the backups, the newest first; figures are those of the backup itself. An unreadable one says so."""
        return tuple(self._described(copy) for copy in copies(self._station.path))

    def drill(self) -> Changes:
        """Restore the newest backup to a temporary place, verify it and compare it with the book's own past.

        The result goes into the journal, whatever it is. Raises BadInput when there is no backup.
        """
        self._station.people.require(Right.KEEP_SAFE)
        found = copies(self._station.path)
        if not found:
            raise BadInput("no-backup", N_("There is no backup of this book yet."), remedy=N_("Make one first."))
        newest = found[0]
        result: dict[str, object] = {"backup": newest.path.name, "sequence": newest.sequence, "head": newest.head}
        try:
            with tempfile.TemporaryDirectory(prefix="sandyq-") as folder:
                result |= self._tried(newest, Path(folder) / self._station.path.name)
        except SandyqError as error:
            result |= {"holds": False, "problem": str(error)}
        return self._station.record("restore-drill", result, [])

    def _tried(self, newest: Copy, place: Path) -> dict[str, object]:
        place.write_bytes(newest.path.read_bytes())
        key = self._station.store.key
        verify_copy(place, key, newest.head)
        then = self._station.store.entry(newest.sequence)
        same = then is not None and then.hash.startswith(newest.head)
        described = self._described(Copy(place, newest.sequence, newest.known_at, newest.head, newest.kept_as))
        value = described.market_value_usd
        return {"holds": same and described.holds, "continues": same,
                "as_of": described.as_of.isoformat() if described.as_of else "",
                "market_value_usd": "" if value is None else str(cents(value))}

    def _described(self, copy: Copy) -> Backup:
        return described(copy, self._station.store.key, self._station.actor)

    # ---- who opens an encrypted book

    def openers(self) -> tuple[str, ...]:
        """Return who has a passphrase of this book; nobody in a plain book."""
        return wraps.names(self._station.path) if wraps.has_keys(self._station.path) else ()

    def change_passphrase(self, person: str, passphrase: str, new: str) -> Changes:
        """Give a person another passphrase; the book is not rewritten."""
        wraps.change_passphrase(self._station.path, person, passphrase, new)
        return self._noted("passphrase-changed", person)

    def add_opener(self, passphrase: str, person: str, new: str) -> Changes:
        """Let one more person open the book."""
        wraps.add_wrap(self._station.path, passphrase, person, new)
        return self._noted("passphrase-added", person)

    def remove_opener(self, passphrase: str, person: str) -> Changes:
        """Take a person's passphrase away; the last one stays."""
        wraps.remove_wrap(self._station.path, passphrase, person)
        return self._noted("passphrase-removed", person)

    def recovery_sheet(self, passphrase: str) -> str:
        """Return the code of a new recovery sheet; an earlier sheet opens nothing from now on."""
        code = wraps.recovery_sheet(self._station.path, passphrase)
        self._noted("recovery-sheet", wraps.RECOVERY)
        return code

    def _noted(self, kind: str, person: str) -> Changes:
        return self._station.record(kind, {"person": person}, [])


def described(copy: Copy, key: str | None, actor: str) -> Backup:
    """Return a backup with its own figures, found by opening it; `holds` False when it cannot be relied on."""
    from sandyq.workstation.workstation import Workstation

    try:
        verify_copy(copy.path, key, copy.head)
        with Workstation(Store.open_with_key(copy.path, key, actor=actor), copy.path, actor) as opened:
            day = opened.latest_day()
            value = opened.holdings(Question(day)).market_value_usd
    except (SandyqError, OSError):
        return Backup(copy.path, copy.sequence, copy.known_at, copy.head, copy.kept_as, False, None, None)
    return Backup(copy.path, copy.sequence, copy.known_at, copy.head, copy.kept_as, True, value, day)


def look_at(backup: Path, *, actor: str, passphrase: str | None = None) -> Backup:
    """Return what a backup file holds, before anything is restored. Raises BadInput, IntegrityFailed."""
    with Store.open(backup, actor=actor, passphrase=passphrase) as store:
        last, key = store.last(), store.key
    if last is None:
        raise BadInput("empty-book", N_("There is nothing in the book yet."), where=backup.name)
    found = described(Copy(backup, last.seq, last.known_at, last.hash[:12]), key, actor)
    if not found.holds:
        raise IntegrityFailed("backup-not-whole", N_("The backup does not hold what the book holds."),
                              where=backup.name, remedy=N_("Choose another backup."))
    return found


def restore(backup: Path, target: Path, *, actor: str, now: datetime, passphrase: str | None = None,
            replace: bool = False) -> Path | None:
    """Put a backup in a book's place; returns where the replaced book is kept (see `store.backups.restore_copy`)."""
    return restore_copy(backup, target, passphrase=passphrase, actor=actor, now=now, replace=replace)
