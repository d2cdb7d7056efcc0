"""R1 and R11: kill -9 at an operation on a file, before it or half way through a write.

Each scenario is one command of the command line on a copy of the same book. It runs once to count its operations; then
a fresh copy is killed at a chosen one. After each kill the book is opened for writing (the lock must be free) and
verified, and must be as before the command or as after one of its whole steps; what was acknowledged must be there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import children
import shim
import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import BadInput, SandyqError
from sandyq.control.people import Role, Signer
from sandyq.control.signing import signer_from_seed
from sandyq.store.backups import copies
from sandyq.store.store import Store
from sandyq.workstation.workstation import Workstation

ACTOR = ("--actor", "Analyst 1")


@dataclass(frozen=True)
class Scenario:
    """`prepare` makes the folder, `job` is what gets killed, `check` says what is wrong (given what was said)."""

    name: str
    prepare: Callable[[Path], None]
    job: Callable[[Path, children.Say], None]
    check: Callable[[Path, Path, bool], str]
    """(folder after the kill, folder before it, acknowledged)."""


def _book(folder: Path) -> None:
    books.make(folder)
    for n in range(3):
        (folder / f"more_{n}.csv").write_text(books.prices_text(date(2015 + n, 1, 1), 300, (f"SYM{n}",)))
    (folder / "one.csv").write_text(books.HEADER + "2026-06-01,2026-06-02,buy,IBIT,10,50.5,USD,1,0,Custodian 1,N-1\n")


def _cli(*words: str) -> Callable[[Path, children.Say], None]:
    """A command; BOOK, FOLDER and BACKUP stand for places that the folder decides."""
    def job(folder: Path, say: children.Say) -> None:
        book = folder / "book.sandyq"
        backup = copies(book)[0].path if "BACKUP" in words else book
        places = {"BOOK": str(book), "BACKUP": str(backup)}
        books.command(*(places.get(word, word.replace("FOLDER", str(folder))) for word in words))
        say("done")
    return job


def _steps(allowed: range | tuple[int, ...]) -> Callable[[Path, Path, bool], str]:
    """The book holds, begins with its old entries, and has one of the allowed numbers of new ones, the last if done."""
    def check(folder: Path, before: Path, done: bool) -> str:
        then = books.look(before / "book.sandyq")
        now = books.look(folder / "book.sandyq", write=True)
        if not now.holds:
            return f"verify finds {now.damages}"
        if now.hashes[:len(then.hashes)] != then.hashes:
            return "the entries of before are not there"
        new = len(now.hashes) - len(then.hashes)
        if new not in allowed or (new and now.facts == then.facts):
            return f"{new} new entries with {now.facts - then.facts} facts"
        if done and new != max(allowed):
            return f"lost: the command said that it was done, {new} of {max(allowed)} entries are there"
        return ""
    return check


def _unchanged_and(wanted: str) -> Callable[[Path, Path, bool], str]:
    """The book is as it was, and the files of a pattern that are there are whole (as a second run makes them)."""
    def check(folder: Path, before: Path, done: bool) -> str:
        wrong = _steps((0,))(folder, before, False)
        if wrong:
            return wrong
        found = list(folder.glob(wanted))
        if done and not found:
            return "lost: the command said that it was done, its files are not there"
        for file in found:
            if file.suffix == ".pdf" and not file.read_bytes().rstrip().endswith(b"%%EOF"):
                return f"{file.name} is cut"
            if file.suffix == ".xlsx" and not _opens(file):
                return f"{file.name} is not a whole workbook"
            if file.suffix == ".csv" and not file.read_bytes().endswith(b"\n"):
                return f"{file.name} is cut"
        return ""
    return check


def _opens(file: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(file) as book:
            return book.testzip() is None
    except zipfile.BadZipFile:
        return False


def _with_backup(folder: Path) -> None:
    _book(folder)
    books.command("backup", folder / "book.sandyq", *ACTOR)
    books.command("import", folder / "book.sandyq", folder / "one.csv", *ACTOR)


def _backup_whole(folder: Path, before: Path, done: bool) -> str:
    wrong = _steps((0,))(folder, before, False)
    found = copies(folder / "book.sandyq")
    if wrong or (done and not found):
        return wrong or "lost: the backup that was reported is not there"
    wanted = books.look(folder / "book.sandyq").hashes
    return "" if all(books.look(copy.path).hashes == wanted for copy in found) else "a backup holds something else"


def _old_or_restored(folder: Path, before: Path, done: bool) -> str:
    book, old = folder / "book.sandyq", books.look(before / "book.sandyq").hashes
    backup = books.look(copies(before / "book.sandyq")[0].path).hashes
    now = books.look(book, write=True)
    if not now.holds:
        return f"verify finds {now.damages}"
    restored = now.hashes[:len(backup)] == backup and len(now.hashes) == len(backup) + 1
    between = now.hashes == backup
    if done and not restored:
        return "lost: the restored book is not there"
    if now.hashes != old and not restored and not between:
        return "neither the old book nor the restored one"
    asides = list(folder.glob("*.replaced-*.sandyq"))
    if now.hashes != old and not any(books.look(aside).hashes == old for aside in asides):
        return "lost: the replaced book is not kept aside"
    return ""


def _old_fixture(folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copyfile(books.FIXTURES / "book_v1.sandyq", folder / "book.sandyq")
    with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1") as store:
        (folder / "wanted").write_text("\n".join(entry.hash for entry in store.entries()))
    for file in folder.glob("book.sandyq*"):
        file.unlink()
    shutil.copyfile(books.FIXTURES / "book_v1.sandyq", folder / "book.sandyq")


def _upgrade(folder: Path, say: children.Say) -> None:
    with Store.open(folder / "book.sandyq", write=True, actor="Analyst 1"):
        pass
    say("done")


def _upgraded(folder: Path, before: Path, done: bool) -> str:
    now = books.look(folder / "book.sandyq", write=True)
    wanted = tuple((before / "wanted").read_text().split())
    if not now.holds or now.hashes != wanted:
        return f"after the upgrade: {len(now.hashes)} entries of {len(wanted)}, {now.damages}"
    books.look(folder / "book.sandyq")
    return ""


def _nothing(folder: Path) -> None:
    folder.mkdir(parents=True)


def _new_or_absent(folder: Path, before: Path, done: bool) -> str:
    book = folder / "book.sandyq"
    if not done:
        # Nothing was acknowledged: there is no book, or one that holds, or a file that is refused as none.
        if not book.exists() or not book.stat().st_size:
            return ""
        try:
            now = books.look(book, write=True)
        except BadInput as error:
            return "" if error.code in {"foreign-file", "not-a-book"} else str(error)
        return "" if now.holds else f"verify finds {now.damages}"
    now = books.look(book, write=True)
    return "" if now.holds and len(now.hashes) >= 2 else f"lost: a new book with {len(now.hashes)} entries"


def _two_persons(folder: Path) -> None:
    """A book of two persons with a proposal that waits: a manual price."""
    _book(folder)
    rows = [("manual_price", books.fact("manual_price", symbol="IBIT", date="2026-06-28", close="51.5", currency="USD",
                                        reason="no close that day", expires="2026-12-31", author="Analyst 1"))]
    with Workstation.open(folder / "book.sandyq", actor="Analyst 1", write=True) as station:
        for name, role in (("Analyst 1", Role.MANAGER), ("Risk 1", Role.RISK)):
            key = _signer(name)
            station.people.enrol(name, role, key.public_key, station.people.proof(key, role))
        station.people.sign_in(_signer("Analyst 1"))
        assert station.people.post("manual-price", "IBIT", rows, {}).proposal


def _signer(name: str) -> Signer:
    return signer_from_seed(name, sha256(name.encode()).digest())


def _approve(folder: Path, say: children.Say) -> None:
    with Workstation.open(folder / "book.sandyq", actor="Risk 1", write=True) as station:
        station.people.sign_in(_signer("Risk 1"))
        station.people.approve(station.people.proposals()[0].reference, "seen")
    say("done")


def _decided_as_a_whole(folder: Path, before: Path, done: bool) -> str:
    """The approval and the price are both there or both not; another one can still be made when they are not."""
    wrong = _steps((0, 1))(folder, before, done)
    with Store.open(folder / "book.sandyq", actor="Auditor 1") as store:
        both = [len(store.rows(table)) for table in ("approval", "manual_price")]
    if wrong or both not in ([0, 0], [1, 1]):
        return wrong or f"{both[0]} approvals and {both[1]} prices"
    if both == [0, 0]:
        _approve(folder, lambda line: None)
    return ""


SCENARIOS = (
    Scenario("import", _book, _cli("import", "BOOK", "FOLDER/more_0.csv", "FOLDER/more_1.csv", "FOLDER/more_2.csv",
                                   *ACTOR), _steps(range(4))),
    Scenario("booking", _book, _cli("import", "BOOK", "FOLDER/one.csv", *ACTOR), _steps((0, 1))),
    Scenario("correction", _book, _cli("correct", "BOOK", "T-3", "--set", "price=51.25", "--reason", "typed wrongly",
                                       *ACTOR), _steps((0, 1))),
    Scenario("report", _book, _cli("report", "BOOK", "--out", "FOLDER/out", *ACTOR), _unchanged_and("out/*")),
    Scenario("migration", _old_fixture, _upgrade, _upgraded),
    Scenario("backup", _book, _cli("backup", "BOOK", *ACTOR), _backup_whole),
    Scenario("restore", _with_backup, _cli("restore", "BACKUP", "BOOK", "--replace", "--yes", *ACTOR),
             _old_or_restored),
    Scenario("approval", _two_persons, _approve, _decided_as_a_whole),
    Scenario("new book", _nothing, _cli("new", "BOOK", "--mandate", "example", *ACTOR), _new_or_absent),
)


def kill_at(run: Run, outcome: Outcome, scenario: Scenario, kills: int, name: str) -> None:
    """Kill a scenario at `kills` of its operations: each at least once when there are as many kills."""
    before, folder = run.folder / f"before-{scenario.name}", run.folder / "killed"
    scenario.prepare(before)
    books.copy(before, folder)
    whole = children.run(lambda say: scenario.job(folder, say), shim.Arms(folder))
    if whole.fault or whole.said != ("done",):
        raise RuntimeError(f"{scenario.name} does not run without a kill: {whole}")
    wrong = scenario.check(folder, before, True)
    if wrong:
        raise RuntimeError(f"{scenario.name} without a kill: {wrong}")
    chance = run.chance(name, scenario.name)
    places = [place for _ in range(kills // whole.calls) for place in range(1, whole.calls + 1)]
    places += chance.sample(range(1, whole.calls + 1), kills % whole.calls)
    for place in places:
        if run.over:
            return
        half = chance.random() < 0.5
        books.copy(before, folder)
        ended = children.run(lambda say: scenario.job(folder, say),
                             shim.Arms(folder, kill_at=place, half=half))
        outcome.tried += 1
        outcome.note(f"killed in {scenario.name}", ended.killed)
        try:
            what = ended.fault or scenario.check(folder, before, "done" in ended.said)
        except SandyqError as error:
            what = f"the book does not open: {error}"
        except Exception as error:
            what = f"a fault of our own, {type(error).__name__}: {error}"
        if what:
            outcome.lost += what.startswith("lost")
            outcome.fail(f"seed {run.seed}, {scenario.name}, killed {'half way through' if half else 'before'} "
                         f"operation {place} of {whole.calls}: {what}")
        else:
            outcome.caught += 1


def kills(run: Run) -> Outcome:
    outcome = Outcome("R1", run.count)
    for place, scenario in enumerate(SCENARIOS):
        share = (run.count + place) // len(SCENARIOS)
        kill_at(run, outcome, scenario, share, "R1")
    return outcome


def upgrades(run: Run) -> Outcome:
    """R11: the fixture of every earlier schema; figures of the book are those of its entries and facts."""
    outcome = Outcome("R11", run.count)
    kill_at(run, outcome, next(scenario for scenario in SCENARIOS if scenario.name == "migration"), run.count, "R11")
    return outcome

