"""Hold a basket of orders against every limit, before and after; find the largest order that passes.

The rules (domain.md B2, B6): beyond hard is refused; beyond soft needs an acknowledgement with a reason, or is refused
where the limit blocks there; a limit that was beyond its limit in force before may not be made worse, and an order
that makes it better passes even if it stays beyond; an Unknown limit that the order touches cannot be judged.
Refused outweighs unknown, unknown outweighs acknowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal, localcontext

from sandyq.basics.decimals import ONE, WIDE, ZERO, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.limits.after_orders import order_amount, with_orders
from sandyq.limits.eligibility import doubts, find_row, refusals
from sandyq.limits.evaluate import evaluate, state_of
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.permits import Reason
from sandyq.limits.result import (
    Change,
    Check,
    Largest,
    LimitResult,
    LimitsRun,
    Order,
    PartResult,
    State,
    Verdict,
)
from sandyq.limits.snapshot import Snapshot, total

_WEIGHT = {Verdict.PASS: 0, Verdict.ACKNOWLEDGE: 1, Verdict.UNKNOWN: 2, Verdict.REFUSED: 3}
_BEYOND = {State.SOFT_BREACH, State.BREACH}
_FALLS_WITH_SALES = {"net_invested", "pace", "first_tranche", "ownership", "days_to_exit", "programme", "token_count",
                     "short_count", "forbidden_products"}
_DOUBLINGS = 60


def check(snapshot: Snapshot, mandate: Mandate, orders: Sequence[Order], *, before: LimitsRun | None = None,
          largest: bool = True) -> Check:
    """Return the verdict on a basket with every limit before and after. `before` saves measuring the book again."""
    basket = tuple(orders)
    earlier = before or evaluate(snapshot, mandate, snapshot.as_of)
    outside = [reason for order in basket for reason in refusals(snapshot, mandate, order)]
    outside += _together(snapshot, basket)
    known = tuple(order for order in basket if find_row(snapshot, order.symbol) is not None)
    changes, reasons = _changes(snapshot, mandate, known, earlier, rooms=True)
    every = [*outside, *reasons]
    verdict = max((verdict for _, verdict, _ in every), key=_WEIGHT.__getitem__, default=Verdict.PASS)
    biggest = tuple(largest_order(snapshot, mandate, basket, place, earlier) for place in range(len(basket))
                    ) if largest else ()
    amounts = [order_amount(order, row, mandate) for order in known if (row := find_row(snapshot, order.symbol))]
    return Check(snapshot.as_of, basket, verdict, changes, tuple(every), biggest, total(amounts),
                 tuple(finding for order in basket for finding in doubts(snapshot, mandate, order)))


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


def _changes(snapshot: Snapshot, mandate: Mandate, basket: tuple[Order, ...], earlier: LimitsRun, *,
             rooms: bool) -> tuple[tuple[Change, ...], list[Reason]]:
    later = evaluate(with_orders(snapshot, basket, mandate), mandate, snapshot.as_of, rooms=rooms)
    reducing = bool(basket) and all(order.side == "sell" for order in basket)
    changes: list[Change] = []
    reasons: list[Reason] = []
    for old, new in zip(earlier.results, later.results, strict=True):
        judged = [_judge(old.limit, was, now, basket, reducing=reducing) for was, now in _paired(old, new)]
        worst = max(judged, key=lambda item: _WEIGHT[item[0]], default=(Verdict.PASS, None))
        reasons += [(old.limit.id, verdict, text) for verdict, text in judged if text is not None]
        changes.append(Change(old.limit, old, new, worst[0], _moved(old, new), worst[1]))
    return tuple(changes), reasons


def _paired(old: LimitResult, new: LimitResult) -> list[tuple[PartResult, PartResult]]:
    return list(zip(old.parts, new.parts, strict=True))


def _moved(old: LimitResult, new: LimitResult) -> bool:
    return old.state is not new.state or [part.value for part in old.parts] != [part.value for part in new.parts]


def _judge(limit: Limit, was: PartResult, now: PartResult, basket: tuple[Order, ...], *,
           reducing: bool) -> tuple[Verdict, Text | None]:
    """Judge one part of one limit: every group that the basket touches; an Unknown one is never hidden by a breach."""
    part = now.part
    if not basket or now.state is State.NOT_APPLICABLE or part.block_at == "none":
        return Verdict.PASS, None
    unknown = next((group for group in now.groups if group.value is None and _touched(group.group, part, basket)), None)
    if unknown is not None and not (reducing and (part.measure in _FALLS_WITH_SALES or was.state is State.UNKNOWN)):
        return Verdict.UNKNOWN, N_("{title} cannot be computed: {reason}", title=_title(limit, part),
                                   reason=unknown.findings[0].text if unknown.findings else N_(
                                       "an input is missing."))
    if part.options.get("blocks") == "buys":
        bought = tuple(order for order in basket if order.side == "buy")
        if any(state_of(group.value, part) is State.BREACH and bought and _touched(group.group, part, bought)
               for group in now.groups):
            return Verdict.REFUSED, N_("{title} is beyond its hard limit; purchases stop.", title=_title(limit, part))
        return Verdict.PASS, None
    earlier = {group.group: group.value for group in was.groups}
    verdicts = [_judge_group(limit, part, group.group, _value(was, earlier, group.group, part), group.value)
                for group in now.groups]
    return max(verdicts, key=lambda item: _WEIGHT[item[0]], default=(Verdict.PASS, None))


def _touched(group: str, part: Part, basket: tuple[Order, ...]) -> bool:
    """Return whether the basket can move a group: a line's own figure only by an order for that line."""
    return not BY_NAME[part.measure].by_line or any(order.symbol == group for order in basket)


