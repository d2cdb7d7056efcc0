"""Monthly customs rates of the British tax office: tenge per dollar as a slower, third source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs import dates
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``fx_rate`` rows USD/KZT with frequency monthly, dated the first of the month in which they apply."""
    def change(cells: Cells) -> Sequence[Produced]:
        month = cells.needed("month")
        try:
            day = dates.parse(f"{month}-01" if len(month) == 7 else month)
        except dates.BadDate as bad:
            raise BadCell("bad-date", bad.reason, "month", month) from None
        if not day.endswith("-01"):
            raise BadCell("bad-date", N_("A month is written as 2025-03."), "month", month)
        return [("fx_rate", (cells.line, "USD", "KZT", day, cells.number("usd_kzt", sign="positive"), "monthly",
                             cells.note("source")))]

    return sheet.convert(change, (3,))


FORMAT: Final = Format("fx", "fx_monthly", columns("month source", numbers="kzt_per_gbp usd_per_gbp usd_kzt",
                                                   required="month usd_kzt"), frozenset(), read)
