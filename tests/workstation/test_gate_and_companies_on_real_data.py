"""The entry gate and the eligibility of a treasury company on real data, against the figures of the domain's notes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from driving import copied, run_json, written

pytestmark = pytest.mark.data

NOVEMBER = [f"2025-11-{day:02}" for day in range(1, 31)]
SHUT = ["2025-10-10", *NOVEMBER]
HEADER = ("date,symbol,asset,coins,diluted_shares,shares_outstanding,shares_asof,debt,preferred,cash,pledged,"
          "coins_quality,shares_quality,document,source")
YEAR_END = ("2025-12-31,MSTR,BTC,672497,345632000,333752708,2025-12-31,8214000000,8383000000,2301000000,{pledged},"
            "filing,reported,10-K,S")


def checked(book: Path, day: str, order: str) -> dict[str, Any]:
    answer = run_json("check", book, "--as-of", day, "--order", order, exits=(0, 3, 6))
    return {limit["id"]: limit for limit in answer["limits"]} | {"verdict": answer["verdict"]}


@pytest.mark.parametrize("day", SHUT[::6])
def test_nothing_is_bought_through_the_gate_that_was_shut(known_book: Path, day: str) -> None:
    """Shut on 10 October and on all of November 2025 (E4)."""
    limit = checked(known_book, day, "buy 1 IBIT @ 50")["L24"]
    assert (limit["after"], limit["state_after"], limit["verdict"]) == ("1", "breach", "refused")


def test_a_sale_asks_no_gate(known_book: Path) -> None:
    assert checked(known_book, "2025-11-28", "sell 1 IBIT @ 50")["L24"]["state_after"] == "not_applicable"


@pytest.fixture(scope="module")
def year_end(known_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book with the company's figures of the worked example O5, and a fifth of the coins pledged."""
    folder = tmp_path_factory.mktemp("o5")
    book = copied(known_book, folder / "o5.sandyq")
    run_json("import", book, written(folder / "company_holdings.csv", f"{HEADER}\n{YEAR_END.format(pledged=134500)}\n"))
    return book


def test_a_treasury_company_at_purchase_has_the_multiple_of_the_worked_example(year_end: Path) -> None:
    """O5: coins 58.856352 bn at 87,519.13, claims 14.296 bn, enterprise value 65.009724 bn at 151.95 a share."""
    reference = run_json("exposure", year_end, "--as-of", "2025-12-31")
    price = next(line for line in reference["lines"] if line["symbol"] == "MSTR")
    parts = {part["title"]: part for part in limit_of(year_end)["parts"]}
    ratio = Decimal(str(parts["(Debt + preferred - cash) / coins"]["value"]))
    coins = Decimal(8_214_000_000 + 8_383_000_000 - 2_301_000_000) / ratio
    assert abs(coins / 672497 - Decimal("87519.13")) < 500  # the file's own close of the day, another cut-off
    dear = checked(year_end, "2025-12-31", "buy 1 MSTR @ 400")["L26"]
    bought = (Decimal(400) * 333752708 + 14296000000) / coins
    assert abs(Decimal(dear["after"]) - bought) < Decimal("0.0001")
    assert (dear["state_after"], dear["verdict"]) == ("breach", "refused")
    assert price["mnav"]["ev"] is not None


def limit_of(book: Path) -> dict[str, Any]:
    limits = run_json("limits", book, "--as-of", "2025-12-31", exits=(0, 3))["limits"]
    return next(limit for limit in limits if limit["id"] == "L26")


def test_pledged_coins_are_not_free_and_unknown_ones_make_the_company_unknown(year_end: Path, known_book: Path) -> None:
    parts = {part["title"]: part for part in limit_of(year_end)["parts"]}
    assert abs(float(parts["Coins neither pledged nor lent"]["value"]) - (1 - 134500 / 672497)) < 1e-9
    before = {part["title"]: part for part in limit_of(known_book)["parts"]}
    assert before["Coins neither pledged nor lent"]["state"] == "unknown"
