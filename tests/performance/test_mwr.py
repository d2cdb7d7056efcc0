"""Money-weighted, Dietz and chained returns: oracle O12, published cases, and what has no rate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandyq.performance.mwr import chained, internal_rate, modified_dietz, money_weighted

D = Decimal
BEGIN, FLOW, END = (date(2024, 12, 31), D(100)), (date(2025, 1, 15), D(50)), (date(2025, 1, 31), D(160))


def test_oracle_o12_all_four_returns() -> None:
    found = money_weighted(BEGIN, [FLOW], END)
    assert found.annual == pytest.approx(1.441845, abs=5e-7)
    assert found.period == pytest.approx(0.07877155, abs=5e-9)
    start, end = modified_dietz(BEGIN, [FLOW], END), modified_dietz(BEGIN, [FLOW], END, start_of_day=False)
    assert start is not None and start.quantize(D("1e-8")) == D("0.07848101")
    assert end is not None and end.quantize(D("1e-8")) == D("0.07948718")
    linked = chained(D(100), [(D(95), D(50))], D(160))
    assert linked is not None and linked.quantize(D("1e-8")) == D("0.04827586")


@pytest.mark.parametrize(("amounts", "expected", "digits"), [
    # Portfolio Performance, IRRTest: two cases checked there against a spreadsheet.
    (((2010, 1, 1, -200), (2010, 12, 31, 210)), 0.050140747, 5e-9),
    (((2002, 11, 30, -4398), (2007, 6, 11, 200), (2008, 5, 11, 270), (2009, 5, 1, 280), (2010, 6, 1, 280),
      (2011, 5, 2, 300), (2012, 4, 30, 330), (2012, 12, 6, 14508)), 0.1444629967, 1e-4),
    # The worked example in the documentation of a spreadsheet's XIRR.
    (((2008, 1, 1, -10000), (2008, 3, 1, 2750), (2008, 10, 30, 4250), (2009, 2, 15, 3250), (2009, 4, 1, 2750)),
     0.373362535, 5e-9),
])
def test_published_internal_rates(amounts: tuple[tuple[int, int, int, int], ...], expected: float,
                                  digits: float) -> None:
    found = internal_rate([(date(year, month, day), D(amount)) for year, month, day, amount in amounts])
    assert found.annual == pytest.approx(expected, abs=digits)


@pytest.mark.parametrize(("begin", "flows", "end", "expected"), [
    # hledger's roi tests 2, 4, 5, 6 (third and fourth quarter, the second one too) and 7; printed to two digits.
    ((date(2016, 12, 31), 0), ((date(2017, 1, 1), 100),), (date(2017, 12, 31), 112), "12.00"),
    ((date(2016, 12, 31), 0), ((date(2017, 1, 1), 100), (date(2017, 6, 1), 100)), (date(2017, 12, 31), 220), "12.72"),
    ((date(2016, 12, 31), 0), ((date(2017, 1, 1), 100), (date(2017, 6, 1), 100)), (date(2017, 12, 31), 20), "-95.73"),
    ((date(2017, 3, 31), 100), (), (date(2017, 6, 30), 110), "46.56"),
    ((date(2017, 6, 30), 110), ((date(2017, 7, 1), 100),), (date(2017, 9, 30), 210), "0.00"),
    ((date(2017, 9, 30), 210), ((date(2017, 10, 1), -50),), (date(2017, 12, 31), 155), "-11.83"),
    ((date(2017, 5, 31), 100), ((date(2017, 7, 1), 100), (date(2017, 10, 1), -50)), (date(2017, 12, 31), 155), "5.24"),
])
def test_hledger_internal_rates(begin: tuple[date, int], flows: tuple[tuple[date, int], ...], end: tuple[date, int],
                                expected: str) -> None:
    found = money_weighted((begin[0], D(begin[1])), [(day, D(amount)) for day, amount in flows], (end[0], D(end[1])))
    assert found.annual == pytest.approx(float(expected) / 100, abs=5.1e-5)


@pytest.mark.parametrize(("amounts", "code"), [
    (((0, -100), (0, 110)), "return-one-sign"),
    (((0, -100), (30, -110)), "return-one-sign"),
    (((0, 100), (30, 110)), "return-one-sign"),
    ((), "return-one-sign"),
    (((0, -100), (365, 230), (730, -132)), "return-several"),  # 10 % and 20 %
    (((0, 100), (365, -100), (730, 100)), "return-no-rate"),
])
def test_what_has_no_single_rate_is_unknown_and_says_why(amounts: tuple[tuple[int, int], ...], code: str) -> None:
    found = internal_rate([(date(2024, 1, 1) + timedelta(day), D(amount)) for day, amount in amounts])
    assert found.annual is None and found.period is None
    assert [finding.code for finding in found.findings] == [code]


def test_a_period_without_length_has_no_return() -> None:
    found = money_weighted(BEGIN, [], (BEGIN[0], D(120)))
    assert found.annual is None and found.findings[0].code == "return-no-period"
    assert modified_dietz(BEGIN, [], (BEGIN[0], D(120))) is None
    assert modified_dietz((BEGIN[0], D(0)), [], END) is None
    assert chained(D(0), [], D(10)) is None


def test_a_total_loss_but_a_cent_still_has_a_rate() -> None:
    found = internal_rate([(date(2024, 1, 1), D(-1000)), (date(2025, 1, 1), D("0.01"))])
    assert found.annual is not None and found.annual < -0.9999


@settings(max_examples=80, deadline=None)
@given(st.floats(-0.6, 3.0), st.lists(st.tuples(st.integers(1, 700), st.integers(1, 500)), max_size=6),
       st.integers(720, 1500))
def test_flows_that_grow_at_a_rate_give_that_rate(rate: float, flows: list[tuple[int, int]], days: int) -> None:
    assume(abs(rate) > 1e-3)
    first = date(2020, 1, 1)
    end = 100 * (1 + rate) ** (days / 365) + sum(
        amount * (1 + rate) ** ((days - day) / 365) for day, amount in flows)
    found = money_weighted((first, D(100)), [(first + timedelta(day), D(amount)) for day, amount in flows],
                           (first + timedelta(days), D(repr(end))), start_of_day=False)
    assert found.annual == pytest.approx(rate, rel=1e-6, abs=1e-8)
