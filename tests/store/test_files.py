"""Files that we write are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandyq.store.files import write_whole


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.pdf"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_keeps_the_file_before_and_leaves_nothing_temporary(tmp_path: Path, call: str,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sheet.pdf"
    write_whole(path, b"one")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os if call == "fsync" else Path, call, fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, b"two")
    monkeypatch.undo()
    assert path.read_bytes() == b"one"
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.pdf"]
