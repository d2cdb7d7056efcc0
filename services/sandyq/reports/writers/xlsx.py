"""XLSX by xlsxwriter: numbers as numbers, totals as formulas with their values, and the same bytes on every run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sandyq.reports.tables import Cell, Column, Table

SUFFIX = "xlsx"
_HEAD_ROW = 2
_LONGEST = 32_767
"""Letters that a cell can hold."""
_NAME_LETTERS = 31
_OPTIONS = {
    "in_memory": True, "constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False, "nan_inf_to_errors": False,
}


def write(tables: Sequence[Table], *, title: str, created: datetime, mark: str = "") -> bytes:
    """Return the workbook. `created` is the only date in it; `mark` (DEMO) stands on every sheet and printed page.

    A spreadsheet holds binary floats with 15 to 17 digits: each number is the nearest one to the exact decimal.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _OPTIONS)
    # xlsxwriter stamps the members of the archive 1980-01-01 and takes the date of the properties from here.
    book.set_properties({"title": title, "author": "Sandyq", "created": created.astimezone(UTC).replace(tzinfo=None)})
    book.set_calc_mode("auto")
    formats = _formats(book)
    for table in tables:
        _sheet(book, table, formats, mark)
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 13}),
        "mark": book.add_format({**base, "bold": True, "border": 1, "align": "center"}),
        "head": book.add_format({**base, "bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "head_right": book.add_format({**base, "bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom",
                                       "align": "right"}),
        "text": book.add_format(base),
        "date": book.add_format({**base, "num_format": "dd.mm.yyyy", "align": "left"}),
        "total": book.add_format({**base, "bold": True, "top": 2}),
        "base": base,
    }


def _sheet(book: Any, table: Table, formats: dict[str, Any], mark: str) -> None:
    name = "".join(letter for letter in table.name if letter not in "[]:*?/\\'")
    sheet = book.add_worksheet(name[:_NAME_LETTERS])
    sheet.write_string(0, 0, table.title, formats["title"])
    if mark:
        sheet.write_string(1, 0, mark, formats["mark"])
    cells = [_cell_format(book, formats, column, bold=False) for column in table.columns]
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
        numeric = column.kind in {"number", "percent"}
        sheet.write_string(_HEAD_ROW, index, column.head, formats["head_right" if numeric else "head"])
    for offset, row in enumerate(table.rows, start=_HEAD_ROW + 1):
        for index, cell in enumerate(row):
            _write(sheet, offset, index, cell, cells[index])
    after = _HEAD_ROW + 1 + len(table.rows)
    if table.total_label and table.rows:
        _totals(book, sheet, table, formats, after)
        after += 1
    for offset, note in enumerate(table.notes, start=after + 1):
        sheet.write_string(offset, 0, note, formats["text"])
    if table.rows:
        sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(table.rows), len(table.columns) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_footer(f"&L{mark}&R&P / &N")


def _cell_format(book: Any, formats: dict[str, Any], column: Column, *, bold: bool) -> Any:
    if column.kind == "text" and not bold:
        return formats["text"]
    if column.kind == "date" and not bold:
        return formats["date"]
    decimals = "." + "0" * column.digits if column.digits else ""
    pattern = {"number": f"#,##0{decimals}", "percent": f"0{decimals}%"}.get(column.kind, "General")
    extra = {"bold": True, "top": 2} if bold else {}
    return book.add_format({**formats["base"], "num_format": pattern, **extra})


def _write(sheet: Any, row: int, index: int, cell: Cell, style: Any) -> None:
    # Text first: most cells are text, and this runs for every cell.
    if isinstance(cell, str):
        sheet.write_string(row, index, cell if len(cell) <= _LONGEST else cell[:_LONGEST - 1] + "\u2026", style)
    elif cell is None:
        sheet.write_blank(row, index, None, style)
    elif isinstance(cell, date):
        sheet.write_datetime(row, index, cell, style)
    else:
        sheet.write_number(row, index, float(cell), style)


def _totals(book: Any, sheet: Any, table: Table, formats: dict[str, Any], row: int) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    for index, column in enumerate(table.columns):
        total = table.total(index) if column.total else None
        if index == 0:
            sheet.write_string(row, index, table.total_label, formats["total"])
        elif column.total and total is not None:
            first, last = xl_rowcol_to_cell(_HEAD_ROW + 1, index), xl_rowcol_to_cell(row - 1, index)
            style = _cell_format(book, formats, column, bold=True)
            sheet.write_formula(row, index, f"=SUM({first}:{last})", style, float(total))
        elif column.total:
            # A sum that leaves an Unknown out would read as the total: the dash says that there is none.
            sheet.write_string(row, index, "\u2014", formats["total"])
        else:
            sheet.write_blank(row, index, None, formats["total"])
