"""Hold a basket of orders against every limit, before and after; find the largest order that passes.

The rules (domain.md B2, B6): beyond hard is refused; beyond soft needs an acknowledgement with a reason, or is refused
where the limit blocks there; a limit that was beyond its limit in force before may not be made worse, and an order
that makes it better passes even if it stays beyond; an Unknown limit that the order touches cannot be judged.
Refused outweighs unknown, unknown outweighs acknowledge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal, localcontext

from sandyq.basics.decimals import ONE, WIDE, ZERO, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.limits.after_orders import order_amount
from sandyq.limits.eligibility import doubts, refusals
from sandyq.limits.judging import WEIGHT, judge
from sandyq.limits.mandate import Mandate
from sandyq.limits.permits import Reason
from sandyq.limits.prepared import LimitAfter, Prepared
from sandyq.limits.result import Change, Check, Largest, LimitsRun, Order, Verdict
from sandyq.limits.snapshot import Snapshot, total

_DOUBLINGS = 60


def check(snapshot: Snapshot, mandate: Mandate, orders: Sequence[Order], *, before: LimitsRun | None = None,
          largest: bool = True, pending: Sequence[Order] = (), prepared: Prepared | None = None) -> Check:
    """Return the verdict on a basket with every limit before and after.

    `pending` are orders that are approved and not executed, or executed and not in the book yet: the state before the
    basket is the book with them, so no headroom is given twice. `before` saves measuring the book again; `prepared` (of
    the same snapshot, mandate and pending orders) saves more, for whoever checks again and again.
    """
    basket = tuple(orders)
    ready = prepared or Prepared(snapshot, mandate, pending=pending, before=before)
    outside = _outside(ready, basket)
    known = tuple(order for order in basket if ready.snapshot.find(order.symbol) is not None)
    changes: list[Change] = []
    reasons: list[Reason] = []
    for limit in ready.after(known):
        change, found = _judged(limit, known)
        changes.append(change)
        reasons += found
    every = [*outside, *reasons, *_if_unsold(ready, known, reasons)]
    verdict = max((verdict for _, verdict, _ in every), key=WEIGHT.__getitem__, default=Verdict.PASS)
    biggest = tuple(largest_order(ready, basket, place) for place in range(len(basket))) if largest else ()
    amounts = [order_amount(order, row, mandate) for order in known if (row := ready.snapshot.find(order.symbol))]
    return Check(snapshot.as_of, basket, verdict, tuple(changes), tuple(every), biggest, total(amounts),
                 tuple(finding for order in basket for finding in doubts(ready.snapshot, mandate, order)),
                 ready.pending)


def _outside(ready: Prepared, basket: tuple[Order, ...]) -> list[Reason]:
    found = [reason for order in basket for reason in refusals(ready.sellable, ready.mandate, order)]
    return found + _together(ready.sellable, basket)


def _if_unsold(ready: Prepared, basket: tuple[Order, ...], told: Sequence[Reason]) -> list[Reason]:
    """Return what speaks against a basket as long as the sales on their way are not done, and is not told already."""
    if ready.unsold is None:
        return []
    known = {(name, verdict) for name, verdict, _ in told}
    return [reason for limit in ready.unsold.after(basket) for reason in _judged(limit, basket)[1]
            if reason[:2] not in known]


def _together(snapshot: Snapshot, basket: Sequence[Order]) -> list[Reason]:
    """Return refusals of sales of one symbol that only together are more than what is held."""
    found: list[Reason] = []
    for symbol in dict.fromkeys(order.symbol for order in basket):
        sales = [order.quantity for order in basket if order.symbol == symbol and order.side == "sell"]
        row = snapshot.row(symbol)
        held = row.quantity if row else ZERO
        if len(sales) > 1 and sum(sales) > held >= max(sales):
            found.append(("oversold", Verdict.REFUSED, N_(
                "{wanted} {symbol} are to be sold and {available} are held.", wanted=sum(sales), symbol=symbol,
                available=held)))
    return found


def _judged(limit: LimitAfter, basket: tuple[Order, ...]) -> tuple[Change, list[Reason]]:
    worst: tuple[Verdict, Text | None] = Verdict.PASS, None
    reasons: list[Reason] = []
    moved = limit.after is not limit.before and limit.after.state is not limit.before.state
    for part in limit.parts:
        moved = moved or part.now.value != part.was.value
        judged = judge(limit.before.limit, part, basket)
        if judged[1] is not None:
            reasons.append((limit.before.limit.id, judged[0], judged[1]))
        if WEIGHT[judged[0]] > WEIGHT[worst[0]]:
            worst = judged
    return Change(limit.before.limit, limit.before, limit.after, worst[0], moved, worst[1]), reasons


def verdict_of(ready: Prepared, basket: tuple[Order, ...]) -> tuple[Verdict, str]:
    """Return the verdict alone and the id of the first limit (or reason) that decides it."""
    reasons = _outside(ready, basket)
    if not any(verdict is Verdict.REFUSED for _, verdict, _ in reasons):
        for limit in ready.after(basket):
            reasons += _judged(limit, basket)[1]
        reasons += _if_unsold(ready, basket, reasons)
    worst = max(reasons, key=lambda item: WEIGHT[item[1]], default=None)
    return (worst[1], worst[0]) if worst else (Verdict.PASS, "")


def largest_order(ready: Prepared, basket: tuple[Order, ...], place: int) -> Largest:
    """Return the largest whole quantity of one line that passes with the rest of the basket: one share more does not.

    Bisection keeps two facts: the lower quantity passes, the upper one does not. Every step is a full, exact check.
    """
    order = basket[place]
    rest = basket[:place] + basket[place + 1:]

    def judged(quantity: Decimal) -> tuple[Verdict, str]:
        return verdict_of(ready, (*rest, sized(order, quantity)))

    if any(ready.snapshot.find(line.symbol) is None for line in basket):
        unknown = refusals(ready.snapshot, ready.mandate, order)
        return Largest(order.symbol, order.side, ZERO, unknown[0][0] if unknown else "instrument", ZERO)
    with localcontext(WIDE):
        low, (verdict, binding) = ZERO, judged(ONE)
        if verdict is not Verdict.PASS:
            return Largest(order.symbol, order.side, ZERO, binding, ZERO)
        low, high = ONE, max(order.quantity.to_integral_value(ROUND_FLOOR), ONE) * 2
        for _ in range(_DOUBLINGS):
            verdict, binding = judged(high)
            if verdict is not Verdict.PASS:
                break
            low, high = high, high * 4
        else:
            return Largest(order.symbol, order.side, low, "", _amount(ready, order, low))
        while high - low > 1:
            middle = ((low + high) / 2).to_integral_value(ROUND_FLOOR)
            verdict, name = judged(middle)
            if verdict is Verdict.PASS:
                low = middle
            else:
                high, binding = middle, name
    return Largest(order.symbol, order.side, low, binding, _amount(ready, order, low))


def sized(order: Order, quantity: Decimal) -> Order:
    """Return the order for another quantity; a stated fee belongs to the stated quantity and grows with it."""
    fee = order.fee
    if fee is not None and order.quantity:
        fee = product(fee, quotient(quantity, order.quantity))
    return replace(order, quantity=quantity, fee=fee)


def _amount(ready: Prepared, order: Order, quantity: Decimal) -> Decimal | None:
    row = ready.snapshot.find(order.symbol)
    return order_amount(sized(order, quantity), row, ready.mandate) if row else None
