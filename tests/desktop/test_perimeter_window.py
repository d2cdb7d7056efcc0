"""Data, reserves and reporting: what `sandyq reserves` and `sandyq disclosures` answer, in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.disclosure import AGGREGATE, OWNERSHIP, Alert, AlertState
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.perimeters import ReserveShare
from sandyq.workstation.workstation import Workstation
from sandyq_desktop.handlers import opener
from sandyq_desktop.look import Look
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.data_perimeter import alert_columns, share_columns
from sandyq_desktop.window import Window

Settle = Callable[[Window], None]
pytestmark = pytest.mark.window

OLD = ReserveShare(date(2026, 10, 30), "gross", Decimal(58_635_000_000), date(2026, 9, 30), date(2026, 10, 7), "site",
                   30, Freshness.FRESH, Decimal(293_175_000), Decimal("0.005"))


def page(window: Window, settle: Settle) -> Any:
    window.go("data/reserves")
    settle(window)
    assert not window.strip.isVisible(), window.strip.text.text()
    return window.views["data"].section


def said(table: Table, row: int = 0) -> dict[str, str]:
    return {column.key: table.model.text(row, place) for place, column in enumerate(table.model.columns)}


def test_the_window_answers_what_the_commands_answer(window: Window, demo_book: Path, settle: Settle) -> None:
    pane = page(window, settle)
    with Workstation.open(demo_book, actor="Risk 1") as station:
        question = window.context.question
        shares, alerts = station.custody.reserves(question), station.custody.disclosures(question)
    shown = pane.table.model.shown
    assert sorted(shown, key=lambda row: (row.day, row.series)) == sorted(shares, key=lambda r: (r.day, r.series))
    assert [row.day for row in shown] == sorted((row.day for row in shares), reverse=True)
    assert tuple(pane.alerts.model.shown) == alerts
    reached = sum(1 for one in alerts if one.state is AlertState.REACHED)
    assert reached
    assert f"Reached: {reached}." in pane._caption.text()


def test_both_tables_have_a_name_and_their_cells_are_copied_whole(window: Window, settle: Settle) -> None:
    pane = page(window, settle)
    names = [table.grid.accessibleName() for table in (pane.table, pane.alerts)]
    assert names == ["Reserves", "Reporting to others"]
    pane.alerts.grid.setFocus()
    pane.alerts.grid.selectRow(0)
    pane.alerts.copy(headers=False)
    copied = QGuiApplication.clipboard().text()
    assert "13F" in copied
    assert "Reached" in copied


def test_a_share_of_half_a_per_cent_is_fifty_basis_points(look: Look) -> None:
    table = Table(share_columns(look), look, "Reserves")
    table.show_rows([OLD])
    row = said(table)
    assert (row["amount"], row["share"], row["basis_points"], row["age"]) == ("58.635", "0.500", "50.00", "30")
    assert (row["day"], row["of"], row["published"]) == ("30.10.2026", "30.09.2026", "07.10.2026")
    assert row["freshness"] == "Fresh"


def test_a_figure_that_is_too_old_has_no_share_and_says_so(look: Look) -> None:
    table = Table(share_columns(look), look, "Reserves")
    table.show_rows([replace(OLD, freshness=Freshness.RED, age=200, share=None)])
    row = said(table)
    assert (row["freshness"], row["share"], row["basis_points"]) == ("Too old", "—", "—")


def test_an_unknown_threshold_is_a_word_with_its_reason_and_never_a_zero(look: Look) -> None:
    missing = Finding(Severity.WARNING, "disclosure-unknown", N_("The units of {symbol} outstanding are not known.",
                                                                 symbol="IBIT"), "IBIT")
    table = Table(alert_columns(look), look, "Reporting to others")
    table.show_rows([Alert(OWNERSHIP, "IBIT", None, Decimal("0.05"), "ratio", AlertState.UNKNOWN, (missing,)),
                     Alert(AGGREGATE, "", Decimal(100_000_000), Decimal(100_000_000), "USD", AlertState.REACHED)])
    row, other = said(table), said(table, 1)
    assert (row["state"], row["value"], row["threshold"], row["unit"]) == ("Unknown", "—", "5.0000", "%")
    assert row["findings"] == "The units of IBIT outstanding are not known."
    assert (other["state"], other["unit"], other["subject"]) == ("Reached", "USD", "")


def test_a_book_of_which_nothing_is_known_gets_sentences(window: Window, settle: Settle, tmp_path: Path) -> None:
    path = tmp_path / "empty.sandyq"
    Workstation.create(path, mandate="example", settings={}, actor="Risk 1").close()
    window.open_with(opener(path))
    settle(window)
    pane = page(window, settle)
    nothing = "No figure of the reserves was published, or the book has no mandate."
    assert pane.note.text() == nothing
    assert not pane.table.model.shown
    assert "Reached: 0. Near: 0." in pane._caption.text()
    pane.show_answer(((), ()))
    assert (pane.note.text(), pane._caption.text()) == (nothing, "Reporting to others: the book has no mandate.")


def test_the_page_is_reached_from_the_programme_and_leads_back(window: Window, settle: Settle) -> None:
    window.go("data/programme")
    settle(window)
    data: Any = window.views["data"]
    for key, section in (("reserves", data.perimeter), ("programme", data.programme)):
        place = next(place for place, (known, _) in enumerate(data._pages[key]._choices) if known == key)
        other = "programme" if key == "reserves" else "reserves"
        data._pages[other]._group.button(place).click()
        settle(window)
        assert data.section is section
        assert data.segment.value() == "programme"
        assert data._pages[key].value() == key


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_the_page_stands_whole_in_a_small_window(window: Window, settle: Settle, code: str) -> None:
    window.resize(1280, 800)
    window.set_language(code)
    pane = page(window, settle)
    settle(window)
    assert window.width() == 1280
    segment = window.views["data"].segment
    assert segment.geometry().right() <= window.views["data"].width()
    for table in (pane.table, pane.alerts):
        assert table.grid.horizontalScrollBar().maximum() == 0
