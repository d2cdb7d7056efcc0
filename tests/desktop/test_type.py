"""The bundled fonts have every letter of three languages, and figures of one width."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QApplication

from sandyq_desktop.fonts import FILES, SIZES, ZOOMS, Fonts, load
from sandyq_resources import path

LETTERS = ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:()%/·×"
           "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
           "әғқңөұүһіӘҒҚҢӨҰҮҺІ₸−≤≥±→—“”«»‹›…")


@pytest.mark.parametrize("file", [name for name in FILES if name.startswith("Inter")])
def test_no_letter_of_the_three_languages_is_a_box(qapp: QApplication, file: str) -> None:
    font = QRawFont(str(path("fonts", file)), 13)
    assert [letter for letter in LETTERS if not font.supportsCharacter(ord(letter))] == []


@pytest.mark.parametrize("zoom", ZOOMS)
def test_all_digits_are_equally_wide_in_every_role(qapp: QApplication, zoom: int) -> None:
    load()
    for role in SIZES:
        metrics = QFontMetricsF(Fonts(zoom).font(role))
        ten = [metrics.horizontalAdvance(digit * 10) for digit in "0123456789"]
        assert max(ten) - min(ten) < 0.6, role  # proportional figures differ by 20 pixels here; kerning by half
        if role != "mono":
            assert metrics.horizontalAdvance("+") == pytest.approx(metrics.horizontalAdvance("−"))


def test_the_bundled_family_is_used_and_nothing_is_under_eleven_pixels(qapp: QApplication) -> None:
    load()
    assert QFontInfo(Fonts().font()).family() == "Inter"
    assert min(Fonts().font(role).pixelSize() for role in SIZES) == 11


def test_a_row_is_the_height_of_the_font_and_six_and_a_hairline(qapp: QApplication) -> None:
    load()
    assert Fonts(100).row() == 23
    assert Fonts(200).row() == 39
