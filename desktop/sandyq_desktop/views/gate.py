"""Gate: has the dust settled? Each test with its value, the dwell, the last year, and what the gate did in the past."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.gate.machine import GateState
from sandyq_desktop.charts.gate_strip import DwellBoxes, GateStrip
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Line, Words
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table

if TYPE_CHECKING:
    from sandyq.gate.replay import Replay
    from sandyq.workstation.contract import Question
    from sandyq.workstation.gating import Gate
    from sandyq.workstation.workstation import Workstation

_STATES: dict[GateState, tuple[Shape, str, Text, Text]] = {
    GateState.CLOSED: (Shape.BREACH, "t_soft", N_("Closed"), N_(
        "A required test fails. The gate arms when all of them pass.")),
    GateState.ARMED: (Shape.UPCOMING, "t_upcoming", N_("Armed"), N_(
        "All required tests pass. The gate opens when they have passed long enough; one failing day shuts it.")),
    GateState.OPEN: (Shape.OK, "t_ok", N_("Open"), N_(
        "All required tests have passed long enough. One failing day shuts the gate.")),
}
_YEAR = 366
_Test = tuple[Any, float | None, float | None, bool, date]


def _answer(station: Workstation, question: Question) -> tuple[Gate, Replay, frozenset[int]]:
    from sandyq.workstation.gating import replay_gate

    known = station.knowledge(question.known_at)
    bought = frozenset(row.trade_date.toordinal() for row in known.transactions if row.type.value == "buy")
    found, past = replay_gate(station, question)
    return found, past, bought


def _digits(test: Any) -> int:
    return {"days": 0, "count": 2, "ratio": 1}[test.criterion.unit]


def _scaled(test: Any, value: float | None) -> float | None:
    return None if value is None else value * 100 if test.criterion.unit == "ratio" else value


def _verdict(row: _Test, look: Look) -> str:
    if not row[0].required:
        return look.say(N_("informs"))
    if row[1] is None or row[2] is None:
        return look.say(N_("fails: no data"))
    return look.say(N_("passes") if row[3] else N_("fails"))


def _paint_verdict(painter: QPainter, cell: QRectF, row: _Test, look: Look, ground: str) -> None:
    shape, token = (Shape.OK, "t_ok") if row[3] else (Shape.BREACH, "t_soft")
    if row[1] is None or row[2] is None:
        shape, token = Shape.UNKNOWN, "t_unknown"
    if not row[0].required:
        shape, token = Shape.NOT_APPLICABLE, "t_na"
    size = look.px(12)
    draw(painter, shape, QRectF(cell.left() + look.px(6), cell.center().y() - size / 2, size, size), look.color(token),
         look.color(ground))
    painter.setFont(look.font("small"))
    painter.setPen(look.color(token))
    painter.drawText(cell.adjusted(look.px(24), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), _verdict(row, look))


def test_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the tests."""
    units: dict[str, Text | str] = {"ratio": "%", "days": N_("days"), "count": ""}
    return (
        Column("verdict", N_("Result"), lambda r: _verdict(r, look), width=128, paint=_paint_verdict,
               spoken=lambda r, _look: _verdict(r, look)),
        Column("id", N_("Test"), lambda r: r[0].id),
        Column("name", N_("Criterion"), lambda r: look.say(r[0].criterion.label), stretch=True, most=520),
        Column("value", N_("Value"), lambda r: _scaled(r[0], r[1]), number=True, digits=lambda r: _digits(r[0]),
               weight=lambda _r: 600),
        Column("threshold", N_("Threshold"), lambda r: _threshold(r, look), role="small"),
        Column("unit", N_("Unit"), lambda r: look.say(units[r[0].criterion.unit]), role="caption",
               tone=lambda _r: "tx3"),
        Column("known", N_("Day"), lambda r: r[4], role="small", tone=lambda _r: "tx2"),
    )


