"""What the desk of records answers, as JSON values and as tables: versions, previews, closed days, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import click

from sandyq.basics.decimals import QUANTITY_STEP, WIDE, canonical
from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.book.actions import BY_EVENT
from sandyq.cli.forms import Json, day, exact, findings
from sandyq.cli.prints import STATE_WORDS, table
from sandyq.limits.result import State
from sandyq.workstation.contract import Changes
from sandyq.workstation.recorded import (
    ActionPreview,
    Cause,
    ClosedDay,
    Difference,
    FactChange,
    FactVersion,
    FigureChange,
    LimitChange,
    Restatement,
)

CAUSE_WORDS = {
    Cause.TRADE: N_("Trades"), Cause.CORPORATE_ACTION: N_("Corporate actions"), Cause.PRICE: N_("Prices"),
    Cause.COIN_PRICE: N_("Coin prices"), Cause.FX: N_("Rates"), Cause.LOOK_THROUGH: N_("Look-through data"),
    Cause.REFERENCE: N_("Reference data"), Cause.MANDATE: N_("Mandate"), Cause.SETTING: N_("Settings"),
    Cause.RESIDUAL: N_("Residual"),
}
_MARKS = {"current": N_("current"), "superseded": N_("superseded"), "reversed": N_("reversed")}
_SHOWN_FACTS = 40


def moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def _when(value: datetime) -> str:
    return f"{value.astimezone(UTC):%d.%m.%Y %H:%M:%S} UTC"


def full(value: Decimal | None) -> str | None:
    """A figure with all its digits: the parts of a change sum exactly to it."""
    return None if value is None else canonical(value)


def changes(done: Changes) -> Json:
    return {"entry": done.entry, "proposal": done.proposal or None, "tables": sorted(done.tables)}


def print_changes(done: Changes, language: Language) -> None:
    if done.proposal:
        click.echo(language.say(N_("Proposal {reference} waits for a second person.", reference=done.proposal)))
    elif done.tables:
        click.echo(language.say(N_("Recorded as entry {entry}.", entry=done.entry)))
    else:
        click.echo(language.say(N_("Entry {entry} has recorded this already; nothing was recorded again.",
                                   entry=done.entry)))


def version(item: FactVersion) -> Json:
    return {"mark": item.mark, "values": dict(item.values), "entry": item.origin.entry, "line": item.origin.line,
            "actor": item.actor, "known_at": moment(item.known_at), "ended_by": item.ended_by,
            "ended_actor": item.ended_actor or None, "ended_at": moment(item.ended_at), "reason": item.reason or None}


def print_versions(items: Sequence[FactVersion], language: Language) -> None:
    say = language.say
    for item in items:
        said = ", ".join(f"{name} {value}" for name, value in item.values.items() if value)
        click.echo(f"{say(_MARKS[item.mark]):11} {said}")
        click.echo("            " + say(N_("Entry {entry}, {actor}, {moment}", entry=item.origin.entry,
                                           actor=item.actor, moment=_when(item.known_at))))
        if item.ended_by:
            click.echo("            " + say(N_("Ended by entry {entry}, {actor}: {reason}", entry=item.ended_by,
                                               actor=item.ended_actor, reason=item.reason or "—")))


def limit_change(item: LimitChange, code: str) -> Json:
    return {"id": item.limit_id, "title": item.title.get(code) or item.title.get("en", ""), "unit": item.unit,
            "value": [exact(value) for value in item.value], "state": [state.value for state in item.state]}


def preview(item: ActionPreview, language: Language) -> Json:
    event = item.event
    return {
        "event": event.event, "type": event.type.value, "instrument": event.instrument, "ex_date": day(event.ex_date),
        "pay_date": day(event.pay_date), "terms": dict(event.terms), "needs_second": item.needs_second,
        "lines": [{"symbol": line.symbol, "quantity": [exact(value) for value in line.quantity],
                   "cost_usd": [exact(value) for value in line.cost_usd],
                   "market_value_usd": [exact(value) for value in line.market_value_usd],
                   "coins": {coin: [exact(value) for value in pair] for coin, pair in line.coins.items()}}
                  for line in item.lines],
        "cash": {name: [exact(value) for value in pair] for name, pair in item.cash.items()},
        "limits": [limit_change(change, language.code) for change in item.limits],
        "conserved": [{"what": language.say(sum_.what), "unit": sum_.unit, "before": exact(sum_.before),
                       "after": exact(sum_.after), "tolerance": exact(sum_.tolerance), "holds": sum_.holds}
                      for sum_ in item.conserved],
        "findings": findings(item.findings, language),
    }


def print_preview(item: ActionPreview, language: Language) -> None:
    say, number = language.say, language.number
    event = item.event
    click.echo(f"{event.event}: {say(BY_EVENT[event.type].label)}, {event.instrument}, "
               f"{language.date(event.ex_date)}")
    rows = [[line.symbol, _pair(line.quantity, language), _pair(line.cost_usd, language),
             _pair(line.market_value_usd, language),
             "; ".join(f"{_pair(pair, language)} {coin}" for coin, pair in line.coins.items())] for line in item.lines]
    table([say("Symbol"), say("Quantity"), say("Cost USD"), say("Value USD"), say("Coins")], rows)
    for name, pair in item.cash.items():
        if pair[0] != pair[1]:
            click.echo(f"{say('Cash')} {name}: {_pair(pair, language)}")
    for kept in item.conserved:
        mark = say("holds") if kept.holds else say("DOES NOT HOLD")
        click.echo(f"{say(kept.what)}: {number(kept.before)} → {number(kept.after)} {kept.unit}, {mark}")
    print_limits(item.limits, language)
    for finding in item.findings:
        click.echo(f"  {finding.severity.value:7} {say(finding.text)} [{finding.code}]")
    if item.needs_second:
        click.echo(say(N_("Two persons decide this.")))


def _short(value: Decimal | None) -> Decimal | None:
    """A number to eight decimals, which is all that a table needs; the JSON answer has more."""
    return None if value is None else Decimal(canonical(value.quantize(QUANTITY_STEP, context=WIDE)))


def print_limits(items: Sequence[LimitChange], language: Language) -> None:
    """Print the limits that move, with their states; ratios in per cent."""
    for item in items:
        if item.value[0] == item.value[1] and item.state[0] is item.state[1]:
            continue
        values = " → ".join(_limit_value(value, item.unit, language) for value in item.value)
        click.echo(f"  {item.limit_id}: {values}, {_state(item.state[0], language)} → "
                   f"{_state(item.state[1], language)}")


def _limit_value(value: Decimal | None, unit: str, language: Language) -> str:
    if value is None or unit != "ratio":
        return f"{language.number(_short(value))} {unit}".rstrip()
    return language.number(value * 100, 3) + " %"


def _state(state: State, language: Language) -> str:
    return language.say(STATE_WORDS[state])


def _pair(pair: tuple[Decimal | None, Decimal | None], language: Language) -> str:
    first, second = (language.number(_short(value)) for value in pair)
    return first if pair[0] == pair[1] else f"{first} → {second}"


def closed(item: ClosedDay) -> Json:
    return {"book": item.book, "day": day(item.day), "version": item.version, "hash": item.content_hash,
            "prepared_by": item.prepared_by, "checked_by": item.checked_by, "known_at": moment(item.known_at),
            "restated": item.restated, "entry": item.origin.entry}


def print_closed(items: Sequence[ClosedDay], language: Language) -> None:
    say = language.say
    rows = [[language.date(item.day), str(item.version), item.prepared_by, item.checked_by, item.content_hash[:16],
             "—" if item.restated is None else say("restated") if item.restated else say("as signed")]
            for item in items]
    table([say("Day"), say("Version"), say("Prepared by"), say("Checked by"), say("Hash"), say("Now")], rows)


def _figure(item: FigureChange, language: Language) -> Json:
    return {"key": item.key, "label": language.say(item.label), "unit": item.unit, "old": full(item.old),
            "new": full(item.new), "parts": {cause.value: full(part) for cause, part in item.parts}}


def _fact(item: FactChange, files: Mapping[int, str]) -> Json:
    return {"table": item.table, "key": item.key, "cause": item.cause.value, "how": item.how, "old": item.old,
            "new": item.new, "actor": item.actor, "known_at": moment(item.known_at), "reason": item.reason or None,
            "entry": item.origin.entry, "file": files.get(item.origin.entry), "line": item.origin.line}


def difference(item: Difference, language: Language, files: Mapping[int, str]) -> Json:
    """The whole answer; `causes` are those that moved a figure. `files`: entry → the file that it came from."""
    moved = {cause for figure in item.figures for cause, _ in figure.parts}
    return {"as_of": day(item.as_of), "known_from": moment(item.known_from), "known_to": moment(item.known_to) or "now",
            "causes": [cause.value for cause in Cause if cause in moved],
            "figures": [_figure(figure, language) for figure in item.figures],
            "limits": [limit_change(limit, language.code) for limit in item.limits],
            "facts": [_fact(fact, files) for fact in item.facts], "more_facts": item.more_facts}


def print_difference(item: Difference, language: Language, files: Mapping[int, str]) -> None:
    say, number = language.say, language.number
    click.echo(say(N_("{day} as known at {first} and at {second}", day=item.as_of, first=_when(item.known_from),
                      second=_when(item.known_to) if item.known_to else say("now"))))
    rows = []
    for figure in item.figures:
        if figure.old == figure.new:
            continue
        parts = ", ".join(f"{say(CAUSE_WORDS[cause])} {_part(part, language)}" for cause, part in figure.parts)
        rows.append([say(figure.label), number(_short(figure.old)), number(_short(figure.new)), figure.unit, parts])
    if rows:
        table([say("Figure"), say("Old"), say("New"), say("Unit"), say("Parts")], rows, frozenset({1, 2}))
    else:
        click.echo(say("No figure differs."))
    print_limits(item.limits, language)
    for fact in item.facts[:_SHOWN_FACTS]:
        change = " → ".join(filter(None, (fact.old, fact.new)))
        place = f"{files[fact.origin.entry]}:{fact.origin.line}" if fact.origin.line else ""
        said = ", ".join(filter(None, (fact.how, fact.actor, _when(fact.known_at), place, fact.reason)))
        click.echo(f"  {say(CAUSE_WORDS[fact.cause])}: {fact.table} {fact.key}: {change} ({said})")
    rest = item.more_facts + max(0, len(item.facts) - _SHOWN_FACTS)
    if rest:
        click.echo(say(N_("  and {n} more; --json lists them all", n=rest)))


def _part(part: Decimal | None, language: Language) -> str:
    """A part with its sign; small ones keep eight decimals."""
    if part is None:
        return "—"
    return language.number(part, 2, sign=True) if abs(part) >= 1 else language.number(part, 8, sign=True)


def restatement(item: Restatement, language: Language, files: Mapping[int, str]) -> Json:
    return {"closed": closed(item.closed), **difference(item.difference, language, files),
            "states_changed": [limit_change(limit, language.code) for limit in item.difference.limits
                               if limit.state[0] is not limit.state[1]]}
