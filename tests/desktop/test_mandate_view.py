"""The mandate drafted in the window: J9 in its steps, undo, live findings, past days, and who may propose."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from sandyq.basics.errors import BadInput
from sandyq.control.people import Role, Signer
from sandyq.control.signing import signer_from_seed
from sandyq.limits.draft import Draft
from sandyq.limits.result import State
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation
from sandyq_desktop import fonts
from sandyq_desktop.controls import Choice
from sandyq_desktop.handlers import opener
from sandyq_desktop.settings import Settings
from sandyq_desktop.views.acts import brief_lines
from sandyq_desktop.views.mandate_draft import History, Place, choices, typed, written
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues, text

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]
EXAMPLE = Draft.of(text("mandates", "example.toml"))
AUTHOR, SECOND = "Risk 1", "Manager 2"


def signer(name: str) -> Signer:
    return signer_from_seed(name, hashlib.sha256(name.encode()).digest())


@pytest.fixture
def two_persons(demo_book: Path, tmp_path: Path) -> Path:
    """A copy of the demo book with two enrolled persons."""
    book = tmp_path / "two.sandyq"
    shutil.copy(demo_book, book)
    with Workstation.open(book, actor=AUTHOR, write=True) as station:
        for name, role in ((AUTHOR, Role.RISK), (SECOND, Role.MANAGER)):
            station.people.enrol(name, role, signer(name).public_key, station.people.proof(signer(name), role))
    return book


def opened(book: Path) -> Window:
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    made.current = "mandate"  # the view that it opens with
    made.open_with(opener(book))
    return made


@pytest.fixture
def at_work(qapp: QApplication, two_persons: Path, settle: Settle) -> Iterator[Window]:
    """A window in which the author has opened a key."""
    made = opened(two_persons)
    settle(made)
    made.tasks._signer = signer(AUTHOR)
    made.tasks.ask(lambda door: door.people.sign_in(signer(AUTHOR)), lambda _n: None)
    settle(made)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture(scope="module")
def shared(qapp: QApplication, demo_book: Path) -> Iterator[Window]:
    """One window for all tests that record nothing."""
    made = opened(demo_book)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def window(shared: Window, settle: Settle) -> Window:
    settle(shared)
    return shared


@pytest.fixture
def view(window: Window, settle: Settle, qtbot: QtBot) -> Any:
    """The draft as it begins, at L16."""
    window.go("mandate/L16")
    settle(window)
    found: Any = window.views["mandate"]
    found.history.begin(found._start.draft)
    found._bad.clear()
    found.reason.clear()
    found.panes.show_review(None)
    found._go(Place("L16", 1))
    found.form.refill()
    found._changed()
    qtbot.waitUntil(lambda: found.panes.review is not None, timeout=5000)
    return found


def settled(window: Window, settle: Settle, qtbot: QtBot) -> None:
    """Wait for the live review too."""
    qtbot.waitUntil(lambda: not window.views["mandate"]._timer.isActive(), timeout=5000)
    settle(window)


def type_into(field: QLineEdit, said: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, said)


def test_j9_a_cap_is_raised_after_a_board_decision_in_five_steps(at_work: Window, two_persons: Path, settle: Settle,
                                                                qtbot: QtBot) -> None:
    at_work.go("limits")
    limits: Any = at_work.views["limits"]
    qtbot.waitUntil(lambda: limits.table.choose(lambda row: row.limit.id == "L01"), timeout=10_000)
    question = at_work.context.question
    with Workstation.open(two_persons, actor="Auditor 1") as station:
        before = station.limits(Question(question.as_of)).by_id("L01")
    steps = 0

    at_work.run("mandate")  # 1: one key, with the limit chosen in Limits
    view: Any = at_work.views["mandate"]
    qtbot.waitUntil(lambda: view.place == Place("L01", 1), timeout=10_000)
    assert at_work.current == "mandate"
    steps += 1
    type_into(view.form.fields["hard"], "350m")  # 2: the level
    steps += 1
    clause = view.form.fields["clause"]
    assert isinstance(clause, QPlainTextEdit)
    clause.setPlainText("Purchases less sale proceeds shall not exceed 350 million US dollars.")  # 3: the clause
    steps += 1
    type_into(view.reason, "Board decision 12")  # 4: the reason; the first day stands there
    steps += 1
    qtbot.waitUntil(view.propose.isEnabled, timeout=10_000)
    qtbot.waitUntil(lambda: len(view.panes.review.changes) == 2, timeout=10_000)
    assert view.propose.text() == "Propose the version"
    QTest.mouseClick(view.propose, Qt.MouseButton.LeftButton)  # 5
    steps += 1
    qtbot.waitUntil(lambda: not view.history.touched, timeout=20_000)
    assert steps <= 5
    with Workstation.open(two_persons, actor=SECOND, write=True) as station:
        station.people.sign_in(signer(SECOND))
        waiting, = station.people.proposals(open_only=True)
        brief = station.rulebook.brief(Question(question.as_of), waiting.reference)
        assert [(c.limit, c.code) for c in brief.review.changes] == [("L01", "clause"), ("L01", "hard")]
        assert (waiting.author, brief.reason) == (AUTHOR, "Board decision 12")
        told = brief_lines(at_work.context, brief).splitlines()
        assert told[0] == "Reason: Board decision 12"
        assert "L01, the whole clause: Purchases less sale proceeds shall not exceed 350 million US dollars." in told
        assert told[2].replace("\u202f", " ").startswith(
            "L01, Net invested capital: hard limit 300 000 000 USD → 350 000 000 USD from ")
        assert station.limits(Question(question.as_of)).by_id("L01") == before
        station.people.approve(waiting.reference)
        last = station.rulebook.versions(Question(question.as_of))[-1].mandate
        raised = last.limit("L01")
        assert raised is not None
        assert raised.parts[0].hard == Decimal(350_000_000)
        old = station.limits(Question(question.as_of)).by_id("L01")
        assert old is not None
        assert before is not None
        assert (old.limit.parts[0].hard, old.state) == (Decimal(300_000_000), before.state), "that day is as it was"


def test_levels_are_typed_in_per_cent_and_told_as_a_sentence(window: Window, view: Any, settle: Settle,
                                                            qtbot: QtBot) -> None:
    assert view.form.fields["hard"].text() == "45"
    type_into(view.form.fields["hard"], "50")
    settled(window, settle, qtbot)
    change, = view.panes.review.changes
    assert (change.limit, change.before, change.after) == ("L16", "0.45", "0.5")
    assert [row.mark.template for row in view.list.model.rows if row.limit == "L16"] == ["changed"]
    view.panes.open("findings")
    assert "clause-unchanged" in {defect.code for defect in view.panes.review.defects}


def test_undo_takes_a_whole_field_back_and_redo_brings_it_again(window: Window, view: Any, settle: Settle,
                                                               qtbot: QtBot) -> None:
    field = view.form.fields["hard"]
    type_into(field, "52.5")
    assert view.history.draft.part("L16", 1)["hard"] == Decimal("0.525")
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (view.history.draft.part("L16", 1)["hard"], field.text()) == (Decimal("0.45"), "45")
    QTest.mouseClick(view.redo, Qt.MouseButton.LeftButton)
    assert view.history.draft.part("L16", 1)["hard"] == Decimal("0.525")
    QTest.mouseClick(view.again, Qt.MouseButton.LeftButton)
    assert not view.history.touched
    settled(window, settle, qtbot)


def test_what_does_not_read_is_told_and_cannot_be_proposed(window: Window, view: Any, settle: Settle,
                                                          qtbot: QtBot) -> None:
    view.reason.setText("Board decision 12")
    type_into(view.form.fields["hard"], "x")
    settled(window, settle, qtbot)
    assert view.form.problem.text() == "x is not a number."
    assert not view.propose.isEnabled()
    type_into(view.form.fields["hard"], "30")
    settled(window, settle, qtbot)
    assert "not in order" in view.why.text(), "the hard limit is under the soft one"
    assert not view.propose.isEnabled()
    type_into(view.form.fields["hard"], "46")
    settled(window, settle, qtbot)
    assert view.propose.isEnabled()
    view.reason.clear()
    assert not view.propose.isEnabled()


def test_a_limit_is_put_together_without_code(window: Window, view: Any, settle: Settle, qtbot: QtBot) -> None:
    QTest.mouseClick(view.add, Qt.MouseButton.LeftButton)
    name = view.place.limit
    assert name == EXAMPLE.added_limit("L01").limits[-1]["id"] or name.startswith("L")
    choose(view.form.fields["measure"], "market_value")
    choose(view.form.fields["unit"], "ratio")
    choose(view.form.fields["denominator"], "reserves:gross")
    choose(view.form.fields["basis"], "look_through")
    choose(view.form.fields["group_by"], "issuer")
    choose(view.form.scopes.add, "scope.kind")
    menu = view.form.scopes._menu("scope.kind")
    next(action for action in menu.actions() if action.text() == "Miners").trigger()
    type_into(view.form.fields["soft"], "2")
    type_into(view.form.fields["hard"], "3")
    view.form.fields["clause"].setPlainText("At most three per cent.")
    settled(window, settle, qtbot)
    limit = view.panes.review.mandate.limit(name)
    part = limit.parts[0]
    assert (part.measure, part.unit, part.denominator, part.basis, part.group_by, dict(part.scope), part.soft, part.hard
            ) == ("market_value", "ratio", "reserves:gross", "look_through", "issuer", {"kind": ("miner",)},
                  Decimal("0.02"), Decimal("0.03"))
    choose(view.form.fields["measure"], "days_to_exit")
    assert view.history.draft.part(name, 1).get("unit") == "days", "what does not fit goes by itself"
    assert "denominator" not in view.history.draft.part(name, 1)
    QTest.mouseClick(view.take, Qt.MouseButton.LeftButton)
    assert all(item["id"] != name for item in view.history.draft.limits)


def choose(field: Choice, value: str) -> None:
    place = next(n for n in range(field.count()) if field.itemData(n) == value)
    field.setCurrentIndex(place)
    field.activated.emit(place)


def test_parts_come_and_go_and_are_undone(view: Any) -> None:
    QTest.mouseClick(view.form.add_part, Qt.MouseButton.LeftButton)
    assert (view.place.part, len(view.history.draft.limit("L16")["part"])) == (3, 3)
    QTest.mouseClick(view.form.take_part, Qt.MouseButton.LeftButton)
    assert len(view.history.draft.limit("L16")["part"]) == 2
    view.step(back=True)
    view.step(back=True)
    assert not view.history.can_undo


def test_past_days_are_tried_beside_the_window_and_shown_in_rows(window: Window, view: Any, settle: Settle,
                                                                qtbot: QtBot) -> None:
    view.show_limit("L02")
    type_into(view.form.fields["soft"], "0.1")
    type_into(view.form.fields["warn"], "0.05")
    settled(window, settle, qtbot)
    view.panes.open("bench")
    QTest.mouseClick(view.panes.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.panes.bench is not None, timeout=60_000)
    row, = view.panes.bench.rows
    assert (row.limit, row.failed > 0, view.panes.bench.days) == ("L02", True, row.days)
    shown = view.panes.tables["bench"].model.shown
    assert sum(item.span.days for item in shown) == row.failed
    type_into(view.form.fields["soft"], "0.2")
    assert view.panes.bench is None, "the answer was about another draft"
    settled(window, settle, qtbot)


def test_looking_at_the_past_proposes_nothing(window: Window, view: Any, settle: Settle, qtbot: QtBot) -> None:
    type_into(view.form.fields["hard"], "50")
    view.reason.setText("r")
    settled(window, settle, qtbot)
    assert view.propose.isEnabled()
    with Workstation.open(window.tasks._station.path, actor="Auditor 1") as station:
        moment = station.journal(Question(window.context.question.as_of))[-1].known_at
    window.set_known(moment)
    settled(window, settle, qtbot)
    assert not view.propose.isEnabled()
    window.set_known(None)
    settle(window)


def test_rows_that_are_shown_anew_move_nothing_by_themselves(window: Window, view: Any, settle: Settle,
                                                            qtbot: QtBot) -> None:
    for section in ("findings", "changes", "versions", "bench"):
        view.panes.open(section)
        type_into(view.form.fields["hard"], "47" if section != "changes" else "48")
        settled(window, settle, qtbot)
        assert view.place == Place("L16", 1)


def test_nothing_is_cut_in_a_small_window(window: Window, view: Any, settle: Settle) -> None:
    window.resize(1280, 800)
    for language, zoom in product(("en", "ru", "kk"), (100, 200)):
        window.set_look("light", zoom)
        window.set_language(language)
        settle(window)
        for button in view.findChildren(type(view.undo)):
            assert not button.isVisible() or button.width() >= button.minimumSizeHint().width(), button.text()
            assert button.accessibleName() or not button.text()
        assert view.form.widget().minimumSizeHint().width() <= view.form.viewport().width()
    window.set_look("light", 200)
    settle(window)
    QTest.mouseClick(view.turn, Qt.MouseButton.LeftButton)
    assert (view.panes.isVisible(), view.form.isVisible()) == (True, False)
    QTest.mouseClick(view.turn, Qt.MouseButton.LeftButton)
    assert (view.panes.isVisible(), view.form.isVisible()) == (False, True)
    window.set_language("en")
    window.set_look("light", 100)
    window.resize(1600, 1000)
    settle(window)


# ---- without a window

def test_numbers_are_read_and_written_in_the_language_and_the_unit() -> None:
    language = catalogues.language("ru")
    assert typed("hard", "0,5", "ratio", "ru") == "0.005"
    assert typed("hard", "45 %", "ratio", "en") == "0.45"
    assert typed("hard", "350m", "USD", "en") == "350000000"
    assert typed("clause", " a, b ", "ratio", "en") == "a, b"
    assert written(EXAMPLE, Place("L02", 1), 1, "soft", language) == "0,5"
    with pytest.raises(BadInput):
        typed("hard", "half", "ratio", "en")


def test_choices_offer_what_fits_the_measure_and_what_is_there_now() -> None:
    units = [value for value, _ in choices("unit", EXAMPLE, Place("L21", 1))]
    assert units == ["days"]
    odd = EXAMPLE.with_part("L21", 1, unit="ratio")
    assert [value for value, _ in choices("unit", odd, Place("L21", 1))] == ["days", "ratio"]
    assert "apportioned" not in [value for value, _ in choices("measure", EXAMPLE, Place("L01", 1))]


def test_history_merges_one_field_and_keeps_others_apart() -> None:
    history = History()
    history.begin(EXAMPLE)
    for hard in ("0.5", "0.51", "0.52"):
        history.change(EXAMPLE.with_part("L16", 1, hard=Decimal(hard)), ("L16", 1, "hard"))
    history.change(history.draft.with_limit("L16", clause="x"), ("L16", 0, "clause"))  # type: ignore[union-attr]
    assert history.step(back=True)
    assert history.draft.part("L16", 1)["hard"] == Decimal("0.52")  # type: ignore[union-attr]
    assert history.step(back=True)
    assert history.draft == EXAMPLE
    assert not history.step(back=True)


def test_what_the_limit_says_of_the_day_moves_while_levels_are_typed(window: Window, view: Any, settle: Settle,
                                                                    qtbot: QtBot) -> None:
    view.show_limit("L02")
    settled(window, settle, qtbot)
    before = view.panes.today.result
    assert before.state is State.SOFT_BREACH
    type_into(view.form.fields["soft"], "0.6")
    type_into(view.form.fields["warn"], "0.55")
    settled(window, settle, qtbot)
    after = view.panes.today.result
    assert (after.worst.value, after.state) == (before.worst.value, State.OK)
    assert "limit in force" in view.panes.today.accessibleName()
    type_into(view.form.fields["soft"], "9")
    settled(window, settle, qtbot)
    assert view.panes.today.result is None, "a draft that cannot be read says nothing"
