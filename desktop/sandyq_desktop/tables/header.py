"""The head of a table: at most two lines, aligned as their column, a drawn triangle as sort mark."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from sandyq_desktop.icons import triangle
from sandyq_desktop.look import Look
from sandyq_desktop.tables.model import TableModel


class Header(QHeaderView):
    """Draws heads bottom-aligned on `head` with an edge under them."""

    def __init__(self, model: TableModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = model
        self.look = look
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setMinimumSectionSize(16)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.look.px(33))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.look.color("head"))
        painter.end()
        super().paintEvent(event)  # type: ignore[arg-type]
        painter = QPainter(self.viewport())
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), self.look.color("line2"))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        column = self._table.columns[logical]
        look = self.look
        painter.save()
        painter.fillRect(rect, look.color("head"))
        box = QRectF(rect).adjusted(look.px(6), 0, -look.px(6), -look.px(4))
        if column.head_paint is not None:
            column.head_paint(painter, QRectF(rect), look)
        else:
            painter.setFont(look.font("head"))
            painter.setPen(look.color("tx3"))
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            title = column.heading(look)
            painter.drawText(box, int(side | Qt.AlignmentFlag.AlignBottom), title)
            if self._table.sorted_by and self._table.sorted_by[0] == column.key:
                metrics = QFontMetricsF(look.font("head"))
                last = metrics.horizontalAdvance(title.rsplit("\n", 1)[-1])
                x = box.right() + look.px(3) if column.number else box.left() + last + look.px(7)
                triangle(painter, x, box.bottom() - look.px(6), look.px(6), look.color("tx3"),
                         opened=self._table.sorted_by[1])
        painter.restore()
