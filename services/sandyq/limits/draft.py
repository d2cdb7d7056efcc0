"""A draft of a mandate: the tree of its file, changed step by step without ever being changed in place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.limits.mandate import Mandate
from sandyq.limits.toml import read_mandate
from sandyq.limits.toml_writer import Tree, write_toml

_NUMBERED: Final = re.compile(r"(.*?)(\d+)$")


@dataclass(frozen=True)
class Draft:
    """One state of a draft. `None` as a value takes a key away; a limit is named by its id, its parts from 1."""

    tree: Tree

    @classmethod
    def of(cls, text: str, source: str = "mandate") -> Self:
        """Return the draft that says what a text says. Raises BadInput for a text that is not TOML."""
        try:
            return cls(tomllib.loads(text, parse_float=Decimal))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise BadInput("bad-mandate", N_("The file is not valid TOML: {reason}.", reason=str(error)),
                           where=source) from error

    @property
    def text(self) -> str:
        """The draft as a mandate file, in canonical form."""
        return write_toml(self.tree)

    @property
    def limits(self) -> tuple[Tree, ...]:
        return tuple(self.tree.get("limit", ()))

    @property
    def head(self) -> Tree:
        head: Tree = self.tree.get("mandate", {})
        return head

    def read(self) -> Mandate:
        """Return the mandate that the draft is. Raises BadInput with the first thing that is wrong."""
        return read_mandate(self.text, "draft")

    def limit(self, name: str) -> Tree:
        """Return a limit's table. Raises BadInput when there is none of that id."""
        return _found(self.tree, name)

    def part(self, name: str, number: int) -> Tree:
        """Return a part of a limit, counted from 1. Raises BadInput."""
        return _part_of(self.tree, name, number)

    # ---- changes

    def with_head(self, **values: object) -> Self:
        """Change keys of [mandate]."""
        tree = _copy(self.tree)
        _set(tree.setdefault("mandate", {}), values)
        return type(self)(tree)

    def with_limit(self, name: str, **values: object) -> Self:
        """Change keys of a limit; another `id` renames it."""
        tree = _copy(self.tree)
        _set(_found(tree, name), values)
        return type(self)(tree)

    def with_part(self, name: str, number: int, **values: object) -> Self:
        """Change keys of a part of a limit."""
        tree = _copy(self.tree)
        _set(_part_of(tree, name, number), values)
        return type(self)(tree)

    def added_part(self, name: str) -> Self:
        """Add a part like the limit's last one."""
        tree = _copy(self.tree)
        parts = _found(tree, name)["part"]
        parts.append(deepcopy(parts[-1]))
        return type(self)(tree)

    def without_part(self, name: str, number: int) -> Self:
        """Take a part out; the last one stays, because a limit measures something."""
        tree = _copy(self.tree)
        limit = _found(tree, name)
        _part_of(tree, name, number)
        if len(limit["part"]) == 1:
            raise BadInput("last-part", N_("A limit needs at least one part with a measure."), where=name,
                           remedy=N_("Take the whole limit out."))
        del limit["part"][number - 1]
        return type(self)(tree)

    def added_limit(self, like: str = "") -> Self:
        """Add a limit under the next free id: a copy of another, or a plain cap on the sleeve."""
        tree = _copy(self.tree)
        limits = tree.setdefault("limit", [])
        made = deepcopy(_found(tree, like)) if like else {
            "title": {}, "clause": "", "section": "",
            "part": [{"measure": "market_value", "unit": "ratio", "denominator": "sleeve", "hard": Decimal("0.1")}]}
        made["id"] = next_name([str(limit.get("id", "")) for limit in limits])
        limits.append(made)
        return type(self)(tree)

    def without_limit(self, name: str) -> Self:
        """Take a limit out of the next version; the versions before keep it."""
        tree = _copy(self.tree)
        tree["limit"].remove(_found(tree, name))
        return type(self)(tree)

    def as_version(self, version: str, valid_from: date) -> Self:
        """Name the version and its first day."""
        return self.with_head(version=version, valid_from=valid_from)


def next_name(names: list[str]) -> str:
    """Return the name after the last numbered one: L33 → L34, v3 → v4; the first free of them."""
    numbered = [match for name in names if (match := _NUMBERED.fullmatch(name))]
    if not numbered:
        return "L01" if not names else f"{names[-1]}-2"
    last = max(numbered, key=lambda match: int(match[2]))
    number = int(last[2]) + 1
    while (name := f"{last[1]}{number:0{len(last[2])}}") in names:
        number += 1
    return name


def plain(number: Decimal) -> Decimal | int:
    """Return a number as a file has it: whole numbers without a point."""
    return int(number) if number == number.to_integral_value() else number


def _copy(tree: Tree) -> dict[str, Any]:
    return deepcopy(dict(tree))


def _set(table: dict[str, Any], values: Mapping[str, object]) -> None:
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = plain(value) if isinstance(value, Decimal) else value


def _found(tree: Tree, name: str) -> dict[str, Any]:
    for limit in tree.get("limit", ()):
        if limit.get("id") == name:
            found: dict[str, Any] = limit
            return found
    raise BadInput("no-limit", N_("The mandate has no limit {limit}.", limit=name), where=name)


def _part_of(tree: Tree, name: str, number: int) -> dict[str, Any]:
    parts = _found(tree, name).get("part", [])
    if not 1 <= number <= len(parts):
        raise BadInput("no-part", N_("Limit {limit} has {n} parts.", limit=name, n=len(parts)),
                       where=f"{name} {number}")
    part: dict[str, Any] = parts[number - 1]
    return part
