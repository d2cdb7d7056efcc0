"""XLSX: one sheet of a workbook as the text of a table, after its archive and its cells were checked.

Cells become canonical text: days as ISO dates, numbers without the noise of binary fractions, errors as ``#ERROR``.
Formulas are never worked out; the values stored with them are taken.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice, pairwise
from math import isfinite
from pathlib import Path
from typing import Final

import python_calamine
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.packs.archive import entries
from sandyq.packs.report import Report
from sandyq.packs.sheet import ERROR_CELL
from sandyq.packs.source import Source

SIZE_LIMIT: Final = 64 * 1024 * 1024
CELL_LIMIT: Final = 8_000_000
"""Cells of the rectangle around everything filled: the reader lays it out in full."""
FILLED_LIMIT: Final = 1_500_000
"""Cells and rows that are there; a larger table is exported as CSV."""
PART_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of one sheet, and of the table of texts, once they are unpacked."""
TEXT_LIMIT: Final = 64 * 1024 * 1024
"""Characters of all text cells together: one long text that every cell refers to is a bomb too."""
ENCODING: Final = "xlsx"
"""What `Source.encoding` says of a workbook."""
DIGITS: Final = 15
"""Significant digits that a sheet keeps."""

_MAGIC: Final = b"PK\x03\x04"
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT: Final = 2 ** 53
_ATTRIBUTES: Final = rb"""((?:[^<>"']{1,4096}|"[^"]{0,4096}"|'[^']{0,4096}'){0,500}+)"""
_TOKEN: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?(row|c)(?=[\s/>])(?: r=\"([A-Z]{0,3})([0-9]{1,7})\")?"
                           + _ATTRIBUTES
                           + rb">(?:\s{0,80}<(?:[A-Za-z][\w.-]{0,40}:)?v>\s{0,80}([0-9]{1,9})\s{0,80}</)?")
"""A row or cell: its place where it stands first as usual, the other attributes, a whole number as value."""
_BARE: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?(?:row|c)(?=[\s/>])")
_PLACE: Final = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{0,3})([0-9]{0,7})["']""")
_KIND: Final = re.compile(rb"""(?:^|\s)t\s*=\s*["'](s|e)["']""")
_FORMULA: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?f[\s/>]")
_MERGED: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?mergeCell[\s/>]")
_SHARED: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?si[\s/>]")
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SPACES: Final = re.compile(r"\s*[\r\n]+\s*")


@dataclass(slots=True)
class _Part:
    """What the check of one part of the archive saw."""

    errors: set[tuple[int, int]] = field(default_factory=set)
    formulas: bool = False
    merged: bool = False
    texts: list[int] = field(default_factory=list)


