"""Limits: one row per limit, worst first; below, the clause, the trace of the measure and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.limits.result import LimitResult, LimitsRun, PartResult, State
from sandyq.limits.why import CLASSES
from sandyq.workstation.breached import STEP_WORDS, Breach
from sandyq.workstation.contract import LimitHistory
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment, StateWord, Words
from sandyq_desktop.explain import Answer, explained
from sandyq_desktop.figures import FigureTree
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import shape_of
from sandyq_desktop.palette import WORDS
from sandyq_desktop.scaling import MILLION, unit_word
from sandyq_desktop.tables.fold import FoldStrip
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.breach_parts import CureClock
from sandyq_desktop.views.breach_rows import cure_words
from sandyq_desktop.views.limit_outlook import OutlookBox
from sandyq_desktop.views.limit_rows import Rows, ordered

if TYPE_CHECKING:
    from sandyq.limits.early_warning import EarlyWarning
    from sandyq.workstation.workstation import Workstation

RANGES = (("1M", N_("1M")), ("3M", N_("3M")), ("1Y", N_("1Y")), ("All", N_("All")))
_RANGE_DAYS = {"1M": 31, "3M": 92, "1Y": 366}


class LimitsView(QWidget):
    """The view; asks one limits run, and for the chosen row its tree and history."""

    key = "limits"
    title = N_("Limits")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self._run: LimitsRun | None = None
        self._chosen = ""
        self._history: LimitHistory | None = None
        self._rows = Rows(context)
        self.table = Table(self._rows.columns(), look, N_("Limits").template)
        self.fold = FoldStrip(look)
        self._head = Flow(margins=QMargins(16, 7, 16, 7))
        self._counts: list[StateWord] = []
        self._columns = Action(look, N_("Columns"))
        self._order = Action(look, N_("What-if order"))
        self._mandate = Action(look, N_("Draft a version"))
        self._sheet = Action(look, N_("Daily sheet"))
        self.clause = QLabel()
        self._clause_source = Words(look, "", "caption", "tx3")
        self._facts = QLabel()
        self.clock = CureClock(look)
        self.clock.hide()
        self.outlook = OutlookBox(look)
        self._early: EarlyWarning | Text | None = None
        self.trace = FigureTree(look, N_("Trace of the measure").template, compact=True)
        self.ranges = Segment(look, N_("Range"), RANGES)
        self._history_title = Words(look, "", "head", weight=600)
        self._history_note = Words(look, "", "caption", "tx3", elided=True)
        self._chart: QWidget | None = None
        self._chart_place = QVBoxLayout()
        self._captions = [Words(look, N_("Clause"), "head", weight=600),
                          Words(look, N_("Trace of the measure"), "head", weight=600),
                          Words(look, N_("What it means"), "head", weight=600)]
        self._title = Words(look, N_("Limits"), "title")
        self._hint = Words(look, N_("Sort: state, then use"), "small", "tx3")
        self._build()
        self._connect()

    # ---- building

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._head.addWidget(self._title)
        self._head.spring()
        for widget in (self._hint, self._columns, self._mandate, self._order, self._sheet):
            self._head.addWidget(widget)
        box.addLayout(self._head)
        box.addWidget(Line(self._context.look))
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(10, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(self.table, 1)
        over = QWidget()
        rows = QVBoxLayout(over)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(upper, 1)
        rows.addWidget(self.fold)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setHandleWidth(2)
        splitter.addWidget(over)
        splitter.addWidget(self._lower())
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([560, 306])
        splitter.setChildrenCollapsible(False)
        box.addWidget(splitter, 1)

    def _lower(self) -> QWidget:
        look = self._context.look
        lower = QWidget()
        row = QHBoxLayout(lower)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        self.clause.setWordWrap(True)
        self._facts.setWordWrap(True)
        self._clause_source.setWordWrap(True)
        self._facts.setTextFormat(Qt.TextFormat.RichText)
        for label in (self.clause, self._clause_source, self._facts):
            label.setMinimumWidth(1)  # a label's own least width would push the others under the edge
        words = QWidget()
        words.setObjectName("panel")
        left = QVBoxLayout(words)
        left.setContentsMargins(0, 0, 0, 0)
        for widget in (self._captions[0], self.clause, self._clause_source, self._captions[2], self._facts, self.clock):
            left.addWidget(widget)
        left.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(words)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle = QVBoxLayout()
        middle.addWidget(self._captions[1])
        middle.addWidget(self.trace, 1)
        middle.addWidget(self.outlook)
        right = QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(self._history_title)
        head.addStretch(1)
        head.addWidget(self.ranges)
        right.addLayout(head)
        right.addLayout(self._chart_place, 1)
        right.addWidget(self._history_note)
        row.addWidget(scroll, 10)
        row.addWidget(Line(look, upright=True))
        row.addLayout(middle, 13)
        row.addWidget(Line(look, upright=True))
        row.addLayout(right, 19)
        lower.setMinimumHeight(look.px(170))
        return lower

    def _connect(self) -> None:
        self.ranges.choose("3M")
        self.ranges.chosen.connect(lambda _key: self._ask_history())
        self.table.chosen.connect(self._choose)
        self.table.hidden_changed.connect(self._say_hidden)
        self.table.grid.verticalScrollBar().valueChanged.connect(lambda _v: self._say_fold())
        self.table.grid.resized.connect(self._say_fold)
        self.table.grid.doubleClicked.connect(lambda _i: self.explain())
        self._columns.clicked.connect(lambda: self.table.columns_menu(self).popup(
            self._columns.mapToGlobal(self._columns.rect().bottomLeft())))
        self._order.clicked.connect(lambda: self._context.go("orders"))
        self._mandate.clicked.connect(lambda: self._context.run("mandate"))
        self._sheet.clicked.connect(lambda: self._context.run("report"))

    # ---- asking and showing

    def refresh(self) -> None:
        """Ask the limits of the present question."""
        self.restyle()
        question = self._context.question
        self._rows.series, self._early = {}, None
        self._context.tasks.ask(lambda door: door.limits(question), self.show_run, key="limits")
        self._context.tasks.ask(lambda door: door.limits_series(question), self.show_series, key="limits-series",
                                slow=True)
        self._context.tasks.ask(lambda door: door.risk.early_warning(question), self.show_early, key="limits-early",
                                failed=lambda error: self.show_early(error.what), slow=True)
        self._context.tasks.ask(lambda door: door.breaches.standing(question), self.show_breaches,
                                key="limits-breaches", failed=lambda _error: None)

    def show_breaches(self, standing: Sequence[Breach]) -> None:
        """Write the clocks of open breaches beside their limits; the one that began last speaks for its limit."""
        self._rows.breaches = {one.subject.limit: one for one in standing}
        if self._run is not None:
            self.show_run(self._run)

    def show_early(self, found: EarlyWarning | Text) -> None:
        """Tell how near the chosen limit is, or why that is not known."""
        self._early = found
        if self._chosen:
            self.outlook.show_limit(found, self._chosen)

    def show_series(self, series: Mapping[str, Sequence[float | None]]) -> None:
        """Draw the small lines and write the changes since the day before."""
        self._rows.series = series
        if self._run is not None:
            self.show_run(self._run)

    def show_run(self, run: LimitsRun) -> None:
        self._run = run
        rows = ordered(run)
        self.table.show_rows(rows)
        self._show_counts(run)
        self._say_fold()
        if self._chosen and self.table.choose(lambda row: row.limit.id == self._chosen):
            self._choose(self.table.current(), again=True)

    def _show_counts(self, run: LimitsRun) -> None:
        for old in self._counts:
            self._head.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._counts = []
        words = self._context.words
        for state, count in run.counts().items():
            if count:
                token = "tx2" if state is State.OK else WORDS[state]
                word = StateWord(self._context.look, shape_of(state), token, words.count(state, count), weight=500)
                self._counts.append(word)
                self._head.insert(len(self._counts), word)
                word.show()

    def _say_hidden(self, hidden: int) -> None:
        self._columns.tell(N_("Columns: {n} hidden", n=hidden) if hidden else N_("Columns"))

    def _say_fold(self) -> None:
        rows, below = self.table.model.shown, self.table.below_fold()
        words = self._context.words
        counts = [words.count(state, n) for state in State if (n := sum(1 for r in below if r.state is state))]
        text = words(N_("Shown: {shown} of {all}.", shown=len(rows) - len(below), all=len(rows)))
        if counts:
            text += " " + words(N_("Below: {counts}.", counts=", ".join(counts)))
        self.fold.tell(text)

    def _choose(self, row: object, *, again: bool = False) -> None:
        if not isinstance(row, LimitResult) or (row.limit.id == self._chosen and not again):
            return
        self._chosen = row.limit.id
        self._show_words(row)
        self.outlook.show_limit(self._early, self._chosen)
        question, key = self._context.question, f"limits/{row.limit.id}/value"
        self.trace.show_figure(None, {})
        self._context.tasks.ask(lambda door: explained(door, question, key), self._show_trace, key="limit-trace",
                                failed=lambda _error: self.trace.show_figure(None, {}))
        self._ask_history()

    def _show_trace(self, answer: Answer) -> None:
        self.trace.show_figure(*answer)

    def _show_words(self, row: LimitResult) -> None:
        words, limit = self._context.words, row.limit
        self.clause.setText(f"“{limit.clause}”" if words.code == "en" else f"«{limit.clause}»")
        self._clause_source.tell(words(N_("Mandate {version}, section {section}, {document}, in force from {day}",
                                          version=limit.version, section=limit.section or "—",
                                          document=limit.document, day=limit.valid_from)))
        part = row.worst
        lines: list[tuple[str, str]] = [(words(N_("State")), words.state(row.state))]
        if part is not None and part.excess is not None:
            lines.append((words(N_("Excess")), self._amount(part, part.excess)))
        if part is not None and part.excess_usd is not None:
            million = words.language.number(part.excess_usd / MILLION, 3)
            lines.append((words(N_("Excess in USD m")), million))
        breach = self._rows.breaches.get(limit.id)
        self.clock.show_breach(breach)
        if breach is not None:
            lines += self._breach_lines(breach)
        if part is not None:
            for name, mark in ((N_("warning"), part.part.warn), (N_("soft"), part.part.soft),
                               (N_("hard"), part.part.hard)):
                if mark is not None:
                    lines.append((words(name), self._amount(part, mark)))
        if breach is None and limit.cure_days:
            lines.append((words(N_("Cure period")), words(N_("{days} bd", days=limit.cure_days))))
        lines.append((words(N_("Owner")), limit.owner or "—"))
        doubts = dict.fromkeys(words(f.text) for f in (*row.findings, *(part.findings if part else ())))
        lines.extend((words(N_("Finding")), doubt) for doubt in doubts)
        dim = self._context.palette.tx3
        self._facts.setText("<table cellspacing='0' cellpadding='1'>" + "".join(
            f"<tr><td style='color:{dim};padding-right:10px'>{name}</td><td>{value}</td></tr>" for name, value in lines)
            + "</table>")

    def _breach_lines(self, breach: Breach) -> list[tuple[str, str]]:
        words = self._context.words
        lines = [(words(N_("In the register")), breach.reference)]
        if breach.kind is not None:
            kind = words(CLASSES[breach.kind])
            lines.append((words(N_("Class")), kind if breach.confirmed else words(N_("{kind}, proposed", kind=kind))))
        lines.append((words(N_("Life cycle")), words(STEP_WORDS[breach.step])))
        if cure := words(cure_words(breach)):
            lines.append((words(N_("Cure by")), cure))
        lowest = breach.part is not None and breach.part.direction == "min"
        lines.append((words(N_("Until cured")), words(
            N_("sales that lower it are refused, purchases pass") if lowest else
            N_("purchases that raise it are refused, sales pass"))))
        if breach.linked:
            lines.append((words(N_("Linked")), breach.linked))
        return lines

    def _amount(self, part: PartResult, amount: Decimal) -> str:
        number = self._context.words.language.number
        unit = unit_word(part, self._context.look)
        scaled = amount * 100 if part.part.unit == "ratio" else amount
        scaled = amount / MILLION if part.part.unit == "USD" else scaled
        return f"{number(scaled, None if scaled == scaled.quantize(Decimal('0.0001')) else 4)} {unit}"

    # ---- history

    def _ask_history(self) -> None:
        if not self._chosen:
            return
        question, limit_id, report = self._context.question, self._chosen, self._context.tasks.report
        days = _RANGE_DAYS.get(self.ranges.value())

        def work(door: Workstation) -> LimitHistory:
            first = door.first_day()
            if days is not None:
                first = max(first, date.fromordinal(question.as_of.toordinal() - days))
            return door.limit_history(question, limit_id, first, report)

        self._history_title.tell(self._context.words(N_("History: {limit}", limit=limit_id)))
        self._context.tasks.ask(work, self.show_history, key="limit-history", slow=True, failed=self._no_history)

    def _no_history(self, error: SandyqError) -> None:
        self._history_note.tell(error.what)

    def show_history(self, history: LimitHistory) -> None:
        """Draw the history at once; the names of its shaded times come from the register, and later."""
        self._draw_history(history)
        if history.breaches and history.days:
            question, report = self._context.question, self._context.tasks.report
            self._context.tasks.ask(
                lambda door: door.breaches.of_limit(question, history.limit_id, history.days[0], report),
                lambda found: self.name_breaches(history, found), key="limit-references", slow=True,
                failed=lambda _error: None)

    def name_breaches(self, history: LimitHistory, found: Sequence[Breach]) -> None:
        """Write the references over the shaded times of a history that is still the one shown."""
        from sandyq_desktop.charts.limit_history import LimitHistoryChart

        if history is self._history and isinstance(self._chart, LimitHistoryChart):
            self._chart.name_breaches(found)

    def _draw_history(self, history: LimitHistory) -> None:
        # The chart library is loaded here for the first time.
        from sandyq_desktop.charts.limit_history import LimitHistoryChart
        from sandyq_desktop.charts.style import Style

        context = self._context
        style = Style.of(context.palette, context.fonts)
        if self._chart is None:
            self._chart = LimitHistoryChart(style, context.words.language)
            self._chart.breach_wanted.connect(lambda reference: self._context.go(f"breaches/{reference}"))
            self._chart_place.addWidget(self._chart)
        chart = self._chart
        assert isinstance(chart, LimitHistoryChart)
        chart.restyle(style, context.words.language)
        chart.show_history(history)
        chart.setAccessibleName(context.words(N_("History: {limit}", limit=history.limit_id)))
        self._history = history
        self._history_note.tell(N_("Triangles: purchases. Shaded: breach open, a click shows it in the register. "
                                   "Thresholds step with the mandate."))

    # ---- what the window asks of every view

    @property
    def chosen_limit(self) -> str:
        """The id of the chosen limit, empty when none is."""
        return self._chosen

    def explain(self) -> None:
        """Explain the chosen limit."""
        if self._chosen:
            self._context.explain(f"limits/{self._chosen}/value")

    def restyle(self) -> None:
        look = self._context.look
        for words in (self._title, self._hint, self._history_title, self._history_note, self._clause_source,
                      *self._captions):
            words.restyle()
        for action in (self._columns, self._mandate, self._order, self._sheet):
            action.restyle()
        self.ranges.restyle()
        self.outlook.restyle()
        self.clause.setFont(look.font("small"))
        self._facts.setFont(look.font("small"))
        self.table.restyle()
        if self._history is not None and self._chart is not None:
            self._draw_history(self._history)
