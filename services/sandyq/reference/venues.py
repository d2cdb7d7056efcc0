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
    "XNAS": "NYSE", "XNYS": "NYSE", "ARCX": "NYSE", "BATS": "NYSE", "XASE": "NYSE", "AIXK": "AIX", "XKAZ": "KASE",
})
"""MIC → market in the calendars table. Every US venue keeps the holidays of the New York Stock Exchange.

The exchanges of Kazakhstan have tables of their own; a year that they do not cover is taken from the market ``KZ``.
"""

HOME_MARKETS: Final = MappingProxyType({"AIX": "KZ", "KASE": "KZ"})
"""Market → the market whose public holidays it keeps where its own table says nothing."""

CLOSES: Final = MappingProxyType({
    "XNAS": ("16:00", "America/New_York"), "XNYS": ("16:00", "America/New_York"),
    "ARCX": ("16:00", "America/New_York"), "BATS": ("16:00", "America/New_York"),
    "XASE": ("16:00", "America/New_York"), "AIXK": ("17:00", "Asia/Almaty"), "XKAZ": ("17:00", "Asia/Almaty"),
    "XHKG": ("16:00", "Asia/Hong_Kong"), "XETR": ("17:30", "Europe/Berlin"), "XSWX": ("17:30", "Europe/Zurich"),
    "XLON": ("16:30", "Europe/London"),
})
"""MIC → hour and zone of the official close on an ordinary day (an assumption of this table, by the venue's rules)."""

EARLY_CLOSES: Final = MappingProxyType({
    "XNAS": "13:00", "XNYS": "13:00", "ARCX": "13:00", "BATS": "13:00", "XASE": "13:00", "XHKG": "12:00",
    "XLON": "12:30",
})
"""MIC → hour of the official close on a day that the calendar calls an early close."""

COUNTRIES: Final = MappingProxyType({
    "XNAS": "US", "XNYS": "US", "ARCX": "US", "BATS": "US", "XASE": "US", "AIXK": "KZ", "XKAZ": "KZ",
    "XHKG": "HK", "XETR": "DE", "XSWX": "CH", "XLON": "GB",
})


OPERATORS: Final = MappingProxyType({"ARCX": "XNYS", "XASE": "XNYS", "BATS": "XCBO"})
"""MIC of a market → MIC of the exchange that operates it, where they differ (ISO 10383)."""


def mic_of(name: str) -> str:
    """Return the MIC for an exchange's name or MIC; an unknown name comes back in capitals as it is."""
    folded = name.strip().lower()
    return NAMES.get(folded, name.strip().upper())


def calendar_of(mic: str) -> str:
    """Return the market whose holidays the venue keeps; the MIC itself where none is known (weekdays only)."""
    return CALENDARS.get(mic, mic)


def close_of(mic: str, *, early: bool = False) -> str:
    """Return hour and zone of the venue's official close (``16:00 America/New_York``), empty where it is not known."""
    found = CLOSES.get(mic)
    if found is None or (early and mic not in EARLY_CLOSES):
        return ""
    return f"{EARLY_CLOSES[mic] if early else found[0]} {found[1]}"
