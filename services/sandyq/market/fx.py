"""Exchange rates of a day: direct, inverse, or both legs through one base of one fixing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sandyq.basics.decimals import ONE, quotient
from sandyq.market.series import FxPoint, FxSeries

_BASES = ("USD", "EUR")


def rate(series: Mapping[tuple[str, str], FxSeries], base: str, quote: str, on: date) -> FxPoint | None:
    """Return the last rate published on or before the day, None when there is none.

    Order: the same currency (1), the pair itself, its inverse, then a cross through USD or EUR whose two legs are of
    the *same* fixing day (two unsynchronised fixings would make a rate that never existed).
    """
    if base == quote:
        return FxPoint(on, base, quote, ONE, "", (), None)
    found = _direct(series, base, quote, on)
    if found is not None:
        return found
    crosses = [cross for via in _BASES if (cross := _cross(series, base, quote, via, on)) is not None]
    return max(crosses, key=lambda cross: cross.day) if crosses else None


def _direct(series: Mapping[tuple[str, str], FxSeries], base: str, quote: str, on: date) -> FxPoint | None:
    pair = series.get((base, quote))
    straight = pair.latest(on) if pair else None
    pair = series.get((quote, base))
    turned = pair.latest(on) if pair else None
    if straight is not None and (turned is None or straight.day >= turned.day):
        return straight
    if turned is None:
        return None
    return FxPoint(turned.day, base, quote, quotient(ONE, turned.rate), turned.source, turned.path, turned.origin)


def _cross(series: Mapping[tuple[str, str], FxSeries], base: str, quote: str, via: str, on: date) -> FxPoint | None:
    if via in {base, quote}:
        return None
    day = on
    for _ in range(40):
        left, right = _direct(series, via, base, day), _direct(series, via, quote, day)
        if left is None or right is None:
            return None
        if left.day == right.day:
            return FxPoint(left.day, base, quote, quotient(right.rate, left.rate), right.source,
                           left.path + right.path, right.origin)
        day = min(left.day, right.day)
        if on - day > timedelta(days=40):
            return None
    return None
