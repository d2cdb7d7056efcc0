"""The JSON forms of risk: amounts as decimal strings, ratios and probabilities as numbers, each with its convention."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandyq.basics.decimals import canonical, cents
from sandyq.basics.language import Language
from sandyq.limits.early_warning import EarlyWarning
from sandyq.risk.liquidity import Ladder
from sandyq.risk.stress import StressResult
from sandyq.risk.tail_model import TailRisk
from sandyq.workstation.risk import Effects, Reverse, RiskReport


def money(amount: Decimal | float | None) -> str | None:
    """Return USD to the cent, None for Unknown."""
    if amount is None:
        return None
    return str(cents(Decimal(repr(amount)) if isinstance(amount, float) else amount))


def tail_form(item: TailRisk) -> dict[str, Any]:
    return {"method": item.method.value, "days": item.days, "level": float(item.level),
            "value_at_risk_usd": money(item.value_at_risk), "expected_shortfall_usd": money(item.expected_shortfall),
            "scenarios": item.scenarios, "tail": item.tail, "proxied": round(item.proxied, 6),
            "unknown": list(item.unknown)}


def report_form(found: RiskReport, language: Language) -> dict[str, Any]:
    rules = found.rules
    return {
        "as_of": found.as_of.isoformat(), "market_value_usd": money(found.market_value),
        "conventions": {
            "method": rules.method.value, "window": rules.window, "first": found.first and found.first.isoformat(),
            "least": rules.least, "decay": str(rules.decay), "quantile": rules.quantile.value,
            "returns": "log" if rules.log_returns else "simple",
            "expected_shortfall": "mean of the k worst losses, k = scenarios × (1 − level), rounded up",
            "ten_days": "overlapping sums of ten consecutive returns",
            "alignment": "returns between consecutive trading days of New York that both have a close"},
        "tails": [tail_form(item) for item in found.tails],
        "normal": {"days": 1, "decay": str(rules.decay), "deviation_usd": money(found.deviation),
                   "value_at_risk_usd": {str(level): money(value) for level, value in found.normal}},
        "lines": [{"symbol": line.symbol, "known": line.known, "proxied": round(line.proxied, 6),
                   "proxies": [{"proxy": proxy.name.lower(), "title": language.say(proxy.label), "days": days}
                               for proxy, days in line.proxies]} for line in found.coverage],
        "worst_days": [{"date": day.day.isoformat(), "loss_usd": money(day.loss),
                        "lines": [{"symbol": symbol, "gain_usd": money(gain)} for symbol, gain in day.by_symbol]}
                       for day in found.worst],
    }


def effects_form(found: Effects) -> dict[str, Any]:
    return {"tails": [{"before": tail_form(item.before), "after": tail_form(item.after)} for item in found.tails],
            "days_to_sell_95": {"before": _number(found.exit_before), "after": _number(found.exit_after)}}


def ladder_form(found: Ladder) -> dict[str, Any]:
    return {"participation": canonical(found.participation), "stressed_volume": float(found.volume),
            "lines": [{"symbol": line.symbol, "days": _number(line.days), "stressed_days": _number(line.stressed)}
                      for line in found.lines],
            "steps": [{"day": day, "sold": float(normal), "stressed": float(stressed)}
                      for day, normal, stressed in found.steps], "unknown": list(found.unknown)}


def warning_form(found: EarlyWarning, language: Language) -> dict[str, Any]:
    draw = found.draw
    return {
        "method": "block bootstrap of the scenario days (returns by the mandate's method), all lines together; "
                  "positions and data stay as they are",
        "paths": draw.paths, "horizon": draw.horizon, "block": draw.block, "seed": draw.seed, "window": found.window,
        "without_history": list(found.without),
        "limits": [{"id": item.limit.id, "state": item.state.value, "outlook": item.outlook.value,
                    "probability": item.probability, "hard_probability": item.hard_probability,
                    "distance": None if item.distance is None else canonical(item.distance),
                    "daily_volatility": item.volatility, "days_of_volatility": item.days,
                    "coin_move": None if item.coin_move is None else float(item.coin_move),
                    "note": None if item.note is None else language.say(item.note)} for item in found.warnings],
    }


def stress_form(result: StressResult, language: Language) -> dict[str, Any]:
    scenario = result.scenario
    return {
        "id": scenario.id, "title": scenario.title.get(language.code) or scenario.title.get("en", scenario.id),
        "origin": scenario.origin.value, "first": scenario.first and scenario.first.isoformat(),
        "last": scenario.last and scenario.last.isoformat(), "source": scenario.source,
        "gain_usd": money(result.gain), "custodian": result.custodian or None,
        "reporting": {name: float(move) for name, move in scenario.reporting.items()},
        "halted": list(scenario.halted), "halt_days": scenario.halt_days, "volume": float(scenario.volume),
        "lines": [{"symbol": line.symbol, "value_usd": money(line.value),
                   "move": None if line.move.value is None else round(float(line.move.value), 6),
                   "derived": line.move.derived.value, "note": language.say(line.move.note),
                   "gain_usd": money(line.gain), "halted": line.halted} for line in result.lines],
    }


def reverse_form(found: Reverse, language: Language) -> dict[str, Any]:
    return {"loss_usd": money(found.loss), "fall": None if found.fall is None else float(found.fall),
            "result": stress_form(found.result, language)}


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
