"""Charts: values at the crosshair, gaps, the cap of the day, ranges, export, keyboard."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from sleeve_sample import DAYS, MANDATES, sample_history, sample_limit_history

from sandyq.basics.language import ENGLISH, Language
from sandyq.limits.cure_clock import clock
from sandyq.limits.episodes import Episode, Reading, Subject
from sandyq.limits.result import State
from sandyq.limits.why import BreachClass
from sandyq.market.series import Calendar
from sandyq.performance.bridge import ValueBridge
from sandyq.workstation.breached import Breach, Step
from sandyq.workstation.contract import Question
from sandyq_desktop import fonts, palette
from sandyq_desktop.charts import paths
from sandyq_desktop.charts.canvas import ChartCanvas
from sandyq_desktop.charts.crosshair import rows, spoken
from sandyq_desktop.charts.export import csv_text
from sandyq_desktop.charts.figure import Chart, Panel, Series
from sandyq_desktop.charts.layout import arrange
from sandyq_desktop.charts.limit_history import LimitHistoryChart, chart_of
from sandyq_desktop.charts.paint import LEAST_BAND, Drawing, band_edges
from sandyq_desktop.charts.ranges import start_of
from sandyq_desktop.charts.scales import months, ticks
from sandyq_desktop.charts.sleeve import in_force, sleeve_chart
from sandyq_desktop.charts.style import Style
from sandyq_desktop.context import ViewContext
from sandyq_desktop.views.charts import ChartsView
from sandyq_desktop.words import Words

pytestmark = pytest.mark.window


@pytest.fixture
def style(qapp: QApplication) -> Style:
    fonts.load()
    return Style.of(palette.LIGHT, fonts.Fonts())


@pytest.fixture
def canvas(style: Style) -> ChartCanvas:
    shown = ChartCanvas(style)
    shown.resize(1200, 800)
    shown.show_chart(sleeve_chart(sample_history(), MANDATES, ENGLISH))
    return shown


class Unasked:
    """A worker that must not be needed."""

    def ask(self, *_: object, **__: object) -> None:
        raise AssertionError("nothing should be asked")


class Recorded(Unasked):
    """A worker that answers at once from a door of its own."""

    def __init__(self, door: object) -> None:
        self.door = door

    def ask(self, work: Callable[[object], object], then: Callable[[object], None], **_: object) -> None:  # type: ignore[override]
        then(work(self.door))


def test_the_right_column_shows_the_values_of_the_day_under_the_crosshair(canvas: ChartCanvas) -> None:
    history = sample_history()
    canvas.move_to(228)
    shown = {series.name: words for series, words in rows(canvas.chart.panels[0], 228, ENGLISH)}
    assert shown["Market value"] == ENGLISH.number(float(history.market_value[228]) / 1e6, 1)
    assert shown["Net invested"] == "231.0"
    assert shown["Cap L01"] == "300.0"
    difference = float(history.market_value[228] - history.net_invested[228]) / 1e6
    assert shown["Difference"] == ENGLISH.number(difference, 1, sign=True)


def test_the_accessible_text_is_the_content_of_the_right_column(canvas: ChartCanvas) -> None:
    canvas.move_to(100)
    said = canvas.accessibleDescription()
    assert said == spoken(canvas.chart, 100, ENGLISH)
    for panel in canvas.chart.panels:
        for series, words in rows(panel, 100, ENGLISH):
            assert f"{series.name} {words}" in said


def test_the_cap_steps_on_the_first_day_of_the_new_mandate() -> None:
    cap = in_force(DAYS, MANDATES, "L01", "hard")
    step = DAYS.index(date(2024, 12, 16))
    assert cap[step - 1] == 200e6
    assert cap[step] == 300e6
    assert math.isnan(in_force((date(2024, 6, 30),), MANDATES, "L01", "hard")[0])


def test_a_level_that_is_not_set_is_unknown_and_not_zero() -> None:
    assert np.isnan(in_force(DAYS, MANDATES, "L01", "soft")).all()


def test_a_step_line_is_level_until_the_next_day_and_then_vertical() -> None:
    x, y = paths.stairs(np.array([0.0, 1.0, 2.0]), np.array([5.0, 5.0, 9.0]), 3.0)
    corners = list(zip(x.tolist(), y.tolist(), strict=True))
    assert corners == [(0, 5), (1, 5), (1, 5), (2, 5), (2, 9), (3, 9)]


def test_an_unknown_day_is_a_gap_in_the_line_and_in_the_area() -> None:
    x = np.arange(7.0)
    y = np.array([1, 2, np.nan, 4, 5, np.nan, 7.0])
    path = paths.line(x, y)
    moves = sum(path.elementAt(i).isMoveTo() for i in range(path.elementCount()))
    assert moves == 3
    surface = paths.area(x, np.zeros(7), y)
    assert not surface.contains(_point(2.0, 0.5))
    assert surface.contains(_point(0.5, 0.5))
    assert surface.contains(_point(3.5, 0.5))


def test_an_unknown_value_is_a_dash_in_the_column_and_empty_in_the_file(canvas: ChartCanvas) -> None:
    history = sample_history()
    value = history.market_value.copy()
    value[50] = np.nan
    chart = sleeve_chart(replace(history, market_value=value), MANDATES, ENGLISH)
    shown = {series.name: words for series, words in rows(chart.panels[0], 50, ENGLISH)}
    assert shown["Market value"] == "—"
    assert shown["Difference"] == "—"
    table = list(csv.reader(io.StringIO(csv_text(chart, DAYS[50], DAYS[50]))))
    assert table[1][2] == ""


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)), min_size=1, max_size=60), st.integers(1, 8))
def test_thinning_keeps_the_lowest_and_the_highest_value(values: list[float], pixels: int) -> None:
    y = np.array(values)
    x = np.arange(len(values), dtype=float)
    if np.isnan(y).any():
        y = np.nan_to_num(y)
    _, kept = paths.thin(x, y, pixels)
    assert kept.min() == y.min()
    assert kept.max() == y.max()


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 7))
def test_a_value_axis_has_at_most_seven_labels(low: float, span: float, most: int) -> None:
    marks = ticks(low, low + span, most)
    assert 2 <= len(marks) <= 7
    assert marks == sorted(marks)


def test_months_are_the_first_days_inside_the_range() -> None:
    found = months(date(2024, 10, 1).toordinal(), date(2025, 1, 15).toordinal(), 1000)
    assert found == [date(2024, 10, 1), date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)]


@pytest.mark.parametrize(("name", "first"), [
    ("1M", date(2025, 9, 3)), ("3M", date(2025, 7, 3)), ("6M", date(2025, 4, 3)), ("YTD", date(2024, 12, 31)),
    ("1Y", date(2024, 10, 3)), ("All", date(2024, 10, 1)),
])
def test_ranges_count_back_from_the_last_day(name: str, first: date) -> None:
    assert start_of(name, DAYS[0], DAYS[-1]) == first


def test_a_month_before_the_end_of_march_is_the_last_of_february() -> None:
    assert start_of("1M", date(2020, 1, 1), date(2025, 3, 31)) == date(2025, 2, 28)


def test_arrow_keys_move_the_crosshair_by_a_day_with_data_and_shift_by_ten(canvas: ChartCanvas) -> None:
    canvas.move_to(100)
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.index == 99
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.index == 109
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.index == 0
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.index == len(DAYS) - 1


def test_the_crosshair_stays_inside_the_days_shown(canvas: ChartCanvas) -> None:
    canvas.move_to(0)
    canvas.show_range("1M")
    assert DAYS[canvas.index] >= date(2025, 9, 3)
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert DAYS[canvas.index] == date(2025, 9, 3)


def test_the_mouse_snaps_to_the_nearest_day_with_data(canvas: ChartCanvas) -> None:
    saturday = date(2025, 3, 8)
    x = canvas.arrangement().time(saturday.toordinal() - 0.2)
    QTest.mouseMove(canvas, QPoint(round(x), 300))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 300))
    assert DAYS[canvas.index] == date(2025, 3, 7)


def test_dragging_zooms_and_a_double_click_goes_back(canvas: ChartCanvas) -> None:
    time = canvas.arrangement().time
    start, end = (round(time(day.toordinal())) for day in (date(2025, 2, 3), date(2025, 5, 5)))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(start, 200))
    QTest.mouseMove(canvas, QPoint(end, 200))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(end, 200))
    first, last = canvas.view
    assert abs((first - date(2025, 2, 3)).days) <= 1
    assert abs((last - date(2025, 5, 5)).days) <= 1
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert canvas.view == (DAYS[0], DAYS[-1])


def test_the_exported_file_has_the_same_figures_as_the_history(canvas: ChartCanvas) -> None:
    history = sample_history()
    table = list(csv.reader(io.StringIO(csv_text(canvas.chart, DAYS[10], DAYS[240]))))
    heads = table[0]
    assert [row[0] for row in table[1:]] == [day.isoformat() for day in DAYS[10:241]]
    value = next(place for place, head in enumerate(heads) if "Market value" in head)
    fall = next(place for place, head in enumerate(heads) if head.endswith("Drawdown [% from high-water mark]"))
    assert [float(row[value]) for row in table[1:]] == (history.market_value[10:241] / 1e6).tolist()
    assert [float(row[fall]) for row in table[1:]] == (history.drawdown[10:241] * 100).tolist()


def test_the_stack_sums_to_the_central_exposure(canvas: ChartCanvas) -> None:
    panel = canvas.chart.panels[1]
    _, _, top = canvas.chart.stacked(panel)[-1]
    assert np.allclose(top, sample_history().exposure_central / 1e6, rtol=1e-12)


def test_a_breach_of_one_day_in_a_long_history_is_six_pixels_wide(style: Style, qapp: QApplication) -> None:
    from PySide6.QtGui import QImage, QPainter

    chart = chart_of(sample_limit_history(), ENGLISH)
    layout = arrange(chart, style, 200, 150, DAYS[0].toordinal(), DAYS[-1].toordinal(), with_column=False)
    image = QImage(200, 150, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    left, right = Drawing(painter, chart, layout, style, ENGLISH).band(date(2025, 9, 18), date(2025, 9, 18))
    painter.end()
    assert right - left == LEAST_BAND


def test_a_limits_history_has_its_thresholds_by_version_in_per_cent(style: Style) -> None:
    history = sample_limit_history()
    chart = chart_of(history, ENGLISH)
    soft = next(series for series in chart.panels[0].series if series.name == "soft")
    step = history.days.index(date(2025, 7, 15))
    assert soft.kind == "step"
    assert soft.dash == "soft"
    assert soft.values[step - 1] == pytest.approx(0.40)
    assert soft.values[step] == pytest.approx(0.50)
    value = chart.panels[0].series[-1]
    assert value.state == "t_soft"
    shown = LimitHistoryChart(style)
    shown.resize(500, 240)
    shown.show_history(history)
    assert "soft 0.500" in shown.accessibleDescription()
    assert not shown.grab().isNull()


def named(first: date, last: date, *, ended: bool, group: str = "") -> Breach:
    """A breach of L02 as the register has it."""
    reading = Reading(first, State.SOFT_BREACH, Decimal("0.0051"), Decimal("0.005"), Decimal("0.0001"), None, "v3")
    after = date.fromordinal(last.toordinal() + 1) if ended else None
    item = Episode(Subject("L02", 0, group), first, last, after, 1, State.SOFT_BREACH, State.BREACH, reading, reading,
                   reading)
    return Breach(item.reference, item.subject, None, None, first, last, after, item, State.SOFT_BREACH, None,
                  Step.DETECTED, BreachClass.PASSIVE, False, "", (), clock(first, last, None, Calendar("NYSE")), "",
                  None, None)


FOUND = (named(date(2025, 9, 18), date(2025, 9, 18), ended=True),
         named(date(2025, 10, 1), date(2025, 10, 3), ended=False))


def test_shaded_breaches_bear_their_reference_say_what_they_are_and_ask_for_their_record(style: Style,
                                                                                         qtbot: QtBot) -> None:
    shown, wanted = LimitHistoryChart(style), list[str]()
    qtbot.addWidget(shown)
    shown.breach_wanted.connect(wanted.append)
    shown.resize(700, 240)
    shown.show_history(sample_limit_history())
    assert [marks for *_, marks in shown.chart.breaches] == [(), ()]
    shown.name_breaches(FOUND)
    assert [marks[0] for *_, marks in shown.chart.breaches] == ["L02.2025-09-18", "L02.2025-10-01"]
    left, right = band_edges(shown.arrangement().time, date(2025, 9, 18), date(2025, 9, 18))
    place = QPoint(round((left + right) / 2), 60)
    assert shown.words_at(place.x()) == ("L02.2025-09-18: Passive breach, proposed; 18.09.2025 to 18.09.2025; "
                                         "at its hardest: Breach")
    assert shown.words_at(left - 20) == ""
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=place)
    shown.move_to(len(shown.chart.days) - 1)
    assert "since 01.10.2025, lasts" in shown.accessibleDescription()
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert wanted == ["L02.2025-09-18", "L02.2025-10-01"]
    shown.show_history(replace(sample_limit_history(), limit_id="L01"))
    assert [marks for *_, marks in shown.chart.breaches] == [(), ()]


def test_several_breaches_under_one_shade_are_counted_and_all_told(style: Style) -> None:
    second = named(date(2025, 10, 2), date(2025, 10, 2), ended=True, group="IBIT")
    chart = chart_of(sample_limit_history(), ENGLISH, (*FOUND, second))
    assert chart.breaches[1][2] == ("L02.2025-10-01 +1", "2025-10-01 +1")


@pytest.mark.parametrize("width", [330, 420, 560, 900])
def test_no_two_references_lie_on_each_other_at_any_width(style: Style, width: int) -> None:
    days = sample_limit_history().days
    bands = tuple((days[place], days[place], (f"L02.{days[place]}", str(days[place]))) for place in (5, 8, 30, 34, 69))
    chart = replace(chart_of(sample_limit_history(), ENGLISH), breaches=bands)
    layout = arrange(chart, style, width, 200, days[0].toordinal(), days[-1].toordinal(), with_column=False)
    written: list[QRectF] = []

    class Noted(QPainter):
        def drawText(self, *given: object) -> object:  # type: ignore[override]
            if isinstance(given[0], QRectF) and given[-1] in {mark for *_, marks in bands for mark in marks}:
                written.append(given[0])
            return super().drawText(*given)  # type: ignore[call-overload]

    image = QImage(width, 200, QImage.Format.Format_RGB32)
    painter = Noted(image)
    Drawing(painter, chart, layout, style, ENGLISH).paint()
    painter.end()
    assert written, "the latest one always has room"
    for one, other in combinations(written, 2):
        assert not one.intersects(other)
    assert all(box.left() >= layout.places[0].plot.left() and box.right() <= width for box in written)


def test_exports_carry_their_provenance_in_the_light_palette(qapp: QApplication, tmp_path: Path,
                                                             style: Style) -> None:
    said: list[str] = []
    context = ViewContext(palette.DARK, fonts.Fonts(), Words(), Unasked(), Question(date(2025, 10, 3)),  # type: ignore[arg-type]
                          book="sleeve-a", demo=True, status=lambda text: said.append(str(text)))
    view = ChartsView(context)
    view.show_answer((sample_history(), MANDATES))
    for ending in ("png", "svg", "csv"):
        view.export(tmp_path / f"charts.{ending}")
    drawing = (tmp_path / "charts.svg").read_text(encoding="utf-8")
    assert "DEMO" in drawing
    assert "sleeve-a" in drawing
    assert "03.10.2025" in drawing
    assert palette.LIGHT.c1.lower() in drawing.lower()
    assert palette.DARK.c1.lower() not in drawing.lower()
    assert (tmp_path / "charts.png").read_bytes().startswith(b"\x89PNG")
    assert len(said) == 3


def test_a_file_that_cannot_be_written_is_told_and_not_thrown(qapp: QApplication, tmp_path: Path) -> None:
    failed: list[Exception] = []
    context = ViewContext(palette.LIGHT, fonts.Fonts(), Words(), Unasked(), Question(date(2025, 10, 3)),  # type: ignore[arg-type]
                          error=failed.append)
    view = ChartsView(context)
    view.show_answer((sample_history(), MANDATES))
    view.export(tmp_path / "no" / "charts.csv")
    assert [error.code for error in failed] == ["chart-not-written"]  # type: ignore[attr-defined]


def test_a_book_without_history_says_so_in_words(qapp: QApplication) -> None:
    context = ViewContext(palette.LIGHT, fonts.Fonts(), Words(), Unasked(), Question(date(2025, 10, 3)))  # type: ignore[arg-type]
    view = ChartsView(context)
    empty = sample_history(())
    view.show_answer((empty, MANDATES))
    assert view.canvas.isHidden()
    assert view.empty_words().startswith("The book has no day")
    assert not view.grab().isNull()


def test_the_view_asks_from_the_first_trade_to_the_day_of_the_question(qapp: QApplication) -> None:
    class Door:
        asked: tuple[Question, date] | None = None

        def first_day(self, _known: object) -> date:
            return DAYS[0]

        def history(self, question: Question, first: date) -> object:
            self.asked = (question, first)
            return sample_history()

        def mandates(self, _question: Question) -> object:
            return MANDATES

    door, question = Door(), Question(date(2025, 10, 3))
    context = ViewContext(palette.LIGHT, fonts.Fonts(), Words(), Recorded(door), question)  # type: ignore[arg-type]
    view = ChartsView(context)
    view.refresh()
    assert door.asked == (question, DAYS[0])
    assert view.canvas.chart.days == DAYS


def test_the_values_follow_the_language(style: Style) -> None:
    russian = Language("ru", MappingProxyType({"Market value": "Рыночная стоимость"}))
    chart = sleeve_chart(sample_history(), MANDATES, russian)
    shown = {series.name: words for series, words in rows(chart.panels[0], 228, russian)}
    assert shown["Рыночная стоимость"] == ENGLISH.number(float(sample_history().market_value[228]) / 1e6, 1
                                                         ).replace(".", ",")


def test_a_chart_without_panels_or_days_can_be_drawn(style: Style) -> None:
    shown = ChartCanvas(style)
    shown.resize(400, 200)
    assert not shown.grab().isNull()
    QTest.keyClick(shown, Qt.Key.Key_Right)
    assert shown.index == -1
    lone = Chart((date(2025, 1, 2),), (Panel("One", "x", (Series("a", np.array([1.0]), "c1"),)),))
    shown.show_chart(lone)
    assert not shown.grab().isNull()


def _point(x: float, y: float) -> object:
    from PySide6.QtCore import QPointF

    return QPointF(x, y)


def test_the_bridge_is_asked_for_the_days_shown_once_it_is_wanted(qapp: QApplication) -> None:
    asked: list[str] = []

    class Listening(Unasked):
        def ask(self, *_: object, **named: object) -> None:
            asked.append(str(named["key"]))

    view = ChartsView(ViewContext(palette.LIGHT, fonts.Fonts(), Words(), Listening(), Question(date(2025, 10, 3))))  # type: ignore[arg-type]
    view.show_answer((sample_history(), MANDATES))
    assert asked == [] and not view.canvas.isHidden()
    view.pages.choose("bridge")
    view.pages.chosen.emit("bridge")
    assert asked == ["charts-bridge"] and view.canvas.isHidden()
    view.canvas.show_range("3M")
    assert asked == ["charts-bridge"] * 2
    view.pages.choose("time")
    view.pages.chosen.emit("time")
    assert view.bridge.isHidden() and not view.canvas.isHidden()


def test_the_bridge_says_each_step_and_the_result(qapp: QApplication) -> None:
    view = ChartsView(ViewContext(palette.LIGHT, fonts.Fonts(), Words(), Unasked(), Question(date(2025, 10, 3))))  # type: ignore[arg-type]
    million = Decimal(1_000_000)
    found = ValueBridge(date(2025, 1, 2), date(2025, 10, 3), 100 * million, 20 * million, -5 * million, Decimal(0),
                        10 * million, -1 * million, 124 * million, 2 * million, Decimal(0), -million / 2, Decimal(0))
    view.bridge.show_bridge(found)
    assert view.bridge.waterfall.accessibleDescription() == (
        "02.01.2025 100.000; Purchases +20.000; Sales \u22125.000; Price +10.000; Currency \u22121.000; "
        "03.10.2025 124.000")
    assert view.bridge.result.text() == ("Result +10.500: Price +10.000, Currency \u22121.000, Income +2.000, "
                                         "Fees \u22120.500")
    view.bridge.show_bridge(replace(found, price=None))
    assert view.bridge.waterfall.accessibleDescription() == ""
    assert view.bridge.result.text().startswith("Result \u2014")
    view.bridge.show_bridge(None)
    assert view.bridge.isHidden()
