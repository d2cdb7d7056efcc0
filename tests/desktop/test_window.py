"""The window on the demo book: what a person sees and does."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from sandyq.limits.result import SEVERITY, LimitResult, State
from sandyq_desktop.commands import VIEW_KEYS
from sandyq_desktop.handlers import opener
from sandyq_desktop.window import Window

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]


def view(window: Window, key: str) -> Any:
    return window.views[key]


def go(window: Window, key: str, settle: Settle) -> Any:
    window.go(key)
    settle(window)
    return view(window, key)


def test_the_book_opens_on_limits_and_is_marked_demo(window: Window) -> None:
    assert window.current == "limits"
    assert window.windowTitle().startswith("DEMO — Limits")
    assert window.foot.demo.isVisible()
    assert not window.strip.isVisible()


def test_limits_are_worst_first_and_the_counts_add_up(window: Window) -> None:
    limits = view(window, "limits")
    rows: list[LimitResult] = limits.table.model.shown
    ranks = [SEVERITY[row.state] for row in rows]
    assert ranks == sorted(ranks)
    said = sum(int(word.accessibleName().split()[0]) for word in limits._counts)
    assert said == len(rows) == len(limits._run.results)


def test_the_strip_counts_what_is_above_and_below_the_fold(window: Window) -> None:
    limits = view(window, "limits")
    shown = len(limits.table.model.shown) - len(limits.table.below_fold())
    assert limits.fold.accessibleName().startswith(f"Shown: {shown} of {len(limits.table.model.shown)}.")


def test_the_chosen_limit_shows_its_clause_trace_and_history(window: Window, settle: Settle) -> None:
    limits = view(window, "limits")
    assert limits.table.choose(lambda row: row.limit.id == "L01")
    settle(window)
    assert "“" in limits.clause.text()
    assert limits.trace.figure is not None
    assert limits.trace.figure.key.startswith("limits/L01")
    assert limits._history.limit_id == "L01"


def test_every_number_of_the_table_is_the_number_of_the_service(window: Window, demo_book: Path) -> None:
    from sandyq.workstation.contract import Question
    from sandyq.workstation.workstation import Workstation

    with Workstation.open(demo_book, actor="Analyst 1") as door:
        run = door.limits(Question(door.latest_day()))
    model = view(window, "limits").table.model
    column = next(n for n, c in enumerate(model.columns) if c.key == "value")
    for row, shown in enumerate(model.shown):
        result = run.by_id(shown.limit.id)
        assert result is not None
        if result.worst is None or result.worst.value is None:
            assert model.text(row, column) == "—"
            continue
        factor = {"ratio": 100, "USD": Decimal("0.000001")}.get(result.worst.part.unit, 1)
        read = Decimal(model.text(row, column).replace("\u202f", "").replace("−", "-"))
        assert abs(read - result.worst.value * factor) <= Decimal("0.5"), shown.limit.id


def test_groups_of_holdings_sum_to_the_total_and_lots_to_the_position(window: Window, settle: Settle) -> None:
    holdings = go(window, "holdings", settle)
    book, _exposure = holdings._answer
    model = holdings.table.model
    column = next(c for c in model.columns if c.key == "value")
    groups = [item for item in model.shown if type(item).__name__ == "Group"]
    total = sum(column.group(group.rows) for group in groups)
    assert total * 1_000_000 == book.market_value_usd
    assert "The lots sum to the position." in holdings._lots_note.text()


def test_holdings_group_by_each_attribute_without_losing_a_line(window: Window, settle: Settle) -> None:
    holdings = go(window, "holdings", settle)
    for key in ("kind", "issuer", "coin", "custodian", "currency", ""):
        holdings.group.setCurrentIndex(holdings.group.findData(key))
        lines = [item for item in holdings.table.model.shown if type(item).__name__ == "Held"]
        assert len(lines) == len(holdings._answer[0].lines), key


def test_the_filter_leaves_what_is_typed(window: Window, settle: Settle) -> None:
    holdings = go(window, "holdings", settle)
    holdings.filter.setText("ibit")
    assert [item.line.symbol for item in holdings.table.model.shown if type(item).__name__ == "Held"] == ["IBIT"]


def test_explain_unfolds_a_holding_down_to_file_line_and_person(window: Window, settle: Settle) -> None:
    holdings = go(window, "holdings", settle)
    holdings.table.choose(lambda row: getattr(getattr(row, "line", None), "symbol", "") == "IBIT")
    window.run("explain")
    settle(window)
    assert window.panel.isVisible()
    text = window.panel.tree.text()
    assert "prices.csv : " in text
    assert "Analyst 1" in text
    assert window.panel._value.text() in text
    window.run("escape")
    assert not window.panel.isVisible()


def test_a_moment_in_the_past_shows_the_banner_until_escape(window: Window, settle: Settle) -> None:
    window.bar.known.setText("31.12.2026 18:00")
    window.bar.known.returnPressed.emit()
    settle(window)
    assert window.banner.isVisible()
    assert "31.12.2026 18:00" in window.banner.words.text()
    window.run("escape")
    settle(window)
    assert not window.banner.isVisible()
    assert window.context.question.known_at is None


def test_another_day_is_asked_by_typing_and_by_arrows(window: Window, settle: Settle) -> None:
    window.bar.day.field.setText("15.07.2026")
    window.bar.day.field.returnPressed.emit()
    settle(window)
    assert window.context.question.as_of == date(2026, 7, 15)
    window.run("day-before")
    settle(window)
    assert window.context.question.as_of == date(2026, 7, 14)
    assert view(window, "limits")._run.as_of == date(2026, 7, 14)


def test_the_currency_changes_the_headroom_and_its_head(window: Window, settle: Settle) -> None:
    model = view(window, "limits").table.model
    place = next(n for n, c in enumerate(model.columns) if c.key == "usd")
    before = model.text(0, place)
    window.set_currency("KZT")
    settle(window)
    assert model.columns[place].heading(window.context.look).endswith("KZT bn")
    assert model.text(0, place) != before


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_no_state_or_control_is_cut_at_any_zoom(window: Window, settle: Settle, code: str) -> None:
    window.set_language(code)
    for zoom in (100, 150, 200):
        window.set_look("light", zoom)
        settle(window)
        nothing_is_cut(window)
    assert window.width() == 1600


def nothing_is_cut(window: Window) -> None:
    limits = view(window, "limits")
    metrics = QFontMetricsF(window.context.look.font("body", 600))
    room = limits.table.grid.columnWidth(0) - window.context.look.px(24)
    assert max(metrics.horizontalAdvance(window.context.words.state(row.state))
               for row in limits.table.model.shown) <= room
    for widget in window.findChildren(QAbstractButton):
        if widget.isVisible() and widget.text():
            wanted = QFontMetricsF(widget.font()).horizontalAdvance(widget.text())
            assert wanted <= widget.width(), widget.text()


def test_every_focusable_widget_has_a_name(window: Window, settle: Settle) -> None:
    for key in VIEW_KEYS:
        go(window, key, settle)
        nameless = [widget for widget in window.findChildren(QWidget)
                    if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                    and not widget.accessibleName() and not isinstance(widget, QLabel)
                    and not (isinstance(widget, QAbstractButton) and widget.text())]
        assert [(key, type(w).__name__, type(w.parentWidget()).__name__) for w in nameless] == []


def test_commands_that_write_are_off_while_the_past_is_shown(window: Window, settle: Settle, tmp_path: Path) -> None:
    data = go(window, "data", settle)
    assert data.roll_back.isEnabled()
    window.bar.known.setText("31.12.2026 18:00")
    window.bar.known.returnPressed.emit()
    settle(window)
    assert not data.roll_back.isEnabled()
    window.handlers.report_to(tmp_path)
    assert "[history]" in window.strip.text.text()
    assert list(tmp_path.iterdir()) == []


def test_no_turn_of_the_window_works_longer_than_200_ms(
        window: Window, settle: Settle, qapp: QApplication) -> None:
    gaps: list[float] = []
    for day in (date(2026, 6, 1), date(2026, 5, 4), date(2026, 3, 2)):
        window.set_day(day)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            began = time.thread_time()
            qapp.processEvents()
            gaps.append(time.thread_time() - began)
            time.sleep(0.002)
    settle(window)
    assert max(gaps) < 0.2, max(gaps)  # the window's own thread: other work on the machine does not count


def test_copy_takes_the_selected_row_with_and_without_heads(window: Window) -> None:
    window.run("copy")
    bare = QGuiApplication.clipboard().text()
    window.run("copy-heads")
    headed = QGuiApplication.clipboard().text()
    assert bare.split("\t")[1].startswith("L")
    assert headed.split("\n")[0].startswith("State\tId\tLimit")
    assert headed.split("\n")[1] == bare


def test_the_export_says_of_what_and_when_it_is(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "limits.tsv"
    window.handlers.export_to(view(window, "limits").table, file)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Book demo.sandyq, as of 30.10.2026\tDEMO"
    assert len(lines) == 2 + len(view(window, "limits").table.model.shown)


def test_a_dropped_file_is_previewed_and_nothing_is_booked_before_accept(
        window: Window, settle: Settle, tmp_path: Path, demo_book: Path) -> None:
    before = demo_book.read_bytes()
    file = tmp_path / "prices.csv"
    header = (demo_book.parent / "files" / "prices.csv").read_text(encoding="utf-8").splitlines()[:40]
    file.write_text("\n".join(header) + "\n", encoding="utf-8")
    window.preview([file])
    settle(window)
    data = view(window, "data")
    preview = data.previews.model.shown[0]
    assert preview.file.endswith("prices.csv")
    assert preview.read == 39
    assert data.accept.isEnabled()
    assert demo_book.read_bytes() == before
    data.put_aside()
    assert not data.accept.isEnabled()


def test_a_batch_needs_a_reason_before_it_is_rolled_back(window: Window) -> None:
    from sandyq.basics.text import N_
    from sandyq_desktop.dialogs.reason import ReasonDialog

    dialog = ReasonDialog(window.context.look, N_("Roll back"), N_("It is reversed."), N_("Roll back"))
    assert not dialog.decide.isEnabled()
    dialog.field.setPlainText("   ")
    assert not dialog.decide.isEnabled()
    dialog.field.setPlainText("wrong file")
    assert dialog.decide.isEnabled()
    assert dialog.reason == "wrong file"


def test_accepting_and_rolling_back_write_journal_entries(
        window: Window, settle: Settle, tmp_path: Path, demo_book: Path) -> None:
    import shutil

    copy = tmp_path / "copy.sandyq"
    shutil.copy(demo_book, copy)
    window.open_with(opener(copy))
    settle(window)
    header, row = (demo_book.parent / "files" / "coins.csv").read_text(encoding="utf-8").splitlines()[:2]
    file = tmp_path / "coins.csv"
    file.write_text(header + "\n" + row.replace(row.split(",")[0], "2026-10-31", 1) + "\n", encoding="utf-8")
    window.preview([file])
    settle(window)
    data = view(window, "data")
    data.accept_files()
    settle(window)
    assert not window.strip.isVisible(), window.strip.text.text()
    entry = data.previews.model.shown[0].entry
    assert entry is not None
    data.roll_back_entry(entry, "wrong day")
    settle(window)
    assert not window.strip.isVisible(), window.strip.text.text()
    newest = go(window, "journal", settle).table.model.shown[0]
    assert newest.seq > entry


def test_verifying_says_that_the_chain_holds(window: Window, settle: Settle) -> None:
    window.run("verify")
    settle(window)
    assert "The chain holds." in view(window, "journal").result.text()


def test_back_returns_to_the_view_before(window: Window, settle: Settle) -> None:
    go(window, "journal", settle)
    window.run("back")
    assert window.current == "limits"


def test_a_book_that_is_not_there_gives_a_sentence_and_a_code(window: Window, settle: Settle, tmp_path: Path) -> None:
    window.open_with(opener(tmp_path / "none.sandyq"))
    settle(window)
    assert window.strip.isVisible()
    assert window.strip.text.text().endswith("]")
    assert "Traceback" not in window.strip.text.text()
    assert view(window, "limits")._run is not None


def test_unknown_limits_are_dashes_and_words(window: Window, settle: Settle) -> None:
    window.set_day(date(2023, 1, 4))
    settle(window)
    model = view(window, "limits").table.model
    unknown = [row for row, item in enumerate(model.shown) if item.state is State.UNKNOWN]
    value = next(n for n, c in enumerate(model.columns) if c.key == "value")
    for row in unknown:
        if model.shown[row].worst is not None and model.shown[row].worst.value is None:
            assert model.text(row, value) == "—"
    assert len(model.shown) == len(view(window, "limits")._run.results)
