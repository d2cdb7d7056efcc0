"""R3 (disk full), R4 (a sync or a write fails) and R5 (read-only and removed medium)."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import children
import shim
import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import SandyqError
from sandyq.store.store import Store
from sandyq.workstation.workstation import Workstation

REFUSALS = {"not-recorded", "commit-lost"}
"""Codes that promise: it is not in the book."""
OPENING = {"book-not-writable", "book-not-opened", "no-wal", "book-damaged", "unfinished-log"}


def _batches(book: Path, say: children.Say, number: int = 12) -> None:
    """Record small and large batches; say which are acknowledged and how the others were refused."""
    try:
        store = Store.open(book, write=True, actor="Analyst 1")
    except SandyqError as error:
        say(f"open {error.code}")
        return
    with store:
        for n in range(number):
            rows = books.prices(n, 900) if n % 3 == 1 else [books.booking(f"B-{n}", date(2026, 1, 5))]
            try:
                mark = books.record(store, 10 + n, rows)
                say(f"recorded {mark}")
            except SandyqError as error:
                say(f"refused {error.code}")
            with contextlib.suppress(SandyqError):  # after a failed disk it may refuse in a sentence, nothing else
                store.entries()


def _small(folder: Path) -> None:
    folder.mkdir(parents=True)
    with Store.create(folder / "book.sandyq", actor="Analyst 1", now=books.START) as store:
        books.record(store, 1, [books.booking("FIRST", date(2026, 1, 2))])


def _honest(folder: Path, ended: children.Ended, *, sound: bool = True) -> str:
    """Hold what the writer said against the book, on a disk that works again."""
    if ended.late or ended.fault:
        return ended.fault or "it took too long"
    seen = books.look(folder / "book.sandyq", write=True)
    if not seen.holds:
        return f"verify finds {seen.damages}"
    acknowledged = [line.split()[1] for line in ended.said if line.startswith("recorded ")]
    gone = [mark for mark in acknowledged if mark not in seen.hashes]
    if gone:
        return f"lost: {len(gone)} of {len(acknowledged)} acknowledged entries are not there"
    codes = [line.split()[1] for line in ended.said if line.startswith("refused ")]
    strange = [code for code in codes if code not in REFUSALS | {"commit-found", "commit-unknown"}]
    if strange:
        return f"refused by an unexpected code: {strange}"
    extra = len(seen.hashes) - 2 - len(acknowledged)
    if extra != codes.count("commit-found") and not codes.count("commit-unknown") >= extra >= 0:
        return f"lost: {extra} entries beside those acknowledged, though the refusals were {codes}"
    with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1") as store:
        books.record(store, 99, [books.booking("AGAIN", date(2026, 1, 9))])
    return "" if books.look(folder / "book.sandyq").holds or not sound else "it does not go on afterwards"


def _count(outcome: Outcome, run: Run, state: str, look: Callable[[], str]) -> None:
    outcome.tried += 1
    try:
        what = look()
    except SandyqError as error:
        what = f"the book does not open: {error}"
    except Exception as error:
        what = f"a fault of our own, {type(error).__name__}: {error}"
    if what:
        outcome.lost += what.startswith("lost")
        outcome.fail(f"seed {run.seed}, {state}: {what}")
    else:
        outcome.caught += 1


def full_disk(run: Run) -> Outcome:
    """Full from the Nth write on, a medium of 1 MiB (where it may be mounted), a limit on the size of files."""
    outcome = Outcome("R3", run.count)
    before, folder = run.folder / "before", run.folder / "full"
    _small(before)
    chance = run.chance("R3")
    medium = _Medium(run.folder / "medium")
    try:
        for number in range(run.count):
            if run.over:
                break
            way = ("write", "write", "limit", "medium")[number % 4]
            if way == "medium" and not medium.mounted:
                way = "write"
            outcome.note(f"by {way}")
            if way == "medium":
                medium.empty()
                book = books.copy(before, medium.path / "a")
                ballast = medium.path / "ballast"
                left = os.statvfs(medium.path).f_bavail * 4096
                ballast.write_bytes(bytes(max(0, left - chance.randint(0, 500_000))))
                ended = children.run(lambda say, book=book: _batches(book, say))
                books.copy(medium.path / "a", folder)  # to a larger medium: the book has to go on there
                state = f"medium of 1 MiB, try {number}"
            else:
                book = books.copy(before, folder)
                limit = chance.randint(1, 3_000_000)
                first = chance.randint(1, 1_300)
                arms = shim.Arms(folder, failing=shim.WRITE | shim.TRUNCATE, first=first, times=shim.ALWAYS,
                                 error=errno.ENOSPC)
                ended = children.run(lambda say, book=book, limit=limit, way=way: _limited(book, say, limit, way),
                                     arms if way == "write" else None)
                state = f"full from write {first} on" if way == "write" else f"files of at most {limit} bytes"
            outcome.note("refused", any(line.startswith(("refused", "open")) for line in ended.said))
            _count(outcome, run, state, lambda ended=ended: _honest(folder, ended))
    finally:
        medium.take_away()
    return outcome


def _limited(book: Path, say: children.Say, limit: int, way: str) -> None:
    if way == "limit":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    _batches(book, say)


class _Medium:
    """A small file system in memory, where this process may mount one."""

    def __init__(self, path: Path, size: str = "1m") -> None:
        self.path = path
        path.mkdir(parents=True)
        self.mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True,
            check=False).returncode == 0

    def empty(self) -> None:
        for child in self.path.iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()

    def read_only(self) -> bool:
        return subprocess.run(["mount", "-o", "remount,ro", str(self.path)], capture_output=True,
                              check=False).returncode == 0

    def take_away(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.path)], capture_output=True, check=False)
            self.mounted = False


def failing_sync(run: Run) -> Outcome:
    """EIO at the Nth sync, once or from then on, and at the Nth write, truncation or removal."""
    outcome = Outcome("R4", run.count)
    before, folder = run.folder / "before", run.folder / "failing"
    _small(before)
    book = books.copy(before, folder)
    whole = {kinds: children.run(lambda say: _batches(books.copy(before, folder), say),
                                 shim.Arms(folder, counting=kinds)).calls
             for kinds in (shim.SYNC, shim.WRITE, shim.TRUNCATE | shim.UNLINK)}
    chance = run.chance("R4")
    for number in range(run.count):
        if run.over:
            break
        kinds = (shim.SYNC, shim.SYNC, shim.WRITE, shim.SYNC, shim.TRUNCATE | shim.UNLINK)[number % 5]
        first = chance.randint(1, max(1, whole[kinds]))
        times = chance.choice((1, 1, 2, shim.ALWAYS))
        book = books.copy(before, folder)
        ended = children.run(lambda say, book=book: _batches(book, say),
                             shim.Arms(folder, failing=kinds, first=first, times=times, error=errno.EIO))
        for line in ended.said:
            outcome.note(" ".join(line.split()[:2]) if not line.startswith("recorded") else "recorded")
        name = {shim.SYNC: "sync", shim.WRITE: "write"}.get(kinds, "truncation or removal")
        _count(outcome, run, f"error at {name} {first}, {'from then on' if times == shim.ALWAYS else times}",
               lambda ended=ended: _honest(folder, ended))
    return outcome


def media(run: Run) -> Outcome:
    """R5: three ways of read-only and three of a medium that goes away while a book is open."""
    outcome = Outcome("R5", 6)
    before = run.folder / "before"
    books.make(before)
    with Workstation.open(before / "book.sandyq", actor="Auditor 1") as station:
        figures = books.figures_of(station)
    medium = _Medium(run.folder / "medium", "8m")
    if not medium.mounted:
        outcome.planned = 3
        outcome.note("no right to mount: read-only media not tried")
    else:
        book = books.copy(before, medium.path / "a")
        medium.read_only()
        _count(outcome, run, "read-only medium, for reading", lambda: _reads(book, figures))
        _count(outcome, run, "read-only medium, for writing", lambda: _refuses_writing(book))
        _count(outcome, run, "read-only medium, with an unfinished log", lambda: _unfinished(medium, before))
    for kinds, state in ((shim.READ | shim.CHANGES, "gone at once"), (shim.CHANGES, "gone for writing"),
                         (shim.READ | shim.CHANGES, "gone in the middle")):
        folder = run.folder / "gone"
        book = books.copy(before, folder)
        first = {"gone at once": 1, "gone for writing": 1, "gone in the middle": 200}[state]
        ended = children.run(lambda say, book=book: _work(book, say, figures),
                             shim.Arms(folder, failing=kinds, first=first, times=shim.ALWAYS, error=errno.EIO))
        _count(outcome, run, f"removed medium, {state}", lambda ended=ended, folder=folder: _clean(folder, ended))
    medium.take_away()
    return outcome


def _work(book: Path, say: children.Say, figures: tuple[object, ...]) -> None:
    """Read figures and record, on a medium that goes away: either the true figures, or a refusal."""
    try:
        with Workstation.open(book, actor="Analyst 1") as station:
            say("figures true" if books.figures_of(station) == figures else "figures false")
    except SandyqError as error:
        say(f"refused {error.code}")
    _batches(book, say, 6)


def _clean(folder: Path, ended: children.Ended) -> str:
    if ended.fault:
        return ended.fault
    if "figures false" in ended.said:
        return "a wrong figure was shown"
    acknowledged = [line.split()[1] for line in ended.said if line.startswith("recorded ")]
    seen = books.look(folder / "book.sandyq", write=True)
    if not seen.holds:
        return f"verify finds {seen.damages}"
    if not set(acknowledged) <= set(seen.hashes):
        return "lost: an acknowledged entry is not there when the medium is back"
    return "" if any(line.startswith(("refused", "open")) for line in ended.said) else "nothing was refused"


def _reads(book: Path, figures: tuple[object, ...]) -> str:
    with Workstation.open(book, actor="Auditor 1") as station:
        if station.store.read_only is None:
            return "no banner says that the book is open for reading"
        return "" if books.figures_of(station) == figures else "the figures are others"


def _refuses_writing(book: Path) -> str:
    try:
        Store.open(book, write=True, actor="Analyst 1").close()
    except SandyqError as error:
        return "" if error.code == "book-not-writable" else f"refused as {error.code}"
    return "it opened for writing"


def _unfinished(medium: _Medium, before: Path) -> str:
    """A book whose last entries stand in its log only must not be shown without them."""
    subprocess.run(["mount", "-o", "remount,rw", str(medium.path)], capture_output=True, check=True)
    book = books.copy(before, medium.path / "b")

    def leave(say: children.Say) -> None:
        store = Store.open(book, write=True, actor="Analyst 1")
        say(books.record(store, 3_000, [books.booking("LOG", date(2026, 1, 9))]))
        os._exit(0)

    children.run(leave)
    medium.read_only()
    try:
        Store.open(book, actor="Auditor 1").close()
    except SandyqError as error:
        return "" if error.code == "unfinished-log" else f"refused as {error.code}"
    return "it opened without the entries of its log"
