"""R15 (the whole suite without a network) and R17 (attempts to get round four eyes or a cap): test files, counted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import shim
from outcome import Outcome, Run

PROJECT = Path(__file__).resolve().parents[2]
ROUND = ("tests/people/test_four_eyes.py", "tests/people/test_caps_and_four_eyes.py",
         "tests/people/test_signed_entries.py",
         "tests/orders/test_round_the_caps.py",
         "tests/orders/test_round_the_plan.py", "tests/orders/test_round_the_register.py", "tests/orders/test_roles.py")
"""Attempts to get round four eyes or a cap: through service, command line, SQL, library, clock, files and copies."""


def _pytest(outcome: Outcome, before: list[str], arguments: list[str], seconds: float) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"LD_PRELOAD", shim.LIBRARY}}
    said = subprocess.run([*before, sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:warnings",
                           *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
                          timeout=seconds)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", said.stdout[-2_000:])}
    outcome.caught = counts.get("passed", 0)
    outcome.tried = sum(counts.values())
    outcome.planned = outcome.tried
    if said.returncode != 0:
        failed = [line for line in said.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        outcome.failures += failed or [said.stdout[-1_000:] + said.stderr[-1_000:]]


def four_eyes(run: Run) -> Outcome:
    outcome = Outcome("R17", run.count)
    _pytest(outcome, [], list(ROUND), 1_800)
    return outcome


def offline(run: Run) -> Outcome:
    outcome = Outcome("R15", run.count)
    if shutil.which("unshare") is None:
        outcome.fail("there is no unshare: install the package util-linux")
        return outcome
    before = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    _pytest(outcome, before, ["tests"], 7_200)
    return outcome
