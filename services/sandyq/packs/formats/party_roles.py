"""What parties do for which subject: an instrument, an account, a venue (F097, F098)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.packs.checks import part, period, word
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import Cells, Sheet
from sandyq.reference.parties import PartyKind

_ROLES: Final = tuple(kind.value for kind in PartyKind)


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``party_role`` rows; a share is a part of one, or has a per cent sign."""
    def change(cells: Cells) -> Sequence[Produced]:
        first, last = period(cells)
        return [("party_role", (cells.line, cells.needed("party"), word(cells, "role", _ROLES), cells.needed("subject"),
                                part(cells, "share"), first, last, cells.note("source")))]

    return sheet.convert(change, (1, 2, 3, 5))


FORMAT: Final = Format("party_roles", "party_roles",
                       columns("party role subject source", dates="valid_from valid_to", numbers="share",
                               required="party role subject"), frozenset(), read)
