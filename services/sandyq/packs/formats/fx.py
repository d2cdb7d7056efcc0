"""Daily official exchange rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``fx_rate`` rows: 1 base is `rate` quote, by the fixing of the day."""
    def change(cells: Cells) -> Sequence[Produced]:
        base, quote = cells.currency("base"), cells.currency("quote")
        if base == quote:
            raise BadCell("same-currency", N_("Base and quote are the same currency."), "quote", quote)
        return [("fx_rate", (cells.line, base, quote, cells.day("date"), cells.number("rate", sign="positive"), "daily",
                             cells.note("source")))]

    return sheet.convert(change, (1, 2, 3))


FORMAT: Final = Format("fx", "fx", columns("base quote source", dates="date", numbers="rate",
                                           required="date base quote rate"), frozenset(), read)
