"""The bridge from one value to a later one: whatever the figures, its parts sum to the change, and Unknown spreads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.book.state import Basis, BookSettings, BookState
from sandyq.performance.bridge import ValueBridge, value_bridge
from sandyq.valuation.holdings import Holdings

FIRST, LAST = date(2025, 1, 2), date(2025, 6, 30)
amounts = st.decimals(min_value=-10**12, max_value=10**12, places=10)


def held(day: date, value: Decimal | None, cost: Decimal, realised: Decimal, income: Decimal, fees: Decimal, *,
         fees_in_cost: bool = False) -> Holdings:
    state = BookState(day, Basis.TRADE, BookSettings(fees_in_cost=fees_in_cost), {}, (), (), (), {}, ())
    return Holdings(
        as_of=day, state=state, lines=(), cash=(), kzt=None, market_value_usd=value, market_value_kzt=None,
        known_market_value_usd=value or Decimal(0), unknown_lines=int(value is None), cost_usd=cost,
        unrealised_usd=None if value is None else value - cost, realised_usd=realised, income_usd=income,
        withholding_usd=Decimal(0), fees_usd=fees, taxes_usd=Decimal(0), net_invested_usd=cost)


def total(found: ValueBridge) -> Decimal:
    assert found.begin is not None
    return found.begin + sum((amount or Decimal(0) for _, amount in found.steps), Decimal(0))


@given(st.lists(amounts, min_size=10, max_size=10), amounts, amounts, st.booleans())
def test_the_steps_lead_from_the_first_value_to_the_last_exactly(figures: list[Decimal], bought: Decimal,
                                                                 sold: Decimal, counted: bool) -> None:
    old, new = held(FIRST, *figures[:5], fees_in_cost=counted), held(LAST, *figures[5:], fees_in_cost=counted)
    found = value_bridge(old, new, abs(bought), abs(sold))
    assert total(found) == found.end == figures[5]
    assert found.result == sum((amount or Decimal(0) for _, amount in found.earned), Decimal(0))
    assert (found.fees == 0) or not counted


def test_a_purchase_a_sale_and_a_rise_by_hand() -> None:
    """10 at 100 become 110; 5 more at 110; 3 sold at 120 that cost 100: 12 are left at 120, cost 1,250."""
    old = held(FIRST, Decimal(1_100), Decimal(1_000), Decimal(0), Decimal(0), Decimal(0))
    new = held(LAST, Decimal(1_440), Decimal(1_250), Decimal(60), Decimal(7), Decimal(2))
    found = value_bridge(old, new, Decimal(550), Decimal(360))
    assert dict(found.steps) == {"purchases": 550, "sales": -360, "events": 0, "price": 150, "currency": 0}
    assert total(found) == 1_440
    assert found.result == 150 + 7 - 2


@pytest.mark.parametrize("side", ["begin", "end"])
def test_an_unknown_value_leaves_the_price_and_the_result_unknown(side: str) -> None:
    old, new = (held(day, Decimal(10), Decimal(9), Decimal(0), Decimal(0), Decimal(0)) for day in (FIRST, LAST))
    lost = {"market_value_usd": None, "unrealised_usd": None}
    old, new = (replace(old, **lost), new) if side == "begin" else (old, replace(new, **lost))  # type: ignore[arg-type]
    found = value_bridge(old, new, Decimal(1), Decimal(0))
    assert found.price is None and found.result is None and found.purchases == 1
