"""What may be lost: value at risk, expected shortfall, the worst stress of the library (L27, L28).

In dollars only: in per cent of an unlevered book a value at risk says nothing that its volatility does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, from_float, quotient
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, in_scope, measured, missing_rows, speaker, unknown
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.risk.rules import Method
from sandyq.risk.scenario import Scenario
from sandyq.risk.stress import Derived, Held, StressModel, StressResult
from sandyq.risk.tail_model import TailRisk

_FIRST_STEP: Final = 1e6
_FARTHEST: Final = 1e13
_CENT: Final = 0.01
"""Dollars: where the search for headroom begins, gives up, and is exact enough."""
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
    amount = from_float(value, _DIGITS)
    return (measured("", amount, absolute, partial(_tail_slope, snapshot, part, rows, read, amount)),)


def _tail_slope(snapshot: Snapshot, part: Part, rows: Sequence[Row],
                read: Callable[[TailRisk], float | None], amount: Decimal) -> Slope | None:
    """Return the chord from today's figure to the limit, per dollar of the largest line.

    A quantile bends with every dollar, so the dollars at which it meets the limit are searched for, to the cent, and
    told as if the way there were straight; None where no purchase, or no sale of the line, leads there.
    """
    chosen, level = speaker(rows, snapshot), part.in_force
    if chosen is None or level is None or snapshot.risk is None or chosen.symbol not in {row.symbol for row in rows}:
        return None
    tails, today, asked = snapshot.risk.tails, amounts(rows), horizon(part)

    def gap(dollars: float) -> float:
        found = read(tails.risk({**today, chosen.symbol: today[chosen.symbol] + dollars}, *asked))
        return 0.0 if found is None else float(level) - found

    dollars = _meeting(gap, -today[chosen.symbol])
    if dollars is None:
        return None
    return Slope(chosen.symbol, chosen.price, quotient(level - amount, from_float(dollars)) if dollars else ONE)


def _meeting(gap: Callable[[float], float], least: float) -> float | None:
    """Return where a gap that purchases close reaches nought, on the side that is within; `least` sells the line."""
    within, beyond = 0.0, _FIRST_STEP
    if gap(0.0) < 0:
        within, beyond = least, 0.0
        if gap(within) < 0:
            return None
    else:
        while gap(beyond) >= 0:
            within, beyond = beyond, beyond * 2
            if beyond > _FARTHEST:
                return None
    while beyond - within > _CENT:
        middle = (within + beyond) / 2
        if middle in {within, beyond}:
            break
        within, beyond = (middle, beyond) if gap(middle) >= 0 else (within, middle)
    return within


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
    return tuple(measured(scenario.id, loss, absolute, partial(_stress_slope, snapshot, model, rows, scenario, loss),
                          _unstressed(model.run(lines, scenario)) if loss is None else ())
                 for scenario, loss in zip(chosen, model.losses(lines, chosen), strict=True))


def _stress_slope(snapshot: Snapshot, model: StressModel, rows: Sequence[Row], scenario: Scenario,
                  loss: Decimal | None) -> Slope | None:
    """Return what one more dollar of the largest line loses under a scenario; the custodian that fails stays."""
    chosen = speaker(rows, snapshot)
    if chosen is None or loss is None:
        return None
    more = [replace(line, value=line.value + ONE) if line.symbol == chosen.symbol and line.value is not None else line
            for line in held(rows)]
    after = model.losses(more, [scenario])[0]
    return None if after is None else Slope(chosen.symbol, chosen.price, after - loss)


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
