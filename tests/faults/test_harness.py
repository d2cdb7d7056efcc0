"""The harness itself: the engine's calls go through the library, kills are kills, the replay knows what a sync is."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent
SCRIPT = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import shim
from pathlib import Path
from sandyq.basics.errors import SandyqError
import children, spoiled_books as books
from sandyq.store.store import Store
from datetime import date
folder = Path(sys.argv[2]) / "work"
folder.mkdir()
log = os.open(Path(sys.argv[2]) / "log", os.O_CREAT | os.O_RDWR)
def job(say):
    with Store.create(folder / "book.sandyq", actor="Analyst 1", now=books.START) as store:
        shim.mark(7)
whole = children.run(job, shim.Arms(folder, log=log))
def small(say):
    say("begun")
    (folder / "text").write_text("x" * 1000)
    say("done")
half = children.run(small, shim.Arms(folder, kill_at=2, half=True))
length = (folder / "text").stat().st_size
def sync(say):
    file = os.open(folder / "text", os.O_RDWR)
    for number in range(4):
        try:
            os.fsync(file)
            say("fine")
        except OSError as error:
            say(str(error.errno))
failed = children.run(sync, shim.Arms(folder, failing=shim.SYNC, first=2, times=2, error=5))
slow = children.run(lambda say: __import__("time").sleep(60), seconds=0.2)
print(json.dumps({"whole": [whole.killed, whole.calls], "half": [half.killed, list(half.said), length],
                  "failed": list(failed.said), "slow": [slow.killed, slow.late]}))
"""


def missing() -> str:
    if not sys.platform.startswith("linux"):
        return "faults of files are injected on Linux only"
    return "" if shutil.which("cc") else "there is no C compiler: install the packages gcc and libc6-dev"


needs_compiler = pytest.mark.skipif(bool(missing()), reason=missing() or "all is here")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(path),
                    str(FOLDER / "shim.c"), "-ldl", "-lpthread"], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def said(library: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("harness")
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(FOLDER), str(folder)], capture_output=True, text=True,
                          check=False, env={**os.environ, "LD_PRELOAD": str(library)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder / "log"


def records(log: Path) -> list[tuple[int, int, bytes]]:
    raw, place, found = log.read_bytes(), 0, []
    while place < len(raw):
        kind, aux, _, _, length = struct.unpack_from("=IIQqQ", raw, place)
        found.append((kind, aux, raw[place + 32:place + 32 + length]))
        place += 32 + length
    return found


@needs_compiler
def test_the_engines_own_calls_go_through_the_library(said: tuple[dict[str, Any], Path]) -> None:
    """sqlcipher3 carries its own SQLite: if it did not call libc by name, nothing of this campaign would be true."""
    answer, log = said
    found = records(log)
    names = {data.rsplit(b"/", 1)[-1] for kind, _, data in found if kind in {1, 4, 32}}
    assert {b"book.sandyq", b"book.sandyq-wal", b"book.sandyq-journal", b"book.sandyq.lock"} <= names
    kinds = [kind for kind, _, _ in found]
    assert kinds.count(2) > 100 and kinds.count(4) > 5 and kinds.count(256) == 1
    assert any(data.startswith(b"SQLite format 3\x00") for kind, _, data in found if kind == 2)
    assert answer["whole"][0] is False
    assert answer["whole"][1] == len([kind for kind, aux, _ in found if kind != 256 and (kind != 1 or aux)])


@needs_compiler
def test_a_kill_stops_half_way_through_a_write(said: tuple[dict[str, Any], Path]) -> None:
    assert said[0]["half"] == [True, ["begun"], 500]


@needs_compiler
def test_errors_come_at_the_call_that_was_asked_for_and_end(said: tuple[dict[str, Any], Path]) -> None:
    assert said[0]["failed"] == ["fine", "5", "5", "fine"]


@needs_compiler
def test_a_child_that_hangs_is_ended_and_told(said: tuple[dict[str, Any], Path]) -> None:
    assert said[0]["slow"] == [True, True]


@pytest.fixture
def crashes(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    import crashes

    return crashes


def crash(crashes: Any, disk: Any, folder: Path, number: int) -> dict[str, bytes]:
    to = folder / f"crashed-{number}"
    disk.crashed(random.Random(number), to, Path("/origin"))
    return {file.name: file.read_bytes() for file in to.rglob("*") if file.is_file()}


def test_what_was_synced_is_there_in_every_state_and_the_rest_only_in_some(crashes: Any, tmp_path: Path) -> None:
    call, shim = crashes.Call, crashes.shim
    disk = crashes.Disk()
    for one in (call(shim.OPEN, 1, 9, 0, b"/origin/f"), call(shim.WRITE, 0, 9, 0, b"a" * 1024),
                call(shim.SYNC, 0, 9, 0, b"/origin/f"), call(shim.SYNC, 1, 1, 0, b"/origin"),
                call(shim.WRITE, 0, 9, 512, b"b" * 1024), call(shim.OPEN, 1, 10, 0, b"/origin/g")):
        disk.apply(one)
    states = [crash(crashes, disk, tmp_path, number) for number in range(120)]
    assert all(state["f"][:512] == b"a" * 512 for state in states)
    assert {state["f"] for state in states} == {b"a" * 1024, b"a" * 512 + b"b" * 1024, b"a" * 512 + b"b" * 512,
                                                b"a" * 1024 + b"b" * 512}
    assert {"g" in state for state in states} == {True, False}


def test_a_rename_that_was_not_synced_may_be_lost_and_a_synced_one_not(crashes: Any, tmp_path: Path) -> None:
    call, shim = crashes.Call, crashes.shim
    disk = crashes.Disk()
    for one in (call(shim.OPEN, 1, 9, 0, b"/origin/new"), call(shim.OPEN, 1, 10, 0, b"/origin/old"),
                call(shim.SYNC, 1, 1, 0, b"/origin"), call(shim.RENAME, 0, 0, 0, b"/origin/new\0/origin/old")):
        disk.apply(one)
    names = {tuple(sorted(crash(crashes, disk, tmp_path, number))) for number in range(60)}
    assert {("new", "old"), ("old",)} <= names
    disk.apply(call(shim.SYNC, 1, 1, 0, b"/origin"))
    assert {tuple(sorted(crash(crashes, disk, tmp_path, number))) for number in range(100, 130)} == {("old",)}


def test_an_inode_number_that_is_used_again_is_another_file(crashes: Any, tmp_path: Path) -> None:
    call, shim = crashes.Call, crashes.shim
    disk = crashes.Disk()
    for one in (call(shim.OPEN, 1, 9, 0, b"/origin/f"), call(shim.WRITE, 0, 9, 0, b"old"),
                call(shim.SYNC, 0, 9, 0, b"/origin/f"), call(shim.UNLINK, 0, 0, 0, b"/origin/f"),
                call(shim.OPEN, 1, 9, 0, b"/origin/g"), call(shim.WRITE, 0, 9, 0, b"n"),
                call(shim.SYNC, 0, 9, 0, b"/origin/g"), call(shim.SYNC, 1, 1, 0, b"/origin")):
        disk.apply(one)
    assert crash(crashes, disk, tmp_path, 1) == {"g": b"n"}
