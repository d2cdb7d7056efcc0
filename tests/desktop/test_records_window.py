"""Today, Data, Journal and their dialogs on the real desks: what is seen, what is refused, what is recorded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sandyq.control.people import Role
from sandyq.control.proposals import Decision, ProposalState
from sandyq.reference.events import EventType
from sandyq.workstation.contract import Question
from sandyq.workstation.people import make_key
from sandyq.workstation.recorded import FactVersion, Match, ReconciliationLine
from sandyq.workstation.today import Morning, StepState
from sandyq.workstation.workstation import Workstation
from sandyq_desktop import fonts
from sandyq_desktop.dialogs.decide import DecideDialog
from sandyq_desktop.dialogs.event import LABELS, EventDialog
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.handlers import opener
from sandyq_desktop.look import Look
from sandyq_desktop.settings import Settings
from sandyq_desktop.tables.columns import Group
from sandyq_desktop.views import acts
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]
MAKER, CHECKER, WORD = "Analyst 1", "Risk 1", "a passphrase of a test"


def go(window: Window, key: str, settle: Settle) -> Any:
    window.go(key)
    settle(window)
    return window.views[key.partition("/")[0]]


@pytest.fixture(scope="module")
def enrolled(demo_book: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path]]:
    """A copy of the demo book with two enrolled people, and their key files."""
    folder = tmp_path_factory.mktemp("two")
    book = folder / "enrolled.sandyq"
    shutil.copy(demo_book, book)
    files = {name: folder / f"{number}.key" for number, name in enumerate((MAKER, CHECKER))}
    with Workstation.open(book, actor=MAKER, write=True) as door:
        for name, role in ((MAKER, Role.MIDDLE_OFFICE), (CHECKER, Role.RISK)):
            signer = make_key(files[name], name, WORD)
            door.people.enrol(name, role, signer.public_key, door.people.proof(signer, role))
    return book, files


@pytest.fixture
def keys(enrolled: tuple[Path, dict[str, Path]], tmp_path: Path) -> tuple[Path, dict[str, Path]]:
    """That book in a copy that a test may write to."""
    book = tmp_path / "two.sandyq"
    shutil.copy(enrolled[0], book)
    return book, enrolled[1]


@pytest.fixture
def window(qapp: QApplication, demo_book: Path, settle: Settle) -> Iterator[Window]:
    """A window on the demo book that opens on the journal: no history of limits has to be waited for."""
    del qapp
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    made.current = "journal"
    made.open_with(opener(demo_book))
    settle(made)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def two(qapp: QApplication, keys: tuple[Path, dict[str, Path]], settle: Settle) -> Iterator[Window]:
    """A window on that book; nobody has signed in."""
    del qapp
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    made.current = "journal"
    made.open_with(opener(keys[0]))
    settle(made)
    yield made
    made.close()
    made.deleteLater()


def sign_in(window: Window, file: Path, settle: Settle) -> None:
    window.handlers.sign_in_with(file, WORD)
    settle(window)


# ---- Today

def test_today_has_seven_steps_and_exactly_one_is_next(window: Window, settle: Settle) -> None:
    today = go(window, "today", settle)
    morning: Morning = today.morning
    assert [step.id for step in morning.steps] == ["files", "findings", "reconciliation", "valuation", "limits", "sign",
                                                   "report"]
    assert sum(1 for step in morning.steps if step.state is StepState.NEXT) == 1
    assert len(today.findings.model.rows) == len(morning.doubts)


def test_the_bridge_sums_to_the_change_of_the_market_value(demo_book: Path) -> None:
    with Workstation.open(demo_book, actor=MAKER) as door:
        question = Question(door.latest_day())
        found = door.today.morning(question)
        assert found.since is not None
        values = [door.holdings(Question(day)).market_value_usd for day in (found.since, found.as_of)]
    first, *parts, last = [part.amount for part in found.bridge]
    assert [first, last] == values
    assert first is not None and last is not None
    assert first + sum((part for part in parts if part is not None), Decimal(0)) == last


def test_the_bridge_calls_what_was_bought_trades(demo_book: Path) -> None:
    """On a day of purchases the trades of the bridge are the money that went into them, fees apart."""
    with Workstation.open(demo_book, actor=MAKER) as door:
        trades = door.knowledge().transactions
        day = max(row.trade_date for row in trades if row.type.value == "buy")
        found = door.today.morning(Question(day))
        assert found.since is not None
        bought = sum((row.quantity * row.price for row in trades if found.since < row.trade_date <= day
                      and row.type.value == "buy"), Decimal(0))
    told = next(part.amount for part in found.bridge if part.label.template == "Trades")
    assert told == bought


def test_the_key_of_the_next_step_asks_the_maker_to_sign(window: Window, settle: Settle,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(acts, "close_day", lambda _context, _parent: asked.append("sign"))
    go(window, "today", settle)
    window.run("next-step")
    settle(window)
    assert asked == ["sign"]


def test_a_step_leads_to_the_section_where_it_is_done(window: Window, settle: Settle) -> None:
    today = go(window, "today", settle)
    today.steps.chosen = 2
    QTest.keyClick(today.steps, Qt.Key.Key_Return)
    settle(window)
    assert window.current == "data"
    assert window.views["data"].section is window.views["data"].reconciliation  # type: ignore[attr-defined]


# ---- two persons

def test_what_one_signs_the_other_approves_and_today_says_the_day_is_signed(
        two: Window, keys: tuple[Path, dict[str, Path]], settle: Settle) -> None:
    question = two.context.question
    sign_in(two, keys[1][MAKER], settle)
    acts.record(two.context, lambda door: door.records.close_day(question, ""))
    settle(two)
    assert not two.strip.isVisible(), two.strip.text.text()
    journal = go(two, "journal/proposals", settle)
    ((proposal, why_not),) = journal.proposals.table.model.rows
    assert proposal.author == MAKER
    assert why_not is not None, "the maker is told why another person decides"
    sign_in(two, keys[1][CHECKER], settle)
    acts.carry_out(two.context, proposal.reference, Decision.APPROVED, "seen")
    settle(two)
    assert journal.proposals.table.model.rows[0][0].state is ProposalState.APPROVED
    closed = go(two, "journal/closed", settle).closed.table.model.rows
    assert [(day.prepared_by, day.checked_by, day.restated) for day in closed] == [(MAKER, CHECKER, False)]
    sign = next(step for step in go(two, "today", settle).morning.steps if step.id == "sign")
    assert sign.state is StepState.DONE
    with Workstation.open(keys[0], actor=CHECKER) as door:
        then = door.today.morning(Question(question.as_of, proposal.known_at))
    assert next(step for step in then.steps if step.id == "sign").state is StepState.NEXT, "what was known then"
    assert [item.proposal.reference for item in then.waiting] == [proposal.reference]


def test_the_maker_cannot_approve_in_the_window_either(two: Window, keys: tuple[Path, dict[str, Path]],
                                                       settle: Settle, look: Look) -> None:
    question = two.context.question
    sign_in(two, keys[1][MAKER], settle)
    acts.record(two.context, lambda door: door.records.close_day(question, ""))
    settle(two)
    journal = go(two, "journal/proposals", settle)
    proposal, why_not = journal.proposals.table.model.rows[0]
    dialog = DecideDialog(look, proposal, acts.content_lines(proposal), why_not, 0, own=True)
    assert not dialog.approve.isEnabled()
    assert dialog.reason.text() == look.say(why_not)
    dialog.note.setText("another figure is needed")
    assert dialog.refuse.isEnabled(), "one's own proposal can be withdrawn"
    acts.carry_out(two.context, proposal.reference, Decision.APPROVED, "")
    settle(two)
    assert two.strip.isVisible(), "the service refuses what the button would not let through"
    assert journal.proposals.table.model.rows[0][0].state is ProposalState.OPEN


# ---- Journal

def test_a_corrected_booking_stays_struck_through_with_author_and_reason(
        two: Window, keys: tuple[Path, dict[str, Path]], settle: Settle) -> None:
    sign_in(two, keys[1][MAKER], settle)
    bookings = go(two, "journal/bookings", settle).bookings
    row = next(item for item in bookings.table.model.rows if item.values["type"] == "buy")
    reference = row.values["reference"]
    acts.record(two.context, lambda door: door.records.correct(reference, {"note": "as confirmed"}, "note was missing"))
    settle(two)
    assert not two.strip.isVisible(), two.strip.text.text()
    found: list[FactVersion] = [item for item in bookings.table.model.rows if item.values["reference"] == reference]
    assert sorted(item.mark for item in found) == ["current", "reversed"]
    old = next(item for item in found if item.mark == "reversed")
    assert (old.ended_actor, old.reason) == (MAKER, "note was missing")
    quantity = bookings.table.model.column("quantity")
    assert quantity.struck is not None and quantity.struck(old)
    assert bookings.table.choose(lambda item: item is old)
    settle(two)
    assert not journal_button(two, "correct").isEnabled()


def journal_button(window: Window, name: str) -> Any:
    return getattr(window.views["journal"], name)


def test_j11_two_moments_name_the_fact_and_its_cause(two: Window, keys: tuple[Path, dict[str, Path]],
                                                    settle: Settle) -> None:
    sign_in(two, keys[1][MAKER], settle)
    bookings = go(two, "journal/bookings", settle).bookings
    row = next(item for item in bookings.table.model.rows if item.values["type"] == "buy")
    reference = row.values["reference"]
    before = datetime.now(UTC)
    acts.record(two.context, lambda door: door.records.correct(reference, {"price": "1"}, "price was wrong"))
    settle(two)
    pane = go(two, "journal/difference", settle).difference
    pane._asked = (before, None)
    pane.first.setText("x")
    two.context.tasks.ask(lambda door: pane._read(door, two.context.question), pane.show_answer)
    settle(two)
    assert {fact.cause.value for fact in pane.facts.model.rows} == {"trade"}
    assert "totals/cost_usd" in {figure.key for figure in pane.table.model.rows}


def test_the_banner_of_the_past_switches_every_writing_button_off(window: Window, settle: Settle) -> None:
    journal = go(window, "journal/bookings", settle)
    assert journal.correct.isEnabled()
    window.set_known(datetime.now(UTC))
    settle(window)
    assert window.banner.isVisible()
    assert not journal.correct.isEnabled()
    assert not go(window, "data/reconciliation", settle).reconciliation.noted.isEnabled()


def test_j12_a_backup_is_made_and_listed_with_its_figures(two: Window, keys: tuple[Path, dict[str, Path]],
                                                         settle: Settle) -> None:
    sign_in(two, keys[1][MAKER], settle)
    two.run("backup")
    settle(two)
    backups = go(two, "journal/backups", settle).backups
    (made,) = backups.table.model.rows
    with Workstation.open(keys[0], actor=MAKER) as door:
        assert made.market_value_usd == door.holdings(Question(made.as_of)).market_value_usd
        assert door.head().startswith(made.head)


# ---- Data

def test_j3_breaks_are_on_top_and_matched_lines_are_folded(window: Window, settle: Settle) -> None:
    data = go(window, "data/reconciliation", settle)
    shown = data.reconciliation.table.model.shown
    lines = [row for row in shown if isinstance(row, ReconciliationLine)]
    with_rows = data.reconciliation.answer.lines
    assert isinstance(shown[0], Group)
    assert lines == [line for line in with_rows if line.match is not Match.MATCHED]
    assert isinstance(shown[-1], Group) and len(shown[-1].rows) == len(with_rows) - len(lines)


def test_a_note_on_a_break_is_kept(two: Window, keys: tuple[Path, dict[str, Path]], settle: Settle) -> None:
    sign_in(two, keys[1][MAKER], settle)
    pane = go(two, "data/reconciliation", settle).reconciliation
    line = next(row for row in pane.table.model.rows if row.match is Match.QUANTITY_BREAK)
    acts.record(two.context, lambda door: door.custody.note_break(line.account, line.stated_on, line.subject, CHECKER,
                                                                  "asked the custodian", "explained"))
    settle(two)
    kept = next(row for row in pane.table.model.rows if row.subject == line.subject and row.kind == line.kind)
    assert (kept.owner, kept.note, kept.status) == (CHECKER, "asked the custodian", "explained")


def test_the_note_button_asks_about_the_chosen_break(window: Window, settle: Settle,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(acts, "note_break", lambda _context, line, _day, _parent: asked.append(line.subject))
    pane = go(window, "data/reconciliation", settle).reconciliation
    wanted = next(row for row in pane.table.model.rows if row.match is Match.QUANTITY_BREAK)
    assert pane.table.choose(lambda row: row is wanted)
    pane.noted.click()
    assert asked == [wanted.subject]


@pytest.mark.parametrize("section", ["completeness", "prices", "sources", "reconciliation", "accounts", "registers",
                                     "eligibility", "worksheets", "programme", "people"])
def test_every_section_of_data_answers_without_an_error(window: Window, settle: Settle, section: str) -> None:
    data = go(window, f"data/{section}", settle)
    assert not window.strip.isVisible(), window.strip.text.text()
    assert data.table.grid.accessibleName()


# ---- dialogs

def test_a_form_decides_only_when_every_required_field_is_filled(look: Look) -> None:
    from sandyq.basics.text import N_

    dialog = FormDialog(look, N_("Close the period"), "", [Field("day", N_("Day")), Field("note", N_("Note"),
                                                                                         required=False)],
                        N_("Propose it"))
    assert not dialog.decide.isEnabled()
    dialog.fill("day", "30.10.2026")
    assert dialog.decide.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == 0, "Enter decides nothing"


def test_every_term_of_every_event_has_a_label() -> None:
    from sandyq.book.actions import BY_EVENT

    assert {term.name for action in BY_EVENT.values() for term in action.terms} <= set(LABELS)


def test_an_event_shows_what_it_does_before_it_can_be_posted(window: Window, settle: Settle) -> None:
    dialog = EventDialog(window.context)
    assert not dialog.decide.isEnabled()
    dialog.fill("type", EventType.SPLIT.value)
    for key, text in {"symbol": "NVDA", "ex_date": "30.10.2026", "term new": "2", "term old": "1"}.items():
        dialog.fill(key, text)
    dialog.ask()
    settle(window)
    assert dialog.found is not None, dialog.preview.toPlainText()
    (line,) = [line for line in dialog.found.lines if line.symbol == "NVDA"]
    assert line.quantity[1] == 2 * line.quantity[0]
    assert line.cost_usd[1] == line.cost_usd[0]
    assert dialog.decide.isEnabled()
    dialog.fill("term new", "3")
    assert not dialog.decide.isEnabled(), "another term, another preview"
    dialog.deleteLater()
