"""What the desks of record-keeping answer: previews, closed days, differences, breaks, backups. None is Unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from sandyq.basics.findings import Finding
from sandyq.basics.origin import Origin
from sandyq.basics.text import Text
from sandyq.book.reconciliation import Match as Match  # noqa: PLC0414 - a name of this contract
from sandyq.limits.result import State
from sandyq.reference.events import Event, EventType

# ---- before and after

@dataclass(frozen=True, slots=True)
class LineChange:
    """One instrument before and after; `coins` maps a coin code to (before, after)."""

    symbol: str
    quantity: tuple[Decimal, Decimal]
    cost_usd: tuple[Decimal | None, Decimal | None]
    market_value_usd: tuple[Decimal | None, Decimal | None]
    coins: Mapping[str, tuple[Decimal | None, Decimal | None]]


@dataclass(frozen=True, slots=True)
class LimitChange:
    """One limit before and after, in the limit's unit."""

    limit_id: str
    title: Mapping[str, str]
    unit: str
    value: tuple[Decimal | None, Decimal | None]
    state: tuple[State, State]


@dataclass(frozen=True, slots=True)
class Conserved:
    """A sum that an event must not change: cost, coins, cash. It holds when the two differ by at most `tolerance`."""

    what: Text
    unit: str
    before: Decimal | None
    after: Decimal | None
    tolerance: Decimal

    @property
    def holds(self) -> bool:
        return self.before is not None and self.after is not None and abs(self.after - self.before) <= self.tolerance


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """A corporate action as a person gives it: `symbol` as traded before `ex_date`, terms as listed in `Event`.

    `child` and `acquirer` among the terms may be symbols. Without an `event` id one is made of symbol, type and day.
    """

    type: EventType
    symbol: str
    ex_date: date
    terms: Mapping[str, str]
    pay_date: date | None = None
    event: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ActionPreview:
    """What posting an event would do, found by posting it into a copy of the book."""

    event: Event
    lines: tuple[LineChange, ...]
    cash: Mapping[str, tuple[Decimal, Decimal]]
    limits: tuple[LimitChange, ...]
    conserved: tuple[Conserved, ...]
    findings: tuple[Finding, ...]
    needs_second: bool


# ---- corrections

@dataclass(frozen=True, slots=True)
class FactVersion:
    """One row ever recorded under a reference: ``current``, ``superseded`` or ``reversed``; `ended_by`: the entry."""

    table: str
    values: Mapping[str, str]
    mark: str
    actor: str
    known_at: datetime
    origin: Origin
    ended_actor: str
    ended_at: datetime | None
    ended_by: int | None
    reason: str


# ---- closed days

@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A valuation that two persons signed. `restated`: the book now says something else about that day."""

    book: str
    day: date
    version: int
    content_hash: str
    prepared_by: str
    checked_by: str
    known_at: datetime
    restated: bool | None
    origin: Origin


class Cause(StrEnum):
    """Why two answers about the same day differ."""

    TRADE = "trade"
    CORPORATE_ACTION = "corporate_action"
    PRICE = "price"
    COIN_PRICE = "coin_price"
    FX = "fx"
    LOOK_THROUGH = "look_through"
    REFERENCE = "reference"
    MANDATE = "mandate"
    SETTING = "setting"
    RESIDUAL = "residual"


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact that came, was superseded or was reversed between two moments."""

    table: str
    key: str
    cause: Cause
    how: str
    """``new``, ``superseded``, ``reversed``, ``restored``."""
    old: str
    new: str
    actor: str
    known_at: datetime
    reason: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure at two moments; the parts by cause sum to the change (None where either side is Unknown)."""

    key: str
    label: Text
    unit: str
    old: Decimal | None
    new: Decimal | None
    parts: tuple[tuple[Cause, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is said about one day at two moments of knowledge (F027, F052, F072)."""

    as_of: date
    known_from: datetime
    known_to: datetime | None
    figures: tuple[FigureChange, ...]
    limits: tuple[LimitChange, ...]
    facts: tuple[FactChange, ...]
    more_facts: int
    """Facts beyond those listed."""


@dataclass(frozen=True, slots=True)
class Restatement:
    """A closed day against what the book says of it now: old value, new value, cause, limits that change state."""

    closed: ClosedDay
    difference: Difference


# ---- prices

