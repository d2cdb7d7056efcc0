"""Dividends and other distributions per share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``dividend`` rows; an in-kind distribution without an amount of money is refused with the reason."""
    def change(cells: Cells) -> Sequence[Produced]:
        symbol, day = cells.symbol(), cells.day("ex_date")
        kind = cells.text("kind").lower() or "cash"
        amount = cells.maybe_number("amount_per_share", sign="zero")
        if amount is None:
            raise BadCell("no-amount", N_("The distribution has no amount per share; an in-kind distribution is booked "
                                          "as a corporate action."), "amount_per_share", kind)
        return [("dividend", (cells.line, symbol, day, amount, cells.currency(), kind, cells.note("source")))]

    return sheet.convert(change, (1, 2, 5))


FORMAT: Final = Format("dividends", "dividends", columns("symbol currency kind source", dates="ex_date",
                                                         numbers="amount_per_share",
                                                         required="symbol ex_date amount_per_share currency"),
                       frozenset(), read)
