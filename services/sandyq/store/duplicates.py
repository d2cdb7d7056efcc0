"""New, superseding, duplicate or in conflict: rows of an import against the book and against their own file.

A million new rows cost little: a row whose key lies outside the range that the book holds for its group (the first
column of the key: a symbol) is new without a look, and a file in order needs no set of keys. Memory: 16 bytes a row.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Final, Literal

from sandyq.reference.facts import FactRow, FactTable
from sandyq.store.engine import Connection
from sandyq.store.visibility import Visible

Verdict = Literal["new", "superseding", "duplicate", "conflict"]
_LOOKS: Final = 16
"""Rows looked up one by one in a group before the whole group is read."""
_Key = tuple[str, ...]
_Values = tuple[str | None, ...]


class KeyIndex:
    """The book's current values by key, as visible when it was made: loaded as far as the rows asked for need it.

    In a key, None and an empty text are the same.
    """

    def __init__(self, connection: Connection, table: FactTable, visible: Visible) -> None:
        self._connection = connection
        self._table = table
        self._visible = visible
        self._condition, self._parameters = visible.condition(table.name)
        self._columns = ", ".join(f'"{column}"' for column in table.columns)
        self._positions = [table.columns.index(column) for column in table.key]
        self._groups: dict[str, _Group] = {}
        self.empty = connection.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchone() is None

    def current(self, key: _Key) -> _Values | None:
        """Return the values that the book holds for a key, None when it holds none."""
        if self.empty:
            return None
        if len(key) == 1:
            return self._read(list(key)).get(key)
        group = self._groups.get(key[0])
        if group is None:
            group = self._groups[key[0]] = self._open(key[0])
        if group.low is None or group.high is None or not group.low <= key[1] <= group.high:
            return None
        if group.known is None:
            group.looks += 1
            if group.looks > _LOOKS:
                group.known = self._read([key[0]])
        if group.known is not None:
            return group.known.get(key)
        return self._read(list(key)).get(key)

    def _open(self, first: str) -> _Group:
        column = f'coalesce("{self._table.key[1]}", \'\')' if self._table.key[1] not in self._table.required \
            else f'"{self._table.key[1]}"'
        low, high = self._connection.execute(
            f'SELECT (SELECT min({column}) FROM "{self._table.name}" WHERE "{self._table.key[0]}" = ?), '
            f'(SELECT max({column}) FROM "{self._table.name}" WHERE "{self._table.key[0]}" = ?)',
            [first, first]).fetchone()
        return _Group(low, high)

    def _read(self, key: list[str]) -> dict[_Key, _Values]:
        words = []
        for column, value in zip(self._table.key, key, strict=False):
            words.append(f'"{column}" = ?' if value else f'coalesce("{column}", \'\') = ?')
        rows = self._connection.execute(
            f'SELECT {self._columns} FROM "{self._table.name}" WHERE {" AND ".join(words)} AND {self._condition} '
            'ORDER BY "id"', [*key, *self._parameters])
        return {tuple(row[position] or "" for position in self._positions): row for row in rows}


class _Group:
    """The range of the key's second column in the book, and its rows once they have been read."""

    __slots__ = ("high", "known", "looks", "low")

    def __init__(self, low: str | None, high: str | None) -> None:
        self.low = low
        self.high = high
        self.known: dict[_Key, _Values] | None = None
        self.looks = 0


class _Seen:
    """The keys of one group that the file has had: in order two numbers a row, out of order a map as well."""

    __slots__ = ("keys", "last", "places", "values")

    def __init__(self) -> None:
        self.last: _Key = ()
        self.keys = array("q")
        self.values = array("q")
        self.places: dict[int, int] | None = None

    def before(self, key: _Key, value: int) -> int | None:
        """Return the hash of the values that the file gave for the key before, None when it is the first time."""
        mark = hash(key)
        if key > self.last and self.places is None:
            self.last = key
        else:
            if self.places is None:
                self.places = {known: place for place, known in enumerate(self.keys)}
            place = self.places.get(mark)
            if place is not None:
                return self.values[place]
            self.places[mark] = len(self.keys)
        self.keys.append(mark)
        self.values.append(value)
        return None


def classify(index: KeyIndex, table: FactTable, rows: Iterable[FactRow]) -> Iterator[tuple[FactRow, Verdict]]:
    """Yield each row with what it is. ``conflict``: its file has already said something else under the same key."""
    key_of = _key_reader(table)
    single = len(table.key) == 1
    groups: dict[str, _Seen] = {}
    name, seen = None, _Seen()
    for row in rows:
        key = key_of(row)
        values = row[1:]
        group = "" if single else key[0]
        if group != name:
            name = group
            seen = groups.setdefault(group, _Seen())
        mark = hash(values)
        earlier = seen.before(key, mark)
        if earlier is not None:
            yield row, "duplicate" if earlier == mark else "conflict"
            continue
        current = None if index.empty else index.current(key)
        if current is None:
            yield row, "new"
        else:
            yield row, "duplicate" if current == values else "superseding"


def _key_reader(table: FactTable) -> Callable[[FactRow], _Key]:
    """Return what reads a row's key; columns that may be None read as an empty text."""
    places = [table.columns.index(column) + 1 for column in table.key]
    if len(places) == 1:
        place = places[0]
        return lambda row: (str(row[place] or ""),)
    if all(column in table.required for column in table.key):
        return itemgetter(*places)
    return lambda row: tuple([str(row[place] or "") for place in places])


