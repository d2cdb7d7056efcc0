"""Results as JSON values: amounts and quantities as decimal strings, dates ISO, ratios plain numbers (interface.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sandyq.basics.decimals import WIDE, canonical, cents
from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding
from sandyq.basics.language import Language
from sandyq.exposure.result import Exposure, ExposureLine, Premium, Range
from sandyq.limits.disclosure import ALERT_WORDS, Alert
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Check, Headroom, LimitResult, LimitsRun, PartResult
from sandyq.market.series import FxPoint
from sandyq.valuation.holdings import CashLine, Holdings, Line, ValuedLot
from sandyq.workstation.contract import Issued, Preview
from sandyq.workstation.levels import level_of, levels_of

Json = dict[str, Any]
_TWELVE = Decimal("0.000000000001")


def money(amount: Decimal | None) -> str | None:
    """An amount as a string with two decimals; None (Unknown) stays null."""
    return None if amount is None else format(cents(amount), "f")


def exact(number: Decimal | None) -> str | None:
    """A quantity or price as it is, at most twelve decimals."""
    if number is None:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -12:
        number = number.quantize(_TWELVE, rounding=ROUND_HALF_EVEN, context=WIDE)
    return canonical(number)


def whole(number: Decimal | None) -> str | None:
    """A figure with every digit, where parts have to sum exactly."""
    return None if number is None else canonical(number)


def ratio(number: Decimal | float | None) -> float | None:
    return None if number is None else float(number)


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def findings(items: Iterable[Finding], language: Language) -> list[Json]:
    return [
        {"severity": item.severity.value, "code": item.code, "line": item.line or None, "column": item.column or None,
         "value": item.value or None, "subject": item.subject or None, "message": language.say(item.text)}
        for item in items
    ]


def preview(item: Preview, language: Language) -> Json:
    return {"file": item.file, "kind": item.kind, "sha256": item.sha256, "read": item.read, "new": item.new,
            "superseding": item.superseding, "duplicate": item.duplicate, "refused": item.refused,
            "already_imported": item.already_imported, "entry": item.entry, "proposal": item.proposal or None,
            "findings": findings(item.findings, language)}


def _fx(point: FxPoint | None) -> Json | None:
    if point is None:
        return None
    return {"base": point.base, "quote": point.quote, "rate": exact(point.rate), "date": day(point.day),
            "source": point.source, "path": list(point.path)}


def _lot(item: ValuedLot) -> Json:
    lot = item.lot
    return {"reference": lot.reference, "account": lot.account, "trade_date": day(lot.trade_date),
            "quantity": exact(lot.quantity), "cost": money(lot.cost), "currency": lot.currency,
            "cost_usd": money(lot.cost_usd), "market_value_usd": money(item.market_value_usd),
            "unrealised_usd": money(item.unrealised_usd)}


def _line(line: Line, on: date, language: Language) -> Json:
    price = line.price
    return {
        "symbol": line.symbol, "instrument": line.instrument.id, "name": line.instrument.name(on),
        "kind": line.kind.value, "quantity": exact(line.quantity),
        "price": exact(price.close) if price else None, "price_filed": exact(price.filed) if price else None,
        "price_factor": exact(price.factor) if price else None,
        "price_currency": price.currency if price else None, "price_date": day(price.day) if price else None,
        "price_age_days": line.age, "price_basis": price.basis if price else None,
        "price_source": price.source if price else None, "price_type": price.price_type if price else None,
        "price_time": line.price_time or None, "freshness": line.freshness.value,
        "market_value_usd": money(line.market_value_usd), "market_value_kzt": money(line.market_value_kzt),
        "cost_usd": money(line.cost_usd), "unrealised_usd": money(line.unrealised_usd),
        "unrealised_fx_usd": money(line.unrealised_fx_usd), "realised_usd": money(line.realised_usd),
        "realised_fx_usd": money(line.realised_fx_usd), "income_usd": money(line.income_usd),
        "withholding_usd": money(line.withholding_usd), "fees_usd": money(line.fees_usd),
        "taxes_usd": money(line.taxes_usd), "lots": [_lot(lot) for lot in line.lots],
        "findings": findings(line.findings, language),
    }


def _cash(line: CashLine) -> Json:
    return {"account": line.cash.account, "currency": line.cash.currency, "amount": money(line.cash.amount),
            "unsettled": money(line.cash.unsettled), "value_usd": money(line.value_usd),
            "value_kzt": money(line.value_kzt), "overdraft_reason": line.cash.overdraft_reason or None}


def holdings(result: Holdings, known_at: str, language: Language) -> Json:
    return {
        "as_of": day(result.as_of), "known_at": known_at,
        "cost_method": result.state.settings.cost_method.value, "basis": result.state.basis.value,
        "lines": [_line(line, result.as_of, language) for line in result.lines],
        "cash": [_cash(line) for line in result.cash],
        "totals": {
            "market_value_usd": money(result.market_value_usd), "market_value_kzt": money(result.market_value_kzt),
            "known_market_value_usd": money(result.known_market_value_usd), "unknown_lines": result.unknown_lines,
            "cost_usd": money(result.cost_usd), "unrealised_usd": money(result.unrealised_usd),
            "realised_usd": money(result.realised_usd), "income_usd": money(result.income_usd),
            "withholding_usd": money(result.withholding_usd), "fees_usd": money(result.fees_usd),
            "taxes_usd": money(result.taxes_usd), "net_invested_usd": money(result.net_invested_usd),
        },
        "fx": {"USD/KZT": _fx(result.kzt)},
        "findings": findings(result.findings, language),
    }


def _range(value: Range) -> Json:
    return {"low": exact(value.low), "central": exact(value.central), "high": exact(value.high)}


def _usd(value: Range) -> Json:
    return {"low": money(value.low), "central": money(value.central), "high": money(value.high)}


def _premium(value: Premium | None, language: Language) -> Json | None:
    if value is None:
        return None
    return {"value": ratio(value.value), "comparable": value.comparable, "nav": exact(value.nav),
            "nav_date": day(value.nav_day), "reason": language.say(value.reason) if value.reason else None}


def _exposure_line(line: ExposureLine, language: Language) -> Json:
    multiple, beta = line.mnav, line.beta
    return {
        "symbol": line.symbol, "instrument": line.instrument, "rung": line.rung.word,
        "method": language.say(line.method), "reported": line.reported or None,
        "coins": {asset: _range(value) for asset, value in line.coins.items()},
        "coin_equivalent": line.equivalent, "coins_per_share": exact(line.coins_per_share),
        "exposure_usd": _usd(line.exposure_usd), "premium": _premium(line.premium, language),
        "mnav": None if multiple is None else {
            "simple": ratio(multiple.simple), "diluted": ratio(multiple.diluted), "ev": ratio(multiple.enterprise),
            "gross_per_share_usd": exact(multiple.gross_per_share_usd),
            "diluted_gross_per_share_usd": exact(multiple.diluted_gross_per_share_usd),
            "net_equity_per_share_usd": exact(multiple.net_equity_per_share_usd),
            "ev_to_market_cap": ratio(multiple.enterprise_to_market_cap),
            "coins_date": day(multiple.coins_day), "shares_date": day(multiple.shares_day)},
        "beta": None if beta is None else {
            "value": beta.value, "se": beta.standard_error, "r2": beta.r_squared, "n": beta.observations,
            "upper": beta.upper, "window_from": day(beta.window_from), "window_to": day(beta.window_to),
            "reference": beta.reference, "admitted": beta.admitted},
        "legs": [{"name": leg.name, "exposure_usd": money(leg.exposure_usd), "chosen": leg.chosen,
                  "note": language.say(leg.note)} for leg in line.legs],
        "custodians": {name or "unknown": ratio(share) for name, share in line.custodians.items()},
        "basis_date": day(line.basis_date), "findings": findings(line.findings, language),
    }


def exposure(result: Exposure, known_at: str, language: Language) -> Json:
    return {
        "as_of": day(result.as_of), "known_at": known_at,
        "lines": [_exposure_line(line, language) for line in result.lines],
        "totals": {
            "by_coin": {asset: _range(value) for asset, value in result.by_coin.items()},
            "by_coin_usd": {asset: _usd(value) for asset, value in result.by_coin_usd.items()},
            "by_custodian": {name or "unknown": money(value) for name, value in result.by_custodian.items()},
            "by_custodian_worst": {name or "unknown": money(v) for name, v in result.by_custodian_worst.items()},
            "exposure_usd": _usd(result.total_usd), "coin_equivalent": exact(result.coin_equivalent),
        },
        "coin_prices": {asset: {"close_usd": exact(close), "date": day(on), "cutoff": cutoff}
                        for asset, (close, on, cutoff) in result.coin_prices.items()},
        "findings": findings(result.findings, language),
    }


def _headroom(value: Headroom) -> Json:
    return {"usd": money(value.usd), "shares": exact(value.shares), "symbol": value.symbol or None,
            "coin_move": ratio(value.coin_move), "coin_move_beyond": value.coin_move_beyond}


def _amount(number: Decimal | None, unit: str) -> str | float | None:
    """A value in a limit's unit: an exact string for money and counts, a plain number for ratios."""
    return ratio(number) if unit == "ratio" else exact(number)


