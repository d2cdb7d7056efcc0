"""A first look at a file for whoever makes a mapping: how it is written, its first rows, the columns to be named."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.packs.format import Column
from sandyq.packs.formats import FORMATS
from sandyq.packs.header import DELIMITERS
from sandyq.packs.options import ReadOptions
from sandyq.packs.report import Report, shortened
from sandyq.packs.sheet import raw_rows
from sandyq.packs.source import inspect
from sandyq.packs.workbook import is_workbook, read_workbook

ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Look:
    """`rows` are the first rows (line, fields) as they are; `header` is the place in `rows` that is likely one."""

    encoding: str
    delimiter: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    header: int

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the likely header."""
        return self.rows[self.header][1] if self.rows else ()


def look(path: Path, options: ReadOptions | None = None) -> Look:
    """Return the first rows of a file under the separator that makes most of them. Raises BadInput as reading does."""
    asked = options or ReadOptions()
    choices: tuple[str, ...]
    if is_workbook(path):
        source, choices = read_workbook(path, asked.sheet, Report(path.name)), (",",)
    else:
        source = inspect(path, asked.encoding)
        choices = (asked.delimiter,) if asked.delimiter else DELIMITERS
    best: tuple[tuple[int, tuple[str, ...]], ...] = ()
    delimiter, broken = choices[0], None
    for choice in choices:
        try:
            rows = tuple((line, tuple(shortened(cell.strip()) for cell in row))
                         for line, row in islice(raw_rows(source, choice, asked.skip_rows), ROWS) if any(row))
        except BadInput as error:
            broken = error
            continue
        if _filled(rows) > _filled(best):
            best, delimiter = rows, choice
    if broken is not None and not best:
        raise broken
    return Look(source.encoding, delimiter, best, _header(best))


def columns_of(kind: str) -> tuple[Column, ...]:
    """Return the columns that a mapping to a kind can name; those of its own header, not of a vendor's."""
    return next((form.columns for form in FORMATS if form.kind == kind and form.read is not None), ())


def _filled(rows: tuple[tuple[int, tuple[str, ...]], ...]) -> int:
    return sum(max(0, sum(1 for cell in row if cell) - 1) for _, row in rows)


def _header(rows: tuple[tuple[int, tuple[str, ...]], ...]) -> int:
    """Return the first row that is filled as widely as any and holds no digits, else the first of the widest."""
    widest = max((sum(1 for cell in row if cell) for _, row in rows), default=0)
    wide = [place for place, (_, row) in enumerate(rows) if sum(1 for cell in row if cell) >= max(1, widest - 1)]
    plain = [place for place in wide if not any(cell[:1].isdigit() for cell in rows[place][1])]
    return next(iter(plain or wide), 0)
