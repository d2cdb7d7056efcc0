"""The fault campaign: ``campaign.py [--full] [--only R2,R7] [--seed 1] [--minutes 5] [--out FOLDER]``.

Prints one line per fault run (tried, detected or recovered, lost facts, false figures, seconds) and, with ``--out``,
writes the table as CSV and Markdown. The faults are described in the module of each.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import shim
from outcome import Outcome, Run


@dataclass(frozen=True)
class Fault:
    """A line of the campaign: where its function is, how many trials each continuous run and the campaign make."""

    name: str
    place: str
    what: str
    each: int
    full: int


FAULTS = (
    Fault("R1", "kills:kills", "kill -9 at an operation on a file", 280, 7_000),
    Fault("R2", "powerloss:power_loss", "loss of power, replayed from a log of writes", 2_000, 50_000),
    Fault("R2t", "powerloss:blind", "the same without syncs: losses must be found", 300, 300),
    Fault("R3", "disks:full_disk", "disk full", 30, 500),
    Fault("R4", "disks:failing_sync", "the disk fails at a sync or a write", 20, 300),
    Fault("R5", "disks:media", "read-only and removed medium", 6, 6),
    Fault("R6", "writers:writers", "two writers and three readers, bookings", 500, 5_000),
    Fault("R7", "flips:flips", "one bit of the file flipped", 200, 10_000),
    Fault("R8", "tampering:tampering", "tampering by SQL and with files", 40, 1_000),
    Fault("R9", "clocks:clocks", "clocks that run back, leap days, 2038", 12, 12),
    Fault("R10", "hostile:hostile", "hostile files for every reader", 5_000, 1_000_000),
    Fault("R11", "kills:upgrades", "upgrade killed at an operation on a file", 10, 200),
    Fault("R12", "drills:drills", "restore after a disaster", 3, 30),
    Fault("R14", "drills:soak", "memory of one process over seconds", 30, 28_800),
    Fault("R15", "suites:offline", "the whole suite without network interfaces", 0, 1),
    Fault("R17", "suites:four_eyes", "attempts to get round four eyes or a cap", 1, 1),
)


def carry_out(fault: Fault, count: int, seed: int, minutes: float) -> Outcome:
    module, function = fault.place.split(":")
    with tempfile.TemporaryDirectory(prefix="sandyq-faults-", dir=_memory(), ignore_cleanup_errors=True) as name:
        run = Run(Path(name), count, seed, time.monotonic() + minutes * 60)
        start = time.monotonic()
        outcome: Outcome = getattr(importlib.import_module(module), function)(run)
        outcome.seconds = time.monotonic() - start
    return outcome


def _memory() -> str | None:
    """A folder in memory where there is one: nothing here asks a disk, all faults are made."""
    return "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else None


def line_of(fault: Fault, outcome: Outcome) -> dict[str, object]:
    return {"id": fault.name, "fault": fault.what, "planned": outcome.planned, "tried": outcome.tried,
            "detected or recovered": outcome.caught, "facts lost": outcome.lost,
            "false figures": outcome.false_figures, "failures": len(outcome.failures),
            "seconds": round(outcome.seconds, 1),
            "notes": "; ".join(f"{what}: {number}" for what, number in sorted(outcome.notes.items()))}


def write_tables(lines: list[dict[str, object]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "faults.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    rows = ["| " + " | ".join(lines[0]) + " |", "|" + "---|" * len(lines[0])]
    rows += ["| " + " | ".join(map(str, line.values())) + " |" for line in lines]
    (folder / "faults.md").write_text("\n".join(rows) + "\n", encoding="utf-8")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the size of the campaign, not of each continuous run")
    parser.add_argument("--only", default="", help="names separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=0, help="trials of each, instead of its size")
    parser.add_argument("--minutes", type=float, default=0, help="longest time of each; default 10, 240 with --full")
    parser.add_argument("--out", type=Path, help="folder for the tables")
    parser.add_argument("--json", action="store_true", help="the outcomes as JSON lines")
    return parser.parse_args()


def main() -> int:
    given = options()
    if shim.missing():
        sys.stderr.write(shim.missing() + "\n")
        return 2
    if not shim.preloaded():
        return _again_with_library()
    wanted = {name.strip().upper() for name in given.only.split(",") if name.strip()}
    unknown = wanted - {fault.name.upper() for fault in FAULTS}
    if unknown:
        sys.stderr.write(f"there is no fault {', '.join(sorted(unknown))}\n")
        return 2
    lines = []
    for fault in FAULTS:
        if fault.name.upper() not in wanted and (wanted or not (fault.full if given.full else fault.each)):
            continue
        count = given.count or (fault.full if given.full else fault.each or fault.full)
        outcome = carry_out(fault, count, given.seed, given.minutes or (240 if given.full else 10))
        lines.append(line_of(fault, outcome))
        _say(given.json, fault, outcome, lines[-1])
        if given.out:
            write_tables(lines, given.out)
    return 1 if any(line["failures"] for line in lines) else 0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say(as_json: bool, fault: Fault, outcome: Outcome, line: dict[str, object]) -> None:
    if as_json:
        _print(json.dumps({**asdict(outcome), "fault": fault.name}))
        return
    stopped = f" ({outcome.tried} of {outcome.planned} done: the time was over)" if outcome.stopped else ""
    _print(f"{fault.name:4} {fault.what}: tried {outcome.tried}, caught {outcome.caught}, lost {outcome.lost}, "
           f"false {outcome.false_figures}, failures {len(outcome.failures)}, {outcome.seconds:.1f} s{stopped}")
    if line["notes"]:
        _print(f"     {line['notes']}")
    for failure in outcome.failures[:20]:
        _print(f"     FAILED {failure}")


def _again_with_library() -> int:
    """Compile the library and start anew with it before libc; it takes effect at the start of a process only."""
    import subprocess

    folder = Path(tempfile.mkdtemp(prefix="sandyq-shim-"))
    try:
        library = shim.build(folder)
        environment = {**os.environ, "LD_PRELOAD": str(library), shim.LIBRARY: str(library),
                       "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.call([sys.executable, *sys.argv], env=environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
