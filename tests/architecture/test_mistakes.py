"""The table of the thirty-four mistakes in ARCHITECTURE.md names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| (\d+) \|")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _rows() -> dict[int, str]:
    lines = (PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    return {int(found[1]): line for line in lines if (found := _ROW.match(line))}


def test_every_mistake_names_a_test_that_exists() -> None:
    rows = _rows()
    assert sorted(rows) == list(range(1, 35))
    for number, line in rows.items():
        named = _TEST.findall(line)
        assert named, number
        for file, name in named:
            tree = ast.parse((PROJECT / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (number, name)
