"""What moves: the crosshair with its date plate and rings, and the right column, which is the legend."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq_desktop.charts.figure import Chart, Panel, Series
from sandyq_desktop.charts.layout import COLUMN, Layout
from sandyq_desktop.charts.paint import HALF, RIGHT
from sandyq_desktop.charts.style import AREA_OPACITY, Style

AT = N_("at the crosshair")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def value_at(series: Series, index: int) -> float | None:
    """Return the value of a day, None when it is Unknown."""
    found = float(series.values[index])
    return found if math.isfinite(found) else None


def rows(panel: Panel, index: int, language: Language) -> list[tuple[Series, str]]:
    """Return (series, printed value) of a panel's column, the top of a stack first."""
    areas = [series for series in panel.series if series.kind == "area"]
    others = [series for series in panel.series if series.kind != "area"]
    return [(series, language.number(value_at(series, index), panel.digits,
                                     sign=series.signed))
            for series in (*others, *reversed(areas))]


def spoken(chart: Chart, index: int, language: Language, panels: Sequence[Panel] | None = None) -> str:
    """Return the content of the right column as text: what a screen reader says."""
    parts = [language.date(chart.days[index])]
    for panel in panels if panels is not None else chart.panels:
        values = ", ".join(f"{series.name} {words}" for series, words in rows(panel, index, language))
        parts.append(f"{panel.title}, {panel.unit}: {values}" if panel.title else values)
    return ". ".join(parts)


def paint_crosshair(painter: QPainter, chart: Chart, layout: Layout, style: Style, language: Language,
                    index: int) -> None:
    """Draw the line through all panels, a ring on each curve that asks for one, and the date on the axis."""
    x = round(layout.time(chart.days[index].toordinal())) + HALF
    if not layout.time.start <= x <= layout.time.end + 1:
        return
    top = layout.places[0].plot.top() if layout.places else 0
    painter.setPen(style.pen("tx"))
    painter.drawLine(QPointF(x, top), QPointF(x, layout.axis))
    for place in layout.places:
        for series in place.panel.series:
            found = value_at(series, index)
            if series.ring and found is not None:
                painter.setPen(style.pen(series.token, width=1.5))
                painter.setBrush(style.colour("panel"))
                painter.drawEllipse(QPointF(x, place.scale(found)), 3.5, 3.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    font = style.font(11, QFont.Weight.DemiBold)
    words = language.date(chart.days[index])
    wide = QFontMetricsF(font).horizontalAdvance(words) + style.px(12)
    edge = layout.width if layout.column is None else layout.column - 2
    left = min(max(x - wide / 2, layout.time.start - style.px(20)), edge - wide)
    plate = QRectF(left, layout.axis + style.px(3), wide, style.px(17))
    painter.fillRect(plate, style.colour("tx"))
    painter.setFont(font)
    painter.setPen(style.colour("panel"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def paint_column(painter: QPainter, chart: Chart, layout: Layout, style: Style, language: Language,
                 index: int) -> None:
    """Draw the right column: the day, then per panel colour, dash, name and value."""
    if layout.column is None:
        return
    px = style.px
    left, right = layout.column + px(12), layout.column + px(COLUMN) - px(16)
    day = chart.days[index]
    date_words = f"{language.say(WEEKDAYS[day.weekday()])} {language.date(day)}"
    _write(painter, style.font(13, QFont.Weight.DemiBold), style, "tx", QRectF(left, 0, right - left, px(26)),
           date_words)
    metrics = QFontMetricsF(style.font(11))
    taken = QFontMetricsF(style.font(13, QFont.Weight.DemiBold)).horizontalAdvance(date_words) + px(10)
    if taken + metrics.horizontalAdvance(language.say(AT)) <= right - left:
        painter.setFont(style.font(11))
        painter.setPen(style.colour("tx3"))
        painter.drawText(QRectF(left, 0, right - left, px(26)), RIGHT, language.say(AT))
    for number, place in enumerate(layout.places):
        y = place.whole.top() + px(30 if number == 0 else 24)
        room = place.whole.bottom() - px(6)
        before = ""
        for series, words in rows(place.panel, index, language):
            if series.kind == "area" and before not in ("", "area"):
                y += px(5)
            before = series.kind
            if y + px(18) > room:
                break
            _row(painter, style, QRectF(left, y, right - left, px(20)), series, words)
            y += px(20)
        for caption in place.panel.captions:
            if y + px(18) > room:
                break
            _write(painter, style.font(11), style, "tx3", QRectF(left, y + px(4), right - left, px(18)), caption)
            y += px(18)


def _row(painter: QPainter, style: Style, box: QRectF, series: Series, words: str) -> None:
    px = style.px
    middle = round(box.center().y()) + HALF
    if series.kind == "area":
        mark = QRectF(box.left(), middle - px(5), px(15), px(9))
        painter.fillRect(mark, style.colour("panel"))
        painter.fillRect(mark, style.colour(series.token, AREA_OPACITY))
        painter.setPen(style.pen(series.token))
        painter.drawRect(mark.adjusted(HALF, HALF, -HALF, -HALF))
    elif series.kind != "value":
        painter.setPen(style.pen(series.token, series.dash, 2.0 if series.dash != "warning" else 1.0))
        painter.drawLine(QPointF(box.left(), middle), QPointF(box.left() + px(18), middle))
    weight = QFont.Weight.DemiBold if series.bold else QFont.Weight.Normal
    number = style.font(13, weight if series.bold else QFont.Weight.Medium)
    room = QFontMetricsF(number).horizontalAdvance(words) + px(8)
    font = style.font(12, weight)
    name = QFontMetricsF(font).elidedText(series.name, Qt.TextElideMode.ElideRight, box.width() - px(26) - room)
    _write(painter, font, style, "tx" if series.bold else "tx2", box.adjusted(px(26), 0, 0, 0), name)
    painter.setFont(number)
    painter.setPen(style.colour("tx"))
    painter.drawText(box, RIGHT, words)


def _write(painter: QPainter, font: QFont, style: Style, token: str, box: QRectF, words: str) -> None:
    painter.setFont(font)
    painter.setPen(style.colour(token))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
