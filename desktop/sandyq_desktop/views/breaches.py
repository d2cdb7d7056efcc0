"""Breaches: the register; below, the life of the chosen one, its clock, what may be traded, and why it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.limits.why import CLASSES
from sandyq.workstation.breached import STEP_WORDS, Breach, Register, Step
from sandyq_desktop.charts.waterfall import Waterfall
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment, StateWord, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import Shape
from sandyq_desktop.scaling import MILLION
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import breach_acts
from sandyq_desktop.views.breach_parts import CureClock, Life, bridge_of
from sandyq_desktop.views.breach_rows import BreachRows, amount, cure_words

if TYPE_CHECKING:
    from decimal import Decimal

    from sandyq.limits.result import PartResult
    from sandyq.limits.why import Why
    from sandyq.workstation.contract import Question
    from sandyq.workstation.workstation import Workstation


SPANS: Final = (("day", N_("Its first day")), ("month", N_("1M")), ("quarter", N_("3M")), ("year", N_("1Y")))
"""How far back the causes are asked for: from the last day within, or from so long before the first day beyond."""
_BACK: Final = {"month": 31, "quarter": 92, "year": 366}


@dataclass(frozen=True, slots=True)
class Detail:
    """What the lower pane shows of one breach. `start` is the day from which its causes are counted."""

    breach: Breach
    start: date | None
    why: Why | None
    impact: Decimal | None
    part: PartResult | None
    waiting: bool = False
    """The causes are being worked out."""


def detail(door: Workstation, question: Question, breach: Breach, span: str) -> Detail:
    """Ask why a breach began, what it brought or cost, and how the part stands today."""
    back = _BACK.get(span)
    start = door.breaches.day_before(question, breach) if back is None else max(
        breach.first - timedelta(days=back), door.first_day(question.known_at))
    found = None
    if start is not None and breach.episode is not None and start < breach.first:
        found = door.breaches.why(question, breach.subject, start, breach.first)
    result = door.limits(question).by_id(breach.subject.limit)
    part = result.parts[breach.subject.part] if result and breach.subject.part < len(result.parts) else None
    return Detail(breach, start, found, door.breaches.impact(question, breach), part)


class BreachesView(QWidget):
    """The view; asks the register, and for the chosen breach its causes."""

    key = "breaches"
    title = N_("Breaches")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self._register: Register | None = None
        self._chosen = ""
        self._shown: Detail | None = None
        self._title = Words(look, N_("Breaches"), "title")
        self._counts: list[StateWord] = []
        self._head = Flow(margins=QMargins(16, 7, 16, 7))
        self.table = Table(BreachRows(context).columns(), look, N_("Breaches").template)
        self.next, self.again = Action(look, N_("Next step…"), main=True), Action(look, N_("Classify again…"))
        self.waive, self.run = Action(look, N_("Waive…")), Action(look, N_("Run the limits"))
        self.life, self.clock, self.waterfall = Life(look), CureClock(look), Waterfall(look)
        self._name = Words(look, "", "head", weight=600)
        self._empty = Words(look, "", "small", "tx2", elided=True)
        self._facts = QLabel()
        self._why_title = Words(look, N_("Why it was breached"), "head", weight=600)
        self._why_note = Words(look, "", "caption", "tx3")
        self.spans = Segment(look, N_("Causes since"), SPANS)
        self._build()
        self._connect()

    # ---- building

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._head.addWidget(self._title)
        self._head.eager(self._empty)
        for action in (self.next, self.again, self.waive, self.run):
            self._head.addWidget(action)
        box.addLayout(self._head)
        box.addWidget(Line(self._context.look))
        upper = QWidget()
        rows = QVBoxLayout(upper)
        rows.setContentsMargins(10, 0, 0, 0)
        rows.addWidget(self.table)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setHandleWidth(2)
        splitter.addWidget(upper)
        self._beside = self._lower()
        splitter.addWidget(self._beside)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([420, 380])
        splitter.setChildrenCollapsible(False)
        box.addWidget(splitter, 1)

    def _lower(self) -> QWidget:
        self._facts.setTextFormat(Qt.TextFormat.RichText)
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._why_note.setWordWrap(True)
        left = _scrolled([self._name, self.life, self.clock, self._facts])
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._why_title, 1)
        line.addWidget(self.spans)
        right = _scrolled([head, self.waterfall, self._why_note])
        lower = QWidget()
        row = QHBoxLayout(lower)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(left, 10)
        row.addWidget(Line(self._context.look, upright=True))
        row.addWidget(right, 11)
        lower.setMinimumHeight(self._context.look.px(170))
        return lower

    def _connect(self) -> None:
        self.spans.choose("day")
        self.spans.chosen.connect(lambda _key: self._ask_again())
        self.table.chosen.connect(self._choose)
        self.table.grid.doubleClicked.connect(lambda _i: self.explain())
        self.next.clicked.connect(lambda: self._take(again=False))
        self.again.clicked.connect(lambda: self._take(again=True))
        self.waive.clicked.connect(self._waive)
        self.run.clicked.connect(lambda: breach_acts.run_day(self._context))

    # ---- asking and showing

    def refresh(self) -> None:
        """Ask the register of the present question."""
        self.restyle()
        question, report = self._context.question, self._context.tasks.report
        self._context.tasks.ask(lambda door: door.breaches.register(question, report), self.show_register,
                                key="breaches", slow=True, failed=self._none)

    def show_section(self, reference: str) -> None:
        """Choose a breach by its reference; a register that is still to come chooses it then."""
        self._chosen = reference
        if self._register is not None:
            self.show_register(self._register)

    def _none(self, error: SandyqError) -> None:
        self.table.show_rows(())
        self._show(None)
        self._empty.tell(error.what)
        self._beside.hide()

    def show_register(self, register: Register) -> None:
        self._register, wanted = register, self._chosen
        self.table.show_rows(register.breaches)  # may choose another row on its way
        self._show_counts(register)
        if not register.breaches:
            self._show(None)
            self._empty.tell(N_("No limit has been exceeded up to this day.") if register.measured else
                             N_("No day was measured: nothing was traded, or the book had no mandate."))
            self._beside.hide()
            return
        self._empty.tell("")
        self._beside.show()
        if not self.table.choose(lambda row: row.reference == wanted):
            self.table.choose(lambda row: row is register.breaches[0])
        self._choose(self.table.current(), again=True)

    def _show_counts(self, register: Register) -> None:
        for old in self._counts:
            self._head.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._counts = []
        found = register.breaches
        lasting = [one for one in found if one.open]
        told = (
            (Shape.SOFT_BREACH, "t_soft", N_("{n} open", n=len([one for one in lasting if one.waiver is None]))),
            (Shape.WAIVED, "t_soft", N_("{n} waived", n=len([one for one in lasting if one.waiver is not None]))),
            (Shape.WAITING, "acc", N_("{n} to classify", n=len([one for one in found if not one.confirmed]))),
            (Shape.BREACH, "t_breach", N_("{n} overdue", n=len([one for one in lasting if one.clock.overdue]))))
        for shape, token, words in told:
            if words.values["n"]:
                made = StateWord(self._context.look, shape, token, self._context.words(words), weight=500)
                self._counts.append(made)
                self._head.insert(len(self._counts), made)
                made.show()

    def _choose(self, row: object, *, again: bool = False) -> None:
        if not isinstance(row, Breach) or (row.reference == self._chosen and not again):
            return
        self._chosen = row.reference
        self._show(Detail(row, None, None, None, None, waiting=True))
        self._ask(row)

    def _ask(self, row: Breach) -> None:
        question, span = self._context.question, self.spans.value()
        self._context.tasks.ask(lambda door: detail(door, question, row, span), self._show, key="breach")

    def _ask_again(self) -> None:
        row = self._current()
        if row is not None:
            self._ask(row)

    def _current(self) -> Breach | None:
        row = self.table.current()
        return row if isinstance(row, Breach) else None

    def _show(self, shown: Detail | None) -> None:
        self._shown = shown
        breach = shown.breach if shown else None
        for widget in (self.life, self.clock):
            widget.show_breach(breach)
        self._enable(breach)
        look, unit = self._context.look, breach.part.unit if breach and breach.part else ""
        if shown is None or breach is None:
            self._facts.setText("")
            self.waterfall.show_bridge(None)
            self._why_note.tell("")
            return
        self._name.tell(N_("Breach {reference}", reference=breach.reference))
        self._facts.setText(self._table(self._lines(shown)))
        found = shown.why
        direction = breach.part.direction if breach.part else "max"
        self.waterfall.show_bridge(bridge_of(found, unit, look, direction, (shown.start, breach.first))
                                   if found is not None and shown.start is not None else None)
        self._why_note.tell(N_("The parts sum to the change exactly: each is its step averaged over every order in "
                               "which the causes can act. Solid raises, hollow lowers.") if found is not None else
                            N_("The causes are being worked out.") if shown.waiting else
                            N_("Nothing was held the day before, or a value on the way is Unknown."))

    def _enable(self, breach: Breach | None) -> None:
        past = self._context.question.known_at is not None
        reason = breach_acts.why_not(breach)
        step = breach_acts.next_step(breach) if breach is not None else None
        self.next.tell(breach_acts.ACTS[step] if step is not None else N_("Next step…"))
        self.next.setEnabled(reason is None and not past)
        self.next.setToolTip(self._context.words(reason) if reason else "")
        confirmed = breach is not None and breach.confirmed and not breach.settled
        self.again.setEnabled(confirmed and not past)
        self.waive.setEnabled(breach is not None and breach.open and not past)
        self.run.setEnabled(not past)

    def _lines(self, shown: Detail) -> list[tuple[Text | str, str]]:
        breach, look = shown.breach, self._context.look
        say, value = self._context.words, self._context.words.language.value
        item, unit = breach.episode, breach.part.unit if breach.part else ""
        lines: list[tuple[Text | str, str]] = []
        if breach.kind is not None:
            kind = say(CLASSES[breach.kind])
            lines.append((N_("Class"), kind if breach.confirmed else say(N_("{kind}, proposed", kind=kind))))
        if item is not None:
            lines.append((N_("Value"), f"{amount(item.latest.value, unit, look)}, "
                          + say(N_("limit {level}", level=amount(item.latest.level, unit, look)))))
            lines.append((N_("Largest excess"), f"{amount(item.peak.excess, unit, look)}, {value(item.peak.day)}"))
        else:
            lines.append((N_("Note"), say(N_("Recorded on its day; what is known now no longer shows it."))))
        if breach.clock.allowed is not None:
            lines.append((N_("Cure period"), say(N_("{n} of {of} business days used", n=breach.clock.used,
                                                     of=breach.clock.allowed))))
            if words := cure_words(breach):
                lines.append((N_("Cure by"), say(words)))
        if breach.open:
            lines.append((N_("Told"), ", ".join(f"{say(told.who)} {value(told.by)}"
                                                for told in breach.clock.escalation)))
            lines.append((N_("Until cured"), self._until_cured(shown)))
        if breach.waiver is not None:
            lines.append((N_("Waiver"), say(N_("{reference} up to {ceiling}, until {day}: {clause}",
                                               reference=breach.waiver.reference,
                                               ceiling=amount(breach.waiver.ceiling, unit, look),
                                               day=breach.waiver.valid_to, clause=breach.waiver.clause))))
        if shown.impact is not None:
            gain = self._context.words.language.number(shown.impact / MILLION, 3, sign=True)
            lines.append((N_("Impact"), say(N_("{amount} USD m on the excess position", amount=gain))))
        if breach.linked:
            lines.append((N_("Linked"), breach.linked))
        lines += [(STEP_WORDS[step.step], f"{value(step.day)}, {step.who}: {step.note}"
                   + (f" [{step.evidence}]" if step.evidence else "")) for step in breach.steps]
        if breach.limit is not None:
            lines.append((N_("Clause"), breach.limit.clause))
        return lines

    def _until_cured(self, shown: Detail) -> str:
        """What may still be traded: what reduces it passes, what raises it is refused, and how much would cure it."""
        say, number = self._context.words, self._context.words.language.number
        room = shown.part.headroom if shown.part is not None else None
        lowest = shown.breach.part is not None and shown.breach.part.direction == "min"
        words = say(N_("sales that lower it are refused, purchases pass") if lowest else
                    N_("purchases that raise it are refused, sales pass"))
        if room is None or room.usd is None or room.usd >= 0 or room.shares is None:
            return words
        needed = N_("a purchase of {shares} {symbol} ({usd} USD m) cures it") if lowest else N_(
            "a sale of {shares} {symbol} ({usd} USD m) cures it")
        said = say(Text(needed.template, {"shares": number(abs(room.shares), 0), "symbol": room.symbol,
                                          "usd": number(abs(room.usd) / MILLION, 1)}))
        return f"{words}; {said}"

    def _table(self, lines: list[tuple[Text | str, str]]) -> str:
        dim, say = self._context.palette.tx3, self._context.words
        return "<table cellspacing='0' cellpadding='1'>" + "".join(
            f"<tr><td style='color:{dim};padding-right:10px'>{escape(say(name))}</td><td>{escape(text)}</td></tr>"
            for name, text in lines) + "</table>"

    # ---- doing

    def _take(self, *, again: bool) -> None:
        breach = self._current()
        if breach is None:
            return
        step = Step.CLASSIFIED if again else breach_acts.next_step(breach)
        if step is not None:
            breach_acts.take(self._context, breach, step, self)

    def _waive(self) -> None:
        breach = self._current()
        if breach is not None:
            breach_acts.waive(self._context, breach, self)

    # ---- what the window asks of every view

    def explain(self) -> None:
        """Explain the limit of the chosen breach."""
        breach: Any = self._current()
        if breach is not None:
            self._context.explain(f"limits/{breach.subject.limit}/value")

    def restyle(self) -> None:
        look = self._context.look
        for words in (self._title, self._name, self._empty, self._why_title, self._why_note):
            words.restyle()
        for action in (self.next, self.again, self.waive, self.run):
            action.restyle()
        self.spans.restyle()
        self._facts.setFont(look.font("small"))
        self.table.restyle()
        if self._register is not None:
            self._show_counts(self._register)
        self._show(self._shown)


def _scrolled(widgets: list[QWidget]) -> QScrollArea:
    inner = QWidget()
    inner.setObjectName("panel")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
