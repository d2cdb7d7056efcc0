"""Kill -9 at random moments while batches are recorded: every acknowledged batch is there, none is there in part (R1).

``python tests/store/campaign.py --kills 200`` prints the figures; the tests run a smaller number.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandyq.control.records import Batch
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.store import Store

ROWS = 6_000
START = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What a campaign saw: kills, those inside a batch, acknowledged batches, and a sentence for each failure."""

    kills: int
    inside: int
    acknowledged: int
    failures: tuple[str, ...]


def campaign(kills: int, seed: int) -> Outcome:
    """Kill a writer `kills` times on one growing book; look at the book after each kill with a fresh connection."""
    generator = random.Random(seed)
    failures: list[str] = []
    inside = total = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.sandyq"
        for number in range(kills):
            if number % 4 == 0:
                for file in Path(folder).iterdir():
                    file.unlink()
                Store.create(path, actor="Analyst 1", now=START).close()
            acknowledged, begun = _run_and_kill(path, generator.uniform(0.0, 0.15))
            inside += begun > acknowledged
            total += acknowledged
            failures.extend(f"kill {number}: {what}" for what in _look(path, acknowledged, begun))
    return Outcome(kills, inside, total, tuple(failures))


def _run_and_kill(path: Path, delay: float) -> tuple[int, int]:
    """Return the last sequence number that the writer acknowledged and the last that it had begun."""
    with subprocess.Popen([sys.executable, __file__, "--write", str(path)], stdout=subprocess.PIPE,
                          text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().splitlines()
    words = [line.split() for line in said if line.endswith("\n") or line]
    recorded = [int(word[1]) for word in words if len(word) == 2 and word[0] == "recorded"]
    begun = [int(word[1]) for word in words if len(word) == 2 and word[0] == "begin"]
    return max(recorded, default=0), max(begun, default=0)


def _look(path: Path, acknowledged: int, begun: int) -> Iterator[str]:
    with Store.open(path, actor="Analyst 2") as store:
        found = store.verify()
    if not found.holds:
        yield f"the chain does not hold: {found.damages[:3]}"
    with Store.open(path, write=True, actor="Analyst 2") as store:
        entries = store.entries()
        if len(entries) < acknowledged:
            yield f"entry {acknowledged} was acknowledged, the book ends at {len(entries)}"
        if len(entries) > max(begun, acknowledged, 1) and begun:
            yield f"the book has {len(entries)} entries, only {begun} were begun"
        batches = sum(entry.kind == "import" for entry in entries)
        rows = store.connection.execute("SELECT count(*) FROM price").fetchone()[0]
        if rows != batches * ROWS:
            yield f"{rows} rows for {batches} batches"


def _write(path: Path) -> None:
    """Record batches until killed, saying which one is begun and which one is safe."""
    with Store.open(path, write=True, actor="Analyst 1") as store:
        seq = len(store.entries())
        while True:
            seq += 1
            sys.stdout.write(f"begin {seq}\n")
            sys.stdout.flush()
            batch = Batch("import", "Analyst 1", {"rows": ROWS}, (("price", _row(seq, line)) for line in range(ROWS)))
            written = store.record(batch, START + timedelta(minutes=seq))
            sys.stdout.write(f"recorded {written.entry.seq}\n")
            sys.stdout.flush()


def _row(seq: int, line: int) -> FactRow:
    given = {"symbol": f"S{line % 60:03}", "date": f"{1900 + line // 60:04}-01-02", "close": f"{seq}.{line}1",
             "currency": "USD", "basis": "T", "adjusted_as_of": "2026-06-30", "price_type": "close"}
    return (line, *(given.get(column) for column in TABLES["price"].columns))


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--write", type=Path)
    options = arguments.parse_args()
    if options.write:
        _write(options.write)
    outcome = campaign(options.kills, options.seed)
    sys.stdout.write(f"{outcome.kills} kills, {outcome.inside} inside a batch, {outcome.acknowledged} acknowledged, "
                     f"{len(outcome.failures)} failures\n")
    sys.stdout.writelines(f"{failure}\n" for failure in outcome.failures)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
