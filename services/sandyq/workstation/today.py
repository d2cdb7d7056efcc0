"""The morning run: seven steps, what was found, what moved since the last signed day, and who has to decide next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import SandyqError
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.control.proposals import Proposal, ProposalState
from sandyq.control.records import Entry
from sandyq.limits.result import State
from sandyq.workstation.contract import Question
from sandyq.workstation.differences import limit_changes
from sandyq.workstation.moved import Moved, Part, bridge, moved
from sandyq.workstation.recorded import ClosedDay, Completeness, LimitChange, Match, Reconciliation

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

CLOSE: Final = "valuation_close"
_WEEK: Final = timedelta(days=7)
_AHEAD: Final = 45
_QUIET: Final = frozenset({State.OK, State.NOT_APPLICABLE, State.UPCOMING})


class StepState(StrEnum):
    """A step is done, needs attention (it was done, and something was found), is the next one, or waits."""

    DONE = "done"
    ATTENTION = "attention"
    NEXT = "next"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the seven: what is the case (`fact`, `more`), what is missing, when and by whom it was done."""

    id: str
    title: Text
    state: StepState
    fact: Text
    more: Text | None = None
    missing: Text | None = None
    when: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding, the limits that it touches and who looks after it."""

    finding: Finding
    effect: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class Presence:
    """What ought to be there and what is. `present` None: nothing can be said."""

    name: Text
    note: Text
    present: int | None
    expected: int | None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A day that matters soon, by the mandate, the calendar or the book."""

    day: date
    text: Text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits; `why_not` None: the person who works here may decide."""

    proposal: Proposal
    why_not: Text | None


@dataclass(frozen=True, slots=True)
class Morning:
    """Everything on Today. `since` is the day compared with: the last signed one where there is one."""

    as_of: date
    since: date | None
    since_signed: bool
    steps: tuple[Step, ...]
    doubts: tuple[Doubt, ...]
    complete: tuple[Presence, ...]
    moved: tuple[Moved, ...]
    limits: tuple[LimitChange, ...]
    bridge: tuple[Part, ...]
    coming: tuple[Coming, ...]
    waiting: tuple[Waiting, ...]
    signing: Proposal | None = None
    """The open proposal to close this day of this book."""

    @property
    def next(self) -> Step | None:
        """The step to do next, None when the day is done."""
        return next((step for step in self.steps if step.state is StepState.NEXT), None)

    @property
    def done(self) -> int:
        return sum(1 for step in self.steps if step.state in {StepState.DONE, StepState.ATTENTION})


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the steps are told from."""

    q: Question
    imports: tuple[Entry, ...]
    reports: tuple[Entry, ...]
    doubts: tuple[Doubt, ...]
    reconciled: Reconciliation | None
    closed: ClosedDay | None
    before: ClosedDay | None
    proposal: Waiting | None
    value: Decimal | None
    counts: dict[State, int]
    enrolled: bool


def morning(station: Workstation, q: Question) -> Morning:
    """Return the morning of a day, from facts that exist; nothing is recorded."""
    picture = station.picture(q)
    days = station.records.closed_days(q, recompute=False)
    signed = max((day for day in days if day.day == q.as_of), key=lambda day: day.version, default=None)
    before = max((day for day in days if day.day < q.as_of), key=lambda day: (day.day, day.version), default=None)
    since = before.day if before else _day_before(station, q)
    waiting = tuple(Waiting(item, station.people.why_not(item)) for item in station.people.proposals(q, open_only=True))
    complete = station.prices.completeness(q, q.as_of - _WEEK, q.as_of)
    doubts = _doubts(station, q, complete)
    entries = station.journal(q)
    last = before.known_at if before else None
    has_mandate = picture.knowledge.has_mandate(q.book)
    facts = _Facts(
        q, tuple(e for e in entries if e.kind == "import" and (last is None or e.known_at > last)),
        tuple(e for e in entries if e.kind == "report"), doubts, _reconciled(station, q), signed, before,
        next((item for item in waiting if item.proposal.kind == CLOSE
              and item.proposal.subject == f"{q.book} {q.as_of.isoformat()}"), None),
        picture.holdings.market_value_usd, picture.limits.counts() if has_mandate else {}, station.people.enrolled)
    earlier = station.picture(Question(since, q.known_at, q.book)) if since else None
    return Morning(
        q.as_of, since, before is not None, _steps(facts), doubts, tuple(_presence(station, q, complete, facts)),
        moved(earlier, picture) if earlier else (),
        tuple(change for change in limit_changes(earlier.limits, picture.limits) if change.state[0] is not
              change.state[1]) if earlier and has_mandate else (),
        bridge(earlier, picture) if earlier else (),
        tuple(sorted(_coming(station, q, has_mandate), key=lambda item: item.day)), waiting,
        facts.proposal.proposal if facts.proposal else None)


