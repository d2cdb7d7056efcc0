"""Commands: what may be bought and through whom, elections, reserve-asset worksheets, the national programme."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.cli import eligibility_forms as forms
from sandyq.cli import options
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.custody_forms import asked as question
from sandyq.cli.forms import findings
from sandyq.cli.options import Day, answer, guarded, said
from sandyq.reference.reserve_questions import Answer, Conclusion
from sandyq.workstation.contract import Changes
from sandyq.workstation.elections import OPTIONS
from sandyq.workstation.worksheets import Answered


@click.command()
@options.book
@click.option("--propose", is_flag=True, help="Propose a hold for whatever has lost its eligibility by measure.")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def permits(book: Path, propose: bool, as_of: date | None, known_at: datetime | None, which: str, actor: str,
            key: Path | None, code: str, as_json: bool) -> None:
    """Which instruments may be bought, and why the others are held and not bought."""
    with opened(book, actor=actor, write=propose, key=key if propose else None) as station:
        q = asked(station, as_of, known_at, which)
        done = station.permits.propose_losses(q) if propose else ()
        found, warnings = station.permits.instruments(q), station.permits.party_warnings(q)
    if as_json:
        answer(question(q, moment(q)) | {"instruments": [forms.permit(item, said(code)) for item in found],
                                         "parties": findings(warnings, said(code)),
                                         "proposed": [item.proposal or str(item.entry) for item in done]})
    else:
        forms.show_permits(found, said(code))
        for finding in warnings:
            click.echo(f"{finding.severity.value}: {said(code).say(finding.text)} [{finding.code}]")
        for item in done:
            click.echo(item.proposal or str(item.entry))
    if any(item.proposal for item in done):
        sys.exit(6)


_symbol = click.argument("symbol")
_from = click.option("--from", "first", type=Day(), help="Its first day (default: the last day with prices).")
_reason = click.option("--reason", required=True)
_source = click.option("--source", default="", help="Where it is written.")


@click.command()
@options.book
@_symbol
@_from
@_reason
@_source
@options.actor
@options.signing
@options.as_json
@guarded
def hold(book: Path, symbol: str, first: date | None, reason: str, source: str, actor: str, key: Path | None,
         as_json: bool) -> None:
    """Put an instrument on hold: kept and sold, never bought. With people it waits for a second person (code 6)."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.permits.hold(symbol, first or station.latest_day(), reason, source)
    _recorded(changes, as_json=as_json)


@click.command()
@options.book
@_symbol
@_from
@_reason
@_source
@options.actor
@options.signing
@options.as_json
@guarded
def reinstate(book: Path, symbol: str, first: date | None, reason: str, source: str, actor: str, key: Path | None,
              as_json: bool) -> None:
    """Make an instrument eligible again; always two persons (exit code 6)."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.permits.reinstate(symbol, first or station.latest_day(), reason, source)
    _recorded(changes, as_json=as_json)


@click.command("party-check")
@options.book
@click.option("--account", required=True)
@click.option("--symbol", default="", help="The instrument whose venue is asked about too.")
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def party_check(book: Path, account: str, symbol: str, as_of: date | None, known_at: datetime | None, actor: str,
                code: str, as_json: bool) -> None:
    """Whether an order for an account may go through its parties and the venue. Exit code 3 when it may not."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at)
        found = station.permits.order_refusals(q, account, symbol)
    if as_json:
        answer(question(q, moment(q)) | {"account": account, "symbol": symbol or None,
                                         "refusals": findings(found, said(code))})
    else:
        for finding in found:
            click.echo(f"{said(code).say(finding.text)} [{finding.code}]")
        if not found:
            click.echo(said(code).say(N_("Nothing speaks against it.")))
    if found:
        sys.exit(3)


@click.command()
@options.book
@click.argument("event")
@_symbol
@click.option("--option", "offered", multiple=True, required=True, type=click.Choice(OPTIONS),
              help="What the offer gives; may be repeated.")
@click.option("--choice", default="", type=click.Choice(["", *OPTIONS]),
              help="What is elected (default: what the mandate leaves of the offer).")
