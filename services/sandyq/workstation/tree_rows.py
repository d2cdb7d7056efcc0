"""The tree of a figure as rows and as a file: what an auditor takes home to check the sum without us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.reports.tables import Cell, Column, Table
from sandyq.reports.writers import csv, xlsx
from sandyq.workstation.contract import Issued, Question, Source

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

SUFFIXES: Final = (".csv", ".xlsx", ".json")
_HEADS: Final = (N_("Depth"), N_("Figure"), N_("Value"), N_("Unit"), N_("Note"), N_("Doubts"), N_("Key"), N_("File"),
                 N_("Line"), N_("Person"), N_("Known since"), N_("Hash"))
_KINDS: Final = ("number", "text", "number", "text", "text", "text", "text", "text", "number", "text", "text", "text")
_WIDTHS: Final = (7, 40, 22, 8, 60, 40, 44, 30, 8, 18, 28, 66)


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One node: `depth` 0 is the figure itself; `value` as it is, None is Unknown; the source where there is one."""

    depth: int
    label: str
    value: Decimal | str | date | None
    unit: str
    note: str
    findings: str
    key: str
    file: str
    line: int | None
    person: str
    known_at: datetime | None
    sha256: str


def tree_rows(figure: Figure, source: Callable[[int, int], Source], language: Language) -> tuple[TreeRow, ...]:
    """Return every node of a tree, each before its inputs, with file, line, person and hash."""
    known: dict[tuple[int, int], Source] = {}

    def walk(node: Figure, depth: int) -> Iterator[TreeRow]:
        found: Source | None = None
        if node.origin is not None:
            place = (node.origin.entry, node.origin.line)
            found = known.get(place) or known.setdefault(place, source(*place))
        value = node.value
        yield TreeRow(
            depth, language.say(node.label), Decimal(repr(value)) if isinstance(value, int | float) else value,
            node.unit, language.say(node.note) if node.note else "",
            " ".join(language.say(finding.text) for finding in node.findings), node.key, found.file if found else "",
            found.line if found else None, found.actor if found else "", found.known_at if found else None,
            found.sha256 if found else "")
        for part in node.parts:
            yield from walk(part, depth + 1)

    return tuple(walk(figure, 0))


def issue_tree(station: Workstation, q: Question, key: str, out: Path, language: Language) -> Issued:
    """Write the tree of a figure as CSV or XLSX and return the file with its hash. Raises BadInput."""
    file = checked(out)
    rows = tree_rows(station.explain(q, key), station.source, language)
    return write_tree(rows, file, language, station.journal(Question(date.max, q.known_at))[-1].known_at)


def write_tree(rows: tuple[TreeRow, ...], out: Path, language: Language, created: datetime) -> Issued:
    """Write the rows as CSV or XLSX by the file's suffix; texts that a spreadsheet would run are defused.

    `created` is the moment of the journal's last entry, so that the same book gives the same bytes. Raises BadInput
    for another suffix or a folder that cannot be written to.
    """
    table = Table("explain", rows[0].label, tuple(
        Column(language.say(head), kind, digits=0 if kind == "number" else 2, width=width)
        for head, kind, width in zip(_HEADS, _KINDS, _WIDTHS, strict=True)), tuple(map(_cells, rows)),
        notes=(rows[0].key,))
    made = csv.write(table) if out.suffix == ".csv" else xlsx.write((table,), title=rows[0].label, created=created)
    return put(out, made)


def put(out: Path, content: bytes) -> Issued:
    """Write a file that was asked for by name and return it with its hash. Raises BadInput when it cannot be."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput("not-written", N_("The file could not be written."), where=f"{out.name}: {error.strerror}",
                       remedy=N_("Name a file in a folder that exists.")) from error
    return Issued(out, sha256(content).hexdigest())


def checked(out: Path) -> Path:
    """Return the file's name when its suffix is one that a tree is written in. Raises BadInput."""
    if out.suffix not in SUFFIXES:
        raise BadInput("bad-suffix", N_("A tree is written as .csv, .xlsx or .json."), where=out.name)
    return out


def _cells(row: TreeRow) -> tuple[Cell, ...]:
    return (row.depth, row.label, row.value, row.unit, row.note, row.findings, row.key, row.file, row.line,
            row.person, row.known_at.isoformat() if row.known_at else "", row.sha256)
