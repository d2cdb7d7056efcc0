"""Splits and reverse splits: new shares for old from the ex-date on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import quotient
from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet

_MOST: Final = Decimal(1000)


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``split`` rows. A ratio of one, or beyond 1,000 either way, is refused."""
    def change(cells: Cells) -> Sequence[Produced]:
        symbol, day = cells.symbol(), cells.day("ex_date")
        new = cells.number("new_shares", sign="positive")
        old = cells.number("old_shares", sign="positive")
        ratio = quotient(Decimal(new), Decimal(old))
        if new == old or not 1 / _MOST <= ratio <= _MOST:
            raise BadCell("bad-ratio", N_("{new} new shares for {old} old ones is not a split.", new=new, old=old),
                          "new_shares", new)
        quality = cells.note("quality")
        if quality and "unverified" in quality:
            sheet.report.info("split-unverified", N_("The ex-date of the split is not verified."), line=cells.line,
                              column="quality", value=quality, subject=symbol)
        return [("split", (cells.line, symbol, day, new, old, quality, cells.note("evidence")))]

    return sheet.convert(change, (1, 2))


FORMAT: Final = Format("splits", "splits", columns("symbol evidence quality", dates="ex_date",
                                                   numbers="new_shares old_shares",
                                                   required="symbol ex_date new_shares old_shares"), frozenset(), read)
