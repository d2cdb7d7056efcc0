"""A day's valuation as canonical text under a hash: proposed by its maker, approved by its checker, then frozen (F052).

The same text is what re-running a past day gives (F072): equal questions give equal text and an equal hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput, IntegrityFailed, Refused
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.control.chain import canonical_json
from sandyq.control.proposals import ProposalState
from sandyq.limits.result import State
from sandyq.reference.facts import FactRow
from sandyq.store.changes import changes_between, entry_moment
from sandyq.store.records import Fact, facts
from sandyq.workstation import workstation
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.flattened import figures, frozen, line_names
from sandyq.workstation.mixing import CAUSES
from sandyq.workstation.picture import Picture
from sandyq.workstation.recorded import ClosedDay

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

FORM: Final = 1
"""The form of the frozen text; a later form gets a number of its own."""
_DOUBTS: Final = 20


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen valuation: what was said about the day, and the journal's entries that were counted."""

    book: str
    day: date
    entries: int
    said: Mapping[str, object]
    text: str

    @property
    def content_hash(self) -> str:
        return hash_of(self.text)

    @property
    def figures(self) -> Mapping[str, str | None]:
        found = self.said["figures"]
        assert isinstance(found, dict)
        return found

    @property
    def limits(self) -> Mapping[str, Mapping[str, str | None]]:
        found = self.said["limits"]
        assert isinstance(found, dict)
        return found

    @property
    def said_hash(self) -> str:
        """The hash of what is said about the day alone: unchanged by entries that do not touch the day."""
        return hash_of(canonical_json(self.said))


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def freeze(picture: Picture, entries: int) -> Frozen:
    """Return the day's valuation as canonical text: figures, rates, lots, cash, limits; decimal strings, None Unknown.

    What rests on estimates in floating point is rounded to digits that another machine repeats.
    """
    shown, names = figures(picture), line_names(picture)
    lines = {names[line.instrument.id]: {
        "instrument": line.instrument.id, "price_date": line.price.day.isoformat() if line.price else None,
        "price_source": line.price.source if line.price else None,
        "lots": [[lot.lot.reference, lot.lot.account, lot.lot.trade_date.isoformat(), frozen(lot.lot.quantity, ""),
                  frozen(lot.lot.cost_usd, "USD")] for lot in line.lots],
    } for line in picture.holdings.open_lines}
    said = {
        "figures": {key: frozen(item.value, item.unit, estimated=item.estimated) for key, item in shown.items()},
        "lines": lines,
        "limits": dict(_limits(picture)),
        "mandate": f"{picture.mandate.name} {picture.mandate.version}",
        "cost_method": picture.settings.cost_method.value,
    }
    text = canonical_json({"form": FORM, "book": picture.book, "day": picture.as_of.isoformat(), "entries": entries,
                           "said": said})
    return Frozen(picture.book, picture.as_of, entries, json.loads(text)["said"], text)


def _limits(picture: Picture) -> Iterator[tuple[str, dict[str, str | None]]]:
    for result in picture.limits.results:
        worst = result.worst
        value = frozen(worst.value, worst.part.unit, estimated=worst.part.unit == "USD") if worst else None
        yield result.limit.id, {"state": result.state.value, "value": value, "unit": worst.part.unit if worst else "",
                                "group": worst.group if worst else "",
                                "in_force": frozen(worst.part.in_force, "") if worst else None}


def thaw(text: str) -> Frozen:
    """Read a frozen valuation. Raises ValueError or KeyError for any other text."""
    content = json.loads(text)
    return Frozen(content["book"], date.fromisoformat(content["day"]), content["entries"], content["said"], text)


def replay(station: Workstation, q: Question) -> Frozen:
    """Value a day again from what is stored (F072)."""
    return freeze(station.picture(q), station.knowledge(q.known_at).head)


