"""The worked examples of the domain as books: what the register says of them, to the digit, by command."""

from __future__ import annotations

from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from driving import copied, made, run, run_json, written
from small_books import ONLY_NET_INVESTED, book, bought, funded

CAP = """
[[limit]]
id = "L02"
title = { en = "Market value / gross gold-FX assets" }
clause = "At most 0.50 per cent of gross assets."
cure_days = 20
calendar = "NYSE"

[[limit.part]]
measure = "market_value"
unit = "ratio"
denominator = "reserves:gross"
soft = 0.0050
"""
MANDATE = ONLY_NET_INVESTED.replace("maximum = 300_000_000", "maximum = 900_000_000").replace(
    "270_000_000", "800_000_000").replace("hard = 300_000_000", "hard = 900_000_000") + CAP
RESERVES = "date,series,amount,currency,published,source\n"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3.00 → 3.15 M shares, price 95 → 108, reserves 69.4 → 66.0 bn."""
    return book(tmp_path_factory.mktemp("worked"), [
        funded(900_000_000), bought("IBIT", 3_000_000, 95), bought("IBIT", 150_000, 108, day="2025-03-04")],
        {"IBIT": {"2025-03-03": "95", "2025-03-04": "108"}}, MANDATE,
        {"2025-03-03": "84000", "2025-03-04": "95000"},
        RESERVES + "2025-01-31,gross,69400000000,USD,2025-02-15,A\n2025-02-28,gross,66000000000,USD,2025-03-04,A\n")


@pytest.fixture(scope="module")
def risen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """O17: 250.0 M when bitcoin stood at 84,000, the same units at 124,723; reserves 69.4 bn."""
    close = Decimal(100) * 124_723 / 84_000
    return book(tmp_path_factory.mktemp("risen"), [funded(900_000_000), bought("IBIT", 2_500_000, 100)],
                {"IBIT": {"2025-03-03": "100", "2025-03-04": f"{close:.8f}"}}, MANDATE,
                {"2025-03-03": "84000", "2025-03-04": "124723"},
                RESERVES + "2025-01-31,gross,69400000000,USD,2025-02-15,A\n")


def only(book_file: Path, *words: object) -> dict[str, Any]:
    found = run_json("breaches", book_file, *words)["breaches"]
    assert len(found) == 1
    breach: dict[str, Any] = found[0]
    return breach


def in_basis_points(text: str) -> Decimal:
    return round(Decimal(text) * 10_000, 3)


def test_the_split_of_the_worked_breach_is_right_to_the_digit(worked: Path) -> None:
    split = only(worked, "--as-of", "2025-03-04")["split"]
    assert in_basis_points(split["value_before"]) == Decimal("41.066")
    assert in_basis_points(split["value_after"]) == Decimal("51.545")
    parts = {part["cause"]: in_basis_points(part["part"]) for part in split["parts"] if Decimal(part["part"])}
    assert parts == {"trades": Decimal("2.252"), "prices": Decimal("5.910"), "denominator": Decimal("2.318")}
    with localcontext() as exactly:
        exactly.prec = 200
        assert sum(Decimal(part["part"]) for part in split["parts"]) == Decimal(split["change"])


def test_but_for_any_of_the_three_it_would_not_have_been_breached(worked: Path) -> None:
    split = only(worked, "--as-of", "2025-03-04")["split"]
    held = {part["cause"]: part["breached_without"] for part in split["parts"] if Decimal(part["part"])}
    assert held == {"trades": False, "prices": False, "denominator": False}
    without_trades = next(part for part in split["parts"] if part["cause"] == "trades")
    assert in_basis_points(without_trades["but_for"]) == Decimal("-0.909")  # 49.091 less the 50 of the limit


def test_a_rise_of_bitcoin_alone_is_a_passive_breach_whose_clock_starts_at_that_close(risen: Path) -> None:
    breach = only(risen, "--as-of", "2025-03-04")
    assert round(Decimal(breach["split"]["value_before"]) * 100, 3) == Decimal("0.360")
    assert round(Decimal(breach["value"]) * 100, 3) == Decimal("0.535")
    assert (breach["state"], breach["class"], breach["confirmed"]) == ("soft_breach", "passive", False)
    assert breach["clock"]["start"] == "2025-03-04"
    assert (breach["clock"]["used"], breach["clock"]["allowed"]) == (0, 20)
    assert breach["clock"]["due"] == "2025-04-01"  # twenty New York days after Tuesday, 4 March


def test_the_split_between_any_two_days_is_told(worked: Path) -> None:
    found = run_json("why", worked, "L02", "--from", "2025-03-03", "--as-of", "2025-03-04")
    assert found["class"] == "passive"
    assert in_basis_points(found["change"]) == Decimal("10.479")


def test_before_the_breach_the_register_is_empty(worked: Path) -> None:
    assert run_json("breaches", worked, "--as-of", "2025-03-03")["breaches"] == []


def test_questions_that_cannot_be_answered_are_sentences(worked: Path) -> None:
    for words, code in (("why", worked, "L99", "--from", "2025-03-03"), "no-limit"), (
            ("why", worked, "L02", "--from", "2025-03-09", "--as-of", "2025-03-04"), "days-reversed"), (
            ("why", worked, "L02", "--from", "2025-03-03", "--as-of", "2025-03-04", "--part", "2"), "no-part"), (
            ("why", worked, "L02", "--from", "2025-03-03", "--as-of", "2025-03-04", "--group", "IBIT"), "no-group"), (
            ("breaches", worked, "--reference", "B-1"), "no-breach"), (
            ("limit-runs", worked, "--replay", "2025-03-04"), "no-run"):
        result = run(*words)
        assert result.exit_code == 1 and f"[{code}]" in result.output, result.output


def test_a_book_without_trades_has_no_breaches(tmp_path: Path) -> None:
    made(tmp_path / "empty.sandyq")
    found = run_json("breaches", tmp_path / "empty.sandyq")
    assert found["breaches"] == [] and found["waivers"] == []


def test_a_split_of_the_shares_between_the_days_is_no_cause(tmp_path: Path) -> None:
    """Ten for one on the second day: the same units of coins, a tenth of the price; only the real move counts."""
    folder = tmp_path / "split"
    file = book(folder, [funded(900_000_000), bought("IBIT", 3_000_000, 95)],
                {"IBIT": {"2025-03-03": "95", "2025-03-04": "12.0"}}, MANDATE,
                {"2025-03-03": "84000", "2025-03-04": "106000"},
                RESERVES + "2025-01-31,gross,69400000000,USD,2025-02-15,A\n")
    splits = written(folder / "splits.csv", "symbol,ex_date,new_shares,old_shares\nIBIT,2025-03-04,10,1\n")
    run_json("import", file, splits)
    split = only(file, "--as-of", "2025-03-04")["split"]
    assert {part["cause"] for part in split["parts"] if Decimal(part["part"])} == {"prices"}


def test_a_tighter_version_of_the_limit_is_a_breach_by_change_of_the_limit(tmp_path: Path) -> None:
    folder = tmp_path / "tighter"
    file = book(folder, [funded(900_000_000), bought("IBIT", 3_000_000, 95)],
                {"IBIT": {"2025-03-03": "95", "2025-03-04": "95.01"}}, MANDATE,
                {"2025-03-03": "84000", "2025-03-04": "84000"},
                RESERVES + "2025-01-31,gross,69400000000,USD,2025-02-15,A\n")
    tighter = MANDATE.replace('version = "v1"', 'version = "v2"').replace("soft = 0.0050", "soft = 0.0040").replace(
        "valid_from = 2020-01-01", "valid_from = 2025-03-04")
    run_json("import", file, written(folder / "tighter.toml", tighter))
    breach = only(file, "--as-of", "2025-03-04")
    split = breach["split"]
    assert breach["class"] == "limit_change"
    part = next(part for part in split["parts"] if part["cause"] == "limit_version")
    assert round(Decimal(part["part"]), 30) == Decimal("0.001") and not part["breached_without"]
    assert (split["limit_before"], split["limit_after"]) == ("0.005", "0.004")
    with localcontext() as exactly:
        exactly.prec = 200
        assert sum(Decimal(part["part"]) for part in split["parts"]) == Decimal(split["change"])


def test_the_run_of_a_day_repeats_by_command_with_the_same_hash(worked: Path, tmp_path: Path) -> None:
    file = copied(worked, tmp_path / "run.sandyq")
    first = run_json("run-limits", file, "--as-of", "2025-03-04")
    assert first["states"]["L02"] == "soft_breach" and "breach" in first["tables"]
    again = run_json("limit-runs", file, "--replay", "2025-03-04")
    assert again["repeats"] and again["again"] == first["hash"] and again["changes"] == []
    assert run("run-limits", file, "--as-of", "2025-03-04").exit_code == 3
    assert run("verify", file).exit_code == 0
