"""Commands: the breach register, its steps, waivers, the daily run, and why a limit moved."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.cli import breach_forms as forms
from sandyq.cli import options
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.options import Day, answer, guarded, said
from sandyq.cli.orders import Number
from sandyq.limits.why import BreachClass
from sandyq.workstation.breached import Step
from sandyq.workstation.contract import Changes
from sandyq.workstation.workstation import Workstation

_REFERENCE: Final = click.argument("reference")
_NOTE: Final = click.option("--note", required=True, help="What was found or decided.")
_PART: Final = click.option("--part", type=click.IntRange(min=1), help="Which part of the limit, from 1.")
_GROUP: Final = click.option("--group", default="", help="Which fund, issuer, custodian ... (default: all; of `why`: "
                                                         "the worst).")


@click.command()
@options.book
@click.option("--open", "open_only", is_flag=True, help="Only breaches that last, or are not closed.")
@click.option("--reference", default="", help="Only this one.")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def breaches(book: Path, open_only: bool, reference: str, as_of: date | None, known_at: datetime | None, which: str,
             actor: str, code: str, as_json: bool) -> None:
    """The register: each breach with class, causes, clock, life, waiver and impact. One breach is one record."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        register = station.breaches.register(q)
        found = [one for one in register.breaches if not open_only or one.open]
        if reference:
            found = [station.breaches.breach(q, reference)]
        whys = {one.reference: station.breaches.onset(q, one) for one in found}
        impacts = {one.reference: station.breaches.impact(q, one) for one in found}
    if as_json:
        answer({"as_of": q.as_of.isoformat(), "known_at": moment(q), "book": q.book,
                "days_measured": register.measured,
                "breaches": [forms.breach(one, whys[one.reference], impacts[one.reference], said(code))
                             for one in found],
                "waivers": [forms.waiver(one, q.as_of) for one in register.waivers]})
        return
    if not register.measured:
        click.echo("No day was measured: nothing was traded, or the book had no mandate.")
        return
    forms.show(found, whys, impacts, said(code))


@click.command("why")
@options.book
@click.argument("limit_id")
@click.option("--from", "first", type=Day(), required=True, help="The earlier day.")
@_PART
@_GROUP
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def why(book: Path, limit_id: str, first: date, part: int | None, group: str, as_of: date | None,
        known_at: datetime | None, which: str, actor: str, code: str, as_json: bool) -> None:
    """Why a limit moved between two days: the part of each cause, and the figure but for that cause."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        subject = station.breaches.subject(q, limit_id, part or 1, group, first)
        found = station.breaches.why(q, subject, first, q.as_of)
        limit = station.mandate(q).limit(limit_id)
    if found is None:
        raise BadInput("unknown-value", N_("A value on the way is Unknown, so its change cannot be shared out."),
                       where=limit_id)
    if as_json:
        answer({"limit": limit_id, "from": first.isoformat(), "as_of": q.as_of.isoformat(),
                **forms.split(found, said(code))})
        return
    assert limit is not None
    forms.show_split(found, said(code), limit.parts[subject.part].unit)


@click.command("limit-history")
@options.book
@click.argument("limit_id")
@click.option("--from", "first", type=Day(), help="The first day (default: the first day of the book).")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def limit_history(book: Path, limit_id: str, first: date | None, as_of: date | None, known_at: datetime | None,
                  which: str, actor: str, code: str, as_json: bool) -> None:
    """A limit day by day: value, levels of that day's mandate, trades, and its breaches by reference."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        if all(mandate.limit(limit_id) is None for mandate in station.mandates(q)):
            raise BadInput("no-limit", N_("The mandate has no such limit."), where=limit_id)
        start = station.first_day(q.known_at)
        history = station.limit_history(q, limit_id, max(first, start) if first else start)
        found = station.breaches.of_limit(q, limit_id, history.days[0]) if history.days else ()
    if as_json:
        answer({"known_at": moment(q), "book": q.book, **forms.limit_history(history, found)})
        return
    forms.show_limit_history(history, found, said(code))


def _step(name: str, step: Step, words: str, *extra: Callable[..., Any]) -> click.Command:
    """Return the command of one step; `extra` are its own options."""

    @guarded
    def run(book: Path, reference: str, note: str, actor: str, key: Path | None, as_json: bool, code: str,
            as_of: date | None, which: str, kind: str = "", owner: str = "", evidence: str = "") -> None:
        del code
        with opened(book, actor=actor, write=True, key=key) as station:
            q = asked(station, as_of, None, which)
            changes = station.breaches.take(q, reference, step, note, kind=BreachClass(kind) if kind else None,
                                            owner=owner, evidence=evidence)
        _done(changes, as_json, {"breach": reference, "step": step.value})

    run.__doc__ = words
    command: Callable[..., Any] = run
    for decorate in (*extra, options.as_json, options.language, options.signing, options.actor, options.which,
                     options.as_of, _NOTE, _REFERENCE, options.book):
        command = decorate(command)
    return click.command(name, help=words)(command)


