"""The one table engine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from sandyq.basics.text import N_
from sandyq_desktop.look import Look
from sandyq_desktop.tables.clipboard import table_text
from sandyq_desktop.tables.columns import Column, Group, Total
from sandyq_desktop.tables.model import TableModel, _fraction
from sandyq_desktop.tables.sparkline import points
from sandyq_desktop.tables.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    group: str
    amount: Decimal | None


ROWS = (Row("b", "x", Decimal("1234.5")), Row("a", "y", Decimal("-0.523")), Row("c", "x", None))


def columns(**more: int) -> tuple[Column, ...]:
    return (
        Column("name", N_("Name"), lambda r: r.name, stretch=True, least=40),
        Column("amount", N_("Amount\nUSD"), lambda r: r.amount, number=True,
               group=lambda rows: sum((r.amount for r in rows if r.amount is not None), Decimal(0))),
        Column("extra", N_("A column that may leave"), lambda r: r.group, **more),  # type: ignore[arg-type]
    )


def test_unknown_is_an_em_dash_and_sorts_last(look: Look) -> None:
    model = TableModel(columns(), look)
    model.sorted_by = ("amount", True)
    model.set_rows(ROWS)
    assert [row.name for row in model.shown] == ["b", "a", "c"]
    assert model.text(2, 1) == "—"
    model.sorted_by = ("amount", False)
    model.refresh()
    assert [row.name for row in model.shown] == ["a", "b", "c"]


@given(st.lists(st.tuples(st.text("xyz", min_size=1, max_size=2), st.integers(0, 99)), max_size=30), st.booleans())
def test_sorting_and_grouping_lose_no_row(look_rows: list[tuple[str, int]], down: bool) -> None:
    rows = [Row(str(number), group, Decimal(amount)) for number, (group, amount) in enumerate(look_rows)]
    model = TableModel(columns(), Look())
    model.set_groups(lambda row: row.group)
    model.sorted_by = ("amount", down)
    model.set_rows(rows)
    shown = [row for row in model.shown if isinstance(row, Row)]
    assert sorted(row.name for row in shown) == sorted(row.name for row in rows)
    groups = [row for row in model.shown if isinstance(row, Group)]
    assert sum(len(group.rows) for group in groups) == len(rows)


def test_a_folded_group_keeps_its_sum(look: Look) -> None:
    model = TableModel(columns(), look)
    model.set_groups(lambda row: row.group)
    model.set_rows(ROWS)
    assert model.text(0, 1) == "1\u202f234.5"
    model.fold(0)
    assert [type(row).__name__ for row in model.shown] == ["Group", "Group", "Row"]
    assert model.text(0, 1) == "1\u202f234.5"


def test_the_fraction_is_what_follows_the_point_of_a_number() -> None:
    assert _fraction("1 234.50", ".") == ".50"
    assert _fraction("0,523", ",") == ",523"
    assert _fraction("min", ".") == ""
    assert _fraction("—", ".") == ""


def test_a_filter_hides_rows_and_gives_them_back(look: Look) -> None:
    model = TableModel(columns(), look)
    model.set_rows(ROWS)
    model.set_filter(lambda row: row.name == "a")
    assert model.rowCount() == 1
    model.set_filter(None)
    assert model.rowCount() == 3


@pytest.mark.parametrize(("code", "written"), [("en", "-0.523"), ("ru", "-0,523"), ("kk", "-0,523")])
def test_copied_numbers_are_those_of_the_language(look: Look, code: str, written: str) -> None:
    look.words.switch(code)
    model = TableModel(columns(), look)
    model.set_rows(ROWS)
    cells = table_text(model, [1], [0, 1], headers=True)
    assert cells[1] == ["a", written]
    assert "\n" not in cells[0][1]


@pytest.mark.window
def test_a_hundred_thousand_cells_are_copied_in_under_a_second(look: Look) -> None:
    many = [Column(f"c{n}", f"Column {n}", lambda r: r.amount, number=True, digits=3) for n in range(20)]
    table = Table(many, look, "Many")
    table.show_rows([Row("a", "x", Decimal(n) / 7) for n in range(5000)])
    table.select_all()
    began = time.perf_counter()
    table.copy(headers=True)
    taken = time.perf_counter() - began
    text = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().clear()
    assert len(text.split("\n")) == 5001
    assert len(text.split("\n")[1].split("\t")) == 20
    assert taken < 1.0, taken


@pytest.mark.window
def test_columns_leave_a_narrow_table_and_come_back(look: Look) -> None:
    table = Table(columns(leaves=1), look, "Narrow")
    hidden: list[int] = []
    table.hidden_changed.connect(hidden.append)
    table.show_rows(ROWS)
    table.resize(160, 200)
    table.show()
    table.fit()
    assert table.grid.isColumnHidden(2)
    assert not table.grid.isColumnHidden(1)
    table.resize(900, 200)
    table.fit()
    assert not table.grid.isColumnHidden(2)
    assert (hidden[-1], 1 in hidden) == (0, True)


@pytest.mark.window
def test_totals_stay_in_sight_with_more_rows_than_fit(look: Look, qapp: QApplication) -> None:
    table = Table(columns(), look, "Totals")
    table.resize(500, 200)
    table.show()
    table.show_rows([Row(str(n), "x", Decimal(n)) for n in range(500)], [Total("All", {"amount": Decimal(124750)})])
    qapp.processEvents()
    assert table.strip.height() == 26
    assert table.strip.geometry().bottom() <= table.height()
    assert len(table.below_fold()) > 400


def test_a_sparkline_leaves_a_gap_where_a_value_is_unknown() -> None:
    runs = points([1.0, 2.0, None, 3.0], width=30)
    assert [len(run) for run in runs] == [2, 1]
    assert runs[0][0].y() > runs[0][1].y() > runs[1][0].y()
