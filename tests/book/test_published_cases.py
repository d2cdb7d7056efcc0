"""Cases that other programs publish with their own test suites: the same facts give the same figures.

Figures only, each with its source: Portfolio Performance (CostCalculationTest), beancount (booking_full_test, FIFO),
ghostfolio (calculator cases NVDA with a split, JNUG, partial sale).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from book_rows import Published, book, row

from sandyq.basics.decimals import cents, quotient
from sandyq.book.state import BookSettings, CostMethod
from sandyq.book.transactions import Transaction

D = Decimal
AVERAGE = BookSettings(CostMethod.AVERAGE)


def paid(kind: str, day: date, quantity: int, total: str) -> Transaction:
    """A row whose total is published and whose price does not end."""
    return row(kind, day, quantity, quotient(D(total), D(quantity)))


@pytest.mark.parametrize(("rows", "fifo", "average"), [
    (((1, 1, "buy", 109, "3149.20"), (2, 1, "sell", 15, "531.50"), (3, 1, "buy", 52, "1684.92"),
      (3, 1, "buy", 32, "959.30")), "5360.04", "5360.04"),
    (((1, 1, "buy", 109, "3149.20"), (2, 1, "buy", 52, "1684.92"), (3, 1, "sell", 15, "531.50")),
     "4400.74", "4383.74"),
    (((1, 1, "buy", 100, "3149.20"), (2, 1, "sell", 100, "531.50"), (3, 1, "buy", 50, "1684.92"),
      (4, 1, "sell", 50, "531.50")), "0", "0"),
    (((1, 1, "buy", 10, "0.01"), (2, 1, "sell", 3, "0.01"), (3, 1, "sell", 3, "0.01"), (3, 2, "sell", 4, "0.01")),
     "0", "0"),
])
def test_portfolio_performance_costs(rows: tuple[tuple[int, int, str, int, str], ...], fifo: str,
                                     average: str) -> None:
    booked = [paid(kind, date(2010, month, day), quantity, total) for month, day, kind, quantity, total in rows]
    for settings, expected in ((BookSettings(), fifo), (AVERAGE, average)):
        held = book(booked, settings=settings).positions.get("X.XNAS")
        assert cents((held.cost_usd or D(0)) if held else D(0)) == D(expected)


@pytest.mark.parametrize(("sold", "taken", "left"), [
    (2, {"L1": 2}, {"L1": 2, "L2": 5, "L3": 6}),
    (4, {"L1": 4}, {"L2": 5, "L3": 6}),
    (7, {"L1": 4, "L2": 3}, {"L2": 2, "L3": 6}),
    (9, {"L1": 4, "L2": 5}, {"L3": 6}),
    (12, {"L1": 4, "L2": 5, "L3": 3}, {"L3": 3}),
    (15, {"L1": 4, "L2": 5, "L3": 6}, {}),
])
def test_beancount_first_in_first_out(sold: int, taken: dict[str, int], left: dict[str, int]) -> None:
    lots = (("L2", date(2015, 10, 2), 5, "111.11"), ("L1", date(2015, 10, 1), 4, "100"),
            ("L3", date(2015, 10, 3), 6, "122.22"))
    state = book([*(row("buy", day, quantity, price, reference=name) for name, day, quantity, price in lots),
                  row("sell", date(2016, 2, 22), sold, 1)])
    assert {part.lot_reference: int(part.quantity) for part in state.realised} == taken
    held = state.positions.get("X.XNAS")
    assert {lot.reference: int(lot.quantity) for lot in (held.lots if held else ())} == left


def test_ghostfolio_a_purchase_before_a_ten_for_one_split() -> None:
    rows = [row("buy", date(2024, 6, 3), 1, 1200, instrument="NVDA"),
            row("sell", date(2024, 6, 14), 10, 125, instrument="NVDA")]
    state = book(rows, splits={"NVDA": [Published(date(2024, 6, 10), D(10), D(1))]})
    assert state.totals["NVDA"].realised_usd == D(50)
    assert not state.positions


def test_ghostfolio_bought_and_sold_twice_with_fees() -> None:
    rows = [row("buy", date(2025, 12, 11), 10, "188.505", fees=1), row("sell", date(2025, 12, 12), 10, 189, fees=1),
            row("buy", date(2025, 12, 18), 10, "204.11", fees=1), row("sell", date(2025, 12, 22), 10, "208.01", fees=1)]
    totals = book(rows).totals["X.XNAS"]
    assert totals.realised_usd == D("43.95")
    assert totals.realised_usd - (totals.fees_usd or 0) == D("39.95")


@pytest.mark.parametrize("settings", [BookSettings(), AVERAGE])
def test_ghostfolio_result_after_partial_sales_is_the_cash_flows(settings: BookSettings) -> None:
    rows = [row("buy", date(2022, 3, 1), 10, 100), row("sell", date(2022, 3, 7), 4, 120),
            row("buy", date(2022, 3, 14), 6, 200), row("sell", date(2022, 4, 8), 4, 220)]
    state = book(rows, settings=settings)
    held = state.positions["X.XNAS"]
    assert held.quantity == 8
    assert held.cost_usd is not None and state.totals["X.XNAS"].realised_usd is not None
    assert state.totals["X.XNAS"].realised_usd + 8 * D("87.8") - held.cost_usd == pytest.approx(D("-137.6"))


def test_average_cost_of_the_oracle_is_the_fraction() -> None:
    rows = [row("buy", date(2025, 1, 1), 200, 250), row("buy", date(2025, 1, 2), 400, 300),
            row("sell", date(2025, 2, 1), 350, 275)]
    told = book(rows, settings=AVERAGE).totals["X.XNAS"].realised_usd
    assert told is not None
    assert abs(Fraction(told) - (350 * 275 - Fraction(170_000 * 350, 600))) < Fraction(1, 10**7)
