"""Options that every command shares, and how a result or an error reaches the person or the script."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import platformdirs

from sandyq.basics.errors import BadInput, SandyqError
from sandyq.basics.language import CODES, Language
from sandyq.basics.text import N_
from sandyq_resources import catalogues

P = ParamSpec("P")
R = TypeVar("R")
_YEARS = range(1970, 2200)
"""Years that a question may be about: calendars and fees are counted by the day, and a date has an end."""


class Day(click.ParamType[date]):
    """A day as 2025-10-03 or 03.10.2025."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                found = datetime.strptime(value, form).replace(tzinfo=UTC).date()
            except ValueError:
                continue
            if found.year in _YEARS:
                return found
            self.fail(f"{value!r} is outside the years {_YEARS[0]} to {_YEARS[-1]}", param, ctx)
        return self.fail(f"{value!r} is not a day; write 2025-10-03 or 03.10.2025", param, ctx)


class Moment(click.ParamType[datetime]):
    """A moment: 2025-10-03, 2025-10-03T18:00, with an offset or in UTC; a bare day means its end."""

    name = "timestamp"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment; write 2025-10-03 or 2025-10-03T18:00:00+05:00", param, ctx)
        if len(value) <= len("2025-10-03"):
            moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def default_actor() -> str:
    """Who works here: SANDYQ_ACTOR, else the name of the session's user."""
    return (os.environ.get("SANDYQ_ACTOR") or os.environ.get("USER") or os.environ.get("USERNAME") or "Analyst 1")


def passphrase() -> str | None:
    """The book's passphrase from SANDYQ_PASSPHRASE; none for a plain book."""
    return os.environ.get("SANDYQ_PASSPHRASE") or None


def key_file(name: str) -> Path:
    """Where a person's private key is kept unless another file is named."""
    plain = "".join(mark if mark.isalnum() or mark in " -_." else "_" for mark in name).strip(" .") or "_"
    return Path(platformdirs.user_data_dir("sandyq", appauthor=False)) / "keys" / f"{plain}.key"


def key_passphrase(key: Path) -> str:
    """The passphrase of a key file: SANDYQ_KEY_PASSPHRASE, else asked for on a terminal. Raises BadInput."""
    given = os.environ.get("SANDYQ_KEY_PASSPHRASE")
    if given:
        return given
    if sys.stdin.isatty():
        return str(click.prompt(f"Passphrase of {key.name}", hide_input=True, err=True))
    raise BadInput("key-locked", N_("The key file is under a passphrase."), where=key.name,
                   remedy=N_("Put the passphrase in SANDYQ_KEY_PASSPHRASE, or use a terminal."))


def _own_key(context: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    if value is not None:
        return value
    usual = key_file(str(context.params.get("actor") or default_actor()))
    return usual if usual.is_file() else None


book = click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")
as_of = click.option("--as-of", type=Day(), help="The day the question is about (default: the last day with prices).")
known_at = click.option("--known-at", type=Moment(), help="Count only what was known by then (default: now).")
which = click.option("--book", "which", default="sleeve", show_default=True, metavar="NAME",
                     help="Which book of the file; * for all of them together.")
language = click.option("--language", "code", type=click.Choice(CODES), default="en", show_default=True)
actor = click.option("--actor", default=default_actor, help="Who does this (default: SANDYQ_ACTOR or the user).")

signing = click.option("--key", type=click.Path(dir_okay=False, path_type=Path), envvar="SANDYQ_KEY",
                       callback=_own_key, help="The private key of the person who does this (default: SANDYQ_KEY, "
                                               "else the key file in the user's data folder).")
"""Gives `key: Path | None` to `sandyq.cli.commands.opened`, which opens it where a book has people."""


def said(code: str) -> Language:
    return catalogues.language(code)


def answer(value: dict[str, Any]) -> None:
    """Print one JSON value."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def guarded(function: Callable[P, R]) -> Callable[P, R]:
    """Turn a SandyqError into words (or JSON) and its exit code: never a traceback."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except SandyqError as error:
            report_error(error, as_json=bool(kwargs.get("as_json")), code=str(kwargs.get("code") or "en"))
            sys.exit(error.exit_code)

    return wrapped


def report_error(error: SandyqError, *, as_json: bool, code: str) -> None:
    """Print what, where, what to do and the code."""
    spoken = said(code)
    what = spoken.say(error.what)
    remedy = spoken.say(error.remedy) if error.remedy else ""
    if as_json:
        answer({"error": {"code": error.code, "what": what, "where": error.where or None, "remedy": remedy or None,
                          "findings": [{"code": f.code, "line": f.line or None, "column": f.column or None,
                                        "value": f.value or None, "message": spoken.say(f.text)}
                                       for f in error.findings]}})
        return
    place = f" ({error.where})" if error.where else ""
    click.echo(f"{what}{place} {remedy}".rstrip() + f" [{error.code}]", err=True)
    for finding in error.findings[:20]:
        where = f"line {finding.line}: " if finding.line else ""
        click.echo(f"  {where}{spoken.say(finding.text)} [{finding.code}]", err=True)
