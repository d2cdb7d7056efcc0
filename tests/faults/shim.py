"""The library of `shim.c`: made with the system's C compiler, put before libc, steered from Python."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
LIBRARY = "SANDYQ_FAULTS_LIBRARY"
OPEN, WRITE, SYNC, TRUNCATE, RENAME, UNLINK, LINK, MAKE, MARK, READ = (1 << bit for bit in range(10))
CHANGES = OPEN | WRITE | SYNC | TRUNCATE | RENAME | UNLINK | LINK | MAKE
ALWAYS = 1 << 62


@dataclass(frozen=True)
class Arms:
    """What is to go wrong below a folder. `kill_at` counts calls of the kinds in `counting`, from 1; 0 is never."""

    folder: Path
    log: int = -1
    kill_at: int = 0
    half: bool = False
    counting: int = CHANGES
    failing: int = 0
    first: int = 0
    times: int = 0
    error: int = 0


def missing() -> str:
    """Return what is missing for the faults on this machine, empty when nothing is."""
    if not sys.platform.startswith("linux"):
        return "faults of files are injected on Linux only"
    if shutil.which("cc") is None:
        return "there is no C compiler: install the packages gcc and libc6-dev"
    return ""


def build(folder: Path) -> Path:
    """Compile the library into a folder."""
    library = folder / "shim.so"
    said = subprocess.run(["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl",
                           "-lpthread"], capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise RuntimeError("the fault library does not compile; are gcc and libc6-dev installed?\n" + said.stderr)
    return library


def preloaded() -> bool:
    return os.environ.get(LIBRARY, "") != "" and hasattr(ctypes.CDLL(None), "faults_arm")


def arm(arms: Arms | None) -> None:
    """Switch the faults on for this process; None switches them off."""
    library = ctypes.CDLL(None)
    library.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int64, ctypes.c_int, ctypes.c_uint32,
                                   ctypes.c_uint32, ctypes.c_int64, ctypes.c_int64, ctypes.c_int]
    if arms is None:
        library.faults_arm(b"", -1, 0, 0, 0, 0, 0, 0, 0)
        return
    library.faults_arm(os.fsencode(arms.folder), arms.log, arms.kill_at, int(arms.half), arms.counting, arms.failing,
                       arms.first, arms.times, arms.error)


def counted() -> int:
    """Return how many calls were counted since the faults were switched on."""
    library = ctypes.CDLL(None)
    library.faults_counted.restype = ctypes.c_int64
    return int(library.faults_counted())


def mark(number: int) -> None:
    """Say in the log that what the number stands for is safe now."""
    library = ctypes.CDLL(None)
    library.faults_mark.argtypes = [ctypes.c_int64]
    library.faults_mark(number)
