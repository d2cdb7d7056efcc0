"""Commands: corrections, corporate actions, closed days and periods, and what two moments knew differently."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.cli import options, record_forms
from sandyq.cli.commands import asked, opened
from sandyq.cli.options import answer, guarded, said
from sandyq.reference.accounts import SLEEVE
from sandyq.reference.events import EventType
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.corrections import KINDS
from sandyq.workstation.recorded import ActionDraft, Difference
from sandyq.workstation.workstation import Workstation

_WAITS: Final = 6
"""Exit code: nothing is recorded but a proposal."""
_of_book = click.option("--book", "of_book", default=SLEEVE, show_default=True, help="A book of it; * for all.")
_reason = click.option("--reason", required=True, help="Why; it stays in the journal.")


def _question(station: Workstation, as_of: date | None, known_at: datetime | None, of_book: str) -> Question:
    found = asked(station, as_of, known_at)
    return Question(found.as_of, found.known_at, of_book)


def _done(changes: Changes, code: str, *, as_json: bool) -> None:
    """Print what was recorded; exit code 6 when a second person has to agree."""
    if as_json:
        answer(record_forms.changes(changes))
    else:
        record_forms.print_changes(changes, said(code))
    if changes.proposal:
        sys.exit(_WAITS)


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Read name=value pairs. Raises BadInput for one without an equals sign, or a name given twice."""
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            raise BadInput("bad-pair", N_("{value} is not of the form name=value.", value=text), where=option)
        if name in found:
            raise BadInput("bad-pair", N_("{name} is given twice.", name=name), where=option)
        found[name] = value.strip()
    return found


def _files(station: Workstation, found: Difference) -> dict[int, str]:
    """Return entry → the file, or the kind of entry, that its facts came from."""
    return {entry: station.source(entry, 0).file for entry in {fact.origin.entry for fact in found.facts}}


@click.command()
@options.book
@click.argument("reference")
@click.option("--set", "values", multiple=True, help="column=value; may be repeated. Without it nothing changes.")
@_reason
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def correct(book: Path, reference: str, values: tuple[str, ...], reason: str, key: Path | None, actor: str, code: str,
            as_json: bool) -> None:
    """Correct a booking: its reversal and the new booking in one entry; the old one stays visible."""
    with opened(book, actor=actor, write=True, key=key) as station:
        done = station.records.correct(reference, _pairs(values, "--set"), reason)
    _done(done, code, as_json=as_json)


@click.command()
@options.book
@click.argument("reference")
@click.option("--kind", type=click.Choice(KINDS), default="booking", show_default=True)
@_reason
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def reverse(book: Path, reference: str, kind: str, reason: str, key: Path | None, actor: str, code: str,
            as_json: bool) -> None:
    """Reverse one booking, transfer or corporate action; it stays visible with the reason."""
    with opened(book, actor=actor, write=True, key=key) as station:
        done = station.records.reverse(kind, reference, reason)
    _done(done, code, as_json=as_json)


@click.command()
@options.book
@click.argument("reference")
@click.option("--kind", default="booking", show_default=True, help="The table of facts that have references.")
@options.actor
@options.language
@options.as_json
@guarded
def history(book: Path, reference: str, kind: str, actor: str, code: str, as_json: bool) -> None:
    """Everything ever recorded under a reference, with author, moment and reason."""
    with opened(book, actor=actor) as station:
        found = station.records.history_of(reference, kind)
    if as_json:
        answer({"reference": reference, "versions": [record_forms.version(item) for item in found]})
    else:
        record_forms.print_versions(found, said(code))


@click.command()
@options.book
@click.option("--type", "kind", type=click.Choice([kind.value for kind in EventType]), required=True)
@click.option("--symbol", required=True, help="As traded before the ex-date, or the instrument's id.")
@click.option("--ex-date", type=options.Day(), required=True)
@click.option("--pay-date", type=options.Day(), help="The day on which money and units arrive.")
@click.option("--term", "terms", multiple=True, help="name=value; may be repeated.")
@click.option("--event", default="", help="The event's id (default: symbol, type and day).")
@click.option("--source", default="", help="The document that says so.")
@click.option("--note", default="")
@click.option("--dry-run", is_flag=True, help="Show what it would do, record nothing.")
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def act(book: Path, kind: str, symbol: str, ex_date: date, pay_date: date | None, terms: tuple[str, ...], event: str,
        source: str, note: str, dry_run: bool, key: Path | None, actor: str, code: str, as_json: bool) -> None:
    """Post a corporate action, after a preview of positions, cost, coins, cash and limits."""
    draft = ActionDraft(EventType(kind), symbol, ex_date, _pairs(terms, "--term"), pay_date, event, source, note)
    done: Changes | None = None
    with opened(book, actor=actor, write=not dry_run, key=key) as station:
        preview = station.records.preview_action(draft)
        if not dry_run:
            done = station.records.post_action(draft)
    if as_json:
        answer({"preview": record_forms.preview(preview, said(code)), "dry_run": dry_run,
                **(record_forms.changes(done) if done else {})})
    else:
        record_forms.print_preview(preview, said(code))
        if done:
            record_forms.print_changes(done, said(code))
    if done and done.proposal:
        sys.exit(_WAITS)


