"""Real closes, dividends and splits, recomputed with plain fractions: MSTR 10:1, ARKB 3:1, BITO's distributions."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from book_rows import Published, book, row

from sandyq.book.state import BookSettings, CostMethod

D = Decimal

END = date(2026, 3, 31)


def _closes(folder: Path, symbol: str) -> dict[date, Fraction]:
    """Closes as filed: adjusted for the splits up to the file's end."""
    with (folder / "prices_daily.csv").open(encoding="utf-8") as stream:
        return {date.fromisoformat(item["date"]): Fraction(item["close"]) for item in csv.DictReader(stream)
                if item["symbol"] == symbol}


def _split(folder: Path, symbol: str) -> tuple[date, int, int]:
    with (folder / "splits.csv").open(encoding="utf-8") as stream:
        found = next(item for item in csv.DictReader(stream) if item["symbol"] == symbol)
    return date.fromisoformat(found["ex_date"]), int(found["new_shares"]), int(found["old_shares"])


@pytest.mark.data
@pytest.mark.parametrize("symbol", ["MSTR", "ARKB"])
def test_a_real_split_keeps_cost_and_gives_the_result_that_fractions_give(shared_data: Path, symbol: str) -> None:
    closes = _closes(shared_data, symbol)
    ex_date, new, old = _split(shared_data, symbol)
    before = max(day for day in closes if day < ex_date)
    after = min(day for day in closes if day >= ex_date)
    traded = closes[before] * new / old
    price, later = round(D(traded.numerator) / D(traded.denominator), 6), D(str(float(closes[after])))
    rows = [row("buy", before, 1001, price), row("sell", after, 500, later)]
    state = book(rows, END, splits={"X.XNAS": [Published(ex_date, D(new), D(old))]})
    held = Fraction(1001) * new / old
    cost = Fraction(1001) * Fraction(str(price))
    assert Fraction(str(state.positions["X.XNAS"].quantity)) == held - 500
    realised = state.totals["X.XNAS"].realised_usd
    left = state.positions["X.XNAS"].cost_usd
    assert realised is not None and left is not None
    expected = 500 * Fraction(str(later)) - cost * 500 / held
    assert abs(Fraction(str(realised)) - expected) <= Fraction(1, 10**8)
    assert Fraction(str(left)) + 500 * Fraction(str(later)) - Fraction(str(realised)) == cost


@pytest.mark.data
@pytest.mark.parametrize("method", list(CostMethod))
def test_real_distributions_are_income_and_never_lower_cost(shared_data: Path, method: CostMethod) -> None:
    with (shared_data / "dividends.csv").open(encoding="utf-8") as stream:
        paid = [(date.fromisoformat(item["ex_date"]), item["amount_per_share"]) for item in csv.DictReader(stream)
                if item["symbol"] == "BITO"]
    days = [day for day, _ in paid]
    rows = [row("buy", date(2021, 10, 20), 1000, 40), *(row("dividend", day, 1000, amount) for day, amount in paid)]
    state = book(rows, END, settings=BookSettings(method))
    expected = 1000 * sum((Fraction(amount) for day, amount in paid if day <= END), Fraction(0))
    income = state.totals["X.XNAS"].income_usd
    assert len(days) > 10
    assert income is not None and Fraction(str(income)) == expected
    assert state.positions["X.XNAS"].cost_usd == 40_000
