"""Books with a gate; the plain modules of the tests of custody and orders are found by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "custody"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "orders"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from gate_books import CALM_DAYS, Desk, gated_sleeve
from order_books import Clock

from sandyq.workstation import workstation


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands until a test moves it."""
    made = Clock()
    monkeypatch.setattr(workstation, "utc_now", made)
    return made


@pytest.fixture
def calm(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """A book whose gate is open: fifty calm days."""
    with gated_sleeve(tmp_path / "book.sandyq", [0.001] * CALM_DAYS) as station:
        yield Desk(station, clock)


@pytest.fixture
def shaken(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """A book whose gate is shut: a fall of a tenth five days ago."""
    moves = [0.001] * CALM_DAYS
    moves[-6] = -0.10
    with gated_sleeve(tmp_path / "book.sandyq", moves) as station:
        yield Desk(station, clock)
