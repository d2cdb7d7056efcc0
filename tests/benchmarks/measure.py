"""Measuring two ways of doing the same work: interleaved rounds, medians, one ratio per run, and nothing else.

Rounds go A B A B, so that a slow moment of the machine hits both alike. The times of two runs are never compared.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

ROUNDS = 5
ANCHORS = "SANDYQ_BENCH"
"""Environment variable that points to the folder of the anchors' scripts (the same as --anchors)."""


@dataclass(frozen=True)
class Taken:
    """What the rounds of one way took, in seconds; `memory` is the peak resident size in MB of a process, else 0."""

    label: str
    wall: tuple[float, ...]
    cpu: tuple[float, ...] = ()
    memory: float = 0.0

    @property
    def median(self) -> float:
        return median(self.wall)

    @property
    def cpu_median(self) -> float:
        return median(self.cpu) if self.cpu else 0.0

    def line(self, anchor: Taken) -> str:
        """Say median, spread and the ratios to the anchor of the same run."""
        text = f"{self.label:34s} {self.median:9.4f} s [{min(self.wall):.4f}-{max(self.wall):.4f}]"
        text += f" x{self.median / anchor.median:.2f}"
        if self.cpu:
            text += f"   cpu {self.cpu_median:.3f} s x{self.cpu_median / anchor.cpu_median:.2f}"
        return text + (f"   peak {self.memory:.0f} MB" if self.memory else "")


def in_process(ways: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, Taken]:
    """Run every way once per round inside this process; the first round only warms up."""
    times: dict[str, list[float]] = {label: [] for label in ways}
    for number in range(rounds + 1):
        for label, way in ways.items():
            gc.collect()
            start = perf_counter()
            result = way()
            taken = perf_counter() - start
            del result
            if number:
                times[label].append(taken)
    return {label: Taken(label, tuple(found)) for label, found in times.items()}


def in_processes(commands: Mapping[str, Sequence[str]], rounds: int = ROUNDS,
                 before: Callable[[str], None] | None = None) -> tuple[dict[str, Taken], dict[str, str]]:
    """Run every command once per round in a process of its own; return the times and what the last round printed."""
    wall: dict[str, list[float]] = {label: [] for label in commands}
    cpu: dict[str, list[float]] = {label: [] for label in commands}
    memory = dict.fromkeys(commands, 0.0)
    printed: dict[str, str] = {}
    for number in range(rounds + 1):
        for label, command in commands.items():
            if before is not None:
                before(label)
            start = perf_counter()
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                printed[label] = process.stdout.read()
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                sys.exit(f"{label} ended with {process.returncode}")
            if number:
                wall[label].append(perf_counter() - start)
                cpu[label].append(used.ru_utime + used.ru_stime)
            memory[label] = max(memory[label], used.ru_maxrss / 1024)
    return {label: Taken(label, tuple(wall[label]), tuple(cpu[label]), memory[label]) for label in commands}, printed


def report(taken: Mapping[str, Taken], anchor: str, ours: str, goal: float, *, by: str = "median") -> bool:
    """Print every way against the anchor and whether our ratio is within the goal."""
    for way in taken.values():
        print(way.line(taken[anchor]))
    ratio = getattr(taken[ours], by) / getattr(taken[anchor], by)
    reached = ratio <= goal
    print(f"{'reached' if reached else 'MISSED'}: {ours} / {anchor} = {ratio:.2f}, goal {goal:g} ({by})")
    spread = max(taken[anchor].wall) / min(taken[anchor].wall)
    if spread > 2:
        print(f"the anchor itself varies by x{spread:.1f}: repeat the run")
    return reached


def arguments(description: str, **numbers: int) -> argparse.Namespace:
    """Return the command's arguments: --anchors, --rounds and the given numbers with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--anchors", type=Path, default=os.environ.get(ANCHORS) and Path(os.environ[ANCHORS]),
                        help=f"folder of the anchors' scripts (or the variable {ANCHORS})")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def anchor_script(folder: Path | None, name: str) -> Path:
    """Return one of the anchors' scripts, or end the command saying what is missing."""
    if folder is None or not (folder / name).is_file():
        sys.exit(f"{name} is not here: give --anchors FOLDER or set {ANCHORS} to the folder of the anchors' scripts. "
                 "They are not part of the project.")
    return folder / name
