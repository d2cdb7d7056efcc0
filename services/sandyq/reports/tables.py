"""A table as data: what the spreadsheet and the CSV are written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | None
"""Text, number, day or nothing (Unknown, or the column does not apply)."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, number, percent, date. `digits` are decimals shown (the cell keeps all that fit). `total` sums."""

    head: str
    kind: str = "text"
    digits: int = 2
    width: int = 14
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook. `total_label` stands in the first cell of the total row; empty means no such row."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_label: str = ""
    notes: tuple[str, ...] = ()

    def total(self, index: int) -> Decimal | None:
        """Return the exact sum of a column; None when a cell is Unknown: a sum without it would not be the total."""
        values = [row[index] for row in self.rows]
        if any(value is None for value in values):
            return None
        return sum((value for value in values if isinstance(value, Decimal)), Decimal(0))
