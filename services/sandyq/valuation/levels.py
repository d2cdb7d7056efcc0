"""The fair value level (IFRS 13) of a line's price, by rule; a decision of people may say otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.market import calendars
from sandyq.market.series import Calendar, MarketData
from sandyq.valuation.holdings import Freshness, Line

LEVELS: Final = (1, 2, 3)
_NAV_DAYS: Final = 5
"""Trading days within which a net asset value supports a price without trading."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A level that people decided, from a day on (None: always)."""

    symbol: str
    level: int
    reason: str
    valid_from: date | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Leveled:
    """The level with its reason; None is Unknown. `origin` is the price's row, or the decision's."""

    symbol: str
    level: int | None
    decided: bool
    reason: Text
    origin: Origin | None


def level_of(line: Line, market: MarketData, on: date, decisions: tuple[Decided, ...] = ()) -> Leveled:
    """Return the level of a line on a day: the latest decision in force, else the rule (domain.md D, IFRS 13).

    1: official close of the day in a market with trading; 2: listed, an older close within the red threshold, a day
    without trading where a net asset value supports the price, or a net asset value; 3: set by hand or not listed.
    """
    decided = None
    for item in decisions:
        if item.symbol == line.symbol and (item.valid_from is None or item.valid_from <= on):
            decided = item
    if decided is not None:
        return Leveled(line.symbol, decided.level, True, N_("decided: {reason}", reason=decided.reason),
                       decided.origin)
    level, reason = _by_rule(line, market, on)
    return Leveled(line.symbol, level, False, reason, line.price.origin if line.price else None)


def _by_rule(line: Line, market: MarketData, on: date) -> tuple[int | None, Text]:
    price = line.price
    if price is None or line.freshness in {Freshness.MISSING, Freshness.RED}:
        return None, N_("There is no price fit for valuation.")
    if price.price_type == "manual":
        return 3, N_("The price was set by hand.")
    if not line.instrument.mic(on):
        return 3, N_("The instrument is not listed.")
    if price.price_type == "nav":
        return 2, N_("Net asset value of {day}.", day=price.day)
    if any(finding.code == "price-without-volume" for finding in line.findings):
        if _nav_day(line, market, on) is not None:
            return 2, N_("No trading on the last day; a net asset value supports the price.")
        return None, N_("No trading on the last day, and no net asset value supports the price.")
    if price.price_type != "close":
        return 2, N_("The price is not an official close.")
    if line.age:
        return 2, N_("Official close of {day}, {age} trading days old.", day=price.day, age=line.age)
    if price.volume is None:
        return None, N_("Official close of the day; its source gives no volume, so trading is not shown.")
    return 1, N_("Official close of {day}, {volume} shares traded.", day=price.day, volume=price.volume)


def _nav_day(line: Line, market: MarketData, on: date) -> date | None:
    """Return the day of the last published net asset value when it is recent enough to support a price."""
    calendar = market.calendars.get(line.instrument.market(on)) or Calendar("")
    days = [row.day for row in market.fund_holdings.get(line.symbol, ()) if row.nav is not None and row.day <= on]
    last = max(days, default=None)
    return last if last is not None and calendars.age(calendar, last, on) <= _NAV_DAYS else None