def _day_before(station: Workstation, q: Question) -> date | None:
    """Return the last day with prices before the question's, None at the start of the book."""
    series = station.knowledge(q.known_at).market.prices.values()
    ordinal = q.as_of.toordinal()
    last = max((int(one.days[place - 1]) for one in series if (place := bisect_left(one.days, ordinal))), default=0)
    return date.fromordinal(last) if last and date.fromordinal(last) >= station.first_day(q.known_at) else None


def _reconciled(station: Workstation, q: Question) -> Reconciliation | None:
    try:
        found = station.custody.reconcile(q)
    except SandyqError:
        return None
    return found if found.lines else None


# ---- findings

def _doubts(station: Workstation, q: Question, complete: Sequence[Completeness]) -> tuple[Doubt, ...]:
    picture = station.picture(q)
    owners = {item.symbol: item.owner for item in complete}
    has_mandate = picture.knowledge.has_mandate(q.book)
    effects: dict[tuple[str, str], list[str]] = {}
    for result in picture.limits.results if has_mandate else ():
        for finding in (*result.findings, *(f for part in result.parts for f in part.findings)):
            effects.setdefault((finding.code, finding.subject), []).append(result.limit.id)
    found: dict[tuple[str, str, str], Finding] = {}
    for finding in (*picture.holdings.findings, *(f for line in picture.holdings.lines for f in line.findings),
                    *(f for line in (picture.exposure.lines if has_mandate else ()) for f in line.findings)):
        if finding.severity is not Severity.INFO:
            found.setdefault((finding.code, finding.subject, str(finding.text)), finding)
    for finding in station.orders.doubts(q):
        found.setdefault((finding.code, finding.subject, str(finding.text)), finding)
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    doubts = (Doubt(one, tuple(dict.fromkeys(effects.get((one.code, one.subject), ()))), owners.get(one.subject, ""))
              for one in found.values())
    return tuple(sorted(doubts, key=lambda d: (rank[d.finding.severity], d.finding.subject)))


# ---- the seven steps

def _steps(facts: _Facts) -> tuple[Step, ...]:
    made = (_files(facts), _findings(facts), _reconciliation(facts), _valuation(facts), _limits(facts), _sign(facts),
            _report(facts))
    return tuple(_in_turn(made))


def _in_turn(steps: Sequence[Step]) -> Iterator[Step]:
    """The first step that is not done is the next one; those after it wait."""
    found = False
    for step in steps:
        if step.state not in {StepState.DONE, StepState.ATTENTION}:
            state = StepState.WAITING if found else StepState.NEXT
            found = True
            yield Step(step.id, step.title, state, step.fact, step.more, step.missing, step.when, step.who)
        else:
            yield step


def _files(facts: _Facts) -> Step:
    title = N_("Files in")
    if not facts.imports:
        return Step("files", title, StepState.WAITING, N_("No file since the last signed day"),
                    missing=N_("Import the files of the day."))
    last = facts.imports[-1]
    rows = [sum(_number(entry, name) for entry in facts.imports) for name in ("new", "superseding", "refused")]
    return Step("files", title, StepState.DONE if not rows[2] else StepState.ATTENTION,
                N_("Files imported: {n}", n=len(facts.imports)),
                N_("Rows new: {new}, superseding: {superseding}, refused: {refused}", new=rows[0], superseding=rows[1],
                   refused=rows[2]), None, last.known_at, last.actor)


def _number(entry: Entry, name: str) -> int:
    value = entry.payload.get(name, 0)
    return value if isinstance(value, int) else 0


def _findings(facts: _Facts) -> Step:
    blocking = sum(1 for doubt in facts.doubts if doubt.finding.severity is Severity.ERROR)
    if not facts.doubts:
        return Step("findings", N_("Findings"), StepState.DONE, N_("None open"))
    return Step("findings", N_("Findings"), StepState.ATTENTION, N_("Open: {n}", n=len(facts.doubts)),
                N_("A figure is Unknown because of: {n}", n=blocking) if blocking else N_("None blocks the valuation"),
                N_("See the list on the right"))


