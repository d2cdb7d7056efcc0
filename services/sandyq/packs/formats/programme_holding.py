"""What other state vehicles of the national programme hold, asset by asset: a memo, never a holding of ours (F123)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``programme_holding`` rows; a quantity may be blank, the amount is its worth on the day."""
    def change(cells: Cells) -> Sequence[Produced]:
        return [("programme_holding", (cells.line, cells.needed("participant"), cells.needed("vehicle"),
                                       cells.day("date"), cells.needed("asset").upper(),
                                       cells.maybe_number("quantity", sign="zero"),
                                       cells.number("amount", sign="zero", suffix=True), cells.currency(),
                                       cells.needed("owner"), cells.needed("source")))]

    return sheet.convert(change, (1, 2, 3, 4))


FORMAT: Final = Format("programme_holding", "programme_holding",
                       columns("participant vehicle asset currency owner source", dates="date",
                               numbers="quantity amount",
                               required="participant vehicle date asset amount currency owner source"),
                       frozenset(), read)
