"""Every limit of the example mandate a second time: from the bare files and the bare TOML, nothing of Sandyq's.

Conventions are those of domain.md: B6 (measures, ramp-up floor), C1 and C2 (spot and futures funds), C3 to C6
(companies: the highest of the asset and the beta leg, the beta under its minimum evidence), C7 (custodians), E3 (days
to exit). What no file states is None: the limit is then Unknown.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import recomputation as again

Number = Fraction | float
Groups = dict[str, Number | None]
KINDS = {"IBIT": "spot_etf", "ARKB": "spot_etf", "GBTC": "spot_etf", "ETHA": "spot_etf", "BITO": "futures_etf",
         "MSTR": "treasury_company", "MARA": "miner", "COIN": "exchange", "NVDA": "tech_equity"}
SPONSORS = {"IBIT": "BlackRock", "ETHA": "BlackRock", "ARKB": "21Shares", "GBTC": "Grayscale", "BITO": "ProShares"}
ISSUERS = {"MSTR": "Strategy Inc", "MARA": "MARA Holdings", "COIN": "Coinbase Global"}
AT_COINBASE = ("IBIT", "ARKB", "GBTC", "ETHA")
FALLBACK = Fraction(3, 2)
FLOOR = Fraction(50_000_000)


@cache
def _table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def _rows_of(file: Path, symbol: str) -> list[dict[str, str]]:
    return [row for row in _table(file) if row["symbol"] == symbol]


def _days_between(early: str, late: str) -> int:
    return (date.fromisoformat(late) - date.fromisoformat(early)).days


@dataclass
class Line:
    """One holding on the day in USD; `keeps` is custodian → coins in USD."""

    units: Fraction
    value: Fraction
    exposure: Number
    fallen_back: bool
    keeps: dict[str, Number]
    beta: float | None = None
    report: str | None = None


class Day:
    """The book on a day."""

    def __init__(self, data: Path, bookings: Path, day: str) -> None:
        self.data, self.day = data, day
        self.bookings = [row for row in _table(bookings) if row["trade_date"] <= day
                         and row["symbol"] not in again.NO_PRICE]
        self.book = again.book(bookings, day, frozenset(again.NO_PRICE))
        self.lines = {symbol: self._line(symbol, held.quantity) for symbol, held in self.book.held.items()
                      if held.quantity}
        self.value = sum((line.value for line in self.lines.values()), Fraction(0))
        self.base = max(self.value, FLOOR)

    # ---- look-through

    def _line(self, symbol: str, units: Fraction) -> Line:
        value = units * again.price(self.data, symbol, self.day)[1]
        if symbol == "GBTC":
            coins = units * self._reported_per_share(symbol, Fraction("1.5"))
            worth = coins * again.coin(self.data, "BTC", self.day)
            return Line(units, value, worth, False, {"Coinbase Custody": worth})
        if symbol in AT_COINBASE:
            return Line(units, value, value, False, {"Coinbase Custody": value})
        if symbol == "BITO":
            return Line(units, value, value, False, {})
        return self._company(symbol, units, value)

    def _reported_per_share(self, symbol: str, fee: Fraction) -> Fraction:
        stated = [(row["date"], row["coins_per_share"]) for row in _rows_of(self.data / "fund_holdings.csv", symbol)]
        stated += [(row["coins_per_share_asof"], row["coins_per_share"])
                   for row in _table(self.data / "instrument_facts.csv")
                   if row["ticker"] == symbol and row["coins_per_share_basis"] != "derived"]
        day, coins = max((on, text) for on, text in stated if text and on <= self.day)
        return Fraction(coins) * (1 - fee / 100 / 365) ** _days_between(day, self.day)

    def _company(self, symbol: str, units: Fraction, value: Fraction) -> Line:
        slope = self._slope(symbol)
        by_beta = None if slope is None or not slope[1] else float(value) * max(slope[0], 0.0)
        coins, report = self._own_coins(symbol)
        asset = None if coins is None else units * coins * again.coin(self.data, "BTC", self.day)
        legs: list[Number] = [leg for leg in (by_beta, asset) if leg is not None]
        keeps: dict[str, Number] = {} if asset is None else {f"self: {symbol}": asset}
        beta = slope[0] if slope else None
        if not legs:
            return Line(units, value, value * FALLBACK, True, keeps, beta, report)
        return Line(units, value, max(legs, key=float), False, keeps, beta, report)

    def _slope(self, symbol: str) -> tuple[float, bool] | None:
        """Beta to the fund of the same close where 120 returns are common, else to the coin; whether it counts."""
        closes = again._closes(self.data, symbol)
        fund = again._closes(self.data, "IBIT")
        if sum(1 for on in closes if on in fund and on <= self.day) > 120:
            value, error, squared, count = again.beta(self.data, symbol, "IBIT", self.day)
        else:
            value, error, squared, count = self._slope_to_coin(closes)
        return value, count >= 120 and squared >= 0.10 and error <= 0.25

    def _slope_to_coin(self, closes: dict[str, Fraction]) -> tuple[float, float, float, int]:
        coin = coin_closes(self.data)
        days = sorted(on for on in closes if on in coin and on <= self.day)[-253:]
        x, y = (np.diff(np.log([float(series[on]) for on in days])) for series in (coin, closes))
        slope, intercept = np.polyfit(x, y, 1)
        rest = y - intercept - slope * x
        error = float(np.sqrt(rest @ rest / (len(x) - 2) / ((x - x.mean()) ** 2).sum()))
        return float(slope), error, float(np.corrcoef(x, y)[0, 1] ** 2), len(x)

    def _own_coins(self, symbol: str) -> tuple[Fraction | None, str | None]:
        """Coins per share as last reported, not older than 200 days; and the day of the newest report."""
        rows = [row for row in _rows_of(self.data / "company_holdings.csv", symbol) if row["date"] <= self.day]
        if not rows:
            return None, None
        report = rows[-1]["date"]
        counted = next((row for name in ("diluted_shares", "shares_outstanding") for row in reversed(rows)
                        if row[name] and Fraction(row[name])), None)
        if counted is None or not Fraction(rows[-1]["coins"]):
            return None, report
        shares = Fraction(counted["diluted_shares"] or counted["shares_outstanding"])
        oldest = min(report, counted["shares_asof"] or counted["date"])
        if _days_between(oldest, self.day) > 200:
            return None, report
        return Fraction(rows[-1]["coins"]) / (shares / self._undone(symbol)), report

    def _undone(self, symbol: str) -> int:
        """The file's counts are in units after every split; before a split there were fewer shares."""
        ex, by = again.SPLITS.get(symbol, ("", 1))
        return by if self.day < ex else 1

    # ---- measures

    def of_kind(self, *kinds: str) -> dict[str, Line]:
        return {symbol: line for symbol, line in self.lines.items() if KINDS[symbol] in kinds}

    def share(self, *kinds: str) -> Groups:
        return {"": sum((line.value for line in self.of_kind(*kinds).values()), Fraction(0)) / self.base}

    def by(self, names: dict[str, str] | None, *kinds: str) -> Groups:
        sums: dict[str, Number | None] = {}
        for symbol, line in self.of_kind(*kinds).items():
            name = names[symbol] if names else symbol
            sums[name] = (sums.get(name) or Fraction(0)) + line.value / self.base
        return sums or {"": Fraction(0)}

    def reserves(self, series: str) -> Groups:
        rows = [row for row in _table(self.data / "reserves.csv") if row["series"] == series
                and row["date"] <= self.day]
        return {"": self.value / Fraction(rows[-1]["amount"]) if rows else None}

    @property
    def exposure(self) -> Number:
        return sum((line.exposure for line in self.lines.values()), 0.0)

    def custodians(self) -> Groups:
        sums: dict[str, Number] = {}
        for line in self.lines.values():
            for name, amount in line.keeps.items():
                sums[name] = sums.get(name, 0) + amount
        whole = sum(sums.values())
        return {name: amount / whole for name, amount in sums.items()}

    def mix(self, *symbols: str) -> Number:
        return sum((self.lines[s].exposure for s in symbols if s in self.lines), 0.0) / float(self.exposure)

    def owned(self, *kinds: str) -> Groups:
        found: Groups = {}
        for symbol, line in self.of_kind(*kinds).items():
            file = "company_holdings.csv" if KINDS[symbol] in {"treasury_company", "miner", "exchange",
                                                               "tech_equity"} else "fund_holdings.csv"
            counts = [row["shares_outstanding"] for row in _rows_of(self.data / file, symbol)
                      if row["shares_outstanding"] and row["date"] <= self.day]
            found[symbol] = line.units / (Fraction(counts[-1]) / self._undone(symbol)) if counts else None
        return found

    def volume(self, symbol: str) -> Fraction | None:
        """Median of the last 20 sessions in units of the day; None where one of them has none."""
        rows = sorted((row["date"], row["volume"]) for row in _rows_of(self.data / "prices_daily.csv", symbol)
                      if row["date"] <= self.day)[-20:]
        if len(rows) < 20 or not all(text and Fraction(text) for _, text in rows):
            return None
        return median(Fraction(text) for _, text in rows) / self._undone(symbol)

    def exits(self) -> Groups:
        volumes = {symbol: self.volume(symbol) for symbol in self.lines}
        return {symbol: line.units / (volume / 10) if (volume := volumes[symbol]) else None
                for symbol, line in self.lines.items()}

    def book_exit(self, exits: Groups) -> Groups:
        """The day by which 95 per cent of the value is sold when each line sells its own share of volume every day."""
        if not exits or None in exits.values():
            return {"": None} if exits else {}
        goal = self.value * Fraction(95, 100)

        def sold(day: Fraction) -> Fraction:
            return sum((line.value * min(day / Fraction(exits[symbol] or 1), Fraction(1))
                        for symbol, line in self.lines.items()), Fraction(0))

        ends = sorted(Fraction(days or 0) for days in exits.values())
        late = next(end for end in ends if sold(end) >= goal)
        early = max((end for end in ends if end < late), default=Fraction(0))
        return {"": early + (late - early) * (goal - sold(early)) / (sold(late) - sold(early))}

    def flows(self) -> list[tuple[str, Fraction]]:
        found = []
        for row in self.bookings:
            gross, costs = Fraction(row["quantity"]) * Fraction(row["price"]), Fraction(row["fees"]) + Fraction(
                row["taxes"])
            if row["type"] == "buy":
                found.append((row["trade_date"], gross + costs))
            elif row["type"] == "sell":
                found.append((row["trade_date"], costs - gross))
        return found

    def pace(self, days: int) -> Groups:
        first = str(date.fromisoformat(self.day) - timedelta(days=days - 1))
        return {"": max(sum((amount for on, amount in self.flows() if on >= first), Fraction(0)), Fraction(0))}

    def first_tranche(self) -> Groups:
        flows = self.flows()
        if not flows:
            return {"": Fraction(0)}
        last = str(date.fromisoformat(min(flows)[0]) + timedelta(days=6))
        return {} if self.day > last else {"": sum((amount for on, amount in flows), Fraction(0))}

    def ages(self) -> Groups:
        return {symbol: Fraction(_days_between(line.report, self.day)) for symbol, line in self.lines.items()
                if line.report is not None}

    def loss(self, library: Path, name: str) -> Number:
        """The loss under a scenario of the library: stated for the line, else its coin's move, else its kind's."""
        scenario = next(item for item in tomllib.loads(library.read_text(encoding="utf-8"))["scenario"]
                        if item["id"] == name)

        def move(symbol: str) -> Number:
            if symbol in scenario["symbol"]:
                return float(scenario["symbol"][symbol])
            return float(scenario["coin"]["ETH" if symbol == "ETHA" else "BTC"])

        return -sum((float(line.value) * float(move(symbol)) for symbol, line in self.lines.items()), 0.0)

    def limits(self) -> dict[str, list[Groups]]:
        """Return limit id → one entry per part: group → value; an empty part has nothing to judge."""
        fallback = sum((line.value for line in self.lines.values() if line.fallen_back), Fraction(0))
        adjacent = {s: line for s, line in self.lines.items() if KINDS[s] == "tech_equity" or (
            KINDS[s] in {"treasury_company", "miner", "exchange"} and (line.beta is None or abs(line.beta) < 0.5))}
        minimum = [] if self.value < FLOOR else [self.share("spot_etf", "etp")]
        exits = self.exits()
        nowhere_else = dict.fromkeys(self.lines, Fraction(0))
        return {
            "L01": [{"": self.book.net_invested}],
            "L02": [self.reserves("gross")], "L03": [self.reserves("fx")], "L04": [{"": self.exposure}],
            "L05": [{"": None}],
            "L06": [{"": Fraction(0)}], "L07": [{"": Fraction(0)}], "L08": [{"": Fraction(0)}],
            "L09": [self.share("futures_etf")], "L10": minimum or [{}], "L11": [self.share("treasury_company")],
            "L12": [self.share("miner")], "L13": [self.share("exchange", "infrastructure")],
            "L14": [self.share("equity_etf")],
            "L15": [{"": sum((line.value for line in adjacent.values()), Fraction(0)) / self.base}],
            "L16": [self.by(None, "spot_etf", "etp"),
                    self.by(SPONSORS, "spot_etf", "etp", "futures_etf", "equity_etf")],
            "L17": [self.by(ISSUERS, "treasury_company", "miner", "exchange", "infrastructure")],
            "L18": [self.custodians()],
            "L19": [{"BTC": 1 - self.mix("ETHA")}, {"ETH": self.mix("ETHA")}, {"other": 0.0}, {"BNB": 0.0}],
            "L20": [self.owned("spot_etf", "futures_etf"), self.owned("treasury_company", "miner", "exchange",
                                                                      "tech_equity")],
            "L21": [exits, self.book_exit(exits)],
            "L22": [{}], "L23": [self.pace(7), self.pace(30), self.first_tranche()], "L25": [{}, {}, {}],
            "L26": [dict.fromkeys(self.of_kind("treasury_company")), {}, dict.fromkeys(
                self.of_kind("treasury_company"))],
            "L30": [{"": Fraction(0)}, {"": Fraction(0)}],
            "L31": [nowhere_else, nowhere_else, {"": Fraction(0)}, nowhere_else],
            "L33": [{"": Fraction(0)}, {"": fallback / self.base}, self.ages()],
        }