def _part(part: PartResult, language: Language) -> Json:
    unit = part.part.unit
    return {
        "measure": part.part.measure, "title": part.part.title, "group": part.group or None,
        "value": _amount(part.value, unit), "unit": unit, "direction": part.part.direction,
        "warn": _amount(part.part.warn, unit), "soft": _amount(part.part.soft, unit),
        "hard": _amount(part.part.hard, unit), "utilisation": ratio(part.utilisation), "state": part.state.value,
        "numerator": exact(part.numerator), "denominator": exact(part.denominator),
        "denominator_date": day(part.denominator_day), "denominator_source": part.denominator_source or None,
        "excess": _amount(part.excess, unit), "excess_usd": money(part.excess_usd),
        "headroom": _headroom(part.headroom),
        "groups": [{"group": g.group, "value": _amount(g.value, unit), "numerator": exact(g.numerator),
                    "denominator": exact(g.denominator)} for g in part.groups],
        "findings": findings(part.findings, language),
    }


def limit(result: LimitResult, language: Language) -> Json:
    rule, worst = result.limit, result.worst
    speaking = _part(worst, language) if worst else {
        "measure": rule.parts[0].measure if rule.parts else None, "group": None, "value": None, "unit": None,
        "warn": None, "soft": None, "hard": None, "utilisation": None, "headroom": _headroom(Headroom())}
    return {
        "id": rule.id, "version": rule.version, "title": rule.title.get(language.code) or rule.title.get("en", rule.id),
        "clause": rule.clause, "document": rule.document, "section": rule.section,
        **{key: speaking.get(key) for key in ("measure", "group", "value", "unit", "warn", "soft", "hard",
                                              "utilisation")},
        "state": result.state.value, "headroom": speaking["headroom"],
        "excess": speaking.get("excess"), "excess_usd": speaking.get("excess_usd"),
        "findings": findings(result.findings or (worst.findings if worst else ()), language),
        "trace": {"numerator": speaking.get("numerator"), "denominator": speaking.get("denominator"),
                  "denominator_date": speaking.get("denominator_date"),
                  "denominator_source": speaking.get("denominator_source"),
                  "explain": f"limits/{rule.id}/value"},
        "parts": [_part(part, language) for part in result.parts],
    }


