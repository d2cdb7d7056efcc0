"""The tree of a figure, drawn: label, value, and under it (or beside it) the sentence and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QFrame, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem

from sandyq.basics.decimals import HUNDRED
from sandyq.basics.figure import Figure
from sandyq.basics.origin import Origin
from sandyq.workstation.contract import Source
from sandyq_desktop.icons import Shape, draw, triangle
from sandyq_desktop.look import Look

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
FIGURE = int(Qt.ItemDataRole.UserRole) + 1
NOTE = FIGURE + 1
_MILLION = Decimal(1_000_000)


def value_text(figure: Figure, look: Look, *, whole: bool = False) -> str:
    """Return a figure's value with the digits of its unit: amounts in cents, ratios as per cent, the rest as it is."""
    value = figure.value
    number = look.words.language.number
    if value is None:
        return "—"
    if isinstance(value, Decimal):
        if figure.unit == "%":
            return number(value, 4)
        if figure.unit in {"USD", "KZT"}:
            return number(value, 0 if whole else 2)
        if figure.unit == "ratio":
            return number(value * HUNDRED, 4)
        return number(value, min(8, max(0, -int(value.as_tuple().exponent))))
    if isinstance(value, float):
        return number(value, 4)
    if isinstance(value, date):
        return look.words.language.date(value)
    return str(value)


def unit_text(figure: Figure) -> str:
    return "%" if figure.unit == "ratio" else figure.unit


def walk(figure: Figure, depth: int = 0) -> Iterator[tuple[int, Figure]]:
    """Yield every node with its depth, from the top."""
    yield depth, figure
    for part in figure.parts:
        yield from walk(part, depth + 1)


def origins(figure: Figure) -> tuple[Origin, ...]:
    """Return every origin under a figure once, in order."""
    return tuple(dict.fromkeys(node.origin for _, node in walk(figure) if node.origin is not None))


def short_source(source: Source, look: Look) -> str:
    """Return file, line, person and day: what fits under a leaf."""
    place = f"{source.file} : {source.line}" if source.line else source.file
    return f"{place} · {source.actor} · {look.words.language.date(source.known_at.date())}"


def source_text(source: Source, look: Look) -> str:
    """Return where a leaf came from: file, line, person, time, hash."""
    place = f"{source.file} : {source.line}" if source.line else source.file
    return (f"{place} · {source.actor} · {look.words.language.moment(source.known_at)} · "
            f"{source.sha256[:4]}…{source.sha256[-4:]}")


def note_text(figure: Figure, sources: dict[Origin, Source], look: Look, *, short: bool = False) -> str:
    """Return the sentence and the source, one a line."""
    parts = [look.say(figure.note)] if figure.note else []
    if figure.origin is not None and figure.origin in sources:
        parts.append((short_source if short else source_text)(sources[figure.origin], look))
    return "\n".join(part for part in parts if part)


def tree_text(figure: Figure, sources: dict[Origin, Source], look: Look) -> str:
    """Return the whole tree as indented text for the clipboard."""
    return "\n".join("\t".join(("    " * depth + look.say(node.label), value_text(node, look), unit_text(node),
                                note_text(node, sources, look).replace("\n", " · "))) for depth, node in walk(figure))


