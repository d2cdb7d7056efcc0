"""The builder of small worlds is the one of the exposure tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_FILE = Path(__file__).resolve().parents[1] / "exposure" / "conftest.py"


@pytest.fixture(scope="session")
def make() -> Any:
    found = importlib.util.spec_from_file_location("exposure_worlds", _FILE)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.Maker()
