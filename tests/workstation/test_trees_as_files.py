"""A tree goes out as CSV, XLSX or JSON with file, line, person and hash, and no cell of it runs as a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from driving import digest, run, run_json
from python_calamine import CalamineWorkbook
from small_books import book, bought, funded

from sandyq.basics.figure import Figure
from sandyq.basics.language import Language
from sandyq.basics.origin import Origin
from sandyq.basics.text import Text
from sandyq.workstation.contract import Source
from sandyq.workstation.tree_rows import tree_rows, write_tree

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book(tmp_path_factory.mktemp("trees") / "b", [funded(), bought("IBIT", 100, 50)],
                {"IBIT": {"2025-03-03": "50", "2025-03-04": "55"}})


def test_a_csv_has_one_row_for_each_node_and_says_where_each_came_from(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "tree.csv"
    answer = run_json("explain", small, "holdings/IBIT/market_value_usd", "--as-of", "2025-03-04", "--out", out)
    assert answer["files"] == [{"path": str(out), "sha256": digest(out)}]
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))
    assert (rows[0]["Depth"], rows[0]["Value"], rows[0]["Unit"]) == ("0", "5500", "USD")
    lot = next(row for row in rows if row["Figure"] == "Lot T-1")
    assert (lot["Value"], lot["File"], lot["Line"]) == ("100", "transactions.csv", "3")
    price = next(row for row in rows if row["Figure"] == "Close as filed")
    assert (price["Value"], price["File"], price["Line"], len(price["Hash"])) == ("55", "prices.csv", "3", 64)


def test_a_workbook_and_a_json_file_say_the_same(small: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "xlsx", "json"):
        run_json("explain", small, "totals/net_invested_usd", "--as-of", "2025-03-04", "--out",
                 tmp_path / f"t.{suffix}")
    plain = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_bytes().decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_index(0).to_python()
    figures = [row for row in sheet if row and isinstance(row[0], float)]
    assert [row[1] for row in figures] == [row[1] for row in plain[1:]]
    assert json.loads((tmp_path / "t.json").read_text())["value"] == "5000"


def test_the_keys_are_listed_and_narrowed_by_their_beginning(small: Path) -> None:
    every = run_json("explain", small, "--list", "--as-of", "2025-03-04")["keys"]
    lots = run_json("explain", small, "holdings/IBIT/lots", "--list", "--as-of", "2025-03-04")["keys"]
    assert len(every) > 100
    assert lots == [f"holdings/IBIT/lots/T-1/{name}" for name in ("quantity", "cost_usd", "market_value_usd",
                                                                 "unrealised_usd")]
    assert set(lots) <= set(every)
    assert run("explain", small, "--list", "--as-of", "2025-03-04").output.split() == every


def test_the_same_book_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    hashes = {run_json("explain", small, "totals/cost_usd", "--out", tmp_path / f"{n}.xlsx")["files"][0]["sha256"]
              for n in range(2)}
    assert len(hashes) == 1


def test_another_suffix_or_a_missing_folder_is_refused_before_anything_is_written(small: Path, tmp_path: Path) -> None:
    before = digest(small)
    assert run("explain", small, "totals/cost_usd", "--out", small).exit_code == 1
    assert run("explain", small, "totals/cost_usd", "--out", tmp_path / "none" / "t.csv").exit_code == 1
    assert digest(small) == before


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_defused(tmp_path: Path, text: str) -> None:
    label = Text("{name}", {"name": text})
    tree = Figure("k", Text("Top"), Decimal(-1), "USD", parts=(
        Figure("k/1", label, text, text, label, Origin(1, 2)),))
    rows = tree_rows(tree, lambda e, n: Source(e, text, n, text, NOW, "0" * 64), Language("en"))
    assert [row.depth for row in rows] == [0, 1]
    write_tree(rows, tmp_path / "t.csv", Language("en"), NOW)
    top, cells = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_bytes().decode("utf-8-sig"), newline="")))[1:]
    assert top[2] == "-1"
    assert [cells[n] for n in (1, 2, 3, 4, 7, 9)] == ["'" + text] * 6
    write_tree(rows, tmp_path / "t.xlsx", Language("en"), NOW)
    sheet = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_index(0).to_python()
    assert next(row for row in sheet if row[0] == 1.0)[1].strip() == text.strip()


def test_values_of_every_kind_have_a_cell(tmp_path: Path) -> None:
    tree = Figure("k", Text("Top"), None, parts=tuple(
        Figure(f"k/{n}", Text("X"), value) for n, value in enumerate((1, 0.5, Decimal("1.25"), date(2026, 1, 2), "w"))))
    rows = tree_rows(tree, lambda e, n: Source(e, "", n, "", NOW, ""), Language("en"))
    assert [row.value for row in rows] == [None, Decimal(1), Decimal("0.5"), Decimal("1.25"), date(2026, 1, 2), "w"]
    write_tree(rows, tmp_path / "t.csv", Language("en"), NOW)
    said = [row[2] for row in csv.reader(io.StringIO((tmp_path / "t.csv").read_bytes().decode("utf-8-sig")))]
    assert said == ["Value", "", "1", "0.5", "1.25", "2026-01-02", "w"]
