"""Holidays and early closes of markets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet

_KIND: Final = re.compile(r"closed|public_holiday|early_close[A-Za-z0-9_:]*|working_day")


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``calendar_day`` rows; kinds: closed, public_holiday, early_close_HH:MM_ZONE, working_day."""
    def change(cells: Cells) -> Sequence[Produced]:
        kind = cells.needed("kind")
        if not _KIND.fullmatch(kind):
            raise BadCell("bad-calendar-kind", N_("A day is closed, public_holiday, working_day or early_close."),
                          "kind",
                          kind)
        return [("calendar_day", (cells.line, cells.needed("market").upper(), cells.day("date"), kind,
                                  cells.note("name")))]

    return sheet.convert(change, (1, 2, 3))


FORMAT: Final = Format("calendars", "calendars", columns("market kind name", dates="date", required="date market kind"),
                       frozenset({"name"}), read)
