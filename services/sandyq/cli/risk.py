"""Commands: value at risk with its conventions and the early warning; stresses, own shocks, reverse stress."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.decimals import cents
from sandyq.basics.language import Language
from sandyq.cli import options
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.options import answer, guarded, said
from sandyq.cli.risk_forms import (
    effects_form,
    ladder_form,
    report_form,
    reverse_form,
    stress_form,
    warning_form,
)
from sandyq.limits.early_warning import EarlyWarning, LimitWarning, Outlook
from sandyq.limits.orders import parse_order
from sandyq.reference.accounts import SLEEVE
from sandyq.risk.liquidity import Ladder
from sandyq.risk.stress import StressResult
from sandyq.risk.tail_model import TailRisk
from sandyq.workstation.risk import Effects, Reverse, RiskReport


class Amount(click.ParamType[Decimal]):
    """A number above zero, exact."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        if isinstance(value, Decimal):
            return value
        try:
            found = Decimal(str(value).replace("_", ""))
        except InvalidOperation:
            return self.fail(f"{value!r} is not a number", param, ctx)
        return found if found.is_finite() and found > 0 else self.fail(f"{value!r} is not above zero", param, ctx)


@click.command("risk")
@options.book
@click.option("--days", "worst", type=click.IntRange(0, 250), default=5, show_default=True,
              help="How many of the worst days to show, with each line.")
@click.option("--paths", type=click.IntRange(100, 1_000_000),
              help="Paths of the early warning (default: the mandate's).")
@click.option("--seed", type=click.IntRange(0), help="Seed of the early warning (default: the mandate's).")
@click.option("--no-warning", is_flag=True, help="Leave the early warning out.")
@click.option("--participation", type=Amount(), default="0.10", show_default=True,
              help="Share of the daily volume that is sold.")
@click.option("--order", "texts", multiple=True, metavar='"buy 100 IBIT @ 52.10"', help="Show what orders do to it.")
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def risk(book: Path, worst: int, paths: int | None, seed: int | None, no_warning: bool, participation: Decimal,
         texts: tuple[str, ...], which: str, as_of: date | None, known_at: datetime | None, actor: str, code: str,
         as_json: bool) -> None:
    """What may be lost, by which convention; how near each limit is; how long selling takes."""
    orders = tuple(parse_order(text) for text in texts)
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which or SLEEVE)
        desk = station.risk
        found = desk.report(question, worst)
        effects = desk.effects(question, orders) if orders else None
        warning = None if no_warning else desk.early_warning(question, paths=paths, seed=seed)
        way_out = desk.ladder(question, participation)
        when = moment(question)
    language = said(code)
    if as_json:
        answer({"known_at": when, **report_form(found, language), "ladder": ladder_form(way_out),
                **({"effects": effects_form(effects)} if effects else {}),
                **({"early_warning": warning_form(warning, language)} if warning else {})})
        return
    _show_report(found, language)
    if effects:
        _show_effects(effects)
    _show_ladder(way_out)
    if warning:
        _show_warning(warning, language)


@click.command("stress")
@options.book
@click.option("--shock", "shocks", multiple=True, metavar='"BTC=-30%"',
              help="A shock of your own: BTC=-30%, MSTR=-50%, kind:miner=-40%, premium:etp=-10%, beta:MSTR=1.8.")