@cache
def coin_closes(data: Path) -> dict[str, Fraction]:
    return {row["date"]: Fraction(row["close_usd"]) for row in _table(data / "coins_daily.csv")
            if row["asset"] == "BTC"}


def drawdowns(data: Path, bookings: Path, days: list[str]) -> dict[str, float]:
    """Return the fall of the time-weighted index on each session (O12): buys at the open, the rest at the close."""
    index = peak = 1.0
    before, found = Fraction(0), {}
    for day in days:
        now = Day(data, bookings, day)
        bought = sold = Fraction(0)
        for row in now.bookings:
            if row["trade_date"] != day:
                continue
            gross, costs = Fraction(row["quantity"]) * Fraction(row["price"]), Fraction(row["fees"]) + Fraction(
                row["taxes"])
            if row["type"] == "buy":
                bought += gross + costs
            elif row["type"] == "sell":
                sold += gross - costs
            elif row["type"] == "dividend":
                sold += gross - Fraction(row["taxes"])
        if before + bought:
            index *= float((now.value + sold) / (before + bought))
        peak, before = max(peak, index), now.value
        found[day] = 1 - index / peak
    return found


def thresholds(mandate: Path) -> dict[str, list[dict[str, Any]]]:
    """Return limit id → its parts as the file has them."""
    return {limit["id"]: limit["part"] for limit in tomllib.loads(mandate.read_text(encoding="utf-8"))["limit"]}


def state(values: Groups, part: dict[str, Any]) -> str:
    """Return the state of a part by its worst group: beyond hard, beyond soft, Unknown, warned, within."""
    if not values:
        return "not_applicable"
    sign = -1 if part.get("direction") == "min" else 1
    known = [sign * float(value) for value in values.values() if value is not None]

    def passed(level: str, *, equal: bool = False) -> bool:
        if level not in part:
            return False
        mark = sign * float(part[level])
        return any(value > mark or (equal and value == mark) for value in known)

    for name, level in (("breach", "hard"), ("soft_breach", "soft")):
        if passed(level):
            return name
    if None in values.values():
        return "unknown"
    return "warning" if passed("warn", equal=True) else "ok"
