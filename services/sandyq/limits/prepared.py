"""The state before an order, prepared once per picture, and the state after it from the touched lines alone (P12).

An order changes one line of a book. A sum over lines therefore changes by that line's share after less its share
before, and the measures themselves are asked for both: they measure a book of only the touched lines. So no measure is
written twice, and the result equals measuring the whole book again, to the last digit, because sums are exact
(`decimals.EXACT`). What does not allow it (an Unknown amount, a group that may vanish) is measured whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, localcontext
from functools import cached_property, partial
from typing import NamedTuple

from sandyq.basics.decimals import EXACT, WIDE, ZERO
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.limits.after_orders import with_orders
from sandyq.limits.evaluate import (
    evaluate,
    figures,
    findings_of,
    idle,
    not_applicable,
    pressing,
    worst_group,
    worst_of,
)
from sandyq.limits.headroom import headroom
from sandyq.limits.mandate import Mandate, Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.measures.base import SIMPLE, Again, Below, Reach, dimension, measured
from sandyq.limits.moved import Moved
from sandyq.limits.result import LimitResult, LimitsRun, Measured, Order, PartResult, State
from sandyq.limits.snapshot import Snapshot


class Beyond(NamedTuple):
    """A group that lies beyond the part's limit in force after the orders, with what it measured before."""

    group: str
    before: Decimal | None
    after: Decimal


class PartAfter(NamedTuple):
    """A part after the orders: its result, the groups beyond (most pressing first) and those that are Unknown."""

    was: PartResult
    now: PartResult
    beyond: Sequence[Beyond] = ()
    unknown: Sequence[Measured] = ()


class LimitAfter(NamedTuple):
    """A limit before and after the orders."""

    before: LimitResult
    after: LimitResult
    parts: Sequence[PartAfter]


class Prepared:
    """A book with the orders that are already on their way, held against its mandate, ready for more orders."""

    def __init__(self, snapshot: Snapshot, mandate: Mandate, *, pending: Sequence[Order] = (),
                 before: LimitsRun | None = None) -> None:
        """`before` saves measuring the book again; it counts only where nothing is pending."""
        self.mandate, self.pending, self._book = mandate, tuple(pending), snapshot
        for order in self.pending:
            if snapshot.find(order.symbol) is None:
                raise BadInput("pending-instrument", N_(
                    "An order on its way is for {symbol}, which has no kind, venue or price any more.",
                    symbol=order.symbol), remedy=N_("Withdraw the order or complete the instrument."))
        self.snapshot = with_orders(snapshot, self.pending, mandate) if self.pending else snapshot
        run = None if self.pending else before
        self.run = run or evaluate(self.snapshot, mandate, snapshot.as_of)

    @cached_property
    def _limits(self) -> list[tuple[LimitResult, list[_Part]]]:
        return [(result, [_Part(part, self.snapshot) for part in result.parts]) for result in self.run.results]

    @cached_property
    def sellable(self) -> Snapshot:
        """The book less what is being sold; what is being bought is not there yet."""
        sales = [order for order in self.pending if order.side == "sell"]
        return with_orders(self._book, sales, self.mandate) if sales else self._book

    @cached_property
    def unsold(self) -> Prepared | None:
        """The book if nothing of what is being sold is sold: a sale gives room only once it is done. None: the same."""
        if all(order.side == "buy" for order in self.pending):
            return None
        return Prepared(self._book, self.mandate, pending=[order for order in self.pending if order.side == "buy"])

    def after(self, orders: Sequence[Order]) -> Iterator[LimitAfter]:
        """Yield every limit in the mandate's order. The orders must name held or candidate symbols."""
        moved = Moved(self.snapshot, orders, self.mandate)
        with localcontext(WIDE):
            for result, parts in self._limits:
                found = [part.after(moved) for part in parts]
                yield LimitAfter(result, _together(result, found), found)


def _together(before: LimitResult, found: Sequence[PartAfter]) -> LimitResult:
    if not found:
        return before
    return worst_of(before.limit, tuple(part.now for part in found))


