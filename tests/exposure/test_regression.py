"""Betas: the oracles O8 and O9 of domain.md, and the t quantile against printed tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.exposure.regression import dimson, least_squares, vasicek
from sandyq.exposure.student_t import cumulative, quantile

M = [1.2, -0.8, 2.5, -3.1, 0.4, 1.9, -2.2, 0.7, -1.4, 3.0, -0.5, 1.1]
Y = [1.5, -0.2, 3.9, -4.1, -1.0, 3.2, -2.0, -0.6, -0.9, 4.8, 0.9, 1.0]


def test_oracle_o8_ordinary_least_squares_with_intercept() -> None:
    fit = least_squares(M, Y)
    assert fit is not None
    assert fit.intercept == pytest.approx(0.24780536, abs=5e-9)
    assert fit.slope == pytest.approx(1.25940560, abs=5e-9)
    assert fit.standard_error == pytest.approx(0.16447365, abs=5e-9)
    assert fit.r_squared == pytest.approx(0.85429648, abs=5e-9)
    assert fit.upper() == pytest.approx(1.55750770, abs=5e-9)
    assert fit.interval() == pytest.approx((0.89293547, 1.62587573), abs=5e-9)
    assert not fit.admitted, "twelve returns are never enough"


def test_oracle_o8_vasicek_shrinks_towards_the_prior() -> None:
    fit = least_squares(M, Y)
    assert fit is not None
    weight, shrunk = vasicek(fit.slope, fit.standard_error, 1.4, 0.4)
    assert weight == pytest.approx(0.85537903, abs=5e-9)
    assert shrunk == pytest.approx(1.27973850, abs=5e-9)


def test_oracle_o9_dimson_finds_what_the_clock_hid() -> None:
    m = np.array([*M, -2.0, 0.3])
    y = 0.9 * m[1:] + 0.4 * m[:-1]
    fit = least_squares(m[1:], y)
    assert fit is not None
    assert fit.slope == pytest.approx(0.64415257, abs=5e-9)
    padded = np.concatenate(([np.nan], y))
    found = dimson(m, np.where(np.isnan(padded), 0.0, padded))
    assert found is not None
    assert found == pytest.approx((0.4, 0.9, 0.0), abs=1e-9)
    assert sum(found) == pytest.approx(1.3, abs=1e-9)


@pytest.mark.parametrize(("probability", "freedom", "printed"), [
    (0.95, 1, 6.313751514675043), (0.975, 2, 4.302652729911275), (0.95, 10, 1.8124611228107335),
    (0.975, 10, 2.2281388519649385), (0.95, 120, 1.6576508993552355), (0.95, 250, 1.6509714898135),
])
def test_quantiles_agree_with_tables(probability: float, freedom: int, printed: float) -> None:
    assert quantile(probability, freedom) == pytest.approx(printed, rel=1e-9)


@given(st.floats(0.01, 0.99), st.integers(1, 400))
def test_the_quantile_undoes_the_distribution_function(probability: float, freedom: int) -> None:
    assert cumulative(quantile(probability, freedom), freedom) == pytest.approx(probability, rel=1e-9)


def test_a_series_that_does_not_move_has_no_beta() -> None:
    assert least_squares([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0]) is None
    assert least_squares([1.0, 2.0], [1.0, 2.0]) is None
    assert dimson([1.0] * 20, [1.0] * 20) is None