class FigureDelegate(QStyledItemDelegate):
    """Two lines a node, or one line when `compact`."""

    def __init__(self, look: Look, *, compact: bool) -> None:
        super().__init__()
        self._look, self._compact = look, compact

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option
        figure: Figure = index.data(FIGURE)
        note = str(index.data(NOTE) or "")
        extra = self._look.px(14) * (len(note.splitlines()) + len(figure.findings))
        return QSize(100, self._look.px(20) if self._compact else self._look.px(21) + extra)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        look, rect = self._look, QRectF(option.rect)
        figure: Figure = index.data(FIGURE)
        note = str(index.data(NOTE) or "")
        state = option.state
        painter.save()
        painter.fillRect(rect, look.color("sel" if state & QStyle.StateFlag.State_Selected else "panel"))
        strong = 600 if figure.chosen or not index.parent().isValid() else 400
        if self._compact:
            self._one_line(painter, rect, figure, note, strong)
        else:
            self._two_lines(painter, rect, figure, note, strong)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.color("acc"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _one_line(self, painter: QPainter, rect: QRectF, figure: Figure, note: str, weight: int) -> None:
        look = self._look
        view = self.parent()
        whole = view.viewport().width() if isinstance(view, QTreeWidget) else round(rect.right())
        narrow = whole < look.px(330)
        right = whole - look.px(6) if narrow else whole * 0.60
        value = f"{value_text(figure, look, whole=True)} {'%' if figure.unit in {'ratio', '%'} else ''}".strip()
        font = look.font("small", weight)
        wide = QFontMetricsF(font).horizontalAdvance(value)
        painter.setFont(font)
        painter.setPen(look.color("tx"))
        painter.drawText(QRectF(right - wide, rect.top(), wide + 2, rect.height()), LEFT, value)
        name = QFontMetricsF(font).elidedText(look.say(figure.label), Qt.TextElideMode.ElideRight,
                                              right - wide - rect.left() - look.px(8))
        painter.drawText(rect, LEFT, name)
        if narrow:
            return
        small = look.font("caption")
        text = note.replace("\n", " · ") or " ".join(look.say(finding.text) for finding in figure.findings)
        painter.setFont(small)
        painter.setPen(look.color("t_warn" if figure.findings and not note else "tx3"))
        room = whole - right - look.px(10)
        painter.drawText(QRectF(right + look.px(8), rect.top(), room, rect.height()), LEFT,
                         QFontMetricsF(small).elidedText(text, Qt.TextElideMode.ElideRight, room))

    def _two_lines(self, painter: QPainter, rect: QRectF, figure: Figure, note: str, weight: int) -> None:
        look = self._look
        high, small = look.px(21), look.font("caption")
        painter.fillRect(QRectF(0, rect.bottom() - 1, rect.right(), 1), look.color("line"))
        font = look.font("small", weight)
        value = value_text(figure, look)
        number = look.font("body", weight)
        wide = QFontMetricsF(number).horizontalAdvance(value)
        painter.setFont(number)
        painter.setPen(look.color("tx" if figure.value is not None else "tx3"))
        painter.drawText(QRectF(rect.right() - wide - look.px(6), rect.top(), wide + 2, high), LEFT, value)
        painter.setFont(font)
        painter.setPen(look.color("tx"))
        room = rect.width() - wide - look.px(14)
        painter.drawText(QRectF(rect.left(), rect.top(), room, high), LEFT,
                         QFontMetricsF(font).elidedText(look.say(figure.label), Qt.TextElideMode.ElideRight, room))
        top, metrics = rect.top() + look.px(18), QFontMetricsF(small)
        painter.setFont(small)
        for line in note.splitlines():
            painter.setPen(look.color("tx3"))
            painter.drawText(QRectF(rect.left(), top, rect.width() - 6, look.px(14)), LEFT,
                             metrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width() - 6))
            top += look.px(14)
        for finding in figure.findings:
            draw(painter, Shape.WARNING, QRectF(rect.left(), top + 1, look.px(11), look.px(11)), look.color("t_warn"),
                 look.color("panel"))
            painter.setPen(look.color("t_warn"))
            painter.drawText(QRectF(rect.left() + look.px(16), top, rect.width() - look.px(20), look.px(14)), LEFT,
                             metrics.elidedText(look.say(finding.text), Qt.TextElideMode.ElideRight,
                                                rect.width() - look.px(20)))
            top += look.px(14)


class FigureTree(QTreeWidget):
    """The tree of one figure; `show_figure` replaces it."""

    def __init__(self, look: Look, name: str, *, compact: bool = False) -> None:
        super().__init__()
        self._look, self._compact = look, compact
        self._figure: Figure | None = None
        self._sources: dict[Origin, Source] = {}
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(look.px(13))
        self._delegate = FigureDelegate(look, compact=compact)
        self._delegate.setParent(self)
        self.setItemDelegate(self._delegate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(look.say(name))

    @property
    def figure(self) -> Figure | None:
        return self._figure

    def text(self) -> str:
        """Return the tree for the clipboard."""
        return tree_text(self._figure, self._sources, self._look) if self._figure else ""

    def show_figure(self, figure: Figure | None, sources: dict[Origin, Source]) -> None:
        self._figure, self._sources = figure, sources
        self.setIndentation(self._look.px(13))
        self.clear()
        if figure is None:
            return
        parents: list[QTreeWidgetItem] = []
        for depth, node in walk(figure):
            item = QTreeWidgetItem()
            label = f"{self._look.say(node.label)}: {value_text(node, self._look)} {unit_text(node)}".strip()
            note = note_text(node, sources, self._look)
            item.setData(0, FIGURE, node)
            item.setData(0, NOTE, note_text(node, sources, self._look, short=True))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{label}. {note}")
            item.setToolTip(0, f"{label}\n{note}".strip())
            del parents[depth:]
            if parents:
                parents[-1].addChild(item)
            else:
                self.addTopLevelItem(item)
            parents.append(item)
            item.setExpanded(depth < 2)

    def drawBranches(self, painter: QPainter, rect: object, index: QModelIndex | QPersistentModelIndex) -> None:
        box = QRectF(rect)  # type: ignore[call-overload]
        item = self.itemFromIndex(index)
        if self.currentItem() is item:
            painter.fillRect(box, self._look.color("sel"))
        if item is not None and item.childCount():
            triangle(painter, box.right() - self._look.px(7), box.top() + self._look.px(11), self._look.px(7),
                     self._look.color("tx2"), opened=item.isExpanded())
