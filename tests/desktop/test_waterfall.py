"""The waterfall of causes: what it says to a reader of the screen, and where its bars end."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from sandyq_desktop.charts.waterfall import Bridge, Step, Waterfall
from sandyq_desktop.look import Look

BRIDGE = Bridge(Step("02.10.2025", 41.066, "41.066 bp"),
                (Step("Trades", 2.252, "+2.252 bp", "49.293 without"), Step("Rates", 0.0, "0.000 bp"),
                 Step("Prices", 8.227, "+8.227 bp")), Step("03.10.2025", 51.545, "51.545 bp"), 50.0, "limit 50 bp")


def test_the_waterfall_says_every_step_with_its_figure(qtbot: QtBot) -> None:
    chart = Waterfall(Look())
    qtbot.addWidget(chart)
    chart.show_bridge(BRIDGE)
    said = chart.accessibleDescription()
    assert all(words in said for words in ("41.066 bp", "Trades +2.252 bp 49.293 without", "Rates 0.000 bp", "51.545"))


def test_a_step_of_nothing_leaves_no_bar_and_the_level_crosses_the_picture(qtbot: QtBot) -> None:
    chart = Waterfall(Look())
    qtbot.addWidget(chart)
    chart.show_bridge(BRIDGE)
    chart.resize(720, chart.sizeHint().height())
    picture = chart.grab().toImage()
    ground = picture.pixelColor(400, 1).name()

    def inked(row: int) -> int:
        y = 18 + row * 22 + 11
        return sum(picture.pixelColor(x, y).name() != ground for x in range(150, 530))

    assert inked(3) > inked(1) > 20  # prices moved it more than trades did
    assert inked(2) < 20  # nothing but the links and the level


def test_without_a_bridge_it_takes_no_room(qtbot: QtBot) -> None:
    chart = Waterfall(Look())
    qtbot.addWidget(chart)
    chart.show_bridge(None)
    assert chart.sizeHint().height() == 0