def is_workbook(path: Path) -> bool:
    """Whether the file is an archive. Raises BadInput for the old binary form, which is not read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_OLD))
    except OSError:
        return False
    if head.startswith(_OLD):
        raise BadInput("old-workbook", N_("The file is an old Excel workbook, or one under a passphrase."),
                       where=path.name, remedy=N_("Save it as XLSX without a passphrase, or as CSV."))
    return head.startswith(_MAGIC)


def read_workbook(path: Path, sheet: str, report: Report) -> Source:
    """Return a sheet (the first visible one, or `sheet`) as a source whose text is CSV. Raises BadInput.

    Lines are rows of the sheet. What was taken, rounded or is in error is noted in `report`.
    """
    data, stamp = _bytes(path)
    parts: dict[str, _Part] = {}
    texts: list[int] = []
    small: dict[str, bytes] = {}
    for name, content in entries(data, path.name):
        _refuse_kind(name, content, path.name)
        if len(content) > PART_LIMIT and (_BARE.search(content) or _SHARED.search(content)):
            raise _bad(path.name, N_("A sheet unpacks to more than {limit} MB.", limit=PART_LIMIT // 1024 ** 2))
        if name.lower() == "xl/sharedstrings.xml":
            edges = [*(found.start() for found in _SHARED.finditer(content)), len(content)]
            texts = [after - before for before, after in pairwise(edges)]
        elif b"\0" in content[:256] and name.lower().endswith((".xml", ".rels")):
            raise _bad(path.name, N_("A part of the workbook is not written in UTF-8."))
        else:
            parts[name] = _checked(content, path.name)
        if name in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
            small[name] = content
    if "xl/workbook.xml" not in small:
        raise _bad(path.name, N_("The archive is not an Excel workbook."))
    for part in parts.values():
        _refuse_long(part, texts, path.name)
    table, name = _table(data, sheet, path.name, report)
    part = parts.get(_part_of(name, small), _Part())
    if part.formulas:
        report.info("formulas-cached", N_("The sheet has formulas; the values stored with them are taken."))
    if part.merged:
        report.info("cells-merged", N_("The sheet has merged cells; only the first cell of each has the value."))
    text = _text(table, part.errors, report)
    return Source(path, hashlib.sha256(data).hexdigest(), len(data), ENCODING, True, stamp, text)


def _bytes(path: Path) -> tuple[bytes, tuple[int, int]]:
    try:
        status = path.stat()
        if status.st_size > SIZE_LIMIT:
            raise BadInput("file-too-large", N_("The file is larger than {limit} MB.", limit=SIZE_LIMIT // 1024 ** 2),
                           where=path.name, remedy=N_("Split it and import the parts."))
        return path.read_bytes()[:SIZE_LIMIT + 1], (status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise BadInput("file-unreadable", N_("The file cannot be read: {reason}.", reason=error.strerror or "error"),
                       where=path.name) from None


def _bad(where: str, what: Text) -> BadInput:
    return BadInput("bad-workbook", what, where=where,
                    remedy=N_("Save the table again as XLSX or as CSV, and import that file."))


def _refuse_kind(name: str, content: bytes, where: str) -> None:
    folded = name.lower()
    if "vbaproject" in folded or folded.startswith(("xl/macrosheets/", "xl/dialogsheets/")) or (
            folded == "[content_types].xml" and b"macroenabled" in content.lower()):
        raise _bad(where, N_("The workbook has macros; it is not opened."))
    if folded in {"xl/workbook.bin", "mimetype"}:
        raise _bad(where, N_("This form of workbook is not read; XLSX is."))


def _checked(content: bytes, where: str) -> _Part:
    """Follow the cells of a part: how far they reach, which are errors, which refer to which shared text."""
    part = _Part(formulas=_FORMULA.search(content) is not None, merged=_MERGED.search(content) is not None)
    row = column = last_row = last_column = seen = 0
    columns: dict[bytes, int] = {}
    for found in _TOKEN.finditer(content):
        seen += 1
        tag, letters, digits, rest, value = found.groups()
        if digits is None and rest and (place := _PLACE.search(rest)):
            letters, digits = place[1], place[2]
        if tag == b"row":
            row, column = int(digits) if digits else row + 1, 0
        elif letters and digits:
            row = int(digits)
            column = columns.get(letters) or columns.setdefault(letters, _column(letters))
        else:
            column += 1
        if row > last_row:
            last_row = row
        if column > last_column:
            last_column = column
        if seen > FILLED_LIMIT:
            raise _bad(where, N_("The sheet has more than {limit} cells.", limit=FILLED_LIMIT))
        if tag == b"c" and b"t" in rest and (kind := _KIND.search(rest)):
            if kind[1] == b"e":
                part.errors.add((row - 1, column - 1))
            elif value:
                part.texts.append(int(value))
    if seen != sum(1 for _ in islice(_BARE.finditer(content), seen + 1)):
        raise _bad(where, N_("The cells of the workbook cannot be followed."))
    if last_row * last_column > CELL_LIMIT:
        raise _bad(where, N_("The sheet spans more than {limit} cells.", limit=CELL_LIMIT))
    return part


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse_long(part: _Part, texts: list[int], where: str) -> None:
    if sum(texts[place] for place in part.texts if place < len(texts)) > TEXT_LIMIT:
        raise _bad(where, N_("The texts of the workbook are too long."))


def _table(data: bytes, wanted: str, where: str, report: Report) -> tuple[python_calamine.CalamineSheet, str]:
    """Return the sheet and its name."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [item.name for item in book.sheets_metadata
                 if item.typ == python_calamine.SheetTypeEnum.WorkSheet]
        visible = [item.name for item in book.sheets_metadata if item.name in names
                   and item.visible == python_calamine.SheetVisibleEnum.Visible]
        if wanted and wanted not in names:
            raise BadInput("sheet-unknown", N_("There is no sheet named {name}.", name=wanted), where=where,
                           remedy=N_("Sheets of this workbook: {names}.", names=", ".join(names[:50])))
        if not names:
            raise _bad(where, N_("The workbook has no sheet with cells."))
        name = wanted or (visible or names)[0]
        if len(names) > 1:
            report.info("sheet-read", N_("The workbook has {n} sheets; {name} is read.", n=len(names), name=name))
        return book.get_sheet_by_name(name), name
    except BadInput:
        raise
    except BaseException as error:  # the reader's panics are no ordinary exceptions
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise _bad(where, N_("The workbook cannot be read.")) from None


def _part_of(name: str, small: dict[str, bytes]) -> str:
    """Return the part of the archive that holds a sheet, empty when the workbook does not say."""
    try:
        book = ElementTree.fromstring(small["xl/workbook.xml"], forbid_dtd=True)
        links = ElementTree.fromstring(small["xl/_rels/workbook.xml.rels"], forbid_dtd=True)
    except (KeyError, ElementTree.ParseError, DefusedXmlException, ValueError):
        return ""
    key = next((element.get(_LINK) for element in book.iter()
                if element.tag.rpartition("}")[2] == "sheet" and element.get("name") == name), None)
    target = next((element.get("Target", "") for element in links.iter() if key and element.get("Id") == key), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _text(table: python_calamine.CalamineSheet, errors: set[tuple[int, int]], report: Report) -> str:
    """Return the sheet as CSV, one line for each row, from its first row on."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    left = (table.start or (0, 0))[1]
    for number, row in enumerate(table.iter_rows()):
        cells = [ERROR_CELL if errors and (number, left + place) in errors else _cell(value, number + 1, report)
                 for place, value in enumerate(row)]
        writer.writerow(cells)
    return made.getvalue()


def _cell(value: object, line: int, report: Report) -> str:
    if isinstance(value, str):
        return value if value.isprintable() else _SPACES.sub(" ", value).replace("\0", "\ufffd")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(float(value), line, report)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float, line: int, report: Report) -> str:
    """Return the shortest decimal that is this number, held to the fifteen digits that a sheet keeps."""
    if not isfinite(value):
        return ERROR_CELL
    spelled = repr(value)
    if value.is_integer() and abs(value) < 10 ** DIGITS:
        return str(int(value))
    if len(spelled) <= DIGITS and "e" not in spelled:
        return spelled
    exact = Decimal(spelled)
    digits = len(exact.normalize().as_tuple().digits)
    if digits <= DIGITS:
        return canonical(exact)
    kept = exact if exact == exact.to_integral_value() and abs(value) < _EXACT else Decimal(f"{value:.{DIGITS}g}")
    report.warn("number-digits", N_("The sheet keeps {n} significant digits; the number is taken as {value}.", n=DIGITS,
                                    value=canonical(kept)), line=line, value=spelled)
    return canonical(kept)
