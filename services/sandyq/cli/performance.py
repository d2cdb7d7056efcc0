"""Command: what the book earned in a period, with the convention beside each figure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.decimals import canonical, cents
from sandyq.cli import options
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.forms import whole
from sandyq.cli.options import answer, guarded, said
from sandyq.workstation.bridging import bridge
from sandyq.workstation.performing import Perimeter, Returns, returns

CONVENTIONS: Final = {
    "time_weighted": "true time-weighted: valued before each flow; money put in counts from the start of its day, "
                     "money taken out at its end",
    "money_weighted": "effective yearly rate (XIRR), actual days over 365, flows from the start of their day",
    "money_weighted_period": "the money-weighted rate over the whole period",
    "modified_dietz": "gain over average capital; flows weighted from the start, or from the end, of their day",
}


@click.command("performance")
@options.book
@click.option("--from", "first", type=options.Day(), help="The return runs from the end of this day (default: before "
                                                          "the first flow).")
@click.option("--perimeter", type=click.Choice(["securities", "with-cash"]), default="securities", show_default=True,
              help="Holdings alone, or the sleeve with its cash and its tranches as flows.")
@click.option("--book", "name", default="sleeve", show_default=True, help="One book of the file, or * for all.")
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def performance(book: Path, first: date | None, perimeter: str, name: str, as_of: date | None,
                known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """Returns of a period: time-weighted, money-weighted, Modified Dietz, gain."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at)
        question = type(question)(question.as_of, question.known_at, name)
        found = returns(station, question, first, Perimeter(perimeter.replace("-", "_")))
        when = moment(question)
    if as_json:
        answer({"known_at": when, "book": name, **form(found),
                "findings": [{"code": f.code, "severity": f.severity.value, "message": said(code).say(f.text)}
                             for f in found.findings]})
        return
    click.echo(f"{found.first} to {found.last}, {found.perimeter.value.replace('_', ' ')}: "
               f"{_money(found.begin_value)} to {_money(found.end_value)} USD, flows "
               f"{_money(sum((amount for _, amount in found.flows), Decimal(0)))}, gain {_money(found.gain)}")
    for label, value in (("time-weighted", found.time_weighted), ("money-weighted, a year", found.money_weighted),
                         ("money-weighted, period", found.money_weighted_period),
                         ("Modified Dietz, start of day", found.dietz_start),
                         ("Modified Dietz, end of day", found.dietz_end)):
        click.echo(f"  {label:30} {'Unknown' if value is None else f'{float(value):.6%}'}")
    for finding in found.findings:
        click.echo(f"  {finding.severity.value} {said(code).say(finding.text)} [{finding.code}]")


@click.command("bridge")
@options.book
@click.option("--from", "first", type=options.Day(), required=True, help="The bridge begins at the end of this day.")
@click.option("--book", "name", default="sleeve", show_default=True, help="One book of the file, or * for all.")
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def value_bridge(book: Path, first: date, name: str, as_of: date | None, known_at: datetime | None, actor: str,
                 code: str, as_json: bool) -> None:
    """Why the value moved between two days, and the result: parts that sum to the change exactly."""
    del code
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, name)
        found, when = bridge(station, question, first), moment(question)
    if as_json:
        answer({"known_at": when, "book": name, "from": found.first.isoformat(), "to": found.last.isoformat(),
                "begin_value_usd": whole(found.begin), "steps": [
                    {"step": step, "amount_usd": whole(amount)} for step, amount in found.steps],
                "end_value_usd": whole(found.end), "result_usd": whole(found.result),
                "result": {part: whole(amount) for part, amount in found.earned}})
        return
    click.echo(f"Market value, USD, book {name}")
    click.echo(f"{found.first} {_money(found.begin):>22}")
    for step, amount in found.steps:
        click.echo(f"  {step:10} {_money(amount):>20}")
    click.echo(f"{found.last} {_money(found.end):>22}")
    click.echo(f"result {_money(found.result):>26}")
    for part, amount in found.earned:
        click.echo(f"  {part:11} {_money(amount):>19}")


def form(found: Returns) -> dict[str, Any]:
    """Return the answer: amounts as decimal strings, ratios as numbers."""
    return {
        "from": found.first.isoformat(), "to": found.last.isoformat(), "days": (found.last - found.first).days,
        "perimeter": found.perimeter.value, "begin_value_usd": _text(found.begin_value),
        "end_value_usd": _text(found.end_value), "gain_usd": _text(found.gain),
        "flows": [{"date": day.isoformat(), "amount_usd": canonical(amount)} for day, amount in found.flows],
        "time_weighted": _ratio(found.time_weighted), "money_weighted": found.money_weighted,
        "money_weighted_period": found.money_weighted_period,
        "modified_dietz": {"start_of_day": _ratio(found.dietz_start), "end_of_day": _ratio(found.dietz_end)},
        "conventions": CONVENTIONS,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(cents(amount))


def _ratio(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _money(amount: Decimal | None) -> str:
    return "Unknown" if amount is None else f"{amount:,.2f}"


COMMANDS: Final[tuple[click.Command, ...]] = (performance, value_bridge)
