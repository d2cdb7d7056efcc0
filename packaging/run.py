#!/usr/bin/env python3
"""Everything on a fresh machine in one command: `run.py demo`, `run.py test`, `run.py faults [--full]`,
`run.py shell COMMAND...`.

Makes the virtual environment beside the project, installs the hash-locked requirements, says which system package is
missing (and installs it when it may: root on a Debian system), then runs. Uses nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("SANDYQ_VENV", ROOT / ".venv"))
LOCK = ROOT / "packaging" / "requirements.txt"
STAMP = VENV / "sandyq-installed"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

QT_LIBRARIES = ("libegl1", "libgl1", "libxkbcommon0", "libxkbcommon-x11-0", "libdbus-1-3", "libfontconfig1",
                "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-image0", "libxcb-render-util0",
                "libxcb-shape0", "libglib2.0-0")
TEST_TOOLS = {"pdftotext": ("poppler-utils",), "cc": ("gcc", "libc6-dev")}
"""What the tests run besides Python: they read PDF pages, and compile a small library that injects faults."""


def say(sentence: str) -> None:
    print(f"run.py: {sentence}", flush=True)


def run(*command: str | Path, **options: object) -> int:
    return subprocess.call([str(part) for part in command], **options)  # type: ignore[arg-type]


def install_system(packages: tuple[str, ...], reason: str) -> bool:
    """Install Debian packages when this may be done here; otherwise say the command. Return whether it was done."""
    command = f"apt-get install -y {' '.join(packages)}"
    if os.name != "posix" or shutil.which("apt-get") is None:
        say(f"{reason}. Install: {', '.join(packages)}.")
        return False
    if os.geteuid() != 0:
        say(f"{reason}. As administrator: {command}")
        return False
    say(f"{reason}: {command}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=environment, stdout=subprocess.DEVNULL)
    return run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=environment,
               stdout=subprocess.DEVNULL) == 0


def make_environment() -> None:
    """Make the virtual environment and install the locked requirements, unless that was done for this very lock."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(f"run.py: Python 3.11 to 3.13 is needed; this is {sys.version.split()[0]}.")
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    wanted += f" {sys.version_info[0]}.{sys.version_info[1]} {ROOT}"
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    fresh = not PYTHON.exists()
    if fresh and run(sys.executable, "-m", "venv", VENV, stdout=subprocess.DEVNULL) != 0:
        done = install_system(("python3-venv",), "Python's venv module is not complete here")
        shutil.rmtree(VENV, ignore_errors=True)
        if not done or run(sys.executable, "-m", "venv", VENV) != 0:
            sys.exit("run.py: the virtual environment could not be made (package python3-venv).")
    say("installing the locked requirements (one to three minutes the first time)")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    if run(PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "--only-binary", ":all:", "-r", LOCK) != 0:
        sys.exit("run.py: the requirements could not be installed; see the lines above.")
    if run(PYTHON, "-m", "pip", "install", *quiet, "--no-deps", "--no-build-isolation", "--no-index",
           "--editable", ROOT) != 0:
        sys.exit("run.py: Sandyq itself could not be installed; see the lines above.")
    STAMP.write_text(wanted)


def check_qt() -> bool:
    """Return whether Qt's window library loads; try to install what Debian lacks."""
    probe = (PYTHON, "-c", "import PySide6.QtWidgets, PySide6.QtSvg")
    if run(*probe, stderr=subprocess.DEVNULL) == 0:
        return True
    if install_system(QT_LIBRARIES, "Qt needs system libraries that are not here") and run(*probe) == 0:
        return True
    say("the window cannot be opened on this machine; everything else works.")
    return False


def has_screen() -> bool:
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def demo(arguments: list[str]) -> int:
    make_environment()
    window = has_screen() and "--no-window" not in arguments and check_qt()
    if not window and "--no-window" not in arguments:
        arguments = [*arguments, "--no-window"]
    return run(PYTHON, "-m", "sandyq.cli", "demo", *arguments, cwd=ROOT)


def install_tools() -> None:
    missing = tuple(package for tool, packages in TEST_TOOLS.items() if shutil.which(tool) is None
                    for package in packages)
    if missing and not install_system(missing, "the tests read PDF pages and inject faults with tools of the system"):
        sys.exit("run.py: the tests need the packages named above.")


def faults(arguments: list[str]) -> int:
    make_environment()
    install_tools()
    return run(PYTHON, ROOT / "packaging" / "faults.py", *arguments, cwd=ROOT,
               env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def test(arguments: list[str]) -> int:
    make_environment()
    if not check_qt():
        sys.exit("run.py: the tests drive the window and need Qt's system libraries.")
    install_tools()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONHASHSEED": "0",
                   "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    checks: list[tuple[str, ...]] = [] if arguments else [
        ("ruff", "check", "."), ("mypy",), ("lint-imports",),
    ]
    for check in checks:
        say(" ".join(check))
        if run(BIN / check[0], *check[1:], cwd=ROOT, env=environment) != 0:
            sys.exit(f"run.py: {check[0]} found something; see the lines above.")
    return run(PYTHON, "-m", "pytest", *(arguments or ["-n", "2", "--dist", "loadfile"]), cwd=ROOT, env=environment)


def main() -> int:
    arguments = sys.argv[1:]
    match arguments[:1]:
        case ["demo"]:
            return demo(arguments[1:])
        case ["test"]:
            return test(arguments[1:])
        case ["faults"]:
            return faults(arguments[1:])
        case ["shell"]:
            make_environment()
            return run(PYTHON, "-m", "sandyq.cli", *arguments[1:], cwd=Path.cwd())
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
