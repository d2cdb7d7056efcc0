"""Real closes, dividends and splits, recomputed with plain fractions: MSTR 10:1, ARKB 3:1, BITO's distributions."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from book_rows import Published, book, event, row
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.data
@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(6)), published=st.booleans(), booked=st.booleans(), told=st.booleans(),
       drift=st.integers(-2, 2))
def test_the_ten_for_one_split_of_2024_ends_the_same_however_it_became_known(
        shared_data: Path, order: list[int], published: bool, booked: bool, told: bool, drift: int) -> None:
    ex_date, new, old = _split(shared_data, "MSTR")
    assert (ex_date, new, old) == (date(2024, 8, 8), 10, 1)
    rows = [row("buy", date(2024, 1, 9), 37, "541.07", instrument="MSTR", reference="B-1"),
            row("buy", date(2024, 6, 3), 5, "1600.5", instrument="MSTR", account="C", reference="B-2"),
            row("buy", ex_date, 100, "134.95", instrument="MSTR", reference="B-3"),
            row("sell", date(2024, 11, 20), 400, "473.83", instrument="MSTR", reference="S-1"),
            row("sell", date(2024, 3, 1), 7, "1007", instrument="MSTR", reference="S-0"),
            row("sell", date(2025, 1, 3), 45, "339.66", instrument="MSTR", account="C", reference="S-2")]
    entered = [rows[place] for place in order]
    if booked or not (published or told):
        entered.insert(3, row("split", ex_date, new, old, instrument="MSTR", reference="C-1"))
    facts = {"MSTR": [Published(ex_date, D(new), D(old))]} if published else {}
    # Where the split is published, its ex-date counts and the event may name a day nearby (record, payable).
    day = date.fromordinal(ex_date.toordinal() + (drift if published else 0))
    events = [event("MSTR-10", "split", "MSTR", day, new=new, old=old)] if told else []
    state = book(entered, END, splits=facts, events=events)
    position = state.positions["MSTR"]
    assert position.quantity == 30 * 10 + 100 - 400 + 50 - 45
    sold = sum((part.cost for part in state.realised), D(0))
    assert sold + (position.cost_usd or D(0)) == D("541.07") * 37 + D("1600.5") * 5 + D("134.95") * 100
    assert [lot.reference for lot in position.lots] == ["B-2"]
    assert state.totals["MSTR"].realised_usd == (
        7 * 1007 + 400 * D("473.83") + 45 * D("339.66") - D("541.07") * 37 - D("134.95") * 100
        - D("1600.5") * 5 * 45 / 50)
