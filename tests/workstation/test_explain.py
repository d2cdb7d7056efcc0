"""Every figure can be asked for its inputs: trees whose parts add up and whose leaves lead to file and line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from driving import BOOKINGS, run_json

DAY = ("--as-of", "2026-03-31")
LINE = ["market_value_usd", "market_value_kzt", "quantity", "price", "fx", "cost_usd", "unrealised_usd",
        "unrealised_fx_usd", "realised_usd", "realised_fx_usd", "income_usd", "withholding_usd", "fees_usd",
        "taxes_usd"]
TOTALS = ["market_value_usd", "market_value_kzt", "cost_usd", "unrealised_usd", "realised_usd", "income_usd",
          "withholding_usd", "fees_usd", "taxes_usd", "net_invested_usd"]


def sources(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if node["source"]:
        yield node["source"]
    for part in node["parts"]:
        yield from sources(part)


@pytest.mark.data
@pytest.mark.parametrize("figure", LINE)
def test_every_figure_of_a_line_has_a_tree_with_the_value_of_the_line(known_book: Path, figure: str) -> None:
    line = next(x for x in run_json("holdings", known_book, *DAY)["lines"] if x["symbol"] == "IBIT")
    tree = run_json("explain", known_book, f"holdings/IBIT/{figure}", *DAY)
    if figure in line and line[figure] is not None:
        assert round(Decimal(tree["value"]), 2) == round(Decimal(line[figure]), 2)
    if Decimal(tree["value"]) and figure not in {"fx", "unrealised_fx_usd"}:
        assert list(sources(tree)), figure


@pytest.mark.data
@pytest.mark.parametrize("figure", TOTALS)
def test_every_total_leads_to_files_and_lines(known_book: Path, figure: str) -> None:
    tree = run_json("explain", known_book, f"totals/{figure}", *DAY)
    shown = run_json("holdings", known_book, *DAY)["totals"][figure]
    assert round(Decimal(tree["value"]), 2) == Decimal(shown)
    assert all(source["line"] > 1 and len(source["sha256"]) == 64 for source in sources(tree))
    assert list(sources(tree))
    if figure != "net_invested_usd":
        assert sum(Decimal(part["value"]) for part in tree["parts"]) == Decimal(tree["value"])


@pytest.mark.data
@pytest.mark.parametrize(("key", "rows"), [
    ("holdings/BITO/income_usd", {"R-12": "63438", "R-15": "67404", "R-26": "36006"}),
    ("holdings/BITO/withholding_usd", {"R-12": "9515.7", "R-15": "10110.6", "R-26": "5400.9"}),
    ("holdings/BITO/fees_usd", {"R-10": "600", "R-34": "100"}),
    ("holdings/MSTR/taxes_usd", {"R-14": "13.37", "R-19": "2.77"}),
])
def test_income_fees_and_taxes_unfold_into_their_bookings(known_book: Path, key: str, rows: dict[str, str]) -> None:
    tree = run_json("explain", known_book, key, *DAY)
    assert {part["key"].rsplit("/", 1)[1]: part["value"] for part in tree["parts"]} == rows
    kept = [line for line in BOOKINGS.read_text().splitlines() if ",FBTC," not in line and ",BLOK," not in line]
    for part in tree["parts"]:
        assert part["key"].rsplit("/", 1)[1] in kept[part["source"]["line"] - 1]


@pytest.mark.data
def test_a_limit_unfolds_down_to_its_bookings(known_book: Path) -> None:
    for name in ("L01", "L02", "L16"):
        tree = run_json("explain", known_book, f"limits/{name}/value", *DAY)
        assert {"bookings.csv"} <= {source["file"] for source in sources(tree)}
    assert any(source["file"] == "prices_daily.csv" for source in sources(tree))
    reserves = run_json("explain", known_book, "limits/L02/value", *DAY)
    assert {("reserves.csv", 5)} <= {(source["file"], source["line"]) for source in sources(reserves)}


@pytest.mark.data
def test_a_booked_total_keeps_the_rows_without_an_instrument(known_book: Path) -> None:
    tree = run_json("explain", known_book, "totals/fees_usd", *DAY)
    own = next(part for part in tree["parts"] if part["key"] == "totals/fees_usd/book")
    assert {part["key"].rsplit("/", 1)[1]: part["value"] for part in own["parts"]} == {"R-08": "1250.55",
                                                                                     "R-36": "2345.67"}