def _threshold(row: _Test, look: Look) -> str:
    value = _scaled(row[0], row[2])
    if value is None:
        return "—"
    sign = "≤" if row[0].criterion.direction == "max" else "≥"
    return f"{sign} {look.words.language.number(value, _digits(row[0]))}"


def window_columns() -> tuple[Column, ...]:
    """Return the columns of past windows: entry, and what followed it."""
    def after(number: int, name: str) -> Any:
        def get(row: Any) -> float | None:
            value = getattr(row.after[number], name)
            return None if value is None else 100 * value
        return get

    def tone(row: Any) -> str:
        worst = row.after[1].worst
        return "t_soft" if worst is not None and worst < -0.20 else "tx"

    return (
        Column("first", N_("Opened"), lambda r: r.first),
        Column("last", N_("Last open day"), lambda r: r.last),
        Column("price", N_("Price then"), lambda r: r.price, number=True, digits=0),
        Column("worst30", N_("Worst in 30 days, %"), after(0, "worst"), number=True, digits=1, sign=True),
        Column("end30", N_("After 30 days, %"), after(0, "end"), number=True, digits=1, sign=True),
        Column("worst90", N_("Worst in 90 days, %"), after(1, "worst"), number=True, digits=1, sign=True, tone=tone),
        Column("end90", N_("After 90 days, %"), after(1, "end"), number=True, digits=1, sign=True),
    )


