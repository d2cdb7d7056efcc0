"""The gate's evidence: recorded once, unchanged by whatever data come later, made again to the same hash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from custody_books import record
from gate_books import DAY, Desk, Q, coin, gated_sleeve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput, Refused, SandyqError
from sandyq.gate.criteria.flows import FLOWS
from sandyq.gate.criteria.shock import SHOCK
from sandyq.gate.criterion import Criterion, Test, constant, judged
from sandyq.gate.evidence import differences, read_day, spelled_day
from sandyq.gate.machine import GateState, Rule, run_gate
from sandyq.gate.view import View
from sandyq.workstation.gating import complete_sums, gate_on


def test_a_recorded_day_has_every_value_threshold_and_verdict_under_its_hash(shaken: Desk) -> None:
    shaken.as_person("Risk 1").station.tranches.record_day(Q)
    (stored,) = shaken.station.tranches.days(Q)
    said = stored.evidence
    assert (said.state, said.dwell, said.dwell_needed, said.failed) == ("closed", 0, 10, True)
    (test,) = said.tests
    assert (test.id, test.passed, test.threshold, test.known_from) == ("G5", False, -0.07, DAY)
    assert test.value == pytest.approx(-0.10, abs=1e-6)
    assert stored.content_hash == sha256(stored.content.encode()).hexdigest()
    assert stored.who == "Risk 1"
    assert shaken.station.verify().holds


def test_a_day_is_recorded_once(shaken: Desk) -> None:
    desk = shaken.as_person("Risk 1").station.tranches
    desk.record_day(Q)
    with pytest.raises(Refused, match="recorded already"):
        desk.record_day(Q)
    assert len(desk.days(Q)) == 1


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(1, 30), min_size=1, max_size=5, unique=True), move=st.floats(0.3, 3))
def test_data_of_later_days_never_change_a_recorded_day(shaken: Desk, days: list[int], move: float) -> None:
    desk = shaken.as_person("Risk 1").station.tranches
    if not desk.days(Q):
        desk.record_day(Q)
    before = desk.days(Q)
    record(shaken.station, [coin(DAY + timedelta(days=day), 90_000 * move) for day in days])
    again = desk.replay_day(Q)
    assert desk.days(Q) == before
    assert again.holds
    assert not again.changed


def test_data_of_earlier_days_that_come_later_leave_the_record_and_show_the_difference(shaken: Desk) -> None:
    desk = shaken.as_person("Risk 1").station.tranches
    desk.record_day(Q)
    before = desk.days(Q)
    shock = DAY - timedelta(days=5)
    record(shaken.station, [coin(shock + timedelta(days=n), 105_000) for n in range(-40, 6)])
    again = desk.replay_day(Q)
    assert desk.days(Q) == before
    assert again.holds
    assert [what for what, _, _ in again.changed] == ["G5"]
    assert again.changed[0][1].endswith("fail") and again.changed[0][2].endswith("pass")  # type: ignore[union-attr]


def test_a_correction_does_not_open_a_gate_over_a_day_that_was_recorded_as_failing(shaken: Desk) -> None:
    shaken.as_person("Risk 1").station.tranches.record_day(Q)
    record(shaken.station, [coin(DAY - timedelta(days=n), 105_000) for n in range(45, -1, -1)])
    found = gate_on(shaken.station, Q)
    assert found.today.passed == (True,)
    assert (found.today.state, found.today.dwell) == (GateState.CLOSED, 0)


def test_closing_a_day_records_its_gate(shaken: Desk) -> None:
    shaken.as_person("Risk 1").station.records.close_day(Q, "the exposure rests on few sources")
    (stored,) = shaken.station.tranches.days(Q)
    assert stored.day == DAY


def test_a_day_that_was_not_recorded_cannot_be_made_again(calm: Desk) -> None:
    with pytest.raises(BadInput, match="not recorded"):
        calm.station.tranches.replay_day(Q)


def test_a_changed_record_is_named_by_verification(shaken: Desk) -> None:
    shaken.as_person("Risk 1").station.tranches.record_day(Q)
    connection = shaken.station.store.connection
    for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'gate_day'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute('UPDATE "gate_day" SET "state" = \'open\'')
    assert not shaken.station.verify().holds


# ---- pure: evidence, missing data, a new test

def column(length: int, value: float) -> np.ndarray:
    return np.full(length, value)


def seen(length: int = 60) -> View:
    return View(DAY - timedelta(days=length - 1), column(length, 100.0), column(length, np.nan),
                column(length, np.nan))


def test_a_criterion_of_ones_own_is_one_value_and_needs_nothing_else() -> None:
    over = Criterion("over", SHOCK.label, "count", "min", {}, lambda view, _settings: judged(
        view.closes, constant(view.closes, 90.0), "min"), SHOCK.short)
    days = run_gate(seen(), Rule("BTC", (Test("X1", over),), dwell=5, lapse=0))
    assert days[-1].state is GateState.OPEN
    text = spelled_day("sleeve", Rule("BTC", (Test("X1", over),), dwell=5, lapse=0), days[-1], [DAY], "m v1", 7)
    assert read_day(text).tests[0].kind == "over"


def test_missing_flows_fail_and_the_evidence_says_that_there_were_none() -> None:
    rule = Rule("BTC", (Test("G6", FLOWS),))
    view = seen()
    day = run_gate(view, rule)[-1]
    known = view.known_on(FLOWS.reads, len(view) - 1)
    said = read_day(spelled_day("sleeve", rule, day, [known], "", 1))
    assert (day.state, known) == (GateState.CLOSED, None)
    assert (said.tests[0].value, said.tests[0].passed, said.tests[0].known_from) == (None, False, None)


def test_twenty_reports_that_reach_back_too_far_are_no_twenty_days() -> None:
    length = 120
    flows = np.full(length, np.nan)
    flows[::5] = 1.0
    view = replace(seen(length), flows=flows, assets=column(length, 1000.0))
    found = FLOWS.measure(view, {name: float(value) for name, value in FLOWS.parameters.items()})
    assert not found.passed.any()


def test_a_day_on_which_one_fund_is_missing_has_no_sum() -> None:
    reported = {"A": {1: 5.0, 2: 5.0, 3: 5.0, 30: 5.0}, "B": {1: -1.0, 3: -1.0}}
    assert complete_sums(reported) == {1: 4.0, 3: 4.0, 30: 5.0}


def test_two_days_differ_in_what_differs() -> None:
    rule = Rule("BTC", (Test("G5", SHOCK),), dwell=3, lapse=0)
    days = run_gate(seen(), rule)
    calm, early = (read_day(spelled_day("sleeve", rule, day, [DAY], "", 1)) for day in (days[-1], days[2]))
    assert differences(calm, calm) == ()
    assert {what for what, _, _ in differences(early, calm)} == {"state", "dwell", "G5"}


def test_a_recorded_failure_starts_the_dwell_anew() -> None:
    rule = Rule("BTC", (Test("G5", SHOCK),), dwell=3, lapse=0)
    shut = DAY - timedelta(days=1)
    days = {day.day: day for day in run_gate(seen(), rule, shut={shut})}
    assert (days[shut].state, days[shut].dwell, days[DAY].dwell) == (GateState.CLOSED, 0, 1)


def test_a_book_without_coin_closes_says_so(tmp_path: Path, clock: object) -> None:
    del clock
    with gated_sleeve(tmp_path / "b.sandyq", []) as station, pytest.raises(SandyqError, match="reference closes"):
        station.tranches.record_day(Q)
