"""Commands: the tranche plan, the release of a tranche, the override of a shut gate."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import click

from sandyq.cli import options, tranche_forms
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.options import Day, answer, guarded, said
from sandyq.cli.orders import Number
from sandyq.workstation.contract import Changes


@click.command()
@options.book
@click.option("--since", type=Day(), help="Day 0 of the cost of waiting (default: the last purchase).")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def tranches(book: Path, since: date | None, as_of: date | None, known_at: datetime | None, which: str, actor: str,
             code: str, as_json: bool) -> None:
    """Planned against done, which tranche may be released today and why the others may not, overrides."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found, when = station.tranches.plan(q, since), moment(q)
    if as_json:
        answer({"as_of": q.as_of.isoformat(), "known_at": when, **tranche_forms.plan(found, said(code))})
    else:
        tranche_forms.show_plan(found, said(code))


@click.command()
@options.book
@click.argument("tranche")
@click.option("--amount", type=Number(), help="USD (default: what is left of the tranche).")
@click.option("--until", type=Day(), help="Its last day (default: as long as an open gate lasts unused).")
@click.option("--reason", required=True)
@options.which
@options.actor
@options.signing
@options.as_json
@guarded
def release(book: Path, tranche: str, amount: Decimal | None, until: date | None, reason: str, which: str, actor: str,
            key: Path | None, as_json: bool) -> None:
    """Propose to release a tranche, with the gate and all limits of the day stored under a hash.

    Exit code 6: it waits for somebody else's `approve`. Exit code 3: it may not be released; all reasons are told.
    """
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.tranches.release(asked(station, None, None, which), tranche, reason, amount=amount,
                                           valid_to=until)
    _waits(changes, as_json=as_json)


@click.command()
@options.book
@click.option("--committee", required=True, help="The committee's decision, for instance IC-2026-14.")
@click.option("--amount", type=Number(), required=True, help="USD at most.")
@click.option("--tranche", default="", help="Only for this tranche.")
@click.option("--from", "first", type=Day(), help="Its first day (default: the last day with prices).")
@click.option("--until", type=Day(), required=True, help="Its last day.")
@click.option("--reason", required=True)
@options.which
@options.actor
@options.signing
@options.as_json
@guarded
def override(book: Path, committee: str, amount: Decimal, tranche: str, first: date | None, until: date, reason: str,
             which: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Propose to buy through a shut gate by a committee's decision; it is printed on every later report.

    Exit code 6: it waits for somebody else's `approve`.
    """
    with opened(book, actor=actor, write=True, key=key) as station:
        q = asked(station, None, None, which)
        changes = station.tranches.override(q, committee, amount, first or q.as_of, until, reason, tranche)
    _waits(changes, as_json=as_json)


def _waits(changes: Changes, *, as_json: bool) -> None:
    if as_json:
        answer({"entry": changes.entry, "proposal": changes.proposal or None})
    else:
        click.echo(changes.proposal or str(changes.entry))
    if changes.proposal:
        sys.exit(6)


COMMANDS: Final[tuple[click.Command, ...]] = (tranches, release, override)