class _Part:
    """One part before the orders, its groups ranked, the most pressing first."""

    def __init__(self, was: PartResult, book: Snapshot) -> None:
        self.was, self.part, self._book = was, was.part, book
        self._measure = BY_NAME[was.part.measure]
        self._known = {group.group: group for group in was.groups}
        self._old: dict[tuple[str, ...], tuple[Measured, ...]] = {}
        self._sign = 1 if was.part.direction == "max" else -1
        self._plain = bool(was.groups) and len(self._known) == len(was.groups) and not any(
            group.findings or group.value is None for group in was.groups)

    @cached_property
    def _ranked(self) -> list[Measured]:
        return sorted(self.was.groups, key=lambda group: (-pressing(group.value, self.part), group.group))

    @cached_property
    def _one_denominator(self) -> bool:
        return len({group.denominator for group in self.was.groups}) == 1

    @cached_property
    def _again(self) -> Again | None:
        return self._measure.keep(self._book, self.part) if self._measure.keep is not None else None

    def after(self, moved: Moved) -> PartAfter:
        """Return the part after the orders. Called inside a context of 50 digits."""
        if idle(self.part, moved.touched):
            return self._unchanged() if self.was.state is State.NOT_APPLICABLE else PartAfter(
                self.was, not_applicable(self.part))
        found: PartAfter | None = None
        match self._measure.reach:
            case Reach.ORDERED:
                return self._measured(moved, moved.ordered)
            case Reach.LINE:
                found = self._lines(moved) if self._plain else None
            case Reach.SUM | Reach.COINS | Reach.OWN | Reach.CHOSEN:
                found = self._sums(moved) if self._plain and self._one_denominator else None
            case Reach.BOOK | Reach.NAMED:
                groups = None if self._again is None else self._again(moved.earlier, moved.touched)
                found = None if groups is None else self._told(moved, groups)
        return found or self._measured(moved, moved.whole)

    def _unchanged(self) -> PartAfter:
        return PartAfter(self.was, self.was)

    def _measured(self, moved: Moved, book: Snapshot) -> PartAfter:
        """Measure every group on a book that has all that the measure reads."""
        return self._told(moved, self._measure.take(book, self.part))

    def _told(self, moved: Moved, groups: Sequence[Measured]) -> PartAfter:
        if not groups:
            return PartAfter(self.was, not_applicable(self.part))
        worst = worst_group(self.part, groups)
        now = self._result(moved, worst, findings_of(groups))
        beyond = [Beyond(group.group, self._before(group.group), group.value) for group in groups
                  if group.value is not None and self._over(group.value)]
        return PartAfter(self.was, now, self._sorted(beyond), [group for group in groups if group.value is None])

    def _lines(self, moved: Moved) -> PartAfter | None:
        fresh = self._measure.take(moved.touched, self.part)
        if any(group.findings or group.value is None for group in fresh):
            return None
        gone = {symbol for symbol in moved.symbols if symbol in self._known}
        if not fresh and not gone:
            return self._still(moved)
        return self._pressed(moved, {group.group: group for group in fresh}, gone, lambda group: group)

    def _sums(self, moved: Moved) -> PartAfter | None:
        shared = self._shared(moved)
        if shared is None:
            return None
        fresh, old = self._measure.take(moved.touched, self.part), self._earlier(moved)
        if any(group.findings or group.numerator is None for group in (*fresh, *old)):
            return None
        below = self._own(fresh, old) if self._measure.reach is Reach.OWN else shared
        sums = self._moved_sums(moved, fresh, old) if below.absolute or below.amount else None
        if sums is None:
            return None
        if not sums and below.amount == self.was.denominator:
            return self._still(moved)

        def anew(group: Measured) -> Measured:
            return measured(group.group, group.numerator, below)

        return self._pressed(moved, {name: measured(name, amount, below) for name, amount in sums.items()}, set(sums),
                             anew)

    def _earlier(self, moved: Moved) -> tuple[Measured, ...]:
        found = self._old.get(moved.symbols)
        if found is None:
            found = self._measure.take(moved.earlier, self.part)
            if len(self._old) > _KEPT:
                self._old.clear()
            self._old[moved.symbols] = found
        return found

    def _shared(self, moved: Moved) -> Below | None:
        """Return the denominator after the orders; None where it is not one above zero that all groups share."""
        if self._measure.reach is Reach.OWN:
            return Below(self.was.denominator)
        found = Below(moved.exposure) if self._measure.reach is Reach.COINS else moved.below(self.part)
        if found.absolute:
            return found
        # A minimum has no subject while the sleeve is under its floor.
        idle_minimum = self.part.direction == "min" and found.room_to_floor is not None
        return found if found.amount and found.amount > 0 and not idle_minimum else None

    def _own(self, fresh: Sequence[Measured], old: Sequence[Measured]) -> Below:
        """Return what a measure divides by that is a sum over lines itself."""
        whole = self.was.denominator or ZERO
        if fresh:
            whole = EXACT.add(whole, fresh[0].denominator or ZERO)
        return Below(EXACT.subtract(whole, old[0].denominator or ZERO) if old else whole)

    def _moved_sums(self, moved: Moved, fresh: Sequence[Measured], old: Sequence[Measured]) -> dict[
            str, Decimal] | None:
        """Return the new sum of each group that the orders move; None where a group may appear or vanish unseen."""
        if self._measure.reach is Reach.CHOSEN:
            return None if any(group.numerator for group in (*fresh, *old)) else {}
        changes = {group.group: group.numerator or ZERO for group in fresh}
        for group in old:
            changes[group.group] = EXACT.subtract(changes.get(group.group, ZERO), group.numerator or ZERO)
        found: dict[str, Decimal] = {}
        for name, change in changes.items():
            known = self._known.get(name)
            if known is None:
                if not change and not name and not self._nameless(moved):
                    continue  # Nothing touched is in scope: a measure of no lines says so with one empty group.
                if not change or self._nobody:
                    return None
                found[name] = change
            elif change:
                found[name] = EXACT.add(known.numerator or ZERO, change)
                if not found[name]:
                    return None
        return found

    @property
    def _nobody(self) -> bool:
        """Whether the only group may stand for no lines at all."""
        return bool(self.part.group_by or self._measure.groups) and set(self._known) == {""}

    def _nameless(self, moved: Moved) -> bool:
        key = self.part.group_by
        return key in SIMPLE and any(not dimension(row, key) for row in moved.rows.values())

    def _pressed(self, moved: Moved, fresh: dict[str, Measured], gone: set[str],
                 anew: Callable[[Measured], Measured]) -> PartAfter | None:
        """Find the worst group and those beyond among the fresh ones and, from the most pressing on, the others."""
        others: list[Measured] = []
        for group in self._ranked:
            if group.group not in fresh and group.group not in gone:
                others.append(anew(group))
                # Ranked: nothing after it presses more. Only a division can round two different sums to one value.
                if not self._over(others[-1].value or ZERO) and (
                        group.denominator is None or others[-1].value != others[0].value
                        or (len(others) > 1 and others[-1].numerator == others[-2].numerator)):
                    break
        found = [*fresh.values(), *others]
        if not found:
            return None
        worst = found[0] if len(found) == 1 else min(
            found, key=lambda group: (-pressing(group.value, self.part), group.group))
        beyond = [Beyond(group.group, self._before(group.group), group.value) for group in found
                  if group.value is not None and self._over(group.value)]
        return PartAfter(self.was, self._result(moved, worst, ()), self._sorted(beyond))

    def _still(self, moved: Moved) -> PartAfter:
        """Return the part with the figures that it had; its headroom may be told in another line now."""
        beyond = []
        for group in self._ranked:
            if group.value is None or not self._over(group.value):
                break
            beyond.append(Beyond(group.group, group.value, group.value))
        figures_before = {name: value for name, value in self.was.__dict__.items() if name != "headroom"}
        now = PartResult.later(partial(_later, moved, self.part, self.was.group), **figures_before)
        return PartAfter(self.was, now, beyond)

    def _result(self, moved: Moved, worst: Measured, findings: tuple[Finding, ...]) -> PartResult:
        return PartResult.later(partial(_later, moved, self.part, worst.group),
                                **figures(self.part, worst, findings))

    def _over(self, value: Decimal) -> bool:
        level = self.part.in_force
        return level is not None and self._sign * (value - level) > 0

    def _before(self, group: str) -> Decimal | None:
        """Return what a group measured before the orders; a group that was not there measured nothing."""
        known = self._known.get(group)
        if known is not None:
            return known.value
        if self.was.groups and self._measure.reach in {Reach.CHOSEN, Reach.NAMED}:
            return self.was.groups[0].value  # The order itself may rename it.
        return ZERO if self.part.direction == "max" else None

    def _sorted(self, beyond: list[Beyond]) -> list[Beyond]:
        return sorted(beyond, key=lambda item: (-pressing(item.after, self.part), item.group))


_KEPT = 64
"""So many baskets' touched lines before the orders are kept per part."""


def _later(moved: Moved, part: Part, worst: str, name: str) -> object:
    """Return the groups or the headroom of a part after the orders, from the whole book."""
    with localcontext(WIDE):
        groups = BY_NAME[part.measure].take(moved.whole, part)
        if name == "groups":
            return groups
        return headroom(next(group for group in groups if group.group == worst), part)
