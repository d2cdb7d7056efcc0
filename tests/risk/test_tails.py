"""Value at risk and expected shortfall by convention, against the worked figures of the field and plain sorting."""

from __future__ import annotations

import csv
from decimal import Decimal
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.risk.rules import Quantile
from sandyq.risk.tails import (
    expected_shortfall,
    normal_value_at_risk,
    over_days,
    rescaled,
    tail_count,
    value_at_risk,
    weighted_deviation,
)

TWENTY = np.array([-6.1, 2.3, 0.4, -3.2, 1.1, -0.7, 4.0, -8.4, 0.9, -1.5, 2.8, -2.2, 0.1, -4.9, 3.3, -0.3, 1.7, -5.5,
                   0.6, -1.0])
"""Twenty returns in per cent (oracle O15)."""


@pytest.mark.parametrize(("level", "convention", "expected"), [
    ("0.95", Quantile.ORDER_STATISTIC, 8.4), ("0.95", Quantile.LINEAR, 6.215), ("0.95", Quantile.HIGHER, 6.1),
    ("0.90", Quantile.ORDER_STATISTIC, 6.1), ("0.90", Quantile.LINEAR, 5.56),
])
def test_each_quantile_convention_gives_its_own_figure(level: str, convention: Quantile, expected: float) -> None:
    assert value_at_risk(-TWENTY, Decimal(level), convention) == pytest.approx(expected, abs=1e-12)


def test_the_shortfall_of_ninety_per_cent_is_the_mean_of_the_two_worst() -> None:
    assert expected_shortfall(-TWENTY, Decimal("0.90")) == pytest.approx(7.25, abs=1e-12)


def test_deviations_and_the_normal_figure_are_those_of_the_oracle() -> None:
    assert np.std(TWENTY, ddof=1) == pytest.approx(3.345240, abs=5e-7)
    assert normal_value_at_risk(float(np.std(TWENTY, ddof=1)), Decimal("0.95")) == pytest.approx(5.502430, abs=5e-7)
    assert weighted_deviation(TWENTY, 0.94) == pytest.approx(4.260872, abs=5e-7)


def test_a_tail_of_exactly_one_scenario_is_not_rounded_up_to_two_by_binary_fractions() -> None:
    assert tail_count(100, Decimal("0.99")) == 1
    assert tail_count(101, Decimal("0.99")) == 2
    assert tail_count(472, Decimal("0.99")) == 5
    assert tail_count(472, Decimal("0.975")) == 12


def test_the_largest_bitcoin_fund_to_november_2025_gives_the_published_figures(shared_data: Path) -> None:
    with (shared_data / "prices_daily.csv").open(encoding="utf-8") as file:
        closes = [float(line["close"]) for line in csv.DictReader(file)
                  if line["symbol"] == "IBIT" and line["date"] <= "2025-11-28"]
    returns = np.array([log(later / earlier) for earlier, later in pairwise(closes)])
    assert len(returns) == 472
    assert round(float(np.std(returns, ddof=1)) * 100, 2) == 3.17
    assert round(value_at_risk(-returns, Decimal("0.99")) * 100, 2) == 7.48
    assert round(expected_shortfall(-returns, Decimal("0.975")) * 100, 2) == 7.83
    assert round(weighted_deviation(returns, 0.94) * 100, 2) == 2.94
    assert round(normal_value_at_risk(weighted_deviation(returns, 0.94), Decimal("0.99")) * 100, 2) == 6.83


_losses = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=120).map(np.array)
_level = st.sampled_from([Decimal("0.9"), Decimal("0.95"), Decimal("0.975"), Decimal("0.99")])


@given(_losses, _level)
def test_the_order_statistic_is_what_plain_sorting_gives_and_no_convention_is_more_cautious(losses: np.ndarray,
                                                                                          level: Decimal) -> None:
    worst = sorted(losses.tolist(), reverse=True)
    found = value_at_risk(losses, level)
    assert found == worst[tail_count(len(worst), level) - 1]
    assert found >= value_at_risk(losses, level, Quantile.LINEAR) - 1e-9 * abs(found) - 1e-9
    assert found >= value_at_risk(losses, level, Quantile.HIGHER)


@given(_losses, _level)
def test_the_shortfall_is_never_less_than_the_value_at_risk(losses: np.ndarray, level: Decimal) -> None:
    assert expected_shortfall(losses, level) >= value_at_risk(losses, level) - 1e-6


@given(st.integers(1, 60), st.integers(1, 10), st.integers(0, 2**32))
def test_ten_day_sums_overlap_and_are_plain_sums(count: int, days: int, seed: int) -> None:
    returns = np.random.default_rng(seed).normal(0, 0.03, count + days)
    found = over_days(returns, days)
    assert len(found) == count + 1
    assert found == pytest.approx([sum(returns[first:first + days]) for first in range(count + 1)], abs=1e-12)


def test_rescaling_uses_for_each_day_only_the_days_before_it() -> None:
    returns = np.random.default_rng(3).normal(0, 0.03, (80, 2))
    variance = (returns**2).mean(axis=0)
    expected = []
    for line in returns:
        expected.append(variance)
        variance = 0.94 * variance + 0.06 * line**2
    by_hand = returns * np.sqrt(variance / np.array(expected))
    assert rescaled(returns, 0.94) == pytest.approx(by_hand, rel=1e-12)


def test_an_instrument_that_never_moved_stays_still_when_it_is_rescaled() -> None:
    assert not rescaled(np.zeros((30, 1)), 0.94).any()
