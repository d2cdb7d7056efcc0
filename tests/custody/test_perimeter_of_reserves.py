"""The sleeve inside the reserves: publication, age, freshness, share in per cent and basis points (F004, F095)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY, EARLIER, MANDATE, record, sleeve
from driving import run, run_json

from sandyq.basics.errors import BadInput
from sandyq.limits.result import LimitResult, State
from sandyq.limits.toml import read_mandate
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

LIMIT = """
[[limit]]
id = "L02"
title = { en = "Share of reserves" }
clause = "At most a twentieth."

[[limit.part]]
measure = "market_value"
unit = "ratio"
denominator = "reserves:gross"
hard = 0.05
"""
WORTH = 1000 * 65 + 200 * 100 + 400 * 50
"""The sleeve's market value on the day."""


def ruled(station: Workstation, valuation: str = "") -> None:
    text = MANDATE.format(name="Rules", book="sleeve", cap=300_000_000).replace("2020-01-01", "2020-02-01") + valuation
    record(station, [("mandate", (0, "Rules", "v2", "2020-02-01", text + LIMIT))], "mandate")


def published(station: Workstation, of: date, amount: int, on: date | None, series: str = "gross") -> None:
    record(station, [("reserve", (0, series, of.isoformat(), str(amount), "USD", on.isoformat() if on else None, "S"))])


def limit(station: Workstation, day: date = DAY) -> LimitResult:
    found = station.limits(Question(day)).by_id("L02")
    assert found is not None
    return found


def test_a_figure_counts_from_its_publication_and_says_its_day_and_source(station: Workstation) -> None:
    ruled(station)
    published(station, date(2025, 7, 31), 4_200_000, date(2025, 8, 7))
    published(station, date(2025, 8, 31), 2_100_000, DAY + timedelta(days=1))
    (row,) = station.custody.reserves(Question(DAY), DAY)
    assert (row.amount_usd, row.of, row.published, row.source) == (4_200_000, date(2025, 7, 31), date(2025, 8, 7), "S")
    assert (row.market_value_usd, row.share, row.basis_points) == (WORTH, Decimal("0.025"), 250)
    worst = limit(station).worst
    assert worst is not None
    assert (worst.denominator_day, worst.denominator_source, worst.value) == (date(2025, 7, 31), "S", Decimal("0.025"))


@pytest.mark.parametrize(("age", "freshness", "state"), [
    (62, Freshness.FRESH, State.OK), (63, Freshness.AMBER, State.OK), (90, Freshness.AMBER, State.OK),
    (91, Freshness.RED, State.UNKNOWN)])
def test_an_old_figure_warns_and_a_too_old_one_makes_the_limit_unknown(station: Workstation, age: int,
                                                                      freshness: Freshness, state: State) -> None:
    ruled(station, "\n[valuation]\nreserves_red_days = 90\n")
    published(station, DAY - timedelta(days=age), 4_200_000, None)
    (row,) = station.custody.reserves(Question(DAY), DAY)
    assert (row.age, row.freshness) == (age, freshness)
    assert (row.share is None) is (freshness is Freshness.RED)
    found = limit(station)
    assert found.state is state
    codes = {Freshness.FRESH: set(), Freshness.AMBER: {"reserves-old"}, Freshness.RED: {"reserves-red"}}
    assert {finding.code for finding in found.findings} == codes[freshness]


def test_without_a_rule_no_figure_is_too_old(station: Workstation) -> None:
    ruled(station)
    published(station, date(2020, 1, 31), 4_200_000, None)
    assert limit(station).state is State.OK
    assert [finding.code for finding in limit(station).findings] == ["reserves-old"]


def test_the_share_over_time_has_each_month_end_and_the_day(station: Workstation) -> None:
    ruled(station)
    published(station, date(2025, 6, 30), 4_200_000, None)
    published(station, date(2025, 6, 30), 1_050_000, None, "fx")
    rows = station.custody.reserves(Question(DAY), date(2025, 7, 15))
    assert [(row.day, row.series) for row in rows] == [
        (day, name) for day in (date(2025, 7, 31), date(2025, 8, 31), DAY) for name in ("fx", "gross")]
    assert [row.market_value_usd for row in rows[:2]] == [0, 0]
    assert rows[3].market_value_usd == 1000 * 60 + 200 * 90 + 400 * 55 == 100_000 * (EARLIER < DAY)
    assert rows[4].share == Decimal("0.1")


def test_a_threshold_of_age_is_a_whole_number() -> None:
    with pytest.raises(BadInput):
        read_mandate(MANDATE.format(name="R", book="sleeve", cap=1) + '\n[valuation]\nreserves_red_days = "soon"\n')


def test_the_perimeter_by_command(tmp_path: Path) -> None:
    with sleeve(tmp_path / "b.sandyq") as station:
        ruled(station)
        published(station, date(2025, 8, 31), 4_200_000, date(2025, 9, 7))
    book = tmp_path / "b.sandyq"
    answer = run_json("reserves", book, "--as-of", DAY, "--since", DAY)
    assert answer["reserves"] == [{
        "date": "2025-09-30", "series": "gross", "amount_usd": "4200000.00", "of": "2025-08-31",
        "published": "2025-09-07", "source": "S", "age_days": 30, "freshness": "fresh",
        "market_value_usd": "105000.00", "share": 0.025, "basis_points": 250.0}]
    assert "250" in run("reserves", book, "--as-of", DAY, "--since", DAY).stdout


def test_an_empty_book_has_no_perimeter_and_says_so_without_a_fault(tmp_path: Path) -> None:
    with sleeve(tmp_path / "b.sandyq"):
        pass
    assert run_json("reserves", tmp_path / "b.sandyq", "--as-of", DAY)["reserves"] == []
    assert "No figure of the reserves" in run("reserves", tmp_path / "b.sandyq", "--as-of", DAY).stdout
    assert "13F" in run("disclosures", tmp_path / "b.sandyq", "--as-of", DAY).stdout
