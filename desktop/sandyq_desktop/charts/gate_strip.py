"""The gate over a year: a row per test, pale where it passes, hatched with an outline where it fails, empty with a
dashed outline where it has no data; dwell below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandyq.basics.text import N_, Text
from sandyq.gate.machine import GateDay, GateState, Rule
from sandyq_desktop.charts.scales import Scale, months
from sandyq_desktop.controls import LEFT, RIGHT
from sandyq_desktop.look import Look

_ROW, _BAND, _LEFT, _RIGHT, _DWELL = 17, 11, 168, 116, 34


class GateStrip(QWidget):
    """Shows the days it is given; shares of days are rounded down, so that 100 per cent means every day."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rule: Rule | None = None
        self._days: tuple[GateDay, ...] = ()
        self._bought: tuple[tuple[date, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_days(self, rule: Rule, days: Sequence[GateDay], bought: Sequence[tuple[date, str]]) -> None:
        """Show a gate's days; `bought` are days with purchases and the tranche they count for (empty: none)."""
        self._rule, self._days, self._bought = rule, tuple(days), tuple(bought)
        self.setAccessibleName(self._look.say(N_("Gate by day")))
        self.setAccessibleDescription(", ".join(
            f"{test.id} {self._look.say(self._told(number))}" for number, test in enumerate(rule.tests)))
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rows = len(self._rule.tests) if self._rule else 0
        return QSize(600, self._look.px(rows * _ROW + _DWELL + 66))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._rule is None or len(self._days) < 2:
            return
        painter, look = QPainter(self), self._look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = self._days[0].day.toordinal(), self._days[-1].day.toordinal() + 1
        time = Scale(first, last, look.px(_LEFT), self.width() - look.px(_RIGHT))
        for number, test in enumerate(self._rule.tests):
            self._row(painter, time, number, f"{test.id} {look.say(test.criterion.short)}")
        top = look.px(len(self._rule.tests) * _ROW + 6)
        self._dwell(painter, time, top)
        self._axis(painter, time, top + look.px(_DWELL + 24), first, last)

    def _row(self, painter: QPainter, time: Scale, number: int, name: str) -> None:
        look, y = self._look, self._look.px(number * _ROW + 3)
        high = look.px(_BAND)
        self._say(painter, QRectF(0, y - 2, look.px(_LEFT - 10), high + 4), name, "tx2", LEFT)
        for begin, end, passed in self._runs(number):
            box = QRectF(time(begin), y, time(end) - time(begin), high)
            if passed is None:
                painter.setPen(QPen(look.color("t_unknown"), 1, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            elif passed:
                painter.fillRect(box, self._pale())
            else:
                painter.fillRect(box, QBrush(look.color("c6"), Qt.BrushStyle.BDiagPattern))
                painter.setPen(QPen(look.color("c6"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        share = look.say(self._told(number))
        self._say(painter, QRectF(self.width() - look.px(_RIGHT - 10), y - 2, look.px(_RIGHT - 12), high + 4), share,
                  "tx2", LEFT)

    def _dwell(self, painter: QPainter, time: Scale, top: int) -> None:
        look, rule = self._look, self._rule
        assert rule is not None
        high = look.px(_DWELL)
        self._say(painter, QRectF(0, top, look.px(_LEFT - 10), high), look.say(N_("Dwell, days")), "tx", LEFT, 600)
        for day in self._days:
            tall = high * min(day.dwell, rule.dwell) / rule.dwell
            token = "c3" if day.state is GateState.OPEN else "c5"
            x = time(day.day.toordinal())
            painter.fillRect(QRectF(x, top + high - tall, max(time(day.day.toordinal() + 1) - x - 0.4, 1.0), tall),
                             look.color(token))
        pen = QPen(look.color("tx"), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(time.start, top + 0.5), QPointF(time.end, top + 0.5))
        words = look.say(N_("{n}: opens", n=rule.dwell))
        self._say(painter, QRectF(time.end + look.px(10), top - look.px(6), look.px(_RIGHT - 12), look.px(14)), words,
                  "tx3", LEFT)
        for bought, name in self._bought:
            if time.low <= bought.toordinal() < time.high:
                x, y, size = time(bought.toordinal() + 0.5), top + high + look.px(4), look.px(4)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.color("tx"))
                painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x - size, y + 1.8 * size),
                                               QPointF(x + size, y + 1.8 * size)]))
                self._say(painter, QRectF(x + size + 2, y - look.px(3), look.px(40), look.px(14)), name, "tx2", LEFT)

    def _axis(self, painter: QPainter, time: Scale, y: int, first: int, last: int) -> None:
        look = self._look
        painter.setPen(QPen(look.color("line2"), 1))
        painter.drawLine(QPointF(time.start, y + 0.5), QPointF(time.end, y + 0.5))
        for mark in months(first, last, time.end - time.start):
            x = round(time(mark.toordinal())) + 0.5
            painter.setPen(QPen(look.color("tx3"), 1))
            painter.drawLine(QPointF(x, y), QPointF(x, y + 4))
            words = f"{mark:%m.%Y}"
            wide = QFontMetricsF(look.font("caption")).horizontalAdvance(words)
            if x + wide + 4 < time.end:
                self._say(painter, QRectF(x + 3, y + 3, wide + 8, look.px(15)), words, "tx3", LEFT)

    def _runs(self, number: int) -> Iterator[tuple[int, int, bool | None]]:
        """Yield (first ordinal, ordinal after the last, passed; None: no data) of each stretch of equal verdicts."""
        begin = self._days[0]
        for day in self._days[1:]:
            if _verdict(day, number) != _verdict(begin, number):
                yield begin.day.toordinal(), day.day.toordinal(), _verdict(begin, number)
                begin = day
        yield begin.day.toordinal(), self._days[-1].day.toordinal() + 1, _verdict(begin, number)

    def _told(self, number: int) -> Text:
        """Return the share of days that passed; a test that never had its data says so instead of nought."""
        if all(_verdict(day, number) is None for day in self._days):
            return N_("no data")
        return N_("{percent} % of days", percent=self._share(number))

    def _share(self, number: int) -> int:
        return 100 * sum(day.passed[number] for day in self._days) // len(self._days) if self._days else 0

    def _pale(self) -> QBrush:
        color = self._look.color("c5")
        color.setAlphaF(0.55)
        return QBrush(color)

    def _say(self, painter: QPainter, box: QRectF, words: str, token: str, where: int = RIGHT,
             weight: int = 0) -> None:
        font: QFont = self._look.font("caption", weight)
        painter.setFont(font)
        painter.setPen(self._look.color(token))
        painter.drawText(box, where, words)


def _verdict(day: GateDay, number: int) -> bool | None:
    """Return whether a test passed on a day; None where it had no value."""
    return None if day.values[number] is None or day.thresholds[number] is None else day.passed[number]


class DwellBoxes(QWidget):
    """One box per day of the dwell: filled ones have passed; the number stands beside them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._done, self._needed, self._open = look, 0, 10, False
        self.setFixedHeight(look.px(16))

    def show_count(self, done: int, needed: int, *, is_open: bool) -> None:
        self._done, self._needed, self._open = done, needed, is_open
        self.setAccessibleName(self._look.say(N_("{n} of {of} days", n=done, of=needed)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, look = QPainter(self), self._look
        count = max(self._needed, 1)
        wide = min(look.px(26), (self.width() - 2) / count - 3)
        token = "c3" if self._open else "c5"
        for place in range(count):
            box = QRectF(place * (wide + 3) + 0.5, 0.5, wide, look.px(12))
            filled = place < self._done
            painter.setPen(QPen(look.color(token if filled else "edge"), 1))
            painter.setBrush(look.color(token) if filled else Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
