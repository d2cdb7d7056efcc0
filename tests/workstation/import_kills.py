"""Kill -9 at random moments of `sandyq import`: each file is in the book as a whole or not at all (R1).

``python tests/workstation/import_kills.py --kills 200`` prints the figures; the tests run a smaller number.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sandyq.workstation.workstation import Workstation

ROWS = (9_000, 6_000, 3_000)
"""Rows of the three files that one command imports, each its own batch."""


@dataclass(frozen=True)
class Outcome:
    """What a campaign saw: kills, how many found the command still at work, books by whole files, and failures."""

    kills: int
    inside: int
    books: Counter[int]
    failures: tuple[str, ...]


def campaign(kills: int, seed: int) -> Outcome:
    """Start an import of three files, kill it, look at the book with a fresh connection; `kills` times."""
    generator = random.Random(seed)
    failures: list[str] = []
    books: Counter[int] = Counter()
    inside = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [_prices(folder / f"prices_{number}.csv", f"SYM{number}", rows) for number, rows in enumerate(ROWS)]
        fresh = folder / "fresh.sandyq"
        Workstation.create(fresh, mandate="example", settings={}, actor="Analyst 1").close()
        whole, base = _seconds(fresh, files, folder), _facts(fresh)
        for number in range(kills):
            book = folder / f"{number}" / "book.sandyq"
            book.parent.mkdir()
            shutil.copyfile(fresh, book)
            inside += _import_and_kill(book, files, generator.uniform(0.1, 1.05) * whole)
            found, what = _look(book, base)
            books[found] += 1
            failures += [f"kill {number}: {text}" for text in what]
            shutil.rmtree(book.parent)
    return Outcome(kills, inside, books, tuple(failures))


def _prices(file: Path, symbol: str, rows: int) -> Path:
    first = date(1990, 1, 1)
    lines = (f"{first + timedelta(n)},{symbol},{50 + n % 40}.{n % 100:02d},USD" for n in range(rows))
    file.write_text("date,symbol,close,currency\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


def _command(book: Path, files: list[Path]) -> list[str]:
    return [sys.executable, "-m", "sandyq.cli", "import", str(book), *map(str, files), "--actor", "Analyst 1"]


def _seconds(fresh: Path, files: list[Path], folder: Path) -> float:
    book = folder / "whole.sandyq"
    shutil.copyfile(fresh, book)
    start = time.monotonic()
    subprocess.run(_command(book, files), check=True, stdout=subprocess.DEVNULL)
    taken = time.monotonic() - start
    found, what = _look(book, _facts(fresh))
    assert (found, what) == (len(ROWS), []), (found, what)
    return taken


def _import_and_kill(book: Path, files: list[Path], after: float) -> bool:
    with subprocess.Popen(_command(book, files), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as importer:
        try:
            importer.wait(after)
        except subprocess.TimeoutExpired:
            importer.kill()
            return True
    return False


def _facts(book: Path) -> int:
    with Workstation.open(book, actor="Auditor") as station:
        return station.verify().facts


def _look(book: Path, base: int) -> tuple[int, list[str]]:
    """Return how many files are there as a whole, and everything that is wrong."""
    with Workstation.open(book, actor="Auditor", write=True) as station:  # the lock of a killed writer does not stay
        verified = station.verify()
    imported = verified.facts - base
    wholes = [sum(ROWS[:count]) for count in range(len(ROWS) + 1)]
    wrong = [] if verified.holds else ["verify does not hold"]
    if imported not in wholes:
        return -1, [*wrong, f"{imported} rows are a part of a file"]
    return wholes.index(imported), wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args()
    outcome = campaign(given.kills, given.seed)
    summary = (f"{outcome.kills} kills, {outcome.inside} while the command was at work; "
               f"books by whole files: {dict(sorted(outcome.books.items()))}; {len(outcome.failures)} failures")
    sys.stdout.write("\n".join([summary, *outcome.failures]) + "\n")
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
