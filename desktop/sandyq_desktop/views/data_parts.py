"""Small parts of Data's sections: a caption over a lower table, a state as icon and word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from sandyq.basics.text import Text
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Words
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.delegate import LEFT


class Marked(NamedTuple):
    """A state: a shape of `icons` (empty: none), the token of its colour, its words."""

    shape: str
    token: str
    words: Text | str


def marked(key: str, title: Text, get: Callable[[Any], Marked], **more: Any) -> Column:
    """Return a column that draws a state as icon and word, and says the word."""
    def paint(painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        state = get(row)
        size = look.px(12)
        if state.shape:
            box = QRectF(cell.left() + look.px(6), cell.center().y() - size / 2, size, size)
            draw(painter, Shape(state.shape), box, look.color(state.token), look.color(ground))
        painter.setFont(look.font("body", 500 if state.shape else 400))
        painter.setPen(look.color(state.token))
        painter.drawText(cell.adjusted(look.px(24), 0, 0, 0), LEFT, look.say(state.words))

    return Column(key, title, lambda r: get(r).words, paint=paint, extra=20,
                  spoken=lambda r, look: look.say(get(r).words), **more)


def caption(context: ViewContext, text: Text) -> Words:
    """Return the sentence over a lower table."""
    words = Words(context.look, text, "small", weight=600)
    words.setContentsMargins(6, 8, 16, 6)
    words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return words
