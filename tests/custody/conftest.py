"""`driving` (how commands are run in tests) is beside the tests of the workstation; `custody_books` is beside this."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from custody_books import sleeve

from sandyq.workstation.workstation import Workstation


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    """A sleeve of three funds in two accounts with money, open for writing."""
    with sleeve(tmp_path / "b.sandyq") as made:
        yield made
