"""From the states of many days to breaches: one record per limit, part and subject, from its first day to its cure.

A breach is one record however long it lasts (F071). A day on which the part is Unknown does not end it: what cannot
be computed is not within. A breach within thirty days after an earlier one of the same subject is linked to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.limits.evaluate import excess, state_of
from sandyq.limits.mandate import Limit, Part
from sandyq.limits.result import LimitsRun, Measured, PartResult, State

LINK_DAYS: Final = 30
"""Calendar days within which a repeat belongs to what came before."""
BEYOND: Final = frozenset({State.BREACH, State.SOFT_BREACH})
_NAMED_AFTER_MEMBERS: Final = frozenset({"token_count", "short_count", "forbidden_products", "stale_share",
                                         "fallback_share"})
"""Measures of one group whose name is whoever is in it: the subject is the part itself."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What is in breach: a limit's part (from 0) and the group of it; an empty group is the part as a whole."""

    limit: str
    part: int
    group: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A subject beyond its limit on a day: value, limit in force and excess in the limit's unit."""

    day: date
    state: State
    value: Decimal
    level: Decimal
    excess: Decimal
    excess_usd: Decimal | None
    version: str


@dataclass(frozen=True, slots=True)
class DayReadings:
    """What was beyond on a day, and the parts of which some group is Unknown."""

    day: date
    beyond: Mapping[Subject, Reading]
    unknown: frozenset[Subject]

    def is_unknown(self, subject: Subject) -> bool:
        """Return whether a subject cannot be told to be within: itself, or the whole part, is Unknown."""
        return subject in self.unknown or Subject(subject.limit, subject.part, "") in self.unknown


@dataclass(frozen=True, slots=True)
class Episode:
    """One breach. `last` is its last day beyond; `ended` the first day within after it, None while it lasts."""

    subject: Subject
    first: date
    last: date
    ended: date | None
    days: int
    state: State
    """The state on its last day beyond."""
    hardest: State
    start: Reading
    latest: Reading
    peak: Reading
    unknown_days: int = 0

    @property
    def reference(self) -> str:
        """The name of the breach: what is beyond and since when; it does not change when more days become known."""
        place = f".{self.subject.part + 1}" if self.subject.part else ""
        group = f".{self.subject.group}" if self.subject.group else ""
        return f"{self.subject.limit}{place}{group}.{self.first.isoformat()}"


def subject_of(limit: Limit, number: int, part: Part, group: str) -> Subject:
    """Return the subject of a group of a part."""
    return Subject(limit.id, number, "" if part.measure in _NAMED_AFTER_MEMBERS else group)


def readings(run: LimitsRun) -> DayReadings:
    """Return what is beyond its limit in force on the run's day, by subject."""
    beyond: dict[Subject, Reading] = {}
    unknown: set[Subject] = set()
    for result in run.results:
        for number, part in enumerate(result.parts):
            for group in part.groups:
                subject = subject_of(result.limit, number, part.part, group.group)
                if group.value is None:
                    unknown.add(subject)
                    continue
                found = _reading(run.as_of, result.limit, part, group)
                if found is not None:
                    beyond[subject] = found
    return DayReadings(run.as_of, beyond, frozenset(unknown))


def _reading(day: date, limit: Limit, part: PartResult, group: Measured) -> Reading | None:
    state, over, level = state_of(group.value, part.part), excess(group.value, part.part), part.part.in_force
    if state not in BEYOND or group.value is None or level is None:
        return None
    return Reading(day, state, group.value, level, over if over is not None else abs(group.value - level),
                   part.excess_usd if group.group == part.group else None, limit.version)


def episodes(days: Iterable[DayReadings]) -> tuple[Episode, ...]:
    """Return the breaches of consecutive days, in order of first day and subject."""
    open_now: dict[Subject, Episode] = {}
    done: list[Episode] = []
    for day in days:
        for subject, reading in day.beyond.items():
            open_now[subject] = _longer(open_now.get(subject), subject, reading)
        for subject in [name for name in open_now if name not in day.beyond]:
            episode = open_now[subject]
            if day.is_unknown(subject):
                open_now[subject] = _replaced(episode, unknown_days=episode.unknown_days + 1)
            else:
                done.append(_replaced(open_now.pop(subject), ended=day.day))
    return tuple(sorted((*done, *open_now.values()), key=lambda item: (item.first, item.subject)))


def _longer(episode: Episode | None, subject: Subject, reading: Reading) -> Episode:
    if episode is None:
        return Episode(subject, reading.day, reading.day, None, 1, reading.state, reading.state, reading, reading,
                       reading)
    hardest = State.BREACH if State.BREACH in {episode.hardest, reading.state} else reading.state
    peak = reading if reading.excess > episode.peak.excess else episode.peak
    return Episode(subject, episode.first, reading.day, None, episode.days + 1, reading.state, hardest, episode.start,
                   reading, peak, episode.unknown_days)


def _replaced(episode: Episode, *, ended: date | None = None, unknown_days: int | None = None) -> Episode:
    return Episode(episode.subject, episode.first, episode.last, ended, episode.days, episode.state, episode.hardest,
                   episode.start, episode.latest, episode.peak,
                   episode.unknown_days if unknown_days is None else unknown_days)


def linked(found: Sequence[Episode]) -> Mapping[str, str]:
    """Return reference → reference of the breach of the same subject that ended at most thirty days before it began."""
    links: dict[str, str] = {}
    latest: dict[Subject, Episode] = {}
    for episode in sorted(found, key=lambda item: (item.first, item.subject)):
        earlier = latest.get(episode.subject)
        if earlier is not None and (episode.first - earlier.last).days <= LINK_DAYS:
            links[episode.reference] = earlier.reference
        latest[episode.subject] = episode
    return links
