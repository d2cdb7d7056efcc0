"""J5 and J6 in the window: a draft is typed, submitted, decided by another person, filled, cancelled, reviewed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "custody"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "orders"))

from order_books import Clock, signer, sleeve_of_orders

from sandyq.control.proposals import Decision
from sandyq.limits.result import Verdict
from sandyq.workstation import workstation
from sandyq.workstation.ordered import OrderState, ReviewState
from sandyq_desktop import fonts
from sandyq_desktop.dialogs.decide_order import OrderDecideDialog
from sandyq_desktop.dialogs.form import FormDialog
from sandyq_desktop.dialogs.reason import ReasonDialog
from sandyq_desktop.handlers import opener
from sandyq_desktop.settings import Settings
from sandyq_desktop.views import acts
from sandyq_desktop.views.order_blotter import OrderRow
from sandyq_desktop.views.orders import OrdersView
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]


class Room:
    """A window on the small book of the tests of orders, and hands in it."""

    def __init__(self, window: Window, settle: Settle, patch: pytest.MonkeyPatch) -> None:
        self.window, self._settle, self.patch = window, settle, patch
        self.dialogs: list[Any] = []

    @property
    def view(self) -> OrdersView:
        found = self.window.views["orders"]
        assert isinstance(found, OrdersView)
        return found

    def settle(self) -> None:
        self._settle(self.window)

    def work_as(self, name: str) -> None:
        self.window.tasks._signer = signer(name)
        self.window.tasks.ask(lambda door: door.people.sign_in(signer(name)), lambda _none: None)
        self.settle()

    def draft(self, text: str) -> None:
        self.view.paste(0, text)
        self.view._timer.stop()
        self.view._check()
        self.settle()

    def answering(self, kind: type[QDialog], answer: Callable[[Any], bool]) -> None:
        """Let a kind of dialog be answered by `answer` when it is shown."""
        def shown(dialog: Any) -> int:
            self.dialogs.append(dialog)
            assert not dialog.grab().isNull()
            return int(answer(dialog))

        self.patch.setattr(kind, "exec", shown)

    def submit(self, text: str, reason: str = "") -> None:
        self.draft(text)

        def fill(dialog: FormDialog) -> bool:
            dialog.fill("reason", reason)
            return dialog.decide.isEnabled()

        self.answering(FormDialog, fill)
        self.view.submit()
        self.settle()

    def decide(self, decision: Decision, name: str) -> OrderDecideDialog:
        self.work_as(name)
        waiting = next(row for row in self.rows if row.ticket.state is OrderState.WAITING)

        def answer(dialog: OrderDecideDialog) -> bool:
            button = dialog.approve if decision is Decision.APPROVED else dialog.refuse
            dialog.note.setText("seen")
            if button.isEnabled():
                dialog._take(decision)
            return button.isEnabled()

        self.answering(OrderDecideDialog, answer)
        acts.ask_decision(self.window.context, waiting.ticket.proposal, self.view)
        self.settle()
        found = self.dialogs[-1]
        assert isinstance(found, OrderDecideDialog)
        return found

    @property
    def rows(self) -> list[OrderRow]:
        return list(self.view.blotter.table.model.rows)

    def states(self) -> list[str]:
        return [row.ticket.state.value for row in self.rows]

    def press(self, name: str) -> None:
        button = next(action for action, *_ in self.view.blotter._actions if action.text() == name)
        assert button.isEnabled(), button.toolTip()
        button.click()
        self.settle()


@pytest.fixture
def room(qapp: QApplication, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    del qapp
    monkeypatch.setattr(workstation, "utc_now", Clock())
    book = tmp_path / "book.sandyq"
    sleeve_of_orders(book).close()
    fonts.load()
    window = Window(Words(catalogues.language), Settings())
    window.resize(1600, 1000)
    window.show()
    window.current = "orders"
    window.open_with(opener(book))
    settle(window)
    made = Room(window, settle, monkeypatch)
    made.work_as("Manager 1")
    window.go("orders")
    settle(window)
    yield made
    window.close()
    window.deleteLater()


def test_a_draft_that_is_closed_without_submitting_leaves_the_book_as_it_was(room: Room) -> None:
    path = room.window.tasks._station.path  # type: ignore[union-attr]
    before = sha256(path.read_bytes()).hexdigest()
    room.draft("buy\tIBIT\t100\t66\n")
    assert room.view.check is not None
    room.view.step(True)
    room.view._clear()
    room.window.close()
    assert sha256(path.read_bytes()).hexdigest() == before


def test_an_order_is_submitted_decided_by_another_person_and_filled(room: Room) -> None:
    room.submit("buy\tIBIT\t100\t66\n")
    assert room.states() == ["waiting"]
    assert room.view.check is None, "the draft is an order now"
    dialog = room.decide(Decision.APPROVED, "Manager 1")
    assert not dialog.approve.isEnabled()
    assert "another person decides" in dialog.reason.text()
    assert room.states() == ["waiting"]
    dialog = room.decide(Decision.APPROVED, "Risk 1")
    assert room.states() == ["approved"]
    assert {pair.id for pair in dialog.table.model.rows} == {"L01", "L16"}
    room.answering(FormDialog, lambda shown: (shown.fill("quantity", "60"), True)[1])
    room.press("Record a fill…")
    assert not room.window.strip.isVisible(), room.window.strip.text.text()
    assert [(row.line.filled, row.ticket.state.value) for row in room.rows] == [(60, "approved")]
    room.answering(ReasonDialog, lambda shown: (shown.field.setPlainText("enough"), True)[1])
    room.press("Cancel the rest…")
    assert room.states() == ["cancelled"]


def test_an_approved_order_counts_in_the_check_of_the_next_draft(room: Room) -> None:
    room.draft("buy\tFBTC\t150\t100\n")
    assert room.view.check is not None
    assert room.view.check.verdict is Verdict.PASS
    room.view._clear()
    assert room.view.panel._foot.text().endswith("Open orders counted: none.")
    room.submit("buy\tFBTC\t150\t100\n")
    assert room.view.panel._foot.text().endswith("Open orders counted: none."), "it waits and counts not yet"
    room.decide(Decision.APPROVED, "Risk 1")
    assert room.view.check is None
    assert room.view.panel._foot.text().endswith("Open orders counted: 1."), "told before there is a draft"
    room.draft("buy\tFBTC\t150\t100\n")
    assert room.view.check.verdict is Verdict.REFUSED
    assert not room.view._submit.isEnabled()


def test_a_soft_fail_is_submitted_with_a_reason_only(room: Room) -> None:
    room.submit("buy\tIBIT\t160\t65\n")
    assert room.states() == []
    assert not room.dialogs[-1].decide.isEnabled()
    room.view._clear()
    room.submit("buy\tIBIT\t160\t65\n", reason="the other fund closes")
    assert room.states() == ["waiting"]
    dialog = room.decide(Decision.REFUSED, "Risk 1")
    assert dialog.refuse.isEnabled()
    assert room.states() == ["refused"]


def test_an_emergency_sale_is_offered_for_sales_only_and_stays_red_until_reviewed(room: Room) -> None:
    room.draft("buy\tIBIT\t1\t65\n")
    assert room.view._alone.isHidden()
    room.view._clear()
    room.draft("sell\tIBIT\t100\t64\n")
    assert not room.view._alone.isHidden()
    room.answering(ReasonDialog, lambda shown: (shown.field.setPlainText("a halt was announced"), True)[1])
    room.view.sell_alone()
    room.settle()
    assert [row.ticket.review for row in room.rows] == [ReviewState.DUE]
    room.work_as("Risk 1")
    room.answering(FormDialog, lambda shown: (shown.fill("note", "right"), True)[1])
    room.press("Review…")
    assert [row.ticket.review for row in room.rows] == [ReviewState.ACCEPTED]


def test_what_cannot_be_done_with_an_order_says_why(room: Room) -> None:
    room.submit("buy\tIBIT\t100\t66\n")
    actions = {action.text(): (action.isEnabled(), action.toolTip()) for action, *_ in room.view.blotter._actions}
    assert actions["Decide…"] == (True, "")
    assert actions["Record a fill…"] == (False, "The order is in the state: Waits")
    assert actions["Review…"][0] is False
    room.press("Check again")
    assert [event.event for event in room.rows[0].ticket.events] == ["rechecked"]


def test_a_decision_stands_whole_in_the_window_with_large_type(room: Room) -> None:
    room.window.set_look("light", 200)
    room.submit("buy\tIBIT\t100\t66\n", reason="the tranche of the month")
    dialog = room.decide(Decision.APPROVED, "Manager 1")
    assert dialog.sizeHint().height() <= room.window.height()
    assert dialog.width() <= room.window.width()
    dialog.resize(dialog.sizeHint())
    dialog.grab()
    assert dialog.table.grid.horizontalScrollBar().maximum() == 0
