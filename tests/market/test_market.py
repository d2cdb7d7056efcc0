"""Rates, trading days and traded prices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.decimals import quotient
from sandyq.basics.origin import Origin
from sandyq.market import calendars, fx
from sandyq.market.series import Calendar, FxSeries, PriceSeries, Split

D = Decimal

THU, FRI, SUN = date(2026, 1, 8), date(2026, 1, 9), date(2026, 1, 11)


def pair(base: str, quote: str, *rows: tuple[date, str]) -> FxSeries:
    count = len(rows)
    return FxSeries(base, quote, [day.toordinal() for day, _ in rows], [text for _, text in rows], ["bank"] * count,
                    [1] * count, [2] * count)


def known(*pairs: FxSeries) -> dict[tuple[str, str], FxSeries]:
    return {(item.base, item.quote): item for item in pairs}


def test_a_cross_takes_both_legs_of_the_same_fixing() -> None:
    series = known(pair("EUR", "USD", (THU, "1.1"), (FRI, "1.2")), pair("EUR", "HKD", (THU, "8.8")))
    found = fx.rate(series, "HKD", "USD", FRI)
    assert found is not None
    assert (found.day, found.rate) == (THU, D("0.125"))


def test_a_weekend_takes_the_last_published_rate() -> None:
    found = fx.rate(known(pair("USD", "KZT", (THU, "500"), (FRI, "510"))), "USD", "KZT", SUN)
    assert found is not None
    assert (found.day, found.rate) == (FRI, 510)


def test_an_inverse_rate_is_one_over_the_rate() -> None:
    found = fx.rate(known(pair("EUR", "USD", (FRI, "1.25"))), "USD", "EUR", FRI)
    assert found is not None and found.rate == D("0.8")


def test_a_pair_that_ended_long_ago_does_not_hide_a_cross_of_today() -> None:
    series = known(pair("EUR", "KZT", (date(2019, 1, 15), "430")), pair("USD", "KZT", (FRI, "500")),
                   pair("USD", "EUR", (FRI, "0.8")))
    found = fx.rate(series, "EUR", "KZT", FRI)
    assert found is not None
    assert (found.day, found.rate) == (FRI, 625)


def test_no_rate_is_none() -> None:
    assert fx.rate({}, "EUR", "USD", FRI) is None


@given(st.dates(date(2024, 1, 1), date(2026, 1, 1)), st.integers(0, 60), st.sets(st.integers(0, 60)))
def test_age_counts_the_open_days_after_the_price(priced: date, span: int, shut: set[int]) -> None:
    calendar = Calendar("M", frozenset(priced.toordinal() + offset for offset in shut))
    on = priced + timedelta(span)
    opened = [day for day in (priced + timedelta(n) for n in range(1, span + 1)) if calendars.is_open(calendar, day)]
    assert calendars.age(calendar, priced, on) == len(opened)


def test_a_split_adjusted_close_is_turned_back_into_the_traded_one() -> None:
    split = Split("M", FRI, D(10), D(1), "high", Origin(1, 1))
    days = [THU.toordinal(), FRI.toordinal()]
    series = PriceSeries("M", "USD", days, ["13", "14"], ["S", "S"], ["1000", "1000"], [SUN.toordinal()] * 2,
                         ["v", "v"], ["close", "close"], [1, 1], [2, 3], (split,))
    before, after = series.at(0), series.at(1)
    assert (before.close, before.filed, before.factor, before.volume) == (130, 13, 10, 100)
    assert (after.close, after.factor) == (14, 1)
    assert before.close * series.continuous_factor(0) == quotient(D(13), D(1))


def test_rows_adjusted_for_dividends_do_not_count_for_valuation() -> None:
    series = PriceSeries("M", "USD", [THU.toordinal(), FRI.toordinal()], ["13", "14"], ["T", "SD"], [None, None],
                         [0, 0], ["v", "v"], ["close", "close"], [1, 1], [2, 3])
    valuation, returns = series.latest(SUN), series.latest(SUN, valuation=False)
    assert valuation is not None and valuation.day == THU
    assert returns is not None and returns.day == FRI
