"""The rung of evidence as four rising blocks, filled up to the rung, with its word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from sandyq.basics.text import N_, Text
from sandyq.exposure.result import Rung
from sandyq_desktop.look import Look
from sandyq_desktop.tables.delegate import LEFT

RUNGS: Final[Mapping[Rung, Text]] = MappingProxyType({
    Rung.REPORTED: N_("reported"), Rung.MANDATE: N_("mandate"), Rung.BETA: N_("beta"), Rung.FALLBACK: N_("fall-back"),
})
BLOCKS: Final = 4


def paint_blocks(painter: QPainter, x: float, bottom: float, rung: Rung, look: Look) -> float:
    """Draw the blocks from x upwards of `bottom`; returns the x after them."""
    for block in range(BLOCKS):
        high, left = look.px(4 + 2 * block), x + block * look.px(5)
        box = QRectF(left, bottom - high, look.px(4), high)
        if block < rung:
            painter.fillRect(box, look.color("tx2"))
        else:
            painter.setPen(look.color("edge"))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    return x + BLOCKS * look.px(5)


def paint_rung(painter: QPainter, cell: QRectF, rung: Rung | None, look: Look) -> None:
    """Draw blocks and word into a cell."""
    if rung is None:
        return
    painter.save()
    x = paint_blocks(painter, cell.left() + look.px(6), cell.center().y() + look.px(5), rung, look)
    painter.setFont(look.font("caption"))
    painter.setPen(look.color("tx2"))
    painter.drawText(QRectF(x + look.px(5), cell.top(), cell.width(), cell.height()), LEFT, look.say(RUNGS[rung]))
    painter.restore()
