"""R6: one writer, another who wants to write, three readers."""

from __future__ import annotations

import os
import signal
import time
from datetime import date
from pathlib import Path

import children
import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import BookLocked, SandyqError
from sandyq.store.store import Store


def writers(run: Run) -> Outcome:
    """Bookings by one process; a second is refused with who, where, since; readers see whole and growing states."""
    outcome = Outcome("R6", run.count)
    book = run.folder / "book.sandyq"
    Store.create(book, actor="Analyst 1", now=books.START).close()
    stop, begun = run.folder / "stop", run.folder / "begun"
    others = [_start(lambda place=run.folder / f"reader-{n}": _read(book, stop, place)) for n in range(3)]
    others.append(_start(lambda: _want(book, begun, stop, run.folder / "second")))
    try:
        ended = children.run(lambda say: _write(book, begun, stop, run, say), seconds=3_600)
    finally:
        stop.touch()
        for other in others:
            os.waitpid(other, 0)
    acknowledged = [line.split()[1] for line in ended.said if line.startswith("recorded ")]
    outcome.tried = len(acknowledged)
    if ended.fault:
        outcome.fail(f"seed {run.seed}, the writer: {ended.fault}")
    seen = books.look(book, write=True)
    outcome.lost = sum(mark not in seen.hashes for mark in acknowledged)
    if not seen.holds or outcome.lost:
        outcome.fail(f"seed {run.seed}: {outcome.lost} acknowledged bookings lost, verify: {seen.damages or 'holds'}")
    outcome.caught = len(acknowledged) - outcome.lost
    for name in ("reader-0", "reader-1", "reader-2", "second"):
        good, wrong = (run.folder / name).read_text().split("\n", 1)
        outcome.note("looks of readers" if name != "second" else "refusals of the second writer", int(good))
        if wrong or not int(good):
            outcome.fail(f"seed {run.seed}, {name}: {wrong or 'it did nothing'}")
    return outcome


def _start(work: object) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()  # type: ignore[operator]
        finally:
            os._exit(0)
    return child


def _write(book: Path, begun: Path, stop: Path, run: Run, say: children.Say) -> None:
    with Store.open(book, write=True, actor="Analyst 1") as store:
        begun.touch()
        for n in range(run.count):
            if run.over:
                break
            say(f"recorded {books.record(store, n + 1, [books.booking(f'B-{n}', date(2026, 1, 5))])}")
        stop.touch()  # the others end first: who wants to write would get the lock now
        time.sleep(1)


def _read(book: Path, stop: Path, place: Path) -> None:
    """Look again and again: the journal only grows, and each entry's booking is there with it."""
    signal.alarm(7_200)
    looks, wrong, earlier = 0, "", ()
    while not stop.exists() and not wrong:
        try:
            with Store.open(book, actor="Auditor 1") as store, store.reading():
                journal = store.connection.execute('SELECT "hash" FROM "journal" ORDER BY "seq"')
                hashes = tuple(mark for mark, in journal)
                rows = store.connection.execute('SELECT count(*) FROM "booking"').fetchone()[0]
                if looks % 20 == 0 and not store.verify().holds:
                    wrong = "verify does not hold while somebody writes"
        except SandyqError as error:
            wrong = str(error)
            break
        if hashes[:len(earlier)] != earlier:
            wrong = f"{len(earlier)} entries before, {len(hashes)} now: not a continuation"
        elif rows != len(hashes) - 1:
            wrong = f"{rows} bookings with {len(hashes)} entries"
        looks, earlier = looks + 1, hashes
    place.write_text(f"{looks}\n{wrong}")


def _want(book: Path, begun: Path, stop: Path, place: Path) -> None:
    signal.alarm(7_200)
    while not begun.exists():
        time.sleep(0.01)
    refused, wrong = 0, ""
    while not stop.exists() and not wrong:
        try:
            Store.open(book, write=True, actor="Analyst 2").close()
        except BookLocked as error:
            said = str(error)
            named = "Analyst 1" in said and os.uname().nodename in said
            refused += named
            if not named and "Somebody else" not in said:
                wrong = f"the refusal names nobody: {said}"
        except SandyqError as error:
            wrong = str(error)
    place.write_text(f"{refused}\n{wrong}")