def _reconciliation(facts: _Facts) -> Step:
    found, title = facts.reconciled, N_("Reconciliation")
    if found is None:
        # Nothing to hold the book against: told loudly, but a book whose custodian sends none can still be signed.
        return Step("reconciliation", title, StepState.ATTENTION, N_("No statement of a custodian yet"),
                    missing=N_("Import a statement."))
    matched = found.count(Match.MATCHED)
    breaks = [line for line in found.lines if line.match is not Match.MATCHED]
    loose = [line for line in breaks if line.status not in {"explained", "closed"}]
    more = N_("Statement of {day}, accounts: {accounts}", day=found.day, accounts=len(found.accounts))
    if found.day < facts.q.as_of:
        return Step("reconciliation", title, StepState.ATTENTION, N_("Matched: {n} of {all}", n=matched,
                                                                    all=len(found.lines)), more,
                    N_("The statement is older than the day."))
    return Step("reconciliation", title, StepState.ATTENTION if loose else StepState.DONE,
                N_("Matched: {n} of {all}", n=matched, all=len(found.lines)), more,
                N_("Breaks without an explanation: {n}", n=len(loose)) if loose else None)


def _valuation(facts: _Facts) -> Step:
    title = N_("Valuation")
    if facts.closed is not None:
        return Step("valuation", title, StepState.DONE, _worth(facts.value), N_("Prepared by {person}",
                                                                               person=facts.closed.prepared_by),
                    None, facts.closed.known_at, facts.closed.prepared_by)
    if facts.value is None:
        return Step("valuation", title, StepState.WAITING, N_("A price or rate is missing"),
                    N_("The total is Unknown until it is there."), N_("See the findings"))
    if facts.proposal is not None:
        item = facts.proposal.proposal
        return Step("valuation", title, StepState.DONE, _worth(facts.value), N_("Prepared by {person}",
                                                                               person=item.author),
                    None, item.known_at, item.author)
    return Step("valuation", title, StepState.WAITING, _worth(facts.value), N_("computed, waits for two signatures"),
                N_("Maker: nobody yet") if facts.enrolled else
                N_("Nobody is enrolled; two persons sign, each with a key of their own."))


def _worth(value: Decimal | None) -> Text:
    return N_("Market value in USD: {amount}", amount=None if value is None else value.quantize(Decimal(1)))


def _limits(facts: _Facts) -> Step:
    title, counts = N_("Limits"), facts.counts
    if not counts:
        return Step("limits", title, StepState.WAITING, N_("The book has no mandate"))
    loud = sum(n for state, n in counts.items() if state not in _QUIET)
    fact = N_("Breaches: {breach}, soft: {soft}, unknown: {unknown}, warnings: {warning}", breach=counts[State.BREACH],
              soft=counts[State.SOFT_BREACH], unknown=counts[State.UNKNOWN], warning=counts[State.WARNING])
    if facts.closed is None and facts.proposal is None:
        return Step("limits", title, StepState.WAITING, fact, N_("Provisional until the valuation is signed"))
    return Step("limits", title, StepState.ATTENTION if loud else StepState.DONE, fact,
                N_("By the prepared valuation") if facts.closed is None else N_("Final: the valuation is signed"))


def _sign(facts: _Facts) -> Step:
    title = N_("Sign the day")
    last = N_("Last signed day: {day}", day=facts.before.day) if facts.before else (
        None if facts.closed else N_("No day is signed yet"))
    if facts.closed is not None:
        return Step("sign", title, StepState.DONE, N_("Prepared by {maker}, checked by {checker}",
                                                      maker=facts.closed.prepared_by, checker=facts.closed.checked_by),
                    N_("Version {version}, hash {hash}", version=facts.closed.version,
                       hash=f"{facts.closed.content_hash[:8]}…"), last, facts.closed.known_at, facts.closed.checked_by)
    return Step("sign", title, StepState.WAITING, N_("Two signatures: maker and checker"),
                N_("Freezes inputs and results with a hash"),
                facts.proposal.why_not if facts.proposal and facts.proposal.why_not else last)


def _report(facts: _Facts) -> Step:
    issued = [e for e in facts.reports if str(e.payload.get("as_of", "")) == facts.q.as_of.isoformat()]
    title, fact = N_("Report"), N_("Daily limit sheet in English, Russian or Kazakh")
    if issued:
        return Step("report", title, StepState.DONE, fact, None, None, issued[-1].known_at, issued[-1].actor)
    return Step("report", title, StepState.WAITING, fact, N_("PDF and XLSX, with the head of the chain on the page"))


