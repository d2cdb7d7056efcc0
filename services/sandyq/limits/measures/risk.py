"""What may be lost: value at risk, expected shortfall, the worst stress of the library (L27, L28).

In dollars only: in per cent of an unlevered book a value at risk says nothing that its volatility does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from sandyq.basics.decimals import ZERO, from_float
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, in_scope, measured, missing_rows, unknown
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.risk.rules import Method
from sandyq.risk.stress import Derived, Held, StressResult
from sandyq.risk.tail_model import TailRisk

_DIGITS: Final = 12
"""Significant digits of an estimate: what is beyond differs between processors."""


def take_var(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return value at risk in USD over `days` trading days at `level`, by the mandate's method or the part's own."""
    return _tail(snapshot, part, lambda found: found.value_at_risk)


def take_shortfall(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return expected shortfall in USD: the mean of the losses beyond the level."""
    return _tail(snapshot, part, lambda found: found.expected_shortfall)


def _tail(snapshot: Snapshot, part: Part, read: Callable[[TailRisk], float | None]) -> tuple[Measured, ...]:
    rows = in_scope(snapshot.rows, part)
    absolute = Below(None, absolute=True)
    if not rows:
        return (measured("", ZERO, absolute),)
    if snapshot.risk is None:
        return (measured("", None, absolute, None, [_no_model()]),)
    findings = missing_rows(rows, "market_value")
    if findings:
        return (measured("", None, absolute, None, findings),)
    tails = snapshot.risk.tails
    found = tails.risk(amounts(rows), *horizon(part))
    value = read(found)
    if value is None:
        return (measured("", None, absolute, None, _without_history(found, tails.rules.least)),)
    return (measured("", from_float(value, _DIGITS), absolute),)


def horizon(part: Part) -> tuple[int, Decimal, Method | None]:
    """Return a part's days, level and method (None: the mandate's), with 1 day and 99 % where it says nothing."""
    try:
        days, level = int(part.options.get("days", "1")), Decimal(part.options.get("level", "0.99"))
    except (ValueError, InvalidOperation):
        return 1, Decimal("0.99"), None
    said = part.options.get("method", "")
    return max(days, 1), level, Method(said) if said in Method.__members__.values() else None


def amounts(rows: Sequence[Row]) -> dict[str, float]:
    """Return market values in USD by symbol; rows without a value are left out, so ask `missing_rows` first."""
    return {row.symbol: float(row.market_value) for row in rows if row.market_value}


def _without_history(found: TailRisk, least: int) -> list[Finding]:
    return [unknown("history-missing", N_(
        "{symbol} has neither its own returns nor a proxy on each day of the window, or the window has fewer than "
        "{least} days.", symbol=symbol, least=least), symbol) for symbol in found.unknown]


def _no_model() -> Finding:
    return unknown("risk-model-missing", N_("There is no history of returns to measure risk on."))


def held(rows: Sequence[Row]) -> tuple[Held, ...]:
    """Return rows as the stress room wants them."""
    return tuple(Held(row.symbol, row.market_value, row.custody, row.venue) for row in rows)


def take_stress(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the loss in USD under each scenario of the library (or the one that `scenario` names), by scenario."""
    rows = in_scope(snapshot.rows, part)
    absolute = Below(None, absolute=True)
    if not rows:
        return (measured("", ZERO, absolute),)
    if snapshot.risk is None:
        return (measured("", None, absolute, None, [_no_model()]),)
    wanted = part.options.get("scenario", "")
    model = snapshot.risk.stress
    chosen = [scenario for scenario in model.library if scenario.costs and wanted in {"", scenario.id}]
    if not chosen:
        return (measured(wanted, None, absolute, None, [unknown("scenario-missing", N_(
            "There is no stress scenario {name}.", name=wanted or "—"))]),)
    lines = held(rows)
    return tuple(measured(scenario.id, loss, absolute, None,
                          _unstressed(model.run(lines, scenario)) if loss is None else ())
                 for scenario, loss in zip(chosen, model.losses(lines, chosen), strict=True))


def _unstressed(result: StressResult) -> list[Finding]:
    return [unknown("stress-unknown", N_("{symbol} under {scenario}: {reason}.", symbol=line.symbol,
                                         scenario=result.scenario.id, reason=(
                                             line.move.note if line.move.derived is Derived.UNKNOWN
                                             else N_("its value is Unknown"))), line.symbol)
            for line in result.lines if line.gain is None]


_TAIL: Final = frozenset({"days", "level", "method"})
MEASURES = (
    Measure("var", take_var, frozenset({"USD"}), options=_TAIL),
    Measure("expected_shortfall", take_shortfall, frozenset({"USD"}), options=_TAIL),
    Measure("stress", take_stress, frozenset({"USD"}), options=frozenset({"scenario"})),
)
