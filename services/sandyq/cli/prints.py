"""Results as plain tables for a terminal, in the chosen language."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import click

from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.exposure.result import Exposure
from sandyq.limits.disclosure import Alert, alert_text
from sandyq.limits.result import Check, LimitsRun, PartResult, State, Verdict
from sandyq.reference.kinds import label
from sandyq.valuation.holdings import Holdings
from sandyq.workstation.contract import Preview
from sandyq.workstation.levels import LEVEL_WORDS, level_of

STATE_WORDS = {
    State.OK: N_("OK"), State.WARNING: N_("Warning"), State.SOFT_BREACH: N_("Soft breach"),
    State.BREACH: N_("Breach"), State.UNKNOWN: N_("Unknown"), State.NOT_APPLICABLE: N_("Not applicable"),
    State.UPCOMING: N_("Upcoming"),
}
VERDICT_WORDS = {
    Verdict.PASS: N_("Passes"), Verdict.ACKNOWLEDGE: N_("Needs acknowledgement"), Verdict.REFUSED: N_("Refused"),
    Verdict.UNKNOWN: N_("Unknown"),
}
_MILLION = Decimal(1_000_000)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Print a table; columns in `right` are aligned right."""
    widths = [max(len(row[i]) for row in [list(head), *map(list, rows)]) for i in range(len(head))]
    for number, row in enumerate([list(head), *map(list, rows)]):
        cells = [cell.rjust(widths[i]) if i in right else cell.ljust(widths[i]) for i, cell in enumerate(row)]
        click.echo("  ".join(cells).rstrip())
        if number == 0:
            click.echo("  ".join("-" * width for width in widths))
    if not rows:
        click.echo("(none)")


def _millions(language: Language, amount: Decimal | None, digits: int = 3) -> str:
    return language.number(None if amount is None else amount / _MILLION, digits)


def findings(items: Sequence[Finding], language: Language, most: int = 20) -> None:
    """Print findings, worst first; say how many are not shown."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    chosen = sorted(items, key=lambda item: order[item.severity])
    for item in chosen[:most]:
        where = f"{item.file}:{item.line}: " if item.line else ""
        click.echo(f"  {item.severity.value:7} {where}{language.say(item.text)} [{item.code}]")
    if len(chosen) > most:
        click.echo(language.say(N_("  and {n} more; --json lists them all", n=len(chosen) - most)))


def previews(items: Sequence[Preview], language: Language, *, dry: bool) -> None:
    say = language.say
    head = [say("File"), say("Kind"), say("Read"), say("New"), say("Superseding"), say("Duplicate"), say("Refused"),
            say("Findings"), say("Entry")]
    rows = [[item.file, item.kind, str(item.read), str(item.new), str(item.superseding), str(item.duplicate),
             str(item.refused), str(len(item.findings)), str(item.entry or "")] for item in items]
    table(head, rows, frozenset(range(2, 9)))
    for item in items:
        if item.already_imported:
            click.echo(say(N_("{file} was imported before, by entry {entry}; nothing was booked again.",
                              file=item.file, entry=item.already_imported)))
        if item.proposal:
            click.echo(say(N_("{file} waits for a second person as proposal {reference}.", file=item.file,
                              reference=item.proposal)))
        findings(item.findings, language, 8)
    if dry:
        click.echo(say("Dry run: nothing was booked."))


def holdings(result: Holdings, language: Language) -> None:
    say, number = language.say, language.number
    click.echo(say(N_("Holdings as of {day}", day=result.as_of)))
    head = [say("Symbol"), say("Kind"), say("Quantity"), say("Price"), say("Price date"), say("Age"),
            say("Value USD m"), say("Value KZT bn"), say("Cost USD m"), say("Unrealised USD m")]
    rows = []
    for line in result.lines:
        price = line.price
        kzt = None if line.market_value_kzt is None else line.market_value_kzt / 1000
        rows.append([line.symbol, say(label(line.kind)), number(line.quantity),
                     number(price.close) if price else "—", language.date(price.day) if price else "—",
                     "—" if line.age is None else str(line.age), _millions(language, line.market_value_usd),
                     _millions(language, kzt), _millions(language, line.cost_usd),
                     _millions(language, line.unrealised_usd)])
    total_kzt = None if result.market_value_kzt is None else result.market_value_kzt / 1000
    rows.append([say("Total"), "", "", "", "", "", _millions(language, result.market_value_usd),
                 _millions(language, total_kzt), _millions(language, result.cost_usd),
                 _millions(language, result.unrealised_usd)])
    table(head, rows, frozenset(range(2, 10)))
    if result.unknown_lines:
        click.echo(say(N_("{n} lines are Unknown; the known ones sum to {amount} USD m.", n=result.unknown_lines,
                          amount=_millions(language, result.known_market_value_usd))))
    click.echo(say(N_("Net invested, cash convention: {amount} USD m",
                      amount=_millions(language, result.net_invested_usd))))
    for cash in result.cash:
        click.echo(f"{say('Cash')} {cash.cash.account} {cash.cash.currency} {number(cash.cash.amount, 2)}")
    if result.kzt:
        click.echo(say(N_("USD/KZT {rate} of {day}, {source}", rate=result.kzt.rate, day=result.kzt.day,
                          source=result.kzt.source)))
    findings([f for line in result.lines for f in line.findings] + list(result.findings), language)


def exposure(result: Exposure, language: Language) -> None:
    say, number = language.say, language.number
    click.echo(say(N_("Look-through exposure as of {day}", day=result.as_of)))
    head = [say("Symbol"), say("Rung"), say("Coins"), say("Exposure USD m"), say("low"), say("high"), say("Basis date"),
            say("Premium or mNAV"), say("Beta")]
    rows = []
    for line in result.lines:
        coins = ", ".join(f"{number(r.central, 2)} {asset}{' eq.' if line.equivalent else ''}"
                          for asset, r in line.coins.items())
        mark = "—"
        if line.premium and line.premium.value is not None:
            mark = number(line.premium.value * 100, 2, sign=True) + " %"
        elif line.mnav and line.mnav.simple is not None:
            mark = number(line.mnav.simple, 2) + " ×"
        rows.append([line.symbol, say(line.rung.word), coins, _millions(language, line.exposure_usd.central),
                     _millions(language, line.exposure_usd.low), _millions(language, line.exposure_usd.high),
                     language.date(line.basis_date), mark, number(line.beta.value, 2) if line.beta else "—"])
    total = result.total_usd
    rows.append([say("Total"), "", "", _millions(language, total.central), _millions(language, total.low),
                 _millions(language, total.high), "", "", ""])
    table(head, rows, frozenset({3, 4, 5}))
    for asset, coins_range in result.by_coin.items():
        click.echo(f"{asset}: {number(coins_range.central, 4)}")
    click.echo(say(N_("Coin equivalent: {coins} BTC", coins=number(result.coin_equivalent, 1))))
    findings([f for line in result.lines for f in line.findings] + list(result.findings), language)


def in_unit(value: Decimal | None, part: PartResult, language: Language) -> str:
    """A limit's value for reading: per cent for ratios, millions for money."""
    if value is None:
        return "—"
    if part.part.unit == "ratio":
        return language.number(value * 100, 3) + " %"
    if part.part.unit == "USD":
        return language.number(value / _MILLION, 3) + " m"
    return language.number(value, 2 if part.part.unit == "days" else 0)


