"""The daily run: every limit of a day with its inputs as canonical text under a hash, stored once (F063, F072).

The text names the journal's entry up to which facts counted and that entry's hash in the chain, which covers every
fact: the same entry gives the same text at any later time. A later run of the same day is its next version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_, Text
from sandyq.control.chain import canonical_json
from sandyq.control.people import Right
from sandyq.limits.evaluate import evaluate, state_of
from sandyq.limits.result import LimitResult, PartResult
from sandyq.reference.facts import FactRow
from sandyq.store.changes import changes_between, entry_moment
from sandyq.store.records import Fact, facts
from sandyq.workstation import workstation
from sandyq.workstation.breached import RunAgain, StoredRun
from sandyq.workstation.closing import hash_of
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.flattened import frozen
from sandyq.workstation.mixing import CAUSES
from sandyq.workstation.picture import Picture

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

FORM: Final = 1
"""The form of the text; a later form gets a number of its own."""


def spelled_run(station: Workstation, picture: Picture) -> str:
    """Return a day's run as canonical text."""
    head = picture.knowledge.head
    mandate = picture.mandate
    run = evaluate(picture.snapshot, mandate, picture.as_of, rooms=False)
    return canonical_json({
        "form": FORM, "book": picture.book, "day": picture.as_of.isoformat(), "entries": head,
        "inputs": station.store_entry(head).hash if head else "", "mandate": [mandate.name, mandate.version],
        "limits": [_limit(result) for result in run.results],
    })


def _limit(result: LimitResult) -> dict[str, object]:
    return {"id": result.limit.id, "version": result.limit.version, "state": result.state.value,
            "parts": [_part(part) for part in result.parts]}


def _part(found: PartResult) -> dict[str, object]:
    part = found.part
    groups = [[group.group, state_of(group.value, part).value,
               frozen(group.value, part.unit, estimated=_rests(part.unit)),
               frozen(group.numerator, "", estimated=True), frozen(group.denominator, "", estimated=True)]
              for group in found.groups]
    return {"measure": part.measure, "title": part.title, "unit": part.unit, "direction": part.direction,
            "state": found.state.value, "group": found.group, "groups": sorted(groups, key=lambda group: str(group[0])),
            "levels": [frozen(level, "") for level in (part.warn, part.soft, part.hard)],
            "denominator_day": found.denominator_day.isoformat() if found.denominator_day else None}


def _rests(unit: str) -> bool:
    """Return whether figures of a unit may rest on estimates in floating point, so that fewer digits are repeatable."""
    return unit == "USD"


def keep_run(station: Workstation, q: Question) -> Changes | None:
    """Run the limits when a day is closed, with the breaches that last on it; None: nothing to run, or run already."""
    if not station.knowledge(q.known_at).has_mandate(q.book):
        return None
    try:
        return run_limits(station, q, all_days=False)
    except (Refused, BadInput):
        return None


def run_limits(station: Workstation, q: Question, *, all_days: bool = True) -> Changes:
    """Run the limits of a day and store the result, with every breach up to that day that is not recorded yet.

    `all_days` False: only breaches that last on the day, which asks for far fewer days.

    Raises BadInput for a moment in the past, Refused when the day's last run says the same.
    """
    if q.known_at is not None:
        raise BadInput("runs-now", N_("A daily run counts what is known now."))
    station.people.require(Right.BOOK)
    workstation.refuse_day_to_come(q.as_of)
    content = spelled_run(station, station.picture(q))
    day = q.as_of.isoformat()
    earlier = [fact for fact in facts(station.store, "limit_run") if (fact["book"], fact["date"]) == (q.book, day)]
    versions = sorted(int(fact["version"]) for fact in earlier)
    last = next((fact for fact in earlier if int(fact["version"]) == versions[-1]), None)
    if last is not None and _said(last["content"]) == _said(content):
        raise Refused("run-already", N_("The limits of the day were run with this result."), where=day)
    head = station.knowledge().head
    row: FactRow = (0, q.book, day, str(versions[-1] + 1 if versions else 1), content, hash_of(content), str(head))
    rows = [("limit_run", row), *station.breaches.detected_rows(q, all_days=all_days)]
    payload = {"book": q.book, "day": day, "hash": hash_of(content), "breaches": len(rows) - 1}
    return station.people.post("limit_run", f"{q.book} {day}", rows, payload)


def _said(content: str) -> Any:
    """What a run says, without the entries that it counted."""
    said = json.loads(content)
    return {name: value for name, value in said.items() if name not in {"entries", "inputs"}}


def stored_runs(station: Workstation, q: Question) -> tuple[StoredRun, ...]:
    """Return the stored runs of the question's book that were known, in order of day and version."""
    found = [_stored(station, fact) for fact in facts(station.store, "limit_run", q.known_at)
             if fact["book"] == q.book]
    return tuple(sorted(found, key=lambda run: (run.day, run.version)))


def _stored(station: Workstation, fact: Fact) -> StoredRun:
    entry = station.store_entry(fact.origin.entry)
    said = json.loads(fact["content"])
    return StoredRun(fact["book"], fact.sure_day("date"), int(fact["version"]), fact["content_hash"],
                     int(fact["known_entry"]), entry.actor, entry.known_at, entry.seq,
                     tuple((limit["id"], limit["state"]) for limit in said["limits"]))


def run_again(station: Workstation, q: Question, day: date, version: int | None = None) -> RunAgain:
    """Compute a stored run again from the knowledge it counted, and from what is known at the question's moment.

    Raises BadInput when the day was not run.
    """
    runs = [run for run in stored_runs(station, q) if run.day == day and version in {None, run.version}]
    if not runs:
        raise BadInput("no-run", N_("The limits of {day} were not run.", day=day))
    stored = runs[-1]
    moment = entry_moment(station.store, stored.known_entry)
    assert moment is not None
    again = spelled_run(station, station.picture(Question(day, moment, q.book)))
    now = spelled_run(station, station.picture(Question(day, q.known_at, q.book)))
    tables = sorted({change.table for change in changes_between(station.store, moment, q.known_at, tuple(CAUSES), day)})
    return RunAgain(stored, hash_of(again), hash_of(canonical_json(_said(now))),
                    tuple(_differences(_said(again), _said(now))), tuple(tables))


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Text, Text]]:
    old = {limit["id"]: limit for limit in then["limits"]}
    new = {limit["id"]: limit for limit in now["limits"]}
    return [(name, _told(old.get(name)), _told(new.get(name))) for name in dict.fromkeys((*old, *new))
            if old.get(name) != new.get(name)]


def _told(limit: Mapping[str, Any] | None) -> Text:
    if limit is None:
        return N_("not in the mandate")
    values = [group[2] for part in limit["parts"] for group in part["groups"] if group[0] == part["group"]]
    return N_("{state}, {values}", state=limit["state"], values=", ".join(str(value) for value in values) or "—")
