"""Find the header of a table: which separator, which line, and which kind of file it makes."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.packs.format import Format
from sandyq.packs.formats import FORMATS
from sandyq.packs.mappings import SavedMapping, fold
from sandyq.packs.sheet import Header
from sandyq.packs.source import FIELD_LIMIT, Source

DELIMITERS: Final = (",", ";", "\t", "|")
_PREFIX: Final = 64 * 1024
_ROWS: Final = 25
_MOST_COLUMNS: Final = 500
_Candidate = tuple[str, int, int, tuple[str, ...]]
"""Separator, rows before and including it, line, fields."""


def recognise(header: Sequence[str], given: Collection[str] = (), kind: str = "") -> Format | None:
    """Return the format that a header makes, or None. The order of columns is free and more columns may be there.

    `given` are columns filled otherwise. With `kind` only that kind is tried, and required columns are enough.
    """
    best: tuple[tuple[int, int], Format] | None = None
    for form in FORMATS:
        if form.read is None or (kind and form.kind != kind):
            continue
        names = form.names()
        known = {names[folded] for name in header if (folded := fold(name)) in names}
        if not form.required <= known | set(given) or len(known) < 2:
            continue
        if form.any_of and not kind and not form.any_of & known:
            continue
        score = (len(known), len(form.required))
        if best is None or score > best[0]:
            best = (score, form)
    return best[1] if best else None


def find_header(source: Source, delimiter: str, kind: str, mapping: SavedMapping | None,
                given: Collection[str], skip: int = 0) -> Header | None:
    """Return the first line after `skip` that is a known header under some separator, None when there is none."""
    filled = {*given, *(mapping.implied() if mapping else ())}
    for candidate in _candidates(source, delimiter, skip):
        separator, rows, line, fields = candidate
        translated = _translated(fields, mapping)
        if translated is None:
            continue
        form = recognise(translated, filled, kind)
        if form is not None:
            names = form.names()
            ours = tuple(names.get(fold(name), "") for name in translated)
            _refuse_doubles(source, ours, line)
            return Header(form, ours, fields, separator, rows, line)
    return None


def _translated(fields: Sequence[str], mapping: SavedMapping | None) -> tuple[str, ...] | None:
    """Return the header in our names; None when the mapping is not for this header."""
    if mapping is None:
        return tuple(fields)
    table = mapping.folded()
    folded = [fold(name) for name in fields]
    return tuple(table.get(name, "") for name in folded) if set(table) <= set(folded) else None


def _refuse_doubles(source: Source, names: Sequence[str], line: int) -> None:
    used = [name for name in names if name]
    double = next((name for name in used if used.count(name) > 1), "")
    if double:
        raise BadInput("column-twice", N_("The column {column} is there twice in line {line}.", column=double,
                                          line=line), where=source.name,
                       remedy=N_("Rename or remove one of the two."))


def not_recognised(source: Source, kind: str, delimiter: str, given: Collection[str]) -> BadInput:
    """Return the error that says what was found, what is nearest, and what to do."""
    candidates = _candidates(source, delimiter)
    fields = max((found for *_, found in candidates), key=lambda row: sum(1 for name in row if name.strip()),
                 default=())
    seen = ", ".join(name.strip()[:30] for name in fields[:12] if name.strip())
    nearest: tuple[float, Format, set[str]] | None = None
    for *_, row in candidates:
        for form in FORMATS:
            if form.read is None or (kind and form.kind != kind):
                continue
            names = form.names()
            known = {names[name] for name in map(fold, row) if name in names} | set(given)
            share = len(form.required & known) / len(form.required)
            if nearest is None or share > nearest[0]:
                nearest = (share, form, set(form.required - known))
    if nearest and (kind or nearest[0] >= 0.75) and nearest[2]:
        return BadInput("missing-columns", N_("This is not recognised: the columns are {seen}. For the kind {kind} "
                                              "these are missing: {missing}.", seen=seen, kind=nearest[1].kind,
                                              missing=", ".join(sorted(nearest[2]))), where=source.name,
                        remedy=N_("Add the columns, or use a saved mapping with --mapping."))
    return BadInput("not-recognised", N_("This is not recognised: the columns are {seen}.", seen=seen),
                    where=source.name,
                    remedy=N_("Name the kind with --kind, or use a saved mapping with --mapping."))


def _candidates(source: Source, delimiter: str, skip: int = 0) -> list[_Candidate]:
    """Return the first rows of the file under each separator, as possible headers; nearest to the top first."""
    with source.open() as stream:
        prefix = stream.read(_PREFIX)
    found: list[_Candidate] = []
    csv.field_size_limit(FIELD_LIMIT)
    for separator in (delimiter,) if delimiter else DELIMITERS:
        reader = csv.reader(io.StringIO(prefix, newline=""), delimiter=separator)
        before = 0
        try:
            for number, row in enumerate(reader, 1):
                if number > _ROWS + skip:
                    break
                if number > skip and 1 < len(row) <= _MOST_COLUMNS:
                    found.append((separator, number, before + 1, tuple(row)))
                before = reader.line_num
        except csv.Error:
            continue
    return sorted(found, key=lambda candidate: candidate[1])
