"""Limits: how near the chosen limit is, as `sandyq risk` answers it, with method, seed and paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_
from sandyq.limits.early_warning import EarlyWarning, LimitWarning, Outlook
from sandyq.limits.result import State
from sandyq.risk.paths import Draw
from sandyq.workstation.workstation import Workstation
from sandyq_desktop.look import Look
from sandyq_desktop.views.limit_outlook import WORKING, OutlookBox, method, outlook_lines
from sandyq_desktop.window import Window

Settle = Callable[[Window], None]
pytestmark = pytest.mark.window
MANY = "100\u202f000"
DRAW = Draw(paths=100_000, horizon=10, block=5, seed=7)


@pytest.fixture(scope="module")
def near(demo_book: Path) -> LimitWarning:
    """A limit with a soft and a hard level, far enough and simulated."""
    with Workstation.open(demo_book, actor="Risk 1") as station:
        limit = next(row.limit for row in station.limits(_question(station)).results if row.limit.id == "L02")
    return LimitWarning(limit, State.OK, Outlook.SIMULATED, 0.125, 0.0, Decimal("0.001"), 0.0004, 2.5, None)


def _question(station: Workstation) -> Any:
    from sandyq.workstation.contract import Question

    return Question(station.latest_day())


def said(item: LimitWarning, look: Look) -> list[tuple[str, str]]:
    return [(look.say(name), look.say(value)) for name, value in outlook_lines(item, DRAW, look)]


def label(window: Window) -> QLabel:
    found: QLabel = window.views["limits"].outlook._figures
    return found


def test_the_chosen_limit_tells_what_the_command_answers(window: Window, demo_book: Path, settle: Settle) -> None:
    limits: Any = window.views["limits"]
    with Workstation.open(demo_book, actor="Risk 1") as station:
        found = station.risk.early_warning(window.context.question)
    assert limits._early.warnings == found.warnings
    item = next(one for one in found.warnings if one.outlook is Outlook.SIMULATED and one.probability)
    assert item.days is not None
    assert item.probability is not None
    limits.table.choose(lambda row: row.limit.id == item.limit.id)
    settle(window)
    name = label(window).accessibleName()
    assert f"Days of volatility: {item.days:.1f}" in name
    assert f"Breach within {found.draw.horizon} bd: {item.probability:.2%}".replace("%", " %") in name
    assert f"seed {found.draw.seed}" in limits.outlook.toolTip()
    assert "Block bootstrap" in limits.outlook.toolTip()
    assert f"seed {found.draw.seed}" in limits.outlook._method.text()


def test_the_figures_are_worked_out_once_beside_the_window(demo_book: Path) -> None:
    with Workstation.open(demo_book, actor="Risk 1") as station:
        question = _question(station)
        first = station.risk.early_warning(question)
        assert station.risk.early_warning(question) is first
        other = station.risk.early_warning(question, paths=2_000, seed=3)
        assert (other.draw.paths, other.draw.seed) == (2_000, 3)


def test_while_the_worker_calculates_no_figure_is_shown(look: Look) -> None:
    box = OutlookBox(look)
    box.show_limit(None, "L02")
    assert box._figures.text() == look.say(WORKING)
    assert not box._method.isVisibleTo(box)
    box.deleteLater()


def test_a_question_that_fails_says_why(window: Window, settle: Settle) -> None:
    limits: Any = window.views["limits"]

    def fails(_question: object) -> None:
        raise SandyqError("no-figures", N_("No figures."))

    window.tasks.ask(lambda door: setattr(door.risk, "early_warning", fails), lambda _done: None)
    limits.refresh()
    settle(window)
    assert label(window).text() == "No figures."
    limits.table.choose(lambda row: row.limit.id == "L04")
    settle(window)
    assert label(window).text() == "No figures."


def test_a_probability_names_its_paths_and_never_rounds_to_nothing(near: LimitWarning, look: Look) -> None:
    assert said(near, look) == [("Days of volatility", "2.5"), ("Breach within 10 bd", "12.50 %"),
                                ("Beyond the hard limit", f"on none of {MANY} paths")]
    assert said(replace(near, probability=0.00002), look)[1][1] == "under 0.01 %"


def test_an_approximation_is_called_one(near: LimitWarning, look: Look) -> None:
    lines = said(replace(near, outlook=Outlook.NEAR), look)
    assert [value for _, value in lines[1:]] == ["12.50 %, approximation", f"on none of {MANY} paths, approximation"]


def test_what_prices_do_not_move_and_what_is_unknown_are_words(near: LimitWarning, look: Look) -> None:
    fixed = replace(near, outlook=Outlook.FIXED, probability=None, hard_probability=None, days=None)
    assert said(fixed, look) == [("Breach within 10 bd", "does not move with prices")]
    unknown = replace(fixed, outlook=Outlook.UNKNOWN, note=N_("a line has no history of returns"))
    assert said(unknown, look) == [("Breach within 10 bd", "Unknown: a line has no history of returns")]
    short = replace(near, probability=None, hard_probability=None)
    assert said(short, look)[1][1] == "Unknown: too few days of returns are known."
    assert said(replace(fixed, outlook=Outlook.NOT_APPLICABLE), look) == [("Breach within 10 bd", "does not apply")]


def test_a_limit_that_is_beyond_is_no_forecast(near: LimitWarning, look: Look) -> None:
    soft = replace(near, state=State.SOFT_BREACH, outlook=Outlook.BEYOND, probability=1.0, hard_probability=0.001,
                   days=-0.8)
    assert [value for _, value in said(soft, look)] == ["0.8 beyond the limit", "beyond its limit today", "0.10 %"]
    hard = replace(soft, state=State.BREACH, hard_probability=1.0)
    assert said(hard, look)[2][1] == "already today"


def test_the_method_names_window_blocks_and_lines_without_a_history(near: LimitWarning, look: Look) -> None:
    text = look.say(method(EarlyWarning((near,), DRAW, 500, ("IBIT",))))
    for word in (f"{MANY} paths", "10 business days", "blocks of 5", "500 days", "seed 7", "Without a history: IBIT."):
        assert word in text


def test_nothing_is_cut_in_a_small_window(window: Window, settle: Settle) -> None:
    window.resize(1280, 800)
    limits: Any = window.views["limits"]
    for limit in ("L02", "L27", "L01"):
        limits.table.choose(lambda row, limit=limit: row.limit.id == limit)
        settle(window)
        box = limits.outlook
        assert box.verticalScrollBar().maximum() == 0, limit
        assert box.mapTo(window, box.rect().bottomRight()).y() < window.height()
