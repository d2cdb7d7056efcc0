"""Realised results in a reporting currency, split into what the price did and what the currency did (O11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sandyq.basics.decimals import ZERO, product
from sandyq.book.state import Lot, Realised


class Split(NamedTuple):
    """`total` = `price` + `fx`; all None when a rate is missing."""

    total: Decimal | None
    price: Decimal | None
    fx: Decimal | None


UNKNOWN = Split(None, None, None)


def realised_in(realised: Iterable[Realised], rate: Callable[[str, date], Decimal | None], currency: str) -> Split:
    """Return (total, price part, FX part) of sold parts in `currency`.

    `rate(own, day)` is units of `currency` per unit of `own` on a day. Price part: (proceeds - cost) at the sale's
    rate; FX part: cost × (the sale's rate - the purchase's rate). Under average cost the purchase's rate is that of
    the lot that the part came from. Oracle O11: +687,500 = 637,500 + 50,000.
    """
    price = exchange = ZERO
    for part in realised:
        if part.currency == currency:
            price += part.proceeds - part.cost
            continue
        sold, bought = rate(part.currency, part.sold), rate(part.currency, part.acquired)
        if sold is None or bought is None:
            return UNKNOWN
        price += product(part.proceeds - part.cost, sold)
        exchange += product(part.cost, sold - bought)
    return Split(price + exchange, price, exchange)


def realised_fx_usd(realised: Iterable[Realised]) -> Decimal | None:
    """Return the part of the realised result in USD that the line's currency made: cost at the sale's rate - cost."""
    total = ZERO
    for part in realised:
        if part.usd_rate is None or part.cost_usd is None:
            return None
        total += product(part.cost, part.usd_rate) - part.cost_usd
    return total


def unrealised_fx_usd(lots: Iterable[Lot], rate: Callable[[str], Decimal | None]) -> Decimal | None:
    """Return the part of the unrealised result in USD that the currency made: cost at the day's rate - cost."""
    total = ZERO
    for lot in lots:
        now = rate(lot.currency)
        if now is None or lot.cost_usd is None:
            return None
        total += product(lot.cost, now) - lot.cost_usd
    return total
