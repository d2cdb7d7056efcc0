"""The one table of the window: head, rows, groups, totals that stay in sight, copy, sort, columns that leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QVBoxLayout, QWidget

from sandyq_desktop.look import Look
from sandyq_desktop.tables.clipboard import mime, table_text
from sandyq_desktop.tables.columns import Column, Group, Total
from sandyq_desktop.tables.delegate import LEFT, PAD, CellDelegate
from sandyq_desktop.tables.header import Header
from sandyq_desktop.tables.model import Index, TableModel


class Grid(QTableView):
    """Qt's table with our delegate and keys."""

    chosen = Signal(object)
    resized = Signal()

    def __init__(self, model: TableModel, look: Look) -> None:
        super().__init__()
        self._table = model
        self.setModel(model)
        self.delegate = CellDelegate(model, look)
        self.setItemDelegate(self.delegate)
        self.head = Header(model, look, self)
        self.setHorizontalHeader(self.head)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(self._table.shown[current.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        group = row >= 0 and isinstance(self._table.shown[row], Group)
        if group and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.fold(row)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.rowAt(round(event.position().y()))
        super().mousePressEvent(event)
        if 0 <= row < len(self._table.shown) and isinstance(self._table.shown[row], Group):
            self.fold(row)

    def fold(self, row: int) -> None:
        self._table.fold(row)
        self.setCurrentIndex(self._table.index(row, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class TotalsStrip(QWidget):
    """Rows under the table, drawn in its columns."""

    def __init__(self, grid: Grid, look: Look) -> None:
        super().__init__()
        self._grid, self._look = grid, look
        self.totals: tuple[Total, ...] = ()
        grid.horizontalScrollBar().valueChanged.connect(lambda _value: self.update())
        grid.head.sectionResized.connect(lambda _section, _old, _new: self.update())

    def sizeHint(self) -> QSize:
        return QSize(200, len(self.totals) * self._look.px(26))

    def show_totals(self, totals: Sequence[Total]) -> None:
        self.totals = tuple(totals)
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, grid = self._look, self._grid
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("panel"))
        high = look.px(26)
        for number, total in enumerate(self.totals):
            top = number * high
            painter.fillRect(QRectF(0, top, self.width(), 1.5 if number == 0 else 1),
                             look.color("tx" if number == 0 else "line"))
            weight = 600 if total.strong else 400
            painter.setFont(look.font("body", weight))
            painter.setPen(look.color("tx" if total.strong else "tx2"))
            offset = -grid.horizontalScrollBar().value()
            painter.drawText(QRectF(offset + look.px(PAD) + grid.columnViewportPosition(0) + 0, top, 600, high), LEFT,
                             total.label)
            for position, column in enumerate(grid.delegate.model.columns):
                if column.key not in total.values or grid.isColumnHidden(position):
                    continue
                value = total.values[column.key]
                text = column.write(value, None, look)
                cell = QRectF(grid.columnViewportPosition(position), top, grid.columnWidth(position), high)
                tone = "t_soft" if text.startswith("−") else "tx" if total.strong else "tx2"
                if not column.number:
                    painter.setPen(look.color("tx2"))
                after = (total.after or {}).get(column.key)
                grid.delegate.write(painter, cell, column, text, tone, weight, after)
        painter.end()


class Table(QWidget):
    """A table of rows. `chosen` carries the row (or group) that became current; `hidden_changed` how many left."""

    chosen = Signal(object)
    hidden_changed = Signal(int)
    menu_wanted = Signal(object)

    def __init__(self, columns: Sequence[Column], look: Look, name: str) -> None:
        super().__init__()
        self.look = look
        self.model = TableModel(columns, look)
        self.grid = Grid(self.model, look)
        self.strip = TotalsStrip(self.grid, look)
        self._off: set[str] = set()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.grid, 1)
        box.addWidget(self.strip)
        self.strip.setFixedHeight(0)
        self.setFocusProxy(self.grid)
        self.grid.setAccessibleName(look.say(name))
        self._name = name
        self.grid.chosen.connect(self.chosen)
        self.grid.resized.connect(self.fit)
        self.grid.head.sectionClicked.connect(self._sort)
        self.grid.head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.head.customContextMenuRequested.connect(self._head_menu)

    def show_rows(self, rows: Sequence[Any], totals: Sequence[Total] = ()) -> None:
        """Show other rows; the current row stays current by position."""
        current, scroll = self.grid.currentIndex(), self.grid.verticalScrollBar().value()
        self.model.set_rows(rows)
        self.strip.show_totals(totals)
        self.fit()
        if self.model.shown:
            row = min(max(current.row(), 0), len(self.model.shown) - 1)
            self.grid.setCurrentIndex(self.model.index(row, max(current.column(), 0)))
            self.grid.verticalScrollBar().setValue(scroll)

    def choose(self, wanted: Callable[[Any], bool]) -> bool:
        """Make the first row that is wanted the current one."""
        for row, item in enumerate(self.model.shown):
            if wanted(item):
                self.grid.setCurrentIndex(self.model.index(row, 0))
                return True
        return False

    def current(self) -> Any:
        row = self.grid.currentIndex().row()
        return self.model.shown[row] if 0 <= row < len(self.model.shown) else None

    def restyle(self) -> None:
        """Follow a new palette, zoom or language."""
        self.grid.setAccessibleName(self.look.say(self._name))
        self.model.refresh()
        self.strip.show_totals(self.strip.totals)
        self.grid.head.updateGeometry()
        self.fit()

    def fit(self) -> None:
        """Give each column the width its content needs; columns that may leave do so while there is no room."""
        self.grid.verticalHeader().setDefaultSectionSize(self.look.fonts.row())
        widths = [self._width(column) for column in self.model.columns]
        shown = [column.key not in self._off for column in self.model.columns]
        room = self.grid.viewport().width()
        leaving = sorted((column.leaves, place) for place, column in enumerate(self.model.columns) if column.leaves)
        for _, place in leaving:
            if sum(width for width, on in zip(widths, shown, strict=True) if on) <= room:
                break
            shown[place] = False
        spare = room - sum(width for width, on in zip(widths, shown, strict=True) if on)
        stretches = [place for place, column in enumerate(self.model.columns) if column.stretch and shown[place]]
        for place in stretches:
            column = self.model.columns[place]
            least = max(self.look.px(column.least), ceil(self._heading(column)) + 2 * self.look.px(PAD))
            widths[place] = max(widths[place] + spare // len(stretches), least)
        for place, on in enumerate(shown):
            self.grid.setColumnHidden(place, not on)
            if on:
                self.grid.setColumnWidth(place, widths[place])
        self.hidden_changed.emit(shown.count(False))

    def _width(self, column: Column) -> int:
        look = self.look
        if column.width:
            return look.px(column.width)
        pad = 2 * look.px(PAD)
        metrics = QFontMetricsF(look.font(column.role, 600))
        widest = self._heading(column)
        if column.number:
            point = "," if look.words.code != "en" else "."
            tail = self.model.fraction(column, metrics.horizontalAdvance, point)
            texts = [column.text(row, look) for row in self.model.rows[:400]]
            texts += [column.write(total.values[column.key], None, look) for total in self.strip.totals
                      if column.key in total.values]
            whole = max((metrics.horizontalAdvance(text.partition(point)[0]) for text in texts), default=0.0)
            after = self.grid.delegate.after_width(column) if column.after else 0.0
            return ceil(max(widest, whole + tail + after)) + pad
        most = max((metrics.horizontalAdvance(column.text(row, look)) for row in self.model.rows[:400]), default=0.0)
        extra = look.px(column.extra)
        return ceil(max(widest, min(most, look.px(column.most)) + extra, look.px(column.least))) + pad

    def _heading(self, column: Column) -> float:
        """Return the width of a column's title, which is never cut."""
        head = QFontMetricsF(self.look.font("head"))
        return max((head.horizontalAdvance(part) for part in column.heading(self.look).split("\n")), default=0.0)

    def columns_menu(self, parent: QWidget) -> QMenu:
        """Return the chooser of columns."""
        menu = QMenu(parent)
        for column in self.model.columns:
            action = QAction(column.heading(self.look).replace("\n", " "), menu)
            action.setCheckable(True)
            action.setChecked(column.key not in self._off)
            action.toggled.connect(lambda on, key=column.key: self.set_column(key, on))
            menu.addAction(action)
        return menu

    def set_column(self, key: str, on: bool) -> None:
        """Show or hide a column by choice."""
        self._off = self._off - {key} if on else self._off | {key}
        self.fit()

    def _head_menu(self, place: QPoint) -> None:
        self.columns_menu(self).popup(self.grid.head.mapToGlobal(place))

    def _sort(self, section: int) -> None:
        column = self.model.columns[section]
        now = self.model.sorted_by
        following: tuple[str, bool] | None = (column.key, column.number)
        if now and now[0] == column.key:
            following = (column.key, not column.number) if now[1] == column.number else None
        self.model.sorted_by = following
        self.model.refresh()

    def copy(self, *, headers: bool) -> None:
        """Copy the selected rows in the visible columns, as tab-separated text and HTML."""
        rows = sorted({index.row() for index in self.grid.selectionModel().selectedRows()})
        columns = [c for c in range(len(self.model.columns)) if not self.grid.isColumnHidden(c)]
        QGuiApplication.clipboard().setMimeData(mime(table_text(self.model, rows, columns, headers=headers)))

    def select_all(self) -> None:
        self.grid.selectAll()

    def below_fold(self) -> list[Any]:
        """Return the rows that lie under the visible part."""
        last = self.grid.rowAt(self.grid.viewport().height() - self.look.fonts.row())
        return [] if last < 0 else self.model.shown[last + 1:]

    def keep_current(self) -> None:
        index = self.grid.currentIndex()
        self.grid.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
