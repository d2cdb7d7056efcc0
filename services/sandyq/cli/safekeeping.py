"""Commands: backups, restore, restore drill, passphrases."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.decimals import cents
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.cli import options
from sandyq.cli.commands import opened
from sandyq.cli.options import answer, guarded
from sandyq.store import wraps
from sandyq.workstation import workstation
from sandyq.workstation.recorded import Backup
from sandyq.workstation.safekeeping import look_at
from sandyq.workstation.safekeeping import restore as put_back

_NEW: Final = "SANDYQ_NEW_PASSPHRASE"
_CODE: Final = "SANDYQ_RECOVERY_CODE"


def form(found: Backup) -> dict[str, Any]:
    return {"path": str(found.path), "sequence": found.sequence, "known_at": found.known_at.isoformat(),
            "head": found.head, "kept_as": found.kept_as or None, "holds": found.holds,
            "as_of": found.as_of.isoformat() if found.as_of else None,
            "market_value_usd": None if found.market_value_usd is None else str(cents(found.market_value_usd))}


def line(found: Backup) -> str:
    value = "Unknown" if found.market_value_usd is None else f"{found.market_value_usd:,.2f} USD"
    state = f"{value} on {found.as_of}" if found.holds else "DOES NOT HOLD"
    return (f"{found.known_at:%Y-%m-%d %H:%M}  entry {found.sequence:6}  {found.kept_as or '-':8} {state}"
            f"  {found.path.name}")


def secret(name: str, question: str) -> str:
    """Return a passphrase from the environment, or from the terminal when there is one. Raises BadInput."""
    found = os.environ.get(name)
    if found:
        return found
    if not sys.stdin.isatty():
        raise BadInput("passphrase-missing", N_("A passphrase is needed and there is no terminal to ask for it."),
                       where=name, remedy=N_("Set the environment variable of that name."))
    return str(click.prompt(question, hide_input=True, err=True))


@click.command()
@options.book
@options.actor
@options.as_json
@guarded
def backup(book: Path, actor: str, as_json: bool) -> None:
    """Make a verified backup beside the book; keep 12 days, 10 weeks, 9 months."""
    with opened(book, actor=actor) as station:
        found = station.safekeeping.back_up()
    if as_json:
        answer(form(found))
    else:
        click.echo(line(found))


@click.command()
@options.book
@options.actor
@options.as_json
@guarded
def backups(book: Path, actor: str, as_json: bool) -> None:
    """List the backups with the figures that each of them holds."""
    with opened(book, actor=actor) as station:
        found = station.safekeeping.backups()
    if as_json:
        answer({"backups": [form(item) for item in found]})
        return
    for item in found:
        click.echo(line(item))


@click.command()
@click.argument("backup_file", metavar="BACKUP", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace a book of that name; it is kept aside.")
@click.option("--yes", is_flag=True, help="Do it; without this, the figures are shown and a terminal is asked.")
@options.actor
@options.as_json
@guarded
def restore(backup_file: Path, target: Path, replace: bool, yes: bool, actor: str, as_json: bool) -> None:
    """Put a backup in a book's place, after showing the figures that it holds."""
    found = look_at(backup_file, actor=actor, passphrase=options.passphrase())
    if not as_json:
        click.echo(line(found))
    agreed = yes or (sys.stdin.isatty() and click.confirm(f"Restore it to {target}?", default=False))
    if not agreed:
        if as_json:
            answer({"backup": form(found), "restored": False})
        else:
            click.echo("Nothing was changed. Say --yes to restore it.")
        return
    aside = put_back(backup_file, target, actor=actor, now=workstation.utc_now(), passphrase=options.passphrase(),
                     replace=replace)
    if as_json:
        answer({"backup": form(found), "restored": True, "book": str(target),
                "kept_aside": str(aside) if aside else None})
    else:
        click.echo(f"{target}: restored" + (f"; the book before is kept as {aside.name}" if aside else ""))


