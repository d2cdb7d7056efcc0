"""Command: the entry gate on a day, and its replay over the past."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.language import Language
from sandyq.cli import options, tranche_forms
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.options import answer, guarded, said
from sandyq.gate.replay import Replay
from sandyq.workstation import gate_days
from sandyq.workstation.gating import Gate, gate_on, replay_gate


@click.command("gate")
@options.book
@click.option("--replay", "replayed", is_flag=True, help="Replay the gate over imported history, failures included.")
@click.option("--from", "first", type=options.Day(), help="First day of the replay.")
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def gate(book: Path, replayed: bool, first: date | None, as_of: date | None, known_at: datetime | None, actor: str,
         code: str, as_json: bool) -> None:
    """Has the dust settled? Each test with its value and threshold, the dwell, and what the gate did before."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at)
        if replayed:
            found, past = replay_gate(station, question, first)
        else:
            found, past = gate_on(station, question), None
        when = moment(question)
        plan = station.tranches.plan(question) if station.knowledge(known_at).has_mandate(question.book) else None
        stored = gate_days.stored_day(station, question, question.as_of)
    if as_json:
        answer({"as_of": question.as_of.isoformat(), "known_at": when, **form(found, said(code)),
                "recorded": tranche_forms.stored(stored) if stored else None,
                **(tranche_forms.plan(plan, said(code)) if plan else {"tranches": []}),
                **({"replay": replay_form(past)} if past else {})})
        return
    show(found, said(code))
    if plan:
        tranche_forms.show_overrides(plan, said(code))
    if past:
        show_replay(past)


def form(found: Gate, language: Language) -> dict[str, Any]:
    day = found.today
    return {
        "day": day.day.isoformat(), "state": day.state.value, "dwell": day.dwell, "dwell_needed": found.rule.dwell,
        "lapse_days": found.rule.lapse, "coin": found.rule.coin, "in_mandate": found.in_mandate,
        "criteria": [{"id": test.id, "test": test.criterion.name, "title": language.say(test.criterion.label),
                      "value": value, "threshold": threshold, "direction": test.criterion.direction, "passed": passed,
                      "required": test.required, "known_from": known.isoformat() if known else None}
                     for test, value, threshold, passed, known in zip(
                         found.rule.tests, day.values, day.thresholds, day.passed, found.known_from, strict=True)],
    }


def replay_form(past: Replay) -> dict[str, Any]:
    return {
        "first": past.first.isoformat(), "last": past.last.isoformat(), "days": past.days, "open_days": past.open_days,
        "windows": [{"first": w.first.isoformat(), "last": w.last.isoformat(), "price": w.price,
                     "complete": w.complete,
                     "after": [{"days": a.days, "worst": a.worst, "return": a.end} for a in w.after]}
                    for w in past.windows],
        "compared": [{"way": e.name, "entries": e.entries, "episodes": e.episodes, "fell_over_20": e.fell,
                      "share_fell": e.share_fell, "median_return": e.median_return} for e in past.ways],
    }


def show(found: Gate, language: Language) -> None:
    day = found.today
    click.echo(f"{day.day}  {day.state.value.upper()}  dwell {day.dwell} of {found.rule.dwell}"
               + ("" if found.in_mandate else "  (the mandate has no gate; the usual tests)"))
    for test, value, threshold, passed in zip(found.rule.tests, day.values, day.thresholds, day.passed, strict=True):
        sign = "<=" if test.criterion.direction == "max" else ">="
        mark = "pass" if passed else "unknown" if value is None else "FAIL"
        click.echo(f"{test.id:4} {mark:7} {_number(value):>10} {sign} {_number(threshold):>9}  "
                   f"{language.say(test.criterion.label)}{'' if test.required else '  (informative)'}")


def show_replay(past: Replay) -> None:
    click.echo(f"{past.first} to {past.last}: open on {past.open_days} of {past.days} days")
    for window in past.windows:
        losses = ", ".join(f"{a.days} d: worst {_number(a.worst)}, end {_number(a.end)}" for a in window.after)
        click.echo(f"  {window.first} to {window.last} at {window.price:,.0f}  {losses}")
    for way in past.ways:
        click.echo(f"  {way.name}: {way.fell} of {way.entries} fell over 20 % within 90 days "
                   f"({way.episodes} independent), median return {_number(way.median_return)}")


def _number(value: float | None) -> str:
    return "Unknown" if value is None else f"{value:.4f}"


@click.command("gate-day")
@options.book
@click.option("--replay", "again", is_flag=True, help="Record nothing: make the recorded day again and compare.")
@options.as_of
@options.which
@options.actor
@options.signing
@options.as_json
@guarded
def gate_day(book: Path, again: bool, as_of: date | None, which: str, actor: str, key: Path | None,
             as_json: bool) -> None:
    """Record the gate's day as evidence, once; `close-day` does it too.

    With --replay: exit code 4 when the recorded day no longer follows from what was known when it was recorded.
    """
    with opened(book, actor=actor, write=not again, key=None if again else key) as station:
        q = asked(station, as_of, None, which)
        if not again:
            station.tranches.record_day(q)
        found = station.tranches.replay_day(q)
    if as_json:
        answer({**tranche_forms.stored(found.stored), "hash_again": found.hash_again, "holds": found.holds,
                "changed": [{"what": what, "then": then, "now": now} for what, then, now in found.changed]})
    else:
        click.echo(f"{found.stored.day}  {found.stored.evidence.state}  {found.stored.content_hash}")
        for what, then, now in found.changed:
            click.echo(f"  {what}: {then} -> {now}")
    if not found.holds:
        sys.exit(4)


@click.command("gate-days")
@options.book
@options.as_of
@options.known_at
@options.which
@options.actor
@options.as_json
@guarded
def recorded_days(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str,
                  as_json: bool) -> None:
    """The recorded days of the gate, oldest first, each with who recorded it and its hash."""
    with opened(book, actor=actor) as station:
        found = [one for one in station.tranches.days(asked(station, as_of, known_at, which))
                 if as_of is None or one.day <= as_of]
    if as_json:
        answer({"days": [tranche_forms.stored(one) for one in found]})
        return
    if not found:
        click.echo("No day was recorded; gate-day or close-day records one.")
    for one in found:
        click.echo(f"{one.day}  {one.evidence.state:7} {one.evidence.dwell:3}  {one.who}  {one.content_hash}")


COMMANDS: Final[tuple[click.Command, ...]] = (gate, gate_day, recorded_days)
