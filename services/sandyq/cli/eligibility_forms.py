"""Answers about eligibility as JSON values and as tables (interface.md)."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.cli.custody_forms import origin
from sandyq.cli.forms import Json, day, exact, findings, money
from sandyq.cli.prints import table
from sandyq.market.programme import Participant
from sandyq.reference.eligibility import PERMISSION_WORDS, Election, Permission
from sandyq.reference.reserve_questions import ANSWER_WORDS, CONCLUSION_WORDS, QUESTIONS, Conclusion
from sandyq.workstation.permits import InstrumentPermit
from sandyq.workstation.vehicles import ProgrammeView
from sandyq.workstation.worksheets import Worksheet


def permit(item: InstrumentPermit, language: Language) -> Json:
    decided = item.decided
    return {"symbol": item.symbol, "instrument": item.instrument, "name": item.name, "quantity": exact(item.quantity),
            "purchases": item.permission.value,
            "decision": None if decided is None else {
                "status": decided.status, "since": day(decided.valid_from), "reason": decided.reason,
                "source": decided.source or None, "origin": origin(decided.origin)},
            "on_positive_list": item.listed, "losses": findings(item.losses, language),
            "flags": findings(item.flags, language)}


def show_permits(items: Sequence[InstrumentPermit], language: Language) -> None:
    say = language.say
    table([say("Symbol"), say("Name"), say("Purchases"), say("Since"), say("Reason")],
          [[item.symbol, item.name, say(PERMISSION_WORDS[item.permission]),
            language.date(item.decided.valid_from) if item.decided else "", why(item, language)] for item in items])


def why(item: InstrumentPermit, language: Language) -> str:
    """Return every reason and doubt about an instrument in words."""
    decided = [item.decided.reason] if item.decided and item.permission is Permission.HOLD else []
    return "; ".join([*decided, *(language.say(finding.text) for finding in item.findings)])


def election(item: Election) -> Json:
    return {"event": item.event, "symbol": item.symbol, "options": list(item.options), "choice": item.choice,
            "day": day(item.day), "reason": item.reason, "origin": origin(item.origin)}


def show_elections(items: Sequence[Election], language: Language) -> None:
    say = language.say
    table([say("Event"), say("Symbol"), say("Day"), say("Options"), say("Choice"), say("Reason")],
          [[item.event, item.symbol, language.date(item.day), ", ".join(item.options), item.choice, item.reason]
           for item in items])


def worksheet(item: Worksheet, language: Language) -> Json:
    return {"symbol": item.symbol, "instrument": item.instrument, "name": item.name, "held": item.held,
            "conclusion": item.conclusion or None, "valid_from": day(item.valid_from), "valid_to": day(item.valid_to),
            "source": item.source or None, "signed_by": list(item.signed_by), "entry": item.entry,
            "answers": [{"question": name, "text": language.say(text),
                         "answer": item.answers[name].answer.value if name in item.answers else None,
                         "source": item.answers[name].source if name in item.answers else None,
                         "note": (item.answers[name].note or None) if name in item.answers else None}
                        for name, text in QUESTIONS.items()]}


def show_worksheets(items: Sequence[Worksheet], language: Language) -> None:
    say = language.say
    table([say("Symbol"), say("Name"), say("Held"), say("Conclusion"), say("From"), say("Signed by")],
          [[item.symbol, item.name, say(N_("yes")) if item.held else say(N_("no")),
            say(CONCLUSION_WORDS[Conclusion(item.conclusion)]) if item.conclusion else say(N_("No worksheet")),
            language.date(item.valid_from) if item.valid_from else "", ", ".join(item.signed_by)] for item in items])


def show_worksheet(item: Worksheet, language: Language) -> None:
    """Print one worksheet whole, question by question."""
    say = language.say
    show_worksheets([item], language)
    click.echo("")
    table([say("Question"), say("Answer"), say("Source")],
          [[say(text), say(ANSWER_WORDS[item.answers[name].answer]) if name in item.answers else "—",
            item.answers[name].source if name in item.answers else ""] for name, text in QUESTIONS.items()])


def programme(view: ProgrammeView, language: Language) -> Json:
    return {"sleeve_usd": money(view.sleeve_usd), "total_usd": money(view.total_usd),
            "ceiling_usd": money(view.ceiling_usd), "headroom_usd": money(view.headroom_usd),
            "participants": [_participant(item) for item in view.participants],
            "coins": [{"asset": line.asset or None, "sleeve_usd": money(line.sleeve_usd),
                       "others_usd": money(line.others_usd), "others_quantity": exact(line.quantity),
                       "total_usd": money(line.total_usd),
                       "share_of_ceiling": None if line.share_of_ceiling is None else float(line.share_of_ceiling)}
                      for line in view.coins],
            "findings": findings(view.findings, language)}


def _participant(item: Participant) -> Json:
    return {"name": item.name, "amount_usd": money(item.amount_usd), "day": day(item.day),
            "source": item.source or None,
            "vehicles": [{"vehicle": row.vehicle, "asset": row.asset, "quantity": exact(row.quantity),
                          "amount": money(row.amount), "currency": row.currency, "day": day(row.day),
                          "owner": row.owner, "source": row.source, "origin": origin(row.origin)}
                         for row in item.vehicles]}


def show_programme(view: ProgrammeView, language: Language) -> None:
    say, number = language.say, language.number
    rows = [[say(N_("The sleeve")), "", number(view.sleeve_usd, 2), language.date(view.as_of), ""]]
    for item in view.participants:
        rows.append([item.name, "", number(item.amount_usd, 2), language.date(item.day) if item.day else "",
                     item.source])
        rows += [["", f"{row.vehicle}: {row.asset}", f"{number(row.amount, 2)} {row.currency}", language.date(row.day),
                  row.source] for row in item.vehicles]
    rows.append([say(N_("Programme")), "", number(view.total_usd, 2), "", ""])
    rows.append([say(N_("Ceiling")), "", number(view.ceiling_usd, 2), "", ""])
    table([say("Participant"), say("Vehicle"), say("USD"), say("Day"), say("Source")], rows, frozenset({2}))
    click.echo("")
    table([say("Asset"), say(N_("Sleeve, look-through USD")), say(N_("Others, USD")), say(N_("Together, USD"))],
          [[line.asset or say(N_("Not said in what")), number(line.sleeve_usd, 2),
            number(line.others_usd, 2), number(line.total_usd, 2)]
           for line in view.coins], frozenset({1, 2, 3}))
    for finding in view.findings:
        click.echo(f"{finding.severity.value}: {say(finding.text)} [{finding.code}]")
