"""The tranche plan, overrides, releases and recorded days of the gate, as JSON and as lines of text."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from sandyq.basics.decimals import canonical
from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.cli import prints
from sandyq.cli.forms import exact, findings
from sandyq.limits.tranche_plan import TrancheStanding
from sandyq.workstation.gate_days import StoredDay
from sandyq.workstation.tranche_book import Plan, Signed, override_sentence

Json = dict[str, Any]


def plan(found: Plan, language: Language) -> Json:
    """The plan with what was done, who signed, and what waiting has cost."""
    waiting = found.waiting
    return {
        "tranches": [_tranche(one, found, language) for one in found.standings],
        "planned_usd": canonical(found.planned), "done_usd": exact(found.done), "maximum_usd": canonical(found.maximum),
        "overrides": [{
            "reference": one.override.reference, "committee": one.override.committee_reference,
            "tranche": one.override.tranche or None, "amount_usd": exact(one.override.amount),
            "used_usd": exact(one.used), "valid_from": one.override.valid_from.isoformat(),
            "valid_to": one.override.valid_to.isoformat(), "in_force": one.override.in_force(found.as_of),
            **_signed(one.signed)} for one in found.overrides],
        "overrides_last_year": found.override_count,
        "waiting": [{"proposal": one.reference, "kind": one.kind, "author": one.author, "subject": one.subject}
                    for one in found.proposals],
        "cost_of_waiting": None if waiting is None else {
            "since": waiting.since.isoformat(), "undeployed_usd": canonical(waiting.undeployed),
            "price_then": canonical(waiting.price_then), "price": canonical(waiting.price),
            "move": canonical(waiting.move), "usd": canonical(waiting.usd), "kzt": exact(waiting.kzt)},
    }


def _tranche(one: TrancheStanding, found: Plan, language: Language) -> Json:
    tranche = one.tranche
    return {
        "id": tranche.id, "amount_usd": canonical(tranche.amount), "done_usd": exact(one.done),
        "left_usd": exact(one.left), "releasable_usd": exact(one.releasable), "state": one.state.value,
        "laid_by_day": one.laid,
        "planned_from": _day(tranche.earliest), "earliest": _day(one.earliest), "min_gap_days": tranche.min_gap_days,
        "gate": tranche.gate, "share_of_volume": exact(tranche.share_of_volume),
        "first_bought": _day(one.first_bought), "last_bought": _day(one.last_bought),
        "may_be_released": not one.reasons, "reasons": findings(one.reasons, language),
        "releases": [{"reference": item.release.reference, "amount_usd": canonical(item.release.amount),
                      "valid_from": item.release.valid_from.isoformat(),
                      "valid_to": item.release.valid_to.isoformat(), "content_hash": item.release.content_hash,
                      **_signed(item.signed)} for item in found.releases if item.release.tranche == tranche.id],
    }


def _signed(one: Signed) -> Json:
    return {"author": one.author, "checker": one.checker, "signed_at": one.when.isoformat(), "reason": one.reason,
            "entry": one.entry}


def stored(one: StoredDay) -> Json:
    """A recorded day of the gate."""
    said = one.evidence
    return {"day": one.day.isoformat(), "state": said.state, "dwell": said.dwell, "content_hash": one.content_hash,
            "known_entry": one.known_entry, "entry": one.entry, "by": one.who, "recorded_at": one.when.isoformat(),
            "late": one.late,
            "criteria": [{"id": test.id, "value": test.value, "threshold": test.threshold, "passed": test.passed,
                          "required": test.required, "known_from": _day(test.known_from)} for test in said.tests]}


def show_plan(found: Plan, language: Language) -> None:
    """One row per tranche with the first reason against it, then overrides and the cost of waiting."""
    say = language.say
    if not found.standings:
        click.echo(say(N_("The mandate has no tranche plan.")))
    else:
        rows = [[one.tranche.id, language.number(one.tranche.amount, 2), language.number(one.done, 2),
                 language.date(one.earliest) if one.earliest else "", one.state.value,
                 "; ".join(say(reason.text) for reason in one.reasons)] for one in found.standings]
        prints.table([say(N_("Tranche")), say(N_("Planned, USD")), say(N_("Bought, USD")), say(N_("Not before")),
                      say(N_("State")), say(N_("Why not"))], rows, frozenset({1, 2}))
    show_overrides(found, language)


def show_overrides(found: Plan, language: Language) -> None:
    """A line per override, and the cost of waiting."""
    say = language.say
    for one in found.overrides:
        click.echo(say(override_sentence(one.override)))
    waiting = found.waiting
    if waiting is not None:
        click.echo(say(N_("Cost of waiting since {day}: {usd} USD, {kzt} KZT on {amount} USD not deployed.",
                          day=waiting.since, usd=language.number(waiting.usd, 0),
                          kzt=language.number(waiting.kzt, 0), amount=language.number(waiting.undeployed, 0))))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
