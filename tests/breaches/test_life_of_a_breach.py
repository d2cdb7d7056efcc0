"""From the run that finds a breach to its closing: no step is left out, nobody waives alone, nothing vanishes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from custody_books import booking, record
from order_books import Desk, price

from sandyq.basics.errors import BadInput, Refused
from sandyq.limits.blend import Factor
from sandyq.limits.episodes import Subject
from sandyq.limits.why import BreachClass
from sandyq.workstation.breached import Breach, Step
from sandyq.workstation.contract import Question
from sandyq.workstation.waivers import _told

RISE, FALL, AGAIN = date(2025, 10, 1), date(2025, 10, 3), date(2025, 10, 6)


@pytest.fixture
def risen(desk: Desk) -> Desk:
    """1,000 IBIT at 80: 80,000 over the soft 75,000 from 1 October."""
    both(desk, RISE, "80")
    return desk


def both(desk: Desk, day: date, close: str) -> None:
    record(desk.station, [price("IBIT", day, close), price("FBTC", day, "100")])


def breach(desk: Desk, day: date) -> Breach:
    found = [one for one in desk.station.breaches.register(Question(day)).breaches if one.subject.limit == "L16"]
    assert len(found) == 1
    return found[0]


def take(desk: Desk, step: Step, day: date, **more: object) -> None:
    desk.as_person("Risk 1")
    reference = f"L16.IBIT.{RISE}"
    desk.station.breaches.take(Question(day), reference, step, "noted", **more)  # type: ignore[arg-type]


def run(desk: Desk, day: date) -> None:
    """Run the limits of a day when it has come."""
    while desk.clock.moment.date() < day:
        desk.clock.later(days=1)
    desk.as_person("Risk 1").station.breaches.run_limits(Question(day))


def test_nothing_is_run_closed_or_recorded_of_a_day_to_come(risen: Desk) -> None:
    head = risen.as_person("Risk 1").station.head()
    for act in (risen.station.breaches.run_limits, risen.station.records.close_day, risen.station.tranches.record_day):
        with pytest.raises(BadInput) as refusal:
            act(Question(RISE))
        assert refusal.value.code == "day-to-come"
    assert risen.station.head() == head


def test_a_breach_goes_through_its_whole_life_and_stays_in_the_register(risen: Desk) -> None:
    assert breach(risen, RISE).step is Step.DETECTED
    take(risen, Step.CLASSIFIED, RISE, kind=BreachClass.PASSIVE)
    take(risen, Step.ASSIGNED, RISE, owner="Manager 1")
    take(risen, Step.REMEDIATION, RISE)
    both(risen, FALL, "70")
    take(risen, Step.CURED, FALL)
    run(risen, FALL)
    take(risen, Step.CLOSED, FALL, evidence=FALL.isoformat())
    found = breach(risen, FALL)
    assert found.settled and found.ended is not None
    assert [step.step for step in found.steps] == [step for step in Step if step is not Step.DETECTED]
    assert {step.who for step in found.steps} == {"Risk 1"}
    with pytest.raises(Refused, match="closed"):
        take(risen, Step.CLASSIFIED, FALL, kind=BreachClass.DATA)


@pytest.mark.parametrize("step", [Step.ASSIGNED, Step.REMEDIATION, Step.CURED, Step.CLOSED])
def test_no_step_is_jumped(risen: Desk, step: Step) -> None:
    with pytest.raises(Refused) as refused:
        take(risen, step, RISE, owner="Manager 1", evidence=RISE.isoformat())
    assert refused.value.code == "step-jumped"


@pytest.mark.parametrize("first", [RISE, date(2025, 10, 2), FALL])
def test_the_breaches_of_one_limit_are_those_of_the_register_from_a_day_on(risen: Desk, first: date) -> None:
    both(risen, date(2025, 10, 2), "80")
    both(risen, FALL, "70")
    both(risen, AGAIN, "80")
    desk, q = risen.station.breaches, Question(AGAIN)
    whole = {one.reference: one for one in desk.register(q).breaches if one.subject.limit == "L16"}
    found = desk.of_limit(q, "L16", first)
    assert {one.reference for one in found} == {
        name for name, one in whole.items() if one.ended is None or one.ended > first}
    assert all((one.first, one.last, one.kind) == (whole[one.reference].first, whole[one.reference].last,
                                                   whole[one.reference].kind) for one in found)
    assert desk.of_limit(q, "L16", first, lambda _done, _all: False) == ()


def test_another_class_is_a_further_step_and_the_first_one_stays(risen: Desk) -> None:
    take(risen, Step.CLASSIFIED, RISE, kind=BreachClass.PASSIVE)
    take(risen, Step.CLASSIFIED, RISE, kind=BreachClass.ACTIVE)
    found = breach(risen, RISE)
    assert found.kind is BreachClass.ACTIVE and found.confirmed
    assert [step.kind for step in found.steps] == [BreachClass.PASSIVE, BreachClass.ACTIVE]


def test_a_breach_that_lasts_is_not_recorded_as_cured(risen: Desk) -> None:
    for step, more in ((Step.CLASSIFIED, {"kind": BreachClass.PASSIVE}), (Step.ASSIGNED, {"owner": "Manager 1"}),
                       (Step.REMEDIATION, {})):
        take(risen, step, RISE, **more)
    with pytest.raises(Refused) as refused:
        take(risen, Step.CURED, RISE)
    assert refused.value.code == "still-beyond"


def test_a_run_that_does_not_pass_closes_nothing(risen: Desk) -> None:
    run(risen, RISE)
    for step, more in ((Step.CLASSIFIED, {"kind": BreachClass.PASSIVE}), (Step.ASSIGNED, {"owner": "Manager 1"}),
                       (Step.REMEDIATION, {})):
        take(risen, step, RISE, **more)
    both(risen, FALL, "70")
    take(risen, Step.CURED, FALL)
    for evidence in (RISE.isoformat(), FALL.isoformat(), "2031-01-01"):
        with pytest.raises(Refused) as refused:
            take(risen, Step.CLOSED, FALL, evidence=evidence)
        assert refused.value.code == "no-passing-run"


def test_a_breach_that_went_by_itself_stays_and_its_repeat_is_linked(risen: Desk) -> None:
    both(risen, FALL, "70")
    both(risen, AGAIN, "81")
    found = [one for one in risen.station.breaches.register(Question(AGAIN)).breaches if one.subject.limit == "L16"]
    assert [(one.first, one.ended, one.linked) for one in found] == [
        (AGAIN, None, f"L16.IBIT.{RISE}"), (RISE, FALL, "")]


def test_a_correction_that_takes_a_breach_away_leaves_what_was_recorded(risen: Desk) -> None:
    run(risen, RISE)
    stored = risen.station.breaches.runs(Question(RISE))[-1]
    both(risen, RISE, "70")
    found = breach(risen, RISE)
    assert found.episode is None and found.kind is BreachClass.DATA and found.recorded is not None
    again = risen.station.breaches.run_again(Question(RISE), RISE)
    assert again.repeats and again.stored.content_hash == stored.content_hash
    assert "L16" in {name for name, _, _ in again.changes} and again.causes == ("price",)


def test_the_same_run_twice_is_refused_and_a_changed_day_is_the_next_version(risen: Desk) -> None:
    run(risen, RISE)
    desk = risen.station.breaches
    with pytest.raises(Refused) as refused:
        desk.run_limits(Question(RISE))
    assert refused.value.code == "run-already"
    both(risen, RISE, "81")
    desk.run_limits(Question(RISE))
    assert [run.version for run in desk.runs(Question(RISE))] == [1, 2]
    assert all(desk.run_again(Question(RISE), RISE, version).repeats for version in (1, 2))


def test_what_became_known_of_the_day_before_is_the_part_of_the_data(desk: Desk) -> None:
    """The run of 1 October saw 70; later the close is known to have been 74, and on 3 October it is 76."""
    both(desk, RISE, "70")
    run(desk, RISE)
    both(desk, RISE, "74")
    both(desk, date(2025, 10, 2), "76")
    subject = Subject("L16", 0, "IBIT")
    found = desk.station.breaches.why(Question(date(2025, 10, 2)), subject, RISE, date(2025, 10, 2))
    assert found is not None and found.proposed is BreachClass.DATA
    assert (found.part(Factor.DATA), found.part(Factor.PRICES)) == (Decimal(4000), Decimal(2000))
    assert found.split.change == Decimal(6000)


def test_a_purchase_that_takes_the_limit_over_is_an_active_breach_without_a_period(desk: Desk) -> None:
    both(desk, RISE, "65")
    record(desk.station, [booking("T-9", "buy", "IBIT", 300, 65, "C", day=RISE)])
    found = breach(desk, RISE)
    assert found.kind is BreachClass.ACTIVE


# ---- waivers

def waive(desk: Desk, ceiling: str, first: date, last: date) -> str:
    desk.as_person("Manager 1")
    return desk.station.breaches.waive(Question(RISE), "L16", ceiling=Decimal(ceiling), valid_from=first,
                                       valid_to=last, clause="7.3", reason="No forced sale").proposal


def test_a_waiver_takes_two_persons_and_lapses_by_itself(risen: Desk) -> None:
    risen.clock.later(days=1)
    reference = waive(risen, "85000", date(2025, 10, 1), date(2025, 10, 2))
    with pytest.raises(Refused):
        risen.station.people.approve(reference)
    assert breach(risen, RISE).waiver is None
    risen.as_person("Risk 1").station.people.approve(reference)
    assert breach(risen, RISE).waiver is not None
    both(risen, FALL, "82")
    after = breach(risen, FALL)
    assert after.waiver is None and after.first == RISE


def test_a_waiver_holds_up_to_its_ceiling(risen: Desk) -> None:
    risen.clock.later(days=1)
    risen.as_person("Manager 1")
    reference = waive(risen, "81000", date(2025, 10, 1), date(2025, 10, 31))
    risen.as_person("Risk 1").station.people.approve(reference)
    assert breach(risen, RISE).waiver is not None
    assert breach(risen, RISE).clock.stopped
    both(risen, FALL, "82")
    assert breach(risen, FALL).waiver is None
    assert not breach(risen, FALL).clock.stopped


def test_a_waiver_approved_late_does_not_reach_back(risen: Desk) -> None:
    risen.clock.later(days=1)
    reference = waive(risen, "85000", date(2025, 10, 1), date(2025, 10, 31))
    risen.clock.later(days=2)
    risen.as_person("Risk 1").station.people.approve(reference)
    assert risen.station.breaches.waivers(Question(FALL))[0].valid_from == date(2025, 10, 3)
    assert breach(risen, RISE).waiver is None


@pytest.mark.parametrize(("ceiling", "first", "last", "code"), [
    ("75000", date(2025, 10, 1), date(2025, 10, 2), "waiver-ceiling"),
    ("85000", date(2025, 9, 1), date(2025, 10, 2), "waiver-past"),
    ("85000", date(2025, 10, 2), date(2025, 10, 1), "waiver-end")])
def test_a_waiver_within_the_limit_or_backwards_is_refused(risen: Desk, ceiling: str, first: date, last: date,
                                                           code: str) -> None:
    risen.clock.later(days=1)
    with pytest.raises(BadInput) as refused:
        waive(risen, ceiling, first, last)
    assert refused.value.code == code


def test_a_refused_ceiling_tells_the_limit_as_a_person_gives_it() -> None:
    assert _told(Decimal("0.005"), "ratio") == "0.5 %"
    assert _told(Decimal("0.60"), "ratio") == "60 %"
    assert _told(Decimal(300000000), "USD") == "300000000"
    assert _told(None, "ratio") == "—"


def test_what_lasts_on_a_day_is_what_the_register_says_of_it(risen: Desk) -> None:
    both(risen, FALL, "70")
    both(risen, AGAIN, "81")
    for day in (RISE, FALL, AGAIN):
        q = Question(day)
        lasting = {one.reference: (one.first, one.clock, one.kind) for one in risen.station.breaches.standing(q)}
        whole = risen.station.breaches.register(q).breaches
        assert lasting == {one.reference: (one.first, one.clock, one.kind) for one in whole if one.open}
