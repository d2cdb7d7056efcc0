"""Commands as a person types them, from the helpers beside the tests of the workstation; small memory for Argon2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))

from sandyq.control.wrapping import wrap


@pytest.fixture(autouse=True)
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wrap.__kwdefaults__, "memory_mib", (64,))