def _value(was: PartResult, earlier: Mapping[str, Decimal | None], group: str, part: Part) -> Decimal | None:
    """What a group measured before the order; a group that was not there measured nothing."""
    if group in earlier:
        return earlier[group]
    # Groups of counts and of data quality are named after their members and may be renamed by the order itself.
    if len(was.groups) == 1 and not part.group_by and not BY_NAME[part.measure].by_line and part.measure != "custodian":
        return was.groups[0].value
    return ZERO if part.direction == "max" else None


def _judge_group(limit: Limit, part: Part, group: str, before: Decimal | None,
                 after: Decimal | None) -> tuple[Verdict, Text | None]:
    if after is None:
        return Verdict.PASS, None
    sign = ONE if part.direction == "max" else -ONE

    def beyond(value: Decimal | None, level: Decimal | None) -> bool:
        return value is not None and level is not None and sign * (value - level) > 0

    level = part.in_force
    if not beyond(after, level) and not beyond(after, part.hard):
        return Verdict.PASS, None
    worse = before is None or sign * (after - before) > 0
    if not worse:
        return Verdict.PASS, None
    title = _title(limit, part)
    named = N_("{title}: {group}", title=title, group=group) if group else title
    if beyond(before, level):
        return Verdict.REFUSED, N_(
            "{title} was beyond its limit before the order and may not be made worse; excess after the order {excess}.",
            title=named, excess=_excess(after, level, part))
    if beyond(after, part.hard):
        return Verdict.REFUSED, N_("{title} would be beyond the hard limit by {excess}.", title=named,
                                   excess=_excess(after, part.hard, part))
    if part.block_at == "soft":
        return Verdict.REFUSED, N_("{title} would be beyond the soft limit by {excess}; purchases are refused there.",
                                   title=named, excess=_excess(after, part.soft, part))
    return Verdict.ACKNOWLEDGE, N_("{title} would be beyond the soft limit by {excess}; this needs a reason and a "
                                   "second person.", title=named, excess=_excess(after, part.soft, part))


def _title(limit: Limit, part: Part) -> Text:
    return Text(part.title or limit.title.get("en", limit.id))


def _excess(after: Decimal, level: Decimal | None, part: Part) -> Text:
    """Return the exact excess in words: per cent, dollars, days or a count."""
    over = abs(after - (level or ZERO))
    if part.unit == "ratio":
        return N_("{amount} %", amount=_rounded(product(over, Decimal(100)), 6))
    if part.unit == "USD":
        return N_("{amount} USD", amount=_rounded(over, 2))
    return N_("{amount}", amount=_rounded(over, 4))


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Round for print, but never to zero: an excess of a thousandth of a cent is an excess."""
    rounded = value.quantize(ONE.scaleb(-digits), context=WIDE)
    return rounded or value.normalize(WIDE)


def verdict_of(snapshot: Snapshot, mandate: Mandate, basket: tuple[Order, ...],
               earlier: LimitsRun) -> tuple[Verdict, str]:
    """Return the verdict alone and the id of the first limit (or reason) that decides it."""
    reasons = [reason for order in basket for reason in refusals(snapshot, mandate, order)]
    reasons += _together(snapshot, basket)
    if not any(verdict is Verdict.REFUSED for _, verdict, _ in reasons):
        reasons += _changes(snapshot, mandate, basket, earlier, rooms=False)[1]
    worst = max(reasons, key=lambda item: _WEIGHT[item[1]], default=None)
    return (worst[1], worst[0]) if worst else (Verdict.PASS, "")


def largest_order(snapshot: Snapshot, mandate: Mandate, basket: tuple[Order, ...], place: int,
                  earlier: LimitsRun) -> Largest:
    """Return the largest whole quantity of one line that passes with the rest of the basket: one share more does not.

    Bisection keeps two facts: the lower quantity passes, the upper one does not. Every step is a full, exact check.
    """
    order = basket[place]
    rest = basket[:place] + basket[place + 1:]

    def judged(quantity: Decimal) -> tuple[Verdict, str]:
        line = replace(order, quantity=quantity, fee=_scaled_fee(order, quantity))
        return verdict_of(snapshot, mandate, (*rest, line), earlier)

    with localcontext(WIDE):
        if find_row(snapshot, order.symbol) is None:
            return Largest(order.symbol, order.side, ZERO, refusals(snapshot, mandate, order)[0][0], ZERO)
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
            return Largest(order.symbol, order.side, low, "", _amount(snapshot, mandate, order, low))
        while high - low > 1:
            middle = ((low + high) / 2).to_integral_value(ROUND_FLOOR)
            verdict, name = judged(middle)
            if verdict is Verdict.PASS:
                low = middle
            else:
                high, binding = middle, name
    return Largest(order.symbol, order.side, low, binding, _amount(snapshot, mandate, order, low))


def _scaled_fee(order: Order, quantity: Decimal) -> Decimal | None:
    """A stated fee belongs to the stated quantity and grows with it."""
    if order.fee is None or not order.quantity:
        return order.fee
    return product(order.fee, quotient(quantity, order.quantity))


def _amount(snapshot: Snapshot, mandate: Mandate, order: Order, quantity: Decimal) -> Decimal | None:
    row = find_row(snapshot, order.symbol)
    line = replace(order, quantity=quantity, fee=_scaled_fee(order, quantity))
    return order_amount(line, row, mandate) if row else None


assert set(BY_NAME) >= _FALLS_WITH_SALES
