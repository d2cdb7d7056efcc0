"""The cure clock of a breach: business days of the mandate's calendar, stopped by a waiver only (domain.md B2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Part
from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar

Waived = Callable[[date], bool]
_FAR: Final = 3_700
"""Calendar days after which a due day is no longer looked for."""
ESCALATION: Final = ((0, N_("desk")), (1, N_("head of risk")), (2, N_("committee")))
"""Who is told on which business day after the first one (domain.md B2)."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Two persons' permission to stay beyond a limit between two days, both included, up to a ceiling (F068).

    `part` None and `group` empty: every part, every group. The ceiling is in the limit's unit.
    """

    reference: str
    book: str
    limit: str
    part: int | None
    group: str
    ceiling: Decimal
    valid_from: date
    valid_to: date
    clause: str
    reason: str

    def concerns(self, limit: str, part: int, group: str) -> bool:
        """Return whether it is about this subject."""
        return self.limit == limit and self.part in {None, part} and self.group in {"", group}

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to

    def covers(self, on: date, value: Decimal | None, part: Part) -> bool:
        """Return whether a value is waived on a day: in force, known, and not beyond the ceiling."""
        if value is None or not self.in_force(on):
            return False
        return value <= self.ceiling if part.direction == "max" else value >= self.ceiling


@dataclass(frozen=True, slots=True)
class Told:
    """One step of the escalation list: who, by which day, and whether that day has come."""

    who: Text
    by: date
    due: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """Business days since the close that began it. `allowed` None: the limit has no cure period.

    `used` counts days after the first one up to the day or the cure, without waived ones; `due` is the last day of the
    period, None while a waiver without its end in sight stops it or where no period is set.
    """

    start: date
    allowed: int | None
    used: int
    due: date | None
    stopped: bool
    ended: date | None
    escalation: tuple[Told, ...] = ()

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(self.allowed - self.used, 0)

    @property
    def overdue(self) -> bool:
        """Whether the period has passed and the breach lasted longer."""
        return self.allowed is not None and self.used > self.allowed


def _never(day: date) -> bool:  # noqa: ARG001 - the form of the question
    return False


def clock(start: date, as_of: date, allowed: int | None, calendar: Calendar, waived: Waived = _never, *,
          ended: date | None = None) -> Clock:
    """Return the clock of a breach that began at the close of `start`, as it stands on a day.

    `waived` says of a day, past or to come, whether a waiver holds on it: in force, and the value within its ceiling.
    """
    last = as_of if ended is None else min(as_of, ended)
    used = sum(1 for day in _after(start, last) if is_open(calendar, day) and not waived(day))
    told = tuple(Told(who, by, by <= as_of and (ended is None or by <= ended))
                 for steps, who in ESCALATION for by in [business_day(start, steps, calendar)])
    return Clock(start, allowed, used, _due(start, allowed, calendar, waived), waived(as_of), ended, told)


def business_day(start: date, steps: int, calendar: Calendar) -> date:
    """Return the day that is so many open days after a day; the day itself for 0."""
    day = start
    while steps:
        day += timedelta(days=1)
        steps -= is_open(calendar, day)
    return day


def _due(start: date, allowed: int | None, calendar: Calendar, waived: Waived) -> date | None:
    if not allowed:
        return start if allowed == 0 else None
    left = allowed
    for day in _after(start, start + timedelta(days=_FAR)):
        left -= is_open(calendar, day) and not waived(day)
        if not left:
            return day
    return None


def _after(start: date, last: date) -> Sequence[date]:
    return [start + timedelta(days=number) for number in range(1, (last - start).days + 1)]
