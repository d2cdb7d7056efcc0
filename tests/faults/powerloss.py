"""R2: loss of power, replayed from a log of writes.

A workload runs once under the logging library. Then a crash is put at a random place of the log, `crashes` makes a
state that it may have left, and the state is opened, verified and compared with what had been acknowledged by then.
"""

from __future__ import annotations

import os
import shutil
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import children
import shim
import spoiled_books as books
from crashes import Disk, read_log
from outcome import Outcome, Run

from sandyq.basics.errors import SandyqError
from sandyq.store import wraps
from sandyq.store.backups import copies, make_backup, restore_copy
from sandyq.store.store import Store

# --- workloads: each marks what is safe; `number` says which promise

Promise = Callable[[Path, int], str]
"""Looks at a folder after a crash when `number` promises had been made; returns what is wrong."""


@dataclass(frozen=True)
class Workload:
    """`prepare` fills a folder before the log begins, `work` is logged, `promise` is what must hold at any crash."""

    name: str
    prepare: Callable[[Path], None]
    work: Callable[[Path], None]
    expect: Callable[[Path], Promise]
    """Makes the check from the folder as it was after the whole work."""


def _chain(book: Path, wanted: tuple[str, ...], base: int, number: int, *, may_miss: bool = False) -> str:
    """Say what is wrong with a book that had `base` entries and `number` acknowledged ones more."""
    if not book.exists():
        return "" if may_miss else "the book is gone"
    try:
        seen = books.look(book, write=True)
    except SandyqError as error:
        return "" if may_miss and book.stat().st_size == 0 else f"the book does not open: {error}"
    if not seen.holds:
        return f"verify finds {seen.damages}"
    if seen.hashes != wanted[:len(seen.hashes)]:
        return f"{len(seen.hashes)} entries, and they are others than those recorded"
    if len(seen.hashes) < base + number:
        return f"lost: {base + number} entries were acknowledged, {len(seen.hashes)} are there"
    if len(seen.hashes) > base + number + 1:
        return f"{len(seen.hashes)} entries, only {base + number + 1} were begun"
    return ""


def _bookings(synchronous: str) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        done = 0
        for _ in range(3):
            with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1") as store:
                store.connection.execute(f"PRAGMA synchronous={synchronous}")
                store.connection.execute("PRAGMA wal_autocheckpoint=60")
                for n in range(12):
                    day = date(2026, 1, 1) + timedelta(done)
                    if n == 7:
                        rows = [("reversal", (0, str(done - 3), "", "", "typed wrongly")),
                                books.booking(f"C-{done}", day)]
                        books.record(store, 100 + done, rows, "correction")
                    elif n == 9:
                        books.record(store, 100 + done, books.prices(done, 700))
                    else:
                        books.record(store, 100 + done, [books.booking(f"B-{done}", day)])
                    done += 1
                    shim.mark(done)
    return work


def _expect_bookings(folder: Path) -> Promise:
    wanted = books.look(folder / "book.sandyq").hashes
    base = len(wanted) - 36
    return lambda crashed, number: _chain(crashed / "book.sandyq", wanted, base, number)


def _create(folder: Path) -> None:
    with Store.create(folder / "book.sandyq", actor="Analyst 1", now=books.START) as store:
        shim.mark(1)
        for n in range(4):
            books.record(store, n + 1, [books.booking(f"B-{n}", date(2026, 1, 1))])
            shim.mark(n + 2)


def _expect_create(folder: Path) -> Promise:
    wanted = books.look(folder / "book.sandyq").hashes

    def promise(crashed: Path, number: int) -> str:
        book = crashed / "book.sandyq"
        if number == 0 and book.exists() and book.stat().st_size:
            # Nothing is promised yet. What is there must not pass for somebody's book with other content.
            try:
                seen = books.look(book, write=True)
            except SandyqError:
                return ""
            return "" if seen.hashes in (wanted[:1], ()) else "a book of other entries"
        return _chain(book, wanted, 0, number, may_miss=number == 0)
    return promise


