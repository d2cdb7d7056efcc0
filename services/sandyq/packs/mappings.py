"""Saved mappings: how a vendor's header becomes one of ours. A value that is kept as JSON text.

Mappings that ship with the program are JSON files in ``sandyq_resources/mappings``; a book keeps its own as facts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq_resources import path

_TEXTS: Final = ("name", "kind", "date_format", "decimal", "delimiter", "encoding", "title")
_TABLES: Final = ("columns", "constants")
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """`columns`: the file's header → our column; `constants`: our column → value for every row.

    `symbol_from_name`: the symbol is the last word in capitals of the file's name, unless an option gives it.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    decimal: str = ""
    delimiter: str = ""
    encoding: str = ""
    title: str = ""
    symbol_from_name: bool = False

    def to_text(self) -> str:
        """Return the JSON text that is stored: the same mapping always gives the same text."""
        value = {key: getattr(self, key) for key in _TEXTS if getattr(self, key)}
        value |= {key: dict(getattr(self, key)) for key in _TABLES if getattr(self, key)}
        if self.symbol_from_name:
            value["symbol_from_name"] = True
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)

    def folded(self) -> dict[str, str]:
        """Return `columns` by the folded form of the file's header."""
        return {fold(theirs): ours for theirs, ours in self.columns.items()}


def fold(name: str) -> str:
    """Return a column's name without case, spaces at the ends or a byte order mark; spaces inside become ``_``."""
    return "_".join(name.replace("\ufeff", "").strip().lower().split())


def from_text(text: str, where: str = "") -> SavedMapping:
    """Read a mapping from its JSON text. Raises BadInput when it is not one."""
    try:
        if len(text) > _LONGEST:
            raise ValueError
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad(where, N_("The mapping is not valid JSON.")) from None
    if not isinstance(value, dict):
        raise _bad(where, N_("The mapping is not a JSON object."))
    unknown = sorted(set(value) - {*_TEXTS, *_TABLES, "symbol_from_name"})
    if unknown:
        raise _bad(where, N_("The mapping has unknown entries: {names}.", names=", ".join(map(str, unknown))))
    for key in _TEXTS:
        if not isinstance(value.get(key, ""), str):
            raise _bad(where, N_("The mapping's entry {name} is not a text.", name=key))
    for key in _TABLES:
        table = value.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(item, str) for item in table.values()):
            raise _bad(where, N_("The mapping's entry {name} is not a table of texts.", name=key))
    if not value.get("name") or not value.get("kind") or not value.get("columns"):
        raise _bad(where, N_("A mapping needs a name, a kind and columns."))
    return SavedMapping(**{key: value.get(key, "") for key in _TEXTS},
                        columns=MappingProxyType(value["columns"]),
                        constants=MappingProxyType(value.get("constants", {})),
                        symbol_from_name=value.get("symbol_from_name") is True)


def _bad(where: str, what: Text) -> BadInput:
    return BadInput("bad-mapping", what, where=where)


def shipped() -> tuple[SavedMapping, ...]:
    """Return the mappings that come with the program, by name."""
    files = sorted(path("mappings").glob("*.json"), key=lambda file: file.name)
    return tuple(from_text(file.read_text(encoding="utf-8"), file.name) for file in files)


def shipped_mapping(name: str) -> SavedMapping:
    """Return one of them. Raises BadInput for a name that is not there."""
    mappings = {mapping.name: mapping for mapping in shipped()}
    if name not in mappings:
        raise BadInput("mapping-unknown", N_("There is no mapping named {name}.", name=name),
                       remedy=N_("Mappings that ship with the program: {names}.", names=", ".join(mappings)))
    return mappings[name]
