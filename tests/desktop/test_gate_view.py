"""The Gate view: the word, the tests, the year and the past, on a book with real or generated closes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.gate.default import DEFAULT
from sandyq.gate.machine import GateState, run_gate
from sandyq.gate.replay import replay
from sandyq.gate.view import View
from sandyq.limits.mandate import Tranche
from sandyq.limits.surroundings import Override
from sandyq.limits.tranche_plan import Bought, TrancheStanding, TrancheState
from sandyq.workstation.contract import Question
from sandyq.workstation.gating import Gate
from sandyq.workstation.tranche_book import Plan, Signed, SignedOverride
from sandyq_desktop.charts.gate_strip import GateStrip
from sandyq_desktop.context import ViewContext
from sandyq_desktop.fonts import Fonts
from sandyq_desktop.palette import LIGHT
from sandyq_desktop.views.gate import GateView
from sandyq_desktop.views.gate_facts import facts_of
from sandyq_desktop.views.gate_state import Shown
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
    assert shown.word.accessibleName() in {"Gate closed", "Gate armed", "Gate open"}
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
    assert shown.word.accessibleName() == "Gate closed"


def test_shares_of_days_are_rounded_down(shown: GateView) -> None:
    seen = columns(1300)
    days = run_gate(seen, DEFAULT)[-300:]
    strip: GateStrip = shown.strip
    strip.show_days(DEFAULT, days, ())
    told = [part.split(" ", 1)[1] for part in strip.accessibleDescription().split(", ")]
    assert any(words.endswith("% of days") for words in told)
    for number, words in enumerate(told):
        passed = sum(day.passed[number] for day in days)
        assert words == ("no data" if all(day.values[number] is None for day in days)
                         else f"{100 * passed // 300} % of days")


def test_a_test_that_never_had_its_data_is_drawn_apart_from_one_that_failed(shown: GateView) -> None:
    days = run_gate(columns(1300), DEFAULT)[-300:]
    strip: GateStrip = shown.strip
    strip.show_days(DEFAULT, days, ())
    empty = [number for number in range(len(DEFAULT.tests)) if all(day.values[number] is None for day in days)]
    assert empty, "the flows, premiums and correlations are not in these columns"
    for number in empty:
        assert [run[2] for run in strip._runs(number)] == [None]
    assert {True, False} <= {run[2] for run in strip._runs(0)}


def test_the_years_caption_tells_what_is_worked_out_now_and_what_was_recorded(shown: GateView) -> None:
    seen = columns(1700)
    days = run_gate(seen, DEFAULT)
    past = replay(seen, days, days[1400].day, days[-1].day)
    shown.show_gate(Shown(Gate(DEFAULT, True, days), past, (), None, None, frozenset({days[-1].day, days[-2].day})))
    assert shown._captions["year"].text() == ("The last year, worked out now: each day by the data up to it. "
                                              "Recorded and kept as they were: 2 of 366 days")


def planned(*, may: bool) -> Plan:
    """Two tranches: one bought, one that may be released, or waits for the gate."""
    first, second = (Tranche(name, Decimal(50_000_000), day, 14, True, None)
                     for name, day in (("T1", date(2024, 2, 1)), ("T2", date(2024, 9, 1))))
    reason = () if may else (
        Finding(Severity.ERROR, "gate-shut", N_("The entry gate is closed; nothing is bought."), "T2"),)
    bought = Bought(date(2024, 2, 8), Decimal(49_900_000))
    override = Override("G-0001", "IC-2024-3", "T1", Decimal(50_000_000), date(2024, 2, 8), date(2024, 2, 9))
    signed = Signed("Manager 1", "Risk 1", datetime(2024, 2, 8, tzinfo=UTC), "the committee decided", 9)
    return Plan(date(2024, 9, 2), (
        TrancheStanding(first, TrancheState.DONE, Decimal(49_900_000), True, bought.day, bought.day, first.earliest,
                        None, ()),
        TrancheStanding(second, TrancheState.READY if may else TrancheState.WAITS, Decimal(0), False, None, None,
                        second.earliest, None, reason)),
        None, (SignedOverride(override, signed, Decimal(49_900_000)),), (), None, Decimal(100_000_000),
        Decimal(49_900_000), Decimal(300_000_000), (bought,))


def told(shown: GateView, *, may: bool) -> None:
    seen = columns(2070)
    days = run_gate(seen, DEFAULT)
    shown.show_gate(Shown(Gate(DEFAULT, True, days), replay(seen, days, days[1400].day, days[-1].day), (),
                          planned(may=may), None))


def test_the_release_is_offered_where_it_is_possible_and_says_why_it_is_not(shown: GateView) -> None:
    told(shown, may=True)
    assert shown.release.isEnabled() and shown.override.isEnabled() and shown.record.isEnabled()
    told(shown, may=False)
    assert not shown.release.isEnabled()
    assert "The entry gate is closed" in shown.release.toolTip()


def test_what_is_to_be_bought_stands_first_and_overrides_are_listed(shown: GateView) -> None:
    told(shown, may=False)
    assert [row[0].tranche.id for row in shown.plan.model.rows] == ["T2", "T1"]
    assert [row.override.reference for row in shown.overrides.model.rows] == ["G-0001"]
    assert not shown.overrides.isHidden()


def test_planned_and_done_step_on_their_days_and_done_ends_today(shown: GateView) -> None:
    told(shown, may=True)
    chart = shown.canvas.chart
    maximum, wanted, done = chart.panels[0].series
    at = chart.days.index
    assert float(maximum.values[0]) == 300
    assert [float(wanted.values[at(day)]) for day in (date(2024, 1, 31), date(2024, 2, 1), date(2024, 9, 1))] == [
        0, 50, 100]
    assert float(done.values[at(date(2024, 2, 8))]) == pytest.approx(49.9)
    assert np.isnan(done.values[-1])


def test_the_replay_is_one_click_away(shown: GateView) -> None:
    told(shown, may=True)
    shown.show_mode("past")
    assert shown.mode.value() == "past"
    assert not shown.windows.isHidden()


def test_a_gate_that_cannot_be_computed_is_unknown_and_nothing_of_an_earlier_day_stays(shown: GateView) -> None:
    seen = columns(1700)
    days = run_gate(seen, DEFAULT)
    past = replay(seen, days, days[1400].day, days[-1].day)
    shown.show_gate(Shown(Gate(DEFAULT, True, days), past, (), None, None))
    assert not shown.strip.isHidden() and not shown.boxes.isHidden()
    shown._failed(BadInput("no-closes", N_("There are no reference closes."), remedy=N_("Import a file.")))
    assert shown.word.accessibleName() == "Gate unknown"
    assert shown.strip.isHidden() and shown.boxes.isHidden() and shown.canvas.isHidden()
    assert shown._captions["year"].text() == ""
    shown.show_gate(Shown(Gate(DEFAULT, True, days), past, (), None, None))
    assert not shown.strip.isHidden()
    assert shown.word.accessibleName() != "Gate unknown"


def test_the_state_that_was_recorded_is_a_word_that_is_translated(shown: GateView) -> None:
    days = run_gate(columns(60), DEFAULT)
    recorded: Any = SimpleNamespace(evidence=SimpleNamespace(state="closed"), content_hash="ab" * 32)
    found = facts_of(shown._context, Shown(Gate(DEFAULT, True, days), replay(columns(60), days, days[0].day,
                                                                             days[-1].day), (), None, recorded))
    said = next(value for name, value in found if isinstance(name, Text) and name.template == "Recorded")
    assert isinstance(said, Text) and said.values["state"] == N_("closed")
