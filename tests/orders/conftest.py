"""A small sleeve with three persons; the plain modules of the tests of custody and eligibility are found by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "custody"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from order_books import Clock, Desk, sleeve_of_orders

from sandyq.workstation import workstation


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands until a test moves it."""
    made = Clock()
    monkeypatch.setattr(workstation, "utc_now", made)
    return made


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """A book with 1,000 IBIT in account C, a cap of 100,000 USD net invested (78,000 used) and three persons."""
    with sleeve_of_orders(tmp_path / "book.sandyq") as station:
        yield Desk(station, clock)
