"""The rule bench against a computation of its own: on which past days a draft would have failed (F013)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from small_books import FUND_LIMIT, ONLY_NET_INVESTED, book, bought, funded, weekdays

from sandyq.limits.bench import Bench
from sandyq.limits.draft import Draft
from sandyq.limits.result import State
from sandyq.market.calendars import is_open
from sandyq.workstation.calendars import shipped
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

FIRST, LAST = date(2025, 3, 3), date(2025, 5, 30)
Q = Question(LAST)
CLOSED = shipped()["NYSE"]
DAYS = [day for day in weekdays(FIRST, LAST) if is_open(CLOSED, day)]
IBIT = {day.isoformat(): str(50 + (n * 7) % 23) for n, day in enumerate(DAYS)}
FBTC = {day.isoformat(): str(80 + (n * 5) % 31) for n, day in enumerate(DAYS)}
SHARES = {"IBIT": 1000, "FBTC": 700}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    coins = {day.isoformat(): "90000" for day in weekdays(FIRST - timedelta(days=3), LAST)}
    return book(tmp_path_factory.mktemp("bench"), [funded(), bought("IBIT", SHARES["IBIT"], 50, day=str(FIRST)),
                                                   bought("FBTC", SHARES["FBTC"], 80, day=str(FIRST))],
                {"IBIT": IBIT, "FBTC": FBTC}, ONLY_NET_INVESTED + FUND_LIMIT, coins)


@pytest.fixture
def station(file: Path) -> Iterator[Workstation]:
    with Workstation.open(file, actor="Analyst 1") as opened:
        yield opened


def largest_share(day: date) -> Fraction:
    """The larger fund's share of both, in fractions."""
    worth = {"IBIT": Fraction(IBIT[day.isoformat()]) * SHARES["IBIT"],
             "FBTC": Fraction(FBTC[day.isoformat()]) * SHARES["FBTC"]}
    return max(worth.values()) / sum(worth.values())


def draft(station: Workstation, **levels: Decimal) -> Draft:
    return station.rulebook.draft(Q).with_part("L16", 1, **levels)


def failing(found: Bench, limit: str) -> set[date]:
    return {item.day for item in found.tried if item.limit == limit and item.fails}


@pytest.mark.parametrize("hard", ["0.50", "0.52", "0.55", "0.60", "0.70"])
def test_the_days_that_fail_are_those_of_an_independent_computation(station: Workstation, hard: str) -> None:
    found = station.rulebook.bench(Q, draft(station, hard=Decimal(hard)).text, first=FIRST)
    assert (found.first, found.last, found.days) == (DAYS[0], DAYS[-1], len(DAYS))
    expected = {day for day in DAYS if largest_share(day) > Fraction(hard)}
    assert failing(found, "L16") == expected
    row, = found.rows
    in_force = {day for day in DAYS if largest_share(day) > Fraction("0.40")}
    assert (row.failed, row.failed_in_force) == (len(expected), len(in_force))
    assert (row.new, row.gone) == (len(expected - in_force), len(in_force - expected))


def test_days_in_a_row_cover_the_failing_days_and_name_the_worst(station: Workstation) -> None:
    found = station.rulebook.bench(Q, draft(station, hard=Decimal("0.52")).text)
    row, = found.rows
    covered = [day for span in row.spans for day in DAYS if span.first <= day <= span.last]
    assert covered == sorted(failing(found, "L16"))
    for span in row.spans:
        run = [day for day in DAYS if span.first <= day <= span.last]
        worst = max(run, key=largest_share)
        assert (span.days, span.worst) == (len(run), State.BREACH)
        assert abs(Fraction(span.value or 0) - largest_share(worst)) < Fraction(1, 10**20)


def test_soft_levels_and_the_ramp_up_floor_of_the_draft_count(station: Workstation) -> None:
    softer = draft(station, warn=Decimal("0.5"), soft=Decimal("0.52"), hard=Decimal("0.9"))
    soft = station.rulebook.bench(Q, softer.text)
    assert {item.state for item in soft.tried if item.fails} == {State.SOFT_BREACH}
    assert failing(soft, "L16") == {day for day in DAYS if largest_share(day) > Fraction("0.52")}
    floor = draft(station, hard=Decimal("0.41")).with_head(ramp_up_floor=Decimal(10**9))
    assert failing(station.rulebook.bench(Q, floor.text), "L16") == set(), "nothing is large against the floor"


def test_a_convention_that_changes_puts_every_limit_on_the_bench(station: Workstation) -> None:
    floor = station.rulebook.draft(Q).with_head(ramp_up_floor=Decimal(10**9))
    assert {row.limit for row in station.rulebook.bench(Q, floor.text).rows} == {"L01", "L16"}
    words = station.rulebook.draft(Q).with_limit("L16", clause="Another.")
    assert station.rulebook.bench(Q, words.text).rows == (), "a clause measures nothing"
    asked = station.rulebook.bench(Q, words.text, limits=("L01",))
    assert [row.limit for row in asked.rows] == ["L01"]
    assert {row.limit for row in station.rulebook.bench(Q, words.text, every=True).rows} == {"L01", "L16"}


def test_a_new_limit_is_tried_beside_nothing_and_one_of_orders_is_named(station: Workstation) -> None:
    fresh = station.rulebook.draft(Q).added_limit("L16").with_part("L17", 1, hard=Decimal("0.52"))
    row, = station.rulebook.bench(Q, fresh.text).rows
    assert (row.limit, row.failed_in_force, row.new) == ("L17", 0, row.failed)
    order = station.rulebook.draft(Q).added_limit("L16").with_part(
        "L17", 1, measure="order_volume", denominator=None, group_by=None, scope=None, hard=Decimal("0.1"))
    assert station.rulebook.bench(Q, order.text).untested == ("L17",)


def test_progress_counts_and_cancel_keeps_what_was_tried(station: Workstation) -> None:
    told: list[tuple[int, int]] = []

    def stop_at_ten(done: int, whole: int) -> bool:
        told.append((done, whole))
        return done < 10

    found = station.rulebook.bench(Q, draft(station, hard=Decimal("0.52")).text, first=FIRST,
                                   progress=stop_at_ten)
    assert told == [(n, len(DAYS)) for n in range(11)]
    assert (found.cancelled, found.days, found.last) == (True, 10, DAYS[9])


def test_trying_a_draft_leaves_every_answer_of_the_book_as_it_was(station: Workstation) -> None:
    before = [station.limits(Question(day)) for day in DAYS[:5]]
    heads = station.head()
    station.rulebook.bench(Q, draft(station, hard=Decimal("0.9")).text, every=True)
    assert [station.limits(Question(day)).by_id("L16").state for day in DAYS[:5]] == [  # type: ignore[union-attr]
        run.by_id("L16").state for run in before]  # type: ignore[union-attr]
    assert station.head() == heads
    assert station.mandate(Q).limit("L16").parts[0].hard == Decimal("0.40")  # type: ignore[union-attr]
