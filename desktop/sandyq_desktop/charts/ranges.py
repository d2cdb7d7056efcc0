"""The spans of the range buttons, counted back from the last day with data."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

RANGES: Final = ("1M", "3M", "6M", "YTD", "1Y", "All")
_MONTHS: Final = {"1M": 1, "3M": 3, "6M": 6, "1Y": 12}


def start_of(name: str, first: date, last: date) -> date:
    """Return the first day of a span, never before the first day of the data."""
    if name == "All":
        return first
    if name == "YTD":
        return max(first, date(last.year - 1, 12, 31))
    number = last.year * 12 + last.month - 1 - _MONTHS[name]
    year, month = divmod(number, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    days = (following - timedelta(days=1)).day
    return max(first, date(year, month + 1, min(last.day, days)))
