"""What is known about a breach: values of the breach desk, without a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sandyq.basics.text import N_, Text

if TYPE_CHECKING:
    from sandyq.limits.cure_clock import Clock, Waiver
    from sandyq.limits.episodes import Episode, Subject
    from sandyq.limits.mandate import Limit, Part
    from sandyq.limits.result import State
    from sandyq.limits.why import BreachClass


class Step(StrEnum):
    """The life of a breach, in its one order (F065)."""

    DETECTED = "detected"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    REMEDIATION = "remediation"
    CURED = "cured"
    CLOSED = "closed"


STEP_WORDS: Final = MappingProxyType({
    Step.DETECTED: N_("Detected"), Step.CLASSIFIED: N_("Classified"), Step.ASSIGNED: N_("Assigned"),
    Step.REMEDIATION: N_("Remediation"), Step.CURED: N_("Cured"), Step.CLOSED: N_("Closed"),
})


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One recorded step: who, when, with which note; the class, the owner or the evidence that it set."""

    number: int
    step: Step
    day: date
    kind: BreachClass | None
    owner: str
    note: str
    evidence: str
    who: str
    when: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach as it stands on the question's day.

    `episode` None: it was recorded on its day, and what is known now no longer finds it. `state` is the limit's on the
    day, `waiver` what covers it. `kind` is the class in force, `confirmed` whether a person gave it. `impact` is gain
    (+) or loss (−) in USD on the excess position since the first day; None where that cannot be told.
    """

    reference: str
    subject: Subject
    limit: Limit | None
    part: Part | None
    first: date
    last: date
    ended: date | None
    episode: Episode | None
    state: State
    waiver: Waiver | None
    step: Step
    kind: BreachClass | None
    confirmed: bool
    owner: str
    steps: tuple[StepTaken, ...]
    clock: Clock
    linked: str
    impact: Decimal | None
    recorded: int | None
    """The journal's entry that recorded it; None: found in the history, not recorded yet."""

    @property
    def open(self) -> bool:
        """Whether the limit is still exceeded, as far as is known."""
        return self.ended is None

    @property
    def settled(self) -> bool:
        return self.step is Step.CLOSED


@dataclass(frozen=True, slots=True)
class Register:
    """All breaches of a book up to a day, the open ones first, then the latest first."""

    as_of: date
    breaches: tuple[Breach, ...]
    waivers: tuple[Waiver, ...]
    measured: int
    """So many days were measured: none of them means that nothing is known, not that nothing was exceeded."""

    def find(self, reference: str) -> Breach | None:
        return next((breach for breach in self.breaches if breach.reference == reference), None)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """The run over all limits of one day as it was stored. `same` None: not computed again."""

    book: str
    day: date
    version: int
    content_hash: str
    known_entry: int
    who: str
    when: datetime
    entry: int
    states: tuple[tuple[str, str], ...]
    """(limit id, state), in the mandate's order."""


@dataclass(frozen=True, slots=True)
class RunAgain:
    """A stored run computed again from the same knowledge, and what is known now. `changes`: (limit, then, now)."""

    stored: StoredRun
    again: str
    now: str
    changes: tuple[tuple[str, Text, Text], ...]
    causes: tuple[str, ...]
    """Tables whose facts about the day became known since."""

    @property
    def repeats(self) -> bool:
        return self.again == self.stored.content_hash
