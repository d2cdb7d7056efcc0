"""P5: import, validate and journal a price CSV, against `sqlite3 .import` of the same file into a table with a key.

Ours is `workstation.imports.accept`, what ``sandyq import`` runs: each row checked, hashed and put down with synced
writes. The anchor checks nothing and syncs nothing. Memory is the peak above a bare interpreter of the same run.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from measure import arguments, in_processes, report

DAYS = 2_500
MEMORY_GOAL_MB = 60
_TABLE = ("pragma page_size=8192;pragma journal_mode=off;pragma synchronous=off;"
          "create table prices(date text not null,symbol text not null,close real not null,currency text not null,"
          "primary key(symbol,date)) without rowid;")


def write_prices(path: Path, rows: int) -> None:
    """Write seeded random walks on weekdays in our canonical columns, series by series."""
    chance = random.Random(5)
    first, close = date(2016, 1, 4), 50.0
    days = [(first + timedelta(days=number // 5 * 7 + number % 5)).isoformat() for number in range(DAYS)]
    with path.open("w", encoding="ascii") as file:
        file.write("date,symbol,close,currency\n")
        for number in range(rows):
            place = number % DAYS
            close = 50.0 if place == 0 else close * (1 + chance.gauss(0, 0.02))
            file.write(f"{days[place]},S{number // DAYS:04d},{max(close, 1):.4f},USD\n")


def import_ours(csv: Path, book: Path) -> None:
    """Make a book and import the file into it."""
    from sandyq.store.store import Store
    from sandyq.workstation.imports import accept
    now = datetime(2026, 7, 1, tzinfo=UTC)
    with Store.create(book, actor="Analyst 1", now=now) as store:
        done = accept(store, [csv], None, {}, "Analyst 1", lambda: now)
    print(done[0].new, done[0].refused)


def import_plain(csv: Path, database: Path) -> None:
    """Let the command-line shell of the database engine import the file."""
    subprocess.run(["sqlite3", str(database)], input=f"{_TABLE}\n.import --csv --skip 1 {csv} prices\n", text=True,
                   check=True, stdout=subprocess.DEVNULL)


def rows_in(database: Path, table: str) -> tuple[int, float]:
    """Return the number of rows and the sum of the closes, rounded to a cent."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    count, total = connection.execute(f'select count(*), sum(cast("close" as real)) from "{table}"').fetchone()
    connection.close()
    return count, round(total, 2)


def compare(folder: Path, rows: int, rounds: int) -> bool:
    """Import the same file both ways, check that the same rows arrived; True when both goals are reached."""
    csv, book, plain = folder / "prices.csv", folder / "bench.sandyq", folder / "plain.db"
    write_prices(csv, rows)

    def fresh(label: str) -> None:
        for old in folder.glob({"sqlite3 .import": "plain.db*", "sandyq import": "bench.sandyq*"}.get(label, "none")):
            old.unlink()

    taken, printed = in_processes({
        "sqlite3 .import": [sys.executable, __file__, "--plain", str(csv), str(plain)],
        "sandyq import": [sys.executable, __file__, "--ours", str(csv), str(book)],
        "bare interpreter": [sys.executable, "-c", "pass"]}, rounds, fresh)
    assert rows_in(plain, "prices") == rows_in(book, "price"), "the two imports do not hold the same rows"
    assert printed["sandyq import"].split() == [str(rows), "0"], printed
    above = taken["sandyq import"].memory - taken["bare interpreter"].memory
    fast = report(taken, "sqlite3 .import", "sandyq import", 3.0, by="cpu_median")
    small = above <= MEMORY_GOAL_MB
    print(f"{'reached' if small else 'MISSED'}: {above:.0f} MB above the interpreter, goal {MEMORY_GOAL_MB} MB")
    return fast and small


def main() -> None:
    if sys.argv[1:2] in (["--ours"], ["--plain"]):
        way = import_ours if sys.argv[1] == "--ours" else import_plain
        way(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    given = arguments(__doc__ or "", rows=1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), given.rows, given.rounds)


if __name__ == "__main__":
    main()
