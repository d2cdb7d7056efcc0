"""The benchmark commands still run and their checksums agree, on tiny books: nothing here is timed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent
ANCHORS = Path(os.environ.get("SANDYQ_BENCH", HERE.parents[2] / "shared" / "bench"))
needs_anchors = pytest.mark.skipif(not (ANCHORS / "gen_book.py").is_file(), reason=(
    "the anchors' scripts are not here (SANDYQ_BENCH); they are not part of the project"))


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ModuleType:
    """The benchmark module that the test names; its folder is on the path as when it is run as a command."""
    monkeypatch.syspath_prepend(str(HERE))
    loaded: ModuleType = __import__(request.param)
    return loaded


@needs_anchors
@pytest.mark.parametrize("module", ["p3_fifo"], indirect=True)
def test_the_exact_loop_and_the_float_loop_find_the_same_gain(module: ModuleType, tmp_path: Path) -> None:
    source = module.Source(module.generated(ANCHORS / "gen_book.py", tmp_path, 600, 6))
    taken = module.compare(source, 1)
    assert {way for way, found in taken.items() if found.median > 0} == {"float loop", "lots", "run"}


@needs_anchors
@pytest.mark.parametrize("module", ["p1_history"], indirect=True)
def test_history_and_gains_of_a_generated_book_agree_with_the_reference(
        module: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module.compare(ANCHORS, tmp_path, 400, 4, 1)
    assert "checksums agree" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 shell is not installed")
@pytest.mark.parametrize("module", ["p5_import"], indirect=True)
def test_both_imports_hold_the_same_rows(module: ModuleType, tmp_path: Path,
                                         capsys: pytest.CaptureFixture[str]) -> None:
    module.compare(tmp_path, 3_000, 1)
    assert "above the interpreter" in capsys.readouterr().out


@pytest.mark.parametrize("module", ["p12_check"], indirect=True)
def test_the_check_judges_every_limit(module: ModuleType) -> None:
    assert len(module.milliseconds(9, 12, 2)) == 2


@pytest.mark.parametrize("module", ["p13_breach"], indirect=True)
def test_the_probability_of_a_breach_is_told_for_every_limit(module: ModuleType) -> None:
    taken, found = module.seconds(12, 200, 1)
    assert len(taken) == 1
    assert any(item.probability is not None for item in found.warnings)


@pytest.mark.parametrize("module", ["p7_first_paint"], indirect=True)
def test_the_bare_window_and_ours_paint(module: ModuleType, tmp_path: Path) -> None:
    assert module.seconds("bare", tmp_path) > 0
    assert module.seconds("first", tmp_path) > 0


@pytest.mark.parametrize("module", ["measure"], indirect=True)
def test_rounds_alternate_and_ratios_are_of_medians(module: ModuleType) -> None:
    order: list[str] = []
    taken = module.in_process({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 4
    slow = module.Taken("slow", (4.0, 1.0, 9.0))
    assert slow.line(module.Taken("fast", (2.0, 2.0, 2.0))).count("x2.00") == 1
    assert set(taken) == {"a", "b"}


def test_a_benchmark_without_the_anchors_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(HERE / "p3_fifo.py"), "--anchors", str(tmp_path)], text=True,
                          capture_output=True, check=False, env={**os.environ, "SANDYQ_BENCH": ""})
    assert done.returncode == 1
    assert "give --anchors" in done.stderr
    assert not done.stdout
