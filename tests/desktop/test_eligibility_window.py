"""Data: what may be bought, worksheets, elections, the programme and people, driven as a person would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from sandyq.control.people import Role, Signer
from sandyq.control.signing import signer_from_seed
from sandyq.reference.eligibility import Permission
from sandyq.reference.reserve_questions import QUESTIONS
from sandyq.workstation.workstation import Workstation
from sandyq_desktop import fonts
from sandyq_desktop.handlers import opener
from sandyq_desktop.settings import Settings
from sandyq_desktop.views.data_eligibility import decision_form, election_form
from sandyq_desktop.views.data_people import enrol_form
from sandyq_desktop.views.data_reserves import worksheet_form
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues

Settle = Callable[[Window], None]
pytestmark = pytest.mark.window


def signer(name: str) -> Signer:
    return signer_from_seed(name, name.encode().ljust(32, b"."))


@pytest.fixture
def book(demo_book: Path, tmp_path: Path) -> Path:
    path = tmp_path / "demo.sandyq"
    shutil.copy(demo_book, path)
    with Workstation.open(path, actor="Manager 1", write=True) as station:
        for name, role in (("Manager 1", Role.MANAGER), ("Risk 1", Role.RISK)):
            key = signer(name)
            station.people.enrol(name, role, key.public_key, station.people.proof(key, role))
    return path


@pytest.fixture
def own(qapp: QApplication, book: Path, settle: Settle) -> Iterator[Window]:
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1280, 800)
    made.show()
    made.open_with(opener(book))
    settle(made)
    made.tasks._signer = signer("Manager 1")
    made.tasks.ask(lambda door: door.people.sign_in(signer("Manager 1")), lambda _done: None)
    settle(made)
    yield made
    made.close()
    made.deleteLater()


def act(window: Window, settle: Settle, work: Callable[[Workstation], Any]) -> None:
    """Let the worker, which holds the book, do something."""
    window.tasks.do(work, lambda _done: None)
    settle(window)


def approve_all(window: Window, settle: Settle) -> None:
    def work(door: Workstation) -> None:
        door.people.sign_in(signer("Risk 1"))
        for waiting in door.people.proposals(open_only=True):
            door.people.approve(waiting.reference)
        door.people.sign_in(signer("Manager 1"))

    act(window, settle, work)


def page(window: Window, key: str, settle: Settle) -> Any:
    window.go(f"data/{key}")
    settle(window)
    assert not window.strip.isVisible(), window.strip.text.text()
    return window.views["data"].section


def test_a_hold_is_proposed_in_a_dialog_and_shown_with_reason_when_it_counts(own: Window, settle: Settle) -> None:
    pane = page(own, "eligibility", settle)
    assert pane.table.choose(lambda row: row.symbol == "MARA")
    assert pane.hold.isEnabled()
    assert not pane.reinstate.isEnabled()
    row = pane.table.current()
    dialog = decision_form(own.context, row, Permission.HOLD, pane)
    assert not dialog.decide.isEnabled(), "a decision has a reason"
    dialog.fill("reason", "The venue announced the end of its listing")
    pane.decide(row, Permission.HOLD, dialog)
    settle(own)
    assert not own.strip.isVisible(), own.strip.text.text()
    approve_all(own, settle)
    pane = page(own, "eligibility", settle)
    first = pane.table.model.shown[0]
    assert (first.symbol, first.permission, first.decided.reason) == (
        "MARA", Permission.HOLD, "The venue announced the end of its listing")
    model = pane.table.model
    said = {column.key: model.text(0, place) for place, column in enumerate(model.columns)}
    assert said["state"] == "Hold, no buy"
    assert pane.table.choose(lambda row: row.symbol == "MARA")
    settle(own)
    assert not pane.hold.isEnabled()
    assert pane.hold.toolTip() == "The instrument is on hold already."
    assert pane.reinstate.isEnabled()
    items = {item.name: item for item in pane.sheet.model.shown}
    assert str(items["purchases"].said) == "Hold, no buy"
    assert items["reserve_asset"].value is None
    dialog.deleteLater()


def test_an_offer_with_tokens_is_elected_in_cash(own: Window, settle: Settle) -> None:
    pane = page(own, "eligibility", settle)
    dialog = election_form(own.context, pane.table.model.shown[0], pane)
    dialog.fill("event", "E-1")
    dialog.fill("symbol", "IBIT")
    dialog.fill("tokens", "in_kind")
    pane.record_election(dialog)
    settle(own)
    pane = page(own, "eligibility", settle)
    (found,) = pane.elections.model.shown
    assert (found.event, found.choice, set(found.options)) == ("E-1", "cash", {"cash", "in_kind"})
    dialog.deleteLater()


def test_a_worksheet_is_concluded_question_by_question(own: Window, settle: Settle) -> None:
    pane = page(own, "worksheets", settle)
    assert "IBIT" in pane.note.text() or "IBIT" in pane.note.toolTip()
    assert pane.table.choose(lambda row: row.symbol == "IBIT")
    dialog = worksheet_form(own.context, pane.table.current(), pane)
    assert not dialog.decide.isEnabled()
    for name in QUESTIONS:
        dialog.fill(f"{name}_source", "Prospectus, page 3")
        assert not dialog.decide.isEnabled(), "no answer and no conclusion is chosen beforehand"
        dialog.fill(name, "yes")
    assert not dialog.decide.isEnabled()
    dialog.fill("conclusion", "reserve_asset")
    assert dialog.decide.isEnabled()
    assert dialog.sizeHint().height() <= own.context.look.px(760)
    pane.propose(pane.table.current(), dialog)
    settle(own)
    approve_all(own, settle)
    pane = page(own, "worksheets", settle)
    found = next(row for row in pane.table.model.shown if row.symbol == "IBIT")
    assert (found.conclusion, found.signed_by) == ("reserve_asset", ("Manager 1", "Risk 1"))
    assert pane.table.choose(lambda row: row.symbol == "IBIT")
    assert len(pane.answers.model.shown) == len(QUESTIONS)
    assert all(answer is not None for _, answer in pane.answers.model.shown)
    dialog.deleteLater()


def test_the_programme_shows_participants_total_and_headroom(own: Window, settle: Settle) -> None:
    pane = page(own, "programme", settle)
    view = pane.answer
    rows = pane.table.model.shown
    assert [row.amount for row in rows if str(row.name) == "Programme"] == [view.total_usd]
    assert view.total_usd == view.sleeve_usd + sum(item.amount_usd for item in view.participants)
    assert {line.asset for line in pane.coins.model.shown} >= {"BTC", "ETH", ""}


def test_people_are_shown_with_role_rights_and_key_and_enrolled_by_proof(own: Window, settle: Settle) -> None:
    pane = page(own, "people", settle)
    assert [row.name for row in pane.table.model.shown] == ["Manager 1", "Risk 1"]
    assert "Manager 1" in pane.note.text()
    new = signer("Auditor 1")
    made: list[str] = []
    act(own, settle, lambda door: made.append(door.people.proof(new, Role.AUDITOR)))
    dialog = enrol_form(own.context, pane)
    for key, value in (("name", "Auditor 1"), ("role", "auditor"), ("key", new.public_key), ("proof", made[0])):
        dialog.fill(key, value)
    pane.propose(dialog)
    settle(own)
    approve_all(own, settle)
    pane = page(own, "people", settle)
    assert pane.table.choose(lambda row: row.name == "Auditor 1")
    model = pane.table.model
    place = next(n for n, row in enumerate(model.shown) if row.name == "Auditor 1")
    said = {column.key: model.text(place, number) for number, column in enumerate(model.columns)}
    assert (said["role"], said["rights"]) == ("Auditor", "reads and verifies")
    dialog.deleteLater()


def test_a_book_is_held_against_a_checkpoint_written_in_the_window(own: Window, settle: Settle, tmp_path: Path) -> None:
    own.go("journal/entries")
    settle(own)
    journal = own.views["journal"]
    note = tmp_path / "checkpoint.txt"
    journal.write_checkpoint(note)
    settle(own)
    assert note.read_text(encoding="utf-8").startswith("sandyq/demo\n")
    journal.compare(note)
    settle(own)
    assert "extends the earlier one" in journal.result.text()
    assert "Manager 1" in journal.result.text()
    note.write_text(note.read_text(encoding="utf-8")[:-8] + "AAAAAA=\n", encoding="utf-8")
    journal.compare(note)
    settle(own)
    assert "chain is broken" in journal.result.text()
