"""Price sources in their order of trust: rank 1 first, and how far another source may be away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``price_source`` rows; the tolerance is in basis points of the price."""
    def change(cells: Cells) -> Sequence[Produced]:
        rank = cells.number("rank", sign="positive")
        if not rank.isdigit():
            raise BadCell("bad-number", N_("This is not a whole number."), "rank", rank)
        return [("price_source", (cells.line, cells.needed("source"), rank,
                                  cells.maybe_number("tolerance_bp", sign="zero"), cells.maybe_day("valid_from")))]

    return sheet.convert(change, (1, 4))


FORMAT: Final = Format("price_sources", "price_sources",
                       columns("source", dates="valid_from", numbers="rank tolerance_bp", required="source rank"),
                       frozenset(), read)