@click.option("--scenario", default="", metavar="ID", help="One scenario of the library, line by line.")
@click.option("--loss", type=Amount(), help="Reverse: the smallest fall of all coins that loses this many US dollars.")
@click.option("--bp", type=Amount(), help="Reverse: the loss as basis points of a reserves series.")
@click.option("--series", default="gross", show_default=True, help="The reserves series of --bp.")
@options.which
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def stress(book: Path, shocks: tuple[str, ...], scenario: str, loss: Decimal | None, bp: Decimal | None, series: str,
           which: str, as_of: date | None, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """What the scenarios of the library, or shocks of your own, would cost; which fall costs a given loss."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which or SLEEVE)
        desk = station.risk
        reverse = desk.reverse(question, loss=loss, basis_points=bp, series=series) if loss or bp else None
        results: tuple[StressResult, ...] = ()
        if shocks:
            results = (desk.shock(question, shocks),)
        elif reverse is None:
            results = desk.stress(question, scenario)
        shipped = desk.library(question)[1]
        when = moment(question)
    language = said(code)
    if as_json:
        answer({"as_of": question.as_of.isoformat(), "known_at": when, "library": shipped or "mandate",
                "scenarios": [stress_form(result, language) for result in results],
                **({"reverse": reverse_form(reverse, language)} if reverse else {})})
        return
    if reverse:
        _show_reverse(reverse, language)
    for result in results:
        _show_stress(result, language, lines=bool(shocks or scenario))


# ---- in words


def _money(amount: Decimal | float | None) -> str:
    if amount is None:
        return "Unknown"
    return f"{cents(Decimal(repr(amount)) if isinstance(amount, float) else amount):,}"


def _show_report(found: RiskReport, language: Language) -> None:
    rules = found.rules
    click.echo(f"{found.as_of}  market value {_money(found.market_value)} USD; mandate's method {rules.method}, window "
               f"{rules.window} trading days from {found.first or '—'}, {'log' if rules.log_returns else 'simple'} "
               f"returns, quantile {rules.quantile.replace('_', ' ')}, decay {rules.decay}")
    for item in found.tails:
        click.echo(f"  {item.days:2} d  {float(item.level):5.1%}  {item.method:10}  "
                   f"VaR {_money(item.value_at_risk):>16}  ES {_money(item.expected_shortfall):>16}  {_resting(item)}")
    click.echo("   1 d  if gains were normal, weighted deviation " + _money(found.deviation) + ": " + ", ".join(
        f"{float(level):.1%} {_money(value)}" for level, value in found.normal))
    for line in found.coverage:
        if line.proxies or not line.known:
            used = ", ".join(f"{language.say(proxy.label)} {days} d" for proxy, days in line.proxies)
            click.echo(f"  {line.symbol:8} {used or 'no history: Unknown'}")
    for day in found.worst:
        click.echo(f"  {day.day}  loss {_money(day.loss):>16}   " + ", ".join(
            f"{symbol} {_money(gain)}" for symbol, gain in sorted(day.by_symbol, key=lambda pair: pair[1])[:4]))


def _resting(item: TailRisk) -> str:
    if item.unknown:
        return "Unknown: " + ", ".join(item.unknown)
    return f"{item.tail} of {item.scenarios} scenarios, {item.proxied:.1%} proxied"


def _show_effects(found: Effects) -> None:
    for item in found.tails:
        click.echo(f"  after the orders, {item.before.days} d {float(item.before.level):.1%}: VaR "
                   f"{_money(item.before.value_at_risk)} → {_money(item.after.value_at_risk)}, ES "
                   f"{_money(item.before.expected_shortfall)} → {_money(item.after.expected_shortfall)}")
    click.echo(f"  days to sell 95 %: {_days(found.exit_before)} → {_days(found.exit_after)}")


def _days(days: Decimal | None) -> str:
    return "Unknown" if days is None else f"{days:.2f}"


def _show_ladder(found: Ladder) -> None:
    click.echo(f"  sold by T+n at {found.participation:.0%} of the volume (a third of it under stress): " + ", ".join(
        f"T+{day} {normal:.1%} ({stressed:.1%})" for day, normal, stressed in found.steps)
        + (f"; no volume: {', '.join(found.unknown)}" if found.unknown else ""))


def _show_warning(found: EarlyWarning, language: Language) -> None:
    draw = found.draw
    click.echo(f"  probability of a breach within {draw.horizon} trading days: {draw.paths:,} paths, blocks of "
               f"{draw.block} days, seed {draw.seed}, window {found.window} days")
    for item in found.warnings:
        if item.outlook not in {Outlook.NOT_APPLICABLE, Outlook.FIXED}:
            click.echo(f"  {item.limit.id:5} {item.state.value:12} {_chance(item):>10}  " + (
                "" if item.days is None else f"{item.days:8.1f} days of volatility") + (
                "" if item.note is None else f"  {language.say(item.note)}"))
    fixed = [item.limit.id for item in found.warnings if item.outlook is Outlook.FIXED]
    if fixed:
        click.echo(f"  prices do not move: {', '.join(fixed)}")


def _chance(item: LimitWarning) -> str:
    if item.outlook is Outlook.BEYOND:
        return "beyond"
    if item.probability is None:
        return "Unknown"
    return ("≈ " if item.outlook is Outlook.NEAR else "") + f"{item.probability:.2%}"


def _show_stress(result: StressResult, language: Language, *, lines: bool) -> None:
    scenario = result.scenario
    click.echo(f"{scenario.id:24} {_money(result.gain):>18} USD  {scenario.origin}"
               + (f" {scenario.first} to {scenario.last}" if scenario.first else "")
               + (f"  fails: {result.custodian}" if result.custodian else ""))
    for line in result.lines if lines or result.gain is None else ():
        if lines or line.gain is None:
            move = "Unknown" if line.move.value is None else f"{line.move.value:.1%}"
            click.echo(f"  {line.symbol:8} {_money(line.value):>16} {move:>8} {_money(line.gain):>16}  "
                       f"{language.say(line.move.note)}")


def _show_reverse(found: Reverse, language: Language) -> None:
    if found.fall is not None:
        click.echo(f"A fall of all coins by {found.fall:.2%} loses {_money(found.loss)} USD.")
    elif found.result.gain is None:
        click.echo(f"Unknown which fall loses {_money(found.loss)} USD: a line has no move.")
    else:
        click.echo(f"Even worthless coins do not lose {_money(found.loss)} USD.")
    _show_stress(found.result, language, lines=True)


COMMANDS: Final[tuple[click.Command, ...]] = (risk, stress)
