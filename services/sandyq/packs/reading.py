"""Read one file from outside into facts and findings: the one door of this room.

`read_file` looks through the file, finds what it is and how its dates and numbers are written, and answers with a
`Reading`; its rows stream, so that a file of a million rows takes no more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.packs import dates, numbers
from sandyq.packs.documents import Document
from sandyq.packs.format import Format, Produced, Type
from sandyq.packs.formats import FORMATS
from sandyq.packs.header import find_header, not_recognised, recognise
from sandyq.packs.mappings import SavedMapping, shipped, shipped_mapping
from sandyq.packs.options import Context, NoContext, ReadOptions
from sandyq.packs.report import Report, shortened
from sandyq.packs.sheet import Header, Sheet, raw_rows
from sandyq.packs.source import Source, inspect
from sandyq.packs.workbook import is_workbook, read_workbook

__all__ = ["Context", "NoContext", "ReadOptions", "Reading", "kinds", "read_file", "recognise"]

_DOCUMENT_LIMIT: Final = 1024 * 1024
_STATEMENT_LIMIT: Final = 32 * 1024 * 1024
_BEGINNING: Final = 4096
_LOOKED_THROUGH: Final = 250_000
"""Rows from which the formats of dates and numbers are found; later rows are held to them."""
_FIRST_LOOK: Final = 1000


@dataclass(slots=True)
class Reading:
    """One file, recognised. Counts and findings are complete once `rows` has been exhausted.

    `hints` (line → mic, isin) help to find the instrument of a transaction. `mapping` is the saved mapping used.
    """

    file: str
    kind: str
    source: Source
    delimiter: str
    mapping: str
    hints: dict[int, dict[str, str]]
    _report: Report = field(repr=False)
    _sheet: Sheet | None = field(repr=False)
    _form: Format = field(repr=False)
    _opening: tuple[Finding, ...] = field(repr=False)
    _options: ReadOptions = field(default_factory=ReadOptions, repr=False)

    @property
    def sha256(self) -> str:
        return self.source.sha256

    @property
    def size(self) -> int:
        return self.source.size

    @property
    def encoding(self) -> str:
        return self.source.encoding

    @property
    def read(self) -> int:
        """Rows of the file that are not blank."""
        return self._report.read

    @property
    def refused(self) -> int:
        """Rows that were left out, each with an error finding."""
        return self._report.refused

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self._opening, *self._report.findings)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each code there are, listed or not."""
        counted = dict(self._report.counts)
        for finding in self._opening:
            counted[finding.code] = counted.get(finding.code, 0) + 1
        return counted

    def rows(self) -> Iterator[Produced]:
        """Yield (fact table, row) of every good row, in the file's order; each call reads the file anew.

        Raises BadInput when the file turns out to be broken on the way or was changed: nothing of it may be kept then.
        """
        report = Report(self.file)
        self._report = report
        self.hints.clear()
        if self._sheet is None:
            assert self._form.read_document is not None
            text = _document(self.source, self._form)
            yield from self._form.read_document(Document(text, report, self._options, self.hints))
            return
        assert self._form.read is not None
        self._sheet.report = report
        yield from self._form.read(self._sheet)
        if not report.read:
            report.warn("no-rows", N_("The file has a header and no rows."))


def kinds() -> tuple[str, ...]:
    """Return the kinds of file that can be imported."""
    return tuple(dict.fromkeys(form.kind for form in FORMATS))


def read_file(path: Path, options: ReadOptions | None = None, context: Context | None = None) -> Reading:
    """Recognise a file. Raises BadInput when it is not a file of a known kind or can be read in two ways."""
    asked = options or ReadOptions()
    if asked.kind and asked.kind not in kinds():
        raise BadInput("kind-unknown", N_("There is no kind of file named {kind}.", kind=asked.kind),
                       remedy=N_("Kinds: {kinds}.", kinds=", ".join(kinds())))
    mapping = shipped_mapping(asked.mapping) if isinstance(asked.mapping, str) and asked.mapping else asked.mapping
    chosen = mapping if isinstance(mapping, SavedMapping) else None
    report = Report(path.name)
    if is_workbook(path):
        source = read_workbook(path, asked.sheet or (chosen.sheet if chosen else ""), report)
        return _table_reading(source, asked, chosen, context or NoContext(), report)
    source = inspect(path, asked.encoding or (chosen.encoding if chosen else ""))
    form = _document_format(source, asked.kind)
    if form is not None:
        return _document_reading(source, form, asked, report)
    return _table_reading(source, asked, chosen, context or NoContext(), report)


