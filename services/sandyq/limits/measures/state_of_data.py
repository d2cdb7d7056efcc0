"""Premium at purchase, drawdown, programme, and how good the data are (L05, L25, L29, L33)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.exposure.result import Rung
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import (
    DENOMINATORS,
    Below,
    Measure,
    Reach,
    denominator,
    in_scope,
    measured,
    missing_rows,
    unknown,
)
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Row, Snapshot, total


def take_premium(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the absolute premium of each fund that is bought; Unknown unless price and NAV are of one instant."""
    rows = {row.symbol: row for row in (*snapshot.candidates.values(), *snapshot.rows)}
    results = []
    for symbol in dict.fromkeys(order.symbol for order in snapshot.orders if order.side == "buy"):
        row = rows.get(symbol)
        if row is None or not in_scope([row], part):
            continue
        premium = row.premium
        value = abs(premium.value) if premium and premium.comparable and premium.value is not None else None
        reason = premium.reason if premium and premium.reason else N_("no net asset value of the day is known")
        findings = [] if value is not None else [
            unknown("premium-unknown", N_("The premium of {symbol} is Unknown: {reason}.", symbol=symbol,
                                          reason=reason), symbol)]
        results.append(measured(symbol, value, Below(None, absolute=True), None, findings))
    return tuple(results)


def take_drawdown(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:  # noqa: ARG001 - a measure's form
    """Return the fall of the time-weighted index from its high-water mark, as a positive ratio."""
    if not snapshot.flows:
        return ()
    findings = [] if snapshot.drawdown is not None else [unknown("drawdown-unknown", N_(
        "The time-weighted index cannot be computed for the day."))]
    return (measured("", snapshot.drawdown, Below(None, absolute=True), None, findings),)


def take_programme(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:  # noqa: ARG001
    """Return the sleeve's market value and the last figures of the other participants of the national programme."""
    findings: list[Finding] = []
    if snapshot.programme is None:
        findings = [unknown("programme-missing", N_("{participant} has no figure in USD.", participant=name), name)
                    for name in snapshot.programme_missing] or [
            unknown("programme-missing", N_("No figure of another participant is recorded."))]
    amount = total((snapshot.market_value, snapshot.programme))
    return (measured("", amount, Below(None, absolute=True), None, findings),)


def take_stale(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the share of market value whose price is older than `days` trading days of its exchange."""
    days = int(part.options.get("days", "1"))
    return _share(snapshot, part, lambda row: row.age is None or row.age > days)


def take_fallback(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the share of market value that is looked through by the fall-back only."""
    return _share(snapshot, part, lambda row: row.rung is Rung.FALLBACK)


def _share(snapshot: Snapshot, part: Part, chosen: Callable[[Row], bool]) -> tuple[Measured, ...]:
    below = denominator(snapshot, part)
    doubtful = [row for row in in_scope(snapshot.rows, part) if chosen(row)]
    amount = total(row.market_value for row in doubtful)
    group = max(doubtful, key=lambda row: row.market_value or ZERO).symbol if doubtful else ""
    return (measured(group, amount, below, None, missing_rows(doubtful, "market_value")),)


def take_holdings_age(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the age in calendar days of the coins and shares that each company last reported."""
    return tuple(measured(row.symbol, Decimal(row.holdings_age), Below(None, absolute=True))
                 for row in in_scope(snapshot.rows, part) if row.holdings_age is not None)


MEASURES = (
    Measure("premium", take_premium, frozenset({"ratio"}), order_only=True, reach=Reach.ORDERED),
    Measure("drawdown", take_drawdown, frozenset({"ratio"}), scopes=frozenset(), reach=Reach.ORDERED),
    Measure("programme", take_programme, frozenset({"USD"}), scopes=frozenset(), reach=Reach.ORDERED),
    Measure("stale_share", take_stale, frozenset({"ratio"}), denominators=DENOMINATORS, options=frozenset({"days"}),
            reach=Reach.CHOSEN),
    Measure("fallback_share", take_fallback, frozenset({"ratio"}), denominators=DENOMINATORS, reach=Reach.CHOSEN),
    Measure("holdings_age", take_holdings_age, frozenset({"days"}), reach=Reach.LINE),
)