def _small(folder: Path) -> None:
    with Store.create(folder / "book.sandyq", actor="Analyst 1", now=books.START) as store:
        for n in range(3):
            books.record(store, n + 1, [books.booking(f"B-{n}", date(2026, 1, 1))])


def _backups(folder: Path) -> None:
    with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1") as store:
        for n in range(3):
            books.record(store, 50 + n, [books.booking(f"A-{n}", date(2026, 2, 1))])
            make_backup(store)
            shim.mark(n + 1)


def _expect_backups(folder: Path) -> Promise:
    wanted = books.look(folder / "book.sandyq").hashes
    base = len(wanted) - 3

    def promise(crashed: Path, number: int) -> str:
        book = crashed / "book.sandyq"
        sound = {copy.sequence for copy in copies(book)
                 if _safely(lambda path=copy.path: books.look(path).hashes) == wanted[:copy.sequence]}
        # The newest is promised; earlier ones of the same day are thinned out.
        gone = number > 0 and not sound & {base + number, base + number + 1}
        unfit = [copy.path.name for copy in copies(book) if copy.sequence not in sound]
        if gone or unfit:
            return f"lost: backups of entries {sorted(sound)} are left of {base + number}; {unfit} do not hold"
        return _chain(book, wanted, base, number)
    return promise


def _safely(look: Callable[[], object]) -> object:
    try:
        return look()
    except SandyqError as error:
        return str(error)


def _with_backup(folder: Path) -> None:
    _small(folder)
    with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1") as store:
        make_backup(store)
        books.record(store, 60, [books.booking("AFTER", date(2026, 2, 1))])


def _restore(folder: Path) -> None:
    book = folder / "book.sandyq"
    restore_copy(copies(book)[0].path, book, passphrase=None, actor="Analyst 1", replace=True,
                 now=books.START + timedelta(days=1))
    shim.mark(1)


def _expect_restore(folder: Path) -> Promise:
    restored = books.look(folder / "book.sandyq").hashes
    before = books.look(next(folder.glob("*.replaced-1.sandyq"))).hashes

    def promise(crashed: Path, number: int) -> str:
        book = crashed / "book.sandyq"
        if not book.exists():
            return "the book is gone"
        seen = _safely(lambda: books.look(book, write=True))
        if not isinstance(seen, books.Seen) or not seen.holds:
            return f"the book does not hold: {seen}"
        allowed = (restored,) if number else (before, restored[:-1], restored)
        if seen.hashes not in allowed:
            return f"lost: {len(seen.hashes)} entries are neither the old book nor the restored one"
        asides = list(crashed.glob("*.replaced-1.sandyq"))
        kept = bool(asides) and _safely(lambda: books.look(asides[0]).hashes) == before
        return "" if kept or seen.hashes == before else "lost: the replaced book is not kept aside"
    return promise


def _old(folder: Path) -> None:
    shutil.copyfile(books.FIXTURES / "book_v1.sandyq", folder / "book.sandyq")


def _migrate(folder: Path) -> None:
    with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1") as store:
        shim.mark(1)
        books.record(store, 100, [books.booking("NEW", date(2026, 2, 1))])
        shim.mark(2)


def _expect_migrate(folder: Path) -> Promise:
    wanted = books.look(folder / "book.sandyq").hashes

    def promise(crashed: Path, number: int) -> str:
        return _chain(crashed / "book.sandyq", wanted, len(wanted) - 1, max(number - 1, 0))
    return promise


def _encrypted(folder: Path) -> None:
    with Store.create(folder / "book.sandyq", actor="Analyst 1", now=books.START, passphrase="the old passphrase"):
        pass
    keep(folder)


def keep(folder: Path) -> None:
    """Put the keys file aside, so that the check knows what it was; nothing is logged there."""
    (folder / "before.keys").write_bytes(wraps.keys_path(folder / "book.sandyq").read_bytes())


def _new_passphrase(folder: Path) -> None:
    wraps.change_passphrase(folder / "book.sandyq", "Analyst 1", "the old passphrase", "the new passphrase")
    shim.mark(1)


