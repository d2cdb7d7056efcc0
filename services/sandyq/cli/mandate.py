"""Commands: the mandate's versions, drafts of the next one, their differences, the lint and the rule bench."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.cli import mandate_forms, options, record_forms
from sandyq.cli.commands import asked, opened
from sandyq.cli.options import answer, guarded, said
from sandyq.limits.bench import Bench
from sandyq.limits.draft import Draft
from sandyq.limits.draft_fields import LIMIT, changed
from sandyq.limits.lint import errors
from sandyq.limits.mandate_diff import differences
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.workstation import Workstation

_FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_REASON: Final = click.option("--reason", default="", help="Why; kept with the proposal. Needed unless --dry-run.")
_DRY: Final = click.option("--dry-run", is_flag=True, help="Show differences and findings, record nothing.")
_BENCH: Final = click.option("--bench", "benched", is_flag=True, help="Try the draft on all past days first.")
_FROM: Final = click.option("--valid-from", type=options.Day(), help="First day of the version.")


@click.group("mandate")
def mandate() -> None:
    """The mandate: versions, limits, differences in words, lint, rule bench, a new version by two persons."""


@mandate.command("show")
@options.book
@click.option("--version", "name", default="", help="A version by its name (default: the one in force on the day).")
@click.option("--limit", "limits", multiple=True, help="Only this limit; may be repeated.")
@click.option("--toml", is_flag=True, help="Print the file: the start of a draft.")
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def show(book: Path, name: str, limits: tuple[str, ...], toml: bool, which: str, as_of: date | None,
         known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """A version with its limits, or its file."""
    with opened(book, actor=actor) as station:
        found = station.rulebook.version(asked(station, as_of, known_at, which), name)
    for wanted in limits:
        if found.mandate.limit(wanted) is None:
            raise BadInput("no-limit", N_("The mandate has no limit {limit}.", limit=wanted), where=wanted)
    chosen = [limit for limit in found.mandate.limits if not limits or limit.id in limits]
    if toml:
        click.echo(found.text, nl=False)
    elif as_json:
        answer({**mandate_forms.version(found), **mandate_forms.mandate(found.mandate),
                "limits": [mandate_forms.limit(limit) for limit in chosen]})
    else:
        mandate_forms.show_versions([found], said(code))
        mandate_forms.show_limits(chosen, said(code))


@mandate.command("versions")
@options.book
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def versions(book: Path, which: str, as_of: date | None, known_at: datetime | None, actor: str, code: str,
             as_json: bool) -> None:
    """Every version with its first and last day, who prepared and who approved it."""
    with opened(book, actor=actor) as station:
        found = station.rulebook.versions(asked(station, as_of, known_at, which))
    if as_json:
        answer({"versions": [mandate_forms.version(one) for one in found]})
    else:
        mandate_forms.show_versions(found, said(code))


@mandate.command("choices")
@options.as_json
@guarded
def choices(as_json: bool) -> None:
    """What a limit can be put together from: measures with their units, scopes, groups, denominators, bases."""
    found = mandate_forms.choices()
    if as_json:
        answer(found)
        return
    for one in found["measures"]:
        click.echo(f"{one['name']}: {', '.join(one['units'])}; scope {', '.join(one['scopes']) or '-'}; "
                   f"group_by {', '.join(one['group_by']) or '-'}; "
                   f"denominator {', '.join(one['denominators']) or '-'}; basis {', '.join(one['bases'])}")


@mandate.command("lint")
@options.book
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def lint(book: Path, file: Path | None, which: str, as_of: date | None, known_at: datetime | None, actor: str,
         code: str, as_json: bool) -> None:
    """What is missing in a mandate file, contradicts itself or can never take effect; without a file the one in force.

    Exit code 1 when a finding is an error.
    """
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        text = _text(file) if file else station.rulebook.version(question).text
        found = station.rulebook.lint(question, text)
    if as_json:
        answer({"findings": mandate_forms.defects(found, said(code)), "errors": len(errors(found))})
    else:
        mandate_forms.show_defects(found, said(code))
        click.echo(said(code).say(N_("{n} findings, {errors} of them errors", n=len(found), errors=len(errors(found)))))
    if errors(found):
        sys.exit(1)


@mandate.command("diff")
@options.book
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "old", default="", help="A version (default: the one before).")
@click.option("--to", "new", default="", help="A version, instead of a file (default: the one in force).")
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def diff(book: Path, file: Path | None, old: str, new: str, which: str, as_of: date | None, known_at: datetime | None,
         actor: str, code: str, as_json: bool) -> None:
    """What changes between two versions, or from the version in force to a file, in sentences."""
    with opened(book, actor=actor) as station:
        desk, question = station.rulebook, asked(station, as_of, known_at, which)
        if file is not None and not old:
            found = desk.review(question, _text(file)).changes
        else:
            after = desk.version(question, new)
            text = _text(file) if file else after.text
            before = desk.version(question, old) if old else _earlier(desk.versions(question), after)
            found = differences(before.mandate, Draft.of(text).read(), before.text, text)
    if as_json:
        answer({"changes": mandate_forms.changes(found, said(code))})
        return
    for change in found:
        click.echo(said(code).say(change.sentence(code)))
    if not found:
        click.echo(said(code).say(N_("Nothing differs.")))


def _earlier(found: tuple[Any, ...], after: Any) -> Any:
    before = [one for one in found if one.mandate.valid_from < after.mandate.valid_from]
    if not before:
        raise BadInput("no-version", N_("There is no version before {version}.", version=after.mandate.version))
    return before[-1]


@mandate.command("bench")
@options.book
@_FILE
@click.option("--limit", "limits", multiple=True, help="Try this limit; may be repeated (default: those that change).")
@click.option("--all", "every", is_flag=True, help="Try every limit of the draft.")
@click.option("--from", "first", type=options.Day(), help="First day (default: the first booking).")
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def bench(book: Path, file: Path, limits: tuple[str, ...], every: bool, first: date | None, which: str,
          as_of: date | None, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """Try a draft on every past day: the days on which it would have failed, beside the mandate of each day."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        found = station.rulebook.bench(question, _text(file), limits=limits, every=every, first=first,
                                       progress=_count)
    if as_json:
        answer(mandate_forms.bench(found))
    else:
        mandate_forms.show_bench(found, said(code))


