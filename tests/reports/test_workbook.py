"""The workbook and the CSV behind the sheet: numbers are numbers, totals add up, nothing can run."""

from __future__ import annotations

import csv as plain_csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sandyq.reports.kinds.limit_sheet import issue
from sandyq.reports.sheet import SheetData
from sandyq.reports.tables import Column, Table
from sandyq.reports.workbook import holdings_table, workbook
from sandyq.reports.writers import csv, xlsx

Maker = Callable[[str], SheetData]
D = Decimal
NOW = datetime(2025, 10, 6, tzinfo=UTC)
HEAD = 2
"""Index of the head row: title and mark stand above it."""


def book(data: SheetData) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(issue(data)[1].content))


def rows(found: CalamineWorkbook, name: str) -> list[list[Any]]:
    return found.get_sheet_by_name(name).to_python(skip_empty_area=False)


def test_the_six_sheets_are_there_in_every_language(sheet: Maker) -> None:
    assert book(sheet("en")).sheet_names == [
        "Limits", "Holdings", "Look-through", "Open matters", "Sources", "Notes"]
    assert all(len(book(sheet(code)).sheet_names) == 6 for code in ("ru", "kk"))


def test_numbers_are_numbers_and_dates_are_dates(english: SheetData) -> None:
    found = rows(book(english), "Holdings")
    first = dict(zip(found[HEAD], found[HEAD + 1], strict=True))
    assert first["Market value, USD"] == 102_750_000.0 and isinstance(first["Quantity"], float)
    assert first["Price date"] == english.as_of
    limit = dict(zip(*(rows(book(english), "Limits")[HEAD + n] for n in (0, 2)), strict=True))
    assert limit["Id"] == "L02" and limit["Value"] == 0.005233 and limit["Hard"] == 0.0075


def test_totals_are_formulas_with_their_values_and_equal_the_sum(english: SheetData) -> None:
    found = rows(book(english), "Holdings")
    lines = len(english.holdings.lines)
    total = dict(zip(found[HEAD], found[HEAD + 1 + lines], strict=True))
    assert total["Symbol"] == "Total"
    expected = sum((line.market_value_usd or D(0) for line in english.holdings.lines), D(0))
    assert total["Market value, USD"] == float(expected)
    for index, head in enumerate(found[HEAD]):
        if isinstance(total[head], float):
            assert total[head] == pytest.approx(sum(row[index] for row in found[HEAD + 1:HEAD + 1 + lines]), abs=1e-6)
    with zipfile.ZipFile(io.BytesIO(issue(english)[1].content)) as archive:
        assert "<f>SUM(J4:J7)</f>" in archive.read("xl/worksheets/sheet2.xml").decode()


def test_a_column_with_an_unknown_in_it_has_no_total(english: SheetData) -> None:
    lines = english.holdings.lines
    doubtful = replace(english.holdings, unknown_lines=1, lines=(replace(lines[0], market_value_usd=None), *lines[1:]))
    found = rows(book(replace(english, holdings=doubtful)), "Holdings")
    total = dict(zip(found[HEAD], found[HEAD + 1 + len(lines)], strict=True))
    assert total["Market value, USD"] == "\u2014"
    assert isinstance(total["Cost, USD"], float)
    assert found[HEAD + 1][found[HEAD].index("Market value, USD")] == ""
    assert any("Lines without a usable price: 1." in str(row[0]) for row in found)


def test_text_that_looks_like_a_formula_stays_text(english: SheetData) -> None:
    found = rows(book(english), "Holdings")
    assert [row[0] for row in found].count("=2+3") == 1
    with zipfile.ZipFile(io.BytesIO(issue(english)[1].content)) as archive:
        formulas = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name)
        assert "<f>2+3" not in formulas and "@SUM(A1" not in formulas
        assert not any("externalLink" in name for name in archive.namelist())


def test_sources_name_file_line_and_entry(english: SheetData) -> None:
    found = rows(book(english), "Sources")
    table = [dict(zip(found[HEAD], row, strict=True)) for row in found[HEAD + 1:]]
    price = next(row for row in table if row["Input"] == "price" and row["Subject"] == "IBIT")
    assert (price["File"], price["Line"], price["Entry"], price["Value"]) == ("file2.csv", 10.0, 2.0, 68.5)
    assert {"price", "lot", "rate", "fund_holdings"} <= {row["Input"] for row in table}
    assert all(len(row["SHA-256"]) == 64 and row["Line"] and row["Entry"] for row in table)


def test_notes_carry_head_dates_and_the_demo_mark(english: SheetData) -> None:
    found = {row[0]: row[1] for row in rows(book(english), "Notes")[HEAD + 1:]}
    assert found["Chain head"] == english.chain_head
    assert found["Mark"] == "DEMO · DRAFT"
    assert found["Known at"] == "06.10.2025 04:12 UTC"
    assert all(rows(book(english), name)[1][0] == "DEMO" for name in book(english).sheet_names)
    assert rows(book(replace(english, demo=False)), "Limits")[1][0] == ""


def test_a_second_coin_of_a_line_does_not_count_its_dollars_twice(english: SheetData) -> None:
    line = english.exposure.lines[0]
    coins = {**line.coins, "ETH": line.coins["BTC"]}
    data = replace(english, exposure=replace(english.exposure, lines=(replace(line, coins=coins),)))
    table = workbook(data)[2]
    index = [column.head for column in table.columns].index("Exposure, central, USD")
    assert len(table.rows) == 2 and table.total(index) == line.exposure_usd.central


def test_the_workbook_has_the_same_bytes_twice_and_no_clock(english: SheetData) -> None:
    tables = workbook(english)
    made = [xlsx.write(tables, title="Sheet", created=NOW, mark="DEMO") for _ in range(2)]
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2025-10-06T00:00:00Z") == 2


def test_the_csv_keeps_exact_decimals_and_defuses_formulas(english: SheetData) -> None:
    content = csv.write(holdings_table(english))
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(plain_csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert found[3]["Symbol"] == "'=2+3" and found[3]["Name"].startswith("'@SUM")
    assert Decimal(found[0]["Market value, KZT"]) == D("102750000") * D("549.06")


@given(st.text(max_size=30))
def test_no_text_leaves_the_csv_as_a_formula(text: str) -> None:
    assert not csv.neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert csv.neutral(text) in {text, "'" + text}


@given(st.lists(st.decimals(-10**12, 10**12, places=2), min_size=1, max_size=20))
def test_the_total_of_a_column_is_the_exact_sum(values: list[Decimal]) -> None:
    table = Table("T", "T", (Column("Name"), Column("USD", "number", total=True)),
                  tuple(("x", value) for value in values), total_label="Total")
    assert table.total(1) == sum(values)