def limits(run: LimitsRun, language: Language) -> None:
    say = language.say
    click.echo(say(N_("Limits as of {day}, mandate {version}", day=run.as_of, version=run.mandate_version)))
    head = [say("State"), say("Id"), say("Limit"), say("Worst"), say("Value"), say("Limit in force"), say("Use %"),
            say("Headroom USD m"), say("Shares"), say("Coin move")]
    rows = []
    for result in run.results:
        part = result.worst
        title = result.limit.title.get(language.code) or result.limit.title.get("en", "")
        if part is None:
            rows.append([say(STATE_WORDS[result.state]), result.limit.id, title, "", "—", "—", "—", "—", "—", "—"])
            continue
        room = part.headroom
        move = "> +100 %" if room.coin_move_beyond else (
            "—" if room.coin_move is None else language.number(room.coin_move * 100, 1, sign=True) + " %")
        use = None if part.utilisation is None else part.utilisation * 100
        rows.append([say(STATE_WORDS[result.state]), result.limit.id, title, part.group,
                     in_unit(part.value, part, language), in_unit(part.part.in_force, part, language),
                     language.number(use, 0), _millions(language, room.usd, 1),
                     f"{language.number(room.shares)} {room.symbol}" if room.shares is not None else "—", move])
    table(head, rows, frozenset({4, 5, 6, 7, 8, 9}))
    counts = run.counts()
    click.echo(", ".join(f"{count} {say(STATE_WORDS[state])}" for state, count in counts.items() if count))
    seen = {(f.code, f.subject): f for r in run.results for f in (r.worst.findings if r.worst else ())}
    findings([*seen.values(), *run.findings], language)


def alerts(found: Sequence[Alert], language: Language) -> None:
    for item in found:
        click.echo(language.say(alert_text(item)))


def check(result: Check, language: Language) -> None:
    say = language.say
    click.echo(say(VERDICT_WORDS[result.verdict]))
    for name, verdict, text in result.reasons:
        click.echo(f"  {name}  {say(VERDICT_WORDS[verdict])}: {say(text)}")
    head = [say("Id"), say("Level"), say("Before"), say("After"), say("State before"), say("State after")]
    rows = []
    for change in result.changes:
        before, after = change.before.worst, change.after.worst
        if not change.moved:
            continue
        rows.append([change.limit.id, say(LEVEL_WORDS[level_of(change)]),
                     in_unit(before.value, before, language) if before else "—",
                     in_unit(after.value, after, language) if after else "—",
                     say(STATE_WORDS[change.before.state]), say(STATE_WORDS[change.after.state])])
    if rows:
        table(head, rows, frozenset({2, 3}))
    for item in result.largest:
        bound: Text = N_("Largest order that passes: {side} {quantity} {symbol}, bound by {limit}", side=say(item.side),
                         quantity=item.quantity, symbol=item.symbol, limit=item.binding or "—")
        click.echo(say(bound))
    findings(result.findings, language)


def figure(node: Figure, language: Language, places: dict[tuple[int, int], str], depth: int = 0) -> None:
    value = language.value(node.value) if node.value is not None else "—"
    mark = "› " if node.chosen else ""
    place = f"  [{places.get((node.origin.entry, node.origin.line), '')}]" if node.origin else ""
    click.echo(f"{'  ' * depth}{mark}{language.say(node.label)}: {value} {node.unit}".rstrip() + place)
    if node.note:
        click.echo(f"{'  ' * depth}    {language.say(node.note)}")
    for part in node.parts:
        figure(part, language, places, depth + 1)
