"""Invented price paths: bridges between chosen levels, so that the demo tells its story with any seed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

FIRST = date(2023, 1, 3)
LAST = date(2026, 10, 30)
LISTED = date(2024, 1, 11)
SEED = 7

_BITCOIN = (
    (date(2023, 1, 3), 16_700), (date(2023, 7, 3), 30_600), (date(2024, 1, 11), 46_300), (date(2024, 3, 13), 71_000),
    (date(2024, 8, 6), 57_500), (date(2024, 12, 16), 101_000), (date(2025, 4, 8), 77_000), (date(2025, 8, 14), 112_000),
    (date(2025, 11, 21), 90_500), (date(2026, 2, 5), 80_500), (date(2026, 5, 12), 84_000), (date(2026, 8, 17), 90_500),
    (date(2026, 8, 25), 96_500), (date(2026, 9, 14), 85_500), (date(2026, 10, 20), 90_800), (LAST, 96_900),
)
_ETHER = (
    (date(2023, 1, 3), 1_210), (date(2024, 3, 13), 4_000), (date(2024, 9, 6), 2_750), (date(2024, 12, 16), 3_950),
    (date(2025, 4, 8), 2_350), (date(2025, 8, 14), 4_550), (date(2026, 2, 5), 2_850), (date(2026, 8, 17), 2_900),
    (LAST, 3_150),
)


@dataclass(frozen=True, slots=True)
class Path:
    """Closes of one series on its own days."""

    days: tuple[date, ...]
    closes: tuple[float, ...]

    def on(self, day: date) -> float:
        """Return the last close on or before the day."""
        return self.closes[bisect_right(self.days, day) - 1]


def bridge(levels: Sequence[tuple[date, float]], daily_volatility: float, random: Random) -> Path:
    """Return a path through the levels: in logs a random walk bent so that it meets each level on its day."""
    days: list[date] = []
    logs: list[float] = []
    for (start, low), (end, high) in pairwise(levels):
        steps = (end - start).days
        walk = [0.0]
        for _ in range(steps):
            walk.append(walk[-1] + random.gauss(0, daily_volatility))
        drift = math.log(high / low) - walk[-1]
        for step in range(steps):
            days.append(start + timedelta(days=step))
            logs.append(math.log(low) + walk[step] + drift * step / steps)
    days.append(levels[-1][0])
    logs.append(math.log(levels[-1][1]))
    return Path(tuple(days), tuple(math.exp(value) for value in logs))


def coins(random: Random) -> dict[str, Path]:
    """Return bitcoin and ether, one close for each calendar day, taken at 16:00 New York."""
    return {"BTC": bridge(_BITCOIN, 0.0135, random), "ETH": bridge(_ETHER, 0.019, random)}


def fund(coin: Path, days: Sequence[date], first_coins: float, fee: float,
         random: Random) -> tuple[Path, dict[date, tuple[float, float]]]:
    """Return a spot fund's closes and, per day, (coins per share, NAV): the price is NAV and a small premium."""
    closes: list[float] = []
    struck: dict[date, tuple[float, float]] = {}
    for day in days:
        per_share = round(first_coins * (1 - fee / 36_500) ** (day - days[0]).days, 10)
        nav = per_share * coin.on(day)
        struck[day] = (per_share, nav)
        closes.append(round(nav * (1 + random.gauss(0.0001, 0.0004)), 2))
    return Path(tuple(days), tuple(closes)), struck


def company(reference: Path, days: Sequence[date], last: float, beta: float, own_volatility: float,
            random: Random, drift: float = 0.0, split: tuple[date, float] | None = None) -> Path:
    """Return a share's traded closes ending at `last`: beta times the reference's return and noise of its own."""
    walk = [0.0]
    for before, day in pairwise(days):
        market = math.log(reference.on(day) / reference.on(before))
        walk.append(walk[-1] + beta * market + random.gauss(drift, own_volatility))
    scale: Callable[[date], float] = lambda day: split[1] if split and day < split[0] else 1.0  # noqa: E731
    return Path(tuple(days), tuple(
        round(last * math.exp(value - walk[-1]) * scale(day), 2) for day, value in zip(days, walk, strict=True)))