# ---- completeness and what comes

def _presence(station: Workstation, q: Question, complete: Sequence[Completeness],
              facts: _Facts) -> Iterator[Presence]:
    picture = station.picture(q)
    held = {line.symbol for line in picture.holdings.open_lines}
    prices = [item for item in complete if item.symbol in held]
    yield Presence(N_("Files"), N_("imported since the last signed day"), len(facts.imports), None)
    yield Presence(N_("Prices"), N_("of the day, expected by exchange calendars"),
                   sum(1 for item in prices if item.age == 0), len(prices))
    if picture.knowledge.has_mandate(q.book):  # the mandate says how a holding is looked through
        lines = [line for line in picture.exposure.lines if line.symbol in held]
        yield Presence(N_("Look-through"), N_("holdings whose exposure is known"),
                       sum(1 for line in lines if line.exposure_usd.central is not None), len(lines))
    kzt = picture.holdings.kzt
    yield Presence(N_("USD/KZT"), N_("official rate of {day}", day=kzt.day) if kzt else N_("no rate"), None, None,
                   kzt.rate if kzt else None)
    reserves = [row for rows in picture.knowledge.market.reserves.values() for row in rows if row.day <= q.as_of]
    if reserves:
        last = max(row.day for row in reserves)
        yield Presence(N_("Reserves"), N_("age in days, of {day}", day=last), (q.as_of - last).days, None)


def _coming(station: Workstation, q: Question, has_mandate: bool) -> Iterator[Coming]:
    known, limit = station.knowledge(q.known_at), q.as_of + timedelta(days=_AHEAD)
    yield from _coming_in_book(station, q, limit)
    if has_mandate:
        yield from _coming_of_limits(station, q, limit)
    for later in known.mandates if has_mandate else ():
        if q.as_of < later.valid_from <= limit:
            yield Coming(later.valid_from, N_("Mandate {version} comes into force", version=later.version))
    for one in known.mandate(q.as_of, q.book).limits if has_mandate else ():
        if q.as_of < one.valid_from <= limit:
            yield Coming(one.valid_from, N_("Limit {limit} comes into force", limit=one.id))
    for event in known.events:
        if q.as_of <= event.ex_date <= limit:
            yield Coming(event.ex_date, N_("Ex-date of {event}", event=event.event))
        if event.pay_date and q.as_of <= event.pay_date <= limit:
            yield Coming(event.pay_date, N_("Payment of {event}", event=event.event))
    for trade in known.transactions:
        if trade.trade_date <= q.as_of < trade.settle_date <= limit:
            yield Coming(trade.settle_date, N_("Settlement of {reference}", reference=trade.reference))


def _coming_in_book(station: Workstation, q: Question, limit: date) -> Iterator[Coming]:
    for price in station.prices.manual_prices(q):
        if price.state == "in_force" and q.as_of <= price.expires <= limit:
            yield Coming(price.expires, N_("The manual price of {symbol} expires", symbol=price.symbol))
    for party in station.custody.parties(q):
        if party.licence_until is not None and q.as_of <= party.licence_until <= limit:
            yield Coming(party.licence_until, N_("The licence {licence} ends: {party}", licence=party.licence,
                                                 party=party.name))
    for item in station.people.proposals(q, open_only=True):
        if item.state is ProposalState.OPEN and item.expires is not None:
            yield Coming(item.expires.date(), N_("Proposal {reference} expires", reference=item.reference))


def _coming_of_limits(station: Workstation, q: Question, limit: date) -> Iterator[Coming]:
    for breach in station.breaches.standing(q):
        if breach.clock.due is not None and q.as_of <= breach.clock.due <= limit:
            yield Coming(breach.clock.due, N_("Last day to cure {breach}", breach=breach.reference))
    for waiver in station.breaches.waivers(q):
        if waiver.in_force(q.as_of) and waiver.valid_to <= limit:
            yield Coming(waiver.valid_to, N_("The waiver of {limit} lapses", limit=waiver.limit))
    for tranche in station.knowledge(q.known_at).mandate(q.as_of, q.book).tranches:
        if tranche.earliest is not None and q.as_of < tranche.earliest <= limit:
            yield Coming(tranche.earliest, N_("Tranche {tranche}: its first day", tranche=tranche.id))


class TodayDesk:
    """The desk of the morning run."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    def morning(self, q: Question) -> Morning:
        """Return the morning of a day, from facts that exist."""
        return morning(self._station, q)
