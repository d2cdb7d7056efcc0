"""How a limit before and after a draft is written in each column of the Orders view, and how limits are ordered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from sandyq.basics.text import N_
from sandyq.limits.result import SEVERITY, Change, LimitResult, Verdict
from sandyq.workstation.levels import LEVEL_WORDS, level_of
from sandyq_desktop.controls import LEFT
from sandyq_desktop.icons import draw, shape_of
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import MILLION, limit_digits, shown_value, unit_word
from sandyq_desktop.tables import bullet
from sandyq_desktop.tables.columns import Column

_RANK = {Verdict.REFUSED: 0, Verdict.UNKNOWN: 1, Verdict.ACKNOWLEDGE: 2, Verdict.PASS: 3}


def ordered(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return what the draft does first: refusals, then changed states, then what moved, worst first."""
    return tuple(sorted(changes, key=lambda c: (_RANK[c.verdict], c.before.state is c.after.state,
                                                SEVERITY[c.after.state], c.limit.id)))


class ChangeRows:
    """How a limit before and after is written."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def columns(self) -> tuple[Column, ...]:
        say = self._look.words
        return (
            Column("before", N_("Before"), lambda c: say.state(c.before.state), paint=self._state_before, least=96,
                   extra=20, spoken=lambda c, look: look.words.state(c.before.state),
                   sort=lambda c: SEVERITY[c.before.state]),
            Column("arrow", "", lambda c: "→" if c.before.state is not c.after.state else "", width=24,
                   paint=self._arrow, spoken=lambda c, _look: "→" if c.before.state is not c.after.state else ""),
            Column("after", N_("After"), lambda c: say.state(c.after.state), paint=self._state_after, least=96,
                   extra=20, spoken=lambda c, look: look.words.state(c.after.state),
                   sort=lambda c: SEVERITY[c.after.state]),
            Column("id", N_("Id"), lambda c: c.limit.id, tone=lambda _c: "tx2"),
            Column("level", N_("Level"), lambda c: LEVEL_WORDS[level_of(c)], role="small", tone=lambda _c: "tx2",
                   sort=lambda c: tuple(LEVEL_WORDS).index(level_of(c))),
            Column("limit", N_("Limit"), lambda c: say.title(c.limit.title), stretch=True, least=150, most=300,
                   weight=_weight),
            Column("value_before", N_("Before"), lambda c: _value(c.before), number=True, digits=_digits),
            Column("value_after", N_("After"), lambda c: _value(c.after), number=True, digits=_digits, weight=_weight),
            Column("unit", N_("Unit"), lambda c: unit_word(c.after.worst or c.before.worst, self._look),
                   role="caption", tone=lambda _c: "tx3", least=62),
            Column("bar", N_("Limit in force = 100"), _use, width=bullet.WIDTH, paint=self._bar,
                   head_paint=bullet.paint_scale, spoken=self._spoken),
            Column("room", N_("Headroom\nafter, m"), _room, number=True, digits=1,
                   tone=lambda c: "t_soft" if isinstance(_room(c), Decimal) and _is_negative(_room(c)) else "tx"),
            Column("note", N_("Note"), self._note, role="small", tone=lambda _c: "tx2", leaves=1, most=280),
        )

    def _state_before(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        self._state(painter, cell, row.before, look, ground, 400)

    def _state_after(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        self._state(painter, cell, row.after, look, ground, _weight(row))

    @staticmethod
    def _state(painter: QPainter, cell: QRectF, one: LimitResult, look: Look, ground: str, weight: int) -> None:
        size, color = look.px(12), look.palette.word(one.state)
        left = cell.left() + look.px(6)
        draw(painter, shape_of(one.state), QRectF(left, cell.center().y() - size / 2, size, size), color,
             look.color(ground))
        painter.setFont(look.font("body", weight))
        painter.setPen(color if one.state.value != "ok" else look.color("tx2"))
        painter.drawText(QRectF(left + look.px(18), cell.top(), cell.width(), cell.height()), LEFT,
                         look.words.state(one.state))

    @staticmethod
    def _arrow(painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        del ground
        if row.before.state is row.after.state:
            return
        y, x, px = round(cell.center().y()) + 0.5, cell.center().x(), look.px
        painter.setPen(look.color("tx"))
        painter.drawLine(QPointF(x - px(5), y), QPointF(x + px(5), y))
        painter.drawLine(QPointF(x + px(2), y - px(3)), QPointF(x + px(5), y))
        painter.drawLine(QPointF(x + px(2), y + px(3)), QPointF(x + px(5), y))

    @staticmethod
    def _bar(painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        del ground
        bullet.paint_bullet(painter, cell, _bullet(row), look)

    @staticmethod
    def _spoken(row: Any, look: Look) -> str:
        unit = row.after.worst.part.unit if row.after.worst else ""
        return bullet.spoken(_bullet(row), look, unit)

    def _note(self, change: Change) -> str:
        return self._look.say(change.reason) if change.reason else ""


def _bullet(change: Change) -> bullet.Bullet:
    return bullet.bullet_of(change.after.worst, change.after.state, change.before.worst)


def _value(result: LimitResult) -> object:
    part = result.worst
    return "" if part is None else shown_value(part)


def _digits(change: Change) -> int:
    return limit_digits(change.after.worst or change.before.worst) + (
        1 if change.after.worst and change.after.worst.part.unit == "ratio" else 0)


def _room(change: Change) -> object:
    part = change.after.worst
    if part is None:
        return ""
    return None if part.headroom.usd is None else part.headroom.usd / MILLION


def _is_negative(value: object) -> bool:
    return isinstance(value, Decimal) and value < 0


def _use(change: Change) -> object:
    part = change.after.worst
    return part.utilisation if part else None


def _weight(change: Change) -> int:
    return 500 if change.before.state is not change.after.state or change.verdict is not Verdict.PASS else 400
