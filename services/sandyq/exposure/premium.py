"""Premium of a fund's price over its net asset value, only when both are of the same instant (F039, F045)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Final

from sandyq.basics.decimals import ONE, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.exposure.case import Case
from sandyq.exposure.evidence import EvidenceClass, evidence_class
from sandyq.exposure.fund_units import coins_per_share, fund_rows
from sandyq.exposure.result import Premium
from sandyq.exposure.splits import shares_factor, splits_of
from sandyq.market.series import FundHolding

NEW_YORK_CLOSE: Final = "16:00 America/New_York"
_HOME: Final = "NYSE"
_USABLE: Final = frozenset({EvidenceClass.ISSUER, EvidenceClass.THIRD_PARTY})

_day = attrgetter("day")


def premium(case: Case, coin: str | None) -> Premium:
    """Return price over NAV − 1 with the reason where the two cannot be compared.

    Comparable are a published NAV of the price's own day (struck at 16:00 in New York, so only for lines that trade
    there and not on days when the market closes early), and, failing that, coins per share times a coin reference
    that is taken at 16:00 New York on that day. Anything else would measure the clock.
    """
    price = case.line.price
    if price is None:
        return _not(N_("not comparable: there is no price"))
    rows = fund_rows(case.line.instrument, case.directory, case.market)
    first, last = bisect_left(rows, price.day, key=_day), bisect_right(rows, price.day, key=_day)
    published = next((row for row in reversed(rows[first:last]) if row.nav is not None
                      and evidence_class(row.quality) in _USABLE), None)
    nav = _nav_in_units(case, published, price.day) if published else None
    obstacle = _obstacle(case, price.day)
    if obstacle is not None:
        return _not(obstacle, nav, price.day if nav is not None else None)
    if nav is None:
        nav, reason = _computed(case, coin, price.day)
        if nav is None:
            return _not(reason)
    return Premium(quotient(price.close, nav) - ONE, True, nav, price.day, None)


def _obstacle(case: Case, day: date) -> Text | None:
    """Return why a price of the day cannot stand beside a NAV of 16:00 New York, None when it can."""
    line = case.line
    assert line.price is not None
    market = line.instrument.market(day)
    if line.price.price_type != "close":
        return N_("not comparable: the price is not a traded close")
    if line.price.currency != "USD":
        return N_("not comparable: the price is in {currency}", currency=line.price.currency)
    if market != _HOME:
        return N_("not comparable: {venue} does not close at 16:00 New York", venue=line.instrument.mic(day))
    calendar = case.market.calendars.get(market)
    if calendar is not None and day.toordinal() in calendar.early:
        return N_("not comparable: the market closed early on {day}", day=day)
    return None


def _nav_in_units(case: Case, row: FundHolding, on: date) -> Decimal:
    assert row.nav is not None
    splits = splits_of(case.line.instrument, case.directory, case.market)
    factor = shares_factor(splits, row.day, row.shares_basis, on) if splits else ONE
    return row.nav if factor == ONE else quotient(row.nav, factor)


def _computed(case: Case, coin: str | None, day: date) -> tuple[Decimal | None, Text]:
    """Return coins per share times the coin's price, when the coin's clock allows it; else the reason."""
    series = case.market.coins.get(coin) if coin else None
    point = series.latest(day) if series else None
    if coin is None or point is None or point.day != day:
        return None, N_("not comparable: there is no net asset value of {day}", day=day)
    if point.cutoff != NEW_YORK_CLOSE:
        return None, N_("not comparable: the coin reference is taken at {cutoff}", cutoff=point.cutoff)
    units = coins_per_share(case.line.instrument, case.directory, case.market, coin, day, allowed=_USABLE)
    if units is None:
        return None, N_("not comparable: coins per share are not reported")
    return product(units.value, point.close), N_("computed from coins per share")


def _not(reason: Text, nav: Decimal | None = None, nav_day: date | None = None) -> Premium:
    return Premium(None, False, nav, nav_day, reason)
