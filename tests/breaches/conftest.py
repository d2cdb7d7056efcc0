"""Books of other rooms' tests are found by name; a standing clock and a sleeve with three persons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "custody"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "orders"))

from order_books import Clock, Desk, sleeve_of_orders

from sandyq.workstation import workstation


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(workstation, "utc_now", made)
    return made


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """1,000 IBIT at 65 under a soft limit of 75,000 USD per fund, and three persons."""
    with sleeve_of_orders(tmp_path / "book.sandyq") as station:
        yield Desk(station, clock)
