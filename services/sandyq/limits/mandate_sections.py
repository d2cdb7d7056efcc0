"""What changes in the sections of a mandate beside its limits: gate, tranches, orders, programme, risk and the rest."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sandyq.basics.decimals import canonical
from sandyq.basics.text import N_, Text

_NONE: Final = Text("—")
_TOLD: Final = frozenset({("mandate", "version"), ("mandate", "valid_from")})
"""Every version has its own."""
_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One difference. `was` and `now` in words, None where a whole entry comes or goes; `before`, `after` plain."""

    section: str
    what: Text
    before: str | None
    after: str | None
    was: Text | None = None
    now: Text | None = None


def section_changes(old_text: str, new_text: str) -> Iterator[SectionChange]:
    """Yield what two mandate files say differently beside their limits.

    An entry of a list (a tranche, a test of the gate, a scenario) that only one of them has is one change.
    """
    old, new = (tomllib.loads(text, parse_float=Decimal) for text in (old_text, new_text))
    was, now = dict(_flat(old)), dict(_flat(new))
    lonely = set(_entries(old)) ^ set(_entries(new))
    told: set[_Path] = set()
    for path in dict.fromkeys((*was, *now)):
        before, after = was.get(path), now.get(path)
        if before == after or path in _TOLD:
            continue
        whole = next((path[:n] for n in range(2, len(path)) if path[:n] in lonely), None)
        if whole is None:
            yield SectionChange(path[0], N_("[{section}] {key}", section=path[0], key=".".join(path[1:])),
                                plain(before), plain(after), _value(before), _value(after))
        elif whole not in told:
            told.add(whole)
            yield _whole(whole, was, gone=True) if before is not None else _whole(whole, now, gone=False)


def _whole(entry: _Path, leaves: Mapping[_Path, object], *, gone: bool) -> SectionChange:
    terms = ", ".join(f"{'.'.join(path[len(entry):])} {plain(value)}" for path, value in leaves.items()
                      if path[:len(entry)] == entry and path[len(entry):] != ("id",))
    key = ".".join(entry[1:])
    if gone:
        return SectionChange(entry[0], N_("[{section}] {key} is taken out: {terms}", section=entry[0], key=key,
                                          terms=terms), terms, None)
    return SectionChange(entry[0], N_("[{section}] {key} is put in: {terms}", section=entry[0], key=key, terms=terms),
                         None, terms)


def plain(value: object) -> str | None:
    """Return a value as a machine reads it."""
    match value:
        case None:
            return None
        case Decimal():
            return canonical(value)
        case date():
            return value.isoformat()
        case Mapping():
            return "; ".join(f"{key}={','.join(item) if isinstance(item, tuple) else item}"
                             for key, item in sorted(value.items()))
        case _:
            return str(value)


def _value(value: object) -> Text:
    return _NONE if value is None else Text("{value}", {"value": value})


def _flat(tree: Mapping[str, Any]) -> Iterator[tuple[_Path, object]]:
    for section, content in tree.items():
        if section != "limit":
            yield from _leaves((section,), content)


def _leaves(path: _Path, value: object) -> Iterator[tuple[_Path, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves((*path, key), item)
    elif _listed(value):
        for name, item in _named(value):
            yield from _leaves((*path, name), item)
    elif isinstance(value, list):
        yield path, ", ".join(str(item) for item in value)
    else:
        yield path, str(value) if isinstance(value, bool) else value


def _entries(value: object, path: _Path = ()) -> Iterator[_Path]:
    """Yield the paths of entries of lists, whose name is their id, symbol, ISIN or else their number."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key != "limit":
                yield from _entries(item, (*path, key))
    elif _listed(value):
        for name, item in _named(value):
            yield (*path, name)
            yield from _entries(item, (*path, name))


def _listed(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _named(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, item in enumerate(value, 1):
        yield str(item.get("id") or item.get("symbol") or item.get("isin") or number), item