@click.command()
@options.book
@options.signing
@options.actor
@options.as_json
@guarded
def drill(book: Path, key: Path | None, actor: str, as_json: bool) -> None:
    """Try the newest backup: restore it to a temporary place, verify, compare, and record the result."""
    with opened(book, actor=actor, write=True, key=key) as station:
        entry = station.safekeeping.drill().entry
        result = dict(station.store_entry(entry).payload)
    if as_json:
        answer({"entry": entry, **result})
    else:
        click.echo(f"entry {entry}: the backup {result['backup']} "
                   + ("holds" if result.get("holds") else "DOES NOT HOLD"))
    if not result.get("holds"):
        sys.exit(4)


@click.group()
def passphrase() -> None:
    """Who opens an encrypted book: one passphrase per person, and a recovery sheet."""


@passphrase.command("list")
@options.book
@options.as_json
@guarded
def list_(book: Path, as_json: bool) -> None:
    """Name everybody who has a passphrase of the book."""
    found = wraps.names(book)
    if as_json:
        answer({"names": list(found)})
    else:
        click.echo("\n".join(found))


@passphrase.command()
@options.book
@options.actor
@options.as_json
@guarded
def change(book: Path, actor: str, as_json: bool) -> None:
    """Change one's own passphrase; the book itself is not rewritten."""
    with opened(book, actor=actor, write=True) as station:
        done = station.safekeeping.change_passphrase(actor, secret("SANDYQ_PASSPHRASE", "Passphrase"),
                                                     secret(_NEW, "New passphrase"))
    _said(book, done.entry, as_json)


@passphrase.command()
@options.book
@click.argument("name")
@options.actor
@options.as_json
@guarded
def add(book: Path, name: str, actor: str, as_json: bool) -> None:
    """Give one more person a passphrase of the book."""
    with opened(book, actor=actor, write=True) as station:
        done = station.safekeeping.add_opener(secret("SANDYQ_PASSPHRASE", "Passphrase"), name,
                                              secret(_NEW, f"Passphrase of {name}"))
    _said(book, done.entry, as_json)


@passphrase.command()
@options.book
@click.argument("name")
@options.actor
@options.as_json
@guarded
def remove(book: Path, name: str, actor: str, as_json: bool) -> None:
    """Take a person's passphrase away; the last one stays."""
    with opened(book, actor=actor, write=True) as station:
        done = station.safekeeping.remove_opener(secret("SANDYQ_PASSPHRASE", "Passphrase"), name)
    _said(book, done.entry, as_json)


@passphrase.command()
@options.book
@options.actor
@options.as_json
@guarded
def sheet(book: Path, actor: str, as_json: bool) -> None:
    """Make the recovery sheet: a code that is shown once and stored nowhere."""
    with opened(book, actor=actor, write=True) as station:
        code = station.safekeeping.recovery_sheet(secret("SANDYQ_PASSPHRASE", "Passphrase"))
    if as_json:
        answer({"book": str(book), "code": code})
    else:
        click.echo(code)


@passphrase.command()
@options.book
@options.actor
@options.as_json
@guarded
def recover(book: Path, actor: str, as_json: bool) -> None:
    """Give oneself a new passphrase by the code of the recovery sheet."""
    wraps.recover(book, secret(_CODE, "Code of the recovery sheet"), actor, secret(_NEW, "New passphrase"))
    if as_json:
        answer({"book": str(book), "name": actor})
    else:
        click.echo(f"{book}: {actor}")


def _said(book: Path, entry: int, as_json: bool) -> None:
    if as_json:
        answer({"book": str(book), "entry": entry, "names": list(wraps.names(book))})
    else:
        click.echo(f"{book}: " + ", ".join(wraps.names(book)))


COMMANDS: Final[tuple[click.Command, ...]] = (backup, backups, restore, drill, passphrase)
