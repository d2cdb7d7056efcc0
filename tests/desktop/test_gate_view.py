"""The Gate view: the word, the tests, the year and the past, on a book with real or generated closes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sandyq.gate.default import DEFAULT
from sandyq.gate.machine import GateState, run_gate
from sandyq.gate.replay import replay
from sandyq.gate.view import View
from sandyq.workstation.contract import Question
from sandyq.workstation.gating import Gate
from sandyq_desktop.charts.gate_strip import GateStrip
from sandyq_desktop.context import ViewContext
from sandyq_desktop.fonts import Fonts
from sandyq_desktop.palette import LIGHT
from sandyq_desktop.views.gate import GateView, Shown
from sandyq_desktop.words import Words


class Nobody:
    """A worker that never answers: the test hands the answer over itself."""

    def ask(self, *_args: object, **_named: object) -> None: ...

    def do(self, *_args: object, **_named: object) -> None: ...

    def report(self, done: int, total: int) -> bool:
        return True


@pytest.fixture
def shown(qtbot: object) -> GateView:
    view = GateView(ViewContext(LIGHT, Fonts(), Words(), Nobody(), Question(date(2025, 10, 3))))
    qtbot.addWidget(view)  # type: ignore[attr-defined]
    return view


def columns(days: int) -> View:
    generator = np.random.default_rng(11)
    closes = 30_000 * np.exp(np.cumsum(generator.normal(0.0008, 0.02, days)))
    empty = np.full(days, np.nan)
    return View(date(2019, 1, 1), closes, empty, empty)


def test_the_view_shows_state_tests_year_and_past(shown: GateView) -> None:
    seen = columns(2200)
    days = run_gate(seen, DEFAULT)
    gate = Gate(DEFAULT, False, days)
    past = replay(seen, days, days[1400].day, days[-1].day)
    shown.show_gate(Shown(gate, past, ((days[-20].day, ""),), None, None))
    assert len(shown.table.model.rows) == len(DEFAULT.tests)
    assert shown.word.accessibleName() in {"Closed", "Armed", "Open"}
    assert "of 10 days" in shown.boxes.accessibleName()
    assert len(shown.ways.model.rows) == 5
    opened = [day for day in days[1400:] if day.state is GateState.OPEN]
    assert bool(shown.windows.model.rows) == bool(opened)
    assert shown.grab().width() > 0


def test_a_test_without_data_says_so_and_never_passes(shown: GateView) -> None:
    seen = columns(60)
    days = run_gate(seen, DEFAULT)
    shown.show_gate(Shown(Gate(DEFAULT, True, days), replay(seen, days, days[0].day, days[-1].day), (), None, None))
    look = shown._context.look
    verdicts = [column for column in shown.table.model.columns if column.key == "verdict"]
    words = [verdicts[0].text(row, look) for row in shown.table.model.rows]
    assert words[0] == "fails: no data" and "passes" not in words[:2]
    assert shown.word.accessibleName() == "Closed"


def test_shares_of_days_are_rounded_down(shown: GateView) -> None:
    seen = columns(1300)
    days = run_gate(seen, DEFAULT)[-300:]
    strip: GateStrip = shown.strip
    strip.show_days(DEFAULT, days, ())
    shares = [int(part.split()[1]) for part in strip.accessibleDescription().split(", ")]
    for number, share in enumerate(shares):
        passed = sum(day.passed[number] for day in days)
        assert share == 100 * passed // 300 and (share < 100 or passed == 300)
