"""The breach desk: the register with life cycle, clock and waivers; why a limit was breached; the daily run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_
from sandyq.control.chain import canonical_json
from sandyq.control.deciding import content_of
from sandyq.control.proposals import Proposal, ProposalState
from sandyq.limits.cure_clock import Clock, Waived, Waiver, clock
from sandyq.limits.episodes import BEYOND, DayReadings, Episode, Reading, Subject, episodes, linked
from sandyq.limits.mandate import Limit, Part
from sandyq.limits.result import State
from sandyq.limits.why import BreachClass, End, Why, why
from sandyq.market.series import Calendar
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.changes import entry_moment
from sandyq.store.records import Fact, facts
from sandyq.workstation import daily_run, waivers, workstation
from sandyq.workstation.breach_days import DaysBook, Progress, between, impact, side_of
from sandyq.workstation.breached import Breach, Register, RunAgain, Step, StepTaken, StoredRun
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.histories import trading_days

if TYPE_CHECKING:
    from sandyq.workstation.picture import Picture
    from sandyq.workstation.workstation import Workstation

_ORDER: Final = tuple(Step)
_SIDES: Final = 400


class BreachDesk:
    """One desk of an open book. Questions honour the day, the moment of knowledge and the book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
        self._days = DaysBook(station)
        self._why: dict[tuple[int, Question, Subject, date, date], Why | None] = {}

    # ---- the register

    def register(self, q: Question, progress: Progress | None = None) -> Register:
        """Return every breach from the first trade to the question's day: found in the history, or recorded then."""
        days = self._days.readings(q, progress)
        found = {item.reference: item for item in episodes(days)}
        links = linked(tuple(found.values()))
        allowed = waivers.read_waivers(self._station, q)
        steps = self._steps(q)
        recorded = {fact["reference"]: fact for fact in facts(self._station.store, "breach", q.known_at)
                    if fact["book"] == q.book and fact["first_day"] <= q.as_of.isoformat()}
        seen = _by_subject(days)
        breaches = [self._breach(q, item, links.get(name, ""), allowed, steps.get(name, ()), recorded.get(name),
                                 seen[item.subject]) for name, item in found.items()]
        breaches += [self._gone(q, fact, steps.get(name, ())) for name, fact in recorded.items()
                     if name not in found]
        return Register(q.as_of, tuple(sorted(breaches, key=_rank)), allowed, len(days))

    def standing(self, q: Question) -> tuple[Breach, ...]:
        """Return the breaches that last on the day, without their links: far fewer days are looked at."""
        days = self._days.standing(q)
        return self._listed(q, days, [item for item in episodes(days) if item.ended is None])

    def of_limit(self, q: Question, limit: str, first: date, progress: Progress | None = None) -> tuple[Breach, ...]:
        """Return a limit's breaches that lasted on a day or began later, without links; no more days are looked at."""
        days = self._days.about(q, limit, first, progress)
        return self._listed(q, days, [item for item in episodes(days) if item.subject.limit == limit
                                      and (item.ended is None or item.ended > first)])

    def _listed(self, q: Question, days: Sequence[DayReadings], found: Sequence[Episode]) -> tuple[Breach, ...]:
        allowed, steps = waivers.read_waivers(self._station, q), self._steps(q)
        recorded = {fact["reference"]: fact for fact in facts(self._station.store, "breach", q.known_at)
                    if fact["book"] == q.book}
        seen = _by_subject(days)
        return tuple(self._breach(q, item, "", allowed, steps.get(item.reference, ()), recorded.get(item.reference),
                                  seen[item.subject]) for item in found)

    def breach(self, q: Question, reference: str) -> Breach:
        """Return one breach. Raises BadInput when the register has none of that reference."""
        found = self.register(q).find(reference)
        if found is None:
            raise BadInput("no-breach", N_("There is no such breach in the register."), where=reference)
        return found

    def _sought(self, q: Question, reference: str) -> Breach:
        """Return one breach without its link, by the days since it began where its name tells them."""
        limit, first = reference.partition(".")[0], reference.rpartition(".")[2]
        try:
            near = self.of_limit(q, limit, date.fromisoformat(first))
        except ValueError:
            near = ()
        found = next((one for one in near if one.reference == reference), None)
        return found if found is not None else self.breach(q, reference)

    def _breach(self, q: Question, item: Episode, link: str, allowed: Sequence[Waiver], steps: Sequence[StepTaken],
                fact: Fact | None, seen: Sequence[Reading]) -> Breach:
        subject = item.subject
        limit, part = self._limit(q, subject, item.last)
        about = [one for one in allowed if one.concerns(subject.limit, subject.part, subject.group)]
        value = item.latest.value if item.ended is None else None
        waiver = next((one for one in about if part is not None and one.covers(q.as_of, value, part)), None)
        kind, confirmed = self._class(q, item, steps)
        state = item.state if item.ended is None and item.last == q.as_of else (
            State.UNKNOWN if item.ended is None else State.OK)
        return Breach(
            item.reference, subject, limit, part, item.first, item.last, item.ended, item, state, waiver,
            _stage(steps), kind, confirmed, _owner(steps, limit), tuple(steps),
            self._clock(q, limit, kind, item.first, item.ended, _held(about, part, seen)), link,
            None, fact.origin.entry if fact else None)

    def _gone(self, q: Question, fact: Fact, steps: Sequence[StepTaken]) -> Breach:
        """A breach that was recorded on its day and that the facts of now no longer show: it stays."""
        subject = Subject(fact["limit_id"], int(fact["part"] or 0), fact["subject"])
        first = fact.sure_day("first_day")
        limit, part = self._limit(q, subject, first)
        kind = next((step.kind for step in reversed(steps) if step.kind), None)
        return Breach(fact["reference"], subject, limit, part, first, first, first, None, State.OK, None,
                      _stage(steps), kind or BreachClass.DATA, kind is not None, _owner(steps, limit), tuple(steps),
                      self._clock(q, limit, BreachClass.DATA, first, first, _held((), part, ())), "", None,
                      fact.origin.entry)

    def _limit(self, q: Question, subject: Subject, on: date) -> tuple[Limit | None, Part | None]:
        limit = self._station.knowledge(q.known_at).mandate(on, q.book).limit(subject.limit)
        part = limit.parts[subject.part] if limit is not None and subject.part < len(limit.parts) else None
        return limit, part

    def _clock(self, q: Question, limit: Limit | None, kind: BreachClass | None, first: date, ended: date | None,
               waived: Waived) -> Clock:
        """An active breach has no period: it is due on its own day (domain.md B2)."""
        calendars = self._station.knowledge(q.known_at).market.calendars
        name = limit.calendar if limit else ""
        days = limit.cure_days if limit else None
        return clock(first, q.as_of, 0 if kind is BreachClass.ACTIVE and days is not None else days,
                     calendars.get(name, Calendar(name)), waived, ended=ended)

    def _class(self, q: Question, item: Episode, steps: Sequence[StepTaken]) -> tuple[BreachClass | None, bool]:
        given = next((step.kind for step in reversed(steps) if step.kind is not None), None)
        if given is not None:
            return given, True
        found = self._onset(q, item)
        return (found.proposed if found else None), False

    # ---- causes

    def _onset(self, q: Question, item: Episode) -> Why | None:
        """Why it was breached: from the last day within the limit to the first day beyond; None without such a day."""
        before = self._day_before(q, item.first)
        return self.why(q, item.subject, before, item.first) if before is not None else None

    def _day_before(self, q: Question, day: date) -> date | None:
        days = trading_days(self._station.knowledge(q.known_at), self._station.first_day(q.known_at), day)
        return days[-2] if len(days) > 1 else None

    def day_before(self, q: Question, breach: Breach) -> date | None:
        """Return the last trading day before a breach began; None where nothing was held yet."""
        return self._day_before(q, breach.first)

    def onset(self, q: Question, breach: Breach) -> Why | None:
        """Return the split of a breach's beginning; None when a value is Unknown or nothing was held before."""
        return self._onset(q, breach.episode) if breach.episode is not None else None

    def subject(self, q: Question, limit_id: str, part: int, group: str, first: date) -> Subject:
        """Return what is asked about by a limit's id, a part (from 1) and a group of it (empty: the worst).

        Raises BadInput for a limit, a part or a group that is on neither of the days: it would be told as zero.
        """
        limit = self._station.mandate(q).limit(limit_id)
        if limit is None:
            raise BadInput("no-limit", N_("The mandate has no such limit."), where=limit_id)
        if not 1 <= part <= len(limit.parts):
            raise BadInput("no-part", N_("The limit has {n} parts.", n=len(limit.parts)), where=f"{limit_id}, {part}")
        if group:
            runs = (self._station.limits(Question(day, q.known_at, q.book)) for day in (first, q.as_of))
            names = {one.group for run in runs for result in run.results
                     if result.limit.id == limit_id and part <= len(result.parts)
                     for one in result.parts[part - 1].groups if one.group}
            if group not in names:
                raise BadInput("no-group", N_("The part has no such group on these days."), where=group,
                               remedy=N_("Its groups: {names}.", names=", ".join(sorted(names)) or "\u2014"))
        return Subject(limit_id, part - 1, group)

    def why(self, q: Question, subject: Subject, first: date, last: date) -> Why | None:
        """Return why a limit's part moved between two days; None when a value on the way is Unknown.

        Where the earlier day's limits were run and stored, the run's knowledge is that day's, and what became known
        since is the part of the data. Raises BadInput for days in the wrong order.
        """
        if last <= first:
            raise BadInput("days-reversed", N_("The first day is after the last one."))
        key = (self._station.knowledge(q.known_at).head, q, subject, first, last)
        if key not in self._why:
            while len(self._why) >= _SIDES:
                del self._why[next(iter(self._why))]
            self._why[key] = self._split(q, subject, first, last)
        return self._why[key]

    def _split(self, q: Question, subject: Subject, first: date, last: date) -> Why | None:
        now, late = (self._station.picture(Question(day, q.known_at, q.book)) for day in (first, last))
        then = self._as_run(q, first) or now
        corrected = side_of(now) if then is not now and _other(then, now) else None
        early = then if corrected is not None else now
        return why(subject, End(side_of(early), early.mandate), End(side_of(late), late.mandate), between(now, late),
                   corrected=corrected)

    def _as_run(self, q: Question, day: date) -> Picture | None:
        """Return the day as its first stored run saw it."""
        run = next((run for run in daily_run.stored_runs(self._station, q) if run.day == day), None)
        moment = entry_moment(self._station.store, run.known_entry) if run else None
        return None if moment is None else self._station.picture(Question(day, moment, q.book))

    def impact(self, q: Question, breach: Breach) -> Decimal | None:
        """Return gain (+) or loss (−) in USD on the excess position while it lasted (F070); None where not told."""
        if breach.episode is None or breach.part is None:
            return None
        readings = {day.day: day.beyond.get(breach.subject) for day in self._days.readings(q)}
        last = breach.ended or q.as_of
        span = [day for day in readings if breach.first <= day <= last]
        pictures = {day: self._station.picture(Question(day, q.known_at, q.book)) for day in span}
        days = {day: (pictures[day].snapshot, reading.excess_usd if (reading := readings[day]) else None)
                for day in span}

        def factors(first: date, second: date) -> Mapping[str, Decimal]:
            return between(pictures[first], pictures[second]).factors

        return impact(breach.part, breach.subject.group, days, factors)

    # ---- the life of a breach

    def take(self, q: Question, reference: str, step: Step, note: str, *, kind: BreachClass | None = None,
             owner: str = "", evidence: str = "") -> Changes:
        """Record the next step of a breach; `classified` may be taken again until it is closed, its history stays.

        `cured` is taken once it has ended or was waived, `closed` with evidence: ``run`` (a stored run of a day after
        the breach in which the limit is within) as ``YYYY-MM-DD``, or the reference of an approved proposal (``P-…``).
        Raises BadInput, Refused.
        """
        if q.known_at is not None:
            raise BadInput("steps-now", N_("A step is taken now."))
        breach = self._sought(q, reference)
        self._may(breach, step)
        if not note.strip():
            raise BadInput("no-note", N_("Each step has a note."), where=reference)
        if step is Step.CLASSIFIED and kind is None:
            raise BadInput("no-class", N_("A classification names the class."), where=reference)
        if step is Step.ASSIGNED and not owner.strip():
            raise BadInput("no-owner", N_("An assignment names who cures the breach."), where=reference)
        if step is Step.CURED and breach.open and breach.waiver is None:
            raise Refused("still-beyond", N_("The limit is still exceeded."), where=reference)
        if step is Step.CLOSED:
            self._evidence(q, breach, evidence.strip())
        today = workstation.utc_now().date().isoformat()
        number = max((taken.number for taken in breach.steps), default=0) + 1
        row: FactRow = (0, reference, str(number), step.value, today, kind.value if kind else None,
                        owner.strip() or None, note.strip(), evidence.strip() or None)
        rows: list[tuple[str, FactRow]] = [("breach_step", row)]
        if breach.recorded is None:
            rows.insert(0, self._detected(q, breach, today))
        payload = {"breach": reference, "step": step.value, "note": note.strip()}
        return self._station.people.post("breach_step", reference, rows, payload)

    def _may(self, breach: Breach, step: Step) -> None:
        if breach.settled:
            raise Refused("closed", N_("The breach is closed."), where=breach.reference)
        now = _ORDER.index(breach.step)
        again = step is Step.CLASSIFIED and now >= _ORDER.index(Step.CLASSIFIED)
        if not again and _ORDER.index(step) != now + 1:
            raise Refused("step-jumped", N_("The steps of a breach are taken one after the other; the next one is "
                                            "{step}.", step=_ORDER[min(now + 1, len(_ORDER) - 1)].value),
                          where=breach.reference)

    def _evidence(self, q: Question, breach: Breach, evidence: str) -> None:
        if not evidence:
            raise BadInput("no-evidence", N_("A breach is closed with evidence: a run that passes, or a signed "
                                             "exception."), where=breach.reference)
        if evidence.startswith("P-"):
            proposal = self._station.people.proposal(evidence)
            if proposal.state is not ProposalState.APPROVED or not _excepts(proposal, breach.subject.limit):
                raise Refused("not-signed", N_("This is no approved decision of two persons about the limit."),
                              where=evidence)
            return
        runs = [run for run in daily_run.stored_runs(self._station, q) if run.day.isoformat() == evidence]
        state = dict(runs[-1].states).get(breach.subject.limit) if runs else None
        after = breach.ended is not None and evidence >= breach.ended.isoformat()
        if state is None or not after or state in {*BEYOND, State.UNKNOWN}:
            raise Refused("no-passing-run", N_("The limits were not run on that day after the breach, or this one did "
                                               "not pass."), where=evidence)

    def detected_rows(self, q: Question, *, all_days: bool = True) -> list[tuple[str, FactRow]]:
        """Return a row for every breach that is not recorded yet, for the daily run; or for those that last only."""
        today = workstation.utc_now().date().isoformat()
        found = self.register(q).breaches if all_days else self.standing(q)
        return [self._detected(q, breach, today) for breach in found if breach.recorded is None]

    def _detected(self, q: Question, breach: Breach, today: str) -> tuple[str, FactRow]:
        item = breach.episode
        assert item is not None
        content = canonical_json({
            "value": canonical(item.start.value), "level": canonical(item.start.level),
            "excess": canonical(item.start.excess), "state": item.start.state.value, "version": item.start.version,
            "proposed": breach.kind.value if breach.kind and not breach.confirmed else None})
        subject = breach.subject
        direction = breach.part.direction if breach.part else None
        return "breach", (0, breach.reference, q.book, subject.limit, str(subject.part), subject.group or None,
                          breach.first.isoformat(), today, direction, content)

    def _steps(self, q: Question) -> dict[str, list[StepTaken]]:
        found: dict[str, list[StepTaken]] = {}
        for fact in facts(self._station.store, "breach_step", q.known_at):
            entry = self._station.store_entry(fact.origin.entry)
            found.setdefault(fact["breach"], []).append(StepTaken(
                int(fact["number"]), Step(fact["step"]), fact.sure_day("day"),
                BreachClass(fact["class"]) if fact["class"] else None, fact["owner"], fact["note"], fact["evidence"],
                entry.actor, entry.known_at, entry.seq))
        return {name: sorted(steps, key=lambda step: step.number) for name, steps in found.items()}

    # ---- waivers and daily runs

    def waivers(self, q: Question) -> tuple[Waiver, ...]:
        return waivers.read_waivers(self._station, q)

    def waive(self, q: Question, limit_id: str, *, ceiling: Decimal, valid_from: date, valid_to: date, clause: str,
              reason: str, part: int | None = None, group: str = "") -> Changes:
        """Propose a waiver for a second person to approve; see `sandyq.workstation.waivers.waive`."""
        return waivers.waive(self._station, q, limit_id, ceiling=ceiling, valid_from=valid_from, valid_to=valid_to,
                             clause=clause, reason=reason, part=part, group=group)

    def run_limits(self, q: Question, *, all_days: bool = True) -> Changes:
        """Run the limits of a day and store the result with the breaches that it finds; see `daily_run.run_limits`."""
        return daily_run.run_limits(self._station, q, all_days=all_days)

    def runs(self, q: Question) -> tuple[StoredRun, ...]:
        return daily_run.stored_runs(self._station, q)

    def run_again(self, q: Question, day: date, version: int | None = None) -> RunAgain:
        """Compute a stored run again, as known then and as known at the question's moment."""
        return daily_run.run_again(self._station, q, day, version)


