"""The widget of a chart: crosshair by mouse and keys, ranges by buttons and drag, accessible text, export."""

from __future__ import annotations

from datetime import date

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandyq.basics.language import ENGLISH, Language
from sandyq_desktop.charts.crosshair import paint_column, paint_crosshair, spoken
from sandyq_desktop.charts.figure import Chart
from sandyq_desktop.charts.layout import Layout, arrange
from sandyq_desktop.charts.paint import Drawing
from sandyq_desktop.charts.ranges import start_of
from sandyq_desktop.charts.style import Style

DRAG = 6
"""Pixels under which a press and release is a click, not a range."""


class ChartCanvas(QWidget):
    """Shows one `Chart`. What does not follow the crosshair is kept as a picture, so moving it repaints little."""

    moved = Signal(int)
    ranged = Signal(object, object)

    def __init__(self, style: Style, language: Language = ENGLISH, *, with_column: bool = True,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style, self._language, self._with_column = style, language, with_column
        self._chart = Chart((), ())
        self._range = "All"
        self._view = (0.0, 1.0)
        self._index = -1
        self._still: QPixmap | None = None
        self._pressed: float | None = None
        self._drag: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 160)

    @property
    def chart(self) -> Chart:
        return self._chart

    @property
    def index(self) -> int:
        """Place of the crosshair's day in the data, −1 without data."""
        return self._index

    @property
    def view(self) -> tuple[date, date]:
        """First and last day shown."""
        return date.fromordinal(int(self._view[0])), date.fromordinal(int(self._view[1]))

    def show_chart(self, chart: Chart) -> None:
        """Replace the data; the crosshair stays on its day when that day is still there, else goes to the last."""
        old = self._chart.days[self._index] if 0 <= self._index < len(self._chart.days) else None
        self._chart = chart
        self._index = chart.days.index(old) if old in chart.days else len(chart.days) - 1
        self.show_range(self._range)

    def restyle(self, style: Style, language: Language) -> None:
        """Take another palette, type size or language."""
        self._style, self._language = style, language
        self._refresh()

    def show_range(self, name: str) -> None:
        """Show 1M, 3M, 6M, YTD, 1Y or All, counted back from the last day."""
        self._range = name
        if self._chart.days:
            first, last = self._chart.days[0], self._chart.days[-1]
            self.show_days(start_of(name, first, last), last)
        else:
            self._refresh()

    def show_days(self, first: date, last: date) -> None:
        """Show the days from first to last; the crosshair moves inside when it would be outside."""
        self._view = (float(first.toordinal()), float(max(last.toordinal(), first.toordinal() + 1)))
        low, high = self._inside()
        self._index = min(max(self._index, low), high)
        self.ranged.emit(first, last)
        self._refresh()

    def move_to(self, index: int) -> None:
        """Put the crosshair on a day with data, inside the days shown."""
        low, high = self._inside()
        index = min(max(index, low), high)
        if index != self._index and self._chart.days:
            self._index = index
            self._say()
            self.update()
            self.moved.emit(index)

    def arrangement(self) -> Layout:
        """Return where everything lies at the present size."""
        return arrange(self._chart, self._style, self.width(), self.height(), *self._view,
                       with_column=self._with_column)

    def sizeHint(self) -> QSize:
        return QSize(900, 500)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        layout = self.arrangement()
        if self._still is None or self._still.deviceIndependentSize().toSize() != self.size():
            ratio = self.devicePixelRatioF()
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            painter = QPainter(self._still)
            try:
                self._set_hints(painter)
                Drawing(painter, self._chart, layout, self._style, self._language).paint()
            finally:
                painter.end()  # an open painter on a pixmap that goes away takes the process with it
        painter = QPainter(self)
        self._set_hints(painter)
        painter.drawPixmap(0, 0, self._still)
        if self._chart.days and self._chart.panels:
            if self._drag is not None and self._pressed is not None:
                left, right = sorted((self._pressed, self._drag))
                painter.fillRect(QRectF(left, 0, right - left, layout.axis), self._style.colour("acc", 0.15))
            paint_crosshair(painter, self._chart, layout, self._style, self._language, self._index)
            paint_column(painter, self._chart, layout, self._style, self._language, self._index)
        if self.hasFocus():
            painter.setPen(self._style.pen("acc", width=2))
            painter.drawRect(QRectF(1, 1, self.width() - 2, self.height() - 2))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        low, high = self._inside()
        match event.key():
            case Qt.Key.Key_Left:
                self.move_to(self._index - step)
            case Qt.Key.Key_Right:
                self.move_to(self._index + step)
            case Qt.Key.Key_Home:
                self.move_to(low)
            case Qt.Key.Key_End:
                self.move_to(high)
            case _:
                super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._drag = event.position().x()
            self.update()
        self._point(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._drag = event.position().x(), None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed, self._drag = self._pressed, None, None
        if pressed is None:
            return
        if abs(event.position().x() - pressed) >= DRAG and self._chart.days:
            time = self.arrangement().time
            first, last = sorted((time.back(pressed), time.back(event.position().x())))
            days = self._chart.days
            self.show_days(date.fromordinal(max(round(first), days[0].toordinal())),
                           date.fromordinal(min(round(last), days[-1].toordinal())))
        else:
            self._point(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self._pressed = None
        self.show_range(self._range)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._still = None
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def _point(self, at: QPointF) -> None:
        if not self._chart.days:
            return
        wanted = self.arrangement().time.back(at.x())
        self.move_to(int(np.argmin(np.abs(self._chart.ordinals - wanted))))

    def _inside(self) -> tuple[int, int]:
        days = self._chart.ordinals
        low = int(np.searchsorted(days, self._view[0], side="left"))
        high = int(np.searchsorted(days, self._view[1], side="right")) - 1
        last = len(days) - 1
        return min(low, last), max(min(high, last), min(low, last))

    def _refresh(self) -> None:
        self._still = None
        self._say()
        self.update()

    def _say(self) -> None:
        words = spoken(self._chart, self._index, self._language) if self._chart.days else ""
        self.setAccessibleDescription(words)

    @staticmethod
    def _set_hints(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
