"""Draws a chart: the same strokes for the screen, a picture and an SVG file."""

from __future__ import annotations

from datetime import date

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPolygonF

from sandyq.basics.language import Language
from sandyq_desktop.charts import paths
from sandyq_desktop.charts.figure import Chart, Column, Series
from sandyq_desktop.charts.layout import Layout, Place
from sandyq_desktop.charts.scales import Scale, decimals, months
from sandyq_desktop.charts.style import AREA_OPACITY, Style

HALF = 0.5
LEAST_BAND = 6.0
LEFT_RIGHT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Drawing:
    """One chart on one painter. `layout` says where, `style` in which colours and type."""

    def __init__(self, painter: QPainter, chart: Chart, layout: Layout, style: Style, language: Language) -> None:
        self.painter, self.chart, self.layout = painter, chart, layout
        self.style, self.language = style, language
        self.days = chart.ordinals

    def paint(self) -> None:
        """Draw all that does not move with the crosshair."""
        painter, layout = self.painter, self.layout
        painter.fillRect(QRectF(0, 0, layout.width, layout.height), self.style.colour("panel"))
        for number, place in enumerate(layout.places):
            self._panel(place, first=number == 0)
        if self.chart.days:
            self._axis()
        if layout.column is not None:
            painter.setPen(self.style.pen("line2"))
            painter.drawLine(QPointF(layout.column + HALF, 0), QPointF(layout.column + HALF, layout.height))

    def _panel(self, place: Place, *, first: bool) -> None:
        painter, style = self.painter, self.style
        if not first:
            painter.setPen(style.pen("line2"))
            y = round(place.whole.top()) + HALF
            painter.drawLine(QPointF(0, y), QPointF(self.layout.width, y))
        self._title(place)
        self._grid(place)
        painter.save()
        painter.setClipRect(place.plot.adjusted(0, -1, 2, 2))
        self._bands(place)
        self._areas(place)
        for series in place.panel.series:
            if series.kind in ("line", "step", "fill"):
                self._line(place, series)
        painter.restore()
        self._band_marks(place)
        if place.panel.trades:
            self._trades(place)
        self._notes(place)
        if self.layout.column is None:
            self._end_labels(place)

    def _title(self, place: Place) -> None:
        if not place.panel.title:
            return
        px, style = self.style.px, self.style
        bold = style.font(13, QFont.Weight.DemiBold)
        y = place.whole.top() + px(17)
        self._text(bold, "tx", QPointF(px(16), y), place.panel.title)
        wide = QFontMetricsF(bold).horizontalAdvance(place.panel.title)
        self._text(style.font(11), "tx3", QPointF(px(16) + wide + px(8), y), place.panel.unit)

    def _grid(self, place: Place) -> None:
        style, painter = self.style, self.painter
        digits = decimals(list(place.marks))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for mark in place.marks:
            y = place.scale(mark)
            painter.setPen(style.pen("line"))
            painter.drawLine(QPointF(place.plot.left(), round(y)), QPointF(place.plot.right(), round(y)))
            painter.setPen(style.colour("tx3"))
            painter.setFont(style.font(11))
            box = QRectF(0, y - style.px(8), style.px(48), style.px(16))
            painter.drawText(box, RIGHT, self.language.number(mark, digits))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)

    def _bands(self, place: Place) -> None:
        for start, end, _ in self.chart.breaches:
            left, right = self.band(start, end)
            self.painter.fillRect(QRectF(left, place.whole.top() if self.layout.column is not None
                                         else place.plot.top(), right - left, place.whole.height()), self.style.band)

    def band(self, start: date, end: date) -> tuple[float, float]:
        return band_edges(self.layout.time, start, end)

    def _band_marks(self, place: Place) -> None:
        """Write each band's mark over it, the latest first and clear of each other; without room, none."""
        if self.layout.column is not None:
            return
        font = self.style.font(11, QFont.Weight.DemiBold)
        metrics, gap, high = QFontMetricsF(font), self.style.px(8), self.style.px(14)
        border = self.layout.width
        for start, end, marks in sorted(self.chart.breaches, reverse=True):
            left, right = self.band(start, end)
            if right < place.plot.left() or left > place.plot.right():
                continue
            left, right = max(left, place.plot.left()), min(right, place.plot.right())
            for mark in marks:
                wide = metrics.horizontalAdvance(mark) + 2
                at = min(max((left + right - wide) / 2, place.plot.left()), border - wide)
                if at >= place.plot.left() and at + wide >= left:
                    self.painter.setFont(font)
                    self.painter.setPen(self.style.colour("t_soft"))
                    self.painter.drawText(QRectF(at, place.plot.top() - high, wide, high),
                                          Qt.AlignmentFlag.AlignCenter, mark)
                    border = at - gap
                    break

    def _seen(self) -> slice:
        return paths.clip(self.days, self.layout.time.low, self.layout.time.high)

    def _areas(self, place: Place) -> None:
        stacked = self.chart.stacked(place.panel)
        if not stacked:
            return
        seen = self._seen()
        x = self.layout.time.column(self.days[seen])
        painter = self.painter
        many = len(x) * len(stacked) > 20_000
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not many)
        step = max(1, int(len(x) / max(place.plot.width(), 1) * 2)) if many else 1
        at = x[::step]
        for series, low, high in stacked:
            surface = paths.area(at, place.scale.column(low[seen][::step]), place.scale.column(high[seen][::step]))
            painter.fillPath(surface, self.style.colour(series.token, AREA_OPACITY))
        for series, _, high in stacked:
            edge = place.scale.column(high[seen][::step])
            painter.strokePath(paths.line(at, edge - 1), self.style.pen("panel"))
            painter.strokePath(paths.line(at, edge), self.style.pen(series.token))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)

    def _line(self, place: Place, series: Series) -> None:
        seen = self._seen()
        x, y = paths.thin(self.days[seen], series.values[seen], int(place.plot.width()))
        x, y = self.layout.time.column(x), place.scale.column(y)
        painter, style = self.painter, self.style
        if series.kind == "fill":
            zero = np.full(len(x), place.scale(0.0))
            painter.fillPath(paths.area(x, zero, y), style.colour(series.token, 0.2))
        if series.kind == "step":
            x, y = paths.stairs(x, y, x[-1]) if len(x) else (x, y)
        dense = len(x) < seen.stop - seen.start or len(x) > 5_000
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not dense and series.kind != "step")
        if series.kind == "step":
            x, y = np.round(x), np.round(y)
        width = 2.0 if series.dash == "hard" and series.kind == "step" else 1.0
        if series.bold and not dense and len(x) < 1_500:
            width = 1.5
        painter.strokePath(paths.line(x, y), style.pen(series.token, series.dash, width))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)

    def _trades(self, place: Place) -> None:
        style, painter = self.style, self.painter
        size, y = style.px(4), place.plot.bottom()
        font = style.font(11)
        places = [(self.layout.time(day.toordinal()), amount) for day, amount in self.chart.flows if amount]
        places = [one for one in places if place.plot.left() <= one[0] <= place.plot.right()]
        for number, (x, amount) in enumerate(places):
            turn = -1 if amount > 0 else 1
            tip = QPolygonF([QPointF(x, y - size + turn * size), QPointF(x - size, y - size - turn * size),
                             QPointF(x + size, y - size - turn * size)])
            painter.setPen(style.pen("tx"))
            painter.setBrush(style.colour("panel"))
            painter.drawPolygon(tip)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            words = self.language.number(amount / 1e6, 1, sign=True)
            ends = x + size + 8 + QFontMetricsF(font).horizontalAdvance(words)
            if self.layout.column is None and (number + 1 == len(places) or ends < places[number + 1][0] - size):
                self._text(font, "tx2", QPointF(x + size + 4, y - 1), words)

    def _notes(self, place: Place) -> None:
        style = self.style
        free = place.plot.left()
        start = self.layout.time.low
        before = [note for note in place.panel.notes if note.day.toordinal() <= start]
        for note in (*before[-1:], *(note for note in place.panel.notes if note.day.toordinal() > start)):
            x = max(self.layout.time(note.day.toordinal()), place.plot.left())
            if x > place.plot.right():
                continue
            if self.layout.column is None:
                self.painter.setPen(style.pen("tx3", "other"))
                self.painter.drawLine(QPointF(round(x) + HALF, place.plot.top()),
                                      QPointF(round(x) + HALF, place.plot.bottom()))
            metrics = QFontMetricsF(style.font(11))
            wide = metrics.horizontalAdvance(note.text)
            at = min(x + 6, place.plot.right() - wide - 4)
            if at < free:
                continue
            y = (place.plot.top() + style.px(11) if note.value is None
                 else max(place.scale(note.value) - style.px(5), place.plot.top() + style.px(10)))
            self._text(style.font(11), "tx2", QPointF(at, y), note.text)
            free = at + wide + 10

    def _end_labels(self, place: Place) -> None:
        """Write names and last values at the right end, the lines' own order kept and none over another."""
        style = self.style
        wanted = []
        for series in place.panel.series:
            last = _last(series.values)
            if series.labelled and last is not None and place.scale.low <= last <= place.scale.high:
                wanted.append((place.scale(last), series, last))
        wanted.sort(key=lambda one: one[0])
        line, y = style.px(14), -1e9
        for at, series, last in wanted:
            y = max(at, y + line)
            weight = QFont.Weight.DemiBold if series.state else QFont.Weight.Normal
            number = self.language.number(last, place.panel.digits)
            words = number if series.state else f"{series.name} {number}"
            self._text(style.font(13 if series.state else 11, weight), series.state or "tx2",
                       QPointF(place.plot.right() + style.px(6), y + style.px(4)), words)
            if series.state:
                self.painter.setBrush(style.colour(series.token))
                self.painter.setPen(Qt.PenStyle.NoPen)
                self.painter.drawEllipse(QPointF(place.plot.right(), at), 3, 3)
                self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def _axis(self) -> None:
        style, painter, layout = self.style, self.painter, self.layout
        y = round(layout.axis) + HALF
        painter.setPen(style.pen("line2"))
        painter.drawLine(QPointF(layout.time.start, y), QPointF(layout.time.end, y))
        font = style.font(11)
        metrics = QFontMetricsF(font)
        for mark in months(int(layout.time.low), int(layout.time.high), layout.time.end - layout.time.start):
            x = round(layout.time(mark.toordinal())) + HALF
            painter.setPen(style.pen("tx3"))
            painter.drawLine(QPointF(x, y), QPointF(x, y + 4))
            words = f"{mark:%m.%Y}"
            if x + 3 + metrics.horizontalAdvance(words) <= layout.time.end + (60 if layout.column is None else 0):
                self._text(font, "tx3", QPointF(x + 3, y + style.px(15)), words)

    def _text(self, font: QFont, token: str, at: QPointF, words: str) -> None:
        self.painter.setFont(font)
        self.painter.setPen(self.style.colour(token))
        self.painter.drawText(at, words)


def band_edges(time: Scale, start: date, end: date) -> tuple[float, float]:
    """Return left and right edge of a breach period: from its first day to the end of its last, 6 px at least."""
    left, right = time(start.toordinal()), time(end.toordinal() + 1)
    if right - left < LEAST_BAND:
        middle = (left + right) / 2
        left, right = middle - LEAST_BAND / 2, middle + LEAST_BAND / 2
    return left, right


def _last(values: Column) -> float | None:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else None
