"""Commands: manual prices, sources and their breaks, completeness, fair value levels."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.decimals import canonical
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.cli import options
from sandyq.cli.commands import asked, opened
from sandyq.cli.options import Day, answer, guarded, said
from sandyq.workstation.contract import Changes
from sandyq.workstation.recorded import Completeness, Level, ManualPrice, PriceBreak
from sandyq.workstation.workstation import Workstation

_NEEDS_SECOND: Final = 6


class Number(click.ParamType[Decimal]):
    """An exact number with a point: 49.5."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number; write 49.5", param, ctx)
        return found if found.is_finite() else self.fail(f"{value!r} is not a number; write 49.5", param, ctx)


first_day = click.option("--from", "first", type=Day(), help="The first day (default: 30 days before the last).")
last_day = click.option("--to", "last", type=Day(), help="The last day (default: the last day with prices).")
reason_given = click.option("--reason", required=True, help="Why.")


def text_of(number: Decimal | None) -> str | None:
    return None if number is None else canonical(number)


def place_of(station: Workstation, origin: Origin | None) -> dict[str, Any] | None:
    """Return where a row came from, None for what has no row."""
    if origin is None or not origin.entry:
        return None
    found = station.source(origin.entry, origin.line)
    return {"entry": found.entry, "file": found.file, "line": found.line, "actor": found.actor,
            "sha256": found.sha256}


def told(changes: Changes, *, as_json: bool, code: str) -> None:
    """Print what was recorded, or the reference that waits for a second person (exit code 6)."""
    if as_json:
        answer({"entry": changes.entry, "proposal": changes.proposal or None, "tables": sorted(changes.tables),
                "waits_for_second_person": bool(changes.proposal)})
    elif changes.proposal:
        click.echo(said(code).say(N_("{reference} waits for a second person.", reference=changes.proposal)))
    else:
        click.echo(said(code).say(N_("Recorded as entry {entry}.", entry=changes.entry)))
    if changes.proposal:
        sys.exit(_NEEDS_SECOND)


def span(station: Workstation, first: date | None, last: date | None, known_at: datetime | None) -> tuple[date, date]:
    ends = last or station.latest_day(known_at)
    return first or date.fromordinal(max(1, ends.toordinal() - 30)), ends


@click.group()
def price() -> None:
    """Prices set by hand, sources and their ranks, breaks between sources."""


@price.command("set")
@options.book
@click.argument("symbol")
@click.argument("close", type=Number())
@click.option("--date", "day", type=Day(), required=True, help="The day of the price.")
@click.option("--currency", default="USD", show_default=True)
@reason_given
@click.option("--expires", type=Day(), required=True, help="The last day on which it counts.")
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def set_(book: Path, symbol: str, close: Decimal, day: date, currency: str, reason: str, expires: date, actor: str,
         key: Path | None, code: str, as_json: bool) -> None:
    """Propose a price by hand. It counts when a second person has approved it; exit code 6 until then."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.prices.propose_manual(symbol, day, close, currency, reason, expires)
    told(changes, as_json=as_json, code=code)


@price.command("withdraw")
@options.book
@click.argument("symbol")
@click.option("--date", "day", type=Day(), required=True, help="The day of the price.")
@reason_given
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def withdraw(book: Path, symbol: str, day: date, reason: str, actor: str, key: Path | None, code: str,
             as_json: bool) -> None:
    """Take back a price set by hand: one's own proposal at once, a price in force by two persons."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.prices.withdraw_manual(symbol, day, reason)
    told(changes, as_json=as_json, code=code)


def manual_form(item: ManualPrice, station: Workstation) -> dict[str, Any]:
    return {"symbol": item.symbol, "date": item.day.isoformat(), "close": canonical(item.close),
            "currency": item.currency, "reason": item.reason, "expires": item.expires.isoformat(),
            "author": item.author, "approver": item.approver or None, "state": item.state,
            "replaced": text_of(item.replaced), "proposal": item.proposal or None,
            "source": place_of(station, item.origin)}


