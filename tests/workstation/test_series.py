"""The small lines of the Limits view: the part that speaks today, day by day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sandyq.workstation.contract import Question
from sandyq.workstation.demo.make import make
from sandyq.workstation.workstation import Workstation


def test_the_last_value_of_each_small_line_is_todays_and_earlier_ones_are_of_the_same_part(tmp_path: Path) -> None:
    with Workstation.open(make(tmp_path).book, actor="Analyst 1") as station:
        question = Question(station.latest_day())
        series = station.limits_series(question, 5)
        today = station.limits(question)
        for result in today.results:
            part = result.worst
            if part is None:
                continue
            values = series[result.limit.id]
            assert len(values) == 5
            assert values[-1] == (None if part.value is None else float(part.value))
        before = station.limits(Question(question.as_of - timedelta(days=1))).by_id("L02")
        assert before is not None
        assert before.worst is not None
        assert before.worst.value is not None
        assert series["L02"][-2] == float(before.worst.value)
