"""O11 and O16 of domain.md, and the exactness tests of F022."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from book_rows import Published, book, row

from sandyq.book.state import BookSettings, BookState, CostMethod
from sandyq.valuation.results import realised_in

D = Decimal

BUY_1, BUY_2, SPLIT_DAY, SALE = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 2), date(2026, 4, 6)
KZT = {BUY_1: D(500), BUY_2: D(520), SALE: D(510)}


def _o11(method: CostMethod) -> BookState:
    rows = [row("buy", BUY_1, 1000, 50, reference="L1"), row("buy", BUY_2, 2000, 60, reference="L2"),
            row("sell", SALE, 350, 275, reference="S1", lot="L2")]
    return book(rows, splits={"X.XNAS": [Published(SPLIT_DAY, D(1), D(5))]}, settings=BookSettings(method))


@pytest.mark.parametrize(("method", "usd"), [
    (CostMethod.FIFO, "1250.00"), (CostMethod.AVERAGE, "-2916.67"), (CostMethod.SPECIFIC, "-8750.00")])
def test_one_sale_after_a_reverse_split_has_three_results(method: CostMethod, usd: str) -> None:
    state = _o11(method)
    realised = state.totals["X.XNAS"].realised_usd
    assert realised is not None
    assert round(realised, 2) == D(usd)
    position = state.positions["X.XNAS"]
    assert position.quantity == 250
    assert sum(lot.quantity for lot in position.lots) == 250
    sold_cost = sum(part.cost for part in state.realised)
    assert sold_cost + sum(lot.cost for lot in position.lots) == 170_000


def test_realised_result_in_tenge_splits_into_price_and_currency() -> None:
    state = _o11(CostMethod.FIFO)
    assert sum(part.cost for part in state.realised) == 95_000
    total, price, fx = realised_in(state.realised, lambda _, day: KZT.get(day), "KZT")
    assert (total, price, fx) == (687_500, 637_500, 50_000)


def test_realised_result_in_tenge_is_unknown_without_a_rate() -> None:
    assert realised_in(_o11(CostMethod.FIFO).realised, lambda _, day: None, "KZT") == (None, None, None)


def test_net_invested_counts_costs_and_keeps_a_loss_invested() -> None:
    day = date(2026, 1, 5)
    state = book([row("buy", day, 100, 1, fees="0.1"), row("sell", date(2026, 1, 6), 100, "0.6", fees="0.1"),
                  row("buy", date(2026, 1, 7), 60, 1)])
    assert state.net_invested == D("100.2")
    assert state.positions["X.XNAS"].cost_usd == 60


def test_net_invested_never_goes_under_zero() -> None:
    state = book([row("buy", date(2026, 1, 5), 10, 1), row("sell", date(2026, 1, 6), 10, 5),
                  row("dividend", date(2026, 1, 5), 10, 3)])
    assert state.invested_raw == -40
    assert state.net_invested == 0


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    day = date(2026, 1, 5)
    state = book([row("buy", day, "0.1", "0.1"), row("buy", day, "0.2", "0.1"), row("sell", day, "0.3", "0.2")])
    assert "X.XNAS" not in state.positions
    assert state.totals["X.XNAS"].realised_usd == D("0.03")


def test_three_lots_of_one_share_split_one_for_three_make_exactly_one_share() -> None:
    day = date(2026, 1, 5)
    state = book([row("buy", day, 1, 10) for _ in range(3)], splits={"X.XNAS": [Published(SPLIT_DAY, D(1), D(3))]})
    position = state.positions["X.XNAS"]
    assert position.quantity == 1
    assert [lot.quantity for lot in position.lots] == [D("0.33333333"), D("0.33333334"), D("0.33333333")]
    assert position.cost_usd == 30


def test_a_fraction_after_a_reverse_split_is_sold_by_cash_in_lieu() -> None:
    state = book([row("buy", date(2026, 1, 5), 101, 2), row("cash_in_lieu", date(2026, 3, 4), "0.2", 11)],
                 splits={"X.XNAS": [Published(SPLIT_DAY, D(1), D(5))]})
    assert state.positions["X.XNAS"].quantity == 20
    assert state.totals["X.XNAS"].realised_usd == D("0.2")
    applied = state.splits["X.XNAS"][0]
    assert (applied.quantity_before, applied.quantity_after, applied.cost) == (101, D("20.2"), 202)