def _other(then: Picture, now: Picture) -> bool:
    """Return whether a day's run saw something else than is known now."""
    one, two = then.snapshot, now.snapshot
    return [(row.symbol, row.quantity, row.price, row.rate, row.share_exposure, row.units) for row in one.rows] != [
        (row.symbol, row.quantity, row.price, row.rate, row.share_exposure, row.units) for row in two.rows] or (
        one.reserves, one.programme, one.invested) != (two.reserves, two.programme, two.invested)


def _stage(steps: Sequence[StepTaken]) -> Step:
    return max((step.step for step in steps), key=_ORDER.index, default=Step.DETECTED)


def _owner(steps: Sequence[StepTaken], limit: Limit | None) -> str:
    given = next((step.owner for step in reversed(steps) if step.owner), "")
    return given or (limit.owner if limit else "")


def _rank(breach: Breach) -> tuple[bool, bool, int, str]:
    return not breach.open, breach.settled, -breach.first.toordinal(), breach.reference


def _excepts(proposal: Proposal, limit: str) -> bool:
    """Return whether two persons decided about an exception to a limit; a mandate that only names it is none."""
    content = content_of(proposal)
    place = TABLES["waiver"].columns.index("limit_id") + 1
    return content is not None and any(table == "waiver" and row[place] == limit for table, row in content.rows)


def _by_subject(days: Sequence[DayReadings]) -> dict[Subject, list[Reading]]:
    """Return what each subject measured on its days beyond, oldest first."""
    found: dict[Subject, list[Reading]] = {}
    for day in days:
        for subject, reading in day.beyond.items():
            found.setdefault(subject, []).append(reading)
    return found


def _held(about: Sequence[Waiver], part: Part | None, seen: Sequence[Reading]) -> Waived:
    """Return whether a waiver holds on a day: by the value of the day, of the last day beyond where it has none."""
    def held(day: date) -> bool:
        place = bisect_right(seen, day, key=lambda reading: reading.day)
        return part is not None and place > 0 and any(
            one.covers(day, seen[place - 1].value, part) for one in about)

    return held
