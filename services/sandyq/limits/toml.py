"""Read a mandate from TOML: strict, with the place of every mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sandyq.basics.decimals import ONE
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.eligibility_section import FLOOR_KEYS, read_floors
from sandyq.limits.fitting import fitted, misfit
from sandyq.limits.gate_section import read_gate
from sandyq.limits.mandate import EligibleInstrument, Limit, Mandate, Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.measures.base import BASES, DENOMINATORS, SCOPES
from sandyq.limits.plan_section import (
    read_disclosure,
    read_fees,
    read_order_rules,
    read_programme,
    read_tranches,
)
from sandyq.limits.risk_section import read_risk
from sandyq.reference.kinds import Kind
from sandyq.risk.scenario import read_scenarios
from sandyq.valuation.holdings import Thresholds

_SECTIONS = {"mandate", "valuation", "look_through", "orders", "phase", "limit", "eligibility", "gate", "tranche",
             "programme", "risk", "scenario", "disclosure"}
_MANDATE = {"name", "version", "valid_from", "body", "document", "currency", "minimum", "target", "maximum", "example",
            "binding_meter", "ramp_up_floor", "book"}
_LIMIT = {"id", "title", "clause", "document", "section", "valid_from", "valid_to", "cure_days", "calendar", "owner",
          "part"}
_PART = {"measure", "title", "unit", "direction", "warn", "soft", "hard", "denominator", "basis", "scope", "group_by",
         "block_at", "options"}


def read_mandate(text: str, source: str = "") -> Mandate:
    """Return the mandate of a TOML text. Raises BadInput with the place of the first thing that is wrong."""
    return _Reader(source or "mandate").mandate(text)


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._findings: list[Finding] = []

    def wrong(self, place: str, what: Text) -> BadInput:
        return BadInput("bad-mandate", what, where=f"{self._source}: {place}",
                        remedy=N_("Correct the mandate file; the example mandate shows every section."))

    def table(self, value: object, place: str, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(place, N_("A section is missing or is not a table."))
        for key in value:
            if key not in known:
                raise self.wrong(place, N_("The key {key} is not known here.", key=key))
        return value

    def day(self, value: object, place: str) -> date:
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
        raise self.wrong(place, N_("A date such as 2025-07-15 is expected."))

    def number(self, value: object, place: str) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong(place, N_("A number is expected."))
        number = Decimal(value)
        if not number.is_finite():
            raise self.wrong(place, N_("A number is expected."))
        return number

    def words(self, value: object, place: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self.wrong(place, N_("A list of texts is expected."))

    def mandate(self, text: str) -> Mandate:
        try:
            content = tomllib.loads(text, parse_float=Decimal)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise self.wrong("TOML", N_("The file is not valid TOML: {reason}.", reason=str(error))) from error
        self.table(content, "file", _SECTIONS)
        head = self.table(content.get("mandate"), "[mandate]", _MANDATE)
        for key in ("name", "version", "valid_from", "maximum"):
            if key not in head:
                raise self.wrong("[mandate]", N_("The key {key} is missing.", key=key))
        valid_from, version = self.day(head["valid_from"], "[mandate] valid_from"), str(head["version"])
        look = self.table(content.get("look_through", {}), "[look_through]", {"reference_funds", "fallback_factor"})
        rules = self.table(content.get("eligibility", {}), "[eligibility]", {"allowed_kinds", "token_clause",
                                                                             "instrument", *FLOOR_KEYS})
        kinds = self.words(rules.get("allowed_kinds", []), "[eligibility] allowed_kinds")
        for kind in kinds:
            if kind not in Kind.__members__.values():
                raise self.wrong("[eligibility]", N_("The kind {kind} is not known.", kind=kind))
        meter = str(head.get("binding_meter", "net_invested"))
        if meter not in {"net_invested", "market_value"}:
            raise self.wrong("[mandate] binding_meter", N_("Use net_invested or market_value."))
        limits = self.limits(content.get("limit", []), version, valid_from, str(head.get("document", "")))
        return Mandate(
            name=str(head["name"]), version=version, valid_from=valid_from, body=str(head.get("body", "")),
            document=str(head.get("document", "")), currency=str(head.get("currency", "USD")),
            minimum=self.number(head.get("minimum", 0), "[mandate] minimum"),
            target=self.number(head.get("target", head["maximum"]), "[mandate] target"),
            maximum=self.number(head["maximum"], "[mandate] maximum"), example=head.get("example") is True,
            binding_meter=meter, ramp_up_floor=self.number(head.get("ramp_up_floor", 0), "[mandate] ramp_up_floor"),
            thresholds=self.thresholds(content.get("valuation", {})),
            reference_funds={str(k): str(v) for k, v in self.mapping(look.get("reference_funds", {})).items()},
            fallback_factor=self.number(look.get("fallback_factor", ONE), "[look_through] fallback_factor"),
            limits=limits, positive_list=self.positive_list(rules.get("instrument", [])), allowed_kinds=kinds,
            token_clause=str(rules.get("token_clause", "")),
            fee_schedule=read_fees(content.get("orders", {}), self.wrong),
            order_rules=read_order_rules(content.get("orders", {}), self.wrong),
            tranches=read_tranches(content.get("tranche", []), self.number(head["maximum"], "[mandate] maximum"),
                                   self.wrong),
            programme=read_programme(content.get("programme", {}), self.wrong),
            disclosure=read_disclosure(content.get("disclosure", {}), self.wrong),
            floors=read_floors(rules, self.wrong),
            phases=tuple({str(k): str(v) for k, v in self.mapping(phase).items()} for phase in
                         content.get("phase", [])),
            findings=tuple(self._findings), book=str(head.get("book", "sleeve")),
            gate=read_gate(content.get("gate"), self.wrong), risk=read_risk(content.get("risk"), self.wrong),
            scenarios=read_scenarios(content.get("scenario", []), self._source),
        )

    def mapping(self, value: object) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        raise self.wrong("file", N_("A section is missing or is not a table."))

    def thresholds(self, value: object) -> Thresholds:
        names = ("amber_days", "red_days", "fx_amber_days", "fx_red_days", "reserves_amber_days", "reserves_red_days")
        given = self.table(value, "[valuation]", set(names))
        return Thresholds(**{name: int(self.number(given[name], f"[valuation] {name}")) for name in names
                             if name in given})

    def positive_list(self, value: object) -> tuple[EligibleInstrument, ...]:
        if not isinstance(value, list):
            raise self.wrong("[[eligibility.instrument]]", N_("A list of tables is expected."))
        entries = []
        for number, item in enumerate(value, 1):
            place = f"[[eligibility.instrument]] {number}"
            entry = self.table(item, place, {"symbol", "isin", "valid_from", "valid_to"})
            entries.append(EligibleInstrument(
                str(entry.get("symbol", "")), str(entry.get("isin", "")),
                self.day(entry.get("valid_from", date.min), place),
                self.day(entry["valid_to"], place) if "valid_to" in entry else None))
        return tuple(entries)

    def limits(self, value: object, version: str, valid_from: date, document: str) -> tuple[Limit, ...]:
        if not isinstance(value, list):
            raise self.wrong("[[limit]]", N_("A list of tables is expected."))
        limits: list[Limit] = []
        for number, item in enumerate(value, 1):
            place = f"[[limit]] {number}"
            rule = self.table(item, place, _LIMIT)
            name = str(rule.get("id", ""))
            if not name or any(limit.id == name for limit in limits):
                raise self.wrong(place, N_("A limit needs an id that no other limit has."))
            limits.append(self.limit(rule, name, version, valid_from, document))
        return tuple(limits)

    def limit(self, rule: Mapping[str, Any], name: str, version: str, valid_from: date, document: str) -> Limit:
        titles = rule.get("title", {})
        if isinstance(titles, str):
            titles = {"en": titles}
        clause = str(rule.get("clause", ""))
        if not clause:
            self._findings.append(Finding(Severity.WARNING, "limit-without-clause", N_(
                "Limit {limit} has no clause in the mandate's document.", limit=name), name))
        parts = rule.get("part")
        if not isinstance(parts, list) or not parts:
            raise self.wrong(name, N_("A limit needs at least one part with a measure."))
        return Limit(
            id=name, version=version, title={str(k): str(v) for k, v in self.mapping(titles).items()}, clause=clause,
            document=str(rule.get("document", document)), section=str(rule.get("section", "")),
            valid_from=self.day(rule.get("valid_from", valid_from), name),
            valid_to=self.day(rule["valid_to"], name) if "valid_to" in rule else None,
            parts=tuple(self.part(item, f"{name} part {n}") for n, item in enumerate(parts, 1)),
            cure_days=int(self.number(rule["cure_days"], name)) if "cure_days" in rule else None,
            calendar=str(rule.get("calendar", "NYSE")), owner=str(rule.get("owner", "")),
        )

    def part(self, value: object, place: str) -> Part:
        given = self.table(value, place, _PART)
        measure = BY_NAME.get(str(given.get("measure", "")))
        if measure is None:
            raise self.wrong(place, N_("The measure {name} is not known; there are {names}.",
                                       name=str(given.get("measure", "")), names=", ".join(sorted(BY_NAME))))
        unit, direction = str(given.get("unit", "")), str(given.get("direction", "max"))
        if unit not in measure.units:
            raise self.wrong(place, N_("The unit {unit} does not fit; the measure {name} is in {units}.", unit=unit,
                                       name=measure.name, units=", ".join(sorted(measure.units))))
        denominator, basis = str(given.get("denominator", "")), str(given.get("basis", "market_value"))
        block_at = str(given.get("block_at", "hard"))
        if direction not in {"max", "min"} or basis not in BASES or denominator not in {"", *DENOMINATORS} or (
                block_at not in {"hard", "soft", "none"}):
            raise self.wrong(place, N_("Direction, basis, denominator or block_at has a value that is not known."))
        scope = {str(key): self.words(values, f"{place} scope") for key, values in
                 self.mapping(given.get("scope", {})).items()}
        group_by = str(given.get("group_by", ""))
        if not set(scope) <= SCOPES or (group_by and group_by not in SCOPES):
            raise self.wrong(place, N_("A scope or group is by one of {names}.", names=", ".join(sorted(SCOPES))))
        warn, soft, hard = (self.number(given[level], f"{place} {level}") if level in given else None
                            for level in ("warn", "soft", "hard"))
        levels = [level for level in (warn, soft, hard) if level is not None]
        if levels != sorted(levels, reverse=direction == "min"):
            raise self.wrong(place, N_("Warning, soft and hard level are not in order."))
        if not levels:
            raise self.wrong(place, N_("A part needs at least one level."))
        part = fitted(Part(
            measure.name, str(given.get("title", "")), unit, direction, warn, soft, hard, denominator, basis, scope,
            group_by, block_at, {str(k): _option(v) for k, v in self.mapping(given.get("options", {})).items()}))
        wrong = misfit(part)
        if wrong is not None:
            raise self.wrong(place, wrong)
        return part


def _option(value: object) -> str:
    """A setting as text; a list of texts as one text with commas between."""
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
