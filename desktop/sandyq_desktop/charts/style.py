"""Colours and type of charts: tokens of a palette, pens of width 1 with the dash of their kind, tabular figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPen

from sandyq_desktop import fonts, palette
from sandyq_desktop.charts.figure import DASHES

AREA_OPACITY = 0.62
BAND_LIGHT, BAND_DARK = 0.13, 0.20


@dataclass(frozen=True, slots=True)
class Style:
    """A palette's tokens (name → hex) with the family and zoom of the type."""

    tokens: Mapping[str, str]
    family: str = "Inter"
    zoom: float = 1.0

    @classmethod
    def of(cls, colours: palette.Palette, type_: fonts.Fonts) -> Style:
        return cls({token: str(getattr(colours, token)) for token in palette.tokens()}, fonts.SANS, type_.zoom / 100)

    def colour(self, token: str, opacity: float = 1.0) -> QColor:
        found = QColor(self.tokens[token])
        found.setAlphaF(opacity)
        return found

    @property
    def band(self) -> QColor:
        dark = QColor(self.tokens["panel"]).lightness() < 128
        return self.colour("c6", BAND_DARK if dark else BAND_LIGHT)

    def font(self, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(self.family)
        font.setPixelSize(round(pixels * self.zoom))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def pen(self, token: str, dash: str = "solid", width: float = 1.0) -> QPen:
        pen = QPen(self.colour(token), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if pattern := DASHES[dash]:
            pen.setDashPattern([length / width for length in pattern])
        return pen

    def px(self, pixels: float) -> int:
        return round(pixels * self.zoom)
