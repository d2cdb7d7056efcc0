"""Return of capital: money back that lowers the cost of the lots; what exceeds a lot's cost is realised."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.text import N_
from sandyq.book.action import Action
from sandyq.book.lots import Lots, Pool, Slice
from sandyq.book.shares import share, spread, unit_cost
from sandyq.book.transactions import Transaction, TransactionType


def apply(lots: Lots, row: Transaction) -> None:
    """Spread quantity × price over the account's lots by their quantities.

    The cost in USD falls in the same proportion (the purchase's rate stays the lot's rate). With no lots left the
    whole amount is realised.
    """
    pool = lots.pool(row)
    amount = row.quantity * row.price
    if not amount:
        return
    if not pool.lots:
        lots.slices.append(_excess(lots, row, row, amount))
    elif lots.average:
        _lower_pool(lots, pool, row, amount)
    else:
        for lot, part in zip(pool.lots, spread(amount, [lot.quantity for lot in pool.lots]), strict=True):
            lowered = min(part, lot.cost)
            lot.cost -= lowered
            lot.unit = unit_cost(lot.cost, lot.quantity)
            if part > lowered:
                lots.slices.append(_excess(lots, row, lot.row, part - lowered))


def _lower_pool(lots: Lots, pool: Pool, row: Transaction, amount: Decimal) -> None:
    lowered = min(amount, pool.cost)
    if pool.cost:
        if pool.cost_usd is not None:
            pool.cost_usd -= share(pool.cost_usd, lowered, pool.cost)
        pool.cost -= lowered
    if amount > lowered:
        lots.slices.append(_excess(lots, row, pool.lots[0].row, amount - lowered))


def _excess(lots: Lots, row: Transaction, lot: Transaction, amount: Decimal) -> Slice:
    return Slice(row, lot, ZERO, amount, ZERO, ZERO, lots.rate(row.currency, row.trade_date))


RETURN_OF_CAPITAL: Final = Action(TransactionType.RETURN_OF_CAPITAL, N_("Return of capital"), apply)
