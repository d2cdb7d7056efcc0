"""A company that owns coins: its published figures on a day and the per-share numbers of domain.md C3 (O5).

Coins come from the newest row per coin; shares, debt, preferred and cash each from the newest row that states them,
because a weekly coin report says nothing of the balance sheet. What no row states is None, never zero.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.origin import Origin
from sandyq.exposure.result import NetAssetMultiple
from sandyq.exposure.splits import shares_factor
from sandyq.market.series import CompanyHolding, MarketData, Split
from sandyq.reference.instruments import Directory, Instrument

INFO_AGE: Final = 35
WARNING_AGE: Final = 100
UNUSABLE_AGE: Final = 200
"""Days after which a company's figures are pointed at, warned of, and no longer used (domain.md C3)."""
_day = attrgetter("day")


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure with the day it is true for and where it came from."""

    value: Decimal
    day: date
    quality: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What is known of a company on a day; share counts in units of that day, money in USD."""

    coins: Mapping[str, Stated]
    pledged: Mapping[str, Stated]
    basic: Stated | None
    diluted: Stated | None
    debt: Stated | None
    preferred: Stated | None
    cash: Stated | None

    @property
    def coins_day(self) -> date:
        return max(stated.day for stated in self.coins.values())

    @property
    def oldest(self) -> date:
        """The day of the oldest figure that the asset leg rests on: coins and the share count used."""
        shares = self.diluted or self.basic
        days = [stated.day for stated in self.coins.values() if stated.value]
        if shares is not None:
            days.append(shares.day)
        return min(days, default=self.coins_day)


def company_rows(instrument: Instrument, directory: Directory, market: MarketData) -> tuple[CompanyHolding, ...]:
    """Return the company's rows, oldest first, under every symbol it bore on the row's day."""
    symbols = directory.symbols_of(instrument)
    if len(symbols) == 1:
        return market.company_holdings.get(symbols[0], ())
    rows = [row for symbol in symbols for row in market.company_holdings.get(symbol, ())
            if instrument.symbol(row.day) == symbol]
    return tuple(sorted(rows, key=_day))


def facts_on(rows: Sequence[CompanyHolding], splits: Sequence[Split], on: date, *,
             units: date | None = None) -> CompanyFacts | None:
    """Return what the rows say on a day; None when no row is on or before it.

    Shares are in units of `units`, of the day itself when None.
    """
    stop = bisect_right(rows, on, key=_day)
    if not stop:
        return None
    seen = rows[:stop]
    coins: dict[str, Stated] = {}
    pledged: dict[str, Stated] = {}
    for row in reversed(seen):
        if row.asset not in coins:
            coins[row.asset] = Stated(row.coins, row.day, row.coins_quality, row.origin)
            if row.pledged is not None:
                pledged[row.asset] = Stated(row.pledged, row.day, row.coins_quality, row.origin)
    day = on if units is None else units
    return CompanyFacts(coins, pledged, _shares(seen, splits, day, "shares"),
                        _shares(seen, splits, day, "diluted_shares"), _money(seen, "debt"), _money(seen, "preferred"),
                        _money(seen, "cash"))


def _money(rows: Sequence[CompanyHolding], name: str) -> Stated | None:
    for row in reversed(rows):
        value: Decimal | None = getattr(row, name)
        if value is not None:
            return Stated(value, row.day, row.coins_quality, row.origin)
    return None


def _shares(rows: Sequence[CompanyHolding], splits: Sequence[Split], on: date, name: str) -> Stated | None:
    for row in reversed(rows):
        value: Decimal | None = getattr(row, name)
        if value:
            factor = shares_factor(splits, row.day, row.shares_basis, on) if splits else ONE
            return Stated(product(value, factor), row.shares_day or row.day, row.shares_quality, row.origin)
    return None


@dataclass(frozen=True, slots=True)
class CompanyView:
    """The numbers of domain.md C3 per share in USD and the multiples; None where an input is not known."""

    coin_value: Decimal
    market_cap: Decimal | None
    enterprise_value: Decimal | None
    gross: Decimal | None
    diluted_gross: Decimal | None
    net_equity: Decimal | None
    enterprise_to_market_cap: Decimal | None
    simple: Decimal | None
    diluted: Decimal | None
    enterprise: Decimal | None

    def multiples(self, coins_day: date, shares_day: date | None) -> NetAssetMultiple:
        """Return the three multiples with their days."""
        return NetAssetMultiple(self.simple, self.diluted, self.enterprise, self.gross, self.diluted_gross,
                                self.net_equity, self.enterprise_to_market_cap, coins_day, shares_day)


def look_at(*, coin_value: Decimal, price: Decimal, basic: Decimal | None, diluted: Decimal | None,
            debt: Decimal | None, preferred: Decimal | None, cash: Decimal | None) -> CompanyView:
    """Work out a company's per-share numbers and multiples (domain.md C3; O5).

    `coin_value` is coins times reference price over all coins, `price` the share's, all USD. Debt is notional and
    preferred the liquidation preference. In-the-money converts belong in `diluted` or in `debt`, never in both.
    """
    cap = product(price, basic) if basic else None
    claims = debt + preferred - cash if debt is not None and preferred is not None and cash is not None else None
    enterprise = cap + claims if cap is not None and claims is not None else None
    return CompanyView(
        coin_value=coin_value,
        market_cap=cap,
        enterprise_value=enterprise,
        gross=quotient(coin_value, basic) if basic else None,
        diluted_gross=quotient(coin_value, diluted) if diluted else None,
        net_equity=quotient(coin_value - claims, basic) if basic and claims is not None else None,
        enterprise_to_market_cap=quotient(enterprise, cap) if enterprise is not None and cap else None,
        simple=quotient(cap, coin_value) if cap is not None and coin_value else None,
        diluted=quotient(product(price, diluted), coin_value) if diluted and coin_value else None,
        enterprise=quotient(enterprise, coin_value) if enterprise is not None and coin_value else None,
    )


def per_share(coins: Decimal, shares: Decimal) -> Decimal:
    """Return coins per share, basic or diluted as the count is (F038)."""
    return quotient(coins, shares)


def accretion(before: Decimal, after: Decimal) -> Decimal:
    """Return the relative change of coins per share between two dates: what each share gained (O6)."""
    return quotient(after, before) - ONE


def total_value(coins: Mapping[str, Stated], prices: Mapping[str, Decimal]) -> Decimal | None:
    """Return coins times price over all coins; None when a coin that is held has no price."""
    total = ZERO
    for asset, stated in coins.items():
        if not stated.value:
            continue
        if asset not in prices:
            return None
        total += product(stated.value, prices[asset])
    return total
