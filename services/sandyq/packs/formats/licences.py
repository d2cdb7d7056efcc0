"""Licences of parties: number, authority, activity, first and last day, status (F122)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.checks import period, word
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet
from sandyq.reference.parties import Standing

_STATES: Final = tuple(state.value for state in Standing)


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``licence`` rows."""
    def change(cells: Cells) -> Sequence[Produced]:
        first, last = period(cells)
        return [("licence", (cells.line, cells.needed("party"), cells.needed("number"), cells.needed("authority"),
                             cells.note("activity"), first, last, word(cells, "status", _STATES),
                             cells.note("source")))]

    return sheet.convert(change, (1, 2, 5))


FORMAT: Final = Format("licences", "licences",
                       columns("party number authority activity status source", dates="valid_from valid_to",
                               required="party number authority status"), frozenset(), read)