def _expect_keys(folder: Path) -> Promise:
    """The keys file decides who opens the book at all: it is the old one or the new one, never a part of either."""
    after = wraps.keys_path(folder / "book.sandyq").read_bytes()
    before = (folder / "before.keys").read_bytes()
    assert after != before

    def promise(crashed: Path, number: int) -> str:
        file = wraps.keys_path(crashed / "book.sandyq")
        if not file.exists():
            return "lost: the keys of the book are gone"
        found = file.read_bytes()
        if found not in (before, after):
            return "lost: the keys file is neither the old one nor the new one"
        return "lost: the new passphrase was acknowledged" if number and found != after else ""
    return promise


WORKLOADS = (
    Workload("bookings", _small, _bookings("FULL"), _expect_bookings),
    Workload("create", lambda folder: None, _create, _expect_create),
    Workload("backup", _small, _backups, _expect_backups),
    Workload("restore", _with_backup, _restore, _expect_restore),
    Workload("migration", _old, _migrate, _expect_migrate),
    Workload("keys", _encrypted, _new_passphrase, _expect_keys),
)
SHARES = {"bookings": 0.55, "create": 0.1, "backup": 0.1, "restore": 0.1, "migration": 0.1, "keys": 0.05}
WITHOUT_SYNC = Workload("bookings without sync", _small, _bookings("OFF"), _expect_bookings)


def replay(run: Run, outcome: Outcome, workload: Workload, states: int) -> int:
    """Try crash states of one workload; returns in how many of them something was wrong."""
    origin, to = run.folder / "origin", run.folder / "crashed"
    shutil.rmtree(origin, ignore_errors=True)
    origin.mkdir(parents=True)
    workload.prepare(origin)
    disk = Disk.of(origin)
    log = run.folder / "writes.log"
    handle = os.open(log, os.O_CREAT | os.O_TRUNC | os.O_RDWR)
    ended = children.run(lambda say: workload.work(origin), shim.Arms(origin, log=handle))
    os.close(handle)
    if ended.fault or ended.killed:
        raise RuntimeError(f"the workload {workload.name} did not run: {ended}")
    calls = read_log(log)
    promise = workload.expect(origin)
    marks = [place for place, call in enumerate(calls) if call.kind == shim.MARK]
    numbers = [calls[place].offset for place in marks]
    chance = run.chance("R2", workload.name)
    cuts = sorted(chance.randint(0, len(calls)) for _ in range(states))
    wrong = done = 0
    for state, cut in enumerate(cuts):
        if run.over:
            break
        while done < cut:
            disk.apply(calls[done])
            done += 1
        promised = bisect_right(marks, cut - 1)
        number = numbers[promised - 1] if promised else 0
        shutil.rmtree(to, ignore_errors=True)
        how = disk.crashed(run.chance("R2", workload.name, state), to, origin)
        try:
            what = promise(to, number)
        except Exception as error:
            what = f"a fault of our own, {type(error).__name__}: {error}"
        outcome.tried += 1
        if what:
            wrong += 1
            outcome.note(f"wrong in {workload.name}")
            outcome.lost += what.startswith("lost")
            outcome.fail(f"seed {run.seed}, {workload.name}, state {state} of {states}, cut at call {cut} "
                         f"of {len(calls)}, {how}: {what}")
        else:
            outcome.caught += 1
    return wrong


def power_loss(run: Run) -> Outcome:
    outcome = Outcome("R2", run.count)
    for workload in WORKLOADS:
        replay(run, outcome, workload, round(run.count * SHARES[workload.name]))
    return outcome


def blind(run: Run) -> Outcome:
    """R2t: without syncs the same replay must find losses; what it finds is what is caught here."""
    outcome = Outcome("R2t", run.count)
    wrong = replay(run, outcome, WITHOUT_SYNC, run.count)
    outcome.note("losses found, as it must", wrong)
    outcome.caught, outcome.lost = wrong, 0
    outcome.failures = [] if wrong > run.count // 20 else [
        f"seed {run.seed}: only {wrong} of {run.count} states without syncs showed a loss: the harness is blind"]
    return outcome


