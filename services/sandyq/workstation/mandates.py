"""The mandate's versions, drafts of the next one, and the way into force: looked over, tried, proposed, approved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.control.deciding import content_of
from sandyq.control.proposals import Decision, Proposal
from sandyq.limits import bench as benches
from sandyq.limits.bench import Bench
from sandyq.limits.draft import Draft, next_name
from sandyq.limits.evaluate import limit_result
from sandyq.limits.lint import Defect, Names, by_severity, errors, lint_changes, lint_text
from sandyq.limits.mandate import Mandate
from sandyq.limits.mandate_diff import Change, changed_limits, differences
from sandyq.limits.result import LimitResult
from sandyq.limits.toml import read_mandate
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.store.market import MandateText, read_mandate_texts
from sandyq.workstation import workstation
from sandyq.workstation.closed import last_closed, refuse_edit_in_place, refuse_retroactive
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.histories import Progress, trading_days
from sandyq.workstation.naming import known_names

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_NOT_MEASURED = frozenset({"section-mandate", "section-eligibility", "section-orders", "section-tranche",
                           "section-phase"})
"""Changes of a section after which every limit says of a day what it said before; after others all are tried anew."""
_FLOOR = "ramp_up_floor"
_BENCH = "bench"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the mandate. `until` is its last day, None while no later one is known.

    `approved_by` is empty for a version that one person recorded (a book without enrolled people).
    """

    mandate: Mandate
    text: str
    until: date | None
    in_force: bool
    entry: int
    known_at: datetime
    prepared_by: str
    approved_by: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Review:
    """A draft looked over: its defects, and what it changes against the version in force on its first day.

    `mandate` is None when the draft cannot be read; the defects say why.
    """

    mandate: Mandate | None
    base: Mandate | None
    defects: tuple[Defect, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What the person who approves a version sees: the review, its reason, and the bench that its author signed."""

    proposal: Proposal
    text: str
    reason: str
    review: Review
    bench: Mapping[str, Any] | None


class MandatesDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    # ---- versions

    def versions(self, q: Question) -> tuple[Version, ...]:
        """Return the versions that rule the question's book, as known at its moment, the earliest first."""
        own = self._texts(q)
        now = self._in_force(q)
        return tuple(self._version(text, mandate, own[place + 1][1].valid_from if place + 1 < len(own) else None, now)
                     for place, (text, mandate) in enumerate(own))

    def _texts(self, q: Question) -> list[tuple[MandateText, Mandate]]:
        book = SLEEVE if q.book == ALL_BOOKS else q.book
        read = [(row, read_mandate(row.text, row.name)) for row in read_mandate_texts(self._station.store, q.known_at)]
        return sorted(((row, mandate) for row, mandate in read if mandate.book == book),
                      key=lambda item: item[1].valid_from)

    def _in_force(self, q: Question) -> Mandate | None:
        known = self._station.knowledge(q.known_at)
        found = known.mandate(q.as_of, q.book) if known.has_mandate(q.book) else None
        return found if found is not None and found.valid_from <= q.as_of else None

    def _version(self, row: MandateText, mandate: Mandate, following: date | None, now: Mandate | None) -> Version:
        entry = self._station.store_entry(row.origin.entry)
        reference = str(entry.payload.get("proposal") or "")
        author = self._station.people.proposal(reference).author if reference else entry.actor
        return Version(mandate, row.text, following - timedelta(days=1) if following else None,
                       now is not None and (now.name, now.valid_from) == (mandate.name, mandate.valid_from),
                       entry.seq, entry.known_at, author, entry.actor if reference else "", reference)

    def version(self, q: Question, name: str = "") -> Version:
        """Return a version by its name, by default the one that rules the day. Raises BadInput."""
        found = self.versions(q)
        if not found:
            raise BadInput("no-mandate", N_("The book has no mandate."), where=q.book,
                           remedy=N_("Import a mandate file, or make the book with one."))
        if not name:
            return next((version for version in reversed(found) if version.mandate.valid_from <= q.as_of), found[0])
        chosen = next((version for version in reversed(found) if version.mandate.version == name), None)
        if chosen is None:
            raise BadInput("no-version", N_("There is no version {version} of the mandate.", version=name), where=name,
                           remedy=N_("There are {names}.", names=", ".join(v.mandate.version for v in found)))
        return chosen

    # ---- drafting

    def draft(self, q: Question) -> Draft:
        """Return the next version as a draft: the latest one known, under the next name, from the next free day on."""
        found = self.versions(q)
        if not found:
            self.version(q)
        last = found[-1]
        return Draft.of(last.text).as_version(next_name([v.mandate.version for v in found]),
                                              max(self.first_free_day(last.mandate.book), last.mandate.valid_from
                                                  + timedelta(days=1)))

    def first_free_day(self, book: str = SLEEVE) -> date:
        """Return the first day on which a new version may begin: tomorrow, or the day after the last closed one."""
        closed = last_closed(self._station.store, book)
        tomorrow = workstation.utc_now().date() + timedelta(days=1)
        return max(tomorrow, closed + timedelta(days=1)) if closed else tomorrow

    def names(self, q: Question) -> Names:
        """Return what the book knows by dimension, for lists to choose from and for the lint."""
        return known_names(self._station.knowledge(q.known_at), q.as_of)

    def lint(self, q: Question, text: str) -> tuple[Defect, ...]:
        """Return the defects of a mandate file."""
        return lint_text(text, self.names(q))

    def review(self, q: Question, text: str) -> Review:
        """Look a draft over: defects, and the differences from the version in force on its first day."""
        defects = self.lint(q, text)
        try:
            mandate = read_mandate(text, "draft")
        except BadInput:
            return Review(None, None, defects, ())
        base = self._base(_about(q, mandate), mandate.valid_from)
        changes = differences(base.mandate if base else None, mandate, base.text if base else "", text)
        told = by_severity((*self._beginning(q, mandate), *defects, *lint_changes(changes)))
        return Review(mandate, base.mandate if base else None, told, changes)

    def today(self, q: Question, text: str, limit: str) -> LimitResult | None:
        """Return what a limit of a draft says of the question's day; None for a limit that the draft does not have.

        Raises BadInput for an unreadable draft.
        """
        draft = benches.as_if_always(read_mandate(text, "draft"))
        found = draft.limit(limit)
        if found is None:
            return None
        picture = self._station.picture(q).under(draft)
        return limit_result(found, picture.snapshot, q.as_of)

    def _beginning(self, q: Question, mandate: Mandate) -> tuple[Defect, ...]:
        """Return what is to be said of a version's first day: on a closed day it is refused, in the past explained."""
        if q.known_at is not None:
            return ()
        closed, today = last_closed(self._station.store, mandate.book), workstation.utc_now().date()
        if closed is not None and mandate.valid_from <= closed:
            return (Defect(Severity.ERROR, "mandate-retroactive", "", N_(
                "The version begins on {day}, and the days up to {closed} are closed.", day=mandate.valid_from,
                closed=closed), N_("Let it begin on a later day. Results of closed days are not changed afterwards.")),)
        if mandate.valid_from <= today:
            return (Defect(Severity.WARNING, "begins-in-the-past", "", N_(
                "The version begins on {day}: days since then that are not closed will show its levels.",
                day=mandate.valid_from), N_("Let it begin tomorrow, unless the decision says otherwise.")),)
        return ()

    def _base(self, q: Question, day: date) -> Version | None:
        """Return the version that a draft follows: the last one that begins before its first day."""
        own = self.versions(q)
        return next((v for v in reversed(own) if v.mandate.valid_from < day), own[0] if own else None)

    # ---- the bench

    def bench(self, q: Question, text: str, *, limits: tuple[str, ...] = (), every: bool = False,
              first: date | None = None, progress: Progress | None = None) -> Bench:
        """Try a draft on every trading day from the first booking (or `first`) to the question's day.

        By default the limits that it changes; `limits` names others, `every` takes all. The draft counts as if it had
        been in force on each day; beside it stands the mandate of the day. Raises BadInput for an unreadable draft or
        a limit that it does not have.
        """
        draft = benches.as_if_always(read_mandate(text, "draft"))
        q = _about(q, draft)
        chosen = self._chosen(q, text, draft, limits, every=every)
        station = self._station
        begin = max(first or date.min, station.first_day(q.known_at))
        days = trading_days(station.knowledge(q.known_at), begin, q.as_of) if chosen else ()
        tried: list[benches.Tried] = []
        done: list[date] = []
        for number, day in enumerate(days):
            if progress is not None and not progress(number, len(days)):
                break
            now = station.picture(Question(day, q.known_at, q.book))
            tried += benches.try_day(day, draft, now.under(draft).snapshot, now.mandate, now.snapshot, chosen)
            done.append(day)
        return benches.summed(draft, tried, chosen, done, cancelled=len(done) < len(days))

    def _chosen(self, q: Question, text: str, draft: Mandate, limits: tuple[str, ...], *,
                every: bool) -> tuple[str, ...]:
        have = tuple(limit.id for limit in draft.limits)
        if limits:
            missing = next((name for name in limits if name not in have), None)
            if missing is not None:
                raise BadInput("no-limit", N_("The mandate has no limit {limit}.", limit=missing), where=missing)
            return limits
        if every:
            return have
        changes = self.review(q, text).changes
        anew = any(c.code.startswith("section-") and (c.code not in _NOT_MEASURED or c.what.values.get("key") == _FLOOR)
                   for c in changes)
        return have if anew else changed_limits(changes)

    # ---- into force

    def propose(self, q: Question, text: str, reason: str, *, bench: Bench | None = None) -> Changes:
        """Propose a version (or record it at once in a book without people).

        Raises BadInput for a draft with errors, without a reason or under a used name, and Refused for one that would
        begin on a closed day, that changes nothing, or where two versions would begin on one day.
        """
        if q.known_at is not None:
            raise BadInput("proposes-now", N_("A version is proposed with what is known now."))
        if not reason.strip():
            raise BadInput("no-reason", N_("A decision has a reason."), where="mandate")
        found = self.review(q, text)
        if found.mandate is not None:
            refuse_retroactive(self._station.store, found.mandate.book, found.mandate.valid_from)
        wrong = errors(found.defects)
        if wrong or found.mandate is None:
            raise BadInput("bad-mandate", N_("The draft has {n} errors.", n=len(wrong)), where="draft", findings=tuple(
                Finding(d.severity, d.code, d.text, d.limit) for d in wrong), remedy=N_("Correct them first."))
        mandate = found.mandate
        self._refuse_unfit(q, mandate, found, text)
        payload: dict[str, object] = {
            "mandate": mandate.name, "version": mandate.version, "valid_from": mandate.valid_from.isoformat(),
            "reason": reason.strip(), "changes": len(found.changes),
            _BENCH: json.dumps(bench_summary(bench), sort_keys=True) if bench is not None else ""}
        mark = sha256(text.encode()).hexdigest()
        rows = [("mandate", (0, mandate.name, mandate.version, mandate.valid_from.isoformat(), text))]
        return self._station.people.post("mandate", f"{mandate.name} {mandate.version}", rows, payload,
                                         key=f"mandate:{mandate.book}:{mark}")

    def _refuse_unfit(self, q: Question, mandate: Mandate, found: Review, text: str) -> None:
        today = workstation.utc_now().date()
        refuse_edit_in_place(self._station.store, mandate.name, mandate.valid_from, text, today)
        for version in self.versions(_about(q, mandate)):
            earlier = version.mandate
            if earlier.valid_from == mandate.valid_from:
                if earlier.name == mandate.name and earlier.valid_from > today:
                    continue  # it has not begun: the new text takes its place
                raise Refused("version-day-taken", N_("Version {version} begins on {day} already.",
                                                      version=earlier.version, day=earlier.valid_from),
                              where=mandate.version, remedy=N_("Give the new version another first day."))
            if earlier.version == mandate.version:
                raise BadInput("version-used", N_("There is a version {version} already.", version=mandate.version),
                               where=mandate.version, remedy=N_("Give the new version a name of its own."))
        if found.base is not None and not found.changes:
            raise Refused("no-change", N_("The draft changes nothing."), where=mandate.version)

    def brief(self, q: Question, reference: str) -> Brief:
        """Return what a second person has to see before a version is approved. Raises BadInput for other proposals."""
        proposal = self._station.people.proposal(reference)
        content = content_of(proposal)
        row = next((row for table, row in content.rows if table == "mandate"), None) if content else None
        if row is None or content is None:
            raise BadInput("not-a-mandate", N_("The proposal is not about the mandate."), where=reference)
        text = str(row[4])
        summary = content.payload.get(_BENCH)
        review = self.review(self._as_proposed(q, proposal), text)
        return Brief(proposal, text, str(content.payload.get("reason", "")), review,
                     json.loads(summary) if isinstance(summary, str) and summary else None)

    def _as_proposed(self, q: Question, proposal: Proposal) -> Question:
        """Hold a decided version against what was known before the decision, not against itself."""
        approved = next((a for a in proposal.approvals if a.decision is Decision.APPROVED), None)
        return replace(q, known_at=proposal.known_at) if approved is not None else q


def _about(q: Question, mandate: Mandate) -> Question:
    """Return the question about the book that a draft rules; the sleeve's rules all books together as well."""
    return q if q.book in {mandate.book, ALL_BOOKS} else replace(q, book=mandate.book)


def bench_summary(bench: Bench) -> dict[str, object]:
    """Return what of a bench is kept with a proposal: the days, and per limit how many would have failed."""
    return {"version": bench.version, "first": bench.first.isoformat() if bench.first else None,
            "last": bench.last.isoformat() if bench.last else None, "days": bench.days, "cancelled": bench.cancelled,
            "limits": {row.limit: {"failed": row.failed, "in_force": row.failed_in_force, "new": row.new,
                                   "gone": row.gone, "unknown": row.unknown} for row in bench.rows}}
