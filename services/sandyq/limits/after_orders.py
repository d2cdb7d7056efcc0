"""The picture of the book after a basket of orders.

After a purchase the traded shares count at the order's price (F058: the limit price) or the valuation price, whichever
is higher; after a sale they leave at the valuation price; look-through exposure, coins and custody move with the number
of shares.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Order
from sandyq.limits.snapshot import Row, Snapshot


def with_orders(before: Snapshot, orders: tuple[Order, ...], mandate: Mandate) -> Snapshot:
    """Return the picture after the orders, which must name held or candidate symbols. Exact; order does not matter."""
    rows = {row.symbol: row for row in before.rows}
    invested = before.invested
    flows = list(before.flows)
    for order in orders:
        row = rows.get(order.symbol) or before.candidates[order.symbol]
        amount = order_amount(order, row, mandate)
        rows[order.symbol] = _traded(row, order)
        invested = None if invested is None or amount is None else invested + amount
        flows.append((before.as_of, amount))
    return replace(before, rows=tuple(row for row in rows.values() if row.quantity), invested=invested,
                   flows=tuple(flows), orders=orders)


def order_fee(order: Order, mandate: Mandate) -> Decimal:
    """Return the order's fee, or the schedule's (per share and as a ratio of the amount), in its currency."""
    if order.fee is not None:
        return order.fee
    schedule = mandate.fee_schedule
    return (product(schedule.get("per_share", ZERO), order.quantity)
            + product(schedule.get("ratio", ZERO), order.quantity, order.price))


def order_amount(order: Order, row: Row, mandate: Mandate) -> Decimal | None:
    """Return USD that goes out (+) for a purchase with its fee, or comes in (−) for a sale after its fee."""
    if row.rate is None:
        return None
    gross, fee = product(order.quantity, order.price), order_fee(order, mandate)
    return product(gross + fee, row.rate) if order.side == "buy" else -product(gross - fee, row.rate)


def _traded(row: Row, order: Order) -> Row:
    sign = ONE if order.side == "buy" else -ONE
    shares = sign * order.quantity
    if order.side == "buy":
        # Never under the valuation price: a low price typed into an order must not make room under a cap.
        value = None if row.rate is None else max(product(order.quantity, order.price, row.rate),
                                                  product(order.quantity, row.price or ZERO))
    else:
        value = None if row.price is None else product(shares, row.price)
    quantity = row.quantity + shares

    def moved(amount: Decimal | None, each: Decimal | None) -> Decimal | None:
        return None if amount is None or each is None else amount + product(shares, each)

    cost_change = None if row.cost is None else (
        value if order.side == "buy" else (-product(row.cost, quotient(order.quantity, row.quantity))
                                           if row.quantity else ZERO))
    return replace(
        row, quantity=quantity,
        market_value=None if row.market_value is None or value is None else row.market_value + value,
        cost=None if row.cost is None or cost_change is None else row.cost + cost_change,
        exposure=moved(row.exposure, row.share_exposure), exposure_high=moved(row.exposure_high, row.share_high),
        coins={k: moved(v, row.share_coins.get(k)) for k, v in row.coins.items()},
        custody={k: moved(v, row.share_custody.get(k)) for k, v in row.custody.items()},
    )
