"""Why a figure moved: from its old value through the part of each cause to the new one, lying on one ruler.

Names stand left, numbers right of the bars, a dashed link between neighbours; a level (the limit) is a vertical line.
Parts that raise are solid, parts that lower are hollow: without colour it reads the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandyq.basics.text import N_
from sandyq_desktop.charts.scales import Scale
from sandyq_desktop.controls import LEFT
from sandyq_desktop.look import Look

_ROW, _BAR, _NAMES, _FIGURES, _HEAD = 22, 12, 150, 190, 18


@dataclass(frozen=True, slots=True)
class Step:
    """One cause: its part with its sign, the figure in words, and what stands behind it (the but-for value)."""

    name: str
    part: float
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bridge:
    """A change: both ends with their names and words, the steps between, and a level that it is held against."""

    start: Step
    steps: tuple[Step, ...]
    end: Step
    level: float | None = None
    level_text: str = ""


class Waterfall(QWidget):
    """Shows one bridge; nothing while it has none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._bridge: Bridge | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bridge(self, bridge: Bridge | None) -> None:
        """Show another change, or nothing."""
        self._bridge = bridge
        said = [] if bridge is None else [bridge.start, *bridge.steps, bridge.end]
        self.setAccessibleName(self._look.say(N_("Causes of the change")))
        self.setAccessibleDescription("; ".join(
            " ".join(part for part in (step.name, step.text, step.note) if part) for step in said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self._bridge is None:
            return QSize(0, 0)
        return QSize(480, self._look.px((len(self._bridge.steps) + 2) * _ROW + _HEAD + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        bridge = self._bridge
        if bridge is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ruler = self._ruler(bridge)
        self._level(painter, ruler, bridge)
        running = list(accumulate((step.part for step in bridge.steps), initial=bridge.start.part))
        self._row(painter, ruler, 0, bridge.start, (ruler.low, bridge.start.part), total=True)
        for place, step in enumerate(bridge.steps, 1):
            self._link(painter, ruler, place, running[place - 1])
            self._row(painter, ruler, place, step, (running[place - 1], running[place]), total=False)
        last = len(bridge.steps) + 1
        self._link(painter, ruler, last, running[-1])
        self._row(painter, ruler, last, bridge.end, (ruler.low, bridge.end.part), total=True)

    def _ruler(self, bridge: Bridge) -> Scale:
        ends = _ends(bridge)
        low, high = min(ends), max(ends)
        if low > 0 and high < 2.5 * low:
            low -= (high - low) * 0.35 or abs(low) * 0.1
        else:
            low = min(low, 0.0)
        margin = (high - low) * 0.04 or 1.0
        return Scale(low, high + margin, self._look.px(_NAMES), self.width() - self._look.px(_FIGURES))

    def _row(self, painter: QPainter, ruler: Scale, place: int, step: Step, span: tuple[float, float], *,
             total: bool) -> None:
        look = self._look
        top = look.px(_HEAD + place * _ROW)
        left, right = sorted((ruler(span[0]), ruler(span[1])))
        box = QRectF(left + 0.5, top + look.px(_ROW - _BAR) // 2 + 0.5, max(right - left, 1.0), look.px(_BAR))
        color = look.color("tx2" if total else "c6" if step.part > 0 else "c1")
        painter.setPen(QPen(color, 1.2))
        painter.setBrush(color if total or step.part > 0 else Qt.BrushStyle.NoBrush)
        if total or step.part:
            painter.drawRect(box)
        weight = 600 if total else 0
        self._say(painter, QRectF(0, top, look.px(_NAMES - 10), look.px(_ROW)), step.name, "tx", weight)
        x = self.width() - look.px(_FIGURES - 10)
        used = self._say(painter, QRectF(x, top, look.px(_FIGURES - 10), look.px(_ROW)), step.text, "tx", weight)
        room = look.px(_FIGURES - 10) - used - look.px(8)
        self._say(painter, QRectF(x + used + look.px(8), top, room, look.px(_ROW)), step.note, "tx3")

    def _link(self, painter: QPainter, ruler: Scale, place: int, value: float) -> None:
        look, x = self._look, ruler(value)
        middle = look.px(_ROW) // 2
        top = look.px(_HEAD + (place - 1) * _ROW) + middle
        pen = QPen(look.color("edge"), 1)
        pen.setDashPattern([2, 2])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, top), QPointF(x, look.px(_HEAD + place * _ROW) + middle))

    def _level(self, painter: QPainter, ruler: Scale, bridge: Bridge) -> None:
        if bridge.level is None:
            return
        look, x = self._look, round(ruler(bridge.level)) + 0.5
        painter.setPen(QPen(look.color("tx"), 1.2))
        painter.drawLine(QPointF(x, look.px(_HEAD - 2)), QPointF(x, self.height()))
        font = look.font("caption")
        wide = QFontMetricsF(font).horizontalAdvance(bridge.level_text) + look.px(6)
        box = QRectF(min(max(x - wide / 2, ruler.start), ruler.end - wide), 0, wide, look.px(_HEAD - 3))
        self._say(painter, box, bridge.level_text, "tx2")

    def _say(self, painter: QPainter, box: QRectF, words: str, token: str, weight: int = 0) -> float:
        """Write words that fit into the box, shortened with an ellipsis; return their width."""
        font = self._look.font("caption", weight)
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(font)
        painter.setPen(self._look.color(token))
        painter.drawText(box, LEFT, shown)
        return metrics.horizontalAdvance(shown)


def _ends(bridge: Bridge) -> Sequence[float]:
    running = accumulate((step.part for step in bridge.steps), initial=bridge.start.part)
    return [*running, bridge.end.part, *([] if bridge.level is None else [bridge.level])]
