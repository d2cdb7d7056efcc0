"""A recognised table while it is read: rows with their lines, and cells by name in canonical form."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.packs import dates, numbers
from sandyq.packs.format import Format, Produced
from sandyq.packs.mappings import SavedMapping, fold
from sandyq.packs.options import Context, ReadOptions
from sandyq.packs.report import Report
from sandyq.packs.source import FIELD_LIMIT, Source, guarded
from sandyq.reference.coins import COINS

_SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9.\-/]{0,23}")
_CODE: Final = re.compile(r"[A-Z]{3}")
_ASSET: Final = re.compile(r"[A-Z0-9]{2,10}")
ERROR_CELL: Final = "#ERROR"
"""What stands for an error value (#N/A, #REF!) in the text of a workbook."""
_KEYS_KEPT: Final = 200_000


class BadCell(ValueError):
    """A cell that spoils its row."""

    def __init__(self, code: str, reason: Text, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.code, self.reason, self.column, self.value = code, reason, column, value


@dataclass(frozen=True, slots=True)
class Header:
    """Where the table begins. `names` are our columns in the file's order, empty where a column is not used."""

    format: Format
    names: tuple[str, ...]
    original: tuple[str, ...]
    delimiter: str
    rows_before: int
    line: int


@dataclass(slots=True)
class Sheet:
    """Everything a format needs to read a table. `constants` fill columns that the file does not have."""

    source: Source
    header: Header
    report: Report
    options: ReadOptions
    context: Context
    constants: Mapping[str, str]
    order: str
    mark: str
    hints: dict[int, dict[str, str]]
    mapping: SavedMapping | None = None

    def index(self, name: str) -> int:
        """Return a column's position, -1 when the file does not have it."""
        return self.header.names.index(name) if name in self.header.names else -1

    def has(self, name: str) -> bool:
        return name in self.header.names or name in self.constants

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line of the file, fields) of every row that is not blank, counted; rows of a wrong length refused.

        Raises BadInput when the file's quotation marks are broken or a field is too long.
        """
        for line, row in raw_rows(self.source, self.header.delimiter, self.header.rows_before):
            if self.fits(row, line):
                yield line, row

    def fits(self, row: list[str], line: int) -> bool:
        """Count a row that is not blank; refuse one of the wrong length (blank fields beyond the header are cut)."""
        if not any(row):
            return False
        width = len(self.header.names)
        self.report.read += 1
        if len(row) != width:
            if len(row) < width or any(row[width:]):
                self.report.refuse("row-length", N_("The row has {found} fields where the header has {expected}.",
                                                    found=len(row), expected=width), line=line)
                return False
            del row[width:]
        return True

    def column_values(self, names: frozenset[str], limit: int) -> Iterator[str]:
        """Yield the values of some columns, row by row, without counting anything."""
        places = [place for place, name in enumerate(self.header.names) if name in names]
        for number, (_, row) in enumerate(raw_rows(self.source, self.header.delimiter, self.header.rows_before)):
            if number >= limit:
                return
            for place in places:
                if place < len(row) and row[place]:
                    yield row[place]

    def convert(self, change: Callable[[Cells], Sequence[Produced]], key: tuple[int, ...] = ()) -> Iterator[Produced]:
        """Turn each row into facts with `change`; a BadCell refuses the row.

        `key`: positions in the fact row (1 is the first column) that should be unique within the file.
        """
        cells = Cells(self)
        seen: dict[tuple[object, ...], tuple[int, int]] = {}
        for line, row in self.lines():
            cells.line, cells.row = line, row
            try:
                produced = change(cells)
            except BadCell as bad:
                self.report.refuse(bad.code, bad.reason, line=line, column=bad.column, value=bad.value)
                continue
            if key and produced:
                self._check_key(produced[0][1], key, seen)
            yield from produced

    def _check_key(self, row: Sequence[object], key: tuple[int, ...],
                   seen: dict[tuple[object, ...], tuple[int, int]]) -> None:
        identity = tuple(row[place] for place in key)
        content = hash(tuple(row[1:]))
        line = int(str(row[0]))
        before = seen.get(identity)
        if before is None:
            if len(seen) < _KEYS_KEPT:
                seen[identity] = (line, content)
        elif before[1] == content:
            self.report.info("row-repeated", N_("The row repeats line {line}.", line=before[0]), line=line)
        else:
            self.report.warn("row-contradicts", N_("The row contradicts line {line}; the later one counts.",
                                                   line=before[0]), line=line)
            seen[identity] = (line, content)


def raw_rows(source: Source, delimiter: str, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, fields) of every row after the first `skip`. Raises BadInput for broken quotation marks."""
    csv.field_size_limit(FIELD_LIMIT)
    with source.open() as stream:
        budget = [0]
        lines = guarded(stream, budget) if source.quoted else stream
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        before = 0
        try:
            for number, row in enumerate(reader):
                if number >= skip:
                    yield before + 1, row
                before = reader.line_num
                budget[0] = 0
        except (csv.Error, OverflowError, UnicodeError):
            raise broken(source.name, before + 1) from None
    source.check_unchanged()


def broken(name: str, line: int) -> BadInput:
    return BadInput("broken-table", N_("The table cannot be read beyond line {line}: quotation marks are not closed or "
                                       "a field is longer than {limit} characters.", line=line, limit=FIELD_LIMIT),
                    where=name, remedy=N_("Export the table again as CSV."))


class Cells:
    """The cells of one row by name; every getter gives canonical text or raises BadCell."""

    __slots__ = ("_constants", "_days", "_errors", "_places", "_sheet", "_words", "line", "row")

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._places = {name: place for place, name in enumerate(sheet.header.names) if name}
        self._constants = sheet.constants
        self._days: dict[str, str] = {}
        self._errors = sheet.source.text is not None
        self._words = sheet.mapping.words if sheet.mapping else {}
        self.line = 0
        self.row: list[str] = []

    def text(self, name: str) -> str:
        """Return a cell without spaces around it, the constant where the file has no such column, or empty."""
        place = self._places.get(name)
        if place is None:
            return self._constants.get(name, "")
        value = self.row[place].strip()
        if self._errors and value == ERROR_CELL:
            raise BadCell("cell-error", N_("The cell of the workbook holds an error."), name, value)
        if name in self._words and value:
            return self._words[name].get(fold(value), value)
        return value or self._constants.get(name, "")

    def note(self, name: str) -> str | None:
        """Return a text that may be missing."""
        return self.text(name) or None

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise BadCell("value-missing", N_("The column {column} is blank.", column=name), name)
        return value

    def day(self, name: str) -> str:
        return self._day(name, self.needed(name))

    def maybe_day(self, name: str) -> str | None:
        value = self.text(name)
        return self._day(name, value) if value else None

    def _day(self, name: str, value: str) -> str:
        known = self._days.get(value)
        if known is not None:
            return known
        try:
            day = dates.parse(value, self._sheet.order)
        except dates.BadDate as bad:
            raise BadCell("bad-date", bad.reason, name, value) from None
        if len(self._days) < _KEYS_KEPT:
            self._days[value] = day
        return day

    def number(self, name: str, *, percent: bool = False, suffix: bool = False, sign: str = "any") -> str:
        """Return a number that must be there; `sign`: any, positive, or zero (zero or more)."""
        return self._number(name, self.needed(name), percent, suffix, sign)

    def maybe_number(self, name: str, *, percent: bool = False, suffix: bool = False,
                     sign: str = "any") -> str | None:
        value = self.text(name)
        return self._number(name, value, percent, suffix, sign) if value else None

    def _number(self, name: str, value: str, percent: bool, suffix: bool, sign: str) -> str:
        try:
            number = numbers.parse(value, self._sheet.mark, percent=percent, suffix=suffix)
        except numbers.BadNumber as bad:
            raise BadCell("bad-number", bad.reason, name, value) from None
        if sign != "any" and number[0] == "-":
            raise BadCell("negative-number", N_("The column {column} cannot be negative.", column=name), name, value)
        if sign == "positive" and number == "0":
            raise BadCell("zero-number", N_("The column {column} cannot be zero.", column=name), name, value)
        return number

    def symbol(self, name: str = "symbol") -> str:
        """Return a ticker in capitals. Letters that only look Latin are refused."""
        return ticker(self.needed(name), name)

    def currency(self, name: str = "currency") -> str:
        return self._code(name, _CODE, N_("This is not a currency code of three letters."))

    def asset(self, name: str = "asset") -> str:
        """Return a coin's code in capitals."""
        return self._code(name, _ASSET, N_("This is not a coin's code."))

    def _code(self, name: str, pattern: re.Pattern[str], reason: Text) -> str:
        value = self.needed(name)
        refuse_lookalike(value, name)
        code = value.upper()
        if not pattern.fullmatch(code):
            raise BadCell("bad-code", reason, name, value)
        return code


def ticker(value: str, column: str) -> str:
    """Return a ticker in capitals; raises BadCell for anything that cannot be one."""
    refuse_lookalike(value, column)
    symbol = value.upper()
    if not _SYMBOL.fullmatch(symbol):
        raise BadCell("bad-symbol", N_("This is not a ticker."), column, value)
    return symbol


def refuse_lookalike(value: str, column: str) -> None:
    """Raise BadCell for a code with letters outside ASCII (a Cyrillic А in a ticker)."""
    if not value.isascii():
        raise BadCell("homoglyph", N_("The code has a letter that is not Latin."), column, value)


def is_known_coin(asset: str) -> bool:
    return asset in COINS
