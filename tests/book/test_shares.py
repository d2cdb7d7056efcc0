"""Parts of an exact amount: a quotient that only looks exact after rounding is not taken for one."""

from __future__ import annotations

from decimal import Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.decimals import WIDE
from sandyq.book.shares import share, unit_cost


def test_ten_over_six_has_no_unit_cost_although_fifty_digits_round_back_to_ten() -> None:
    with localcontext(WIDE):
        assert unit_cost(Decimal(10), Decimal(6)) is None
        assert share(Decimal(10), Decimal(1), Decimal(6)) == Decimal("1.66666667")


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_a_unit_cost_times_the_quantity_is_the_cost_in_whole_numbers(cost: int, quantity: int) -> None:
    with localcontext(WIDE):
        unit = unit_cost(Decimal(cost), Decimal(quantity))
    if unit is not None:
        numerator, denominator = unit.as_integer_ratio()
        assert numerator * quantity == cost * denominator
