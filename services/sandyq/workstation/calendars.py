"""Calendars that ship with Sandyq: used for a market of which the book has no table of its own."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache

from sandyq.market.series import Calendar
from sandyq_resources import text


@cache
def shipped() -> dict[str, Calendar]:
    """Return the shipped calendars: New York by its published rules, Kazakhstan by its public holidays.

    Moved working days of a single year are decided by decree and must be imported.
    """
    closed: dict[str, set[int]] = {}
    early: dict[str, set[int]] = {}
    for row in csv.DictReader(text("calendars", "calendars.csv").splitlines()):
        days = early if row["kind"].startswith("early") else closed
        days.setdefault(row["market"], set()).add(date.fromisoformat(row["date"]).toordinal())
    return {
        market: Calendar(market, frozenset(days), frozenset(early.get(market, ())),
                         date(date.fromordinal(min(days)).year, 1, 1).toordinal(),
                         date(date.fromordinal(max(days)).year, 12, 31).toordinal())
        for market, days in closed.items()
    }
