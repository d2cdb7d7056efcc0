"""Fifteen betas are estimated while somebody types: generous bound, the measured figure is in the benchmarks."""

from __future__ import annotations

from datetime import date, timedelta
from time import perf_counter
from typing import Any

import numpy as np

from sandyq.exposure.betas import estimate_betas


def test_fifteen_betas_are_quick_and_the_same_twice(make: Any) -> None:
    random = np.random.default_rng(7)
    days = [date(2023, 1, 2) + timedelta(days=n) for n in range(1000) if (n % 7) < 5]
    fund = np.cumprod(1 + 0.03 * random.standard_normal(len(days)))
    prices, instruments = {"IBIT": make.prices("IBIT", dict(zip(days, (f"{v:.6f}" for v in fund), strict=True)))}, []
    for number in range(15):
        noise = np.cumprod(1 + 0.02 * random.standard_normal(len(days))) * fund
        symbol = f"C{number:02d}"
        prices[symbol] = make.prices(symbol, dict(zip(days, (f"{v:.6f}" for v in noise), strict=True)))
        instruments.append(make.instrument(symbol, "miner"))
    directory, market = make.directory(*instruments), make.market(prices=prices)
    best, found = 1.0, {}
    for _ in range(5):
        start = perf_counter()
        found = estimate_betas(directory, market, days[-1], reference_funds={"BTC": "IBIT"})
        best = min(best, perf_counter() - start)
    assert len(found) == 15
    assert all(beta.observations == 252 for beta in found.values())
    assert found == estimate_betas(directory, market, days[-1], reference_funds={"BTC": "IBIT"})
    assert best < 0.2
