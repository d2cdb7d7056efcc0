"""Small worlds of returns, built without the code under test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from sandyq.exposure.result import Rung
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.reference.kinds import Kind
from sandyq.risk.model import RiskModel
from sandyq.risk.proxies import Track
from sandyq.risk.rules import Method, RiskRules
from sandyq.risk.stress import StressModel
from sandyq.risk.tail_model import TailModel

DAY = date(2026, 6, 30)
RULES = RiskRules(method=Method.HISTORICAL, window=500, least=50)


def weekdays(count: int, last: date = DAY) -> list[date]:
    found: list[date] = []
    day = last
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def tail_model(returns: Mapping[str, np.ndarray], rules: RiskRules = RULES) -> TailModel:
    count = len(next(iter(returns.values())))
    ordinals = np.array([day.toordinal() for day in weekdays(count)])
    return TailModel(rules, ordinals, lambda symbol: (
        Track(returns[symbol], np.zeros(count, dtype=np.uint8)) if symbol in returns else None))


def risk_model(returns: Mapping[str, np.ndarray], rules: RiskRules = RULES) -> RiskModel:
    return RiskModel(lambda: tail_model(returns, rules), lambda: StressModel((), lambda _: None, lambda _: None))


def row(symbol: str, value: str | None, *, kind: Kind = Kind.SPOT_ETF, exposure: str | None = None, group: str = "A",
        volume: str | None = "1000") -> Row:
    amount = None if value is None else Decimal(value)
    through = amount if exposure is None else Decimal(exposure)
    return Row(symbol=symbol, instrument=symbol, kind=kind, issuer=f"Issuer of {symbol}", sponsor_group=group,
               currency="USD", country="US", venue="XNAS", quantity=Decimal(100), price=None if amount is None
               else amount / 100, rate=Decimal(1), market_value=amount, cost=amount, exposure=through,
               exposure_high=through, coins={"BTC": through}, custody={}, share_exposure=None if through is None
               else through / 100, share_high=None, share_coins={}, share_custody={}, beta=Decimal(1), premium=None,
               age=0, rung=Rung.REPORTED, holdings_age=None, volume=None if volume is None else Decimal(volume),
               units=Decimal(10**9), structure="", leverage=Decimal(1))


def book(*rows: Row, risk: RiskModel | None = None, floor: str = "0", drawdown: str | None = None) -> Snapshot:
    return Snapshot(as_of=DAY, rows=rows, candidates={}, invested=Decimal(1_000_000), flows=((DAY, Decimal(1)),),
                    reserves={}, programme=None, ramp_up_floor=Decimal(floor),
                    drawdown=None if drawdown is None else Decimal(drawdown), risk=risk)
