"""Everything that decides how a widget looks and speaks, handed to each of them: palette, fonts, words."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont

from sandyq.basics.text import Text
from sandyq_desktop.fonts import Fonts
from sandyq_desktop.palette import LIGHT, Palette
from sandyq_desktop.words import Words


class Look:
    """One object for the whole window; `Window.restyle` changes what it holds and asks every view to follow."""

    def __init__(self, palette: Palette = LIGHT, fonts: Fonts | None = None, words: Words | None = None) -> None:
        self.palette = palette
        self.fonts = fonts or Fonts()
        self.words = words or Words()

    def say(self, text: Text | str) -> str:
        return self.words(text)

    def font(self, role: str = "body", weight: int = 0) -> QFont:
        return self.fonts.font(role, weight)

    def color(self, token: str) -> QColor:
        return self.palette.color(token)

    def px(self, pixels: float) -> int:
        return self.fonts.px(pixels)
