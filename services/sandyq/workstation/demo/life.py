"""What the demo's desk did besides booking: limits run, breaches followed, the gate recorded. All of it illustrative.

Nobody is enrolled in the demo, so that it opens without a key. What takes two signatures (a waiver, an order) is
therefore not in it: keys shipped with a book would sign for whoever has the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sandyq.limits.why import BreachClass
from sandyq.workstation.breached import Breach, Step
from sandyq.workstation.contract import Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_LIMIT: Final = "L02"
_PAST: Final = date(2026, 9, 4)
"""The last day of the summer's breach."""
_WITHIN: Final = date(2026, 9, 8)
"""The first day within the limit after it."""
_OWNER: Final = "Manager 1"


@dataclass(frozen=True, slots=True)
class _Act:
    step: Step
    note: str


_FOUND: Final = (
    _Act(Step.CLASSIFIED, "Demo: the split names prices alone; nothing was bought in these days."),
    _Act(Step.ASSIGNED, "Demo: assigned to the desk."),
)
_ENDED: Final = (
    _Act(Step.REMEDIATION, "Demo: no purchases until the share of reserves is within its limit."),
    _Act(Step.CURED, "Demo: prices fell; nothing was sold."),
)


def live(station: Workstation) -> None:
    """Follow the two breaches of the share of reserves: one to its closing, the one that lasts to its owner."""
    for day in (_PAST, station.latest_day()):
        for breach in station.breaches.standing(Question(day)):
            if breach.subject.limit == _LIMIT:
                _take(station, Question(day), breach, _FOUND)
                if day == _PAST:
                    _close(station, breach)
    today = Question(station.latest_day())
    station.breaches.run_limits(today, all_days=False)
    station.tranches.record_day(today)


def _take(station: Workstation, q: Question, breach: Breach, acts: tuple[_Act, ...]) -> None:
    for act in acts:
        station.breaches.take(q, breach.reference, act.step, act.note,
                              kind=(breach.kind or BreachClass.PASSIVE) if act.step is Step.CLASSIFIED else None,
                              owner=_OWNER if act.step is Step.ASSIGNED else "")


def _close(station: Workstation, breach: Breach) -> None:
    """Close it with the run of the first day within its limit."""
    after = Question(_WITHIN)
    _take(station, after, breach, _ENDED)
    station.breaches.run_limits(after, all_days=False)
    station.breaches.take(after, breach.reference, Step.CLOSED, "Demo: within the limit in the run of the day.",
                          evidence=_WITHIN.isoformat())
