"""The window: rail, bar, views, Explain, status. It hands a context to views and carries out commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.workstation.contract import Question, Status
from sandyq_desktop.bars import AsOfBar, FootBar
from sandyq_desktop.commands import COMMANDS, VIEW_KEYS, VIEW_TITLES
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Line, RailItem
from sandyq_desktop.explain import ExplainPanel
from sandyq_desktop.fonts import Fonts
from sandyq_desktop.handlers import Handlers
from sandyq_desktop.icons import Shape
from sandyq_desktop.notices import Banner, ErrorStrip, ProgressLine
from sandyq_desktop.palette import LIGHT, PALETTES
from sandyq_desktop.settings import Settings
from sandyq_desktop.start import StartPage
from sandyq_desktop.stylesheet import stylesheet
from sandyq_desktop.tasks import Opener, Tasks
from sandyq_desktop.words import Words

if TYPE_CHECKING:
    from sandyq.workstation.breached import Breach
    from sandyq.workstation.workstation import Workstation

VIEWS: Final = {
    "today": "sandyq_desktop.views.today:TodayView", "gate": "sandyq_desktop.views.gate:GateView",
    "holdings": "sandyq_desktop.views.holdings:HoldingsView", "limits": "sandyq_desktop.views.limits:LimitsView",
    "charts": "sandyq_desktop.views.charts:ChartsView", "orders": "sandyq_desktop.views.orders:OrdersView",
    "breaches": "sandyq_desktop.views.breaches:BreachesView",
    "data": "sandyq_desktop.views.data:DataView", "journal": "sandyq_desktop.views.journal:JournalView",
}
"""Views are imported when they are first shown, so that the window paints before a chart library is loaded."""
ASIDE: Final = {"mandate": ("sandyq_desktop.views.mandate:MandateView", "limits")}
"""Views without a place in the rail, each with the one that stays marked while it is shown."""
_LAST_OF_GROUP = frozenset({"today", "orders", "gate"})
_OVERLAID: Final = 1440
"""Windows narrower than this many logical pixels have Explain over their table's right side, not beside it."""
MESSAGE_MS = 6000


