"""Venues: market identifier codes (ISO 10383), the names files use for them, and whose calendar they keep."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

NAMES: Final = MappingProxyType({
    "nasdaq": "XNAS", "nyse": "XNYS", "nyse arca": "ARCX", "cboe bzx": "BATS", "nyse american": "XASE",
    "cboe": "BATS", "aix": "AIXK", "kase": "XKAZ", "hkex": "XHKG", "xetra": "XETR", "six": "XSWX", "lse": "XLON",
})
"""Exchange names in files, in lower case → MIC."""

CALENDARS: Final = MappingProxyType({
    "XNAS": "NYSE", "XNYS": "NYSE", "ARCX": "NYSE", "BATS": "NYSE", "XASE": "NYSE", "AIXK": "KZ", "XKAZ": "KZ",
})
"""MIC → market in the calendars table. Every US venue keeps the holidays of the New York Stock Exchange."""

COUNTRIES: Final = MappingProxyType({
    "XNAS": "US", "XNYS": "US", "ARCX": "US", "BATS": "US", "XASE": "US", "AIXK": "KZ", "XKAZ": "KZ",
    "XHKG": "HK", "XETR": "DE", "XSWX": "CH", "XLON": "GB",
})


def mic_of(name: str) -> str:
    """Return the MIC for an exchange's name or MIC; an unknown name comes back in capitals as it is."""
    folded = name.strip().lower()
    return NAMES.get(folded, name.strip().upper())


def calendar_of(mic: str) -> str:
    """Return the market whose holidays the venue keeps; the MIC itself where none is known (weekdays only)."""
    return CALENDARS.get(mic, mic)
