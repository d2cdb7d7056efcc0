"""One holding to be looked through, with all that a method may ask; and how a result is built from legs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.exposure.result import Beta, Range
from sandyq.market.series import CoinPoint, MarketData
from sandyq.reference.instruments import Directory
from sandyq.reference.kinds import Kind
from sandyq.valuation.holdings import Line

UNKNOWN: Final = Range(None, None, None)
COIN_AGE_LIMIT: Final = 5
"""A coin price older than this many calendar days is Unknown: coins trade every day."""


@dataclass(slots=True)
class CoinPrices:
    """Coin reference prices of one day, looked up once; None where there is none or it is too old."""

    market: MarketData
    on: date
    _seen: dict[str, CoinPoint | None] = field(default_factory=dict)

    def point(self, coin: str) -> CoinPoint | None:
        """Return the last reference price on or before the day, None when older than five days."""
        if coin not in self._seen:
            series = self.market.coins.get(coin)
            found = series.latest(self.on) if series else None
            fresh = found is not None and (self.on - found.day).days <= COIN_AGE_LIMIT
            self._seen[coin] = found if fresh else None
        return self._seen[coin]

    def used(self) -> dict[str, tuple[Decimal, date, str]]:
        """Return every price that was asked for and is known: (price, day, clock)."""
        return {coin: (p.close, p.day, p.cutoff) for coin, p in sorted(self._seen.items()) if p is not None}


@dataclass(frozen=True, slots=True)
class Passed:
    """A method's answer when it has nothing to stand on: the ladder goes one rung down, the findings stay."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """An open line and its surroundings. `peers`: kind → (median beta, median upper bound, how many)."""

    line: Line
    as_of: date
    directory: Directory
    market: MarketData
    coins: CoinPrices
    beta: Beta | None
    peers: Mapping[Kind, tuple[float, float, int]]
    fallback_factor: Decimal

    @property
    def symbol(self) -> str:
        return self.line.symbol

    @property
    def price_usd(self) -> Decimal | None:
        """The share's price in USD; None when the line has no value."""
        line = self.line
        if line.market_value_usd is None:
            return None
        if line.price is not None and line.fx is not None:
            return product(line.price.close, line.fx.rate)
        return quotient(line.market_value_usd, line.quantity)

    def finding(self, severity: Severity, code: str, text: Text) -> Finding:
        """Return a finding about this line."""
        return Finding(severity, code, text, subject=self.symbol)

    def coin_missing(self, coin: str) -> Finding:
        """Return the finding that makes a line Unknown for want of a coin price."""
        return self.finding(Severity.ERROR, "coin-price-missing",
                            N_("{coin} has no reference price within five days of {day}.", coin=coin, day=self.as_of))

    def value_missing(self) -> Finding:
        """Return the finding that makes a line Unknown for want of a market value."""
        return self.finding(Severity.ERROR, "exposure-unknown",
                            N_("{symbol} has no usable market value on {day}: its exposure is Unknown.",
                               symbol=self.symbol, day=self.as_of))


def times(amount: Range, factor: Decimal) -> Range:
    """Return a range multiplied by a factor that is not negative; Unknown stays Unknown."""
    return Range(*(None if part is None else product(part, factor)
                   for part in (amount.low, amount.central, amount.high)))


def exactly(amount: Decimal) -> Range:
    """Return the range of a figure that is known without doubt."""
    return Range(amount, amount, amount)
