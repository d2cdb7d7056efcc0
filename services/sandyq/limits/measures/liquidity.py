"""How much of a fund or a market the sleeve is: ownership, days to exit, order against volume (L20, L21, L22)."""

from __future__ import annotations

from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, Reach, grouped, in_scope, measured, unknown
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
    share = Decimal(part.options.get("share_of_volume", "0.10"))
    wanted = Decimal(part.options.get("share_of_value", "0.95"))
    rows = in_scope(snapshot.rows, part)
    if not rows:
        return ()
    findings = [finding for row in rows if not row.volume for finding in _no_volume(row)]
    whole = snapshot.market_value
    if findings or whole is None:
        return (measured("", None, Below(None, absolute=True), None, findings),)
    lines = sorted((_days(row, share) or ZERO, row.market_value or ZERO) for row in rows)
    target, sold_out, rate = whole * wanted, ZERO, sum((mv / days for days, mv in lines if days), ZERO)
    sold_out = sum((mv for days, mv in lines if not days), ZERO)
    answer = ZERO
    for days, value in lines:
        if not days:
            continue
        if sold_out + rate * days >= target:
            answer = max(quotient(target - sold_out, rate), ZERO)
            break
        answer = days
        sold_out += value
        rate -= value / days
    return (measured("", answer, Below(None, absolute=True)),)


def take_order_volume(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return each ordered instrument's shares over its median daily volume; applies to orders only."""
    rows = {row.symbol: row for row in (*snapshot.rows, *snapshot.candidates.values())}
    ordered: dict[str, Decimal] = {}
    for order in snapshot.orders:
        ordered[order.symbol] = ordered.get(order.symbol, ZERO) + order.quantity
    results = []
    for symbol, quantity in ordered.items():
        row = rows.get(symbol)
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
            options=frozenset({"share_of_volume", "share_of_value"})),
    Measure("order_volume", take_order_volume, frozenset({"ratio"}), order_only=True, reach=Reach.ORDERED),
)
