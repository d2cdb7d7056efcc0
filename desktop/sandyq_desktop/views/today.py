"""Today: the morning run. Seven steps, one key for the next; what was found, what moved, what comes, who decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QMargins, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.workstation.today import Morning, StepState
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import LEFT, Action, Line, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import Shape, draw, shape_of
from sandyq_desktop.look import Look
from sandyq_desktop.palette import WORDS
from sandyq_desktop.scaling import MILLION
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views.today_parts import Bridge, StepList

BILLION = Decimal(1_000_000_000)
_SEVERITY = {Severity.ERROR: (Shape.BREACH, "t_breach", N_("Error")),
             Severity.WARNING: (Shape.WARNING, "t_warn", N_("Warning")),
             Severity.INFO: (Shape.NOT_APPLICABLE, "t_na", N_("Note"))}


def finding_columns(look: Look) -> tuple[Column, ...]:
    def paint(painter: QPainter, cell: QRectF, row: Any, look_: Look, ground: str) -> None:
        shape, token, _ = _SEVERITY[row.finding.severity]
        size = look_.px(12)
        draw(painter, shape, QRectF(cell.left() + 6, cell.center().y() - size / 2, size, size), look_.color(token),
             look_.color(ground))

    def effect(row: Any) -> str:
        return ", ".join(row.effect) or look.say(N_("none"))

    return (
        Column("severity", "", lambda _r: "", paint=paint, width=26,
               spoken=lambda r, look_: look_.say(_SEVERITY[r.finding.severity][2])),
        Column("text", N_("What was found"), lambda r: r.finding.text, stretch=True, most=640),
        Column("effect", N_("Effect"), effect, role="small", tone=lambda _r: "tx2", most=110),
        Column("owner", N_("Owner"), lambda r: r.owner or None, role="small", tone=lambda _r: "tx2", most=150),
    )


def presence_columns(look: Look) -> tuple[Column, ...]:
    def value(row: Any) -> str:
        if row.value is not None:
            return look.words.language.number(row.value)
        if row.present is None:
            return "—"
        return str(row.present) if row.expected is None else look.say(
            N_("{n} of {all}", n=row.present, all=row.expected))

    def tone(row: Any) -> str:
        return "t_warn" if row.expected is not None and (row.present or 0) < row.expected else "tx"

    return (Column("name", N_("What"), lambda r: r.name),
            Column("note", N_("Measured by"), lambda r: r.note, role="small", tone=lambda _r: "tx2", stretch=True),
            Column("value", N_("Present"), value, number=True, tone=tone, weight=lambda _r: 500))


def moved_columns(look: Look, days: Callable[[], tuple[str, str]]) -> tuple[Column, ...]:
    del look

    def scale(row: Any) -> Decimal:
        return Decimal(1) if row.percent else MILLION if row.unit == "USD" else BILLION

    def shown(name: str) -> Callable[[Any], object]:
        def get(row: Any) -> object:
            value = getattr(row, name)
            return None if value is None else value / scale(row)
        return get

    def change(row: Any) -> object:
        return None if row.change is None else row.change if row.percent else row.change / scale(row)

    def unit(row: Any) -> Text | str:
        if row.percent:
            return N_("%, price in {currency}", currency=row.unit)
        return N_("USD m") if row.unit == "USD" else N_("KZT bn")

    def digits(row: Any) -> int:
        return 2 if row.percent else 3

    return (Column("label", N_("Figure"), lambda r: r.label, stretch=True, least=96),
            Column("new", lambda: days()[1], shown("new"), number=True, digits=digits, weight=lambda _r: 600),
            Column("old", lambda: days()[0], shown("old"), number=True, digits=digits, tone=lambda _r: "tx2", leaves=1),
            Column("change", N_("Change"), change, number=True, digits=digits, sign=True),
            Column("unit", N_("Unit"), unit, role="caption", tone=lambda _r: "tx3", most=140))


def limit_columns(look: Look) -> tuple[Column, ...]:
    def paint(painter: QPainter, cell: QRectF, row: Any, look_: Look, ground: str) -> None:
        before, after = row.state
        font = look_.font("small")
        painter.setFont(font)
        painter.setPen(look_.color("tx2"))
        first = f"{look_.words.state(before)} →"
        box = cell.adjusted(look_.px(6), 0, 0, 0)
        painter.drawText(box, LEFT, first)
        left = box.left() + QFontMetricsF(font).horizontalAdvance(first) + look_.px(7)
        size = look_.px(12)
        color = look_.color("tx2" if WORDS[after] == "t_ok" else WORDS[after])
        draw(painter, shape_of(after), QRectF(left, cell.center().y() - size / 2, size, size), color,
             look_.color(ground))
        painter.setPen(color)
        painter.drawText(QRectF(left + look_.px(17), cell.top(), cell.width(), cell.height()), LEFT,
                         look_.words.state(after))

    def state(row: Any) -> str:
        return f"{look.words.state(row.state[0])} → {look.words.state(row.state[1])}"

    return (Column("id", N_("Id"), lambda r: r.limit_id),
            Column("title", N_("Limits that changed state"), lambda r: look.words.title(r.title), stretch=True,
                   most=300),
            Column("state", N_("State"), state, role="small", paint=paint, spoken=lambda r, _l: state(r), extra=26))


def coming_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (Column("day", N_("Day"), lambda r: r.day, tone=lambda _r: "tx2"),
            Column("text", N_("What"), lambda r: r.text, stretch=True, most=420))


def waiting_columns(look: Look) -> tuple[Column, ...]:
    def may(row: Any) -> str:
        return look.say(row.why_not) if row.why_not is not None else look.say(N_("you may sign"))

    return (Column("reference", N_("Proposal"), lambda r: r.proposal.reference, tone=lambda _r: "tx2"),
            Column("subject", N_("What"), lambda r: r.proposal.subject, stretch=True, most=260),
            Column("may", N_("May it be you?"), may, role="small", most=230,
                   tone=lambda r: "tx2" if r.why_not is not None else "acc"))


class TodayView(QWidget):
    """The view; one answer of the worker fills all of it."""

    key = "today"
    title = N_("Today")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self.morning: Morning | None = None
        self._title = Words(look, N_("Today"), "title")
        self._hint = Words(look, "", "small", "tx2", elided=True)
        self.go_on = Action(look, N_("Next step"), main=True)
        self.steps = StepList(look)
        self.bridge = Bridge(look)
        self._bridge_note = Words(look, N_("Parts sum to the change; the axis does not start at zero."), "caption",
                                  "tx3", elided=True)
        self.findings = Table(finding_columns(look), look, N_("Findings").template)
        self.complete = Table(presence_columns(look), look, N_("Completeness").template)
        self.moved = Table(moved_columns(look, self._days), look, N_("What changed").template)
        self.limits = Table(limit_columns(look), look, N_("Limits that changed state").template)
        self.coming = Table(coming_columns(look), look, N_("Coming up").template)
        self.waiting = Table(waiting_columns(look), look, N_("Waiting for a second person").template)
        self._captions: list[Words] = []
        self._notes: dict[str, Words] = {}
        self.table = self.findings
        self._build()
        self.go_on.clicked.connect(self.next_step)
        self.steps.wanted.connect(self.run_step)
        self.waiting.grid.doubleClicked.connect(lambda _i: self._decide())

    # ---- building

    def _build(self) -> None:
        look = self._context.look
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = Flow(margins=QMargins(16, 7, 16, 7))
        head.addWidget(self._title)
        head.eager(self._hint)
        head.addWidget(self.go_on)
        box.addLayout(head)
        box.addWidget(Line(look))
        right = self._column((("findings", N_("Findings"), self.findings, 1),
                              ("complete", N_("Completeness"), self.complete, 1)))
        steps = QScrollArea()
        steps.setWidget(self.steps)
        steps.setWidgetResizable(True)
        steps.setFrameShape(QFrame.Shape.NoFrame)
        steps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        steps.setAccessibleName(look.say(N_("Steps of the morning")))
        upper = self._split(Qt.Orientation.Horizontal, (steps, right), (900, 552))
        left = self._column((("moved", N_("What changed"), self.moved, 3), ("", None, self.limits, 1)))
        middle = self._bridge_column()
        last = self._column((("coming", N_("Coming up"), self.coming, 1),
                             ("waiting", N_("Waiting for a second person"), self.waiting, 1)))
        lower = self._split(Qt.Orientation.Horizontal, (left, middle, last), (520, 470, 462))
        whole = self._split(Qt.Orientation.Vertical, (upper, lower), (394, 480))
        box.addWidget(whole, 1)

    @staticmethod
    def _split(way: Qt.Orientation, parts: Sequence[QWidget], sizes: Sequence[int]) -> QSplitter:
        splitter = QSplitter(way)
        splitter.setHandleWidth(2)
        splitter.setChildrenCollapsible(False)
        for place, (part, size) in enumerate(zip(parts, sizes, strict=True)):
            splitter.addWidget(part)
            splitter.setStretchFactor(place, size)
        splitter.setSizes(list(sizes))
        return splitter

    def _caption(self, key: str, text: Text) -> Flow:
        look = self._context.look
        line = Flow(margins=QMargins(16, 5, 12, 1), high=20)
        words = Words(look, text, "body", weight=600)
        note = Words(look, "", "small", "tx2", elided=True)
        self._captions.append(words)
        self._notes[key] = note
        line.addWidget(words)
        line.eager(note)
        return line

    def _column(self, parts: Sequence[tuple[str, Text | None, Table, int]]) -> QWidget:
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(2)
        for key, text, table, stretch in parts:
            if text is not None:
                rows.addLayout(self._caption(key, text))
            inner = QVBoxLayout()
            inner.setContentsMargins(10, 0, 0, 0)
            inner.addWidget(table)
            rows.addLayout(inner, stretch)
        return column

    def _bridge_column(self) -> QWidget:
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 4, 0, 6)
        rows.addLayout(self._caption("bridge", N_("Why the value moved")))
        inner = QVBoxLayout()
        inner.setContentsMargins(16, 4, 8, 0)
        inner.addWidget(self.bridge, 1)
        inner.addWidget(self._bridge_note)
        rows.addLayout(inner, 1)
        return column

    # ---- asking and showing

    def refresh(self) -> None:
        """Ask for the morning of the day in force."""
        self.restyle()
        question = self._context.question
        self._context.tasks.ask(lambda door: door.today.morning(question), self.show_morning, key="morning")

    def show_morning(self, found: Morning) -> None:
        self.morning = found
        self.steps.show_steps(found.steps)
        self.findings.show_rows(found.doubts)
        self.complete.show_rows(found.complete)
        self.moved.show_rows(found.moved)
        self.limits.show_rows(found.limits)
        self.coming.show_rows(found.coming)
        self.waiting.show_rows(found.waiting)
        self.bridge.show_parts(found.bridge)
        self._say(found)

    def _say(self, found: Morning) -> None:
        self._hint.tell(N_("Morning run for {day}. Steps done: {done} of {all}.", day=found.as_of, done=found.done,
                           all=len(found.steps)))
        step = found.next
        self.go_on.setVisible(step is not None)
        if step is not None:
            words = self._context.words
            self.go_on.tell(f"{words(N_('Next step: {step}', step=words(step.title)))}   F9")
        past = self._context.question.known_at is not None
        self.go_on.setEnabled(not past)
        notes = self._notes
        notes["findings"].tell(N_("Open: {n}", n=len(found.doubts)) if found.doubts else N_("None open"))
        notes["moved"].tell(N_("since the last signed day") if found.since_signed else
                            N_("since the day before; no earlier day is signed"))
        notes["bridge"].tell(N_("USD m"))
        notes["coming"].tell(N_("next 45 days") if found.coming else N_("nothing in the next 45 days"))
        notes["waiting"].tell(N_("double click shows it") if found.waiting else N_("nothing"))
        self.limits.setVisible(bool(found.limits))
        self.coming.setVisible(bool(found.coming))
        self.waiting.setVisible(bool(found.waiting))

    def _days(self) -> tuple[str, str]:
        found, date_of = self.morning, self._context.words.language.date
        if found is None:
            return "", ""
        return (date_of(found.since) if found.since else ""), date_of(found.as_of)

    # ---- doing

    def next_step(self) -> None:
        """Run the step that is next."""
        step = self.morning.next if self.morning else None
        if step is not None:
            self.run_step(step.id)

    def run_step(self, identity: str) -> None:
        """Go where a step is done, or ask for the signature that it needs."""
        context, found = self._context, self.morning
        past = context.question.known_at is not None
        if identity == "valuation" and not past and self._is(identity, StepState.NEXT):
            acts.close_day(context, self)
        elif identity == "sign" and not past and found is not None:
            if found.signing is not None:
                acts.ask_decision(context, found.signing.reference, self)
            else:
                context.go("journal/closed")
        elif identity == "files" and not past and self._is(identity, StepState.NEXT):
            context.run("import")
        elif identity == "report" and not past:
            context.run("report")
        else:
            places = {"files": "data/import", "findings": "data/completeness", "reconciliation": "data/reconciliation",
                      "valuation": "holdings", "limits": "limits"}
            context.go(places.get(identity, "journal/closed"))

    def _is(self, identity: str, state: StepState) -> bool:
        return self.morning is not None and any(s.id == identity and s.state is state for s in self.morning.steps)

    def _decide(self) -> None:
        row = self.waiting.current()
        if row is not None:
            acts.ask_decision(self._context, row.proposal.reference, self)

    def restyle(self) -> None:
        for words in (self._title, self._hint, self._bridge_note, *self._captions, *self._notes.values()):
            words.restyle()
        self.go_on.restyle()
        self.steps.restyle()
        for table in (self.findings, self.complete, self.moved, self.limits, self.coming, self.waiting):
            table.restyle()
        if self.morning is not None:
            self._say(self.morning)
            self.bridge.show_parts(self.morning.bridge)
