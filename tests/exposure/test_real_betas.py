"""Betas on real closes to 2025-11-28 against the estimates printed in domain.md C4."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandyq.exposure.betas import estimate_betas, is_coin_clock

DAY = date(2025, 11, 28)
KINDS = {"MSTR": "treasury_company", "COIN": "exchange", "MARA": "miner", "NVDA": "tech_equity", "BLOK": "equity_etf",
         "HUT": "miner", "CORZ": "miner", "IREN": "miner", "HOOD": "exchange", "GLXY": "infrastructure"}
PRINTED = {"MSTR": (1.46, .07, .63), "COIN": (1.16, .08, .46), "MARA": (1.37, .08, .53), "NVDA": (.37, .07, .11),
           "HUT": (1.44, .11, .41), "CORZ": (.78, .12, .16), "IREN": (1.20, .13, .27), "HOOD": (.99, .09, .32),
           "GLXY": (1.31, .15, .36)}


@pytest.fixture(scope="module")
def world(make: Any, shared_data: Path) -> tuple[Any, Any]:
    closes: dict[str, dict[date, str]] = {}
    with (shared_data / "prices_daily.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["symbol"] in KINDS or row["symbol"] in {"IBIT", "FBTC"}:
                closes.setdefault(row["symbol"], {})[date.fromisoformat(row["date"])] = row["close"]
    with (shared_data / "coins_daily.csv").open(newline="", encoding="utf-8") as stream:
        coin = {date.fromisoformat(row["date"]): row["close_usd"] for row in csv.DictReader(stream)
                if row["asset"] == "BTC"}
    instruments = [make.instrument(symbol, kind, "BTC") for symbol, kind in KINDS.items()]
    split = make.split("MSTR", date(2024, 8, 8), 10, 1)
    prices = {symbol: make.prices(symbol, series, "S", (split,) if symbol == "MSTR" else ())
              for symbol, series in closes.items()}
    return make.directory(*instruments), make.market(prices=prices, coins={"BTC": make.coin("BTC", coin, "24:00 UTC")})


@pytest.mark.data
@pytest.mark.parametrize("symbol", sorted(PRINTED))
def test_a_beta_to_ibit_agrees_with_the_printed_estimate(world: tuple[Any, Any], symbol: str) -> None:
    directory, market = world
    beta = estimate_betas(directory, market, DAY, reference_funds={"BTC": "IBIT"})[f"{symbol}.XNAS"]
    # Printed with two decimals, from another snapshot of the closes: half a unit, and a little for the snapshot.
    assert (beta.value, beta.standard_error, beta.r_squared) == pytest.approx(PRINTED[symbol], abs=0.006)
    assert beta.observations == (135 if symbol == "GLXY" else 252)
    assert beta.reference == "IBIT"
    assert beta.admitted


@pytest.mark.data
def test_against_the_coin_at_midnight_the_clock_takes_its_part(world: tuple[Any, Any]) -> None:
    directory, market = world
    beta = estimate_betas(directory, market, DAY, reference_funds={})["MSTR.XNAS"]
    assert is_coin_clock(beta.reference)
    assert beta.value == pytest.approx(1.42, abs=0.0051)


@pytest.mark.data
def test_dividend_adjusted_closes_are_fit_for_a_beta(world: tuple[Any, Any]) -> None:
    directory, market = world
    beta = estimate_betas(directory, market, DAY, reference_funds={"BTC": "IBIT"})["BLOK.XNAS"]
    assert beta.value == pytest.approx(0.76, abs=0.0051)
