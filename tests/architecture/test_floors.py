"""The floors hold, and the contract that guards them can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()",
                           "--config", str(folder / "pyproject.toml"), "--no-cache"],
                          cwd=folder, capture_output=True, text=True, check=False, timeout=120,
                          env={"PYTHONPATH": ":".join(str(folder / part) for part in
                                                      ("services", "desktop", "resources")), "PATH": "/usr/bin:/bin"})


def test_imports_only_point_down() -> None:
    done = lint(PROJECT)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout


def test_the_contract_notices_a_pure_floor_that_reaches_up(tmp_path: Path) -> None:
    for part in ("services", "desktop", "resources"):
        shutil.copytree(PROJECT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "*.otf", "*.ttf"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    lot = tmp_path / "services" / "sandyq" / "book" / "state.py"
    lot.write_text(lot.read_text(encoding="utf-8") + "\nfrom sandyq.store import store as forbidden\n",
                   encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