@dataclass(frozen=True, slots=True)
class ManualPrice:
    """A price that a person gave and a second one approved; `state`: proposed, in_force, expired, withdrawn."""

    symbol: str
    day: date
    close: Decimal
    currency: str
    reason: str
    expires: date
    author: str
    approver: str
    state: str
    replaced: Decimal | None
    """The imported close of that day, kept beside it."""
    proposal: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """Two sources that differ by more than the tolerance on one day; `used` names the one that counts."""

    symbol: str
    day: date
    source: str
    close: Decimal
    other_source: str
    other_close: Decimal
    difference_bp: Decimal
    tolerance_bp: Decimal
    used: str
    origin: Origin
    other_origin: Origin


@dataclass(frozen=True, slots=True)
class Completeness:
    """Expected and present closes of one instrument between two days by its exchange's calendar."""

    symbol: str
    market: str
    expected: int
    present: int
    missing: tuple[date, ...]
    last: date | None
    age: int | None
    owner: str
    calendar_known: bool
    """False beyond the days that the calendar covers: weekdays are assumed there."""


@dataclass(frozen=True, slots=True)
class Level:
    """IFRS 13 level of a holding's price, by rule or by decision, with the reason."""

    symbol: str
    level: int | None
    decided: bool
    reason: Text
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class SourceRank:
    """A price source, its rank (1 counts before 2; None: unranked, the latest counts) and its rows."""

    source: str
    rank: int | None
    tolerance_bp: Decimal | None
    rows: int


# ---- custody

@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """Ours against theirs in one account; `kind`: security or cash. Prices and value in `currency` and USD."""

    account: str
    kind: str
    subject: str
    name: str
    match: Match
    ours: Decimal | None
    theirs: Decimal | None
    our_price: Decimal | None
    their_price: Decimal | None
    currency: str
    value_usd: Decimal | None
    """Of the difference."""
    since: date
    age_days: int
    owner: str
    note: str
    origin: Origin | None
    status: str = ""
    """Of the note: open, explained, closed."""
    stated_on: date | None = None
    """The statement's day."""


@dataclass(frozen=True, slots=True)
class SignedBalance:
    """An account's balances of a day as one person signed them; `holds` False: later entries contradict it."""

    account: str
    day: date
    person: str
    known_at: datetime
    holds: bool
    contradictions: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A statement day held against the book."""

    day: date
    accounts: tuple[str, ...]
    file: str
    lines: tuple[ReconciliationLine, ...]
    signed: tuple[SignedBalance, ...]
    findings: tuple[Finding, ...]

    def count(self, match: Match) -> int:
        return sum(1 for line in self.lines if line.match is match)


@dataclass(frozen=True, slots=True)
class CashAccount:
    """One account's money: booked on trade date, settled, and what the last statement says."""

    account: str
    institution: str
    form: str
    book: str
    currency: str
    booked: Decimal
    settled: Decimal
    unsettled: Decimal
    statement: Decimal | None
    statement_day: date | None
    overdraft_reason: str


@dataclass(frozen=True, slots=True)
class LadderDay:
    """One account's money on one coming day: what comes in, what goes out, what is left."""

    day: date
    account: str
    currency: str
    inflow: Decimal
    outflow: Decimal
    balance: Decimal
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartyView:
    """One party of the registers on a day: its licence there, its roles and what is exposed to it."""

    party: str
    name: str
    kind: str
    country: str
    status: str
    roles: tuple[tuple[str, str], ...]
    """(role, subject)."""
    licence: str
    licence_authority: str
    licence_until: date | None
    licence_status: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class EligibilityItem:
    """One line of an instrument's eligibility sheet (F016): value None is Unknown.

    `flag` is what speaks against it; `said` is the value in words for people, where the value is a code.
    """

    name: str
    label: Text
    value: str | Decimal | None
    unit: str
    day: date | None
    source: str
    origin: Origin | None
    flag: Text | None = None
    said: Text | None = None


# ---- safekeeping

@dataclass(frozen=True, slots=True)
class Backup:
    """One verified copy; `figures` are shown before it is restored. Ages come from the journal, not from file times."""

    path: Path
    sequence: int
    known_at: datetime
    head: str
    kept_as: str
    """``daily``, ``weekly``, ``monthly``."""
    holds: bool
    market_value_usd: Decimal | None
    as_of: date | None
