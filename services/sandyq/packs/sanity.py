"""Sanity of coin data (F044): what no fund or company can own, and what does not fit its own net assets.

Errors refuse the row. The limits are those at which a figure is certainly wrong, not merely surprising.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import HUNDRED, ONE, cents, product, quotient
from sandyq.basics.text import N_
from sandyq.packs.options import Context
from sandyq.packs.report import Report
from sandyq.packs.sheet import BadCell
from sandyq.reference.coins import MAXIMUM_SUPPLY

JUMP: Final = Decimal("0.25")
"""Largest change of coins per share (or of coins beyond that of shares) from one row to the next."""
OFF_NET_ASSETS: Final = Decimal("0.05")
"""Largest distance of coins times coin price from net assets."""
OFF_RATIO: Final = Decimal("0.01")
"""Largest distance of coins / shares from the coins per share of the same row."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What one row says of a fund; None where it is silent."""

    symbol: str
    day: date
    asset: str
    coins: Decimal | None
    shares: Decimal | None
    per_share: Decimal | None
    nav: Decimal | None
    net_assets: Decimal | None

    def ratio(self) -> Decimal | None:
        """Coins per share as stated, or coins over shares."""
        if self.per_share is not None:
            return self.per_share
        return quotient(self.coins, self.shares) if self.coins is not None and self.shares else None


def check_supply(asset: str, coins: Decimal | None) -> None:
    """Raise BadCell when there can never be so many coins."""
    most = MAXIMUM_SUPPLY.get(asset)
    if most is not None and coins is not None and coins > most:
        raise BadCell("coins-above-supply", N_("There can be no more than {most} {asset}.", most=most, asset=asset),
                      "coins", str(coins))


@dataclass(slots=True)
class FundChecks:
    """Checks the rows of one file in turn; each is compared with the row before it, or with the book."""

    context: Context
    report: Report
    _last: dict[tuple[str, str], Stated] = field(default_factory=dict)

    def check(self, row: Stated, line: int) -> None:
        """Raise BadCell when a row is impossible; note a finding when it contradicts itself."""
        check_supply(row.asset, row.coins)
        self._check_ratio(row, line)
        self._check_net_assets(row)
        before = self._last.get((row.symbol, row.asset)) or self._known(row)
        if before is not None:
            self._check_jump(before, row)
        if row.ratio() is not None or row.coins is not None:
            self._last[row.symbol, row.asset] = row

    def _known(self, row: Stated) -> Stated | None:
        known = self.context.last_fund_holding(row.symbol, row.asset)
        if known is None:
            return None
        return Stated(known.symbol, known.day, known.asset, known.coins, known.shares, known.coins_per_share,
                      known.nav, known.net_assets)

    def _check_ratio(self, row: Stated, line: int) -> None:
        if row.per_share is None or row.coins is None or not row.shares:
            return
        counted = quotient(row.coins, row.shares)
        if abs(counted - row.per_share) > product(row.per_share, OFF_RATIO):
            self.report.warn("coins-per-share-contradicts",
                             N_("Coins divided by shares are more than {limit} % away from the coins per share given.",
                                limit=OFF_RATIO * HUNDRED), line=line, column="coins_per_share",
                             value=str(row.per_share), subject=row.symbol)

    def _check_net_assets(self, row: Stated) -> None:
        price = self.context.coin_close(row.asset, row.day)
        if price is None:
            return
        for held, stated, column in ((row.coins, row.net_assets, "net_assets_usd"), (row.ratio(), row.nav, "nav")):
            if held is None or not stated:
                continue
            distance = abs(quotient(product(held, price), stated) - ONE)
            if distance > OFF_NET_ASSETS:
                raise BadCell("coins-off-net-assets",
                              N_("Coins times the coin's price of the day ({price}) are {distance} % away from "
                                 "{column}; {limit} % are allowed.", price=price, distance=cents(distance * HUNDRED),
                                 column=column, limit=OFF_NET_ASSETS * HUNDRED), column, str(stated))

    def _check_jump(self, before: Stated, row: Stated) -> None:
        then, now, column = before.ratio(), row.ratio(), "coins_per_share"
        if then is None or now is None:
            then, now, column = before.coins, row.coins, "coins"
            if not then or now is None:
                return
            if before.shares and row.shares:
                then = product(then, quotient(row.shares, before.shares))
        if not then:
            return
        change = quotient(now, then) - ONE
        first, last = sorted((before.day, row.day))
        if abs(change) <= JUMP or self.context.has_split(row.symbol, first, last):
            return
        raise BadCell("coins-jump", N_("Against {day} the figure changes by {change} %, which no creation or "
                                       "redemption of shares explains.", day=before.day,
                                       change=cents(change * HUNDRED)), column, str(now))
