"""Jobs that people come to do, by window, in their number of steps: a step is one click, one key or one typed field."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sandyq.limits.result import State, Verdict
from sandyq_desktop import fonts
from sandyq_desktop.handlers import opener
from sandyq_desktop.settings import Settings
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]


class Person:
    """Somebody at the window; counts what they do."""

    def __init__(self, window: Window, settle: Settle) -> None:
        self.window = window
        self._settle = settle
        self.steps = 0

    def does(self, action: Callable[[], object]) -> None:
        self.steps += 1
        action()
        self._settle(self.window)

    def view(self, key: str) -> Any:
        return self.window.views[key]


@pytest.fixture
def empty(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    yield made
    made.close()
    QGuiApplication.clipboard().clear()
    made.deleteLater()


@pytest.fixture
def own_book(qapp: QApplication, demo_book: Path, tmp_path: Path, settle: Settle) -> Iterator[Window]:
    """A window on a copy of the demo book that a test may write to."""
    book = tmp_path / "own.sandyq"
    shutil.copy(demo_book, book)
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    made.open_with(opener(book))
    settle(made)
    yield made
    made.close()
    made.deleteLater()


def test_j1_how_much_of_the_300_million_is_used_and_what_breaches_first(empty: Window, settle: Settle) -> None:
    person = Person(empty, settle)
    person.does(lambda: QTest.mouseClick(empty.start.demo, Qt.MouseButton.LeftButton))
    person.does(lambda: empty.go("limits"))
    limits = person.view("limits")
    results = {row.limit.id: row for row in limits.table.model.shown}
    assert results["L01"].worst.part.hard == Decimal(300_000_000)
    assert results["L01"].worst.value > 200_000_000
    assert {"L01", "L02", "L04"} <= set(results), "net invested, market value and look-through beside their caps"
    nearest = limits.table.model.shown[0]
    assert nearest.state is State.SOFT_BREACH
    assert nearest.worst.headroom.coin_move is not None
    assert empty.windowTitle().startswith("DEMO")
    assert person.steps <= 3


def test_j2_yesterdays_files_are_previewed_with_counts_and_findings_and_booked_only_when_accepted(
        own_book: Window, settle: Settle, tmp_path: Path) -> None:
    prices = tmp_path / "prices_1102.csv"
    prices.write_text("date,symbol,close,currency\n2026-11-02,IBIT,99.10,USD\n2026-10-30,IBIT,54.85,USD\n"
                      "2026-11-02,FBTC,84.90,USD\n2026-11-02,BITB,abc,USD\n", encoding="utf-8")
    rates = tmp_path / "fx_1102.csv"
    rates.write_text("date,base,quote,rate,source\n2026-11-02,USD,KZT,541.70,NBK\n", encoding="utf-8")
    holdings = tmp_path / "funds_1102.csv"
    holdings.write_text("date,symbol,asset,coins_per_share,quality,source\n"
                        "2026-11-02,FBTC,BTC,0.0008689,issuer_daily_file,issuer\n", encoding="utf-8")
    person = Person(own_book, settle)
    person.does(lambda: own_book.go("data"))
    before = len(person.view("data").batches.model.shown)
    person.does(lambda: own_book.preview([prices, rates, holdings]))
    data = person.view("data")
    shown = {p.file: p for p in data.previews.model.shown}
    assert (shown["prices_1102.csv"].read, shown["prices_1102.csv"].refused) == (4, 1)
    codes = {finding.code for finding in shown["prices_1102.csv"].findings}
    assert "price-jump" in codes, "the outlier is named"
    assert len(data.batches.model.shown) == before, "nothing is booked before it is accepted"
    person.does(lambda: QTest.mouseClick(data.accept, Qt.MouseButton.LeftButton))
    assert len(person.view("data").batches.model.shown) == before + 3
    assert person.steps <= 4


def test_j4_why_is_this_figure_what_it_is(window: Window, settle: Settle) -> None:
    window.go("holdings")
    settle(window)
    holdings = window.views["holdings"]
    assert holdings.table.choose(lambda row: getattr(getattr(row, "line", None), "symbol", "") == "IBIT")
    settle(window)
    person = Person(window, settle)
    person.does(lambda: window.run("explain"))
    tree = window.panel.tree.text()
    assert "prices.csv : " in tree, "the price row with file and line"
    assert "transactions.csv : " in tree, "the lots with file and line"
    assert "Analyst 1" in tree, "who imported it"
    assert person.steps <= 1


def test_j5_may_i_buy_25_million_of_ibit_today_and_if_not_how_much(window: Window, settle: Settle,
                                                                                     qtbot: QtBot) -> None:
    person = Person(window, settle)
    person.does(lambda: window.go("orders"))
    orders = window.views["orders"]
    person.does(lambda: orders.edit(0, "symbol", "IBIT"))

    def amount() -> None:
        field = orders.lines.field(0, "quantity")
        field.setFocus()
        QTest.keyClicks(field, "25m")
        field.editingFinished.emit()

    person.does(amount)
    qtbot.waitUntil(lambda: orders.check is not None, timeout=5000)
    assert orders.check.verdict is Verdict.REFUSED
    reasons = {name for name, _, _ in orders.check.reasons}
    assert {"L02", "L04"} <= reasons
    qtbot.waitUntil(lambda: bool(orders._largest), timeout=5000)
    assert (orders._largest[0].quantity, orders._largest[0].binding) == (0, "L02")
    moved = [change for change in orders.check.changes if change.moved]
    assert len(moved) > 10
    assert person.steps <= 3


def test_j7_what_is_in_breach_why_and_until_when(window: Window, settle: Settle) -> None:
    """Two steps: the view, and the breach; it shows class, causes, clock and what may still be traded."""
    person = Person(window, settle)
    person.does(lambda: window.run("view-breaches"))
    view = person.view("breaches")
    row = next(row for row in view.table.model.rows if row.open)
    person.does(lambda: view.table.choose(lambda other: other.reference == row.reference))
    assert person.steps <= 2
    facts = view._facts.text()
    assert "Passive" in facts and "business days used" in facts
    assert "purchases that raise it are refused, sales pass; a sale of" in facts
    assert "Prices" in view.waterfall.accessibleDescription()
    assert view.next.text() == "Record the remediation…"


def test_a_limit_within_says_how_many_days_of_volatility_are_left(window: Window, settle: Settle) -> None:
    person = Person(window, settle)
    person.does(lambda: window.run("view-limits"))
    view = person.view("limits")
    person.does(lambda: view.table.choose(lambda row: row.limit.id == "L04"))
    box = view.outlook
    assert "Days of volatility" in box._figures.text()
    assert "100\u202f000 paths" in box._method.text()