def close_day(station: Workstation, q: Question, with_unknown: str = "") -> Changes:
    """Propose the day's valuation for a second person to sign; a later close of the day is the next version.

    Raises Refused when a figure is Unknown and no reason is given to sign it so, or when the day is closed with the
    same figures; IntegrityFailed when the chain does not hold; ApprovalNeeded where nobody is enrolled.
    """
    if q.known_at is not None:
        raise BadInput("closes-now", N_("A day is closed with what is known now."))
    workstation.refuse_day_to_come(q.as_of)
    day = q.as_of.isoformat()
    verified = station.verify()
    if not verified.holds:
        raise IntegrityFailed("chain-broken", N_("The book was changed from outside; nothing is signed on it."),
                              where=f"{verified.damages[0].table}: {verified.damages[0].what}",
                              remedy=N_("Verify the book, and restore the last backup that holds."))
    picture = station.picture(q)
    doubts = unknowns(picture)
    if doubts and not with_unknown.strip():
        raise Refused("day-unknown", N_("{n} figures of the day are Unknown.", n=len(doubts)), where=day, remedy=N_(
            "Bring what is missing, or give a reason to sign the day with it."), findings=doubts[:_DOUBTS])
    content = replay(station, q)
    earlier = [fact for fact in _closes(station, q) if fact["date"] == day]
    if earlier and thaw(earlier[-1]["content"]).said_hash == content.said_hash:
        raise Refused("closed-already", N_("The day is closed with these figures."), where=day)
    version = 1 + max((int(fact["version"]) for fact in earlier), default=0)
    row: FactRow = (0, q.book, day, str(version), content.text, content.content_hash, str(content.entries))
    payload = {"book": q.book, "day": day, "version": version, "hash": content.content_hash, "unknown": len(doubts),
               "reason": with_unknown.strip()}
    changes = station.people.post("valuation_close", f"{q.book} {day}", [("valuation_close", row)], payload)
    from sandyq.workstation.daily_run import keep_run
    from sandyq.workstation.gate_days import keep_day  # numpy only where a gate is asked for

    keep_run(station, q)
    keep_day(station, q)
    return changes


def unknowns(picture: Picture) -> tuple[Finding, ...]:
    """Return an error for every figure of the day that is Unknown, and for every limit in that state."""
    missing = [Finding(Severity.ERROR, "figure-unknown", N_("{figure}: Unknown", figure=key), key)
               for key, item in figures(picture).items() if item.value is None]
    return (*missing, *(Finding(Severity.ERROR, "limit-unknown", N_("Limit {limit}: Unknown", limit=result.limit.id),
                                result.limit.id)
                        for result in picture.limits.results if result.state is State.UNKNOWN))


def closed_days(station: Workstation, q: Question, *, recompute: bool = True) -> tuple[ClosedDay, ...]:
    """Return the closed days of the question's book that were known, in order of day and version.

    `restated` compares the latest version of each day with what the book says of it at the question's moment; older
    versions are restated by the later one. With `recompute` False it is None.
    """
    found = _closes(station, q)
    latest = {fact["date"]: fact["version"] for fact in found}
    return tuple(_closed(station, fact, q, last=latest[fact["date"]] == fact["version"], recompute=recompute)
                 for fact in found)


def _closed(station: Workstation, fact: Fact, q: Question, *, last: bool, recompute: bool) -> ClosedDay:
    entry = station.store_entry(fact.origin.entry)
    proposal = station.people.proposal(str(entry.payload["proposal"]))
    day = fact.sure_day("date")
    restated = (not last or _restated(station, thaw(fact["content"]), q)) if recompute else None
    return ClosedDay(q.book, day, int(fact["version"]), fact["content_hash"],
                     proposal.author, entry.actor, entry.known_at, restated, fact.origin)


def _restated(station: Workstation, content: Frozen, q: Question) -> bool:
    """Return whether the book says something else of a closed day now; computed only if facts about it changed."""
    since = moment_of_close(station, content)
    if next(changes_between(station.store, since, q.known_at, tuple(CAUSES), content.day), None) is None:
        return False
    return replay(station, Question(content.day, q.known_at, q.book)).said_hash != content.said_hash


def closed_content(station: Workstation, q: Question, day: date, version: int | None) -> tuple[ClosedDay, Frozen]:
    """Return a closed day with its frozen content. Raises BadInput when the day or the version was not closed."""
    found = [fact for fact in _closes(station, q) if fact["date"] == day.isoformat()
             and (version is None or int(fact["version"]) == version)]
    if not found:
        raise BadInput("not-closed", N_("The valuation of {day} was not closed.", day=day))
    closed = _closed(station, found[-1], q, last=True, recompute=True)
    return closed, thaw(found[-1]["content"])


def moment_of_close(station: Workstation, content: Frozen) -> datetime:
    """Return the moment whose knowledge the content counts."""
    moment = entry_moment(station.store, content.entries)
    if moment is None:
        raise BadInput("no-entry", N_("There is no entry {entry} in the journal.", entry=content.entries))
    return moment


def _closes(station: Workstation, q: Question) -> list[Fact]:
    """Return the closed days of the question's book; one whose signatures do not hold was never closed."""
    found = [fact for fact in facts(station.store, "valuation_close", q.known_at)
             if fact["book"] == q.book and _signed(station, fact)]
    return sorted(found, key=lambda fact: (fact["date"], int(fact["version"])))


def _signed(station: Workstation, fact: Fact) -> bool:
    reference = station.store_entry(fact.origin.entry).payload.get("proposal")
    return reference is not None and station.people.proposal(str(reference)).state is ProposalState.APPROVED


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