def _count(done: int, whole: int) -> bool:
    """Count on a terminal; a pipe stays clean."""
    if sys.stderr.isatty() and (done % 20 == 0 or done == whole - 1):
        click.echo(f"\r{done + 1}/{whole}", nl=done == whole - 1, err=True)
    return True


@mandate.command("set")
@options.book
@click.argument("limit")
@click.option("--part", "number", type=int, default=1, show_default=True, help="Part of the limit, counted from 1.")
@click.option("--warn")
@click.option("--soft")
@click.option("--hard", help="A threshold in the part's unit (0.45 or 45%); an empty value takes it away.")
@click.option("--clause")
@click.option("--section")
@click.option("--document", help="The document of the decision, for this limit.")
@click.option("--cure-days")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE",
              help="Any other key: scope.kind=spot_etf,etp, basis=cost, title.ru=..., options.days=7; may be repeated.")
@click.option("--version", "name", default="", help="Name of the version (default: the next one).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the draft to a file and propose "
                                                                             "nothing.")
@_FROM
@_REASON
@_BENCH
@_DRY
@options.which
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def set_(book: Path, limit: str, number: int, warn: str | None, soft: str | None, hard: str | None,
         clause: str | None, section: str | None, document: str | None, cure_days: str | None,
         pairs: tuple[str, ...], name: str, out: Path | None, valid_from: date | None, reason: str, benched: bool,
         dry_run: bool, which: str, key: Path | None, actor: str, code: str, as_json: bool) -> None:
    """Change one limit and propose the mandate with it as the next version (exit code 6: a second person decides).

    LIMIT is an id; the word new adds a limit, and what is set goes to it; the word mandate means its head.
    """
    given = {"warn": warn, "soft": soft, "hard": hard, "clause": clause, "section": section, "document": document,
             "cure_days": cure_days}
    wanted = {**{k: v for k, v in given.items() if v is not None}, **_pairs(pairs)}
    with opened(book, actor=actor, write=not dry_run and out is None, key=key) as station:
        question = asked(station, None, None, which)
        draft = station.rulebook.draft(question)
        if limit == "new":
            draft = draft.added_limit()
            limit = str(draft.limits[-1]["id"])
        for field, value in wanted.items():
            draft = changed(draft, "" if limit == "mandate" else limit, 0 if field in LIMIT else number, field, value)
        draft = draft.as_version(name or str(draft.head["version"]), valid_from or draft.head["valid_from"])
        if out is not None:
            draft.read()
            out.write_text(draft.text, encoding="utf-8")
        _finish(station, question, draft.text, reason, code, benched=benched, dry_run=dry_run or out is not None,
                as_json=as_json, out=out)


