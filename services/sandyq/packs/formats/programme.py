"""Amounts of the other participants in the national programme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``programme`` rows."""
    def change(cells: Cells) -> Sequence[Produced]:
        return [("programme", (cells.line, cells.needed("participant"), cells.day("date"),
                               cells.number("amount", sign="zero", suffix=True), cells.currency(),
                               cells.note("source")))]

    return sheet.convert(change, (1, 2))


FORMAT: Final = Format("programme", "programme", columns("participant currency source", dates="date", numbers="amount",
                                                         required="date participant amount currency"),
                       frozenset(), read)
