"""Paint cells: numbers on one decimal point, hairlines, the ground of the selected row and the ring of the cell."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from sandyq_desktop.icons import triangle
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column, Group
from sandyq_desktop.tables.model import TableModel

PAD = 6
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CellDelegate(QStyledItemDelegate):
    """Paints every cell of every table."""

    def __init__(self, model: TableModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(60, self.look.fonts.row())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        item = self.model.shown[index.row()]
        column = self.model.columns[index.column()]
        rect = QRectF(option.rect)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        group = isinstance(item, Group)
        ground = "sel" if selected else "head" if group else "panel"
        painter.save()
        painter.fillRect(rect, self.look.color(ground))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1),
                         self.look.color("line2" if group else "line"))
        cell = rect.adjusted(0, 0, 0, -1)
        if isinstance(item, Group):
            self._group(painter, cell, item, column, index.column())
        elif column.paint is not None:
            column.paint(painter, cell, item, self.look, ground)
        else:
            self.cell(painter, cell, column, item)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self.look.color("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        painter.restore()

    def cell(self, painter: QPainter, cell: QRectF, column: Column, item: Any) -> None:
        tone = column.tone(item) if column.tone else "tx"
        self.write(painter, cell, column, column.text(item, self.look), tone,
                   column.weight(item) if column.weight else 400, column.after(item) if column.after else None,
                   struck=bool(column.struck and column.struck(item)))

    def write(self, painter: QPainter, cell: QRectF, column: Column, text: str, tone: str, weight: int,
              after: str | None = None, *, struck: bool = False) -> None:
        """Write a text or a number into a cell; `after` is a small unit that follows a number."""
        look = self.look
        inner = cell.adjusted(look.px(PAD), 0, -look.px(PAD), 0)
        font = look.font(column.role, weight)
        font.setStrikeOut(struck)
        painter.setFont(font)
        painter.setPen(look.color("tx3" if text == "—" else tone))
        metrics = QFontMetricsF(font)
        if not column.number:
            mode = Qt.TextElideMode.ElideMiddle if column.middle else Qt.TextElideMode.ElideRight
            painter.drawText(inner, LEFT, metrics.elidedText(text, mode, inner.width()))
            return
        if column.after is not None:
            room = self.after_width(column)
            small = look.font("caption")
            if after:
                painter.setFont(small)
                color = painter.pen().color()
                painter.setPen(look.color("tx3"))
                painter.drawText(QRectF(inner.right() - room + look.px(4), inner.top(), room, inner.height()), LEFT,
                                 after)
                painter.setPen(color)
                painter.setFont(font)
            inner = inner.adjusted(0, 0, -room, 0)
        if text != "—" and not any(mark.isdigit() for mark in text):
            painter.drawText(cell.adjusted(0, 0, -look.px(PAD), 0), RIGHT, text)
            return
        point = "," if look.words.code != "en" else "."
        widest = self.model.fraction(column, metrics.horizontalAdvance, point)
        whole, mark, fraction = text.partition(point)
        tail = mark + fraction if fraction.isdigit() else ""
        whole = whole if tail else text
        painter.drawText(inner.adjusted(-200, 0, -widest, 0), RIGHT, whole)
        painter.drawText(QRectF(inner.right() - widest, inner.top(), widest + 40, inner.height()), LEFT, tail)

    def after_width(self, column: Column) -> float:
        metrics = QFontMetricsF(self.look.font("caption"))
        texts = {column.after(row) for row in self.model.rows[:500]} if column.after else set()
        return max((metrics.horizontalAdvance(text) for text in texts), default=0.0) + self.look.px(4)

    def _group(self, painter: QPainter, cell: QRectF, group: Group, column: Column, position: int) -> None:
        look = self.look
        if position == 0:
            opened = group.key not in self.model.folded
            triangle(painter, cell.left() + look.px(10), cell.center().y(), look.px(8), look.color("tx"), opened=opened)
            font = look.font("body", 600)
            painter.setFont(font)
            painter.setPen(look.color("tx"))
            left = cell.left() + look.px(20)
            painter.drawText(QRectF(left, cell.top(), 600, cell.height()), LEFT, group.name)
            painter.setFont(look.font("body"))
            painter.setPen(look.color("tx3"))
            start = left + QFontMetricsF(font).horizontalAdvance(group.name) + look.px(6)
            painter.drawText(QRectF(start, cell.top(), 60, cell.height()), LEFT, str(len(group.rows)))
        elif column.group is not None:
            value = column.group(group.rows)
            text = column.write(value, group.rows[0], look)
            negative = column.number and text.startswith("−")
            small = isinstance(value, str)
            self.write(painter, cell, column, text, "t_soft" if negative else "tx3" if small else "tx",
                       400 if small else 600)


def spoken_row(model: TableModel, row: int) -> str:
    """Return a row for the ear."""
    return "; ".join(text for column in range(len(model.columns)) if (text := model.text(row, column)))
