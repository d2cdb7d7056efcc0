"""P13: the probability of a breach within ten days, all limits of the example mandate, 100,000 paths, 60 positions.

The limits of the day are given; scenarios, how each limit answers to prices, and the paths are inside the time.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import argparse
import gc
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from time import perf_counter

import numpy as np
from p12_check import DAY
from p12_check import snapshot as plain_snapshot

from sandyq.limits.early_warning import EarlyWarning, early_warning
from sandyq.limits.evaluate import evaluate
from sandyq.limits.snapshot import Denominator, Snapshot
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq.risk.model import RiskModel
from sandyq.risk.paths import Draw
from sandyq.risk.proxies import Track
from sandyq.risk.rules import RiskRules
from sandyq.risk.scenario import read_library
from sandyq.risk.stress import StressModel, Subject
from sandyq.risk.tail_model import TailModel
from sandyq_resources import text

GOAL = 1.0
"""Seconds."""
WINDOW = 500


def model(symbols: Sequence[str]) -> RiskModel:
    """Return a risk model whose instruments share a factor with fat tails and have noise of their own."""
    generator = np.random.default_rng(13)
    factor = generator.standard_t(4, WINDOW) * 0.02
    tracks = {symbol: Track(factor * generator.uniform(0.5, 1.5) + generator.normal(0, 0.02, WINDOW),
                            np.zeros(WINDOW, dtype=np.uint8)) for symbol in symbols}
    library = read_library(text("stress", "library.toml"), "library.toml")
    subjects = {symbol: Subject(symbol, Kind.MINER, (("BTC", Decimal(1)),), Decimal("1.2")) for symbol in symbols}
    first = DAY - timedelta(days=WINDOW - 1)
    days = np.arange(first.toordinal(), DAY.toordinal() + 1, dtype=np.int64)
    return RiskModel(lambda: TailModel(RiskRules(), days, tracks.get),
                     lambda: StressModel(library, subjects.get, lambda _: None))


def snapshot(positions: int) -> Snapshot:
    """Return a book of so many positions with reserves, without its risk model."""
    found = plain_snapshot(positions)
    rows = tuple(replace(row, kind=Kind.SPOT_ETF, custody={f"Keeper {number % 5}": row.exposure})
                 if number % 10 < 8 else replace(row, issuer=f"Issuer {number}")
                 for number, row in enumerate(found.rows))
    found = replace(found, rows=rows)
    value = float(found.market_value or 1)
    gross = Denominator(Decimal(value * 230).quantize(Decimal(1)), date(2026, 5, 31), "bulletin", None)
    return replace(found, reserves={"gross": gross, "fx": gross}, drawdown=Decimal("0.05"))


def seconds(positions: int, paths: int, rounds: int) -> tuple[Sequence[float], EarlyWarning]:
    """Return the time of each round, each with scenarios of its own, and the last answer."""
    mandate = read_mandate(text("mandates", "example.toml"), "example.toml")
    book = snapshot(positions)
    symbols = [row.symbol for row in book.rows]
    taken: list[float] = []
    found: EarlyWarning | None = None
    for _ in range(rounds + 1):
        fresh = replace(book, risk=model(symbols))
        run = evaluate(fresh, mandate, DAY)
        fresh = replace(book, risk=model(symbols))
        gc.collect()
        begun = perf_counter()
        found = early_warning(fresh, run, Draw(paths, 10, 5, 1))
        taken.append(perf_counter() - begun)
    assert found is not None
    return taken[1:], found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--positions", type=int, default=60)
    parser.add_argument("--paths", type=int, default=100_000)
    given = parser.parse_args()
    taken, found = seconds(given.positions, given.paths, given.rounds)
    told = sum(item.probability is not None for item in found.warnings)
    print(f"P13  {given.positions} positions, {given.paths:,} paths, {len(found.warnings)} limits, {told} with a "
          f"probability: {median(taken):.3f} s [{min(taken):.3f} to {max(taken):.3f}], goal {GOAL} s")


if __name__ == "__main__":
    main()
