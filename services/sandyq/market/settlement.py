"""When a trade settles: so many days after it, counted where both the venue and the money are open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar
from sandyq.reference.venues import COUNTRIES, calendar_of, mic_of

_SHORTER: Final = date(2024, 5, 28)
"""From this trade date on the United States settle in one day; Canada and Mexico began a day earlier (domain.md D)."""
_SHORTER_NEXT_DOOR: Final = date(2024, 5, 27)
_NEXT_DOOR: Final = MappingProxyType({
    "XTSE": "CA", "XTSX": "CA", "NEOE": "CA", "XCNQ": "CA", "XMEX": "MX", "BIVA": "MX",
})
"""Venues that no calendar is named for: MIC → country."""
_CHANGED: Final = MappingProxyType({"US": _SHORTER, "CA": _SHORTER_NEXT_DOOR, "MX": _SHORTER_NEXT_DOOR})
_MONEY: Final = MappingProxyType({"USD": "NYSE", "KZT": "KZ"})
"""Currency → the calendar that its payments keep; the shipped tables know New York and Kazakhstan."""
_DAY: Final = timedelta(days=1)
_LONG: Final = 2


def days_to_settle(venue: str, trade_date: date) -> int:
    """Return the number of settlement days of a venue (name or MIC) for trades of a day: one or two."""
    mic = mic_of(venue)
    changed = _CHANGED.get(COUNTRIES.get(mic, _NEXT_DOOR.get(mic, "")))
    return 1 if changed is not None and trade_date >= changed else _LONG


def settlement_date(venue: str, currency: str, trade_date: date, calendars: Mapping[str, Calendar]) -> date:
    """Return the settlement date of a trade: days on which the venue's and the currency's calendars are both open.

    Keys of `calendars` are markets (NYSE, AIX), countries, MICs or currencies: a venue without a table of its own
    keeps its country's; without any only weekends are closed.
    """
    mic = mic_of(venue)
    market, money = calendar_of(mic), currency if currency in calendars else _MONEY.get(currency, currency)
    if market not in calendars:
        market = COUNTRIES.get(mic, market)
    kept = [calendars.get(name) or Calendar(name) for name in dict.fromkeys((market, money))]
    left, day = days_to_settle(venue, trade_date), trade_date
    while left:
        day += _DAY
        if all(is_open(calendar, day) for calendar in kept):
            left -= 1
    return day
