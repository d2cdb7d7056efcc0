"""What waiting has cost or saved: money that is not deployed yet, times the move of the coin since a day (F081)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO, product, quotient


@dataclass(frozen=True, slots=True)
class Waiting:
    """`usd` above zero: the money would be worth more had it been put into the coin on `since`; below: less.

    `undeployed` USD; `price_then`, `price` closes of the coin on `since` and `day`; `kzt` at the day's official rate,
    None where one is not known.
    """

    since: date
    day: date
    undeployed: Decimal
    price_then: Decimal
    price: Decimal
    usd: Decimal
    kzt: Decimal | None

    @property
    def move(self) -> Decimal:
        """The coin's move since day 0 as a ratio."""
        return quotient(self.price, self.price_then) - ONE


def cost_of_waiting(undeployed: Decimal, since: date, price_then: Decimal, day: date, price: Decimal,
                    kzt_rate: Decimal | None) -> Waiting:
    """Return undeployed × (price ÷ price on day 0 − 1), in USD and at the rate (KZT per USD) of the day."""
    waiting = max(undeployed, ZERO)
    usd = product(waiting, quotient(price, price_then) - ONE)
    return Waiting(since, day, waiting, price_then, price, usd, None if kzt_rate is None else product(usd, kzt_rate))