@click.option("--day", type=Day(), required=True, help="The last day of the election.")
@click.option("--reason", default="")
@options.actor
@options.signing
@options.as_json
@guarded
def elect(book: Path, event: str, symbol: str, offered: tuple[str, ...], choice: str, day: date, reason: str,
          actor: str, key: Path | None, as_json: bool) -> None:
    """Record an election. Tokens are refused (exit code 3) and cash is proposed instead."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.permits.elect(event, symbol, offered, day, choice=choice, reason=reason)
    _recorded(changes, as_json=as_json)


@click.command()
@options.book
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def elections(book: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str,
              as_json: bool) -> None:
    """What was elected of issuers' offers, the latest first."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at)
        found = station.permits.elections(q)
    if as_json:
        answer(question(q, moment(q)) | {"elections": [forms.election(item) for item in found]})
    else:
        forms.show_elections(found, said(code))


@click.command()
@options.book
@_symbol
@click.option("--answer", "answers", multiple=True, metavar="QUESTION=yes|no;SOURCE",
              help="One answer with where it is written; every question needs one.")
@click.option("--conclusion", required=True, type=click.Choice([item.value for item in Conclusion]))
@_from
@click.option("--to", "last", type=Day(), help="Its last day (default: until the next worksheet).")
@_source
@options.actor
@options.signing
@options.as_json
@guarded
def worksheet(book: Path, symbol: str, answers: tuple[str, ...], conclusion: str, first: date | None,
              last: date | None, source: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Propose a reserve-asset worksheet; a second person signs it (exit code 6)."""
    read = dict(_answered(text) for text in answers)
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.permits.conclude(symbol, read, Conclusion(conclusion), first or station.latest_day(),
                                           valid_to=last, source=source)
    _recorded(changes, as_json=as_json)


def _answered(text: str) -> tuple[str, Answered]:
    """Read ``liquid=yes;Prospectus, page 3``. Raises BadInput."""
    name, equals, rest = text.partition("=")
    value, _, source = rest.partition(";")
    if not equals or value.strip().lower() not in set(Answer):
        raise BadInput("answer-form", N_("An answer is written QUESTION=yes;SOURCE or QUESTION=no;SOURCE."), where=text)
    return name.strip(), Answered(Answer(value.strip().lower()), source.strip())


@click.command()
@options.book
@click.argument("symbol", required=False, default="")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def worksheets(book: Path, symbol: str, as_of: date | None, known_at: datetime | None, which: str, actor: str,
               code: str, as_json: bool) -> None:
    """The reserve-asset worksheets; what is held without one comes first. With a symbol, that one whole."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = tuple(item for item in station.permits.worksheets(q)
                      if not symbol or symbol in {item.symbol, item.instrument})
    if symbol and not found:
        raise BadInput("no-worksheet", N_("{symbol} is not held and has no worksheet on {day}.", symbol=symbol,
                                          day=q.as_of), where=symbol)
    if as_json:
        answer(question(q, moment(q)) | {"worksheets": [forms.worksheet(item, said(code)) for item in found]})
    elif symbol:
        forms.show_worksheet(found[0], said(code))
    else:
        forms.show_worksheets(found, said(code))


@click.command()
@options.book
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def programme(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
              as_json: bool) -> None:
    """The sleeve inside the national programme: other participants, their vehicles, each coin, and the ceiling."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.permits.programme(q)
    if as_json:
        answer(question(q, moment(q)) | forms.programme(found, said(code)))
    else:
        forms.show_programme(found, said(code))


def _recorded(changes: Changes, *, as_json: bool) -> None:
    """Say which entry holds it; exit code 6 when it waits for a second person."""
    found: dict[str, Any] = {"entry": changes.entry, "tables": sorted(changes.tables),
                             "proposal": changes.proposal or None}
    if as_json:
        answer(found)
    else:
        click.echo(changes.proposal or str(changes.entry))
    if changes.proposal:
        sys.exit(6)


COMMANDS: Final[tuple[click.Command, ...]] = (permits, hold, reinstate, party_check, elect, elections, worksheet,
                                              worksheets, programme)
