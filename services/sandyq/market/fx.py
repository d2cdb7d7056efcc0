"""Exchange rates of a day: direct, inverse, or both legs through one base of one fixing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sandyq.basics.decimals import ONE, quotient
from sandyq.market.series import FxPoint, FxSeries

_BASES = ("USD", "EUR")
_OUTDATED = timedelta(days=15)
"""A pair that stopped being published must not hide a cross of today; a weekly official rate must not be replaced."""
_LOOK_BACK = timedelta(days=40)


def rate(series: Mapping[tuple[str, str], FxSeries], base: str, quote: str, on: date) -> FxPoint | None:
    """Return the last rate published on or before the day, None when there is none.

    Order: the same currency (1), the pair itself or its inverse (the later one), then a cross through USD or EUR whose
    two legs are of the *same* fixing day (two unsynchronised fixings would make a rate that never existed). A cross
    takes the place of a pair only when the pair's last fixing is more than fifteen days older.
    """
    if base == quote:
        return FxPoint(on, base, quote, ONE, "", (), None)
    found = _direct(series, base, quote, on)
    if found is not None and on - found.day <= _OUTDATED:
        return found
    crosses = [cross for via in _BASES if (cross := _cross(series, base, quote, via, on)) is not None]
    best = max(crosses, key=lambda cross: cross.day) if crosses else None
    if found is None or (best is not None and best.day - found.day > _OUTDATED):
        return best
    return found


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
    while on - day <= _LOOK_BACK:
        left, right = _direct(series, via, base, day), _direct(series, via, quote, day)
        if left is None or right is None:
            return None
        if left.day == right.day:
            return FxPoint(left.day, base, quote, quotient(right.rate, left.rate), right.source,
                           left.path + right.path, right.origin)
        day = min(left.day, right.day)
    return None
