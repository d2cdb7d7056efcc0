"""Days become breaches, and breaches have clocks: laws that hold for every history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.limits.cure_clock import Waiver, clock
from sandyq.limits.episodes import DayReadings, Reading, Subject, episodes, linked
from sandyq.limits.mandate import Part
from sandyq.limits.result import State
from sandyq.market.series import Calendar

FIRST = date(2025, 3, 3)
SUBJECT = Subject("L02", 0, "")
WEEKDAYS = Calendar("NYSE")


def history(days: str) -> list[DayReadings]:
    """`x` beyond, `.` within, `?` Unknown, one mark a day."""
    found = []
    for number, mark in enumerate(days):
        day = FIRST + timedelta(days=number)
        one = Decimal(1)
        beyond = {SUBJECT: Reading(day, State.BREACH, one + one, one, one, None, "v1")} if mark == "x" else {}
        found.append(DayReadings(day, beyond, frozenset({SUBJECT}) if mark == "?" else frozenset()))
    return found


def test_ten_days_beyond_are_one_record() -> None:
    found = episodes(history("xxxxxxxxxx"))
    assert [(one.first, one.last, one.ended, one.days) for one in found] == [
        (FIRST, FIRST + timedelta(days=9), None, 10)]


def test_what_cannot_be_computed_does_not_end_a_breach() -> None:
    found = episodes(history("xx??x."))
    assert len(found) == 1
    assert (found[0].days, found[0].unknown_days, found[0].ended) == (3, 2, FIRST + timedelta(days=5))


def test_a_repeat_is_linked_within_thirty_days_and_not_after() -> None:
    near, far = episodes(history("x" + "." * 29 + "x")), episodes(history("x" + "." * 30 + "x"))
    assert linked(near) == {near[1].reference: near[0].reference}
    assert linked(far) == {}


@settings(max_examples=80, deadline=None)
@given(st.text("x.?", max_size=40))
def test_every_day_beyond_belongs_to_exactly_one_breach(days: str) -> None:
    found = episodes(history(days))
    assert sum(one.days for one in found) == days.count("x")
    for earlier, later in pairwise(found):
        assert earlier.ended is not None and earlier.ended <= later.first
    assert len({one.reference for one in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(st.text("x.?", max_size=30), st.integers(0, 30))
def test_a_later_day_never_renames_an_earlier_breach(days: str, cut: int) -> None:
    early = {one.reference for one in episodes(history(days[:cut]))}
    assert early <= {one.reference for one in episodes(history(days))}


def waiver(first: date, last: date, ceiling: str = "0.006") -> Waiver:
    return Waiver("W-1", "sleeve", "L02", None, "", Decimal(ceiling), first, last, "7.3", "reason")


def test_the_clock_counts_business_days_after_the_close_that_began_it() -> None:
    started = clock(FIRST, FIRST, 20, WEEKDAYS)
    assert (started.used, started.left, started.due) == (0, 20, date(2025, 3, 31))
    assert clock(FIRST, date(2025, 3, 10), 20, WEEKDAYS).used == 5
    holidays = Calendar("NYSE", frozenset({date(2025, 3, 5).toordinal()}))
    assert clock(FIRST, date(2025, 3, 10), 20, holidays).used == 4


def test_only_a_waiver_stops_the_clock_and_it_runs_on_from_there() -> None:
    held = waiver(date(2025, 3, 5), date(2025, 3, 7)).in_force
    assert clock(FIRST, date(2025, 3, 10), 20, WEEKDAYS, held).used == 2
    assert clock(FIRST, date(2025, 3, 6), 20, WEEKDAYS, held).stopped
    assert clock(FIRST, FIRST, 20, WEEKDAYS, held).due == date(2025, 4, 3)


def test_it_is_overdue_one_business_day_after_its_last() -> None:
    assert not clock(FIRST, date(2025, 3, 31), 20, WEEKDAYS).overdue
    assert clock(FIRST, date(2025, 4, 1), 20, WEEKDAYS).overdue


def test_desk_head_of_risk_and_committee_are_told_one_day_after_the_other() -> None:
    told = clock(date(2025, 3, 7), date(2025, 3, 10), 20, WEEKDAYS).escalation
    assert [(one.by, one.due) for one in told] == [
        (date(2025, 3, 7), True), (date(2025, 3, 10), True), (date(2025, 3, 11), False)]


def test_a_waiver_covers_up_to_its_ceiling_and_never_what_is_unknown() -> None:
    part = Part("market_value", "", "ratio", "max", None, Decimal("0.005"), None)
    one, day = waiver(FIRST, FIRST + timedelta(days=3)), FIRST
    assert one.covers(day, Decimal("0.006"), part)
    assert not one.covers(day, Decimal("0.0060001"), part)
    assert not one.covers(day, None, part)
    assert not one.covers(FIRST - timedelta(days=1), Decimal("0.0055"), part)
