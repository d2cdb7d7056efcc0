"""How breaches, splits, waivers and runs are answered as JSON and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import click

from sandyq.basics.language import Language
from sandyq.cli import prints
from sandyq.cli.forms import exact, whole
from sandyq.limits.blend import NAMES, Factor
from sandyq.limits.cure_clock import Clock, Waiver
from sandyq.limits.why import CLASSES, Why
from sandyq.workstation.breached import STEP_WORDS, Breach, RunAgain, StoredRun
from sandyq.workstation.contract import LimitHistory


def breach(one: Breach, found: Why | None, impact: Decimal | None, language: Language) -> dict[str, Any]:
    item = one.episode
    return {
        "reference": one.reference, "limit": one.subject.limit, "part": one.subject.part + 1,
        "group": one.subject.group or None, "title": dict(one.limit.title) if one.limit else None,
        "clause": one.limit.clause if one.limit else None, "version": item.latest.version if item else None,
        "first_day": one.first.isoformat(), "last_day": one.last.isoformat(),
        "ended": one.ended.isoformat() if one.ended else None, "open": one.open, "days": item.days if item else None,
        "unknown_days": item.unknown_days if item else None, "state": one.state.value,
        "hardest": item.hardest.value if item else None, "unit": one.part.unit if one.part else None,
        "value": whole(item.latest.value) if item else None,
        "limit_in_force": whole(item.latest.level) if item else None,
        "excess": whole(item.latest.excess) if item else None,
        "excess_usd": exact(item.latest.excess_usd) if item else None,
        "largest_excess": whole(item.peak.excess) if item else None,
        "class": one.kind.value if one.kind else None, "confirmed": one.confirmed,
        "waived": one.waiver.reference if one.waiver else None, "step": one.step.value, "owner": one.owner or None,
        "steps": [{"number": step.number, "step": step.step.value, "day": step.day.isoformat(),
                   "class": step.kind.value if step.kind else None, "owner": step.owner or None, "note": step.note,
                   "evidence": step.evidence or None, "by": step.who, "at": step.when.isoformat(),
                   "entry": step.entry} for step in one.steps],
        "clock": clock(one.clock, language), "linked": one.linked or None, "impact_usd": exact(impact),
        "recorded": one.recorded, "found_now": item is not None,
        "split": split(found, language) if found else None}


def clock(found: Clock, language: Language) -> dict[str, Any]:
    return {"start": found.start.isoformat(), "allowed": found.allowed, "used": found.used, "left": found.left,
            "due": found.due.isoformat() if found.due else None, "stopped": found.stopped, "overdue": found.overdue,
            "escalation": [{"who": language.say(told.who), "by": told.by.isoformat(), "due": told.due}
                           for told in found.escalation]}


def split(found: Why, language: Language) -> dict[str, Any]:
    """A split: parts in the limit's unit, of the distance to the limit (more is worse); they sum to the change."""
    return {
        "value_before": whole(found.value_before), "value_after": whole(found.value_after),
        "limit_before": whole(found.level_before), "limit_after": whole(found.level_after),
        "before": whole(found.split.before), "after": whole(found.split.after), "change": whole(found.split.change),
        "class": found.proposed.value if found.proposed else None,
        "parts": [{"cause": part.factor, "name": language.say(NAMES[Factor(part.factor)]), "part": whole(part.part),
                   "but_for": whole(part.but_for), "breached_without": part.but_for > 0}
                  for part in found.split.parts]}


def waiver(one: Waiver, on: date) -> dict[str, Any]:
    return {"reference": one.reference, "limit": one.limit, "part": None if one.part is None else one.part + 1,
            "group": one.group or None, "ceiling": whole(one.ceiling), "from": one.valid_from.isoformat(),
            "to": one.valid_to.isoformat(), "in_force": one.in_force(on), "clause": one.clause, "reason": one.reason}


def limit_history(found: LimitHistory, breaches: Sequence[Breach]) -> dict[str, Any]:
    """A limit by day: ratios plain, amounts in the limit's unit; null is Unknown."""
    columns = zip(found.days, found.values, found.warn, found.soft, found.hard, strict=True)
    return {
        "limit": found.limit_id, "unit": found.unit, "direction": found.direction,
        "days": [{"day": day.isoformat(), "value": value, "warn": warn, "soft": soft, "hard": hard}
                 for day, value, warn, soft, hard in columns],
        "beyond": [{"first": first.isoformat(), "last": last.isoformat()} for first, last in found.breaches],
        "breaches": [{"reference": one.reference, "first": one.first.isoformat(), "last": one.last.isoformat(),
                      "ended": one.ended.isoformat() if one.ended else None,
                      "class": one.kind.value if one.kind else None, "confirmed": one.confirmed,
                      "hardest": one.episode.hardest.value if one.episode else None} for one in breaches],
        "trades_usd": [{"day": day.isoformat(), "amount": amount} for day, amount in found.flows],
        "versions": [{"from": day.isoformat(), "version": version, "document": document}
                     for day, version, document in found.versions]}