def meters(holdings: Holdings, mandate: Mandate) -> Json:
    """The mandate's amount on both meters, and which of them binds (F003)."""
    return {"minimum": money(mandate.minimum), "target": money(mandate.target), "maximum": money(mandate.maximum),
            "currency": mandate.currency, "net_invested": money(holdings.net_invested_usd),
            "market_value": money(holdings.market_value_usd), "binding": mandate.binding_meter,
            "document": mandate.document, "body": mandate.body, "valid_from": day(mandate.valid_from),
            "example": mandate.example}


def limits(run: LimitsRun, known_at: str, language: Language, meter: Json | None = None) -> Json:
    return {"as_of": day(run.as_of), "known_at": known_at, "mandate": run.mandate_version, "meters": meter,
            "limits": [limit(result, language) for result in run.results],
            "counts": {state.value: count for state, count in run.counts().items()},
            "findings": findings(run.findings, language)}


def alerts(found: Sequence[Alert], language: Language) -> list[Json]:
    return [{"rule": item.rule, "title": language.say(ALERT_WORDS[item.rule]), "subject": item.subject or None,
             "state": item.state.value, "unit": item.unit,
             "value": None if item.value is None else exact(item.value) if item.unit == "USD" else float(item.value),
             "threshold": exact(item.threshold) if item.unit == "USD" else float(item.threshold),
             "findings": findings(item.findings, language)} for item in found]


