"""Saved mappings: how a vendor's header becomes one of ours. A value that is kept as JSON text.

Mappings that ship with the program are JSON files in ``sandyq_resources/mappings``; a book keeps its own as facts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq_resources import path

_TEXTS: Final = ("name", "kind", "date_format", "decimal", "delimiter", "encoding", "title", "sheet", "sign")
_TABLES: Final = ("columns", "constants", "above")
_SIGNS: Final = ("", "type", "drop")
_MOST_SKIPPED: Final = 10_000
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """`columns`: the file's header → our column; `constants`: our column → value for every row.

    `symbol_from_name`: the symbol is the last word in capitals of the file's name, unless an option gives it.
    `words`: our column → their word, folded → ours (``{"type": {"kauf": "buy"}}``). `sign` says what a minus in the
    quantity of a transaction means: empty: refused; ``type``: it says the direction (a sale, a redemption) where the
    file's type does not; ``drop``: nothing, the type says it already. The columns ``debit`` and ``credit`` of
    transactions stand for the quantity and the direction. `skip_rows` lines before the header are not looked at.
    `above`: our column → where its value stands in the lines above the header (``"account * as of"``).
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
    sheet: str = ""
    sign: str = ""
    skip_rows: int = 0
    above: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return the JSON text that is stored: the same mapping always gives the same text."""
        value: dict[str, object] = {key: getattr(self, key) for key in _TEXTS if getattr(self, key)}
        value |= {key: dict(getattr(self, key)) for key in _TABLES if getattr(self, key)}
        if self.symbol_from_name:
            value["symbol_from_name"] = True
        if self.skip_rows:
            value["skip_rows"] = self.skip_rows
        if self.words:
            value["words"] = {column: dict(words) for column, words in self.words.items()}
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)

    def implied(self) -> frozenset[str]:
        """Return the columns of a transaction that follow from its sign or from debit and credit."""
        ours = set(self.columns.values())
        if self.kind == "transactions" and ours & {"debit", "credit"}:
            return frozenset({"quantity", "price", "type", "symbol"})
        return frozenset({"type"}) if self.sign == "type" else frozenset()

    def found_above(self, lines: str) -> dict[str, str]:
        """Return the columns whose values stand in the lines above the table."""
        found: dict[str, str] = {}
        plain = re.sub(r"[ \t\u00a0]+", " ", lines)
        for column, pattern in self.above.items():
            before, _, after = pattern.partition("*")
            end = re.escape(after.strip()) if after.strip() else r"(?:[\"\r\n;]|$)"
            match = re.search(rf"{re.escape(before.strip())}\s*([^\r\n]{{1,80}}?)\s*{end}", plain)
            value = match[1].strip(" ,") if match else ""
            if value:
                found[column] = value
        return found

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
    unknown = sorted(set(value) - {*_TEXTS, *_TABLES, "symbol_from_name", "skip_rows", "words"})
    if unknown:
        raise _bad(where, N_("The mapping has unknown entries: {names}.", names=", ".join(map(str, unknown))))
    for key in _TEXTS:
        if not isinstance(value.get(key, ""), str):
            raise _bad(where, N_("The mapping's entry {name} is not a text.", name=key))
    for key in _TABLES:
        table = value.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(item, str) for item in table.values()):
            raise _bad(where, N_("The mapping's entry {name} is not a table of texts.", name=key))
    if value.get("sign", "") not in _SIGNS:
        raise _bad(where, N_("The mapping's entry {name} is none of {values}.", name="sign",
                             values=", ".join(_SIGNS[1:])))
    if not value.get("name") or not value.get("kind") or not value.get("columns"):
        raise _bad(where, N_("A mapping needs a name, a kind and columns."))
    return SavedMapping(**{key: value.get(key, "") for key in _TEXTS},
                        columns=MappingProxyType(value["columns"]),
                        constants=MappingProxyType(value.get("constants", {})),
                        above=MappingProxyType(value.get("above", {})),
                        symbol_from_name=value.get("symbol_from_name") is True,
                        skip_rows=_skipped(value.get("skip_rows", 0), where),
                        words=_words(value.get("words", {}), where))


def _skipped(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_SKIPPED:
        raise _bad(where, N_("The mapping's entry {name} is not a number of lines.", name="skip_rows"))
    return value


def _words(value: object, where: str) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, dict) or not all(
            isinstance(table, dict) and all(isinstance(word, str) for word in table.values())
            for table in value.values()):
        raise _bad(where, N_("The mapping's entry {name} is not a table of texts for each column.", name="words"))
    return MappingProxyType({column: MappingProxyType({fold(theirs): ours for theirs, ours in table.items()})
                             for column, table in value.items()})


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
