"""One ruler: the limit in force has the same x in every row."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from sandyq.limits.result import State
from sandyq_desktop.look import Look
from sandyq_desktop.tables.bullet import END, RULER, WIDTH, Bullet, paint_bullet, spoken

AMOUNTS = st.decimals(min_value="0.0001", max_value="1e12", places=4)


def bar(state: State, value: str | None, warn: str | None = "0.0045", soft: str | None = "0.0050",
        hard: str | None = "0.0075") -> Bullet:
    return Bullet(state, *(Decimal(x) if x else None for x in (value, warn, soft, hard)))


def painted(bullet: Bullet, look: Look) -> QImage:
    image = QImage(WIDTH, 22, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_bullet(painter, QRectF(0, 0, WIDTH, 22), bullet, look)
    painter.end()
    return image


@given(AMOUNTS, st.one_of(st.none(), AMOUNTS))
def test_the_limit_in_force_always_stands_at_138(hard: Decimal, soft: Decimal | None) -> None:
    bullet = Bullet(State.OK, Decimal(1), None, soft, hard)
    assert bullet.x(bullet.reference) == RULER


@given(AMOUNTS, AMOUNTS)
def test_a_value_over_the_limit_is_right_of_the_ruler_and_one_within_is_not(value: Decimal, limit: Decimal) -> None:
    x = Bullet(State.OK, value, None, None, limit).x(value)
    assert x is not None
    assert x >= RULER if value >= limit else x <= RULER


def test_a_magnitude_is_drawn_for_a_signed_floor() -> None:
    bullet = bar(State.WARNING, "-0.17", None, "-0.20", "-0.35")
    assert bullet.x(bullet.value) == 117.5
    assert bullet.x(bullet.hard) == 241.5 > END


def test_any_value_of_a_zero_limit_is_beyond_the_scale() -> None:
    bullet = bar(State.BREACH, "3", None, None, "0")
    assert bullet.x(Decimal(0)) == 0
    assert (bullet.x(Decimal(3)) or 0) > END


def test_the_bar_is_spoken_with_marks_and_share(look: Look) -> None:
    text = spoken(bar(State.SOFT_BREACH, "0.00523"), look, "ratio")
    assert text == ("0.523 %, warning 0.45, soft 0.5, hard 0.75, 105 per cent of the limit in force")


def test_an_unknown_bar_is_hatched_and_has_no_mark(look: Look) -> None:
    image = painted(bar(State.UNKNOWN, None), look)
    hatch = QColor(look.palette.f_unknown)
    close = sum(1 for x in range(WIDTH) for y in range(22) if abs(image.pixelColor(x, y).red() - hatch.red()) < 40)
    assert close > 300
    assert all(image.pixelColor(8 + 138, y) == QColor(Qt.GlobalColor.white) for y in (1, 2, 3, 19, 20))


def test_an_excess_is_taller_than_the_fill(look: Look) -> None:
    image = painted(bar(State.SOFT_BREACH, "0.0060"), look)
    fill = QColor(look.palette.f_soft)
    assert image.pixelColor(8 + 155, 7) == fill
    assert image.pixelColor(8 + 60, 7) != fill
    assert image.pixelColor(8 + 60, 10) == fill


def test_the_fill_stops_at_the_end_of_the_track_with_an_arrow(look: Look) -> None:
    image = painted(bar(State.BREACH, "0.05"), look)
    assert image.pixelColor(8 + 198, 11) == QColor(look.palette.f_breach)
