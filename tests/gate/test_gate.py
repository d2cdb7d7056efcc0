"""The entry gate: shut by a shock, never looking ahead, failing on gaps, and what E4 measured on real closes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput, SandyqError
from sandyq.basics.text import Text
from sandyq.gate.criteria.correlation import CORRELATION
from sandyq.gate.criteria.flows import FLOWS
from sandyq.gate.criteria.low import LOW_HELD
from sandyq.gate.criteria.premium import PREMIUM
from sandyq.gate.criteria.shock import SHOCK
from sandyq.gate.criteria.volatility import realised
from sandyq.gate.criterion import Test
from sandyq.gate.default import DEFAULT
from sandyq.gate.machine import GateState, Rule, run_gate
from sandyq.gate.replay import replay
from sandyq.gate.view import View, column
from sandyq.limits.gate_section import read_gate
from sandyq.limits.toml import read_mandate
from sandyq_resources import text

FIRST = date(2020, 1, 1)
CALM = Rule("BTC", (Test("G5", SHOCK),), dwell=10, lapse=30)


def view(closes: list[float]) -> View:
    empty = np.full(len(closes), np.nan)
    return View(FIRST, np.array(closes, dtype=float), empty, empty)


def real(shared_data: Path) -> View:
    with (shared_data / "coins_daily.csv").open(encoding="utf-8") as file:
        rows = [(date.fromisoformat(row["date"]), row["close_usd"]) for row in csv.DictReader(file)
                if row["asset"] == "BTC"]
    length = (rows[-1][0] - rows[0][0]).days + 1
    empty = np.full(length, np.nan)
    return View(rows[0][0], column(rows[0][0], length, [d.toordinal() for d, _ in rows], [c for _, c in rows]), empty,
                empty)


def on_closes(dwell: int, lapse: int = 0) -> Rule:
    return replace(DEFAULT, tests=DEFAULT.tests[:5], dwell=dwell, lapse=lapse)


@pytest.mark.data
def test_the_gate_was_shut_on_10_october_and_all_november_2025(shared_data: Path) -> None:
    days = {day.day: day for day in run_gate(real(shared_data), on_closes(10))}
    assert days[date(2025, 10, 9)].state is GateState.OPEN
    assert days[date(2025, 10, 10)].state is GateState.CLOSED
    november = [days[date(2025, 11, number)] for number in range(1, 31)]
    assert [day.state for day in november] == [GateState.CLOSED] * 30
    told = days[date(2025, 11, 28)]
    assert told.passed == (True, False, False, False, True)
    assert told.values[0] == pytest.approx(0.454, abs=0.003)
    assert told.values[1] == 6
    assert told.values[2] == pytest.approx(0.073, abs=0.002)
    assert told.values[3] == pytest.approx(-0.084, abs=0.001)


@pytest.mark.data
def test_the_first_calm_day_afterwards_was_14_january_2026_and_it_did_not_last(shared_data: Path) -> None:
    days = {day.day: day for day in run_gate(real(shared_data), on_closes(1))}
    calm = [day for day in days if date(2025, 11, 1) <= day and days[day].state is GateState.OPEN]
    assert calm[0] == date(2026, 1, 14)
    assert days[date(2026, 1, 31)].state is GateState.CLOSED


@pytest.mark.data
def test_the_replay_shows_its_failures_as_measured(shared_data: Path) -> None:
    """E4: on all days 33.4 % fell by a fifth within 90 days, on open days 16.8 % (K=10); first days 8 of 19."""
    seen = real(shared_data)
    past = replay(seen, run_gate(seen, on_closes(10)), date(2021, 1, 1), date(2026, 2, 7))
    ways = {way.name: way for way in past.ways}
    assert ways["every day"].share_fell == pytest.approx(0.334, abs=0.02)
    assert ways["every open day"].share_fell == pytest.approx(0.168, abs=0.01)
    first_days = ways["first day of each window"]
    assert (first_days.fell, first_days.entries) in {(7, 18), (8, 19), (8, 18), (7, 19)}
    worst = {window.first: window.after[-1].worst for window in past.windows}
    for day, loss in ((date(2021, 4, 9), -0.456), (date(2022, 4, 8), -0.551), (date(2025, 1, 24), -0.273),
                      (date(2025, 9, 20), -0.268), (date(2025, 10, 8), -0.313)):
        assert worst[day] == pytest.approx(loss, abs=0.003)
    assert all(way.episodes <= way.entries for way in past.ways)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-0.12, 0.12), min_size=60, max_size=120), st.integers(30, 59), st.floats(0.2, 5))
def test_later_data_never_change_an_earlier_day(changes: list[float], cut: int, factor: float) -> None:
    closes = list(100 * np.cumprod(1 + np.array(changes)))
    changed = closes[:cut] + [close * factor for close in closes[cut:]]
    rule = Rule("BTC", (Test("G5", SHOCK), Test("G2", LOW_HELD, {"days": Decimal(20), "least": Decimal(3)})), 3, 5)
    assert run_gate(view(closes), rule)[:cut] == run_gate(view(changed), rule)[:cut]


def test_the_dwell_counts_days_in_a_row_and_one_failure_shuts_the_gate() -> None:
    closes = [100.0] * 40 + [90.0] + [90.0] * 40
    days = run_gate(view(closes), CALM)
    assert [day.state for day in days[20:30]] == [GateState.ARMED] * 9 + [GateState.OPEN]
    assert (days[39].state, days[40].state, days[40].dwell) == (GateState.OPEN, GateState.CLOSED, 0)
    assert days[60].dwell == 1


def test_an_open_gate_that_nobody_uses_lapses_and_a_purchase_keeps_it_open() -> None:
    closes = [100.0] * 90
    unused = run_gate(view(closes), CALM)
    lapsed = [day.day for day in unused if day.lapsed]
    opened = next(day.day for day in unused if day.state is GateState.OPEN)
    assert lapsed[0] == opened + timedelta(days=30)
    used = run_gate(view(closes), CALM, {opened + timedelta(days=20)})
    assert next(day.day for day in used if day.lapsed) == opened + timedelta(days=50)


@pytest.mark.parametrize("gap", [5, 19, 25])
def test_a_missing_close_fails_every_window_that_contains_it(gap: int) -> None:
    closes = [100.0] * 60
    closes[gap] = float("nan")
    days = run_gate(view(closes), CALM)
    assert not any(day.passed[0] for day in days[gap:gap + 21])
    assert days[gap + 21].passed[0]


def test_flows_count_only_while_the_file_is_fresh() -> None:
    length = 60
    flows, assets = np.full(length, np.nan), np.full(length, 1000.0)
    flows[:40] = -1.0
    seen = View(FIRST, np.full(length, 100.0), flows, assets)
    found = FLOWS.measure(seen, {name: float(value) for name, value in FLOWS.parameters.items()})
    assert found.value[39] == pytest.approx(-0.02) and not found.passed[39]
    assert np.isnan(found.value[45])


def test_a_premium_that_is_not_known_never_passes() -> None:
    found = PREMIUM.measure(view([100.0] * 50), {name: float(v) for name, v in PREMIUM.parameters.items()})
    assert not found.passed.any()
    calm = replace(view([100.0] * 50), premiums={"IBIT": np.full(50, 0.001), "FBTC": np.full(50, 0.009)})
    found = PREMIUM.measure(calm, {name: float(v) for name, v in PREMIUM.parameters.items()})
    assert found.value[40] == 0


def test_the_correlation_is_taken_over_the_index_own_days() -> None:
    generator = np.random.default_rng(7)
    shared = np.exp(np.cumsum(generator.normal(0, 0.02, 200)))
    index = shared.copy()
    index[[5, 6, 12, 13, 19, 20]] = np.nan
    seen = replace(view(list(shared)), index=index)
    found = CORRELATION.measure(seen, {name: float(v) for name, v in CORRELATION.parameters.items()})
    assert found.value[150] == pytest.approx(1.0) and not found.passed[150]


def test_volatility_is_yearly_by_365_days() -> None:
    returns = np.tile([0.01, -0.01], 20)
    closes = 100 * np.exp(np.concatenate([[0], np.cumsum(returns)]))
    assert realised(closes, 30)[-1] == pytest.approx(np.std(returns[-30:], ddof=1) * np.sqrt(365))


def refuse(place: str, what: Text) -> SandyqError:
    return BadInput("bad-mandate", what, where=place)


def test_a_mandate_says_which_tests_its_gate_has() -> None:
    section = {"coin": "BTC", "dwell_days": 20, "test": [
        {"id": "G5", "kind": "shock", "least": Decimal("-0.05")}, {"id": "G8", "kind": "correlation",
                                                                   "required": False}]}
    rule = read_gate(section, refuse)
    assert rule is not None
    assert (rule.dwell, rule.lapse, [test.required for test in rule.tests]) == (20, 30, [True, False])
    assert rule.tests[0].settings == {"least": Decimal("-0.05")}
    assert read_gate(None, refuse) is None
    shipped = read_mandate(text("mandates", "example.toml")).gate
    assert shipped is not None
    assert [test.id for test in shipped.tests] == [f"G{number}" for number in range(1, 9)]


@pytest.mark.parametrize("change", [
    lambda s: s | {"surprise": 1}, lambda s: s | {"test": []}, lambda s: s | {"dwell_days": 0},
    lambda s: s | {"test": s["test"] * 2}, lambda s: s | {"test": [{"id": "G1", "kind": "mood"}]},
    lambda s: s | {"test": [{"id": "G5", "kind": "shock", "colour": 1}]},
    lambda s: s | {"test": [{"id": "G5", "kind": "shock", "least": True}]},
    lambda s: s | {"test": [{"id": "G5", "kind": "shock", "required": False}]},
])
def test_a_gate_that_cannot_be_meant_is_refused(change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    with pytest.raises(BadInput):
        read_gate(change({"test": [{"id": "G5", "kind": "shock"}]}), refuse)


MEASURED = {1: (0.267, 0.317, 15, 36), 5: (0.223, 0.300, 12, 25), 10: (0.168, 0.222, 8, 19), 15: (0.117, 0.176, 6, 15),
            20: (0.053, 0.079, 2, 11)}
"""E4 by days of dwell: share of open days and of weekly purchases that fell by a fifth, first days of windows."""


@pytest.mark.data
@pytest.mark.parametrize("dwell", MEASURED)
def test_a_longer_dwell_fails_less_often_about_as_measured(shared_data: Path, dwell: int) -> None:
    """E4 was measured to July 2026 and on another source of closes; the data here end in March: one window is missing,
    and weekly purchases differ by up to three points."""
    seen = real(shared_data)
    past = replay(seen, run_gate(seen, on_closes(dwell)), date(2021, 1, 1), seen.day(len(seen) - 1))
    ways = {way.name: way for way in past.ways}
    every, weekly, fell, entries = MEASURED[dwell]
    assert ways["every open day"].share_fell == pytest.approx(every, abs=0.009)
    assert ways["weekly inside open windows"].share_fell == pytest.approx(weekly, abs=0.052)
    first = ways["first day of each window"]
    assert abs(first.entries - entries) <= 1
    assert abs(first.fell - fell) <= 2
    assert all(0 < way.episodes <= way.entries for way in past.ways)


@pytest.mark.data
def test_five_days_opened_on_18_january_2026_and_it_was_a_false_opening(shared_data: Path) -> None:
    seen = real(shared_data)
    opened = [day.day for day in run_gate(seen, on_closes(5)) if day.day > date(2025, 11, 30)
              and day.state is GateState.OPEN]
    assert opened[0] == date(2026, 1, 18)
    past = replay(seen, run_gate(seen, on_closes(5)), date(2026, 1, 1), seen.day(len(seen) - 1))
    assert past.windows[0].after[-1].worst == pytest.approx(-0.329, abs=0.01)
