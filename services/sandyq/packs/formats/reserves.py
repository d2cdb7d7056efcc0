"""Published figures of the parent reserves: the denominators of the caps on reserves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``reserve`` rows; `series` such as gross, gold, fx; `published` stays None where nobody says."""
    def change(cells: Cells) -> Sequence[Produced]:
        return [("reserve", (cells.line, cells.needed("series").lower(), cells.day("date"),
                             cells.number("amount", sign="positive", suffix=True), cells.currency(),
                             cells.maybe_day("published"), cells.note("source")))]

    return sheet.convert(change, (1, 2))


FORMAT: Final = Format("reserves", "reserves", columns("series currency source", dates="date published",
                                                       numbers="amount",
                                                       required="date series amount currency"), frozenset(), read)
