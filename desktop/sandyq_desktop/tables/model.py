"""The one table model: an array of indexes over a sequence. It holds no rows of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column, Group

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class TableModel(QAbstractTableModel):
    """Rows seen through columns, in the order of an index array, with filter, sort and groups that fold."""

    def __init__(self, columns: Sequence[Column], look: Look) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.look = look
        self.rows: Sequence[Any] = ()
        self.shown: list[Any] = []
        self.sorted_by: tuple[str, bool] | None = None
        self.folded: set[str] = set()
        self._key: Callable[[Any], str] | None = None
        self._name: Callable[[str], str] = str
        self._keep: Callable[[Any], bool] | None = None
        self._fractions: dict[str, float] = {}

    def set_rows(self, rows: Sequence[Any]) -> None:
        self.rows = rows
        self.refresh()

    def set_groups(self, key: Callable[[Any], str] | None, name: Callable[[str], str] = str) -> None:
        """Group rows by a key, in order of first appearance; None ends grouping."""
        self._key, self._name = key, name
        self.refresh()

    def set_filter(self, keep: Callable[[Any], bool] | None) -> None:
        self._keep = keep
        self.refresh()

    def refresh(self) -> None:
        """Rebuild the index array: filter, sort, group."""
        self.beginResetModel()
        kept = [row for row in self.rows if self._keep is None or self._keep(row)]
        if self.sorted_by is not None:
            kept = self._sorted(kept, *self.sorted_by)
        self.shown = kept if self._key is None else self._grouped(kept, self._key)
        self._fractions.clear()
        self.endResetModel()

    def _sorted(self, rows: list[Any], key: str, down: bool) -> list[Any]:
        column = self.column(key)
        get = column.sort or column.get
        known = [row for row in rows if get(row) is not None and get(row) != ""]
        unknown = [row for row in rows if get(row) is None or get(row) == ""]
        return sorted(known, key=lambda row: _order(get(row), self.look), reverse=down) + unknown

    def _grouped(self, rows: list[Any], key: Callable[[Any], str]) -> list[Any]:
        groups: dict[str, list[Any]] = {}
        for row in rows:
            groups.setdefault(key(row), []).append(row)
        shown: list[Any] = []
        for name, members in groups.items():
            shown.append(Group(name, self._name(name), tuple(members)))
            if name not in self.folded:
                shown.extend(members)
        return shown

    def fold(self, row: int) -> None:
        """Fold or unfold the group in a row."""
        group = self.shown[row]
        if isinstance(group, Group):
            self.folded ^= {group.key}
            self.refresh()

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def fraction(self, column: Column, measure: Callable[[str], float], point: str) -> float:
        """Return the width of the longest fraction of a number column, point included."""
        found = self._fractions.get(column.key)
        if found is None:
            longest = max((_fraction(column.text(row, self.look), point) for row in self.rows[:2000]),
                          key=len, default="")
            found = self._fractions[column.key] = measure(longest) if longest else 0.0
        return found

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def text(self, row: int, column: int) -> str:
        """Return a cell as it is copied."""
        item, described = self.shown[row], self.columns[column]
        if isinstance(item, Group):
            if column == 0:
                return item.name
            return described.write(described.group(item.rows), None, self.look) if described.group else ""
        return described.whole(item, self.look)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return self.text(index.row(), index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role in {
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole,
        }:
            return self.columns[section].heading(self.look)
        return None


def _fraction(text: str, point: str) -> str:
    whole, mark, fraction = text.partition(point)
    return mark + fraction if mark and whole[-1:].isdigit() and fraction.isdigit() else ""


def _order(value: object, look: Look) -> Any:
    if isinstance(value, Decimal | int | float | tuple):
        return value
    return look.words.language.value(value)