@price.command("list")
@options.book
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def list_(book: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """Every price set by hand with its state, its expiry and the imported close that it stands in for."""
    with opened(book, actor=actor) as station:
        found = station.prices.manual_prices(asked(station, as_of, known_at))
        if as_json:
            answer({"manual_prices": [manual_form(item, station) for item in found]})
            return
    spoken = said(code)
    for item in found:
        click.echo(f"{item.symbol:8} {spoken.value(item.day)}  {item.close} {item.currency}  {item.state:9} "
                   f"→ {spoken.value(item.expires)}  {item.author} / {item.approver or '-'}  {item.reason}"
                   + (f"  ({item.replaced})" if item.replaced is not None else ""))


def break_form(item: PriceBreak, station: Workstation) -> dict[str, Any]:
    return {"symbol": item.symbol, "date": item.day.isoformat(), "source": item.source, "close": canonical(item.close),
            "other_source": item.other_source, "other_close": canonical(item.other_close),
            "difference_bp": str(round(item.difference_bp, 2)), "tolerance_bp": canonical(item.tolerance_bp),
            "used": item.used, "row": place_of(station, item.origin), "other_row": place_of(station, item.other_origin)}


@price.command("breaks")
@options.book
@first_day
@last_day
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def breaks(book: Path, first: date | None, last: date | None, known_at: datetime | None, actor: str, code: str,
           as_json: bool) -> None:
    """Days on which two sources differ by more than the tolerance."""
    with opened(book, actor=actor) as station:
        begins, ends = span(station, first, last, known_at)
        found = station.prices.two_source_breaks(asked(station, ends, known_at), begins, ends)
        if as_json:
            answer({"from": begins.isoformat(), "to": ends.isoformat(),
                    "breaks": [break_form(item, station) for item in found]})
            return
    spoken = said(code)
    for item in found:
        click.echo(f"{item.symbol:8} {spoken.value(item.day)}  {item.source or '-'} {item.close}  "
                   f"{item.other_source or '-'} {item.other_close}  {item.difference_bp:.1f} bp "
                   f"> {item.tolerance_bp} bp")


@price.command("sources")
@options.book
@options.as_of
@options.known_at
@options.actor
@options.as_json
@guarded
def sources(book: Path, as_of: date | None, known_at: datetime | None, actor: str, as_json: bool) -> None:
    """Every source of closes with rank, tolerance and number of rows. Without ranks the latest row counts."""
    with opened(book, actor=actor) as station:
        found = station.prices.sources(asked(station, as_of, known_at))
    if as_json:
        answer({"sources": [{"source": item.source, "rank": item.rank, "tolerance_bp": text_of(item.tolerance_bp),
                             "rows": item.rows} for item in found]})
        return
    for item in found:
        click.echo(f"{item.rank if item.rank is not None else '-':>3} {item.source or '-':40} {item.rows:9}  "
                   f"{item.tolerance_bp if item.tolerance_bp is not None else '-'} bp")


@price.command("rank")
@options.book
@click.argument("source")
@click.argument("place", metavar="RANK", type=int)
@click.option("--tolerance-bp", type=Number(), help="Basis points that this source may differ by (default: 10).")
@reason_given
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def rank(book: Path, source: str, place: int, tolerance_bp: Decimal | None, reason: str, actor: str,
         key: Path | None, code: str, as_json: bool) -> None:
    """Rank a source: the best-ranked one counts where several have a close of the same day."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.prices.rank(source, place, tolerance_bp, reason)
    told(changes, as_json=as_json, code=code)


def completeness_form(item: Completeness) -> dict[str, Any]:
    return {"symbol": item.symbol, "market": item.market, "expected": item.expected, "present": item.present,
            "missing": [day.isoformat() for day in item.missing], "last": item.last.isoformat() if item.last else None,
            "age": item.age, "owner": item.owner or None, "calendar_known": item.calendar_known}


@click.command("completeness")
@options.book
@first_day
@last_day
@click.option("--all", "everything", is_flag=True, help="Every instrument with prices, not only what is held.")
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def completeness_(book: Path, first: date | None, last: date | None, everything: bool, known_at: datetime | None,
                  which: str, actor: str, code: str, as_json: bool) -> None:
    """Expected against present closes by each exchange's own calendar."""
    with opened(book, actor=actor) as station:
        begins, ends = span(station, first, last, known_at)
        found = station.prices.completeness(asked(station, ends, known_at, which), begins, ends,
                                             all_instruments=everything)
    if as_json:
        answer({"from": begins.isoformat(), "to": ends.isoformat(),
                "instruments": [completeness_form(item) for item in found]})
        return
    spoken = said(code)
    for item in found:
        gaps = ", ".join(spoken.value(day) for day in item.missing[:5]) + (" …" if len(item.missing) > 5 else "")
        known = "" if item.calendar_known else "  (?)"
        click.echo(f"{item.symbol:8} {item.market:6} {item.present:5}/{item.expected:<5} {gaps}{known}  {item.owner}")


def level_form(item: Level, code: str, station: Workstation) -> dict[str, Any]:
    return {"symbol": item.symbol, "level": item.level, "decided": item.decided, "reason": said(code).say(item.reason),
            "source": place_of(station, item.origin)}


@click.command("levels")
@options.book
@options.as_of
@options.known_at
@options.which
@click.option("--since", type=Day(), help="List the transfers between levels since this day.")
@options.actor
@options.language
@options.as_json
@guarded
def levels(book: Path, as_of: date | None, known_at: datetime | None, which: str, since: date | None, actor: str,
           code: str, as_json: bool) -> None:
    """The IFRS 13 level of every holding with its reason; null is Unknown."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        found = station.prices.levels(question)
        moved = station.prices.level_transfers(question, since) if since else ()
        if as_json:
            answer({"as_of": question.as_of.isoformat(), "levels": [level_form(item, code, station) for item in found],
                    "transfers": [{"symbol": now.symbol, "from": level_form(then, code, station),
                                   "to": level_form(now, code, station)} for then, now in moved]})
            return
    spoken = said(code)
    for item in found:
        click.echo(f"{item.symbol:8} {item.level or '?'}  {spoken.say(item.reason)}")
    for then, now in moved:
        click.echo(f"{now.symbol:8} {then.level or '?'} → {now.level or '?'}  {spoken.say(now.reason)}")


@click.group()
def level() -> None:
    """Fair value levels that people decide."""


@level.command("set")
@options.book
@click.argument("symbol")
@click.argument("number", metavar="LEVEL", type=click.IntRange(1, 3))
@reason_given
@click.option("--from", "first", type=Day(), help="The first day (default: the last day with prices).")
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def level_set(book: Path, symbol: str, number: int, reason: str, first: date | None, actor: str, key: Path | None,
              code: str, as_json: bool) -> None:
    """Decide the level of a holding, with a reason."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.prices.decide_level(symbol, number, reason, first)
    told(changes, as_json=as_json, code=code)


COMMANDS: Final[tuple[click.Command, ...]] = (price, completeness_, levels, level)
