"""The two charts as drawing instructions: gaps stay gaps, steps keep their corners, labels never overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sandyq.reports import plot
from sandyq.reports.charts import charts
from sandyq.reports.sheet import SheetData

DAYS = tuple(date(2025, 1, 1) + timedelta(n) for n in range(6))


def chart(data: SheetData, index: int) -> dict[str, list[dict[str, object]]]:
    return charts(data)[index]  # type: ignore[return-value]


def test_an_unknown_value_is_a_gap() -> None:
    frame = plot.frame(DAYS, [1.0, 2.0], from_zero=True)
    runs = plot.line(frame, DAYS, [1.0, 2.0, None, 2.0, 1.0, 1.0])
    assert [len(run) for run in runs] == [2, 3]


def test_a_step_line_has_corners_on_the_day_of_the_change() -> None:
    frame = plot.frame(DAYS, [1.0, 2.0], from_zero=True)
    (run,) = plot.steps(frame, DAYS, [1.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    change = frame.x(DAYS[2])
    assert [x for x, _ in run] == [frame.x(DAYS[0]), change, change, frame.x(DAYS[-1])]
    assert run[1][1] > run[2][1]


@given(st.lists(st.floats(0.001, 1e9), min_size=1, max_size=20), st.booleans())
def test_every_value_lies_inside_the_frame(values: list[float], from_zero: bool) -> None:
    frame = plot.frame(DAYS, values, from_zero=from_zero)
    assert all(plot.TOP - 0.01 <= frame.y(value) <= plot.BOTTOM + 0.01 for value in values)
    assert 1 <= len(frame.grid()) <= 8
    assert not from_zero or frame.low == 0


@given(st.lists(st.floats(plot.TOP, plot.BOTTOM), min_size=1, max_size=6))
def test_labels_at_the_edge_never_cover_each_other(places: list[float]) -> None:
    ys = [label["y"] for label in plot.spread([{"y": y, "text": str(y)} for y in places])]
    assert all(b - a >= 7.19 for a, b in pairwise(ys))  # type: ignore[operator]
    assert ys[-1] <= plot.BOTTOM + 2.01  # type: ignore[operator]


def test_the_limit_chart_marks_thresholds_by_dash_and_says_that_it_does_not_start_at_zero(english: SheetData) -> None:
    found = chart(english, 0)
    assert [(item["dash"], item["width"]) for item in found["lines"]] == [
        ("dotted", 0.6), ("dashed", 0.9), ("solid", 1.3), ("solid", 0.8)]
    assert found["labels"][0]["text"] == "hard 0.75"
    assert len(found["bands"]) == 2
    assert [item["text"] for item in found["versions"]] == ["v3, Board 25-114"]
    assert [item["up"] for item in found["flows"]] == [True, True, False]
    assert found["caption"] == "The axis does not start at zero."
    assert len(found["lines"][3]["runs"]) == 2  # type: ignore[arg-type]


def test_the_value_chart_starts_at_zero_and_names_its_lines(english: SheetData) -> None:
    found = chart(english, 1)
    assert found["grid"][0]["text"] == "0"
    assert {item["text"] for item in found["labels"]} == {"cap 300.0", "value 300.4", "invested 233.9"}
    assert found["caption"] == ""


def test_a_history_without_a_single_known_value_draws_nothing(english: SheetData) -> None:
    history = english.limit_history
    assert history is not None
    empty = replace(history, values=tuple(None for _ in history.days))
    assert len(charts(replace(english, limit_history=empty))) == 1
