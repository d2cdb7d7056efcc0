"""The command line driven from tests: each call is what a person would type."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from sandyq.cli.__main__ import cli

BOOKINGS = Path(__file__).resolve().parent / "forty_bookings.csv"
"""Forty bookings of two years over eleven real symbols, through three splits; prices and quantities of their day."""


def run(*words: object, language: str = "") -> Result:
    """Run one command in this process; a fault that is not a plain exit is raised here."""
    said = [str(word) for word in words]
    result = CliRunner().invoke(cli, [*said, *(["--language", language] if language else [])])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run_json(*words: object, exits: tuple[int, ...] = (0,)) -> dict[str, Any]:
    """Run one command with ``--json`` and return its answer; any other exit code is a failure."""
    result = run(*words, "--json")
    assert result.exit_code in exits, (result.exit_code, result.output)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def made(book: Path, mandate: str | Path = "example") -> Path:
    """Make a new book."""
    run_json("new", book, "--mandate", mandate, "--actor", "Analyst 1")
    return book


def copied(book: Path, to: Path) -> Path:
    """Copy a closed book."""
    shutil.copyfile(book, to)
    return to


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file
