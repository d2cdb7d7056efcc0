"""The demo book, made once; `driving` (how commands are run in tests) is beside the tests of the workstation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))

from driving import run_json


@pytest.fixture(scope="session")
def demo_answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `sandyq demo` answers."""
    return run_json("demo", tmp_path_factory.mktemp("demo") / "d", "--no-window")


@pytest.fixture(scope="session")
def demo(demo_answer: dict[str, Any]) -> Path:
    """The demo book; do not write to it."""
    return Path(demo_answer["book"])
