"""Gate and tranches: has the dust settled, each test with its value, the last year, plan against done, and the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.gate.machine import GateState
from sandyq_desktop.charts.canvas import ChartCanvas
from sandyq_desktop.charts.gate_strip import DwellBoxes, GateStrip
from sandyq_desktop.charts.style import Style
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import gate_plan
from sandyq_desktop.views.gate_facts import dwell_words, facts_of
from sandyq_desktop.views.gate_past import way_columns, window_columns
from sandyq_desktop.views.gate_state import STATES, GateWord, Shown, answer
from sandyq_desktop.views.gate_tests import test_columns

if TYPE_CHECKING:
    from sandyq.limits.tranche_plan import TrancheStanding

_YEAR = 366
_STATE_WIDTH = 330


class GateView(QWidget):
    """The view: now, the last year, plan against done, and the past; what cannot be computed never passes."""

    key = "gate"
    title = N_("Gate & tranches")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self._shown: Shown | None = None
        self._title = Words(look, N_("Gate & tranches"), "title")
        self._hint = Words(look, N_("A test without complete data fails. A day's verdict uses that day and earlier "
                                    "ones only."), "small", "tx2", elided=True)
        self.mode = Segment(look, N_("What to show below"), (("now", N_("Plan")), ("past", N_("Replay"))))
        self.mode.choose("now")
        self.mode.chosen.connect(self.show_mode)
        self.record, self.release, self.override = (Action(look, text) for text in (
            N_("Record the day"), N_("Release…"), N_("Override…")))
        self.word, self.boxes, self.strip = GateWord(look), DwellBoxes(look), GateStrip(look)
        self._sentence, self._count = Words(look, "", "small", "tx2"), Words(look, "", "body", weight=600)
        self._sentence.setWordWrap(True)
        self._facts = [(Words(look, "", "small", "tx2"), Words(look, "", "small")) for _ in range(7)]
        for _name, value in self._facts:
            value.setWordWrap(True)
        self.table = Table(test_columns(look), look, N_("Tests of the gate").template)
        self.plan = Table(gate_plan.plan_columns(look), look, N_("Tranche plan").template)
        self.overrides = Table(gate_plan.override_columns(), look, N_("Overrides of the gate").template)
        self.windows = Table(window_columns(), look, N_("Windows of the past").template)
        self.ways = Table(way_columns(look), look, N_("Ways of putting the money in").template)
        self.canvas = ChartCanvas(Style.of(context.palette, context.fonts), context.words.language,
                                  with_column=False, parent=self)
        self._lower = QStackedWidget()
        self._captions = {
            "year": Words(look, "", "head", weight=600, elided=True),
            "plan": Words(look, "", "head", weight=600, elided=True),
            "chart": Words(look, N_("Planned against done, USD m, purchases at cost"), "head", weight=600, elided=True),
            "overrides": Words(look, N_("Overrides of the shut gate"), "head", weight=600),
            "windows": Words(look, N_("When it was open before, and what followed"), "head", weight=600, elided=True),
            "ways": Words(look, N_("Compared; few independent episodes prove little"), "head", weight=600,
                          elided=True)}
        self._connect()
        self._build()

    def _connect(self) -> None:
        self.record.clicked.connect(lambda _c=False: gate_plan.record_day(self._context))
        self.release.clicked.connect(lambda _c=False: self._release())
        self.override.clicked.connect(lambda _c=False: self._override())
        self.plan.chosen.connect(lambda _row: self._enable())
        self._enable()

    # ---- what stands where

    def _build(self) -> None:
        look = self._context.look
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = Flow(margins=QMargins(16, 7, 16, 7))
        head.addWidget(self._title)
        head.space(4)
        head.eager(self._hint)
        for widget in (self.mode, self.record, self.release, self.override):
            head.addWidget(widget)
        box.addLayout(head)
        box.addWidget(Line(look))
        body = QWidget()
        body.setObjectName("view")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(body)
        box.addWidget(scrolled, 1)
        box = QVBoxLayout(body)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self._upper())
        box.addWidget(Line(look))
        year = QVBoxLayout()
        year.setContentsMargins(16, 8, 16, 4)
        year.addWidget(self._captions["year"])
        year.addWidget(self.strip)
        box.addLayout(year)
        box.addWidget(Line(look))
        self._lower.addWidget(self._side_by_side(self._planned(), _titled(self._captions["chart"], self.canvas), 6, 5))
        self._lower.addWidget(self._side_by_side(_titled(self._captions["windows"], self.windows),
                                                 _titled(self._captions["ways"], self.ways), 5, 5))
        self._lower.setMinimumHeight(look.px(240))
        self._lower.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        box.addWidget(self._lower, 1)

    def _upper(self) -> QHBoxLayout:
        look = self._context.look
        upper = QHBoxLayout()
        upper.setSpacing(0)
        state = QWidget()
        state.setFixedWidth(look.px(_STATE_WIDTH))
        left = QVBoxLayout(state)
        left.setContentsMargins(16, 10, 16, 8)
        left.setSpacing(6)
        for widget in (self.word, self._sentence, self._count, self.boxes):
            left.addWidget(widget)
        facts = QGridLayout()
        facts.setHorizontalSpacing(12)
        facts.setVerticalSpacing(2)
        facts.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._facts):
            facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(value, row, 1)
        left.addLayout(facts)
        left.addStretch(1)
        upper.addWidget(state)
        upper.addWidget(Line(look, upright=True))
        self.table.setMinimumHeight(look.px(8 * 23 + 40))
        upper.addWidget(self.table, 1)
        return upper

    def _planned(self) -> QWidget:
        holder = _titled(self._captions["plan"], self.plan)
        layout = holder.layout()
        assert layout is not None
        for widget in (self._captions["overrides"], self.overrides):
            layout.addWidget(widget)
            widget.hide()
        self.overrides.setFixedHeight(self._context.look.px(76))
        return holder

    def _side_by_side(self, left: QWidget, right: QWidget, *shares: int) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, shares[0])
        row.addWidget(Line(self._context.look, upright=True))
        row.addWidget(right, shares[1])
        return holder

    def show_mode(self, mode: str) -> None:
        """Show the plan or the replay of the past below the strip."""
        self.mode.choose(mode)
        self._lower.setCurrentIndex(1 if mode == "past" else 0)

    # ---- answers

    def refresh(self) -> None:
        """Ask for the gate on the day."""
        self.restyle()
        question = self._context.question
        self._context.tasks.ask(lambda door: answer(door, question), self.show_gate, key="gate", failed=self._failed)

    def _failed(self, error: SandyqError) -> None:
        self._shown = None
        for table in (self.table, self.plan, self.overrides, self.windows, self.ways):
            table.show_rows(())
        self.word.show_state(None)
        self._show_year(visible=False)
        self.canvas.hide()
        for key in ("plan", "year"):
            self._captions[key].tell("")
        self._sentence.tell(error.what)
        self._count.tell("")
        self._tell_facts([(error.remedy or "", "")])
        self._enable()

    def show_gate(self, shown: Shown) -> None:
        """Show the state, the tests, the year, the plan, and the past with its failures."""
        self._shown = shown
        gate, past = shown.gate, shown.past
        today, rule = gate.today, gate.rule
        self.windows.show_rows(tuple(reversed(past.windows)))
        self.ways.show_rows(past.ways)
        self.word.show_state(today.state)
        failing = [test.id for test, passed in zip(rule.tests, today.passed, strict=True)
                   if test.required and not passed]
        self._sentence.tell(N_("Required tests that fail: {tests}. The gate arms when all of them pass.",
                               tests=", ".join(failing)) if failing else STATES[today.state][3])
        self._count.tell(dwell_words(gate))
        self.boxes.show_count(today.dwell, rule.dwell, is_open=today.state is GateState.OPEN)
        self._tell_facts(list(facts_of(self._context, shown)))
        self.table.show_rows(tuple(zip(rule.tests, today.values, today.thresholds, today.passed,
                                       gate.known_from or [today.day] * len(rule.tests), strict=True)))
        self._show_year(visible=True)
        year = gate.days[-_YEAR:]
        self.strip.show_days(rule, year, shown.marks)
        self._captions["year"].tell(N_(
            "The last year, worked out now: each day by the data up to it. Recorded and kept as they were: {n} of "
            "{all} days", n=sum(1 for day in year if day.day in shown.kept), all=len(year)))
        self._show_plan(shown)
        self._enable()

    def _show_year(self, *, visible: bool) -> None:
        """Show what stands for days; nothing of an earlier answer stays where there is none."""
        for widget in (self.boxes, self.strip, self._captions["year"], self._captions["chart"]):
            widget.setVisible(visible)

    def _show_plan(self, shown: Shown) -> None:
        plan, number = shown.plan, self._context.words.language.number
        if plan is None or not plan.standings:
            self._captions["plan"].tell(N_("The mandate has no tranche plan."))
        else:
            self._captions["plan"].tell(N_("Tranche plan, USD m, total {total} of {maximum}",
                                           total=number(plan.planned / gate_plan.MILLION, 1),
                                           maximum=number(plan.maximum / gate_plan.MILLION, 1)))
        self.plan.show_rows(gate_plan.plan_rows(plan) if plan else ())
        overrides = plan.overrides if plan else ()
        self.overrides.show_rows(tuple(reversed(overrides)))
        for widget in (self._captions["overrides"], self.overrides):
            widget.setVisible(bool(overrides))
        self.canvas.setVisible(plan is not None and bool(plan.standings))
        self._captions["chart"].setVisible(plan is not None and bool(plan.standings))
        if plan is not None:
            chart = gate_plan.plan_chart(plan, shown.gate.today.day, self._context.words.language)
            self.canvas.show_chart(chart)
            if shown.gate.today.day in chart.days:
                self.canvas.move_to(chart.days.index(shown.gate.today.day))

    def _tell_facts(self, found: list[tuple[Text | str, Text | str]]) -> None:
        for place, (name, value) in enumerate(self._facts):
            told = found[place] if place < len(found) else ("", "")
            name.tell(told[0])
            value.tell(told[1])
            for widget, text in ((name, told[0]), (value, told[1])):
                widget.setVisible(bool(text))
        # Wrapped labels beside a table are given one line only; their height is asked for at the width that is theirs.
        whole = self._context.look.px(_STATE_WIDTH) - 2 * 16
        names = max((name.sizeHint().width() for name, _ in self._facts if name.text()), default=0)
        for label, room in ((self._sentence, whole), *((value, whole - 12 - names) for _name, value in self._facts)):
            label.setMinimumHeight(label.heightForWidth(max(room, 1)) if label.text() else 0)

    # ---- decisions

    def _enable(self) -> None:
        """Switch the buttons; the reason stands in the tooltip."""
        shown, past = self._shown, self._context.question.known_at is not None
        standing = self._chosen()
        reasons: dict[Action, Text | None] = {
            self.record: N_("The day is recorded; what was recorded stays.") if shown and shown.recorded else None,
            self.override: None if shown and shown.plan and shown.gate.in_mandate else N_("The mandate has no gate."),
            self.release: N_("The mandate has no tranche plan.") if standing is None
            else standing.reasons[0].text if standing.reasons else None}
        for action, reason in reasons.items():
            action.setEnabled(shown is not None and reason is None and not past)
            action.setToolTip(self._context.words(reason) if reason else "")

    def _chosen(self) -> TrancheStanding | None:
        """The chosen tranche, else the first one that is not done."""
        row = self.plan.current()
        if row is not None:
            found: TrancheStanding = row[0]
            return found
        plan = self._shown.plan if self._shown else None
        return gate_plan.first_open(plan) if plan else None

    def _release(self) -> None:
        standing = self._chosen()
        if standing is not None and self._shown and self._shown.plan:
            gate_plan.ask_release(self._context, self._shown.plan, standing, self)

    def _override(self) -> None:
        if self._shown and self._shown.plan:
            gate_plan.ask_override(self._context, self._shown.plan, self)

    def restyle(self) -> None:
        context = self._context
        for words in (self._title, self._hint, self._sentence, self._count, *self._captions.values(),
                      *(word for pair in self._facts for word in pair)):
            words.restyle()
        self.mode.restyle()
        for action in (self.record, self.release, self.override):
            action.restyle()
        for table in (self.table, self.plan, self.overrides, self.windows, self.ways):
            table.restyle()
        self.canvas.restyle(Style.of(context.palette, context.fonts), context.words.language)
        self.canvas.setAccessibleName(context.words(N_("Planned against done, USD m, purchases at cost")))
        for drawn in (self.word, self.boxes, self.strip):
            drawn.update()


def _titled(caption: QWidget, body: QWidget) -> QWidget:
    """Return a caption over a widget that takes the rest."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(10, 8, 0, 0)
    box.setSpacing(2)
    box.addWidget(caption)
    box.addWidget(body, 1)
    return holder
