"""What a user sees in a small window or with large type: columns leave, words do not, and nothing widens the window."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QMargins
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_
from sandyq.workstation.breached import STEP_WORDS, Step
from sandyq_desktop.controls import Action, Choice, Segment, Words
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.flow import Flow
from sandyq_desktop.look import Look
from sandyq_desktop.views.acts import number_of
from sandyq_desktop.views.breach_parts import Life
from sandyq_desktop.window import Window

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]


def test_no_view_widens_a_window_of_1600_with_type_at_200_per_cent(window: Window, settle: Settle) -> None:
    for code in ("en", "ru", "kk"):
        window.set_language(code)
        window.set_look("light", 200)
        for view in ("today", "limits", "orders", "gate", "mandate", "data/eligibility", "data/people"):
            window.go(view)
            settle(window)
        assert window.centralWidget().minimumSizeHint().width() <= 1600, code
        assert window.width() == 1600, code


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_the_draft_of_orders_needs_no_sideways_scrolling_in_a_small_window(window: Window, settle: Settle,
                                                                           code: str) -> None:
    window.resize(1280, 800)
    window.set_language(code)
    window.go("orders")
    settle(window)
    view: Any = window.views["orders"]
    scroll = view.lines.parentWidget().parentWidget()
    assert scroll.horizontalScrollBar().maximum() == 0
    field = view.lines.field(0, "quantity")
    assert QFontMetricsF(field.font()).horizontalAdvance(field.placeholderText()) < field.width() - 16


def test_figures_of_today_keep_their_unit_where_room_is_short(window: Window, settle: Settle) -> None:
    window.resize(1280, 800)
    window.set_language("kk")
    window.go("today")
    settle(window)
    moved: Any = window.views["today"]
    grid, keys = moved.moved.grid, [column.key for column in moved.moved.model.columns]
    assert not grid.isColumnHidden(keys.index("unit"))
    assert grid.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_the_steps_of_a_breach_are_as_wide_as_their_words(look: Look, code: str) -> None:
    look.words.switch(code)
    life = Life(look)
    life.resize(620, 60)
    steps = tuple(Step)
    lefts = life._lefts(steps)
    bold = QFontMetricsF(look.font("caption", 600))
    for place, step in enumerate(steps):
        assert lefts[place + 1] - lefts[place] >= bold.horizontalAdvance(look.say(STEP_WORDS[step]))
    assert lefts[-1] == pytest.approx(620)


def test_a_choice_that_is_too_narrow_shows_its_words_whole_in_the_tooltip(look: Look) -> None:
    choice = Choice(look)
    choice.addItem("beyond the hard limit of the mandate")
    choice.resize(400, 26)
    choice.grab()
    assert choice.toolTip() == ""
    choice.resize(120, 26)
    choice.grab()
    assert choice.toolTip() == "beyond the hard limit of the mandate"


def test_pages_of_a_view_continue_on_the_next_line(look: Look) -> None:
    holder = QWidget()
    flow = Flow(margins=QMargins())
    segment = Segment(look, "pages", [(str(n), f"Page number {n}") for n in range(8)], wraps=True)
    flow.addWidget(segment)
    holder.setLayout(flow)
    assert flow.heightForWidth(300) > flow.heightForWidth(2000)
    holder.resize(300, flow.heightForWidth(300))
    holder.grab()
    assert all(button.geometry().right() < 300 and button.geometry().bottom() <= segment.height()
               for button in segment._group.buttons())


def test_a_sentence_keeps_its_beginning_before_the_buttons_after_it(look: Look) -> None:
    holder = QWidget()
    flow = Flow(margins=QMargins())
    words = Words(look, "What is approved and not executed counts in every check.", "small", elided=True)
    flow.eager(words)
    for name in ("Record a fill", "Check again", "Cancel the rest"):
        flow.addWidget(Action(look, name))
    holder.setLayout(flow)
    holder.resize(330, flow.heightForWidth(330))
    holder.grab()
    assert words.width() >= 150


def test_a_field_that_cannot_be_read_keeps_the_dialog_and_what_was_typed(look: Look) -> None:
    dialog = FormDialog(look, N_("Override the shut gate"), "", [
        Field("amount", N_("At most, USD"), reads=number_of), Field("reason", N_("Reason"), long=True)], N_("Sign it"))
    dialog.show()
    dialog.fill("amount", "abc")
    dialog.fill("reason", "the committee decided")
    dialog.decide.click()
    assert dialog.isVisible()
    assert dialog.problem.text() == "At most, USD: abc is not a number."
    assert dialog.value("reason") == "the committee decided"
    dialog.fill("amount", "25 000,50")
    dialog.decide.click()
    assert not dialog.isVisible() and dialog.result() == FormDialog.DialogCode.Accepted


def test_a_dialog_that_is_higher_than_its_window_scrolls_its_fields_and_keeps_its_buttons(look: Look) -> None:
    parent = QWidget()
    parent.resize(900, 500)
    dialog = FormDialog(look, N_("Worksheet"), "", [Field(str(n), N_("Source")) for n in range(30)], N_("Propose it"),
                        parent)
    dialog.show()
    assert dialog.height() <= 500
    assert dialog.decide.geometry().bottom() < dialog.height()
    assert dialog._scroll.verticalScrollBar().maximum() > 0


def test_the_facts_of_the_gate_stand_under_each_other_whole(window: Window, settle: Settle) -> None:
    window.resize(1280, 800)
    window.set_language("kk")
    window.go("gate")
    settle(window)
    view: Any = window.views["gate"]
    told = [value for _, value in view._facts if value.text()]
    assert any(value.height() > told[1].height() for value in told), "one of them needs two lines"
    for above, below in itertools.pairwise(told):
        assert above.height() >= above.heightForWidth(above.width())
        assert above.geometry().bottom() < below.geometry().top()


def test_the_words_beside_a_limit_keep_to_their_column_with_large_type(window: Window, settle: Settle) -> None:
    window.set_look("light", 200)
    window.go("limits")
    settle(window)
    view: Any = window.views["limits"]
    for label in (view.clause, view._facts, view.outlook._figures):
        column = label.parentWidget().parentWidget()
        assert label.geometry().right() <= column.width()


def test_a_short_choice_is_whole_with_large_type(window: Window, settle: Settle) -> None:
    window.set_look("light", 200)
    window.go("orders")
    settle(window)
    window.grab()
    assert all(choice.toolTip() == "" for choice in window.views["orders"].panel.cure.findChildren(Choice))
