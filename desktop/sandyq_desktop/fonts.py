"""The bundled typefaces, the roles of type, and the zoom. Figures are tabular in every font that leaves here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from sandyq_resources import path

FILES: Final = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "NotoSansMono-Regular.ttf")
SANS: Final = "Inter"
MONO: Final = "Noto Sans Mono"
SIZES: Final = {"verdict": 20, "title": 15, "body": 13, "small": 12, "head": 11, "caption": 11, "mono": 11}
"""Logical pixels at 100 %. Nothing is smaller than 11."""
ZOOMS: Final = (80, 90, 100, 110, 125, 150, 175, 200)


def load() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt. Returns the family names found; the window refuses to guess another."""
    families: dict[str, None] = {}
    for file in FILES:
        number = QFontDatabase.addApplicationFont(str(path("fonts", file)))
        families.update(dict.fromkeys(QFontDatabase.applicationFontFamilies(number)))
    return tuple(families)


@dataclass(frozen=True, slots=True)
class Fonts:
    """Fonts by role at a zoom in per cent: verdict, title, body, small, head, caption, mono."""

    zoom: int = 100

    def font(self, role: str = "body", weight: int = 0) -> QFont:
        """Return a font. Weight 0 is the role's own (600 verdict and title, 500 head, else 400)."""
        font = QFont(MONO if role == "mono" else SANS)
        font.setPixelSize(self.px(SIZES[role]))
        chosen = weight or {"verdict": 600, "title": 600, "head": 500}.get(role, 400)
        font.setWeight(QFont.Weight(chosen))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def px(self, pixels: float) -> int:
        """Return a length that grows with the font."""
        return max(1, round(pixels * self.zoom / 100))

    def row(self, role: str = "body") -> int:
        """Return the height of a table row: the font's height plus 6, 22 and a hairline for the body at 100 %."""
        return max(self.px(16), round(QFontMetricsF(self.font(role)).height())) + 7


def width(font: QFont, text: str) -> float:
    """Return the width of a text in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)