def check(result: Check, known_at: str, record: str, language: Language) -> Json:
    changes = []
    for change in result.changes:
        before, after = change.before.worst, change.after.worst
        unit = (after or before).part.unit if (after or before) else ""  # type: ignore[union-attr]
        changes.append({
            "id": change.limit.id, "before": _amount(before.value, unit) if before else None,
            "after": _amount(after.value, unit) if after else None, "unit": unit or None,
            "group": after.group if after else None,
            "state_before": change.before.state.value, "state_after": change.after.state.value,
            "headroom": _headroom(after.headroom) if after else None,
            "excess": _amount(after.excess, unit) if after else None,
            "excess_usd": money(after.excess_usd) if after else None,
            "level": level_of(change), "verdict": change.verdict.value, "moved": change.moved,
            "reason": language.say(change.reason) if change.reason else None,
        })
    largest: Mapping[str, Any] | None = None
    if result.largest:
        first = result.largest[0]
        largest = {"symbol": first.symbol, "side": first.side, "quantity": exact(first.quantity),
                   "binding": first.binding, "amount_usd": money(first.amount_usd)}
    return {
        "as_of": day(result.as_of), "known_at": known_at, "verdict": result.verdict.value,
        "orders": [{"side": o.side, "quantity": exact(o.quantity), "symbol": o.symbol, "price": exact(o.price),
                    "fee": exact(o.fee)} for o in result.orders],
        "amount_usd": money(result.amount_usd), "limits": changes,
        "levels": [{"level": item.name, "verdict": item.verdict.value,
                    "limits": [change.limit.id for change in item.changes],
                    "moved": [change.limit.id for change in item.changes if change.moved]}
                   for item in levels_of(result)],
        "reasons": [{"id": name, "verdict": verdict.value, "message": language.say(text)}
                    for name, verdict, text in result.reasons],
        "largest": largest,
        "largest_by_line": [{"symbol": item.symbol, "side": item.side, "quantity": exact(item.quantity),
                             "binding": item.binding, "amount_usd": money(item.amount_usd)}
                            for item in result.largest],
        "record": record, "findings": findings(result.findings, language),
    }


def figure(node: Figure, language: Language, sources: Mapping[tuple[int, int], Json]) -> Json:
    value: Any = node.value
    if isinstance(value, Decimal):
        value = exact(value)
    elif isinstance(value, date):
        value = day(value)
    origin = sources.get((node.origin.entry, node.origin.line)) if node.origin else None
    return {"key": node.key, "label": language.say(node.label), "value": value, "unit": node.unit or None,
            "note": language.say(node.note) if node.note else None, "chosen": node.chosen or None,
            "convention": node.convention or None, "source": origin,
            "findings": findings(node.findings, language),
            "parts": [figure(part, language, sources) for part in node.parts]}


def issued(item: Issued) -> Json:
    return {"path": str(item.path), "sha256": item.sha256}
