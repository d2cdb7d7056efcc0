"""How much of a fund or a market the sleeve is: ownership, days to exit, order against volume (L20, L21, L22)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

from sandyq.basics.decimals import EXACT, ONE, ZERO, product, quotient
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Again, Below, Measure, Reach, grouped, in_scope, measured, unknown
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Row, Snapshot


def take_ownership(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return our units over units (votes) outstanding, per instrument; Unknown without a count."""
    results = []
    for row in in_scope(snapshot.rows, part):
        findings = [] if row.units else [unknown("units-missing", N_(
            "The units of {symbol} outstanding are not known.", symbol=row.symbol), row.symbol)]
        below = Below(row.units or None)
        slope = Slope(row.symbol, row.price, quotient(ONE, row.price)) if row.price else None
        results.append(measured(row.symbol, row.quantity if row.units else None, below, slope, findings))
    return tuple(results)


def _no_volume(row: Row) -> list[Finding]:
    return [unknown("volume-missing", N_("{symbol} has no volume on each of the last 20 sessions.",
                                         symbol=row.symbol), row.symbol)]


def _days(row: Row, share_of_volume: Decimal) -> Decimal | None:
    return None if not row.volume else quotient(row.quantity, product(row.volume, share_of_volume))


def take_days_to_exit(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return days to sell each line at a share of the median volume (domain.md E3; O13)."""
    share = Decimal(part.options.get("share_of_volume", "0.10"))
    results = []
    for row in in_scope(snapshot.rows, part):
        days = _days(row, share)
        slope = None
        if row.volume and row.price:
            slope = Slope(row.symbol, row.price, quotient(ONE, product(row.price, row.volume, share)))
        findings = [] if days is not None else _no_volume(row)
        results.append(measured(row.symbol, days, Below(None, absolute=True), slope, findings))
    return tuple(results)


def take_book_exit(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the day by which a share of the market value is sold when all lines are sold side by side."""
    rows = in_scope(snapshot.rows, part)
    if not rows:
        return ()
    findings = [finding for row in rows if not row.volume for finding in _no_volume(row)]
    whole = snapshot.market_value
    if findings or whole is None:
        return (measured("", None, Below(None, absolute=True), None, findings),)
    return _exit(_Profile(rows, part), whole, part)


def keep_book_exit(snapshot: Snapshot, part: Part) -> Again | None:
    """Return the same figure for a book in which few lines change; None where it is Unknown or has no subject."""
    rows = in_scope(snapshot.rows, part)
    if not rows or any(not row.volume for row in rows) or snapshot.market_value is None:
        return None
    profile = _Profile(rows, part)

    def again(earlier: Snapshot, touched: Snapshot) -> tuple[Measured, ...] | None:
        gone, come = in_scope(earlier.rows, part), in_scope(touched.rows, part)
        if touched.market_value is None or any(not row.volume for row in come) or len(gone) - len(come) == len(rows):
            return None
        return _exit(profile, touched.market_value, part, gone, come)

    return again


def _exit(profile: _Profile, whole: Decimal, part: Part, gone: Sequence[Row] = (),
          come: Sequence[Row] = ()) -> tuple[Measured, ...]:
    target = whole * Decimal(part.options.get("share_of_value", "0.95"))
    return (measured("", profile.day(target, gone, come), Below(None, absolute=True)),)


class _Profile:
    """Lines in the order in which they are sold out, with exact running sums: (days, value, value sold per day)."""

    def __init__(self, rows: Sequence[Row], part: Part) -> None:
        self._share = Decimal(part.options.get("share_of_volume", "0.10"))
        lines = sorted(line for line in map(self._line, rows) if line[0])
        self._days = [days for days, _, _ in lines]
        self._values, self._rates = ([ZERO, *accumulate((line[place] for line in lines), EXACT.add)]
                                     for place in (1, 2))

    def _line(self, row: Row) -> tuple[Decimal, Decimal, Decimal]:
        days, value = _days(row, self._share) or ZERO, row.market_value or ZERO
        rate = quotient(product(value, row.volume or ZERO, self._share), row.quantity) if days else ZERO
        return days, value, rate

    def day(self, target: Decimal, gone: Sequence[Row], come: Sequence[Row]) -> Decimal:
        """Return when `target` is sold if some lines are replaced by others: the profile is straight between days."""
        changes = [*((line, -1) for line in map(self._line, gone)), *((line, 1) for line in map(self._line, come))]
        changes = [(line, sign) for line, sign in changes if line[0]]
        days = self._days

        def sums(day: Decimal) -> tuple[Decimal, Decimal]:
            """Return the value of the lines that are sold out before a day, and what the others sell per day."""
            place = bisect_left(days, day)
            value, rate = self._values[place], EXACT.subtract(self._rates[-1], self._rates[place])
            for (end, worth, each), sign in changes:
                if end < day:
                    value = EXACT.add(value, sign * worth)
                else:
                    rate = EXACT.add(rate, sign * each)
            return value, rate

        def reached(day: Decimal) -> bool:
            value, rate = sums(day)
            return value + rate * day >= target

        ends = [line[0] for line, sign in changes if sign > 0]
        first = bisect_left(days, True, key=reached)
        found = min([*(day for day in ends if reached(day)), *days[first:first + 1]], default=None)
        if found is None:
            return max([*ends, *self._left(gone)], default=ZERO)
        value, rate = sums(found)
        return max(quotient(target - value, rate), ZERO) if rate else found

    def _left(self, gone: Sequence[Row]) -> list[Decimal]:
        """Return the last day of the lines that stay."""
        lost = sorted((line[0] for line in map(self._line, gone)), reverse=True)
        for day in reversed(self._days):
            if lost and lost[0] == day:
                lost.pop(0)
                continue
            return [day]
        return []


def take_order_volume(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return each ordered instrument's shares over its median daily volume; applies to orders only."""
    ordered: dict[str, Decimal] = {}
    for order in snapshot.orders:
        ordered[order.symbol] = ordered.get(order.symbol, ZERO) + order.quantity
    results = []
    for symbol, quantity in ordered.items():
        row = snapshot.find(symbol)
        if row is None or not grouped(in_scope([row], part), part)[""]:
            continue
        findings = [] if row.volume else _no_volume(row)
        slope = Slope(symbol, row.price, quotient(ONE, row.price)) if row.price else None
        results.append(measured(symbol, quantity if row.volume else None, Below(row.volume or None), slope,
                                findings))
    return tuple(results)


MEASURES = (
    Measure("ownership", take_ownership, frozenset({"ratio"}), by_line=True, reach=Reach.LINE),
    Measure("days_to_exit", take_days_to_exit, frozenset({"days"}), by_line=True,
            options=frozenset({"share_of_volume"}), reach=Reach.LINE),
    Measure("book_exit", take_book_exit, frozenset({"days"}),
            options=frozenset({"share_of_volume", "share_of_value"}), keep=keep_book_exit),
    Measure("order_volume", take_order_volume, frozenset({"ratio"}), order_only=True, reach=Reach.ORDERED),
)
