"""The forty bookings valued a second time from the bare files: csv, fractions and numpy, nothing of Sandyq's.

The conventions are those of interface.md and domain.md: FIFO per account, fees apart, quantities of the day, traded
closes, the cash convention of net invested (B6), spot funds by coins per share (C1), betas over 252 returns (C4).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

SPLITS = {"MSTR": ("2024-08-08", 10), "NVDA": ("2024-06-10", 10), "ARKB": ("2025-06-16", 3)}
NO_PRICE = {"FBTC", "BLOK"}
Rows = list[dict[str, str]]


@cache
def _read(file: Path) -> Rows:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@dataclass
class Held:
    """One symbol on the day, in units of the day."""

    lots: list[list[Any]] = field(default_factory=list)
    """[account, quantity, cost], oldest first."""
    realised: Fraction = Fraction(0)
    income: Fraction = Fraction(0)
    withheld: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    taxes: Fraction = Fraction(0)

    @property
    def quantity(self) -> Fraction:
        return sum((lot[1] for lot in self.lots), Fraction(0))

    @property
    def cost(self) -> Fraction:
        return sum((lot[2] for lot in self.lots), Fraction(0))


@dataclass
class Book:
    held: dict[str, Held]
    cash: dict[str, Fraction]
    net_invested: Fraction
    fees: Fraction


def book(file: Path, day: str, without: frozenset[str] = frozenset()) -> Book:
    """Replay the bookings up to a day."""
    held: dict[str, Held] = defaultdict(Held)
    cash: dict[str, Fraction] = defaultdict(Fraction)
    invested, book_fees = Fraction(0), Fraction(0)
    events: list[tuple[str, int, Any]] = [(ex, 0, (symbol, by)) for symbol, (ex, by) in SPLITS.items() if ex <= day]
    events += [(row["trade_date"], 1, row) for row in _read(file)
               if row["trade_date"] <= day and row["symbol"] not in without]
    for _, order, event in sorted(events, key=lambda item: item[:2]):
        if order == 0:
            for lot in held[event[0]].lots:
                lot[1] *= event[1]
            continue
        quantity, price, fees, taxes = (Fraction(event[name] or "0") for name in ("quantity", "price", "fees", "taxes"))
        gross, account, mine = quantity * price, event["account"], held[event["symbol"]]
        match event["type"]:
            case "buy":
                mine.lots.append([account, quantity, gross])
                mine.fees, mine.taxes = mine.fees + fees, mine.taxes + taxes
                invested += gross + fees + taxes
                cash[account] -= gross + fees + taxes
            case "sell":
                mine.realised += gross - _take(mine, account, quantity)
                mine.fees, mine.taxes = mine.fees + fees, mine.taxes + taxes
                invested -= gross - fees - taxes
                cash[account] += gross - fees - taxes
            case "dividend":
                mine.income, mine.withheld = mine.income + gross, mine.withheld + taxes
                cash[account] += gross - taxes
            case "funding" | "interest":
                cash[account] += gross
            case "redemption":
                cash[account] -= gross
            case "fee":
                cash[account] -= gross
                book_fees += gross
            case other:
                raise AssertionError(other)
    del held[""]
    return Book({s: h for s, h in held.items() if h.lots or h.realised}, dict(cash), max(invested, Fraction(0)),
                book_fees)


def _take(mine: Held, account: str, quantity: Fraction) -> Fraction:
    cost = Fraction(0)
    for lot in mine.lots:
        part = min(quantity, lot[1]) if lot[0] == account else Fraction(0)
        if part:
            share = lot[2] * part / lot[1]
            cost, quantity = cost + share, quantity - part
            lot[1], lot[2] = lot[1] - part, lot[2] - share
    assert not quantity, "the test's own file sells too much"
    mine.lots = [lot for lot in mine.lots if lot[1]]
    return cost


@cache
def _closes(data: Path, symbol: str) -> dict[str, Fraction]:
    return {row["date"]: Fraction(row["close"]) for row in _read(data / "prices_daily.csv") if row["symbol"] == symbol}


def price(data: Path, symbol: str, day: str) -> tuple[str, Fraction]:
    """The last traded close on or before the day, in units of the day (the file divides by every later split)."""
    last = max(on for on in _closes(data, symbol) if on <= day)
    close = _closes(data, symbol)[last]
    ex, by = SPLITS.get(symbol, ("", 1))
    return last, close * by if day < ex else close


def coin(data: Path, asset: str, day: str) -> Fraction:
    return next(Fraction(row["close_usd"]) for row in _read(data / "coins_daily.csv")
                if row["asset"] == asset and row["date"] == day)


def tenge(data: Path, day: str) -> tuple[str, Fraction]:
    rows = [row for row in _read(data / "fx_daily.csv") if (row["base"], row["quote"]) == ("USD", "KZT")
            and row["date"] <= day]
    last = max(rows, key=lambda row: row["date"])
    return last["date"], Fraction(last["rate"])


def decayed(coins_per_share: str, fee_percent: str, days: int) -> Fraction:
    """Coins per share after so many calendar days of the fee: domain.md C1 and O2."""
    return Fraction(coins_per_share) * (1 - Fraction(fee_percent) / 100 / 365) ** days


def beta(data: Path, symbol: str, reference: str, day: str, returns: int = 252) -> tuple[float, float, float, int]:
    """Slope, its standard error, R² and n of the daily log returns over the last `returns` common sessions."""
    theirs, ours = _closes(data, reference), _closes(data, symbol)
    days = sorted(on for on in theirs if on in ours and on <= day)[-returns - 1:]
    x = np.diff(np.log([float(theirs[on]) for on in days]))
    y = np.diff(np.log([float(ours[on]) for on in days]))
    design = np.column_stack([np.ones_like(x), x])
    solution, *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ solution
    variance = float(residual @ residual) / (len(x) - 2)
    error = float(np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1]))
    squared = 1 - float(residual @ residual) / float(((y - y.mean()) ** 2).sum())
    return float(solution[1]), error, squared, len(x)
