"""A disk that is full: the batch is refused in a sentence and the book is as it was (R3)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandyq.store.store import Store

CODE = """
import resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from sandyq.basics.errors import SandyqError
from sandyq.control.records import Batch
from sandyq.store.store import Store
limit = int(sys.argv[2])
with Store.open(Path(sys.argv[1]), write=True, actor="Analyst 1") as store:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    rows = (("mapping", (0, f"name {number}", "x" * 400)) for number in range(60_000))
    try:
        store.record(Batch("import", "Analyst 1", {}, rows), datetime(2026, 7, 1, tzinfo=UTC))
        print("recorded")
    except SandyqError as refused:
        print(refused.code)
    print(len(store.entries()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are those of Unix systems")
@pytest.mark.parametrize("limit", [400_000, 1_000_000, 9_000_000, 20_000_000])
def test_a_full_disk_refuses_the_batch_and_keeps_the_book(store: Store, desk: Any, path: Path, limit: int) -> None:
    desk.record(store, [("mapping", desk.fact("mapping", number)) for number in range(50)])
    store.close()
    said = subprocess.run([sys.executable, "-c", CODE, str(path), str(limit)], capture_output=True, text=True,
                          check=True).stdout.split()
    assert said in (["not-recorded", "2"], ["commit-lost", "2"])
    assert desk.verify(path).holds
    with Store.open(path, write=True, actor="Analyst 1") as again:
        assert len(again.rows("mapping")) == 50
        assert desk.record(again, [("mapping", desk.fact("mapping", 99))], 2).entry.seq == 3
