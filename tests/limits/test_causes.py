"""The change of a measure shared out among its factors: exact, in no order, and to the digits of the worked example."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.decimals import quotient
from sandyq.limits.causes import EXACT, split_by_cause

OLD = {"trades": Decimal(3000000), "price": Decimal(95), "denominator": Decimal("69.4e9")}
NEW = {"trades": Decimal(3150000), "price": Decimal(108), "denominator": Decimal("66.0e9")}


def basis_points(new: frozenset[str]) -> Decimal:
    units, price, reserves = ((NEW if name in new else OLD)[name] for name in ("trades", "price", "denominator"))
    return quotient(units * price * 10_000, reserves)


def test_the_worked_example_splits_into_trades_price_and_denominator() -> None:
    """Limit 50 bp of reserves: 41.066 → 51.545 bp; trades +2.252, price +5.910, denominator +2.318."""
    found = split_by_cause(("trades", "price", "denominator"), basis_points)
    assert found is not None
    assert [round(value, 3) for value in (found.before, found.after)] == [Decimal("41.066"), Decimal("51.545")]
    assert {part.factor: round(part.part, 3) for part in found.parts} == {
        "trades": Decimal("2.252"), "price": Decimal("5.910"), "denominator": Decimal("2.318")}
    with localcontext(EXACT):
        assert sum(part.part for part in found.parts) == found.change


def test_but_for_one_factor_the_limit_would_have_held_or_not() -> None:
    found = split_by_cause(("trades", "price", "denominator"), basis_points)
    assert found is not None
    but_for = {part.factor: part.but_for for part in found.parts}
    assert but_for["trades"] < 50 and but_for["price"] < 50 and but_for["denominator"] < 50
    assert round(but_for["trades"], 3) == Decimal("49.091")


def test_an_unknown_value_makes_the_split_unknown() -> None:
    assert split_by_cause(("a", "b"), lambda new: None if new == {"a"} else Decimal(len(new))) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=16, max_size=16), st.permutations(["a", "b", "c", "d"]))
def test_the_parts_sum_to_the_change_and_no_order_matters(values: list[Decimal], order: list[str]) -> None:
    table = {frozenset(name for bit, name in enumerate("abcd") if place >> bit & 1): value
             for place, value in enumerate(values)}
    first = split_by_cause("abcd", table.__getitem__)
    second = split_by_cause(order, table.__getitem__)
    assert first is not None and second is not None
    with localcontext(EXACT):
        assert sum((part.part for part in first.parts), Decimal(0)) == first.change
    again = {part.factor: part.part for part in second.parts}
    assert all(abs(again[part.factor] - part.part) < Decimal("1e-38") for part in first.parts)


@pytest.mark.parametrize("factor", ["trades", "price", "denominator"])
def test_a_factor_that_did_not_change_has_no_part(factor: str) -> None:
    found = split_by_cause(("trades", "price", "denominator"),
                           lambda new: basis_points(new - {factor}))
    assert found is not None
    assert next(part.part for part in found.parts if part.factor == factor) == 0
