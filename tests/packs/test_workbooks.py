"""Workbooks: the gate refuses what is built to harm, and what comes through is the table of the CSV file."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput
from sandyq.packs import archive, workbook
from sandyq.packs.reading import Reading, ReadOptions, read_file
from sandyq.reference.facts import FactRow

Fill = Callable[[xlsxwriter.Workbook], None]
HEADER = ("date", "symbol", "close", "currency")


def made(folder: Path, fill: Fill, name: str = "book.xlsx") -> Path:
    file = folder / name
    book = xlsxwriter.Workbook(str(file))
    fill(book)
    book.close()
    return file


def table(*rows: tuple[object, ...], sheet: str = "Prices") -> Fill:
    def fill(book: xlsxwriter.Workbook) -> None:
        page, day = book.add_worksheet(sheet), book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate((HEADER, *rows)):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(line, place, value, day)
                elif value is not None:
                    page.write(line, place, value)
    return fill


def taken(file: Path, options: ReadOptions | None = None) -> tuple[Reading, list[FactRow]]:
    reading = read_file(file, options)
    return reading, [row for _, row in reading.rows()]


def parts(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as book:
        return {item.filename: book.read(item) for item in book.infolist()}


def packed(folder: Path, contents: dict[str, bytes], name: str = "changed.xlsx") -> Path:
    file = folder / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for entry, content in contents.items():
            book.writestr(entry, content)
    return file


def refusal(file: Path, options: ReadOptions | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        list(read_file(file, options).rows())
    return caught.value


ROW = (date(2025, 3, 3), "IBIT", 48.5, "USD")


def test_days_numbers_and_texts_come_as_in_a_csv_file(tmp_path: Path) -> None:
    reading, rows = taken(made(tmp_path, table(ROW, (datetime(2025, 3, 4), "IBIT", 49, "USD"),
                                               ("2025-03-05", "IBIT", "50.25", "USD"), (), (None, "IBIT", 1, "USD"))))
    assert (reading.kind, reading.encoding, reading.read, reading.refused) == ("prices", "xlsx", 4, 1)
    assert [row[:5] for row in rows] == [(2, "IBIT", "2025-03-03", "48.5", "USD"),
                                         (3, "IBIT", "2025-03-04", "49", "USD"),
                                         (4, "IBIT", "2025-03-05", "50.25", "USD")]
    assert [(item.code, item.line, item.column) for item in reading.findings] == [("value-missing", 6, "date")]


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    file = made(tmp_path, table(ROW))
    reading, rows = taken(file)
    assert reading.size == file.stat().st_size
    assert taken(file)[1] == rows
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(BadInput, match="changed"):
        list(reading.rows())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prices=st.lists(st.decimals(min_value="0.0001", max_value=10**7, places=6), min_size=1, max_size=5))
def test_a_workbook_and_a_csv_file_give_the_same_prices(tmp_path: Path, prices: list[Decimal]) -> None:
    rows = [(f"2025-03-{day:02}", "IBIT", price, "USD") for day, price in enumerate(prices, 1)]
    text = tmp_path / "prices.csv"
    with text.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *((*row[:2], canonical(row[2]), row[3]) for row in rows)])
    sheet = made(tmp_path, table(*((*row[:2], float(row[2]), row[3]) for row in rows)))
    assert taken(sheet)[1] == taken(text)[1]


def test_digits_beyond_those_of_a_sheet_are_said(tmp_path: Path) -> None:
    file = made(tmp_path, table(ROW))
    contents = parts(file)
    name = "xl/worksheets/sheet1.xml"
    contents[name] = contents[name].replace(b"<v>48.5</v>", b"<v>0.30000000000000004</v>")
    reading, rows = taken(packed(tmp_path, contents))
    assert rows[0][3] == "0.3"
    assert [(item.code, item.line, item.value) for item in reading.findings] == [
        ("number-digits", 2, "0.30000000000000004")]


def test_errors_formulas_and_merged_cells_are_said(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        table(ROW, (date(2025, 3, 4), "IBIT", None, "USD"), (date(2025, 3, 5), "IBIT", None, "USD"))(book)
        page = book.get_worksheet_by_name("Prices")
        page.write_formula(2, 2, "=NA()", None, "#N/A")
        page.write_formula(3, 2, "=40+9", None, 49)
        page.merge_range(6, 0, 6, 2, "")

    reading, rows = taken(made(tmp_path, fill))
    assert [row[3] for row in rows] == ["48.5", "49"]
    assert [(item.code, item.line, item.column) for item in reading.findings] == [
        ("formulas-cached", 0, ""), ("cells-merged", 0, ""), ("cell-error", 3, "close")]


def test_a_sheet_is_chosen_by_name_and_a_table_may_begin_anywhere(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Cover").write(0, 0, "nothing here")
        page = book.add_worksheet("Data")
        for line, row in enumerate((HEADER, ("2025-03-03", "IBIT", 48.5, "USD"))):
            page.write_row(line + 4, 2, row)

    file = made(tmp_path, fill)
    reading, rows = taken(file, ReadOptions(sheet="Data"))
    assert (rows[0][0], rows[0][3], reading.counts["sheet-read"]) == (6, "48.5", 1)
    assert refusal(file).code == "not-recognised"
    assert refusal(file, ReadOptions(sheet="Other")).code == "sheet-unknown"


def test_an_error_cell_beside_the_edge_of_the_table_is_found(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("Data")
        page.write_row(4, 2, HEADER)
        page.write_row(5, 2, ("2025-03-03", "IBIT", 48.5))
        page.write_formula(5, 5, "=NA()", None, "#N/A")

    reading, rows = taken(made(tmp_path, fill))
    assert rows == []
    assert [(item.code, item.line, item.column) for item in reading.findings if item.severity == "error"] == [
        ("cell-error", 6, "currency")]


# ---- what is built to harm


def test_old_workbooks_macros_and_other_archives_are_refused(tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refusal(old).code == "old-workbook"
    contents = parts(made(tmp_path, table(ROW)))
    assert "macros" in str(refusal(packed(tmp_path, {**contents, "xl/vbaProject.bin": b"x"})))
    assert refusal(packed(tmp_path, {"readme.txt": b"text"})).code == "bad-workbook"
    assert refusal(packed(tmp_path, {"mimetype": b"application/vnd.oasis"})).code == "bad-workbook"


@pytest.mark.parametrize(("name", "content"), [
    ("xl/media/inner.zip", b"PK\x03\x04" + bytes(50)), ("xl/big.bin", bytes(2_000_000)),
    ("../outside.xml", b"<a/>"), ("/etc/x.xml", b"<a/>"), ("xl\\x.xml", b"<a/>"), ("c:/x.xml", b"<a/>"),
    ("xl/con.xml", b"<a/>"), ("XL/Workbook.xml", b"<a/>"), ("xl/gz", b"\x1f\x8b" + bytes(50))])
def test_archives_with_strange_entries_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    file = packed(tmp_path, {**parts(made(tmp_path, table(ROW))), name: content})
    assert refusal(file).code == "archive-refused"


def test_links_comments_and_data_around_the_archive_are_refused(tmp_path: Path) -> None:
    file = made(tmp_path, table(ROW))
    contents = parts(file)
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    linked = packed(tmp_path, contents)
    with zipfile.ZipFile(linked, "a") as book:
        book.writestr(link, "/etc/passwd")
    assert refusal(linked).code == "archive-refused"
    commented = packed(tmp_path, contents)
    with zipfile.ZipFile(commented, "a") as book:
        book.comment = b"PK\x05\x06"
    assert refusal(commented).code == "archive-refused"
    double = tmp_path / "double.xlsx"
    double.write_bytes(file.read_bytes() + file.read_bytes())
    assert refusal(double).code == "archive-refused"


def test_many_entries_are_refused_before_one_is_unpacked(tmp_path: Path) -> None:
    file = packed(tmp_path, {f"xl/{number}.xml": b"" for number in range(archive.ENTRY_LIMIT + 1)})
    assert "entries" in str(refusal(file))


def lying(folder: Path, name: str, size: int | None = None, packed_size: int | None = None,
          checksum: int | None = None) -> Path:
    """Return a workbook whose directory and own header say something false of one entry."""
    data = bytearray(made(folder, table(ROW)).read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as book:
        entry = book.getinfo(name)
    start = data.index(b"PK\x01\x02")
    while data[start + 46:start + 46 + len(name)] != name.encode():
        start = data.index(b"PK\x01\x02", start + 4)
    for place, field, value in ((16, 14, checksum), (20, 18, packed_size), (24, 22, size)):
        if value is not None:
            data[start + place:start + place + 4] = struct.pack("<L", value)
            data[entry.header_offset + field:entry.header_offset + field + 4] = struct.pack("<L", value)
    file = folder / "lying.xlsx"
    file.write_bytes(bytes(data))
    return file


@pytest.mark.parametrize("size", [0, 10, 5_000, 150_000_000, 4_000_000_000])
def test_a_lying_size_is_refused(tmp_path: Path, size: int) -> None:
    assert refusal(lying(tmp_path, "xl/worksheets/sheet1.xml", size=size)).code == "archive-refused"


def test_a_size_that_lies_with_the_fitting_checksum_is_refused(tmp_path: Path) -> None:
    content = parts(made(tmp_path, table(ROW)))["xl/worksheets/sheet1.xml"]
    file = lying(tmp_path, "xl/worksheets/sheet1.xml", size=100, checksum=zlib.crc32(content[:100]))
    assert refusal(file).code == "archive-refused"


def test_entries_that_overlap_are_refused(tmp_path: Path) -> None:
    assert refusal(lying(tmp_path, "xl/worksheets/sheet1.xml", packed_size=5_000)).code == "archive-refused"


def test_a_dense_bomb_is_refused_at_once(tmp_path: Path) -> None:
    contents = parts(made(tmp_path, table(ROW)))
    contents["xl/worksheets/sheet1.xml"] += b" " * 30_000_000
    assert "times its size" in str(refusal(packed(tmp_path, contents)))


@pytest.mark.parametrize("cells", [
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    b'<row r="1048576"><c r="A1048576"><v>1</v></c></row><row r="1"><c r="XFD1"><v>1</v></c></row>',
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c x=">" r="XFD900000"><v>1</v></c></row>',
    b"<row r='1'><c r='A1'><v>1</v></c></row><row r='9999999'><c r = 'ZZ9999999'><v>1</v></c></row>",
])
def test_two_cells_far_apart_are_no_memory_bomb(tmp_path: Path, cells: bytes) -> None:
    contents = parts(made(tmp_path, table(ROW)))
    name = "xl/worksheets/sheet1.xml"
    before, _, rest = contents[name].partition(b"<sheetData>")
    contents[name] = before + b"<sheetData>" + cells + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
    assert refusal(packed(tmp_path, contents)).code == "bad-workbook"


def test_one_long_text_in_every_cell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = made(tmp_path, table(*((f"2025-03-{day:02}", "IBIT" * 50, 1, "USD") for day in range(1, 29))))
    monkeypatch.setattr(workbook, "TEXT_LIMIT", 5_000)
    assert "too long" in str(refusal(file))


def outcome(file: Path) -> None:
    """Read a file: it is refused with a sentence, or its counts add up; nothing else may happen."""
    refused: BadInput | None = None
    try:
        reading = read_file(file)
        assert len({row[0] for _, row in reading.rows()}) + reading.refused == reading.read
    except BadInput as error:
        refused = error
    assert refused is None or str(refused)


def test_broken_parts_are_refused_and_never_crash(tmp_path: Path) -> None:
    contents = parts(made(tmp_path, table(ROW)))
    for name in contents:
        for broken in (b"", contents[name][:len(contents[name]) // 2], b"\xff\xfe<\x00a\x00>\x00", b"<a>" * 1000):
            outcome(packed(tmp_path, {**contents, name: broken}))


@settings(max_examples=550, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_workbook_with_bytes_changed_is_refused_or_read(tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "good.xlsx"
    if not file.exists():
        made(tmp_path, table(ROW, ROW), "good.xlsx")
    inside = data.draw(st.booleans())
    contents = parts(file)
    name = data.draw(st.sampled_from(sorted(contents))) if inside else ""
    content = bytearray(contents[name] if inside else file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] = data.draw(st.integers(0, 255))
        else:
            content[place:place] = data.draw(st.sampled_from([b"<", b'"', b"9999999", b"<c r='ZZ99'/>", b"-", b"\0"]))
    changed = tmp_path / "fuzz.xlsx"
    if inside:
        packed(tmp_path, {**contents, name: bytes(content)}, "fuzz.xlsx")
    else:
        changed.write_bytes(bytes(content))
    outcome(changed)
