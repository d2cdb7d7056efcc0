"""What a kind of file is: its columns, and the function that turns its rows into facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sandyq.reference.facts import FactRow

if TYPE_CHECKING:
    from sandyq.packs.documents import Document
    from sandyq.packs.sheet import Sheet

Produced = tuple[str, FactRow]
"""Name of the fact table, and its row."""


class Type(StrEnum):
    """How a column is read; dates and numbers take part in finding the file's formats."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column under its canonical name; `aliases` are other names for it, folded."""

    name: str
    type: Type = Type.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A table (`read`) or a document (`read_document`). `kind` is interface.md's; `name` tells formats of a kind apart.

    `any_of`: besides the required columns, one of these must be there for the header to be recognised by itself.
    A document is known by its `suffixes` or by how it begins (`begins`: its first characters → whether it is one).
    `date_format` and `decimal` are those of a vendor whose files are always written so.
    """

    kind: str
    name: str
    columns: tuple[Column, ...] = ()
    any_of: frozenset[str] = frozenset()
    read: Callable[[Sheet], Iterator[Produced]] | None = None
    read_document: Callable[[Document], Iterator[Produced]] | None = None
    suffixes: tuple[str, ...] = ()
    begins: Callable[[str], bool] | None = None
    date_format: str = ""
    decimal: str = ""

    def names(self) -> dict[str, str]:
        """Return every folded name of a column → its canonical name."""
        found = {column.name: column.name for column in self.columns}
        return found | {alias: column.name for column in self.columns for alias in column.aliases}

    @property
    def required(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.required)

    def of_type(self, wanted: Type) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.type is wanted)


def columns(text: str = "", *, dates: str = "", numbers: str = "", required: str = "") -> tuple[Column, ...]:
    """Make columns from names separated by spaces; ``theirs>ours`` gives an alias. `required` names some of them."""
    needed = set(required.split())
    made: dict[str, tuple[Type, tuple[str, ...]]] = {}
    for names, type_ in ((text, Type.TEXT), (dates, Type.DATE), (numbers, Type.NUMBER)):
        for name in names.split():
            alias, arrow, ours = name.partition(">")
            if not arrow:
                made.setdefault(name, (type_, ()))
            else:
                made[ours] = (type_, (*made.get(ours, (type_, ()))[1], alias))
    unknown = needed - set(made)
    assert not unknown, unknown
    return tuple(Column(name, type_, name in needed, aliases) for name, (type_, aliases) in made.items())
