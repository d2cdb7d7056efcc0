"""Reference prices of coins in USD."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.jumps import Jumps
from sandyq.packs.sheet import BadCell, Cells, Sheet

UTC_MIDNIGHT: Final = "24:00 UTC"
"""The cut-off of a coin's day where the file names none."""
_CUTOFF: Final = re.compile(r"(?:[01][0-9]|2[0-4]):[0-5][0-9] [A-Za-z]+(?:/[A-Za-z_]+)*")
_MOST: Final = Decimal(100_000_000)


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``coin_price`` rows. A price that is not positive, or above any belief, is refused."""
    jumps = Jumps(sheet.report, "close_usd", lambda *_: False)

    def change(cells: Cells) -> Sequence[Produced]:
        day, asset = cells.day("date"), cells.asset()
        close = cells.number("close_usd", sign="positive")
        if Decimal(close) > _MOST:
            raise BadCell("price-implausible", N_("No coin has ever cost so much."), "close_usd", close)
        cutoff = cells.text("cutoff") or UTC_MIDNIGHT
        if not _CUTOFF.fullmatch(cutoff):
            raise BadCell("bad-cutoff", N_("The cut-off is a time and a zone, such as 24:00 UTC."), "cutoff", cutoff)
        jumps.see(cells.line, asset, day, close)
        return [("coin_price", (cells.line, asset, day, close, cutoff, cells.note("source")))]

    return sheet.convert(change)


FORMAT: Final = Format("coins", "coins", columns("asset cutoff source", dates="date", numbers="close_usd",
                                                 required="date asset close_usd"), frozenset(), read)
