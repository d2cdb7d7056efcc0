"""Net creations and redemptions of funds, in millions of USD."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``fund_flow`` rows; negative amounts are redemptions."""
    def change(cells: Cells) -> Sequence[Produced]:
        return [("fund_flow", (cells.line, cells.symbol(), cells.day("date"), cells.number("flow_musd"),
                               cells.note("check"), cells.note("source")))]

    return sheet.convert(change, (1, 2))


FORMAT: Final = Format("fund_flows", "fund_flows", columns("symbol check_note>check check source", dates="date",
                                                           numbers="flow_musd", required="date symbol flow_musd"),
                       frozenset(), read)
