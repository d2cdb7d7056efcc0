"""USD rates that are asked for often: each currency and day is looked up once per run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ONE


def remembered(usd_rate: Callable[[str, date], Decimal | None]) -> Callable[[str, date], Decimal | None]:
    """Return a lookup that knows the dollar and keeps every answer for the length of one run."""
    known: dict[tuple[str, date], Decimal | None] = {}

    def rate(currency: str, day: date) -> Decimal | None:
        if currency == "USD":
            return ONE
        key = (currency, day)
        try:
            return known[key]
        except KeyError:
            found = known[key] = usd_rate(currency, day)
            return found

    return rate
