"""The Breaches view: from the open window to class, causes, clock and what may be traded in two steps (J7)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandyq.limits.blend import Factor
from sandyq.limits.causes import CausePart, CauseSplit
from sandyq.limits.cure_clock import Waiver, clock
from sandyq.limits.episodes import Episode, Reading, Subject
from sandyq.limits.mandate import Limit, Part
from sandyq.limits.result import State
from sandyq.limits.why import BreachClass, Why
from sandyq.market.series import Calendar
from sandyq.workstation.breached import Breach, Register, Step
from sandyq.workstation.contract import Question
from sandyq_desktop.commands import COMMANDS, VIEW_KEYS
from sandyq_desktop.context import ViewContext
from sandyq_desktop.fonts import Fonts
from sandyq_desktop.icons import Shape
from sandyq_desktop.palette import DARK, LIGHT
from sandyq_desktop.settings import Settings
from sandyq_desktop.views import breach_acts
from sandyq_desktop.views.breach_rows import look_of
from sandyq_desktop.views.breaches import BreachesView, Detail
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words

DAY = date(2025, 10, 3)
FIRST = date(2025, 10, 1)
SUBJECT = Subject("L02", 0, "")
PART = Part("market_value", "", "ratio", "max", Decimal("0.0045"), Decimal("0.005"), Decimal("0.0075"))
LIMIT = Limit("L02", "v3", {"en": "Market value / gross assets"}, "At most 0.50 per cent.", "EX-3", "4.2",
              date(2025, 1, 1), None, (PART,), 20, "NYSE", "Risk")
WAIVER = Waiver("W-0001", "sleeve", "L02", None, "", Decimal("0.0055"), FIRST, date(2025, 12, 31), "7.3", "no sale")


class Nobody:
    """A worker that never answers: the test hands the answer over itself."""

    def ask(self, *_args: object, **_named: object) -> None: ...

    def do(self, *_args: object, **_named: object) -> None: ...

    def report(self, done: int, total: int) -> bool:
        return True


def reading(day: date) -> Reading:
    return Reading(day, State.SOFT_BREACH, Decimal("0.0051"), Decimal("0.005"), Decimal("0.0001"), Decimal(10**7), "v3")


def a_breach(**changes: Any) -> Breach:
    item = Episode(SUBJECT, FIRST, DAY, None, 3, State.SOFT_BREACH, State.SOFT_BREACH, reading(FIRST), reading(DAY),
                   reading(DAY))
    values: dict[str, Any] = {
        "reference": item.reference, "subject": SUBJECT, "limit": LIMIT, "part": PART, "first": FIRST, "last": DAY,
        "ended": None, "episode": item, "state": State.SOFT_BREACH, "waiver": None, "step": Step.DETECTED,
        "kind": BreachClass.PASSIVE, "confirmed": False, "owner": "Risk", "steps": (),
        "clock": clock(FIRST, DAY, 20, Calendar("NYSE")), "linked": "", "impact": None, "recorded": None}
    return Breach(**{**values, **changes})


def a_why() -> Why:
    split = CauseSplit(Decimal("-0.0002"), Decimal("0.0001"), (
        CausePart(Factor.PRICES, Decimal("0.0004"), Decimal("-0.0003")),
        CausePart(Factor.TRADES, Decimal("-0.0001"), Decimal("0.0002"))))
    return Why(SUBJECT, split, Decimal("0.0048"), Decimal("0.0051"), Decimal("0.005"), Decimal("0.005"))


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def view(qtbot: Any, request: pytest.FixtureRequest) -> BreachesView:
    made = BreachesView(ViewContext(request.param, Fonts(), Words(), Nobody(), Question(DAY)))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


def shown(view: BreachesView, breach: Breach) -> None:
    view.show_register(Register(DAY, (breach,), (), 1))
    view._show(Detail(breach, date(2025, 9, 30), a_why(), Decimal(-16_826), None))


def test_a_breach_is_told_with_class_clock_causes_and_what_may_be_traded(view: BreachesView) -> None:
    shown(view, a_breach())
    facts = view._facts.text()
    for words in ("Passive breach, proposed", "2 of 20 business days used",
                  "purchases that raise it are refused, sales pass", "At most 0.50 per cent.", "0.510 %"):
        assert words in facts
    assert "Prices" in view.waterfall.accessibleDescription()
    assert "without it: within" in view.waterfall.accessibleDescription()
    assert "2 of 20" in view.clock.accessibleName()
    assert "Detected 01.10.2025" in view.life.accessibleDescription()
    view.grab()


def test_the_button_names_the_next_step_and_says_why_it_is_off(view: BreachesView) -> None:
    shown(view, a_breach())
    assert view.next.text() == "Classify…" and view.next.isEnabled()
    shown(view, a_breach(step=Step.REMEDIATION, confirmed=True))
    assert view.next.text() == "Record the cure…" and not view.next.isEnabled()
    assert view.next.toolTip() == "The limit is still exceeded."
    shown(view, a_breach(step=Step.CLOSED, ended=DAY, confirmed=True))
    assert not view.next.isEnabled() and not view.waive.isEnabled()


def test_a_waived_breach_keeps_its_colour_and_changes_shape_and_word(view: BreachesView) -> None:
    look = view._context.look
    plain, waived = look_of(a_breach(), look), look_of(a_breach(waiver=WAIVER), look)
    assert plain[1] == waived[1]
    assert (waived[0], waived[2]) == (Shape.WAIVED, "Breach, waived")


def test_an_empty_register_is_a_sentence(view: BreachesView) -> None:
    view.show_register(Register(DAY, (), (), 1))
    assert view._empty.text() == "No limit has been exceeded up to this day."
    assert view._beside.isHidden(), "nothing is told below of a breach that is not there"
    view.show_register(Register(DAY, (), (), 0))
    assert view._empty.text().startswith("No day was measured")
    assert not view.next.isEnabled()


def test_a_question_about_the_past_changes_nothing(view: BreachesView) -> None:
    view._context.question = Question(DAY, datetime(2025, 10, 4, tzinfo=UTC))
    shown(view, a_breach())
    assert not any(action.isEnabled() for action in (view.next, view.again, view.waive, view.run))


def test_every_step_has_a_button_and_the_view_a_key() -> None:
    assert set(breach_acts.ACTS) == set(Step) - {Step.DETECTED}
    number = VIEW_KEYS.index("breaches") + 1
    assert any(command.key == f"Ctrl+{number}" and command.argument == "breaches" for command in COMMANDS)


def test_the_rail_counts_what_lasts_and_says_in_words_what_is_overdue(qtbot: Any) -> None:
    made = Window(Words(), Settings())
    qtbot.addWidget(made)
    late = clock(FIRST, date(2025, 12, 1), 20, Calendar("NYSE"))
    assert late.overdue
    made.count_breaches((a_breach(), a_breach(clock=late)))
    item = made.rail["breaches"]
    assert item.accessibleName() == item.toolTip().join(("Breaches: ", "")) == "Breaches: 2 open, 1 overdue"
    marked = item.grab().toImage()
    made.count_breaches((a_breach(), a_breach(clock=late, waiver=WAIVER)))
    assert item.accessibleName() == "Breaches: 2 open"
    assert item.grab().toImage() != marked, "an overdue breach has a shape of its own"
    made.count_breaches(())
    assert item.accessibleName() == "Breaches"
    made.tasks.stop()


def test_a_breach_that_is_asked_for_by_reference_is_the_chosen_one(view: BreachesView) -> None:
    other = a_breach(reference="L16.IBIT.2025-10-01")
    view.show_section(other.reference)
    view.show_register(Register(DAY, (a_breach(), other), (), 1))
    assert view.table.current() is other
    view.show_section(a_breach().reference)
    assert view.table.current().reference == a_breach().reference