def _document_format(source: Source, kind: str) -> Format | None:
    """Return the document format that a file's name or beginning shows. Raises BadInput for XML of another kind."""
    with source.open() as stream:
        beginning = stream.read(_BEGINNING).lstrip("\ufeff")
    for form in FORMATS:
        if form.read_document is None or (kind and form.kind != kind):
            continue
        if form.begins is not None:
            if form.begins(beginning):
                return form
        elif form.kind == kind or source.path.suffix.lower() in form.suffixes:
            return form
    if beginning.lstrip().startswith("<"):
        raise BadInput("not-recognised", N_("The file is an XML document of a kind that is not known."),
                       where=source.name, remedy=N_("Flex queries and semt.002 statements are read, and tables."))
    return None


def _document_reading(source: Source, form: Format, asked: ReadOptions, report: Report) -> Reading:
    assert form.read_document is not None
    document = Document(_document(source, form), report, asked)
    for _ in form.read_document(document):
        pass
    return Reading(source.name, form.kind, source, "", "", {}, report, None, form, (), asked)


def _document(source: Source, form: Format) -> str:
    limit = _DOCUMENT_LIMIT if form.begins is None else _STATEMENT_LIMIT
    if source.size > limit:
        raise BadInput("file-too-large", N_("The file is larger than {limit} MB.", limit=limit // 1024 ** 2),
                       where=source.name)
    with source.open() as stream:
        text = stream.read()
    source.check_unchanged()
    return text.replace("\r\n", "\n")


def _table_reading(source: Source, asked: ReadOptions, chosen: SavedMapping | None, context: Context,
                   report: Report) -> Reading:
    opened: tuple[Finding, ...] = ()
    kind = asked.kind or (chosen.kind if chosen else "")
    delimiter = asked.delimiter or (chosen.delimiter if chosen else "")
    if source.text is not None:
        delimiter = ","
    skip = asked.skip_rows or (chosen.skip_rows if chosen else 0)
    given = _given(source, chosen, asked)
    if chosen:
        _symbol_from_name(source, chosen, given, report)
    header = find_header(source, delimiter, kind, chosen, given, skip)
    if header is None and chosen is None:
        for candidate in shipped():
            if kind and candidate.kind != kind:
                continue
            filled = _given(source, candidate, asked)
            named = Report(source.name)
            _symbol_from_name(source, candidate, filled, named)
            header = find_header(source, delimiter or candidate.delimiter, candidate.kind, candidate, filled,
                                 skip or candidate.skip_rows)
            if header is not None:
                chosen, given, report, opened = candidate, filled, named, report.findings
                break
    if header is None:
        raise not_recognised(source, kind, delimiter, given)
    _describe_header(header, given, chosen, report)
    sheet = Sheet(source, header, report, asked, context, given, "ymd", ".", {}, chosen)
    form = header.format
    sheet.order = _order(sheet, asked.date_format or (chosen.date_format if chosen else "") or form.date_format)
    sheet.mark = _mark(sheet, asked.decimal or (chosen.decimal if chosen else "") or form.decimal)
    opening = (*opened, *report.findings)
    return Reading(source.name, header.format.kind, source, header.delimiter, chosen.name if chosen else "",
                   sheet.hints, report, sheet, header.format, opening, asked)


def _given(source: Source, mapping: SavedMapping | None, asked: ReadOptions) -> dict[str, str]:
    """Return the columns that a mapping fills, by constants or from the lines above the table, and the options."""
    if mapping is None:
        return asked.given()
    found: dict[str, str] = {}
    if mapping.above:
        with source.open() as stream:
            found = mapping.found_above(stream.read(_BEGINNING))
    return {**mapping.constants, **found, **asked.given()}


def _symbol_from_name(source: Source, mapping: SavedMapping, given: dict[str, str], report: Report) -> None:
    """Take the symbol from the file's name where the mapping says so and nobody gave one."""
    if not mapping.symbol_from_name or given.get("symbol"):
        return
    words = [word for word in source.path.stem.replace("-", "_").replace(" ", "_").split("_")
             if word.isascii() and word.isalnum() and word.isupper() and len(word) <= 6]
    if words:
        given["symbol"] = words[-1]
        report.warn("symbol-from-name", N_("The symbol {symbol} is taken from the file's name; give it with --symbol "
                                           "if that is wrong.", symbol=words[-1]), column="symbol", value=words[-1])


def _describe_header(header: Header, given: Mapping[str, str], mapping: SavedMapping | None, report: Report) -> None:
    unused = [name.strip() for name, ours in zip(header.original, header.names,
                                                 strict=True) if not ours and name.strip()]
    if unused:
        report.info("columns-ignored", N_("Columns that are not used: {names}.",
                                          names=", ".join(shortened(name) for name in unused[:50])), line=header.line)
    if mapping is not None:
        constants = ", ".join(f"{name} = {value}" for name, value in sorted(given.items()))
        report.info("mapping-used", N_("The saved mapping {name} was used, with {constants}.", name=mapping.name,
                                       constants=constants or "—"), line=header.line)


def _order(sheet: Sheet, declared: str) -> str:
    """Return the order of day and month, declared or found. Raises BadInput when both are possible."""
    wanted = sheet.header.format.of_type(Type.DATE)
    if declared:
        if declared not in dates.ORDERS:
            raise BadInput("bad-option", N_("The date format {value} is not known.", value=declared),
                           remedy=N_("Use one of: {names}.", names=", ".join(dates.ORDERS)))
        return declared
    first = list(sheet.column_values(wanted, _FIRST_LOOK))
    if first and all(dates.ISO.fullmatch(value) for value in first):
        return "ymd"
    found = dates.detect(sheet.column_values(wanted, _LOOKED_THROUGH))
    if found.order is None:
        raise _ambiguous(
            sheet, "ambiguous-date", found.example, wanted,
            N_("The dates are written in two ways, for instance {value}.", value=found.example) if found.mixed else
            N_("The date {value} can be read two ways, and no other date of the file tells which.",
               value=found.example),
            "--date-format dmy|mdy|ymd")
    return found.order


def _mark(sheet: Sheet, declared: str) -> str:
    """Return the decimal mark, declared or found. Raises BadInput when both are possible."""
    if declared:
        if declared not in numbers.MARKS:
            raise BadInput("bad-option", N_("The decimal mark {value} is not known.", value=declared),
                           remedy=N_("Use one of: {names}.", names=", ".join(numbers.MARKS)))
        return numbers.MARKS[declared]
    if sheet.header.delimiter == "," and not sheet.source.quoted:
        return numbers.POINT
    wanted = sheet.header.format.of_type(Type.NUMBER)
    found = numbers.detect(sheet.column_values(wanted, _LOOKED_THROUGH),
                           point_is_usual=sheet.header.delimiter in {",", "|"})
    if found.mark is None:
        raise _ambiguous(
            sheet, "ambiguous-number", found.example, wanted,
            N_("The numbers are written in two ways, for instance {value}.", value=found.example) if found.mixed else
            N_("The number {value} can be read two ways, and no other number of the file tells which.",
               value=found.example),
            "--decimal comma|point")
    return found.mark


def _ambiguous(sheet: Sheet, code: str, example: str, columns: frozenset[str], what: Text, option: str) -> BadInput:
    line, column = 0, ""
    for number, row in raw_rows(sheet.source, sheet.header.delimiter, sheet.header.rows_before):
        places = [place for place, value in enumerate(row) if value == example]
        named = [sheet.header.names[place] for place in places
                 if place < len(sheet.header.names) and sheet.header.names[place] in columns]
        if named:
            line, column = number, named[0]
            break
    finding = Finding(Severity.ERROR, code, what, "", sheet.source.name, line, column, shortened(example))
    return BadInput(code, what, where=sheet.source.name, findings=(finding,),
                    remedy=N_("Say which with {option}.", option=option))
