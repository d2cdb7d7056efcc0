"""Parties that we depend on: who they are and whether they are in order (F122)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.checks import word
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet, refuse_lookalike
from sandyq.reference.parties import PartyKind, Standing

_KINDS: Final = tuple(kind.value for kind in PartyKind)
_STATES: Final = tuple(state.value for state in Standing)


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``party`` rows."""
    def change(cells: Cells) -> Sequence[Produced]:
        country = cells.text("country")
        refuse_lookalike(country, "country")
        if country and (len(country) != 2 or not country.isalpha()):
            raise BadCell("bad-code", N_("This is not a country code of two letters."), "country", country)
        return [("party", (cells.line, cells.needed("party"), cells.needed("name"), word(cells, "kind", _KINDS),
                           country.upper() or None, word(cells, "status", _STATES), cells.maybe_day("valid_from"),
                           cells.note("source")))]

    return sheet.convert(change, (1, 6))


FORMAT: Final = Format("parties", "parties",
                       columns("party name kind country status source", dates="valid_from",
                               required="party name kind status"), frozenset(), read)
