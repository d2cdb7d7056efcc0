#!/usr/bin/env python3
"""The fault campaign in one command: kills, loss of power, spoiled disks, flipped bits, tampering, hostile files.

``python3 packaging/run.py faults`` runs the size of each continuous run, ``... faults --full`` that of the campaign.
``--only R2,R7`` chooses, ``--seed 5`` changes the chance, ``--minutes 10`` is the longest time of each (what does not
fit is said: n of m done), ``--count`` sets the trials of each, ``--out FOLDER`` the place of faults.csv and faults.md.
Exit code 0: nothing lost and nothing false; 1: look at the lines that say FAILED; 2: something is missing here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("SANDYQ_VENV", ROOT / ".venv"))
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CAMPAIGN = ROOT / "tests" / "faults" / "campaign.py"


def main(arguments: list[str]) -> int:
    """Run the campaign in the project's environment; returns its exit code."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not sys.platform.startswith("linux"):
        print("faults.py: faults of files are injected on Linux only.")
        return 2
    if shutil.which("cc") is None:
        print("faults.py: there is no C compiler; install the packages gcc and libc6-dev.")
        return 2
    if not PYTHON.exists():
        print("faults.py: the environment is not there; `python3 packaging/run.py faults` makes it.")
        return 2
    if not any(given == "--out" or given.startswith("--out=") for given in arguments):
        arguments = [*arguments, "--out", str(ROOT / "out" / "faults")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONHASHSEED": "0"}
    return subprocess.call([str(PYTHON), str(CAMPAIGN), *arguments], cwd=ROOT, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
