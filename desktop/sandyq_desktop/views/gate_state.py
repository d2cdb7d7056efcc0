"""What the gate's view shows: the answer to one question, and the state as a word with its icon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.gate.machine import GateState
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look

if TYPE_CHECKING:
    from sandyq.gate.replay import Replay
    from sandyq.workstation.contract import Question
    from sandyq.workstation.gate_days import StoredDay
    from sandyq.workstation.gating import Gate
    from sandyq.workstation.tranche_book import Plan
    from sandyq.workstation.workstation import Workstation

STATES: dict[GateState, tuple[Shape, str, Text, Text]] = {
    GateState.CLOSED: (Shape.BREACH, "t_soft", N_("Gate closed"), N_(
        "The day was recorded as failing, or nobody bought for too long: the days are counted anew.")),
    GateState.ARMED: (Shape.UPCOMING, "t_upcoming", N_("Gate armed"), N_(
        "All required tests pass. The gate opens when they have passed long enough; one failing day shuts it.")),
    GateState.OPEN: (Shape.OK, "t_ok", N_("Gate open"), N_(
        "All required tests have passed long enough. One failing day shuts the gate.")),
}
_UNKNOWN = N_("Gate unknown")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the view shows. `plan` None: the book has no mandate; `recorded` None: the day is not recorded yet."""

    gate: Gate
    past: Replay
    marks: tuple[tuple[date, str], ...]
    """Days with purchases and the tranche they count for."""
    plan: Plan | None
    recorded: StoredDay | None
    kept: frozenset[date] = frozenset()
    """Every day whose evidence was recorded."""


def answer(station: Workstation, question: Question) -> Shown:
    from sandyq.limits.tranche_plan import shared_out
    from sandyq.workstation.gate_days import stored_days
    from sandyq.workstation.gating import replay_gate
    from sandyq.workstation.tranche_book import purchases

    found, past = replay_gate(station, question)
    plan = (station.tranches.plan(question) if station.knowledge(question.known_at).has_mandate(question.book)
            else None)
    marks = {one.day: "" for one in purchases(station, question)}
    if plan is not None:
        shares = shared_out([one.tranche for one in plan.standings], plan.bought,
                            [one.release for one in plan.releases])
        marks |= {day: name for name, own in shares.items() for day, _, _ in own}
    stored = stored_days(station, question)
    recorded = next((one for one in stored if one.day == question.as_of), None)
    return Shown(found, past, tuple(sorted(marks.items())), plan, recorded,
                 frozenset(one.day for one in stored))


class GateWord(QWidget):
    """The state as icon and word, the key figure of the view."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._state: GateState | None = None
        self.setFixedHeight(look.px(28))

    def show_state(self, state: GateState | None) -> None:
        """Show a state; None: it cannot be computed."""
        self._state = state
        self.setAccessibleName(self._look.say(STATES[state][2] if state is not None else _UNKNOWN))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, look = QPainter(self), self._look
        shape, token, word = (STATES[self._state][:3] if self._state is not None
                              else (Shape.UNKNOWN, "t_unknown", _UNKNOWN))
        size = look.px(16)
        draw(painter, shape, QRectF(0, (self.height() - size) / 2, size, size), look.color(token),
             look.color("panel"))
        painter.setFont(look.font("verdict", 600))
        painter.setPen(look.color(token))
        painter.drawText(QRectF(look.px(24), 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignVCenter),
                         look.say(word))
