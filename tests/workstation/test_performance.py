"""Returns by command: O12 to its digits, two perimeters that agree on the gain, and what cannot be told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from driving import run_json
from small_books import book, bought, funded, sold

CLOSES = {"IBIT": {"2024-12-31": "100", "2025-01-14": "95", "2025-01-31": "110"}}
FUNDED = ["2024-12-30,2024-12-30,funding,,100,1,USD,0,0,C", bought("IBIT", 1, 100, day="2024-12-31"),
          "2025-01-15,2025-01-15,funding,,50,1,USD,0,0,C"]


def test_the_worked_example_gives_its_printed_returns(tmp_path: Path) -> None:
    """O12: TWR 4.827586 %, Modified Dietz 7.848101 / 7.948718 %, XIRR 144.1845 % a year, 7.877155 % for the period."""
    found = run_json("performance", book(tmp_path / "b", FUNDED, CLOSES), "--from", "2024-12-31", "--as-of",
                     "2025-01-31", "--perimeter", "with-cash")
    assert (found["begin_value_usd"], found["end_value_usd"], found["gain_usd"]) == ("100.00", "160.00", "10.00")
    assert found["time_weighted"] == pytest.approx(0.04827586, abs=5e-9)
    assert found["money_weighted"] == pytest.approx(1.441845, abs=5e-7)
    assert found["money_weighted_period"] == pytest.approx(0.07877155, abs=5e-9)
    assert found["modified_dietz"]["start_of_day"] == pytest.approx(0.07848101, abs=5e-9)
    assert found["modified_dietz"]["end_of_day"] == pytest.approx(0.07948718, abs=5e-9)


def test_both_perimeters_name_the_same_gain(tmp_path: Path) -> None:
    closes = {"IBIT": {"2025-03-03": "50", "2025-04-01": "60", "2025-05-01": "55"}}
    path = book(tmp_path / "b", [
        funded(1_000_000), bought("IBIT", 1000, 50, 10), sold("IBIT", 400, 60, 5),
        "2025-04-15,2025-04-15,dividend,IBIT,600,0.5,USD,0,90,C"], closes)
    alone, with_cash = (run_json("performance", path, "--as-of", "2025-05-01", "--perimeter", name)
                        for name in ("securities", "with-cash"))
    # 400 × 10 realised, 600 × 5 unrealised, 300 income less 90 withheld, 15 fees
    assert alone["gain_usd"] == with_cash["gain_usd"] == "7195.00"
    assert alone["flows"][0] == {"date": "2025-03-03", "amount_usd": "50010"}
    assert with_cash["flows"] == [{"date": "2025-01-02", "amount_usd": "1000000"}]


def test_a_buy_and_hold_earns_what_the_price_did_whatever_the_quantity(tmp_path: Path) -> None:
    closes = {"IBIT": {"2024-03-01": "40", "2025-03-01": "50", "2025-03-03": "50"}}
    path = book(tmp_path / "b", [bought("IBIT", 7, 40, day="2024-03-01")], closes)
    found = run_json("performance", path, "--from", "2024-02-29", "--as-of", "2025-03-03")
    assert found["time_weighted"] == pytest.approx(0.25, abs=1e-12)
    assert found["money_weighted_period"] == pytest.approx(0.25, abs=1e-9)
    years = (date(2025, 3, 3) - date(2024, 2, 29)).days / 365
    assert found["money_weighted"] == pytest.approx(1.25 ** (1 / years) - 1, abs=1e-9)


def test_a_missing_price_makes_the_return_unknown_and_says_which_day(tmp_path: Path) -> None:
    path = book(tmp_path / "b", [bought("IBIT", 1, 100, day="2024-12-31"), bought("NOPX", 1, 10, day="2025-01-15")],
                CLOSES)
    found = run_json("performance", path, "--as-of", "2025-01-31")
    assert (found["gain_usd"], found["time_weighted"], found["money_weighted"]) == (None, None, None)
    assert "value-unknown" in {finding["code"] for finding in found["findings"]}


def test_an_empty_period_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "b", FUNDED, CLOSES)
    refused = run_json("performance", path, "--from", "2025-01-31", "--as-of", "2025-01-31", exits=(1,))
    assert refused["error"]["code"] == "no-period"
