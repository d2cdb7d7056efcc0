"""Ratings of parties by agency, each from a day on (L32)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet

_RATING: Final = re.compile(r"[A-D][A-Da-d]{0,2}[1-3]?[+-]?|NR|WR|SD|RD")


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``rating`` rows, the rating as the agency writes it (A-, Baa1, BBB+; NR where there is none)."""
    def change(cells: Cells) -> Sequence[Produced]:
        rating = cells.needed("rating").replace("−", "-")
        if not _RATING.fullmatch(rating):
            raise BadCell("bad-rating", N_("This is not a rating such as A-, Baa1 or NR."), "rating", rating)
        return [("rating", (cells.line, cells.needed("party"), rating, cells.needed("agency"), cells.day("valid_from"),
                            cells.note("source")))]

    return sheet.convert(change, (1, 3, 4))


FORMAT: Final = Format("ratings", "ratings",
                       columns("party rating agency source", dates="valid_from",
                               required="party rating agency valid_from"), frozenset(), read)
