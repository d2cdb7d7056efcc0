"""The picture of the book after a basket of orders, tested on the careful side (F058).

A purchase counts at its limit price plus the mandate's slippage, or at the valuation price if that is higher; in a
foreign currency at a rate that is worse by the mandate's buffer, and so do the proceeds of a sale. After a sale the
shares leave at the valuation price. Look-through exposure, coins and custody move with the number of shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from sandyq.basics.decimals import EXACT, ONE, WIDE, ZERO, product, quotient
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Order
from sandyq.limits.snapshot import Row, Snapshot

_OWN: Final = "USD"


def with_orders(before: Snapshot, orders: Sequence[Order], mandate: Mandate) -> Snapshot:
    """Return the picture after the orders, which must name held or candidate symbols; their sequence does not matter.

    `orders` of the picture before stay in it: what is already on its way counts together with what is added.
    """
    traded = traded_rows(before, orders, mandate)
    invested, flows = money_after(before, orders, mandate)
    # What is sold to the last share can still be named: by the limits on orders, and by an order to buy it back.
    sold = {symbol: row for symbol, row in traded.items() if not row.quantity}
    return replace(before, rows=tuple(row for row in {**before.by_symbol, **traded}.values() if row.quantity),
                   candidates={**before.candidates, **sold} if sold else before.candidates, invested=invested,
                   flows=flows, orders=(*before.orders, *in_sequence(orders)))


def in_sequence(orders: Iterable[Order]) -> list[Order]:
    """Return the orders in the one sequence in which they are applied: sales first, whatever the basket's sequence."""
    return sorted(orders, key=lambda order: (order.side != "sell", order.symbol, order.price, order.quantity,
                                             order.fee or ZERO, order.account, order.tranche))


def traded_rows(before: Snapshot, orders: Iterable[Order], mandate: Mandate) -> dict[str, Row]:
    """Return the rows of the ordered symbols after the orders, those of quantity zero included."""
    found: dict[str, Row] = {}
    with localcontext(WIDE):
        for order in in_sequence(orders):
            row = found.get(order.symbol) or before.by_symbol.get(order.symbol) or before.candidates[order.symbol]
            found[order.symbol] = _traded(row, order, mandate)
    return found


def money_after(before: Snapshot, orders: Iterable[Order], mandate: Mandate) -> tuple[
        Decimal | None, tuple[tuple[date, Decimal | None], ...]]:
    """Return net invested capital and the flows after the orders."""
    invested, flows = before.invested, list[tuple[date, Decimal | None]]()
    for order in in_sequence(orders):
        row = before.find(order.symbol)
        amount = order_amount(order, row, mandate) if row is not None else None
        invested = None if invested is None or amount is None else EXACT.add(invested, amount)
        flows.append((before.as_of, amount))
    return invested, (*before.flows, *flows)


def order_fee(order: Order, mandate: Mandate) -> Decimal:
    """Return the order's fee, or the schedule's (per share and as a ratio of the amount), in its currency."""
    if order.fee is not None:
        return order.fee
    schedule = mandate.fee_schedule
    return (product(schedule.get("per_share", ZERO), order.quantity)
            + product(schedule.get("ratio", ZERO), order.quantity, tested_price(order, mandate)))


def tested_price(order: Order, mandate: Mandate) -> Decimal:
    """Return the price at which an order is tested, in its currency: a purchase may slip above its limit price."""
    if order.side == "sell" or not mandate.order_rules.slippage:
        return order.price
    return product(order.price, ONE + mandate.order_rules.slippage)


def tested_rate(order: Order, row: Row, mandate: Mandate) -> Decimal | None:
    """Return the rate to USD at which an order is tested: worse by the buffer for what is not in dollars."""
    buffer = mandate.order_rules.fx_buffer
    if row.rate is None or row.currency == _OWN or not buffer:
        return row.rate
    return product(row.rate, ONE + buffer if order.side == "buy" else ONE - buffer)


def order_amount(order: Order, row: Row, mandate: Mandate) -> Decimal | None:
    """Return USD that goes out (+) for a purchase with its fee, or comes in (−) for a sale after its fee."""
    rate = tested_rate(order, row, mandate)
    if rate is None:
        return None
    gross, fee = product(order.quantity, tested_price(order, mandate)), order_fee(order, mandate)
    return product(gross + fee, rate) if order.side == "buy" else -product(gross - fee, rate)


def bought_value(order: Order, row: Row, mandate: Mandate) -> Decimal | None:
    """Return USD at which the shares of a purchase count: never under the valuation price.

    A low price typed into an order must not make room under a cap.
    """
    rate = tested_rate(order, row, mandate)
    if rate is None:
        return None
    return max(product(order.quantity, tested_price(order, mandate), rate),
               product(order.quantity, row.price or ZERO))


def _traded(row: Row, order: Order, mandate: Mandate) -> Row:
    bought = order.side == "buy"
    shares = order.quantity if bought else -order.quantity
    sold = None if row.price is None else product(shares, row.price)
    value = bought_value(order, row, mandate) if bought else sold

    def moved(amount: Decimal | None, each: Decimal | None) -> Decimal | None:
        return None if amount is None or each is None else amount + product(shares, each)

    cost_change = None if row.cost is None else (
        value if bought else (-product(row.cost, quotient(order.quantity, row.quantity)) if row.quantity else ZERO))
    return replace(
        row, quantity=row.quantity + shares,
        market_value=None if row.market_value is None or value is None else row.market_value + value,
        cost=None if row.cost is None or cost_change is None else row.cost + cost_change,
        exposure=moved(row.exposure, row.share_exposure), exposure_high=moved(row.exposure_high, row.share_high),
        coins={k: moved(v, row.share_coins.get(k)) for k, v in row.coins.items()},
        custody={k: moved(v, row.share_custody.get(k)) for k, v in row.custody.items()},
    )