@mandate.command("propose")
@options.book
@_FILE
@_FROM
@_REASON
@_BENCH
@_DRY
@options.which
@options.signing
@options.actor
@options.language
@options.as_json
@guarded
def propose(book: Path, file: Path, valid_from: date | None, reason: str, benched: bool, dry_run: bool, which: str,
            key: Path | None, actor: str, code: str, as_json: bool) -> None:
    """Propose a mandate file as the next version (exit code 6: a second person decides). Its text is kept as it is."""
    text = _text(file)
    if valid_from is not None:
        draft = Draft.of(text, file.name)
        text = draft.as_version(str(draft.head.get("version", "")), valid_from).text
    with opened(book, actor=actor, write=not dry_run, key=key) as station:
        _finish(station, asked(station, None, None, which), text, reason, code, benched=benched, dry_run=dry_run,
                as_json=as_json)


@mandate.command("review")
@options.book
@click.argument("reference")
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def review(book: Path, reference: str, which: str, actor: str, code: str, as_json: bool) -> None:
    """What a proposed version changes, in sentences, with findings and its author's bench: read before approving."""
    with opened(book, actor=actor) as station:
        found = station.rulebook.brief(asked(station, None, None, which), reference)
    language = said(code)
    if as_json:
        answer({"reference": reference, "author": found.proposal.author, "state": found.proposal.state.value,
                "reason": found.reason, "content_hash": found.proposal.content_hash, "bench": found.bench,
                **mandate_forms.review(found.review, language)})
        return
    click.echo(f"{reference}  {found.proposal.state.value}  {found.proposal.author}  {found.reason}")
    mandate_forms.show_review(found.review, language)
    for limit, counts in (found.bench or {}).get("limits", {}).items():
        click.echo("  " + language.say(N_("{limit}: would have failed on {failed} of {days} days, in force on "
                                          "{in_force}", limit=limit, failed=counts["failed"],
                                          days=(found.bench or {})["days"], in_force=counts["in_force"])))


def _finish(station: Workstation, question: Question, text: str, reason: str, code: str, *, benched: bool,
            dry_run: bool, as_json: bool, out: Path | None = None) -> None:
    """Show what a draft changes, try it where that is asked for, and propose it."""
    desk, language = station.rulebook, said(code)
    found = desk.review(question, text)
    tried: Bench | None = desk.bench(question, text, progress=_count) if benched and found.mandate else None
    done: Changes | None = None if dry_run else desk.propose(question, text, reason, bench=tried)
    if as_json:
        answer({"dry_run": dry_run, **mandate_forms.review(found, language),
                **({"bench": mandate_forms.bench(tried)} if tried else {}), **({"file": str(out)} if out else {}),
                **(record_forms.changes(done) if done else {})})
    else:
        mandate_forms.show_review(found, language)
        if tried is not None:
            mandate_forms.show_bench(tried, language)
        if done is not None:
            record_forms.print_changes(done, language)
    if dry_run and errors(found.defects):
        sys.exit(1)
    if done is not None and done.proposal:
        sys.exit(6)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("mandate-unreadable", N_("The mandate file cannot be read: {reason}.", reason=str(error)),
                       where=file.name) from error


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in values:
        name, mark, value = item.partition("=")
        if not mark or not name.strip():
            raise BadInput("bad-option", N_("{value} is not of the form key=value.", value=item), where="--set")
        found[name.strip()] = value.strip()
    return found


COMMANDS: Final[tuple[click.Command, ...]] = (mandate,)
