"""The Charts view: four panels over one time axis, the crosshair's values at the right, ranges and export."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from sandyq.basics.errors import BadInput, SandyqError
from sandyq.basics.text import N_
from sandyq.limits.mandate import Mandate
from sandyq.performance.bridge import ValueBridge
from sandyq.performance.result import History
from sandyq.workstation.bridging import bridge
from sandyq_desktop.charts.canvas import ChartCanvas
from sandyq_desktop.charts.export import csv_text, png_bytes, write_svg
from sandyq_desktop.charts.figure import Provenance
from sandyq_desktop.charts.ranges import RANGES
from sandyq_desktop.charts.sleeve import sleeve_chart
from sandyq_desktop.charts.style import Style
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment
from sandyq_desktop.palette import LIGHT
from sandyq_desktop.views.charts_bridge import BridgeStrip

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

TITLE = N_("Charts")
EMPTY = N_("The book has no day with prices and a transaction yet. Import prices and transactions first.")
SPANS = {"1M": N_("1M"), "3M": N_("3M"), "6M": N_("6M"), "YTD": N_("YTD"), "1Y": N_("1Y"), "All": N_("All")}
Answer = tuple[History, tuple[Mandate, ...]]


class ChartsView(QWidget):
    """Shows the sleeve's history up to the as-of day as it was known at the chosen moment."""

    key = "charts"
    title = TITLE

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._answer: Answer | None = None
        self._shown = False
        self.canvas = ChartCanvas(Style.of(context.palette, context.fonts), context.words.language, parent=self)
        self._heading, self._dates, self._empty = QLabel(self), QLabel(self), QLabel(self)
        self.ranges = Segment(context.look, N_("Range"), tuple((name, SPANS[name]) for name in RANGES))
        self._export = Action(context.look, N_("Export"))
        self.bridge = BridgeStrip(context.look)
        self.bridge.hide()
        self.pages = Segment(context.look, N_("Picture"), (("time", N_("Over time")),
                                                           ("bridge", N_("Why the value moved"))))
        self._menu = QMenu(self)
        self._export.setMenu(self._menu)
        self._build()
        self.canvas.ranged.connect(self._say_dates)
        self.canvas.ranged.connect(self._ask_bridge)
        self.pages.chosen.connect(self._turn)
        self.ranges.chosen.connect(self.canvas.show_range)
        self._restyle()

    def refresh(self) -> None:
        """Ask for the history of the present question, and take the present palette and language."""
        question = self._context.question

        def work(door: Workstation) -> Answer:
            return door.history(question, door.first_day(question.known_at)), door.mandates(question)

        self._restyle()
        self._context.tasks.ask(work, self.show_answer, key="charts", failed=self._failed)

    def show_answer(self, answer: Answer) -> None:
        """Draw a history, or say in words that there is none."""
        self._answer = answer
        history, mandates = answer
        shown = bool(history.days)
        self._shown = shown
        self._empty.setVisible(not shown)
        self._show_page()
        if shown:
            self.canvas.show_chart(sleeve_chart(history, mandates, self._context.words.language))

    def empty_words(self) -> str:
        """Return the sentence that stands where the charts would."""
        return self._empty.text()

    def export(self, path: Path) -> None:
        """Write what is shown to a PNG, SVG or CSV file, as the name ends."""
        chart, (first, last) = self.canvas.chart, self.canvas.view
        context = self._context
        style, language = Style.of(LIGHT, context.fonts), context.words.language
        about = self._provenance()
        try:
            if path.suffix == ".csv":
                path.write_text(csv_text(chart, first, last), encoding="utf-8")
            elif path.suffix == ".svg":
                write_svg(path, chart, style, language, first, last, about)
            else:
                path.write_bytes(png_bytes(chart, style, language, first, last, about))
        except OSError as error:
            context.error(BadInput("chart-not-written", N_("The chart could not be written: {reason}.",
                                                           reason=error.strerror), where=str(path)))
            return
        context.status(N_("Chart written to {file}.", file=path.name))

    def _provenance(self) -> Provenance:
        context = self._context
        language, question = context.words.language, context.question
        known = language.moment(question.known_at) if question.known_at else context.words(N_("now"))
        return Provenance(context.words(TITLE), context.book, language.date(question.as_of), known, context.demo)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 16, 6)
        head.setSpacing(16)
        head.addWidget(self._heading)
        self.ranges.choose("All")
        self.pages.choose("time")
        head.addWidget(self.ranges)
        head.addWidget(self.pages)
        head.addWidget(self._dates)
        head.addStretch(1)
        head.addWidget(self._export)
        for ending in ("png", "svg", "csv"):
            action = QAction(ending.upper(), self)
            action.triggered.connect(lambda _checked=False, ending=ending: self._choose(ending))
            self._menu.addAction(action)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(Line(self._context.look))
        self._empty.setContentsMargins(16, 12, 16, 12)
        self._empty.hide()
        whole.addWidget(self._empty)
        whole.addWidget(self.canvas, 1)
        whole.addWidget(self.bridge)
        self._below = QWidget()
        self._below.hide()
        whole.addWidget(self._below, 1)

    def _restyle(self) -> None:
        context = self._context
        say = context.words
        self._heading.setText(say(TITLE))
        self._heading.setFont(context.fonts.font("title"))
        self._dates.setFont(context.fonts.font("small"))
        self._empty.setText(say(EMPTY))
        self._export.restyle()
        self._export.setAccessibleName(say(N_("Export the chart")))
        self.canvas.setAccessibleName(say(TITLE))
        self.ranges.restyle()
        self.pages.restyle()
        self.bridge.restyle()
        self.canvas.restyle(Style.of(context.palette, context.fonts), say.language)
        if self._answer is not None:
            self.show_answer(self._answer)

    def _say_dates(self, first: date, last: date) -> None:
        language = self._context.words.language
        self._dates.setText(f"{language.date(first)} \u2013 {language.date(last)}")

    def _turn(self, _page: str) -> None:
        self._show_page()
        self._ask_bridge(*self.canvas.view)

    def _show_page(self) -> None:
        """Show the charts or the bridge; only the charts can be written to a file."""
        bridged = self.pages.value() == "bridge"
        self.canvas.setVisible(self._shown and not bridged)
        self._below.setVisible(bridged)
        self._export.setEnabled(self._shown and not bridged)
        if not bridged or not self._shown:
            self.bridge.hide()

    def _ask_bridge(self, first: date, last: date) -> None:
        """Ask why the value moved in the days shown; one day alone has no bridge."""
        if self.pages.value() != "bridge":
            return
        question = replace(self._context.question, as_of=last)
        if first >= last:
            self.bridge.show_bridge(None)
            return
        self._context.tasks.ask(lambda door: bridge(door, question, first), self.show_bridge, key="charts-bridge",
                                slow=True, failed=lambda _error: self.show_bridge(None))

    def show_bridge(self, found: ValueBridge | None) -> None:
        """Show the bridge, unless the charts have been turned back to in the meantime."""
        self.bridge.show_bridge(found if self.pages.value() == "bridge" else None)

    def _choose(self, ending: str) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self._context.words(N_("Export the chart")), f"charts.{ending}")
        if name:
            path = Path(name)
            self.export(path if path.suffix else path.with_suffix(f".{ending}"))

    def _failed(self, error: SandyqError) -> None:
        self._context.error(error)