classify: Final = _step("classify", Step.CLASSIFIED, "Give a breach its class, or another one; the history stays.",
                        click.option("--class", "kind", required=True,
                                     type=click.Choice([one.value for one in BreachClass])))
assign: Final = _step("assign", Step.ASSIGNED, "Say who cures a breach.", click.option("--owner", required=True))
remediate: Final = _step("remediate", Step.REMEDIATION, "Record how a breach is to be cured.")
cured: Final = _step("cured", Step.CURED, "Record that a breach is cured; refused while the limit is exceeded.")
close_breach: Final = _step(
    "close-breach", Step.CLOSED, "Close a breach with evidence.",
    click.option("--evidence", required=True,
                 help="A day whose stored run passes (2026-11-02), or an approved decision of two (P-0007)."))


@click.command()
@options.book
@click.argument("limit_id")
@click.option("--ceiling", type=Number(), required=True, help="Up to which figure, in the limit's unit (0.0055).")
@click.option("--from", "first", type=Day(), required=True, help="First day; today or later.")
@click.option("--to", "last", type=Day(), required=True, help="Last day; it lapses by itself then.")
@click.option("--clause", required=True, help="The clause that allows it.")
@click.option("--reason", required=True)
@_PART
@_GROUP
@options.which
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def waive(book: Path, limit_id: str, ceiling: Decimal, first: date, last: date, clause: str, reason: str,
          part: int | None, group: str, which: str, actor: str, key: Path | None, code: str, as_json: bool) -> None:
    """Propose a waiver; another person approves it (exit code 6)."""
    del code
    with opened(book, actor=actor, write=True, key=key) as station:
        q = asked(station, None, None, which)
        changes = station.breaches.waive(q, limit_id, ceiling=ceiling, valid_from=first, valid_to=last, clause=clause,
                                         reason=reason, part=None if part is None else part - 1, group=group)
    _done(changes, as_json, {"limit": limit_id})


@click.command("run-limits")
@options.book
@options.as_of
@options.which
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def run_limits(book: Path, as_of: date | None, which: str, actor: str, key: Path | None, code: str,
               as_json: bool) -> None:
    """Run every limit of a day and store the result under its hash, with the breaches that it finds."""
    with opened(book, actor=actor, write=True, key=key) as station:
        q = asked(station, as_of, None, which)
        changes: Changes = station.breaches.run_limits(q)
        run = _last_run(station, q.as_of, which)
    if as_json:
        answer({**forms.run(run), "entry": changes.entry, "tables": sorted(changes.tables)})
        return
    forms.show_run(run, said(code))


def _last_run(station: Workstation, day: date, which: str) -> Any:
    q = asked(station, day, None, which)
    return [run for run in station.breaches.runs(q) if run.day == day][-1]


@click.command("limit-runs")
@options.book
@click.option("--replay", "day", type=Day(), help="Compute the stored run of this day again and compare the hash.")
@click.option("--version", "number", type=int, help="Which version of the day (default: the last).")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def limit_runs(book: Path, day: date | None, number: int | None, as_of: date | None, known_at: datetime | None,
               which: str, actor: str, code: str, as_json: bool) -> None:
    """Stored daily runs; with --replay one of them again: the same hash, and what is known otherwise today."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        runs = station.breaches.runs(q)
        again = station.breaches.run_again(q, day, number) if day else None
    if again is not None:
        if as_json:
            answer(forms.run_again(again, said(code)))
        else:
            forms.show_again(again, said(code))
        return
    if as_json:
        answer({"runs": [forms.run(one) for one in runs]})
        return
    if not runs:
        click.echo("No run was stored; run-limits or close-day stores one.")
    for one in runs:
        forms.show_run(one, said(code))


def _done(changes: Changes, as_json: bool, more: dict[str, Any]) -> None:
    """Say what was recorded; exit code 6 where it waits for a second person."""
    if as_json:
        answer({**more, "entry": changes.entry, "tables": sorted(changes.tables), "proposal": changes.proposal or None})
    else:
        click.echo(f"{changes.proposal or changes.entry}")
    if changes.proposal:
        sys.exit(6)


COMMANDS: Final[tuple[click.Command, ...]] = (
    breaches, why, limit_history, classify, assign, remediate, cured, close_breach, waive, run_limits, limit_runs)
