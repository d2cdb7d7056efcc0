"""Takes a chart out of the window: PNG and SVG, always in the light palette and with their provenance, and CSV."""

from __future__ import annotations

import csv
import io
import math
from datetime import date
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq_desktop.charts.crosshair import paint_column
from sandyq_desktop.charts.figure import Chart, Provenance
from sandyq_desktop.charts.layout import arrange
from sandyq_desktop.charts.paint import Drawing
from sandyq_desktop.charts.style import Style

HEADING = 44
SIZE = QSize(1400, 880)
DATES = N_("{first} to {last}. Book {book}, as of {as_of}, known at {known_at}. Values at the right are of {last}.")


def csv_text(chart: Chart, first: date, last: date) -> str:
    """Return the days shown as comma-separated rows; an Unknown value is an empty field, numbers with a point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [(panel, series) for panel in chart.panels for series in panel.series]
    writer.writerow(["date", *(f"{panel.title or panel.unit}: {series.name} [{panel.unit}]"
                               for panel, series in columns)])
    for place, day in enumerate(chart.days):
        if first <= day <= last:
            writer.writerow([day.isoformat(), *(_cell(float(series.values[place])) for _, series in columns)])
    return out.getvalue()


def png_bytes(chart: Chart, style: Style, language: Language, first: date, last: date, about: Provenance,
              size: QSize = SIZE, scale: float = 2.0) -> bytes:
    """Return the picture as PNG at `scale` pixels per unit. `style` must be the light one."""
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    _draw(painter, chart, style, language, first, last, about, size)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_svg(path: Path, chart: Chart, style: Style, language: Language, first: date, last: date,
              about: Provenance, size: QSize = SIZE) -> None:
    """Write the picture as SVG. `style` must be the light one."""
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(about.title)
    painter = QPainter(generator)
    _draw(painter, chart, style, language, first, last, about, size)
    painter.end()


def _draw(painter: QPainter, chart: Chart, style: Style, language: Language, first: date, last: date,
          about: Provenance, size: QSize) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), style.colour("panel"))
    painter.setFont(style.font(15, QFont.Weight.DemiBold))
    painter.setPen(style.colour("tx"))
    painter.drawText(QPointF(16, 20), f"DEMO  {about.title}" if about.demo else about.title)
    painter.setFont(style.font(11))
    painter.setPen(style.colour("tx3"))
    painter.drawText(QPointF(16, 37), language.say(N_(
        DATES.template, first=first, last=last, book=about.book, as_of=about.as_of, known_at=about.known_at)))
    painter.translate(0, HEADING)
    layout = arrange(chart, style, size.width(), size.height() - HEADING, first.toordinal(), last.toordinal())
    Drawing(painter, chart, layout, style, language).paint()
    inside = [place for place, day in enumerate(chart.days) if first <= day <= last]
    if inside:
        paint_column(painter, chart, layout, style, language, inside[-1])


def _cell(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""
