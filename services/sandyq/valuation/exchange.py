"""Rates to USD and to the tenge on the valuation day, with their age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.market import calendars, fx
from sandyq.market.series import Calendar, FxPoint, MarketData
from sandyq.valuation.holdings import Thresholds

KZT = "KZT"
USD = "USD"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A rate with its age in business days; `rate` is None when there is none or it is too old."""

    point: FxPoint | None
    age: int | None
    findings: tuple[Finding, ...] = ()
    usable: bool = True

    @property
    def rate(self) -> Decimal | None:
        return self.point.rate if self.point and self.usable else None


def exchange(market: MarketData, base: str, quote: str, on: date, thresholds: Thresholds) -> Exchange:
    """Return the last rate published on or before a day. Weekends and holidays keep the last one and say its date.

    Age counts weekdays, without Kazakhstan's holidays where the tenge is a leg and its calendar is known.
    """
    pair = f"{base}/{quote}"
    point = fx.rate(market.fx, base, quote, on)
    if point is None:
        return Exchange(None, None, (Finding(Severity.ERROR, "fx-missing", N_(
            "There is no rate {pair} on or before {day}.", pair=pair, day=on), subject=pair),), usable=False)
    if base == quote:
        return Exchange(point, 0)
    calendar = market.calendars.get("KZ") if KZT in {base, quote} else None
    age = calendars.age(calendar or Calendar(""), point.day, on)
    if age > thresholds.fx_red_days:
        return Exchange(point, age, (Finding(Severity.ERROR, "fx-stale", N_(
            "The rate {pair} is of {day}, {age} business days old; more than {threshold} is too old to be used.",
            pair=pair, day=point.day, age=age, threshold=thresholds.fx_red_days), subject=pair, value=str(age)),),
            usable=False)
    if age > thresholds.fx_amber_days:
        return Exchange(point, age, (Finding(Severity.WARNING, "fx-old", N_(
            "The rate {pair} is of {day}, {age} business days old.", pair=pair, day=point.day, age=age),
            subject=pair, value=str(age)),))
    return Exchange(point, age)
