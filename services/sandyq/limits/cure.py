"""The smallest set of sales that brings every limit back, under a share of the daily volume (F057).

How a limit answers to a sale is found by asking the measures for a book with part of a line sold. From that an integer
program proposes whole shares (`cure_program`); the exact engine then says whether every limit is within. Where a figure
does not answer in a straight line, the program is asked again around its own proposal; at the end shares that are not
needed are taken back one line after the other. A cure never pushes another limit beyond.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Final

import numpy as np

from sandyq.basics.decimals import ONE, WIDE, ZERO, product, quotient
from sandyq.basics.text import N_, Text
from sandyq.exposure.returns import Floats
from sandyq.limits.after_orders import order_amount, with_orders
from sandyq.limits.cure_program import Lines, Need, solve
from sandyq.limits.evaluate import idle
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.measures.base import Reach, in_scope
from sandyq.limits.prepared import Prepared
from sandyq.limits.result import Measured, Order, State
from sandyq.limits.snapshot import Row, Snapshot, total

_ROUNDS: Final = 12
_MOST_DAYS: Final = 1000
_BEYOND: Final = frozenset({State.BREACH, State.SOFT_BREACH})


@dataclass(frozen=True, slots=True)
class Sale:
    """One line of a cure: the order for the whole quantity, the shares of each day, what comes in (USD, after fees)."""

    order: Order
    per_day: tuple[Decimal, ...]
    amount_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Left:
    """A limit that sales do not bring back: `code` is unknown, unmoved (sales do not change it) or conflict."""

    limit: str
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Cure:
    """Sales that bring the limits `cured` back, held against the exact engine.

    `days_needed` is how many days they take at `share_of_volume` of the median daily volume (0: nothing to sell);
    above `days` the wish cannot be met in time. `left` says which limits stay beyond or Unknown, and why.
    """

    days: int
    share_of_volume: Decimal
    sales: tuple[Sale, ...]
    days_needed: int
    cured: tuple[str, ...]
    left: tuple[Left, ...]

    @property
    def in_time(self) -> bool:
        return self.days_needed <= self.days

    @property
    def orders(self) -> tuple[Order, ...]:
        return tuple(sale.order for sale in self.sales)

    @property
    def amount_usd(self) -> Decimal | None:
        return total(sale.amount_usd for sale in self.sales)


def smallest_cure(snapshot: Snapshot, mandate: Mandate, *, days: int = 1, share_of_volume: Decimal = Decimal("0.10"),
                  pending: Sequence[Order] = ()) -> Cure:
    """Return the smallest sales (in USD at the valuation price) after which no limit is beyond its limit in force.

    Each day at most `share_of_volume` of a line's median volume is sold, and no more than a limit on orders allows;
    a line without volume or price is not sold. Parts that only inform are left alone.
    """
    ready = Prepared(snapshot, mandate, pending=pending)
    with localcontext(WIDE):
        return _Search(ready, days, share_of_volume).cure()


class _Search:
    def __init__(self, ready: Prepared, days: int, share: Decimal) -> None:
        self._ready, self._days, self._share = ready, days, share
        self._rows = tuple(row for row in ready.sellable.rows if row.price and row.volume and row.rate
                           and row.quantity > 0 and ready.snapshot.row(row.symbol) is not None)
        self._daily = tuple(self._day_cap(row) for row in self._rows)
        self._parts = [(result.limit, part.part) for result in ready.run.results for part in result.parts
                       if _counts(part.part, aimed=part.state in _BEYOND) and part.state is not State.NOT_APPLICABLE]
        self._prices = np.array([float(row.price or 0) for row in self._rows])

    def _day_cap(self, row: Row) -> Decimal:
        """Return whole shares of a line that may be sold on one day."""
        shares = [self._share]
        for limit in self._ready.mandate.limits:
            shares += [part.hard for part in limit.parts if part.measure == "order_volume" and part.hard is not None
                       and part.block_at != "none" and in_scope([row], part)]
        return product(min(shares), row.volume or ZERO).to_integral_value(ROUND_FLOOR)

    def cure(self) -> Cure:
        targets = [result.limit.id for result in self._ready.run.results if any(
            part.state in _BEYOND and part.part.block_at != "none" for part in result.parts)]
        left = list(self._unknown())
        needs = self._needs(())
        for name in list(targets):
            own = [need for need in needs if need.limit == name and need.gap > 0]
            if solve(self._lines(None), own) is None:
                targets.remove(name)
                left.append(Left(name, "unmoved", N_("Sales do not bring this limit back.")))
        found = self._found(targets, needs, None) if targets else ()
        if found is None:
            left += [Left(name, "conflict", N_("It cannot be brought back by sales together with the others without "
                                               "pushing another limit beyond.")) for name in targets]
            return Cure(self._days, self._share, (), 0, (), tuple(left))
        if targets:
            found = self._in_days(targets, needs, found)
        return self._told(found, targets, left)

    def _in_days(self, targets: Sequence[str], needs: Sequence[Need], free: tuple[Order, ...]) -> tuple[Order, ...]:
        """Return the cure within the wished days, else within the fewest days that are found."""
        found = self._found(targets, needs, self._days)
        if found is not None:
            return found
        low, high, best = self._days, self._needed(free), free
        while high - low > 1:
            middle = (low + high) // 2
            again = self._found(targets, needs, middle)
            if again is None:
                low = middle
            else:
                high, best = middle, again
        return best

    def _needed(self, orders: Sequence[Order]) -> int:
        caps = dict(zip((row.symbol for row in self._rows), self._daily, strict=True))
        return max((int(quotient(order.quantity, caps[order.symbol]).to_integral_value(ROUND_CEILING))
                    if caps[order.symbol] else _MOST_DAYS for order in orders), default=0)

    def _unknown(self) -> Iterator[Left]:
        for result in self._ready.run.results:
            reason = next((part.findings[0].text for part in result.parts if part.state is State.UNKNOWN
                           and part.findings), None)
            if any(part.state is State.UNKNOWN for part in result.parts):
                yield Left(result.limit.id, "unknown", N_("It cannot be computed: {reason}",
                                                          reason=reason or N_("an input is missing.")))

    def _lines(self, days: int | None) -> Lines:
        held = np.array([float(row.quantity) for row in self._rows])
        whole = np.array([float(row.quantity.to_integral_value(ROUND_FLOOR)) for row in self._rows])
        most = whole if days is None else np.minimum(whole, [float(cap * days) for cap in self._daily])
        floor, value = self._ready.snapshot.ramp_up_floor, self._ready.snapshot.market_value
        above = float(value - floor) if floor and value is not None and value > floor else None
        return Lines(self._prices, most, np.minimum(held, whole) if len(held) else held, above)

    # ---- how the limits answer

    def _needs(self, sold: Sequence[Order]) -> list[Need]:
        """Return one row for every group of every part, linear around what is sold already."""
        base = self._ready.snapshot
        start = with_orders(base, sold, self._ready.mandate) if sold else base
        held = [start.row(row.symbol) for row in self._rows]
        half = [_part_of(row) for row in held]
        books = [self._less(start, row, some) for row, some in zip(held, half, strict=True)]
        gone = np.array([float(sum((order.quantity for order in sold if order.symbol == row.symbol), ZERO))
                         for row in self._rows])
        found: list[Need] = []
        for limit, part in self._parts:
            if idle(part, start):
                continue
            take = BY_NAME[part.measure].take
            now = [group for group in take(start, part) if group.value is not None]
            if not now:
                continue
            moved = [None if book is None else {group.group: group for group in take(book, part)} for book in books]
            needs = [self._need(limit, part, group, moved, half, gone) for group in now]
            if any(need.gap > 0 and not need.per_share.any() for need in needs):
                needs = self._outright(limit, part, now, start, needs)
            # What is within and does not answer in a straight line is held against the proposal, not foretold.
            straight = BY_NAME[part.measure].reach not in {Reach.BOOK, Reach.NAMED}
            found += [need for need in needs if need.gap > 0 or straight]
        return found

    def _less(self, book: Snapshot, row: Row | None, quantity: Decimal) -> Snapshot | None:
        if row is None or not quantity:
            return None
        return with_orders(book, [_sale(row, quantity)], self._ready.mandate)

    def _need(self, limit: Limit, part: Part, group: Measured, moved: Sequence[Mapping[str, Measured] | None],
              half: Sequence[Decimal], gone: Floats) -> Need:
        level, sign = part.in_force or ZERO, ONE if part.direction == "max" else -ONE
        ratio = group.denominator is not None
        top, below = group.numerator or ZERO, group.denominator if ratio else ONE
        gap = sign * (top - level * (below or ZERO))
        each, flat = [], []
        for book, shares in zip(moved, half, strict=True):
            other = None if book is None else book.get(group.group)
            if book is None:
                each.append(0.0)
                flat.append(0.0)
                continue
            down = top - (other.numerator or ZERO if other is not None else ZERO)
            less = (below or ZERO) - (other.denominator or ZERO) if ratio and other is not None else ZERO
            each.append(float(sign * (down - level * less) / shares))
            flat.append(float(sign * down / shares))
        per_share, at_floor = np.array(each), np.array(flat)
        need = Need(limit.id, per_share, float(gap) + float(per_share @ gone), float(gap))
        if part.denominator != "sleeve" or not self._ready.snapshot.ramp_up_floor:
            return need
        floor = self._ready.snapshot.ramp_up_floor
        if part.direction == "min":
            return replace(need, per_share_floor=np.zeros_like(per_share), under_floor=0.0)
        return replace(need, per_share_floor=at_floor, under_floor=float(top - level * floor) + float(at_floor @ gone))

    def _outright(self, limit: Limit, part: Part, now: Sequence[Measured], start: Snapshot,
                  found: list[Need]) -> list[Need]:
        """Replace the rows that no partial sale moves by what selling whole lines does to them."""
        take, books = BY_NAME[part.measure].take, [
            self._less(start, row, row.quantity) if (row := start.row(line.symbol)) is not None else None
            for line in self._rows]
        kept = [need for need in found if need.gap <= 0 or need.per_share.any()]
        sign = ONE if part.direction == "max" else -ONE
        level = part.in_force or ZERO
        for group in now:
            value = group.value or ZERO
            if sign * (value - level) <= 0:
                continue
            each = []
            for book in books:
                other = None if book is None else _same(group, take(book, part), len(now))
                after = value if book is None else other.value if other is not None else level
                each.append(float(sign * (value - (after if after is not None else value))))
            over = float(sign * (value - level))
            kept.append(Need(limit.id, np.array(each), over, over, outright=True))
        return kept

    # ---- proposing and holding against the exact engine

    def _found(self, targets: Sequence[str], needs: Sequence[Need], days: int | None) -> tuple[Order, ...] | None:
        """Return sales that the exact engine confirms; None where none are found."""
        lines, rows = self._lines(days), [need for need in needs if need.limit in targets or need.gap <= 0]
        for _ in range(_ROUNDS):
            proposal = solve(lines, rows)
            if proposal is None:
                return None
            shares = [Decimal(int(count)) for count in proposal[0]]
            for line in proposal[1]:
                shares[line] = self._rows[line].quantity
            if self._holds(targets, shares):
                return self._orders(self._trimmed(targets, shares))
            again = self._needs(self._orders(shares))
            others = {need.limit for need in needs if need.gap > 0} - set(targets)
            rows = [_stricter(need) for need in again if not need.outright and need.limit not in others]
            rows += [need for need in needs if need.outright and need.limit in targets]
        return None

    def _orders(self, shares: Sequence[Decimal]) -> tuple[Order, ...]:
        return tuple(_sale(row, count) for row, count in zip(self._rows, shares, strict=True) if count)

    def _holds(self, targets: Sequence[str], shares: Sequence[Decimal]) -> bool:
        """Return whether the targets are within and nothing else is newly or further beyond, or newly Unknown."""
        orders = self._orders(shares)
        for limit in self._ready.after(orders):
            for part in limit.parts:
                shape = part.now.part
                aimed = part.was.state in _BEYOND and limit.before.limit.id in targets
                if not _counts(shape, aimed=aimed):
                    continue
                if part.unknown and part.was.state is not State.UNKNOWN:
                    return False
                sign = 1 if shape.direction == "max" else -1
                if any(aimed or group.before is None or sign * (group.after - group.before) > 0
                       for group in part.beyond):
                    return False
        return True

    def _trimmed(self, targets: Sequence[str], shares: list[Decimal]) -> list[Decimal]:
        """Take back whole shares while every limit stays within, the dearest line first."""
        for place in sorted(range(len(shares)), key=lambda line: -self._prices[line]):
            low, high = ZERO, shares[place]
            if not high:
                continue

            def tried(count: Decimal, place: int = place) -> bool:
                return self._holds(targets, [*shares[:place], count, *shares[place + 1:]])

            if tried(ZERO):
                shares[place] = ZERO
                continue
            while high - low > 1:
                middle = ((low + high) / 2).to_integral_value(ROUND_FLOOR)
                low, high = (low, middle) if tried(middle) else (middle, high)
            shares[place] = high
        return shares

    def _told(self, orders: Sequence[Order], targets: Sequence[str], left: Sequence[Left]) -> Cure:
        caps = dict(zip((row.symbol for row in self._rows), self._daily, strict=True))
        held = {row.symbol: row for row in self._rows}
        money = {order.symbol: order_amount(order, held[order.symbol], self._ready.mandate) for order in orders}
        sales = tuple(Sale(order, _schedule(order.quantity, caps[order.symbol]),
                           None if (out := money[order.symbol]) is None else -out) for order in orders)
        return Cure(self._days, self._share, sales, max((len(sale.per_day) for sale in sales), default=0),
                    tuple(targets), tuple(left))


def _counts(part: Part, *, aimed: bool) -> bool:
    """Return whether sales have to heed a part: one that stops purchases only, just where it is to be brought back."""
    if part.in_force is None or part.block_at == "none" or BY_NAME[part.measure].order_only:
        return False
    return aimed or part.options.get("blocks") != "buys"


def _schedule(quantity: Decimal, cap: Decimal) -> tuple[Decimal, ...]:
    """Return the shares of each day: as many as the cap allows from the first day on."""
    days: list[Decimal] = []
    while quantity > 0 and cap > 0 and len(days) < _MOST_DAYS:
        days.append(min(quantity, cap))
        quantity -= days[-1]
    return tuple(days)


def _part_of(row: Row | None) -> Decimal:
    """Return the shares that are sold to see how the limits answer: half a line, so that it does not vanish."""
    if row is None or row.quantity <= 0:
        return ZERO
    return max((row.quantity / 2).to_integral_value(ROUND_FLOOR), min(ONE, row.quantity))


def _sale(row: Row, quantity: Decimal) -> Order:
    """Return the sale of a line at its valuation price, in the line's currency."""
    price = quotient(row.price or ZERO, row.rate or ONE).normalize(WIDE)
    return Order("sell", quantity, row.symbol, price)


def _same(group: Measured, groups: Sequence[Measured], count: int) -> Measured | None:
    """Return a group after a sale; figures that are named after their lines are known by being the only one."""
    if count == len(groups) == 1:
        return groups[0]
    return next((other for other in groups if other.group == group.group), None)


def _stricter(need: Need) -> Need:
    """Ask for a hair more where a proposal in floats fell short."""
    return replace(need, least=need.least + abs(need.least) * 1e-9) if need.gap > 0 else need