class Window(QMainWindow):
    """One open book. `booked` opens it for the worker; None shows the first screen."""

    def __init__(self, words: Words, settings: Settings, *, settings_file: Path | None = None) -> None:
        super().__init__()
        self.settings, self._settings_file = settings, settings_file
        self.tasks = Tasks()
        self.context = ViewContext(
            PALETTES.get(settings.palette, LIGHT), Fonts(settings.zoom), words, self.tasks, Question(date.min),
            currency=settings.currency, explain=self.explain, status=self.say, error=self.fail, go=self.go,
            refresh_all=self.refresh_all, run=self.run)
        self.views: dict[str, QWidget] = {}
        self.status: Status | None = None
        self.current, self._before = "", list[str]()
        self.on_first_paint: Callable[[], None] | None = None
        self.handlers = Handlers(self)
        self.bar, self.foot = AsOfBar(self.context), FootBar(self.context)
        self.banner, self.strip = Banner(self.context), ErrorStrip(self.context)
        self.progress, self.start = ProgressLine(self.context), StartPage(self.context)
        self.panel = ExplainPanel(self.context)
        self.stack = QStackedWidget()
        self.rail: dict[str, RailItem] = {}
        self._message = QTimer(self)
        self._message.setSingleShot(True)
        self._build()
        self._connect()
        self.restyle()

    # ---- building

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.resize(1600, 1000)
        root = QWidget()
        root.setObjectName("win")
        box = QVBoxLayout(root)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._make_rail())
        middle.addWidget(Line(self.context.look, upright=True))
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for notice in (self.strip, self.progress):
            rows.addWidget(notice)
        rows.addWidget(self.stack, 1)
        self.stack.addWidget(self.start)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(2)
        self.column = column
        self.splitter.addWidget(column)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.panel.setMinimumWidth(300)
        self.panel.hide()
        middle.addWidget(self.splitter, 1)
        box.addWidget(Line(self.context.look))
        box.addWidget(self.bar)
        box.addWidget(Line(self.context.look))
        box.addWidget(self.banner)
        box.addLayout(middle, 1)
        box.addWidget(Line(self.context.look))
        box.addWidget(self.foot)
        self.setCentralWidget(root)

    def _make_rail(self) -> QWidget:
        rail = self._rail_box = QWidget()
        rail.setObjectName("rail")
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(rail)
        box.setContentsMargins(0, 8, 0, 8)
        box.setSpacing(0)
        for key in VIEW_KEYS:
            if find_spec(VIEWS[key].partition(":")[0]) is None:
                continue
            item = self.rail[key] = RailItem(self.context.look, VIEW_TITLES[key])
            item.clicked.connect(lambda _c=False, view=key: self.go(view))
            box.addWidget(item)
            if key in _LAST_OF_GROUP:
                box.addSpacing(10)
                box.addWidget(Line(self.context.look))
                box.addSpacing(10)
        box.addStretch(1)
        return rail

    def _connect(self) -> None:
        for command in COMMANDS:
            shortcut = QShortcut(QKeySequence(command.key), self)
            shortcut.activated.connect(lambda identity=command.id: self.run(identity))
        self.bar.day_changed.connect(self.set_day)
        self.bar.known_changed.connect(self.set_known)
        self.bar.currency_changed.connect(self.set_currency)
        self.bar.language_changed.connect(self.set_language)
        self.bar.find_wanted.connect(lambda: self.run("palette"))
        self.bar.chip_clicked.connect(self.go)
        self.bar.book_changed.connect(self.set_book)
        self.banner.back.connect(lambda: self.set_known(None))
        self.progress.cancelled.connect(self.tasks.cancel)
        self.panel.closed.connect(self.panel.hide)
        self.start.wanted.connect(self.run)
        self.tasks.failed.connect(self.fail)
        self.tasks.started.connect(self.progress.begin)
        self.tasks.progress.connect(self.progress.tell)
        self.tasks.idle.connect(self.progress.end)
        self._message.timeout.connect(lambda: self.foot.message.tell(""))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.on_first_paint is not None:
            first, self.on_first_paint = self.on_first_paint, None
            QTimer.singleShot(0, first)

    # ---- the book

    def open_with(self, opener: Opener) -> None:
        """Open a book in the worker, then show it."""
        def facts(station: Workstation) -> tuple[str, bool, date]:
            return station.name, station.demo, station.latest_day()

        def opened(_station: object) -> None:
            self.tasks.ask(facts, self._opened, key="facts")

        self.tasks.open(opener, opened)

    def _opened(self, facts: tuple[str, bool, date]) -> None:
        self.context.book, self.context.demo, day = facts
        self.context.question = Question(day)
        self.strip.hide()
        self.bar.restyle()
        self.go(self.current or "limits")
        self.refresh_all()

    def refresh_all(self) -> None:
        """Ask again for everything in sight; other views ask when they are shown."""
        question = self.context.question
        if question.as_of == date.min:
            return
        self.tasks.ask(lambda door: door.status(question), self._show_status, key="status")
        if "breaches" in self.rail:
            self.tasks.ask(lambda door: door.breaches.standing(question), self.count_breaches, key="rail-breaches",
                           slow=True, failed=lambda _error: self.count_breaches(()))
        self.banner.refresh()
        view = self.views.get(self.current)
        if view is not None:
            view.refresh()  # type: ignore[attr-defined]
        self.panel.refresh()

    def count_breaches(self, standing: Sequence[Breach]) -> None:
        """Write the number of breaches that last beside their view, marked where one is past its cure period."""
        overdue = sum(1 for one in standing if one.clock.overdue and one.waiver is None)
        spoken = [N_("{n} open", n=len(standing))] if standing else []
        spoken += [N_("{n} overdue", n=overdue)] if overdue else []
        self.rail["breaches"].count(str(len(standing)) if standing else "", tuple(spoken),
                                    (Shape.BREACH, "t_breach") if overdue else None)

    def _show_status(self, status: Status) -> None:
        self.status = status
        changed = self.context.kzt_rate != status.kzt_rate
        self.context.kzt_rate = status.kzt_rate
        self.bar.show_status(status)
        self.foot.show_status(status)
        if status.chain_holds is None:
            self.tasks.ask(lambda door: door.verify_unasked(), self._verified, key="verify-unasked", slow=True)
        if "data" in self.rail:
            waiting = status.missing + status.stale
            self.rail["data"].count(str(waiting) if waiting else "")
        view = self.views.get(self.current)
        if changed and self.context.currency != "USD" and view is not None:
            view.refresh()  # type: ignore[attr-defined]
        self._entitle()

    def _verified(self, done: bool) -> None:
        """Show what a verification that nobody asked for has found."""
        if done:
            question = self.context.question
            self.tasks.ask(lambda door: door.status(question), self._show_status, key="status")

    # ---- going about

    def view(self, key: str) -> QWidget | None:
        """Return a view, made when it is first wanted; None when it does not exist."""
        if key not in self.rail and key not in ASIDE:
            return None
        if key not in self.views:
            module, _, name = (ASIDE[key][0] if key in ASIDE else VIEWS[key]).partition(":")
            made: QWidget = getattr(import_module(module), name)(self.context)
            for area in made.findChildren(QScrollArea):
                if not area.accessibleName():
                    area.setAccessibleName(self.context.words(VIEW_TITLES[key]))
            self.views[key] = made
            self.stack.addWidget(made)
        return self.views[key]

    def go(self, key: str) -> None:
        """Show a view, or a section of one (``data/reconciliation``); without a book the first screen stays."""
        if self.context.question.as_of == date.min:
            return
        key, _, section = key.partition("/")
        view = self.view(key)
        if view is None:
            return
        if self.current and self.current != key:
            self._before.append(self.current)
        self.current = key
        self.rail[ASIDE[key][1] if key in ASIDE else key].setChecked(True)
        self.stack.setCurrentWidget(view)
        table = getattr(view, "table", None)
        (table if isinstance(table, QWidget) else view).setFocus()
        if section:
            view.show_section(section)  # type: ignore[attr-defined]
        view.refresh()  # type: ignore[attr-defined]
        self._entitle()

    def back(self) -> None:
        """Show the view before."""
        if self._before:
            key = self._before.pop()
            self.current = ""
            self.go(key)

    def explain(self, key: str) -> None:
        """Unfold a figure at the right."""
        if not self.panel.isVisible():
            self._place_panel()
            self.panel.show()
        self.panel.show_key(key)

    def _place_panel(self) -> None:
        """Put Explain beside the views, or over their right side where the window is narrow."""
        side = max(self.context.look.px(360), 300)
        if self.width() >= self.context.look.px(_OVERLAID):
            if self.panel.parent() is not self.splitter:
                self.splitter.addWidget(self.panel)
            whole = self.splitter.width()
            self.splitter.setSizes([whole - min(side, whole // 2), min(side, whole // 2)])
            return
        self.panel.setParent(self.column)
        side = min(side, self.column.width() // 2)
        self.panel.setGeometry(self.column.width() - side, 0, side, self.column.height())
        self.panel.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.panel.isVisible():
            self._place_panel()
            self.panel.show()

    def run(self, identity: str) -> None:
        """Carry out a command by its id."""
        command = next(c for c in COMMANDS if c.id == identity)
        handler = getattr(self.handlers, command.handler)
        handler(command.argument) if command.argument else handler()

    # ---- the question and the look

    def set_day(self, day: date) -> None:
        self._ask_again(replace(self.context.question, as_of=day))

    def set_known(self, moment: datetime | None) -> None:
        self._ask_again(replace(self.context.question, known_at=moment))

    def set_book(self, name: str) -> None:
        """Ask about another book of the file, or about all of them."""
        self._ask_again(replace(self.context.question, book=name))

    def _ask_again(self, question: Question) -> None:
        self.context.question = question
        self.bar.restyle()
        self.refresh_all()

    def set_currency(self, currency: str) -> None:
        self.context.currency = self.settings.currency = currency
        self.refresh_all()

    def set_language(self, code: str) -> None:
        self.context.words.switch(code)
        self.settings.language = code
        self.restyle()
        self.refresh_all()

    def set_look(self, palette: str, zoom: int) -> None:
        self.settings.palette, self.settings.zoom = palette, zoom
        self.context.restyle(PALETTES[palette], Fonts(zoom))
        self.restyle()
        self.refresh_all()

    def restyle(self) -> None:
        """Follow palette, zoom and language everywhere."""
        look = self.context.look
        self.setPalette(self.context.palette.qt())
        self.setFont(look.font())
        self.setStyleSheet(stylesheet(look))
        for item in self.rail.values():
            item.restyle()
        self._rail_box.setFixedWidth(max(look.px(148), *(item.sizeHint().width() for item in self.rail.values())))
        self.bar.restyle()
        self.foot.restyle()
        self.banner.refresh()
        self.start.restyle()
        self.panel.restyle()
        if self.status is not None:
            self._show_status(self.status)
        self._entitle()

    def _entitle(self) -> None:
        name = self.context.book.removesuffix(".sandyq")
        title = self.context.words(VIEW_TITLES[self.current]) if self.current else ""
        mark = "DEMO" if self.context.demo else ""
        self.setWindowTitle(" — ".join(part for part in (mark, title, name, "Sandyq") if part))

    # ---- saying

    def say(self, text: Text) -> None:
        """Say something in the status bar for six seconds."""
        self.foot.message.tell(text)
        self._message.start(MESSAGE_MS)

    def fail(self, error: SandyqError) -> None:
        self.strip.show_error(error)

    # ---- files dropped, end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.preview([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def preview(self, files: list[Path]) -> None:
        """Show the preview of files; nothing is booked."""
        self.go("data")
        view: Any = self.views.get("data")
        if view is not None and files:
            view.preview_files(files)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.settings.write(self._settings_file)
        self.tasks.stop()
        super().closeEvent(event)
