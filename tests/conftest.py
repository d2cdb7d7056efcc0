"""What all tests share: the place of the market data folder, which is not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real market data beside the project; tests that need it say so when it is absent."""
    folder = PROJECT.parent / "shared" / "data"
    if not (folder / "prices_daily.csv").exists():
        pytest.skip("the shared market data folder is not here; it is not part of the project")
    return folder
