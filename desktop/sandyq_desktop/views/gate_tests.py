"""The table of the gate's tests: result, value against threshold on a small ruler, margin, and the day of the data."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from sandyq.basics.text import N_, Text
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column

TestRow = tuple[Any, float | None, float | None, bool, date | None]
"""Test, value, threshold, passed, day of the last value that it looked at."""
_UNITS: Final[dict[str, Text | str]] = {"ratio": "%", "days": N_("days"), "count": ""}
_DIGITS: Final = {"days": 0, "count": 2, "ratio": 1}
_REACH: Final = 1.6
"""The ruler reaches so many times the larger of value's and threshold's distance from its middle."""


def digits(test: Any) -> int:
    return _DIGITS[test.criterion.unit]


def scaled(test: Any, value: float | None) -> float | None:
    return None if value is None else value * 100 if test.criterion.unit == "ratio" else value


def margin(row: TestRow) -> float | None:
    """Return how far the value is on the passing side of its threshold, negative beyond it, in the shown unit."""
    value, threshold = scaled(row[0], row[1]), scaled(row[0], row[2])
    if value is None or threshold is None:
        return None
    return threshold - value if row[0].criterion.direction == "max" else value - threshold


def verdict(row: TestRow, look: Look) -> str:
    if not row[0].required:
        return look.say(N_("informs"))
    if row[1] is None or row[2] is None:
        return look.say(N_("fails: no data"))
    return look.say(N_("passes") if row[3] else N_("fails"))


def _paint_verdict(painter: QPainter, cell: QRectF, row: TestRow, look: Look, ground: str) -> None:
    shape, token = (Shape.OK, "t_ok") if row[3] else (Shape.BREACH, "t_soft")
    if row[1] is None or row[2] is None:
        shape, token = Shape.UNKNOWN, "t_unknown"
    if not row[0].required:
        shape, token = Shape.NOT_APPLICABLE, "t_na"
    size = look.px(12)
    draw(painter, shape, QRectF(cell.left() + look.px(6), cell.center().y() - size / 2, size, size), look.color(token),
         look.color(ground))
    painter.setFont(look.font("small"))
    painter.setPen(look.color(token))
    painter.drawText(cell.adjusted(look.px(24), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), verdict(row, look))


def _threshold(row: TestRow, look: Look) -> str:
    value = scaled(row[0], row[2])
    if value is None:
        return "—"
    sign = "≤" if row[0].criterion.direction == "max" else "≥"
    return f"{sign} {look.words.language.number(value, digits(row[0]))}"


def _paint_ruler(painter: QPainter, cell: QRectF, row: TestRow, look: Look, ground: str) -> None:
    """A line with the threshold in its middle; the passing side is shaded, the value a diamond."""
    del ground
    left, right, middle = cell.left() + look.px(8), cell.right() - look.px(8), cell.center()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color("line2"), 1))
    painter.drawLine(QPointF(left, middle.y()), QPointF(right, middle.y()))
    distance = margin(row)
    if distance is None:
        return
    upward = row[0].criterion.direction == "min"
    shaded = QRectF(middle.x() if upward else left, middle.y() - look.px(2.5), (right - left) / 2, look.px(5))
    painter.fillRect(shaded, look.color("line"))
    painter.fillRect(QRectF(middle.x() - 1, middle.y() - look.px(6), 2, look.px(12)), look.color("tx"))
    span = max(abs(distance), abs(scaled(row[0], row[2]) or 0.0), 1e-9) * _REACH
    x = middle.x() + (distance if upward else -distance) / span * (right - left) / 2
    size, y = look.px(4.5), middle.y()
    token = "t_na" if not row[0].required else "t_ok" if row[3] else "t_soft"
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(token))
    painter.drawPolygon(QPolygonF([QPointF(x, y - size), QPointF(x + size, y), QPointF(x, y + size),
                                   QPointF(x - size, y)]))


def test_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the tests."""
    return (
        Column("verdict", N_("Result"), lambda r: verdict(r, look), width=128, paint=_paint_verdict,
               spoken=lambda r, _look: verdict(r, look)),
        Column("id", N_("Test"), lambda r: r[0].id),
        Column("name", N_("Criterion"), lambda r: look.say(r[0].criterion.label), stretch=True, most=460, least=90),
        Column("value", N_("Value"), lambda r: scaled(r[0], r[1]), number=True, digits=lambda r: digits(r[0]),
               weight=lambda _r: 600),
        Column("threshold", N_("Threshold"), lambda r: _threshold(r, look), role="small"),
        Column("unit", N_("Unit"), lambda r: look.say(_UNITS[r[0].criterion.unit]), role="caption",
               tone=lambda _r: "tx3"),
        Column("ruler", N_("Passing side shaded"), lambda _r: "", width=150, leaves=1, paint=_paint_ruler,
               spoken=lambda r, _look: verdict(r, look)),
        Column("margin", N_("Margin"), margin, number=True, digits=lambda r: digits(r[0]), sign=True, leaves=2,
               tone=lambda r: "tx2" if (margin(r) or 0) >= 0 else "t_soft"),
        Column("known", N_("Data to"), lambda r: r[4] or "—", role="small", tone=lambda _r: "tx2", leaves=3),
    )


test_columns.__test__ = False  # type: ignore[attr-defined]  # not a case for pytest
