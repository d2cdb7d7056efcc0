"""Write a mandate as TOML in one canonical form: sections, keys and numbers always look the same.

What is written is the tree of the file (`tomllib` with decimals), not the read mandate: a section that this module has
never heard of is kept as it is. Comments are not kept; a file that is proposed as it stands keeps its own text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sandyq.basics.decimals import canonical

Tree = Mapping[str, Any]
"""A TOML document: tables are mappings, numbers int or Decimal, days date."""

_SECTIONS: Final = ("mandate", "valuation", "look_through", "eligibility", "orders", "programme", "gate", "tranche",
                    "phase", "limit")
_KEYS: Final = (
    "id", "name", "version", "valid_from", "valid_to", "title", "body", "clause", "document", "section", "cure_days",
    "calendar", "owner", "currency", "minimum", "target", "maximum", "measure", "unit", "direction", "denominator",
    "basis", "scope", "group_by", "warn", "soft", "hard", "block_at", "options")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_GROUPED_FROM: Final = 10_000


def write_toml(tree: Tree) -> str:
    """Return the tree as TOML: equal trees give equal text, and reading it again gives an equal tree.

    Raises ValueError for a value that TOML has no form for.
    """
    return "\n".join(_table((), tree, top=True)).strip("\n") + "\n"


def _table(path: tuple[str, ...], table: Tree, *, top: bool = False) -> Iterator[str]:
    below = [(key, value) for key, value in _ordered(table, top=top) if _is_section(value, deep=len(path) > 1)]
    sections = {key for key, _ in below}
    for key, value in _ordered(table, top=top):
        if key not in sections:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in below:
        name = ".".join(_key(part) for part in (*path, key))
        if isinstance(value, Mapping):
            yield f"\n[{name}]"
            yield from _table((*path, key), value)
            continue
        for item in value:
            yield f"\n[[{name}]]"
            # A table in a list writes its own tables inside the line, so that a limit stays a few lines long.
            yield from _item((*path, key), item)


def _item(path: tuple[str, ...], table: Tree) -> Iterator[str]:
    lists = [(key, value) for key, value in _ordered(table) if _is_list_of_tables(value)]
    for key, value in _ordered(table):
        if not _is_list_of_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in lists:
        for item in value:
            yield f"\n[[{'.'.join(_key(part) for part in (*path, key))}]]"
            yield from _item((*path, key), item)


def _is_section(value: object, *, deep: bool) -> bool:
    return (isinstance(value, Mapping) and not deep) or _is_list_of_tables(value)


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _ordered(table: Tree, *, top: bool = False) -> list[tuple[str, Any]]:
    known = _SECTIONS if top else _KEYS

    def place(key: str) -> tuple[int, str]:
        return (known.index(key), "") if key in known else (len(known) - (1 if top else 0), key)

    return sorted(table.items(), key=lambda item: place(item[0]))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return _whole(value)
        case Decimal():
            text = canonical(value)
            return text if "." in text else _whole(int(text))
        case datetime():
            raise ValueError("a moment has no place in a mandate")
        case date():
            return value.isoformat()
        case str():
            return _text(value)
        case Mapping():
            pairs = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in _ordered(value))
            return f"{{ {pairs} }}" if pairs else "{}"
        case Sequence():
            return f"[{', '.join(_value(item) for item in value)}]"
    raise ValueError(f"{type(value).__name__} has no form in TOML")


def _whole(number: int) -> str:
    return f"{number:_}" if abs(number) >= _GROUPED_FROM else str(number)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
