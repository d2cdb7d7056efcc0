"""A column is a description: where its value comes from, how it is written, and when it leaves a narrow table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from sandyq.basics.text import Text
from sandyq_desktop.look import Look

CellPainter = Callable[[QPainter, QRectF, Any, Look, str], None]
"""Paints a cell: painter, cell, row, look, token of the ground under it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table whose rows are any objects.

    `get` gives a text (or a `Text`) or a number; None is Unknown and shown as an em dash; an empty text is blank:
    the column does not apply to the row. `digits` fixes the decimals (a function when it differs by row), None shows
    the number's own. `group` sums rows of a group; `total` writes the totals row from all rows. `leaves` orders the
    columns that leave a narrow table (1 first; 0 never leaves). `extra` is what a painter adds beside the text (an
    icon); `struck` strikes a number of an ended row through. Lengths are logical pixels at 100 %.
    """

    key: str
    title: Text | str | Callable[[], Text | str]
    get: Callable[[Any], object]
    number: bool = False
    digits: int | Callable[[Any], int | None] | None = None
    sign: bool = False
    after: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    weight: Callable[[Any], int] | None = None
    role: str = "body"
    width: int = 0
    extra: int = 0
    least: int = 28
    most: int = 420
    stretch: bool = False
    leaves: int = 0
    middle: bool = False
    paint: CellPainter | None = None
    spoken: Callable[[Any, Look], str] | None = None
    sort: Callable[[Any], Any] | None = None
    group: Callable[[Sequence[Any]], object] | None = None
    head_paint: Callable[[QPainter, QRectF, Look], None] | None = None
    struck: Callable[[Any], bool] | None = None

    def heading(self, look: Look) -> str:
        """Return the title; a function when it changes with the currency."""
        title = self.title
        return look.say(title() if callable(title) else title)

    def decimals(self, row: object) -> int | None:
        """Return how many decimals the row's number is written with."""
        return self.digits(row) if callable(self.digits) else self.digits

    def text(self, row: object, look: Look) -> str:
        """Return the cell as it is read."""
        return self.write(self.get(row), row, look)

    def write(self, value: object, row: object, look: Look) -> str:
        if isinstance(value, str | Text):
            return look.say(value) if isinstance(value, Text) else value
        if value is None:
            return "—"
        if isinstance(value, Decimal | int | float):
            return look.words.language.number(value, self.decimals(row), sign=self.sign)
        return look.words.language.value(value)

    def whole(self, row: object, look: Look) -> str:
        """Return the cell for the ear, the tooltip and the copy: the spoken text where the cell is a picture."""
        if self.spoken is not None:
            return self.spoken(row, look)
        text = self.text(row, look)
        extra = self.after(row) if self.after else ""
        return f"{text} {extra}" if extra and text else text


@dataclass(frozen=True, slots=True)
class Group:
    """A group row: its name and the rows under it."""

    key: str
    name: str
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A row under the table, always visible. `values` by column key; `strong` rows are written in 600."""

    label: str
    values: dict[str, object]
    strong: bool = True
    after: dict[str, str] | None = None