def show_limit_history(found: LimitHistory, breaches: Sequence[Breach], language: Language) -> None:
    """Print a limit's days as a table in its unit, then its breaches by reference."""
    prints.table(["Day", "Value", "Limit in force"], [
        [day.isoformat(), _said(value, found.unit, language), _said(level, found.unit, language)]
        for day, value, level in zip(found.days, found.values, _in_force(found), strict=True)], frozenset({1, 2}))
    for one in breaches:
        kind = language.say(CLASSES[one.kind]) if one.kind else "—"
        click.echo(f"{one.reference}  {one.first} – {one.last if one.ended else '…'}  {kind}")


def _in_force(found: LimitHistory) -> list[float | None]:
    return [hard if soft is None else soft for soft, hard in zip(found.soft, found.hard, strict=True)]


def _said(value: Decimal | float | None, unit: str, language: Language, *, signed: bool = False) -> str:
    """Return a figure with its unit, a dash where it is Unknown."""
    if value is None:
        return language.number(None)
    if unit == "ratio":
        return f"{language.number(value * 100, 4, sign=signed)} %"
    return f"{language.number(value, 2, sign=signed)} {unit if unit == 'USD' else ''}".rstrip()


def run(one: StoredRun) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "version": one.version, "hash": one.content_hash,
            "known_entry": one.known_entry, "by": one.who, "at": one.when.isoformat(), "states": dict(one.states)}


def run_again(one: RunAgain, language: Language) -> dict[str, Any]:
    return {"stored": run(one.stored), "again": one.again, "repeats": one.repeats,
            "changes": [{"limit": name, "then": language.say(then), "now": language.say(now)}
                        for name, then, now in one.changes], "causes": list(one.causes)}


def show(found: Sequence[Breach], whys: Mapping[str, Why | None], impacts: Mapping[str, Decimal | None],
         language: Language) -> None:
    if not found:
        click.echo("No limit has been exceeded.")
    for one in found:
        state = "waived" if one.waiver else one.state.value
        kind = language.say(CLASSES[one.kind]) if one.kind else "-"
        click.echo(f"{one.reference}  {state}  {one.first} to {one.ended or 'now'}  {kind}"
                   f"{'' if one.confirmed else ' (proposed)'}  {language.say(STEP_WORDS[one.step])}")
        left = one.clock
        if one.open and left.allowed is not None:
            click.echo(f"  cure: {left.used} of {left.allowed} business days used, by {left.due}"
                       f"{', stopped by a waiver' if left.stopped else ''}{', overdue' if left.overdue else ''}")
        if (cause := whys[one.reference]) is not None:
            show_split(cause, language, one.part.unit if one.part else "")
        amount = impacts[one.reference]
        if amount is not None:
            click.echo(f"  impact on the excess: {language.number(amount, 2)} USD")
        if one.linked:
            click.echo(f"  linked to {one.linked}")


def show_split(found: Why, language: Language, unit: str) -> None:
    """Print a split in the limit's unit; the but-for figure is the distance to the limit, above zero beyond it."""
    def said(value: Decimal, *, signed: bool = False) -> str:
        return _said(value, unit, language, signed=signed)

    click.echo(f"  {said(found.value_before)} to {said(found.value_after)}, limit {said(found.level_after)}")
    for part in found.split.parts:
        if part.part:
            click.echo(f"    {language.say(NAMES[Factor(part.factor)]):22} {said(part.part, signed=True):>16}   "
                       f"without it {'beyond' if part.but_for > 0 else 'within'} ({said(part.but_for, signed=True)})")


def show_run(one: StoredRun, language: Language) -> None:
    del language
    counts: dict[str, int] = {}
    for _, state in one.states:
        counts[state] = counts.get(state, 0) + 1
    said = ", ".join(f"{count} {state}" for state, count in counts.items())
    click.echo(f"{one.day} v{one.version}  {one.content_hash[:16]}  {said}")


def show_again(one: RunAgain, language: Language) -> None:
    verdict = "the same" if one.repeats else "DIFFERENT"
    click.echo(f"{one.stored.day} v{one.stored.version}  stored {one.stored.content_hash[:16]}  "
               f"again {one.again[:16]}  {verdict}")
    for name, then, now in one.changes:
        click.echo(f"  {name}: {language.say(then)} -> {language.say(now)}")
    if one.causes:
        click.echo(f"  known since: {', '.join(one.causes)}")
