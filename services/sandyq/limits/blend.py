"""A snapshot between two days: some factors as they are on the later day, the rest as they were on the earlier one.

Everything stands in units of the later day, so that a split moves nothing. A row is quantity × local price × rate ×
what lies behind a dollar or a share of it; each of these follows its own factor. What lies behind a share follows the
price of its coin where coins were reported, else the share's own price: a look-through that only moves with prices is
no cause of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.exposure.result import Rung
from sandyq.limits.snapshot import Row, Snapshot


class Factor(StrEnum):
    """What can move a limit (F064)."""

    TRADES = "trades"
    CORPORATE_ACTIONS = "corporate_actions"
    PRICES = "prices"
    FX = "fx"
    LOOK_THROUGH = "look_through"
    DENOMINATOR = "denominator"
    LIMIT_VERSION = "limit_version"
    DATA = "data_correction"


NAMES: Final[Mapping[Factor, Text]] = {
    Factor.TRADES: N_("Trades"), Factor.CORPORATE_ACTIONS: N_("Corporate actions"), Factor.PRICES: N_("Prices"),
    Factor.FX: N_("Exchange rates"), Factor.LOOK_THROUGH: N_("Look-through"), Factor.DENOMINATOR: N_("Denominator"),
    Factor.LIMIT_VERSION: N_("Limit version"), Factor.DATA: N_("Data correction"),
}


@dataclass(frozen=True)
class Side:
    """One end of a change: the snapshot and the reference prices of coins in USD on that day."""

    snapshot: Snapshot
    coins: Mapping[str, Decimal]


@dataclass(frozen=True)
class Between:
    """What happened between two ends, by symbol: units of the later day per unit of the earlier one (splits), and
    units that other events brought or took, in units of the later day."""

    factors: Mapping[str, Decimal]
    brought: Mapping[str, Decimal]


def blended(early: Side, late: Side, between: Between, new: Collection[Factor]) -> Snapshot:
    """Return the snapshot with exactly these factors as on the later day. All of them give that day's own snapshot."""
    old, now = early.snapshot, late.snapshot
    trades, prices = now if Factor.TRADES in new else old, now if Factor.PRICES in new else old
    below = now if Factor.DENOMINATOR in new else old
    seen = now if Factor.LOOK_THROUGH in new else old
    floor = now if Factor.LIMIT_VERSION in new else old
    names = list(dict.fromkeys((*(row.symbol for row in old.rows), *(row.symbol for row in now.rows))))
    rows = tuple(row for name in names if (row := _row(name, early, late, between, new)) is not None)
    return replace(
        now, as_of=trades.as_of, rows=rows, candidates={}, invested=trades.invested, flows=trades.flows,
        reserves=below.reserves, programme=below.programme, programme_missing=below.programme_missing,
        ramp_up_floor=floor.ramp_up_floor, drawdown=prices.drawdown, bitcoin=prices.bitcoin, orders=(),
        around=seen.around, permits=seen.permits, risk=prices.risk)


