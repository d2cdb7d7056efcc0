"""Levels of the fair value hierarchy that people decided for an instrument, with the reason (IFRS 13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.checks import word
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet

_LEVELS: Final = ("1", "2", "3")


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``fair_value_level`` rows."""
    def change(cells: Cells) -> Sequence[Produced]:
        return [("fair_value_level", (cells.line, cells.symbol(), word(cells, "level", _LEVELS),
                                      cells.needed("reason"), cells.day("valid_from")))]

    return sheet.convert(change, (1, 4))


FORMAT: Final = Format("fair_value_levels", "fair_value_levels",
                       columns("symbol level reason", dates="valid_from", required="symbol level reason valid_from"),
                       frozenset(), read)