@click.command("close-day")
@options.book
@options.as_of
@_of_book
@click.option("--with-unknown", default="", metavar="REASON", help="Sign the day although figures are Unknown.")
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def close_day(book: Path, as_of: date | None, of_book: str, with_unknown: str, key: Path | None, actor: str, code: str,
              as_json: bool) -> None:
    """Propose a day's valuation for a second person to sign; it is frozen under a hash when they approve."""
    with opened(book, actor=actor, write=True, key=key) as station:
        done = station.records.close_day(_question(station, as_of, None, of_book), with_unknown)
    _done(done, code, as_json=as_json)


@click.command("closed-days")
@options.book
@options.known_at
@_of_book
@options.actor
@options.language
@options.as_json
@guarded
def closed_days(book: Path, known_at: datetime | None, of_book: str, actor: str, code: str, as_json: bool) -> None:
    """The days that two persons signed, and whether the book says something else of them now."""
    with opened(book, actor=actor) as station:
        question = _question(station, None, known_at, of_book)
        found = station.records.closed_days(question)
        through = station.records.closed_through(question)
    if as_json:
        answer({"closed_through": through.isoformat() if through else None,
                "days": [record_forms.closed(item) for item in found]})
    else:
        record_forms.print_closed(found, said(code))
        if through:
            click.echo(said(code).say(N_("The period up to {day} is closed.", day=through)))


@click.command()
@options.book
@click.option("--day", "on", type=options.Day(), required=True, help="The closed day.")
@click.option("--version", type=int, help="Which signing of that day (default: the last one).")
@options.known_at
@_of_book
@options.actor
@options.language
@options.as_json
@guarded
def restate(book: Path, on: date, version: int | None, known_at: datetime | None, of_book: str, actor: str, code: str,
            as_json: bool) -> None:
    """A closed day against what is known now: old, new, cause, limits that would have changed state."""
    with opened(book, actor=actor) as station:
        found = station.records.restatement(Question(on, known_at, of_book), on, version)
        files = _files(station, found.difference)
    if as_json:
        answer(record_forms.restatement(found, said(code), files))
    else:
        record_forms.print_closed([found.closed], said(code))
        record_forms.print_difference(found.difference, said(code), files)


@click.command("close-period")
@options.book
@click.option("--through", type=options.Day(), required=True, help="The last day of the period.")
@_reason
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def close_period(book: Path, through: date, reason: str, key: Path | None, actor: str, code: str,
                 as_json: bool) -> None:
    """Propose that nothing dated up to a day is written any more."""
    with opened(book, actor=actor, write=True, key=key) as station:
        done = station.records.close_period(through, reason)
    _done(done, code, as_json=as_json)


@click.command("reopen-period")
@options.book
@click.option("--through", type=options.Day(), required=True, help="The last day that stays closed.")
@_reason
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def reopen_period(book: Path, through: date, reason: str, key: Path | None, actor: str, code: str,
                  as_json: bool) -> None:
    """Propose that only the days up to a day stay closed."""
    with opened(book, actor=actor, write=True, key=key) as station:
        done = station.records.reopen_period(through, reason)
    _done(done, code, as_json=as_json)


@click.command()
@options.book
@options.as_of
@click.option("--from", "known_from", type=options.Moment(), required=True, help="The earlier moment of knowledge.")
@click.option("--to", "known_to", type=options.Moment(), help="The later moment (default: now).")
@_of_book
@options.actor
@options.language
@options.as_json
@guarded
def diff(book: Path, as_of: date | None, known_from: datetime, known_to: datetime | None, of_book: str, actor: str,
         code: str, as_json: bool) -> None:
    """What two moments say about a day, the facts in between, and each cause's part of the change."""
    with opened(book, actor=actor) as station:
        on = as_of or station.latest_day(known_from)
        found = station.records.difference(on, known_from, known_to, of_book)
        files = _files(station, found)
    if as_json:
        answer(record_forms.difference(found, said(code), files))
    else:
        record_forms.print_difference(found, said(code), files)


@click.command()
@options.book
@options.as_of
@options.known_at
@_of_book
@options.actor
@options.as_json
@guarded
def replay(book: Path, as_of: date | None, known_at: datetime | None, of_book: str, actor: str, as_json: bool) -> None:
    """Value a day again from what is stored; equal questions give the same hash."""
    with opened(book, actor=actor) as station:
        found = station.records.replay(_question(station, as_of, known_at, of_book))
    if as_json:
        answer({"book": found.book, "day": found.day.isoformat(), "entries": found.entries,
                "hash": found.content_hash, "said_hash": found.said_hash, "figures": dict(found.figures)})
    else:
        click.echo(f"{found.content_hash}  {found.book} {found.day.isoformat()}")


COMMANDS: Final[tuple[click.Command, ...]] = (
    correct, reverse, history, act, close_day, closed_days, restate, close_period, reopen_period, diff, replay)