def way_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns that compare ways of putting the money in."""
    names = {"first day of each window": N_("First day of each window"),
             "weekly inside open windows": N_("Weekly inside open windows"), "every open day": N_("Every open day"),
             "equal weekly instalments": N_("Equal weekly instalments"), "every day": N_("Any day")}
    return (
        Column("name", N_("Entry"), lambda r: look.say(names[r.name]), stretch=True),
        Column("entries", N_("Times entered"), lambda r: r.entries, number=True, digits=0),
        Column("episodes", N_("Independent episodes"), lambda r: r.episodes, number=True, digits=0),
        Column("fell", N_("Fell over 20 % in 90 days"), lambda r: r.fell, number=True, digits=0),
        Column("share", N_("Share, %"), lambda r: None if r.share_fell is None else 100 * r.share_fell, number=True,
               digits=1),
        Column("median", N_("Median after 90 days, %"),
               lambda r: None if r.median_return is None else 100 * r.median_return, number=True, digits=1, sign=True),
    )


class GateWord(QWidget):
    """The state as icon and word, the key figure of the view."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._state = look, GateState.CLOSED
        self.setFixedHeight(look.px(28))

    def show_state(self, state: GateState) -> None:
        self._state = state
        self.setAccessibleName(self._look.say(_STATES[state][2]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, look = QPainter(self), self._look
        shape, token, word, _ = _STATES[self._state]
        size = look.px(16)
        draw(painter, shape, QRectF(0, (self.height() - size) / 2, size, size), look.color(token),
             look.color("panel"))
        painter.setFont(look.font("verdict", 600))
        painter.setPen(look.color(token))
        painter.drawText(QRectF(look.px(24), 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignVCenter),
                         look.say(word))


class GateView(QWidget):
    """The view: now, the last year, and the past; a figure that cannot be computed never passes."""

    key = "gate"
    title = N_("Gate")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self._title = Words(look, N_("Gate"), "title")
        self._hint = Words(look, N_("A test without complete data fails. A day's verdict uses that day and earlier "
                                    "ones only."), "small", "tx2", elided=True)
        self.word, self.boxes, self.strip = GateWord(look), DwellBoxes(look), GateStrip(look)
        self._sentence, self._count = Words(look, "", "small", "tx2"), Words(look, "", "body", weight=600)
        self._sentence.setWordWrap(True)
        self._facts = Words(look, "", "small", "tx2")
        self._facts.setWordWrap(True)
        self.table = Table(test_columns(look), look, N_("Tests of the gate").template)
        self.windows = Table(window_columns(), look, N_("Windows of the past").template)
        self.ways = Table(way_columns(look), look, N_("Ways of putting the money in").template)
        self._captions = [
            Words(look, N_("The last year, as its own days knew it"), "head", weight=600),
            Words(look, N_("When it was open before, and what followed"), "head", weight=600),
            Words(look, N_("Compared; few independent episodes prove little"), "head",
                  weight=600)]
        self._build()

    def _build(self) -> None:
        look = self._context.look
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 7, 16, 7)
        head.addWidget(self._title)
        head.addSpacing(12)
        head.addWidget(self._hint, 1)
        box.addLayout(head)
        box.addWidget(Line(look))
        box.addLayout(self._upper())
        box.addWidget(Line(look))
        year = QVBoxLayout()
        year.setContentsMargins(16, 8, 16, 8)
        year.addWidget(self._captions[0])
        year.addWidget(self.strip)
        box.addLayout(year)
        box.addWidget(Line(look))
        past = QHBoxLayout()
        past.setSpacing(0)
        for caption, table, share in ((self._captions[1], self.windows, 5), (self._captions[2], self.ways, 5)):
            side = QVBoxLayout()
            side.setContentsMargins(10, 8, 0, 0)
            side.addWidget(caption)
            side.addWidget(table, 1)
            past.addLayout(side, share)
        box.addLayout(past, 1)

    def _upper(self) -> QHBoxLayout:
        look = self._context.look
        upper = QHBoxLayout()
        upper.setSpacing(0)
        state = QWidget()
        state.setFixedWidth(look.px(320))
        left = QVBoxLayout(state)
        left.setContentsMargins(16, 12, 16, 12)
        left.setSpacing(8)
        for widget in (self.word, self._sentence, self._count, self.boxes, self._facts):
            left.addWidget(widget)
        left.addStretch(1)
        upper.addWidget(state)
        upper.addWidget(Line(look, upright=True))
        self.table.setFixedHeight(look.px(8 * 23 + 40))
        upper.addWidget(self.table, 1)
        return upper

    def refresh(self) -> None:
        """Ask for the gate on the day."""
        self.restyle()
        question = self._context.question
        self._context.tasks.ask(lambda door: _answer(door, question), self.show_gate, key="gate", failed=self._failed)

    def _failed(self, error: SandyqError) -> None:
        self.table.show_rows(())
        self._sentence.tell(error.what)
        self._count.tell("")
        self._facts.tell(error.remedy or "")

    def show_gate(self, answer: tuple[Gate, Replay, frozenset[int]]) -> None:
        """Show the state, the tests, the year, and the past with its failures."""
        gate, past, bought = answer
        today, rule = gate.today, gate.rule
        self.windows.show_rows(tuple(reversed(past.windows)))
        self.ways.show_rows(past.ways)
        self.word.show_state(today.state)
        self._sentence.tell(_STATES[today.state][3])
        self._count.tell(N_("{n} of {of} days", n=min(today.dwell, rule.dwell), of=rule.dwell))
        self.boxes.show_count(today.dwell, rule.dwell, is_open=today.state is GateState.OPEN)
        self._facts.tell(self._about(gate))
        self.table.show_rows(tuple(zip(rule.tests, today.values, today.thresholds, today.passed,
                                       [today.day] * len(rule.tests), strict=True)))
        self.strip.show_days(rule, gate.days[-_YEAR:], bought)

    def _about(self, gate: Gate) -> Text:
        opened = next((day.day for day in reversed(gate.days) if day.state is GateState.OPEN), None)
        if not gate.in_mandate:
            return N_("The mandate has no gate: these are the usual tests, and no limit asks for them. Last open day: "
                      "{day}.", day=opened or "—")
        return N_("Last open day: {day}. It lapses after {n} days without a purchase.", day=opened or "—",
                  n=gate.rule.lapse)

    def restyle(self) -> None:
        for item in (self._title, self._hint, self._sentence, self._count, self._facts, *self._captions):
            item.restyle()
        for table in (self.table, self.windows, self.ways):
            table.restyle()
        for drawn in (self.word, self.boxes, self.strip):
            drawn.update()
