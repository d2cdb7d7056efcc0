"""The mandate's versions, defects, differences and bench, as JSON values and as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from sandyq.basics.findings import Severity
from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.cli import prints
from sandyq.cli.forms import day, exact
from sandyq.limits.bench import Bench, BenchRow, Span, Tried
from sandyq.limits.lint import Defect
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.mandate_diff import Change
from sandyq.limits.measures import MEASURES
from sandyq.limits.measures.base import BASES, DENOMINATORS, SCOPES
from sandyq.limits.vocabulary import MEASURE_WORDS, amount, word
from sandyq.workstation.mandates import Review, Version

Json = dict[str, Any]
_STATES = {Severity.ERROR: N_("error"), Severity.WARNING: N_("warning"), Severity.INFO: N_("note")}


def version(found: Version) -> Json:
    mandate = found.mandate
    return {"name": mandate.name, "version": mandate.version, "valid_from": day(mandate.valid_from),
            "until": day(found.until), "in_force": found.in_force, "body": mandate.body, "document": mandate.document,
            "limits": len(mandate.limits), "entry": found.entry, "known_at": found.known_at.isoformat(),
            "prepared_by": found.prepared_by, "approved_by": found.approved_by or None,
            "proposal": found.proposal or None}


def limit(item: Limit) -> Json:
    return {"id": item.id, "title": dict(item.title), "clause": item.clause, "document": item.document,
            "section": item.section, "valid_from": day(item.valid_from), "valid_to": day(item.valid_to),
            "cure_days": item.cure_days, "calendar": item.calendar, "owner": item.owner,
            "parts": [part(one) for one in item.parts]}


def part(item: Part) -> Json:
    return {"measure": item.measure, "title": item.title or None, "unit": item.unit, "direction": item.direction,
            "warn": exact(item.warn), "soft": exact(item.soft), "hard": exact(item.hard),
            "denominator": item.denominator or None, "basis": item.basis,
            "scope": {key: list(values) for key, values in item.scope.items()}, "group_by": item.group_by or None,
            "block_at": item.block_at, "options": dict(item.options)}


def mandate(item: Mandate) -> Json:
    return {"name": item.name, "version": item.version, "valid_from": day(item.valid_from), "body": item.body,
            "document": item.document, "currency": item.currency, "minimum": exact(item.minimum),
            "target": exact(item.target), "maximum": exact(item.maximum), "binding_meter": item.binding_meter,
            "ramp_up_floor": exact(item.ramp_up_floor), "book": item.book,
            "limits": [limit(one) for one in item.limits]}


def defects(items: Iterable[Defect], language: Language) -> list[Json]:
    return [{"severity": item.severity.value, "code": item.code, "limit": item.limit or None,
             "part": item.part or None, "message": language.say(item.text), "remedy": language.say(item.remedy)}
            for item in items]


def changes(items: Iterable[Change], language: Language) -> list[Json]:
    return [{"code": item.code, "limit": item.limit or None, "part": item.part or None, "before": item.before,
             "after": item.after, "from": day(item.day), "sentence": language.say(item.sentence(language.code))}
            for item in items]


def review(found: Review, language: Language) -> Json:
    return {"version": found.mandate.version if found.mandate else None,
            "valid_from": day(found.mandate.valid_from) if found.mandate else None,
            "base": found.base.version if found.base else None, "changes": changes(found.changes, language),
            "findings": defects(found.defects, language)}


def bench(found: Bench) -> Json:
    return {"version": found.version, "from": day(found.first), "to": day(found.last), "days": found.days,
            "cancelled": found.cancelled, "failed_days": found.failed_days, "needs_an_order": list(found.untested),
            "limits": [_row(row) for row in found.rows], "tried": [_tried(item) for item in found.tried]}


def _row(row: BenchRow) -> Json:
    return {"limit": row.limit, "unit": row.unit, "days": row.days, "failed": row.failed,
            "failed_in_force": row.failed_in_force, "new": row.new, "gone": row.gone, "warned": row.warned,
            "unknown": row.unknown, "ranges": [_span(span) for span in row.spans]}


def _span(span: Span) -> Json:
    return {"first": day(span.first), "last": day(span.last), "days": span.days, "worst": span.worst.value,
            "worst_day": day(span.day), "value": exact(span.value)}


def _tried(item: Tried) -> Json:
    return {"day": day(item.day), "limit": item.limit, "part": item.part or None, "group": item.group or None,
            "state": item.state.value, "in_force": item.in_force.value if item.in_force else None,
            "value": exact(item.value), "threshold": exact(item.threshold), "unit": item.unit}


def choices() -> Json:
    return {"measures": [{"name": m.name, "units": sorted(m.units), "order_only": m.order_only,
                          "scopes": sorted(m.scopes), "group_by": sorted(m.groups),
                          "denominators": sorted(m.denominators), "bases": sorted(m.bases),
                          "options": None if m.options is None else sorted(m.options)}
                         for m in sorted(MEASURES, key=lambda m: m.name)],
            "scopes": sorted(SCOPES), "denominators": sorted(DENOMINATORS), "bases": sorted(BASES),
            "block_at": ["hard", "none", "soft"], "directions": ["max", "min"]}


# ---- in words

def show_versions(items: Iterable[Version], language: Language) -> None:
    say = language.say
    prints.table([say("Version"), say("From"), say("Until"), say("In force"), say("Limits"), say("Document"),
                  say("Prepared by"), say("Approved by"), say("Entry")],
                 [[v.mandate.version, language.date(v.mandate.valid_from), language.date(v.until),
                   say("yes") if v.in_force else "", str(len(v.mandate.limits)), v.mandate.document, v.prepared_by,
                   v.approved_by, str(v.entry)] for v in items], frozenset({4, 8}))


def show_limits(items: Iterable[Limit], language: Language) -> None:
    say = language.say
    rows = [[item.id if not place else "", item.title.get(language.code) or item.title.get("en", "") if not place
             else one.title, say(word(MEASURE_WORDS, one.measure)),
             *(say(amount(level, one.unit)) for level in (one.warn, one.soft, one.hard)), item.section]
            for item in items for place, one in enumerate(item.parts)]
    prints.table([say("Id"), say("Limit"), say("Measure"), say("Warning"), say("Soft"), say("Hard"), say("Section")],
                 rows, frozenset({3, 4, 5}))


def show_review(found: Review, language: Language) -> None:
    if found.mandate is not None:
        head = N_("{version} from {day}, {n} changes", version=found.mandate.version, day=found.mandate.valid_from,
                  n=len(found.changes))
        click.echo(language.say(head))
    for change in found.changes:
        click.echo(f"  {language.say(change.sentence(language.code))}")
    show_defects(found.defects, language)


def show_defects(items: Iterable[Defect], language: Language) -> None:
    for item in items:
        place = f"{item.limit}{f' ({item.part})' if item.part else ''}: " if item.limit else ""
        click.echo(f"  {language.say(_STATES[item.severity]):8} {place}{language.say(item.text)} "
                   f"{language.say(item.remedy)} [{item.code}]")


def show_bench(found: Bench, language: Language) -> None:
    say = language.say
    click.echo(say(N_("{days} trading days from {first} to {last}; a limit would have failed on {failed} of them.",
                      days=found.days, first=found.first, last=found.last, failed=found.failed_days)))
    if found.cancelled:
        click.echo(say(N_("Cancelled: later days were not tried.")))
    prints.table([say("Id"), say("Failed"), say("In force failed"), say("New"), say("Gone"), say("Unknown"),
                  say("Days in a row")],
                 [[row.limit, *(str(n) for n in (row.failed, row.failed_in_force, row.new, row.gone, row.unknown)),
                   "; ".join(say(span_text(span, row.unit)) for span in row.spans[:3])
                   + (" …" if len(row.spans) > 3 else "")] for row in found.rows], frozenset({1, 2, 3, 4, 5}))
    if found.untested:
        click.echo(say(N_("Without an order these say nothing: {limits}.", limits=", ".join(found.untested))))


def span_text(span: Span, unit: str) -> Any:
    value = None if span.value is None else span.value.quantize(span.value.__class__("0.000001"))
    return N_("{first} to {last} ({days} days, at worst {value})", first=span.first, last=span.last, days=span.days,
              value=amount(value, unit))
