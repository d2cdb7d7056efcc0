"""A small sleeve with two persons; the plain modules of the tests of custody are found by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "custody"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from custody_books import sleeve

from sandyq.workstation.workstation import Workstation


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    """The book of the tests of custody, open for writing, nobody enrolled."""
    with sleeve(tmp_path / "book.sandyq") as made:
        yield made
