"""A made-up sleeve history, mandate versions and limit history for the chart tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

import numpy as np

from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.performance.result import History
from sandyq.valuation.holdings import Thresholds
from sandyq.workstation.contract import LimitHistory


def weekdays(first: date, last: date) -> tuple[date, ...]:
    count = (last - first).days + 1
    days = (first + timedelta(days=number) for number in range(count))
    return tuple(day for day in days if day.weekday() < 5)


DAYS = weekdays(date(2024, 10, 1), date(2025, 10, 3))


def sample_history(days: tuple[date, ...] = DAYS) -> History:
    count = len(days)
    rng = np.random.default_rng(7)
    index = np.exp(np.cumsum(rng.normal(0.0012, 0.02, count)))
    invested, units, flows = np.zeros(count), np.zeros(count), []
    money = held = 0.0
    for place in range(count):
        if place in (15, 20, 25, 60, 84, 166, 176, 186, 206, 216, 228):
            flows.append((days[place], 21e6))
            money += 21e6
            held += 21e6 / index[place]
        invested[place], units[place] = money, held
    value = units * index
    central = value * 0.97
    shares = {"BTC": 0.76, "ETH": 0.075, "other": 0.0, "companies": 0.135, "high_tech": 0.03}
    kinds = {"spot_etf": 0.793, "futures_etf": 0.025, "treasury_company": 0.05, "miner": 0.037, "equity_etf": 0.016,
             "tech_equity": 0.079}
    peak = np.maximum.accumulate(index)
    return History(days, value, invested, central * 0.95, central, central * 1.055,
                   {name: central * share for name, share in shares.items()},
                   {name: value * share for name, share in kinds.items()}, index / peak - 1, tuple(flows),
                   np.zeros(count, dtype=np.bool_))


def part(measure: str, warn: str, soft: str | None, hard: str | None, unit: str = "USD", way: str = "max") -> Part:
    return Part(measure, measure, unit, way, Decimal(warn), Decimal(soft) if soft else None,
                Decimal(hard) if hard else None)


def limit(number: str, title: str, one: Part) -> Limit:
    return Limit(number, "1", MappingProxyType({"en": title}), "", "Board 24-101", "4", date(2024, 7, 1), None, (one,),
                 20, "KZ", "Risk 1")


def mandate(version: str, start: date, cap: str, document: str) -> Mandate:
    limits = (
        limit("L01", "Net invested capital", part("net_invested", "180000000", None, cap)),
        limit("L10", "Spot ETF and ETP, minimum", part("allocation", "0.65", "0.60", None, "ratio", "min")),
        limit("L29", "Drawdown", part("drawdown", "-0.15", "-0.20", "-0.35", "ratio", "min")),
    )
    return Mandate("sleeve", version, start, "Board", document, "USD", Decimal(200_000_000), Decimal(250_000_000),
                   Decimal(cap), True, "net_invested", Decimal(50_000_000), Thresholds(), {}, Decimal(1), limits, (),
                   (), "", {})


MANDATES = (mandate("v1", date(2024, 7, 1), "200000000", "Board 24-101"),
            mandate("v2", date(2024, 12, 16), "300000000", "Board 24-201"))


def sample_limit_history() -> LimitHistory:
    days = weekdays(date(2025, 6, 30), date(2025, 10, 3))
    later = date(2025, 7, 15)
    values = tuple(0.0035 + 0.0018 * place / len(days) + 0.0001 * np.sin(place) for place in range(len(days)))
    return LimitHistory(
        "L02", "ratio", "max", days, values,
        tuple(0.0045 if day >= later else 0.0036 for day in days),
        tuple(0.0050 if day >= later else 0.0040 for day in days),
        tuple(0.0075 if day >= later else 0.0060 for day in days),
        ((date(2025, 9, 18), date(2025, 9, 18)), (date(2025, 10, 1), date(2025, 10, 3))),
        ((later, 24.8e6), (date(2025, 7, 29), 23.4e6), (date(2025, 8, 15), 24.8e6), (date(2025, 9, 8), -5e6)),
        ((date(2025, 6, 30), "v2", ""), (later, "v3", "Board 25-114")),
    )
