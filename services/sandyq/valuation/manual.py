"""Prices set by hand: which one is in force on a day, and what it stands in for (F050)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.market.series import ManualClose, PricePoint


@dataclass(frozen=True, slots=True)
class Chosen:
    """The price that counts: the official one, or the manual close `by_hand`."""

    price: PricePoint | None
    by_hand: ManualClose | None
    findings: tuple[Finding, ...] = ()


def choose(symbol: str, given: Iterable[ManualClose], official: PricePoint | None, on: date) -> Chosen:
    """Return the newer of the last official close and the last manual price in force; on one day the manual one.

    A manual price counts from its day until it expires, both included; later it changes nothing, and a finding says
    so as long as no newer official close has replaced it.
    """
    rows = [row for row in given if row.day <= on and not row.withdrawn]
    current = max((row for row in rows if on <= row.expires), key=lambda row: row.day, default=None)
    if current is not None and (official is None or current.day >= official.day):
        return Chosen(current.point, current, _by_hand(symbol, current, official))
    newest = max(rows, key=lambda row: row.day, default=None)
    if newest is not None and newest.expires < on and (official is None or newest.day >= official.day):
        return Chosen(official, None, (Finding(Severity.WARNING, "manual-price-expired", N_(
            "The price of {symbol} set by hand on {day} expired on {expires} and no longer counts.", symbol=symbol,
            day=newest.day, expires=newest.expires), subject=symbol, value=str(newest.close)),))
    return Chosen(official, None)


def _by_hand(symbol: str, row: ManualClose, official: PricePoint | None) -> tuple[Finding, ...]:
    said = Finding(Severity.WARNING, "price-manual", N_(
        "The price of {symbol} on {day} was set by hand.", symbol=symbol, day=row.day), subject=symbol)
    if official is None or official.day != row.day or (official.close == row.close
                                                       and official.currency == row.currency):
        return (said,)
    return (said, Finding(Severity.WARNING, "manual-price-differs", N_(
        "{symbol} on {day}: the price set by hand is {manual} {currency}, the imported close {official} "
        "{official_currency}.", symbol=symbol, day=row.day, manual=row.close, currency=row.currency,
        official=official.close, official_currency=official.currency), subject=symbol, value=str(official.close)))
