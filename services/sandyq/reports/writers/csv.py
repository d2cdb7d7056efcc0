"""CSV of one table: UTF-8 with a byte order mark, comma, dot decimals; text that a spreadsheet would run is defused."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

from sandyq.reports.tables import Cell, Table

SUFFIX = "csv"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def write(table: Table) -> bytes:
    """Return the table with its heads. Numbers are plain decimals, dates ISO, Unknown is an empty field."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([neutral(column.head) for column in table.columns])
    for row in table.rows:
        writer.writerow([_text(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a leading = + - @ TAB or CR gets an apostrophe before it."""
    return "'" + text if text.startswith(_DANGEROUS) else text


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
        case _:
            return neutral(cell)