def _row(name: str, early: Side, late: Side, between: Between, new: Collection[Factor]) -> Row | None:
    old, now = early.snapshot.row(name), late.snapshot.row(name)
    known = now or old
    assert known is not None
    by = between.factors.get(name, ONE)
    before = product(old.quantity, by) if old else ZERO
    after = now.quantity if now else ZERO
    brought = between.brought.get(name, ZERO)
    quantity = before
    if Factor.CORPORATE_ACTIONS in new:
        quantity += brought
    if Factor.TRADES in new:
        quantity += after - before - brought
    if not quantity:
        return None
    # What was bought in between had no price of ours before, and what was sold has none after: it keeps the one it has.
    # A line that was sold is valued as on the earlier day, one that was bought as on the later.
    first, last = old or now, now or old
    assert first is not None
    assert last is not None
    scale = by if old else ONE
    late_scale = ONE if now else by
    price = _local(last, late_scale) if Factor.PRICES in new else _local(first, scale)
    rate = (last if Factor.FX in new else first).rate
    usd = None if price is None or rate is None else product(price, rate)
    seen, seen_scale, seen_side = (last, late_scale, late) if Factor.LOOK_THROUGH in new else (first, scale, early)
    own = _ratio(usd, None if seen.price is None else quotient(seen.price, seen_scale))
    coins = (late if Factor.PRICES in new else early).coins
    by_coin = seen.rung is Rung.REPORTED

    def moved(amount: Decimal | None, coin: str) -> Decimal | None:
        """Bring what lies behind one share from the prices of its own day to the chosen ones."""
        ratio = _ratio(coins.get(coin), seen_side.coins.get(coin)) if by_coin and coin in seen_side.coins else own
        return None if amount is None or ratio is None else product(quotient(amount, seen_scale), ratio)

    main = max(seen.share_coins, key=lambda coin: (seen.share_coins[coin] or ZERO, coin), default="")
    share_coins = {coin: moved(amount, coin) for coin, amount in seen.share_coins.items()}
    share_custody = {keeper: moved(amount, main) for keeper, amount in seen.share_custody.items()}
    share_exposure, share_high = moved(seen.share_exposure, main), moved(seen.share_high, main)
    market = last if Factor.PRICES in new else first
    below = last if Factor.DENOMINATOR in new else first
    below_scale = late_scale if Factor.DENOMINATOR in new else scale
    market_scale = late_scale if Factor.PRICES in new else scale
    traded = last if Factor.TRADES in new else first
    return replace(
        seen, quantity=quantity, price=usd, rate=rate, market_value=_times(usd, quantity),
        cost=traded.cost, exposure=_times(share_exposure, quantity), exposure_high=_times(share_high, quantity),
        coins={coin: _times(amount, quantity) for coin, amount in share_coins.items()},
        custody={keeper: _times(amount, quantity) for keeper, amount in share_custody.items()},
        share_exposure=share_exposure, share_high=share_high, share_coins=share_coins, share_custody=share_custody,
        premium=market.premium, age=market.age,
        volume=None if market.volume is None else product(market.volume, market_scale),
        units=None if below.units is None else product(below.units, below_scale))


def _local(row: Row, scale: Decimal) -> Decimal | None:
    """The price in the share's own currency, in units of the later day."""
    if row.price is None or not row.rate:
        return None
    return quotient(quotient(row.price, row.rate), scale)


def _ratio(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    return None if above is None or not below else quotient(above, below)


def _times(each: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if each is None else product(each, quantity)


def changed(early: Side, late: Side, between: Between) -> frozenset[Factor]:
    """Return the factors that differ between two ends at all; the others have no part."""
    old, now = early.snapshot, late.snapshot
    found = set()
    names = {row.symbol for row in (*old.rows, *now.rows)}
    for name in names:
        a, b = old.row(name), now.row(name)
        by = between.factors.get(name, ONE)
        brought = between.brought.get(name, ZERO)
        before, after = (product(a.quantity, by) if a else ZERO), (b.quantity if b else ZERO)
        if brought:
            found.add(Factor.CORPORATE_ACTIONS)
        if after != before + brought:
            found.add(Factor.TRADES)
        if a is not None and b is not None and a.rate != b.rate:
            found.add(Factor.FX)
    if old.flows != now.flows or old.invested != now.invested or old.as_of != now.as_of:
        found.add(Factor.TRADES)
    if (old.reserves, old.programme, old.programme_missing) != (now.reserves, now.programme, now.programme_missing):
        found.add(Factor.DENOMINATOR)
    if any((a := old.row(name)) and (b := now.row(name)) and a.units != b.units for name in names):
        found.add(Factor.DENOMINATOR)
    return frozenset(found | {Factor.PRICES, Factor.LOOK_THROUGH})
