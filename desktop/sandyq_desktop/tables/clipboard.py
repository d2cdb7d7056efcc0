"""Copy cells as tab-separated text and as an HTML table: numbers as a spreadsheet of the same language reads them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

from PySide6.QtCore import QMimeData

from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column, Group
from sandyq_desktop.tables.model import TableModel


def plain(value: object, column: Column, row: object, look: Look) -> str:
    """Return a number without separators of thousands, with the language's point and an ASCII minus."""
    if value is None:
        return "—"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        digits = column.decimals(row)
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
        text = format(exact, f".{digits}f") if digits is not None else format(exact, "f")
        return text.replace(".", ",") if look.words.code != "en" else text
    return column.write(value, row, look)


def table_text(model: TableModel, rows: Sequence[int], columns: Sequence[int], *, headers: bool) -> list[list[str]]:
    """Return the chosen cells as they are pasted."""
    look, described = model.look, [model.columns[c] for c in columns]
    table = [[c.heading(look).replace("\n", " ") for c in described]] if headers else []
    table.extend([_cell(model.shown[r], c, number == 0, look) for number, c in enumerate(described)] for r in rows)
    return table


def _cell(item: Any, column: Column, first: bool, look: Look) -> str:
    if isinstance(item, Group):
        if first:
            return item.name
        return plain(column.group(item.rows), column, None, look) if column.group else ""
    if column.number:
        return plain(column.get(item), column, item, look)
    return column.whole(item, look)


def mime(table: Sequence[Sequence[str]]) -> QMimeData:
    """Return the table for the clipboard."""
    data = QMimeData()
    clean = [[cell.replace("\t", " ").replace("\n", " ") for cell in row] for row in table]
    data.setText("\n".join("\t".join(row) for row in clean))
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in clean)
    data.setHtml(f'<meta charset="utf-8"><table>{body}</table>')
    return data
