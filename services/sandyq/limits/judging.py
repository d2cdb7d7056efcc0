"""The verdict on one part of a limit, from its state before and after a basket of orders (domain.md B2, B6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import HUNDRED, ONE, WIDE, ZERO, product
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Limit, Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.prepared import Beyond, PartAfter
from sandyq.limits.result import Order, State, Verdict

WEIGHT: Final[Mapping[Verdict, int]] = MappingProxyType({
    Verdict.PASS: 0, Verdict.ACKNOWLEDGE: 1, Verdict.UNKNOWN: 2, Verdict.REFUSED: 3})
"""Refused outweighs unknown, unknown outweighs acknowledge."""
_FALLS_WITH_SALES: Final = frozenset({
    "net_invested", "pace", "first_tranche", "ownership", "days_to_exit", "programme", "token_count", "short_count",
    "forbidden_products"})
_Judged = tuple[Verdict, Text | None]
_PASSES: Final[_Judged] = (Verdict.PASS, None)


def judge(limit: Limit, after: PartAfter, basket: tuple[Order, ...]) -> _Judged:
    """Judge one part: every group that the basket touches; an Unknown one is never hidden by a breach."""
    part = after.now.part
    if not (after.beyond or after.unknown) or not basket or part.block_at == "none":
        return _PASSES
    stops_purchases = part.options.get("blocks") == "buys"
    bought = tuple(order for order in basket if order.side == "buy")
    if stops_purchases and not bought:
        return _PASSES
    unknown = next((group for group in after.unknown if _touched(group.group, part, basket)), None)
    if unknown is not None and not _eased(part, after, basket):
        return Verdict.UNKNOWN, N_("{title} cannot be computed: {reason}", title=_title(limit, part),
                                   reason=unknown.findings[0].text if unknown.findings else N_(
                                       "an input is missing."))
    if stops_purchases:
        if any(_past(group.after, part.hard, part) and _touched(group.group, part, bought)
               for group in after.beyond):
            return Verdict.REFUSED, N_("{title} is beyond its hard limit; purchases stop.", title=_title(limit, part))
        return _PASSES
    verdicts = [_judge_group(limit, part, group) for group in after.beyond]
    return max(verdicts, key=lambda item: WEIGHT[item[0]], default=_PASSES)


def _eased(part: Part, after: PartAfter, basket: tuple[Order, ...]) -> bool:
    """Return whether the basket only sells where selling cannot hurt, or where nothing was known before it either."""
    return all(order.side == "sell" for order in basket) and (
        part.measure in _FALLS_WITH_SALES or after.was.state is State.UNKNOWN)


def _touched(group: str, part: Part, basket: tuple[Order, ...]) -> bool:
    """Return whether the basket can move a group: a line's own figure only by an order for that line."""
    return not BY_NAME[part.measure].by_line or any(order.symbol == group for order in basket)


def _past(value: Decimal | None, level: Decimal | None, part: Part) -> bool:
    if value is None or level is None:
        return False
    return value > level if part.direction == "max" else value < level


def _judge_group(limit: Limit, part: Part, group: Beyond) -> _Judged:
    """Judge a group that is beyond the limit in force after the orders."""
    before, after = group.before, group.after
    if before is not None and not _past(after, before, part):
        return _PASSES
    title = _title(limit, part)
    named = N_("{title}: {group}", title=title, group=group.group) if group.group else title
    if _past(before, part.in_force, part):
        return Verdict.REFUSED, N_(
            "{title} was beyond its limit before the order and may not be made worse; excess after the order {excess}.",
            title=named, excess=_excess(after, part.in_force, part))
    if _past(after, part.hard, part):
        if part.unit == "count" and not part.hard:
            return Verdict.REFUSED, N_("{title}: not met, so the order is refused.", title=named)
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
        return N_("{amount} %", amount=_rounded(product(over, HUNDRED), 6))
    if part.unit == "USD":
        return N_("{amount} USD", amount=_rounded(over, 2))
    return N_("{amount}", amount=_rounded(over, 4))


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Round for print, but never to zero: an excess of a thousandth of a cent is an excess."""
    rounded = value.quantize(ONE.scaleb(-digits), context=WIDE)
    return rounded or value.normalize(WIDE)


assert set(BY_NAME) >= _FALLS_WITH_SALES
