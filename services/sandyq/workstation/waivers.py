"""Waivers: two persons' permission to stay beyond a limit for a while (F068). They lapse by themselves."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.control.proposals import ProposalState
from sandyq.limits.cure_clock import Waiver
from sandyq.limits.mandate import Limit, Part
from sandyq.reference.facts import FactRow
from sandyq.store.records import Fact, facts
from sandyq.workstation import workstation
from sandyq.workstation.contract import Changes, Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


def read_waivers(station: Workstation, q: Question) -> tuple[Waiver, ...]:
    """Return the question's book's approved waivers that were known, by reference.

    None is in force before the day on which it was approved, whatever day it names.
    """
    found = (_waiver(station, fact) for fact in facts(station.store, "waiver", q.known_at) if fact["book"] == q.book)
    return tuple(waiver for waiver in found if waiver is not None)


def _waiver(station: Workstation, fact: Fact) -> Waiver | None:
    entry = station.store_entry(fact.origin.entry)
    reference = entry.payload.get("proposal")
    if reference is None or station.people.proposal(str(reference)).state is not ProposalState.APPROVED:
        return None
    return Waiver(fact["reference"], fact["book"], fact["limit_id"], int(fact["part"]) if fact["part"] else None,
                  fact["subject"], fact.number("ceiling"), max(fact.sure_day("valid_from"), _day(entry.known_at)),
                  fact.sure_day("valid_to"), fact["clause"], fact["reason"])


def _day(moment: datetime) -> date:
    return moment.date()


def waive(station: Workstation, q: Question, limit_id: str, *, ceiling: Decimal, valid_from: date, valid_to: date,
          clause: str, reason: str, part: int | None = None, group: str = "") -> Changes:
    """Propose a waiver for a second person to approve. `ceiling` in the limit's unit, `part` from 0 (None: every part).

    Raises BadInput for a limit that there is none of, a ceiling within the limit, a start in the past, an end before
    the start, or no clause or reason; ApprovalNeeded, Refused as `PeopleDesk.post` does.
    """
    limit = station.mandate(q).limit(limit_id)
    if limit is None:
        raise BadInput("no-limit", N_("The mandate has no such limit."), where=limit_id)
    for chosen in _parts(limit, part):
        level = chosen.in_force
        if level is None or (ceiling <= level if chosen.direction == "max" else ceiling >= level):
            raise BadInput("waiver-ceiling", N_("The ceiling of a waiver lies beyond the limit in force, {level}.",
                                                level=_told(level, chosen.unit)), where=limit_id)
    today = workstation.utc_now().date()
    if valid_from < today:
        raise BadInput("waiver-past", N_("A waiver is never retroactive: it begins today or later."),
                       where=valid_from.isoformat())
    if valid_to < valid_from:
        raise BadInput("waiver-end", N_("A waiver ends on the day it begins, or later."), where=valid_to.isoformat())
    if not clause.strip() or not reason.strip():
        raise BadInput("no-reason", N_("A waiver names the clause that allows it and a reason."), where=limit_id)
    number = 1 + sum(1 for proposal in station.people.proposals() if proposal.kind == "waiver")
    reference = f"W-{number:04}"
    row: FactRow = (0, reference, q.book, limit_id, None if part is None else str(part), group or None,
                    canonical(ceiling), valid_from.isoformat(), valid_to.isoformat(), clause.strip(), reason.strip())
    payload = {"reference": reference, "book": q.book, "limit": limit_id, "ceiling": canonical(ceiling),
               "from": valid_from.isoformat(), "to": valid_to.isoformat(), "reason": reason.strip()}
    return station.people.post("waiver", f"{limit_id} {reference}", [("waiver", row)], payload, expires=valid_to)


def _told(level: Decimal | None, unit: str) -> str:
    """Return a level as a person gives the ceiling: a share in per cent."""
    if level is None:
        return "—"
    return f"{(level * 100).normalize():f} %" if unit == "ratio" else f"{level:f}"


def _parts(limit: Limit, part: int | None) -> tuple[Part, ...]:
    if part is None:
        return limit.parts
    if not 0 <= part < len(limit.parts):
        raise BadInput("no-part", N_("The limit has no such part."), where=limit.id)
    return (limit.parts[part],)
