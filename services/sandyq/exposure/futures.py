"""A futures fund by its contracts: notional, coin equivalent, leverage and the cost of rolling (domain.md C2; O4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO, product, quotient

_YEAR = Decimal(365)


@dataclass(frozen=True, slots=True)
class Contract:
    """A long position in one futures month: `multiplier` coins per contract, days left, price in USD per coin."""

    contracts: Decimal
    multiplier: Decimal
    price: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class FuturesView:
    """What the contracts of a fund amount to. `basis` per contract and `roll_yield` are per year (act/365)."""

    notional: Decimal
    coins: Decimal
    leverage: Decimal
    basis: tuple[Decimal, ...]
    roll_yield: Decimal | None


def look_at(contracts: tuple[Contract, ...], *, spot: Decimal, net_assets: Decimal) -> FuturesView:
    """Add up a fund's contracts. Months are given nearest first; the roll is from the first to the second."""
    notional = sum((product(c.contracts, c.multiplier, c.price) for c in contracts), ZERO)
    coins = sum((product(c.contracts, c.multiplier) for c in contracts), ZERO)
    basis = tuple(product(quotient(c.price, spot) - ONE, quotient(_YEAR, Decimal(c.days))) for c in contracts)
    roll = None
    if len(contracts) > 1:
        near, far = contracts[0], contracts[1]
        roll = -product(quotient(far.price, near.price) - ONE, quotient(_YEAR, Decimal(far.days - near.days)))
    return FuturesView(notional, coins, quotient(notional, net_assets), basis, roll)


def attributable_coins(view: FuturesView, units: Decimal, unit_value: Decimal, net_assets: Decimal) -> Decimal:
    """Return the coin equivalent of some units of the fund: their share of its net assets times its coins."""
    return product(quotient(product(units, unit_value), net_assets), view.coins)
