"""The editable rows of a draft: side, symbol with completion, quantity, limit price, fee, and the line's amount."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from sandyq.basics.decimals import product
from sandyq.basics.text import N_, Text
from sandyq.limits.result import Check, Order, Verdict
from sandyq_desktop.controls import LEFT, Action, Words
from sandyq_desktop.icons import VERDICT_LOOKS, draw
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import MILLION
from sandyq_desktop.views.order_draft import Row
from sandyq_desktop.words import VERDICTS

HEADS: Final = ((N_("Side"), 0), (N_("Symbol"), 1), (N_("Instrument"), 2), (N_("Quantity or amount"), 3),
                (N_("Limit price"), 4), (N_("Fee"), 5), (N_("Amount, m"), 6), (N_("Last price"), 7),
                (N_("Line alone"), 8))
NAMES: Final = {"symbol": N_("Symbol"), "quantity": N_("Quantity or amount"), "price": N_("Limit price"),
                "fee": N_("Fee")}
COLUMNS: Final = ("side", "symbol", "name", "quantity", "price", "fee", "amount", "last", "result", "remove")
LEAVES: Final = ("name", "last")
WIDTHS: Final = {"symbol": 88, "quantity": 112, "price": 86, "fee": 84}


class Field(QLineEdit):
    """A field whose undo is that of the draft, and that takes rows from a spreadsheet."""

    pasted = Signal(str)
    stepped = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            self.stepped.emit(event.matches(QKeySequence.StandardKey.Undo))
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            if "\t" in text or "\n" in text.strip():
                self.pasted.emit(text)
                return
        super().keyPressEvent(event)


class Sideways(QScrollArea):
    """A row of fields that scrolls sideways where the window is narrow, as high as what is in it."""

    def __init__(self, lines: OrderLines) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lines = lines
        self.setWidget(lines)
        lines.installEventFilter(self)

    def sizeHint(self) -> QSize:
        lines, bar = self._lines, self.horizontalScrollBar()
        hidden = lines.minimumSizeHint().width() <= self.width()
        return QSize(super().sizeHint().width(), lines.sizeHint().height() + (0 if hidden else bar.sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._lines.fit(self.viewport().width())
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lines.fit(self.viewport().width())
        self.updateGeometry()


class LineResult(QWidget):
    """What the limits say to one line by itself: icon, word and the limits that speak."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._verdict: Verdict | None = None
        self._text = ""

    def tell(self, check: Check | None) -> None:
        """Show a check of the line alone; None: it is the only line, or not judged."""
        self._verdict = check.verdict if check else None
        self._text = ""
        if check is not None:
            names = dict.fromkeys(name for name, verdict, _ in check.reasons if verdict is check.verdict)
            word = self._look.say(VERDICTS[check.verdict])
            self._text = f"{word}: {', '.join(names)}" if names else word
        self.setAccessibleName(self._text)
        self.setToolTip(self._text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if not self._text:
            return QSize(0, self._look.px(20))
        wide = QFontMetricsF(self._look.font("small", 500)).horizontalAdvance(self._text)
        return QSize(min(round(wide) + self._look.px(20), self._look.px(190)), self._look.px(20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._verdict is None:
            return
        look, painter = self._look, QPainter(self)
        shape, token = VERDICT_LOOKS[self._verdict]
        size, font = look.px(12), look.font("small", 500)
        draw(painter, shape, QRectF(0, (self.height() - size) / 2, size, size), look.color(token), look.color("panel"))
        painter.setFont(font)
        painter.setPen(look.color(token))
        room = self.width() - look.px(18)
        painter.drawText(QRectF(look.px(18), 0, room, self.height()), LEFT,
                         QFontMetricsF(font).elidedText(self._text, Qt.TextElideMode.ElideRight, room))


class OrderLines(QWidget):
    """Shows rows and tells what is typed. The widgets of a row are kept while the number of rows stays the same."""

    edited = Signal(int, str, str)
    finished = Signal(int, str)
    pasted = Signal(int, str)
    removed = Signal(int)
    stepped = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 4, 16, 6)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._symbols: dict[str, str] = {}
        self._rows: list[dict[str, QWidget]] = []
        self._left: list[str] = []
        self._heads: list[Words] = []
        for text, column in HEADS:
            head = Words(look, text, "head", "tx3")
            right = Qt.AlignmentFlag.AlignRight if 3 <= column < len(HEADS) - 1 else Qt.AlignmentFlag.AlignLeft
            self._heads.append(head)
            self._grid.addWidget(head, 0, column, right | Qt.AlignmentFlag.AlignBottom)
        self._heads[-1].hide()

    def offer(self, symbols: Sequence[tuple[str, str]]) -> None:
        """Know the symbols that may be ordered, with their names."""
        self._symbols = dict(symbols)
        for row in self._rows:
            self._complete(_field(row, "symbol"))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows; a field that is being typed in keeps its cursor."""
        while len(self._rows) > len(rows):
            for widget in self._rows.pop().values():
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        while len(self._rows) < len(rows):
            self._rows.append(self._make(len(self._rows)))
        for place, row in enumerate(rows):
            side = self._rows[place]["side"]
            assert isinstance(side, QComboBox)
            side.blockSignals(True)
            side.setCurrentIndex(1 if row.side == "sell" else 0)
            side.blockSignals(False)
            for name in NAMES:
                field = _field(self._rows[place], name)
                if field.text() != getattr(row, name):
                    field.setText(getattr(row, name))
            name = self._symbols.get(row.symbol.strip().upper(), "")
            self._label(place, "name").tell(name)
            _field(self._rows[place], "symbol").setToolTip(name)

    def show_facts(self, place: int, order: Order | None, last: tuple[Decimal, str] | None) -> None:
        """Show what follows from a row: its amount, and the last price with its day."""
        number = self._look.words.language.number
        self._label(place, "amount").tell("" if order is None else number(
            product(order.quantity, order.price) / MILLION * (1 if order.side == "buy" else -1), 3))
        self._label(place, "last").tell("" if last is None else f"{number(last[0])}  {last[1]}")

    def show_results(self, checks: Sequence[Check | None]) -> None:
        """Show what the limits say to each line by itself; a draft of one line has its verdict already."""
        for place, row in enumerate(self._rows):
            found = row["result"]
            assert isinstance(found, LineResult)
            found.tell(checks[place] if place < len(checks) else None)
        self._heads[-1].setVisible(any(checks))

    def fit(self, room: int) -> None:
        """Let columns that are only read leave while there is no room: the name, then the last price."""
        needed = self._grid.minimumSize().width() + sum(self._spare(name) for name in self._left)
        left: list[str] = []
        for name in LEAVES:
            if needed > room:
                left.append(name)
                needed -= self._spare(name)
        if left != self._left:
            self._left = left
            self._show_columns()

    def _spare(self, name: str) -> int:
        """Return the width that a column takes when it is there."""
        wide = self._heads[COLUMNS.index(name)].sizeHint().width()
        if name == "last":
            wide = max([wide, *(row[name].sizeHint().width() for row in self._rows)])
        return wide + self._grid.horizontalSpacing()

    def _show_columns(self) -> None:
        for name in LEAVES:
            for widget in (self._heads[COLUMNS.index(name)], *(row[name] for row in self._rows)):
                widget.setVisible(name not in self._left)

    def focus(self, place: int, name: str) -> None:
        _field(self._rows[place], name).setFocus()

    def field(self, place: int, name: str) -> QLineEdit:
        return _field(self._rows[place], name)

    def restyle(self) -> None:
        for head in self._heads:
            head.restyle()
        for place, row in enumerate(self._rows):
            self._dress(place, row)

    def _make(self, place: int) -> dict[str, QWidget]:
        row: dict[str, QWidget] = {}
        side = QComboBox()
        side.addItems(["", ""])
        side.currentIndexChanged.connect(lambda at: self.edited.emit(place, "side", "sell" if at else "buy"))
        row["side"] = side
        for name in NAMES:
            field = Field()
            if name != "symbol":
                field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            field.textEdited.connect(lambda text, name=name: self.edited.emit(place, name, text))
            field.editingFinished.connect(lambda name=name: self.finished.emit(place, name))
            field.pasted.connect(lambda text: self.pasted.emit(place, text))
            field.stepped.connect(self.stepped)
            row[name] = field
        self._complete(_field(row, "symbol"))
        row["name"] = Words(self._look, "", "small", "tx2", elided=True)
        row["amount"] = Words(self._look, "", "body", weight=500)
        row["last"] = Words(self._look, "", "small", "tx3")
        row["result"] = LineResult(self._look)
        remove = Action(self._look, N_("Remove"))
        remove.clicked.connect(lambda: self.removed.emit(place))
        row["remove"] = remove
        for column, name in enumerate(COLUMNS):
            if name in ("amount", "last"):
                self._grid.addWidget(row[name], place + 1, column, Qt.AlignmentFlag.AlignRight)
            else:
                self._grid.addWidget(row[name], place + 1, column)
        self._dress(place, row)
        for name in self._left:
            row[name].hide()
        return row

    def _dress(self, place: int, row: dict[str, QWidget]) -> None:
        look = self._look
        side = row["side"]
        assert isinstance(side, QComboBox)
        side.setItemText(0, look.say(N_("Buy")))
        side.setItemText(1, look.say(N_("Sell")))
        side.setFont(look.font())
        side.setAccessibleName(look.say(N_("Side of line {line}", line=place + 1)))
        for name, title in NAMES.items():
            field = _field(row, name)
            field.setFont(look.font("body", 500 if name == "symbol" else 0))
            field.setAccessibleName(look.say(N_("{field} of line {line}", field=title, line=place + 1)))
        hints: dict[str, Text] = {"symbol": N_("Symbol"), "quantity": N_("shares, or 25m"), "price": N_("last"),
                                  "fee": N_("schedule")}
        for name, hint in hints.items():
            field, said = _field(row, name), look.say(hint)
            field.setPlaceholderText(said)
            wide = QFontMetricsF(field.font()).horizontalAdvance(said) + look.px(34)
            field.setFixedWidth(max(look.px(WIDTHS[name]), round(wide)))
        for name in ("name", "amount", "last", "remove"):
            widget = row[name]
            assert isinstance(widget, Words | Action)
            widget.restyle()
        row["remove"].setAccessibleName(look.say(N_("Remove line {line}", line=place + 1)))

    def _complete(self, field: QLineEdit) -> None:
        completer = QCompleter(sorted(self._symbols), field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated[str].connect(field.textEdited)  # type: ignore[index]
        field.setCompleter(completer)

    def _label(self, place: int, name: str) -> Words:
        found = self._rows[place][name]
        assert isinstance(found, Words)
        return found


def _field(row: dict[str, QWidget], name: str) -> QLineEdit:
    found = row[name]
    assert isinstance(found, QLineEdit)
    return found
