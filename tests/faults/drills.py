"""R12 (a book is destroyed and comes back from its backup) and R14 (memory of one process over time)."""

from __future__ import annotations

import os
import random
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import children
import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import SandyqError
from sandyq.store.backups import copies
from sandyq.store.store import Store
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

WARM = 0.3
"""The part of the time after which memory is compared."""


def _removed(book: Path, chance: random.Random) -> None:
    for file in book.parent.glob("book.sandyq*"):
        if file.is_file():
            file.unlink()


def _cut(book: Path, chance: random.Random) -> None:
    os.truncate(book, chance.randrange(1, book.stat().st_size))


def _zeroed(book: Path, chance: random.Random) -> None:
    with book.open("rb+") as file:
        for _ in range(20):
            file.seek(4_096 * chance.randrange(book.stat().st_size // 4_096))
            file.write(bytes(4_096))


def _overwritten(book: Path, chance: random.Random) -> None:
    book.write_bytes(chance.randbytes(10_000))


DISASTERS: tuple[Callable[[Path, random.Random], None], ...] = (_removed, _cut, _zeroed, _overwritten)


def drills(run: Run) -> Outcome:
    outcome = Outcome("R12", run.count)
    for number in range(run.count):
        if run.over:
            break
        chance = run.chance("R12", number)
        folder = run.folder / f"{number}"
        outcome.tried += 1
        disaster = DISASTERS[number % len(DISASTERS)]
        try:
            what = _drill(folder, chance, disaster)
        except (SandyqError, SystemExit) as error:
            what = f"it did not come back: {error}"
        except Exception as error:
            what = f"a fault of our own, {type(error).__name__}: {error}"
        if what:
            outcome.lost += what.startswith("lost")
            outcome.fail(f"seed {run.seed}, drill {number}, {disaster.__name__.strip('_')}: {what}")
        else:
            outcome.caught += 1
        shutil.rmtree(folder)
    return outcome


def _drill(folder: Path, chance: random.Random, disaster: Callable[[Path, random.Random], None]) -> str:
    book = books.make(folder, bookings=chance.randint(3, 40), days=chance.randint(20, 120))
    quiet = ("--actor", "Analyst 1", "--json")
    said = children.run(lambda say: books.command("backup", book, *quiet))
    if said.fault:
        return said.fault
    with Workstation.open(book, actor="Auditor 1") as station:
        figures, hashes = books.figures_of(station), books.look(book).hashes
    with Store.open(book, write=True, actor="Analyst 1") as store:
        books.record(store, 5_000_000, [books.booking("AFTER", books.LAST_DAY, "77777")])
    disaster(book, chance)
    backup = copies(book)[0].path
    said = children.run(lambda say: books.command("restore", backup, book, "--replace", "--yes", *quiet))
    if said.fault:
        return said.fault
    seen = books.look(book, write=True)
    if not seen.holds or seen.hashes[:-1] != hashes:
        return f"lost: {len(seen.hashes)} entries instead of {len(hashes) + 1}, {seen.damages}"
    with Workstation.open(book, actor="Auditor 1") as station:
        return "" if books.figures_of(station) == figures else "lost: the figures are not those of the backup"


def soak(run: Run) -> Outcome:
    """Open, ask, book, verify and close again and again; memory after the warm-up grows by less than 5 %."""
    outcome = Outcome("R14", run.count)
    base = books.make(run.folder / "base")
    ended = children.run(lambda say: _soak(base, run, say), seconds=run.count + 600)
    figures = {line.split()[0]: float(line.split()[1]) for line in ended.said if not line.startswith("fault")}
    outcome.tried = int(figures.get("seconds", 0))
    if ended.fault or "end" not in figures:
        outcome.fail(ended.fault or "it did not end")
        return outcome
    growth = figures["end"] / figures["warm"] - 1
    outcome.note("rounds", int(figures["rounds"]))
    outcome.note("KiB after the warm-up", int(figures["warm"]))
    outcome.note("KiB at the end", int(figures["end"]))
    if growth < 0.05:
        outcome.caught = outcome.tried
    else:
        outcome.fail(f"memory grew by {growth:.1%} after the warm-up")
    return outcome


def _soak(base: Path, run: Run, say: children.Say) -> None:
    start = time.monotonic()
    end = min(start + run.count, run.until)
    warm, rounds = 0, 0
    book = base.parent / "soak.sandyq"
    while time.monotonic() < end:
        if rounds % 40 == 0:
            for name in ("", "-wal", "-shm"):
                book.with_name(book.name + name).unlink(missing_ok=True)
            shutil.copyfile(base, book)
        with Workstation.open(book, actor="Analyst 1", write=True) as station:
            question = Question(books.LAST_DAY)
            books.record(station.store, 5_000_000 + rounds, [books.booking(f"S-{rounds}", books.LAST_DAY)])
            station.forget()
            books.figures_of(station)
            station.limits(question)
            station.exposure(question)
            station.verify()
        rounds += 1
        if not warm and time.monotonic() - start > WARM * (end - start):
            warm = _resident()
    say(f"rounds {rounds}")
    say(f"warm {warm}")
    say(f"end {_resident()}")
    say(f"seconds {round(time.monotonic() - start)}")


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
