"""The mandate's next version as a draft: its limits, the form, and beside it findings, changes and past days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from sandyq.basics.errors import BadInput, SandyqError
from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.bench import Bench
from sandyq.limits.draft import Draft
from sandyq.limits.draft_fields import changed, shown
from sandyq.limits.lint import Names
from sandyq.workstation.contract import Changes
from sandyq.workstation.mandates import Review, Version
from sandyq_desktop.bars import read_day
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.mandate_draft import History, Place, typed
from sandyq_desktop.views.mandate_foot import Foot
from sandyq_desktop.views.mandate_form import MandateForm
from sandyq_desktop.views.mandate_list import HEAD, Item, columns, rows_of, title_of
from sandyq_desktop.views.mandate_panes import Panes

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

LIVE_MS = 250
NARROW = 800
"""Logical pixels under which form and panes take turns."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the view begins from."""

    versions: tuple[Version, ...]
    draft: Draft
    names: Names
    second: bool
    """Whether two persons decide about the mandate in this book now."""


def start_of(door: Workstation, question: Any) -> Start:
    desk = door.rulebook
    return Start(desk.versions(question), desk.draft(question), desk.names(question),
                 door.people.controlled("mandate"))


class MandateView(QWidget):
    """The view. The draft lives here until it is proposed or begun anew; nothing of it is in the book before."""

    key = "mandate"
    title = N_("Mandate")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self.history = History()
        self.place = Place()
        self._start: Start | None = None
        self._wanted = self._book = ""
        self._bad: dict[tuple[str, int, str], BadInput] = {}
        self._benched = ""
        self._filling = self._turned = False
        self._narrow: bool | None = None
        self.list = Table(columns(), look, N_("Limits of the draft").template)
        self.table = self.list
        self.form = MandateForm(context)
        self.panes = Panes(context)
        self._title = Words(look, N_("Mandate"), "title")
        self._about = Words(look, "", "small", "tx2", elided=True)
        self.undo, self.redo = Action(look, N_("Undo")), Action(look, N_("Redo"))
        self.add, self.copy = Action(look, N_("New limit")), Action(look, N_("Copy the limit"))
        self.take = Action(look, N_("Take the limit out"))
        self.again = Action(look, N_("Begin anew"))
        self.foot = Foot(context)
        self.reason, self.why, self.propose = self.foot.reason, self.foot.why, self.foot.propose
        self.turn = Action(look, N_("Findings and changes"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LIVE_MS)
        self._build()
        self._connect()

    # ---- building

    def _build(self) -> None:
        look = self._context.look
        head = Flow(margins=QMargins(16, 7, 16, 7))
        head.addWidget(self._title)
        head.eager(self._about)
        for action in (self.turn, self.undo, self.redo, self.add, self.copy, self.take, self.again):
            head.addWidget(action)
        self.turn.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(Line(look))
        splitter = self._splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(2)
        splitter.setChildrenCollapsible(False)
        for widget in (self.list, self.form, self.panes):
            splitter.addWidget(widget)
        splitter.setSizes([290, 500, 660])
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setStretchFactor(2, 4)
        box.addWidget(splitter, 1)
        box.addWidget(Line(look))
        box.addWidget(self.foot)

    def _connect(self) -> None:
        self.list.chosen.connect(self._choose)
        self.form.typed.connect(self.edit)
        self.form.part_chosen.connect(lambda part: self._go(Place(self.place.limit, part)))
        self.form.part_added.connect(self._add_part)
        self.form.part_taken.connect(self._take_part)
        self.form.stepped.connect(lambda back: self.step(back=back))
        self.undo.clicked.connect(lambda: self.step(back=True))
        self.redo.clicked.connect(lambda: self.step(back=False))
        self.add.clicked.connect(lambda: self._add(""))
        self.copy.clicked.connect(lambda: self._add(self.place.limit))
        self.take.clicked.connect(self._take)
        self.again.clicked.connect(self.begin_anew)
        self.foot.typed.connect(self._head_typed)
        self.foot.reasoned.connect(self._enable)
        self.foot.wanted.connect(self.submit)
        self.turn.clicked.connect(self._turn)
        self.panes.run.clicked.connect(self.try_past_days)
        self.panes.wanted.connect(self.show_limit)
        self._timer.timeout.connect(self._ask_review)

    # ---- asking

    def show_section(self, key: str) -> None:
        """Go to a limit once the draft is there."""
        self._wanted = key

    def refresh(self) -> None:
        """Take the versions that the present question knows; a draft that was touched stays as it is."""
        self.restyle()
        question = self._context.question
        self._context.tasks.ask(lambda door: start_of(door, question), self._begin, key="mandate-start",
                                failed=self._none)

    def _none(self, error: SandyqError) -> None:
        self._start = None
        self._about.tell(error.what)
        self._enable()

    def _begin(self, start: Start) -> None:
        book = f"{self._context.book} {self._context.question.book}"
        fresh = self._start is None or not self.history.touched or book != self._book
        self._book = book
        self._start = start
        self.form.scopes.names = start.names
        self.panes.show_versions(start.versions)
        if fresh:
            self.history.begin(start.draft)
            self._bad.clear()
            self.panes.show_bench(None)
            if not self.place.limit and not self._wanted and start.draft.limits:
                self._wanted = str(start.draft.limits[0]["id"])
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.place = Place(wanted, 1)
        self._show()
        self._ask_review()

    def begin_anew(self) -> None:
        """Drop the draft and begin from the latest version again."""
        if self._start is not None:
            self.history.change(self._start.draft)
            self._bad.clear()
            self.reason.clear()
            self._changed(refill=True)

    def _ask_review(self) -> None:
        draft, question = self.history.draft, self._context.question
        if draft is not None:
            text = draft.text
            self._context.tasks.ask(lambda door: door.rulebook.review(question, text), self._show_review,
                                    key="mandate-review")
            self._ask_today()

    def _ask_today(self) -> None:
        """Ask what the limit in sight says of the day with the levels of the draft."""
        draft, question, limit = self.history.draft, self._context.question, self.place.limit
        if draft is None or not limit:
            self.panes.today.show_result(None)
            return
        text = draft.text
        self._context.tasks.ask(lambda door: door.rulebook.today(question, text, limit), self.panes.today.show_result,
                                key="mandate-today", failed=lambda _error: self.panes.today.show_result(None))

    def _show_review(self, review: Review) -> None:
        self.panes.show_review(review)
        self._show_list()
        self._enable()

    # ---- the draft

    def edit(self, key: str, part: int, text: str) -> None:
        """Take a field as typed; what does not read stands beside the form until it does."""
        draft, place = self.history.draft, self.place
        if draft is None:
            return
        cell = (place.limit, part, key)
        try:
            unit = shown(draft, place.limit, place.part, "unit") if place.limit else "USD"
            self.history.change(changed(draft, place.limit, part, key, self._plain(key, text, unit)), cell)
            self._bad.pop(cell, None)
        except BadInput as error:
            self._bad[cell] = error
        self._changed()

    def _plain(self, key: str, text: str, unit: str) -> str:
        if key == "valid_to" and text.strip():
            day = read_day(text)
            return day.isoformat() if day else text
        return typed(key, text, unit, self._context.words.code)

    def _head_typed(self) -> None:
        draft, day = self.history.draft, self.foot.day
        if draft is None:
            return
        version = self.foot.version.text().strip()
        self.history.change(draft.with_head(version=version or None, **({"valid_from": day} if day else {})),
                            ("", 0, "version"))
        self._changed()

    def _add(self, like: str) -> None:
        if self.history.draft is not None:
            draft = self.history.draft.added_limit(like)
            self.history.change(draft)
            self._go(Place(str(draft.limits[-1]["id"]), 1))
            self._changed()

    def _take(self) -> None:
        if self.history.draft is not None and self.place.limit:
            self.history.change(self.history.draft.without_limit(self.place.limit))
            self.place = Place()
            self._changed(refill=True)

    def _add_part(self) -> None:
        if self.history.draft is not None:
            self.history.change(self.history.draft.added_part(self.place.limit))
            self._go(Place(self.place.limit, len(self.history.draft.limit(self.place.limit)["part"])))
            self._changed()

    def _take_part(self) -> None:
        if self.history.draft is not None:
            self.history.change(self.history.draft.without_part(self.place.limit, self.place.part))
            self._go(Place(self.place.limit, 1))
            self._changed()

    def step(self, *, back: bool) -> None:
        """Undo or redo one change."""
        if self.history.step(back=back):
            self._bad.clear()
            self._changed(refill=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.step(back=True)
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.step(back=False)
        else:
            super().keyPressEvent(event)

    def _changed(self, *, refill: bool = False) -> None:
        self.panes.show_bench(None if self.history.draft is None or self.history.draft.text != self._benched
                              else self.panes.bench)
        self._show()
        if refill:
            self.form.refill()
        self._timer.start()

    # ---- going about

    def _choose(self, row: object) -> None:
        if isinstance(row, Item) and row.limit != self.place.limit and not self._filling:
            self._go(Place(row.limit, 1))

    def show_limit(self, limit: str) -> None:
        """Show a limit of the draft; one that the draft has no more stays out of sight."""
        if self.history.draft is not None and limit != self.place.limit and any(
                item.get("id") == limit for item in self.history.draft.limits):
            self._go(Place(limit, 1))
            self.list.choose(lambda row: row.limit == limit)

    def _go(self, place: Place) -> None:
        self.place = place
        self._show()
        self._ask_today()

    # ---- showing

    def _show(self) -> None:
        draft = self.history.draft
        if draft is None:
            return
        have = {str(limit.get("id")): limit for limit in draft.limits}
        if self.place.limit not in {"", *have}:
            self.place = Place()
        parts = len(have[self.place.limit]["part"]) if self.place.limit else 1
        self.place = Place(self.place.limit, min(self.place.part, parts))
        words = self._context.words
        title = f"{self.place.limit}  {title_of(have[self.place.limit], words)}" if self.place.limit else words(HEAD)
        self.form.show_place(draft, self.place, title)
        problem = next((error for cell, error in self._bad.items() if cell[0] == self.place.limit), None)
        self.form.problem.tell(problem.what if problem else "")
        self.form.problem.setVisible(problem is not None)
        self.foot.fill(draft)
        self._say_about(draft)
        self._show_list()
        self._enable()

    def _say_about(self, draft: Draft) -> None:
        if self._start is not None and self._start.versions:
            last = self._start.versions[-1].mandate
            self._about.tell(N_("Draft of {version}; it follows {last}, in force from {day}. Nothing is in the book "
                                "before it is proposed.", version=draft.head.get("version", "—"), last=last.version,
                                day=last.valid_from))

    def _show_list(self) -> None:
        draft = self.history.draft
        if draft is None:
            return
        rows = rows_of(draft, self.panes.review, self._context.words)
        self._filling = True
        if rows != tuple(self.list.model.rows):
            self.list.show_rows(rows)
        if (current := self.list.current()) is None or current.limit != self.place.limit:
            self.list.choose(lambda row: row.limit == self.place.limit)
        self._filling = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show form and panes side by side, or one of them where the window is narrow or the type large."""
        narrow = self.width() < self._context.look.px(NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            whole = self.width()
            self._splitter.setSizes([whole * 3 // 10, whole * 7 // 10, whole * 7 // 10] if narrow
                                    else [whole // 5, whole * 37 // 100, whole * 43 // 100])
        self.turn.setVisible(narrow)
        self.panes.setVisible(not narrow or self._turned)
        self.form.setVisible(not narrow or not self._turned)

    def _turn(self) -> None:
        self._turned = not self._turned
        self.turn.tell(N_("Back to the form") if self._turned else N_("Findings and changes"))
        self._fit()

    def _enable(self) -> None:
        self.undo.setEnabled(self.history.can_undo)
        self.redo.setEnabled(self.history.can_redo)
        self.again.setEnabled(self.history.touched)
        self.copy.setEnabled(bool(self.place.limit))
        self.take.setEnabled(bool(self.place.limit))
        self.foot.say(self._why_not(), second=self._start is None or self._start.second)

    def _why_not(self) -> Text | None:
        """Return why the draft cannot be proposed as it stands."""
        review = self.panes.review
        if self._context.question.known_at is not None:
            return N_("You look at the past; a version is proposed with what is known now.")
        if self._start is None or self.history.draft is None:
            return N_("There is no mandate to draft from.")
        if self._bad:
            return next(iter(self._bad.values())).what
        if self.foot.day is None:
            return N_("The first day is not a day.")
        if review is None or not self.history.touched or (not review.changes and review.mandate is not None):
            return N_("The draft changes nothing yet.")
        wrong = next((d for d in review.defects if d.severity is Severity.ERROR), None)
        if wrong is not None:
            return wrong.text
        return None if self.reason.text().strip() else N_("Say the reason, such as the decision and its date.")

    # ---- trying and proposing

    def try_past_days(self) -> None:
        """Run the bench for the draft as it stands; progress has a count and Cancel."""
        draft, question, report = self.history.draft, self._context.question, self._context.tasks.report
        if draft is None:
            return
        text = draft.text
        self.panes.open("bench")

        def then(found: Bench) -> None:
            if self.history.draft is not None and self.history.draft.text == text:
                self._benched = text
                self.panes.show_bench(found)

        self._context.tasks.ask(lambda door: door.rulebook.bench(question, text, progress=report), then,
                                key="mandate-bench", slow=True)

    def submit(self) -> None:
        """Propose the draft, or record it where nobody is enrolled."""
        draft, question, reason = self.history.draft, self._context.question, self.reason.text().strip()
        if draft is None or self._why_not() is not None:
            return
        text, bench = draft.text, self.panes.bench

        def then(changes: Changes) -> None:
            self._context.status(N_("{reference} waits for a second person.", reference=changes.proposal)
                                 if changes.proposal else N_("Recorded as journal entry {entry}.", entry=changes.entry))
            self.history.begin(draft)
            self.reason.clear()
            self._context.refresh_all()

        self._context.tasks.do(lambda door: door.rulebook.propose(question, text, reason, bench=bench), then)

    # ---- what the window asks of every view

    def restyle(self) -> None:
        look = self._context.look
        for widget, least in ((self.list, 80), (self.form, 300), (self.panes, 120)):
            widget.setMinimumWidth(look.px(least))
        for words in (self._title, self._about):
            words.restyle()
        for action in (self.turn, self.undo, self.redo, self.add, self.copy, self.take, self.again):
            action.restyle()
        self.foot.restyle()
        self.list.restyle()
        self.form.restyle()
        self.panes.restyle()
        self._fit()
        self._show()
