"""Limits: one row per limit, worst first; below, the clause, the trace of the measure and its history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.decimals import product
from sandyq.basics.errors import SandyqError
from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.result import SEVERITY, LimitResult, LimitsRun, PartResult, State
from sandyq.workstation.contract import LimitHistory
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment, StateWord, Words
from sandyq_desktop.explain import Answer, explained
from sandyq_desktop.figures import FigureTree
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import draw, shape_of
from sandyq_desktop.look import Look
from sandyq_desktop.palette import WORDS
from sandyq_desktop.scaling import BILLION, MILLION, limit_digits, shown_value, unit_word
from sandyq_desktop.tables import bullet
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

RANGES = (("1M", N_("1M")), ("3M", N_("3M")), ("1Y", N_("1Y")), ("All", N_("All")))
_RANGE_DAYS = {"1M": 31, "3M": 92, "1Y": 366}
_SAME = frozenset({State.OK, State.NOT_APPLICABLE, State.UPCOMING})


def ordered(run: LimitsRun) -> tuple[LimitResult, ...]:
    """Return the limits worst first, and by use inside a state."""
    return tuple(sorted(run.results, key=lambda r: (SEVERITY[r.state], -use(r), r.limit.id)))


def use(result: LimitResult) -> Decimal:
    part = result.worst
    return part.utilisation if part is not None and part.utilisation is not None else Decimal(-1)


class Rows:
    """How a limit is written in each column."""

    def __init__(self, context: ViewContext) -> None:
        self._context = context
        self._look = context.look

    def columns(self) -> tuple[Column, ...]:
        return (
            Column("state", N_("State"), lambda r: self._look.words.state(r.state), paint=self._state, stretch=False,
                   spoken=lambda r, look: look.words.state(r.state), least=96, sort=lambda r: (SEVERITY[r.state],),
                   width=0, weight=_weight, extra=18),
            Column("id", N_("Id"), lambda r: r.limit.id, tone=lambda _r: "tx2"),
            Column("limit", N_("Limit"), self._title, weight=lambda r: 500 if r.state not in _SAME else 400,
                   stretch=True, least=150, most=300),
            Column("scope", N_("Scope or worst"), self._scope, role="small", tone=lambda _r: "tx2", leaves=4, most=210,
                   stretch=True),
            Column("value", N_("Value"), lambda r: shown_value(r.worst), number=True,
                   digits=lambda r: limit_digits(r.worst), weight=lambda r: 500 if r.state not in _SAME else 400),
            Column("unit", N_("Unit"), lambda r: unit_word(r.worst, self._look), role="caption",
                   tone=lambda _r: "tx3"),
            Column("bar", N_("Limit in force = 100"), use, width=bullet.WIDTH, paint=self._bar,
                   head_paint=bullet.paint_scale, spoken=self._spoken),
            Column("use", N_("Use %"), self._use, number=True, digits=0),
            Column("usd", self._usd_title, self._usd, number=True, digits=1, tone=_negative),
            Column("shares", N_("Headroom\nshares"), lambda r: _headroom(r, "shares"), number=True, digits=0,
                   after=_headroom_symbol, tone=_negative, leaves=3),
            Column("move", N_("Coin\nmove %"), self._move, number=True, digits=1, sign=True, tone=_move_tone),
            Column("cure", N_("Cure"), self._cure, role="small", tone=lambda _r: "t_soft", leaves=2, most=160),
        )

    def _title(self, result: LimitResult) -> str:
        return self._look.words.title(result.limit.title)

    def _state(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        size, color = look.px(12), look.palette.word(row.state)
        left = cell.left() + look.px(6)
        draw(painter, shape_of(row.state), QRectF(left, cell.center().y() - size / 2, size, size), color,
             look.color(ground))
        painter.setFont(look.font("body", _weight(row)))
        painter.setPen(color if row.state is not State.OK else look.color("tx2"))
        painter.drawText(QRectF(left + look.px(18), cell.top(), cell.width(), cell.height()),
                         int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), look.words.state(row.state))

    def _bar(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        del ground
        bullet.paint_bullet(painter, cell, bullet.bullet_of(row.worst, row.state), look)

    @staticmethod
    def _spoken(row: Any, look: Look) -> str:
        unit = row.worst.part.unit if row.worst else ""
        return bullet.spoken(bullet.bullet_of(row.worst, row.state), look, unit)

    def _scope(self, result: LimitResult) -> str:
        part = result.worst
        if part is None:
            return self._look.say(result.note) if result.note else ""
        if part.state is State.UNKNOWN and part.findings:
            missing = next((f for f in part.findings if f.severity is Severity.ERROR), part.findings[0])
            return self._look.say(missing.text)
        if part.group:
            return part.group
        if part.denominator is not None and part.denominator_day is not None:
            amount = self._look.words.language.number(part.denominator / (MILLION * 1000), 1)
            return self._look.say(N_("{amount} bn, {day}", amount=amount, day=part.denominator_day))
        return self._look.words.title({"en": self._look.say(result.note)}) if result.note else ""

    def _use(self, result: LimitResult) -> object:
        part = result.worst
        if part is None or part.state in {State.NOT_APPLICABLE, State.UPCOMING}:
            return ""
        if part.part.direction == "min" and part.utilisation is not None:
            return self._look.say(N_("min"))
        return None if part.utilisation is None else part.utilisation * 100

    def _usd(self, result: LimitResult) -> object:
        usd = _headroom(result, "usd")
        if not isinstance(usd, Decimal) or self._context.currency == "USD":
            return usd / MILLION if isinstance(usd, Decimal) else usd
        rate = self._context.kzt_rate
        return None if rate is None else product(usd, rate) / BILLION

    def _usd_title(self) -> Text:
        return N_("Headroom\nUSD m") if self._context.currency == "USD" else N_("Headroom\nKZT bn")

    def _move(self, result: LimitResult) -> object:
        part = result.worst
        if part is None or part.state in {State.NOT_APPLICABLE, State.UPCOMING}:
            return ""
        if part.headroom.coin_move_beyond:
            return "> +100"
        return None if part.headroom.coin_move is None else part.headroom.coin_move * 100

    def _cure(self, result: LimitResult) -> str:
        if result.state not in {State.BREACH, State.SOFT_BREACH} or not result.limit.cure_days:
            return ""
        return self._look.say(N_("within {days} bd", days=result.limit.cure_days))


def _headroom(result: LimitResult, which: str) -> object:
    part = result.worst
    if part is None or part.state in {State.NOT_APPLICABLE, State.UPCOMING}:
        return ""
    found: object = getattr(part.headroom, which)
    return found


def _headroom_symbol(result: LimitResult) -> str:
    part = result.worst
    return part.headroom.symbol if part is not None and part.headroom.shares is not None else ""


def _weight(result: LimitResult) -> int:
    return 400 if result.state in _SAME else 600


def _negative(result: LimitResult) -> str:
    usd = result.worst.headroom.usd if result.worst else None
    return "t_soft" if usd is not None and usd < 0 else "tx"


def _move_tone(result: LimitResult) -> str:
    move = result.worst.headroom.coin_move if result.worst else None
    over = result.state in {State.BREACH, State.SOFT_BREACH}
    return "t_soft" if over and move is not None and move < 0 else "tx"


class FoldStrip(QWidget):
    """Under the table: what lies below the fold, and the legend of marks."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._text = look, ""

    def sizeHint(self) -> QSize:
        return QSize(200, self._look.px(23))

    def tell(self, text: str) -> None:
        self._text = text
        self.setFixedHeight(self._look.px(23))
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, painter = self._look, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.color("head"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), look.color("line2"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), look.color("line2"))
        font = look.font("caption")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        painter.setPen(look.color("tx2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        marks = (N_("warning"), N_("soft"), N_("hard"), N_("hard lies beyond the scale"), N_("minimum"))
        words = [look.say(mark) for mark in marks]
        x = self.width() - look.px(16) - sum(metrics.horizontalAdvance(w) + look.px(36) for w in words)
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, max(x - look.px(30), look.px(200)))
        painter.drawText(QRectF(look.px(16), 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignLeft | middle),
                         text)
        if x < look.px(230):
            return
        centre = self.height() / 2
        for place, word in enumerate(words):
            at = QPointF(x + look.px(14), centre)
            self._mark(painter, place, at)
            painter.setPen(look.color("tx2"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawText(QRectF(x + look.px(24), 0, 400, self.height()), int(Qt.AlignmentFlag.AlignLeft | middle),
                             word)
            x += metrics.horizontalAdvance(word) + look.px(36)

    def _mark(self, painter: QPainter, place: int, at: QPointF) -> None:
        look = self._look
        if place == 3:
            bullet.chevron(painter, at - QPointF(6, 0), look)
            return
        pens = (bullet.warn_pen(look), bullet.soft_pen(look), bullet.hard_pen(look), None, bullet.hard_pen(look))
        painter.setPen(pens[place] or bullet.hard_pen(look))
        painter.drawLine(at - QPointF(0, 6), at + QPointF(0, 6))
        if place == 4:
            bullet.flag(painter, at - QPointF(0, 6), look)


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
        self.table = Table(Rows(context).columns(), look, N_("Limits").template)
        self.fold = FoldStrip(look)
        self._head = Flow(margins=QMargins(16, 7, 16, 7))
        self._counts: list[StateWord] = []
        self._columns = Action(look, N_("Columns"))
        self._order = Action(look, N_("What-if order"))
        self._sheet = Action(look, N_("Daily sheet"))
        self.clause = QLabel()
        self._clause_source = Words(look, "", "caption", "tx3")
        self._facts = QLabel()
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
        for widget in (self._hint, self._columns, self._order, self._sheet):
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
        words = QWidget()
        words.setObjectName("panel")
        left = QVBoxLayout(words)
        left.setContentsMargins(0, 0, 0, 0)
        for widget in (self._captions[0], self.clause, self._clause_source, self._captions[2], self._facts):
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
        self._sheet.clicked.connect(lambda: self._context.run("report"))

    # ---- asking and showing

    def refresh(self) -> None:
        """Ask the limits of the present question."""
        self.restyle()
        question = self._context.question
        self._context.tasks.ask(lambda door: door.limits(question), self.show_run, key="limits")

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
        if part is not None:
            for name, mark in ((N_("warning"), part.part.warn), (N_("soft"), part.part.soft),
                               (N_("hard"), part.part.hard)):
                if mark is not None:
                    lines.append((words(name), self._amount(part, mark)))
        if limit.cure_days:
            lines.append((words(N_("Cure period")), words(N_("{days} bd", days=limit.cure_days))))
        lines.append((words(N_("Owner")), limit.owner or "—"))
        doubts = dict.fromkeys(words(f.text) for f in (*row.findings, *(part.findings if part else ())))
        lines.extend((words(N_("Finding")), doubt) for doubt in doubts)
        dim = self._context.palette.tx3
        self._facts.setText("<table cellspacing='0' cellpadding='1'>" + "".join(
            f"<tr><td style='color:{dim};padding-right:10px'>{name}</td><td>{value}</td></tr>" for name, value in lines)
            + "</table>")

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
        """Draw the history; the chart library is loaded here for the first time."""
        from sandyq_desktop.charts.limit_history import LimitHistoryChart
        from sandyq_desktop.charts.style import Style

        context = self._context
        style = Style.of(context.palette, context.fonts)
        if self._chart is None:
            self._chart = LimitHistoryChart(style, context.words.language)
            self._chart_place.addWidget(self._chart)
        chart = self._chart
        assert isinstance(chart, LimitHistoryChart)
        chart.restyle(style, context.words.language)
        chart.show_history(history)
        chart.setAccessibleName(context.words(N_("History: {limit}", limit=history.limit_id)))
        self._history = history
        self._history_note.tell(N_("Triangles: purchases. Shaded: breach open. Thresholds step with the mandate."))

    # ---- what the window asks of every view

    def explain(self) -> None:
        """Explain the chosen limit."""
        if self._chosen:
            self._context.explain(f"limits/{self._chosen}/value")

    def restyle(self) -> None:
        look = self._context.look
        for words in (self._title, self._hint, self._history_title, self._history_note, self._clause_source,
                      *self._captions):
            words.restyle()
        for action in (self._columns, self._order, self._sheet):
            action.restyle()
        self.ranges.restyle()
        self.clause.setFont(look.font("small"))
        self._facts.setFont(look.font("small"))
        self.table.restyle()
        if self._history is not None and self._chart is not None:
            self.show_history(self._history)
