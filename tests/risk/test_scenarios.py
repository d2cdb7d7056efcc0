"""Scenario columns: returns on one clock, labelled proxies, and amounts that sum."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import DAY, RULES, tail_model, weekdays

from sandyq.basics.origin import Origin
from sandyq.market.series import Calendar, CoinSeries, MarketData, PriceSeries, Split
from sandyq.risk.grid import ReturnGrid, trading_grid
from sandyq.risk.proxies import Proxy, filled
from sandyq.risk.rules import Method

HERE = Origin(1, 1)


def _prices(symbol: str, closes: dict[date, str], splits: tuple[Split, ...] = ()) -> PriceSeries:
    days, count = sorted(closes), len(closes)
    return PriceSeries(symbol, "USD", [day.toordinal() for day in days], [closes[day] for day in days], ["T"] * count,
                       [None] * count, [days[-1].toordinal()] * count, ["test"] * count, ["close"] * count, [1] * count,
                       [1] * count, splits)


def _coin(closes: dict[date, str]) -> CoinSeries:
    days, count = sorted(closes), len(closes)
    return CoinSeries("BTC", [day.toordinal() for day in days], [closes[day] for day in days], ["24:00 UTC"] * count,
                      ["test"] * count, [1] * count, [1] * count)


FRIDAY, MONDAY, TUESDAY = date(2026, 6, 26), date(2026, 6, 29), date(2026, 6, 30)


def _grid(market: MarketData, calendar: Calendar | None = None) -> ReturnGrid:
    return ReturnGrid(market, trading_grid(calendar or Calendar("NYSE"), (FRIDAY.toordinal(), TUESDAY.toordinal())))


def test_a_coins_return_over_the_weekend_is_one_return_as_the_funds_is() -> None:
    coin = _coin({FRIDAY: "100", FRIDAY + timedelta(1): "50", FRIDAY + timedelta(2): "70", MONDAY: "110",
                  TUESDAY: "121"})
    found = _grid(MarketData(coins={"BTC": coin})).coin("BTC")
    assert found is not None
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([np.log(1.1), np.log(1.1)])


def test_a_day_without_a_close_gives_no_return_on_it_or_the_day_after_and_nothing_is_carried_forward() -> None:
    market = MarketData(prices={"HK": _prices("HK", {FRIDAY: "100", TUESDAY: "90"})})
    assert np.isnan(_grid(market).price(market.prices["HK"])).all()


def test_a_split_is_no_loss() -> None:
    split = Split("S", MONDAY, Decimal(10), Decimal(1), "high", HERE)
    series = _prices("S", {FRIDAY: "1000", MONDAY: "101", TUESDAY: "101"}, (split,))
    assert _grid(MarketData(prices={"S": series})).price(series)[1:] == pytest.approx([np.log(1.01), 0.0])


def test_holidays_are_no_days_of_the_grid() -> None:
    calendar = Calendar("NYSE", closed=frozenset({MONDAY.toordinal()}))
    assert trading_grid(calendar, (FRIDAY.toordinal(), TUESDAY.toordinal())).tolist() == [
        FRIDAY.toordinal(), TUESDAY.toordinal()]


def test_each_day_is_taken_from_the_best_source_that_has_it_and_says_which() -> None:
    nan = np.nan
    track = filled([(Proxy.OWN, np.array([nan, nan, 0.3])), (Proxy.FUND, np.array([nan, 0.2, 0.9])),
                    (Proxy.COIN, np.array([0.1, 0.8, 0.8]))])
    assert track is not None
    assert track.returns.tolist() == [0.1, 0.2, 0.3]
    assert track.used() == ((Proxy.FUND, 1), (Proxy.COIN, 1))
    assert track.proxied == pytest.approx(2 / 3)


def test_a_day_that_nothing_covers_makes_the_instrument_unknown_and_never_zero() -> None:
    assert filled([(Proxy.OWN, np.array([np.nan, 0.1]))]) is None
    assert filled([]) is None


def test_an_amount_without_scenarios_makes_the_whole_figure_unknown_and_names_it() -> None:
    model = tail_model({"A": np.full(100, 0.01)})
    found = model.risk({"A": 1.0, "B": 1.0}, 1, Decimal("0.99"))
    assert found.value_at_risk is None
    assert found.expected_shortfall is None
    assert found.unknown == ("B",)


def test_a_window_that_is_too_short_is_unknown() -> None:
    assert tail_model({"A": np.full(20, 0.01)}).risk({"A": 1.0}, 1, Decimal("0.99")).value_at_risk is None


def test_an_empty_book_can_lose_nothing() -> None:
    assert tail_model({"A": np.full(100, 0.01)}).risk({}, 1, Decimal("0.99")).value_at_risk == 0.0


@given(st.integers(0, 2**32), st.lists(st.floats(1, 1e6), min_size=3, max_size=3), st.floats(0.1, 10))
def test_shortfall_grows_with_size_and_a_mix_never_costs_more_than_its_parts(seed: int, sizes: list[float],
                                                                           times: float) -> None:
    returns = np.random.default_rng(seed).normal(0, 0.03, (3, 120))
    model = tail_model(dict(zip("ABC", returns, strict=True)))
    amounts = dict(zip("ABC", sizes, strict=True))
    level = Decimal("0.95")
    whole = model.risk(amounts, 1, level)
    larger = model.risk({name: amount * times for name, amount in amounts.items()}, 1, level)
    assert larger.value_at_risk == pytest.approx((whole.value_at_risk or 0) * times, rel=1e-9)
    parts = [model.risk({name: amount}, 1, level).expected_shortfall or 0 for name, amount in amounts.items()]
    assert (whole.expected_shortfall or 0) <= sum(parts) + 1e-6


def test_no_order_of_lines_changes_the_last_digit() -> None:
    returns = np.random.default_rng(5).normal(0, 0.03, (4, 200))
    model = tail_model(dict(zip("ABCD", returns, strict=True)))
    amounts = {"A": 1 / 3, "B": 1e6 / 7, "C": 1e-3, "D": 12345.678}
    found = {model.risk({name: amounts[name] for name in order}, 10, Decimal("0.975")).expected_shortfall
             for order in permutations(amounts)}
    assert len(found) == 1


def test_the_worst_days_carry_the_loss_of_each_line() -> None:
    returns = {"A": np.full(100, 0.01), "B": np.full(100, -0.001)}
    returns["A"][40] = -0.5
    model = tail_model(returns)
    worst = model.worst({"A": 200.0, "B": 100.0}, 1, Decimal("0.99"))[0]
    assert worst.day == weekdays(100)[40]
    assert worst.loss == pytest.approx(100.1)
    assert dict(worst.by_symbol) == pytest.approx({"A": -100.0, "B": -0.1})


def test_a_loss_over_ten_days_is_told_on_its_last_day() -> None:
    returns = np.zeros(100)
    returns[50:60] = -0.01
    worst = tail_model({"A": returns}).worst({"A": 100.0}, 10, Decimal("0.99"))[0]
    assert (worst.day, worst.loss) == (weekdays(100)[59], pytest.approx(10.0))


def test_simple_returns_lose_less_than_log_returns_in_a_fall() -> None:
    from dataclasses import replace

    returns = {"A": np.random.default_rng(1).normal(0, 0.05, 200)}
    log = tail_model(returns).risk({"A": 100.0}, 1, Decimal("0.99"))
    simple = tail_model(returns, replace(RULES, log_returns=False)).risk({"A": 100.0}, 1, Decimal("0.99"))
    assert simple.value_at_risk == pytest.approx(100 * (1 - np.exp(-(log.value_at_risk or 0) / 100)))


def test_the_filtered_figure_follows_the_volatility_of_today() -> None:
    generator = np.random.default_rng(2)
    calm_now = np.concatenate([generator.normal(0, 0.06, 200), generator.normal(0, 0.01, 100)])
    model = tail_model({"A": calm_now})
    historical, filtered = (model.risk({"A": 100.0}, 1, Decimal("0.99"), method).value_at_risk or 0 for method in (
        Method.HISTORICAL, Method.FILTERED))
    assert filtered < historical / 2
    assert weekdays(1)[0] == DAY


def test_the_weighted_deviation_of_the_book_is_that_of_its_daily_gains() -> None:
    returns = np.random.default_rng(8).normal(0, 0.03, (2, 100))
    model = tail_model({"A": returns[0], "B": returns[1]})
    gains = 3 * returns[0] + 2 * returns[1]
    variance = gains[0] ** 2
    for gain in gains[1:]:
        variance = 0.94 * variance + 0.06 * gain**2
    assert model.deviation({"A": 3.0, "B": 2.0}) == pytest.approx(np.sqrt(variance))
    assert model.deviation({"A": 1.0, "C": 1.0}) is None
