"""A state is told by its shape and its word: what is printed in grey says the same."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from sandyq.limits.result import State
from sandyq_desktop import icons
from sandyq_desktop.words import STATES, Words


def drawn(shape: icons.Shape) -> bytes:
    image = icons.pixmap(shape, 24, QColor("black"), QColor("white")).toImage()
    return bytes(image.constBits())


def test_no_two_states_have_the_same_shape_in_one_ink(qtbot: QtBot) -> None:
    pictures = {state: drawn(icons.shape_of(state)) for state in State}
    assert len(set(pictures.values())) == len(pictures)
    assert all(len(set(picture)) > 1 for picture in pictures.values())


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_every_state_has_a_word_of_its_own_in_every_language(code: str) -> None:
    words = Words(code=code)
    said = [words(STATES[state]) for state in State]
    assert len(set(said)) == len(said)
    assert all(said)
