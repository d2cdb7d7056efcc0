"""How a breach is written in each column of the register."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from sandyq.basics.text import N_, Text
from sandyq.limits.result import State
from sandyq.limits.why import CLASSES
from sandyq.workstation.breached import STEP_WORDS, Breach
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import LEFT
from sandyq_desktop.icons import Shape, draw, shape_of
from sandyq_desktop.look import Look
from sandyq_desktop.palette import WORDS
from sandyq_desktop.scaling import UNITS, scaled
from sandyq_desktop.tables.columns import Column

WAIVED: Final = N_("Breach, waived")
_OVER: Final = frozenset({State.BREACH, State.SOFT_BREACH})


def look_of(row: Breach, look: Look) -> tuple[Shape, str, str]:
    """Return shape, colour token and word of a breach's state. A waived one keeps the colour of what it waives."""
    if row.waiver is not None:
        return Shape.WAIVED, WORDS[row.state], look.say(WAIVED)
    if row.settled:
        return Shape.NOT_APPLICABLE, "tx3", look.say(N_("Closed"))
    if row.ended is not None:
        word = N_("Within again") if row.episode is not None else N_("No longer shown")
        return Shape.OK, "t_ok", look.say(word)
    return shape_of(row.state), WORDS[row.state], look.words.state(row.state)


def amount(value: Decimal | None, unit: str, look: Look, digits: int | None = None) -> str:
    """Return an amount of a limit's unit in words: per cent, millions, days, a count."""
    if value is None:
        return "—"
    shown = scaled(value, unit)
    places = digits if digits is not None else 3 if abs(shown) < 10 else 1
    word = "%" if unit == "ratio" else look.say(UNITS[unit]) if unit in UNITS else unit
    return f"{look.words.language.number(shown, places)} {word}"


def cure_words(row: Breach) -> Text | str:
    """Return the clock in words: days left and the day, or why there is none."""
    left = row.clock
    if not row.open or left.allowed is None:
        return ""
    if row.waiver is not None:
        return N_("waived to {day}", day=row.waiver.valid_to)
    if left.overdue:
        return N_("overdue since {day}", day=left.due)
    return N_("{n} bd · {day}", n=left.left, day=left.due)


class BreachRows:
    """The columns of the register."""

    def __init__(self, context: ViewContext) -> None:
        self._look = context.look

    def columns(self) -> tuple[Column, ...]:
        look = self._look
        return (
            Column("state", N_("State"), lambda r: look_of(r, look)[2], paint=self._paint, extra=20, least=112,
                   spoken=lambda r, shown: look_of(r, shown)[2]),
            Column("id", N_("Id"), lambda r: r.subject.limit, tone=lambda _r: "tx2"),
            Column("limit", N_("Limit"), self._title, stretch=True, least=130, most=300,
                   weight=lambda r: 500 if r.open else 400),
            Column("group", N_("Scope"), self._group, role="small", tone=lambda _r: "tx2", leaves=3, most=150),
            Column("first", N_("First day"), lambda r: r.first),
            Column("last", N_("Last day"), lambda r: r.last if r.ended is not None else N_("lasts")),
            Column("days", N_("Days"), lambda r: r.episode.days if r.episode else None, number=True, digits=0,
                   leaves=4),
            Column("class", N_("Class"), self._class, extra=12,
                   tone=lambda r: "tx" if r.confirmed else "tx2"),
            Column("excess", N_("Excess"), self._excess, number=True, weight=lambda r: 500 if r.open else 400),
            Column("cure", N_("Cure by"), cure_words, tone=_cure_tone),
            Column("step", N_("Life cycle"), lambda r: STEP_WORDS[r.step], leaves=1, tone=lambda _r: "tx2"),
            Column("owner", N_("Owner"), lambda r: r.owner, leaves=2, tone=lambda _r: "tx2", most=110),
        )

    def _paint(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        shape, token, word = look_of(row, look)
        size, left = look.px(12), cell.left() + look.px(6)
        draw(painter, shape, QRectF(left, cell.center().y() - size / 2, size, size), look.color(token),
             look.color(ground))
        painter.setFont(look.font("body", 600 if row.open else 400))
        painter.setPen(look.color(token))
        painter.drawText(QRectF(left + look.px(18), cell.top(), cell.width(), cell.height()), LEFT, word)

    def _title(self, row: Breach) -> str:
        return self._look.words.title(row.limit.title) if row.limit is not None else row.subject.limit

    def _group(self, row: Breach) -> str:
        if row.subject.group:
            return row.subject.group
        parts = row.limit.parts if row.limit is not None else ()
        return self._look.say(Text(row.part.title)) if row.part is not None and len(parts) > 1 else ""

    def _class(self, row: Breach) -> Text | str:
        if row.kind is None:
            return "—"
        return CLASSES[row.kind] if row.confirmed else N_("{kind}, proposed", kind=CLASSES[row.kind])

    def _excess(self, row: Breach) -> str:
        item = row.episode
        if item is None or row.part is None:
            return "—"
        return amount((item.latest if row.open else item.peak).excess, row.part.unit, self._look)


def _cure_tone(row: Breach) -> str:
    if row.clock.overdue and row.waiver is None:
        return "t_breach"
    return "t_soft" if row.open else "tx2"
