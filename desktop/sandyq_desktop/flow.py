"""A row of controls that continues on the next line when the window is too narrow: letters are never cut."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSpacerItem, QWidget, QWidgetItem

_BEGINNING = 30
"""Letters of a sentence that stay in sight before the controls after it move to the next line."""


class Flow(QLayout):
    """Items from the left; what follows a `spring` moves to the right edge; an `eager` widget takes spare width."""

    def __init__(self, *, margins: QMargins, gap: int = 8, high: int = 26) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap, self._least = gap, high
        self._eager: QWidget | None = None
        self.setContentsMargins(margins)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insert(self, place: int, widget: QWidget) -> None:
        """Put a widget between others."""
        self.addChildWidget(widget)
        self._items.insert(place, QWidgetItem(widget))
        self.invalidate()

    def spring(self) -> None:
        self.addItem(QSpacerItem(0, 0))

    def space(self, pixels: int) -> None:
        self.addItem(QSpacerItem(pixels, 1))

    def eager(self, widget: QWidget) -> None:
        """Add a widget that takes the width that is left on its line."""
        self._eager = widget
        self.addWidget(widget)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), apply=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        margins = self.contentsMargins()
        widest = max((item.minimumSize().width() if item.hasHeightForWidth() or item.widget() is self._eager is not None
                      else self._width(item) for item in self._items), default=0)
        return QSize(widest + margins.left() + margins.right(), self._least + margins.top() + margins.bottom())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    def _width(self, item: QLayoutItem) -> int:
        """The width that an item needs; the one that takes what is left needs a sentence's beginning only."""
        least, widget = item.minimumSize().width(), item.widget()
        if widget is None or widget is not self._eager:
            return max(item.sizeHint().width(), least)
        return least or min(widget.sizeHint().width(), _BEGINNING * widget.fontMetrics().averageCharWidth())

    @staticmethod
    def _high(item: QLayoutItem, width: int) -> int:
        hint = item.sizeHint()
        return item.heightForWidth(width) if item.hasHeightForWidth() and width < hint.width() else hint.height()

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        margins = self.contentsMargins()
        inner = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        lines: list[list[QLayoutItem]] = [[]]
        used = 0
        for item in self._items:
            if (widget := item.widget()) is not None and widget.isHidden():
                continue
            width = min(self._width(item), inner.width())
            if lines[-1] and used + width > inner.width() and width:
                lines.append([])
                used = 0
            lines[-1].append(item)
            used += width + (self._gap if width else 0)
        top = inner.top()
        for line in lines:
            high = max([self._least, *(self._high(item, min(self._width(item), inner.width())) for item in line)])
            if apply:
                self._place(line, QRect(inner.left(), top, inner.width(), high))
            top += high + self._gap // 2
        return top - self._gap // 2 - rect.top() + margins.bottom()

    def _place(self, line: list[QLayoutItem], row: QRect) -> None:
        widths = [min(self._width(item), row.width()) for item in line]
        spare = max(row.width() - sum(widths) - self._gap * (sum(1 for width in widths if width) - 1), 0)
        eager = next((place for place, item in enumerate(line) if item.widget() is self._eager is not None), None)
        x = row.left()
        for place, (item, width) in enumerate(zip(line, widths, strict=True)):
            if place == eager:
                width += spare  # noqa: PLW2901 - the eager one takes what is left
            elif not width:
                x += spare if eager is None else 0
                continue
            high = min(self._high(item, width), row.height())
            item.setGeometry(QRect(x, row.top() + (row.height() - high) // 2, width, high))
            x += width + self._gap
