"""Single facts about instruments, each with its day and source: what an eligibility sheet is filled from (F016).

The list of instruments makes instruments; this kind adds or changes one attribute of one that exists, under its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs import dates, numbers
from sandyq.packs.checks import isin_of
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet, ticker
from sandyq.reference.coins import TOKEN_KINDS
from sandyq.reference.kinds import kind_of

_ID: Final = re.compile(r"[A-Z0-9][A-Z0-9.\-/]{0,23}\.[A-Z0-9]{4}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBERS: Final = frozenset({"leverage", "fee_pct", "amber_days", "red_days", "aum_usd", "average_volume_usd"})
_DAYS: Final = frozenset({"listed_from", "delisted_from"})


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``instrument_attribute`` rows; quality is what the file says, else filed."""
    def change(cells: Cells) -> Sequence[Produced]:
        identity = ticker(cells.needed("instrument"), "instrument")
        if not _ID.fullmatch(identity):
            raise BadCell("bad-instrument", N_("An instrument is named by symbol and venue, such as IBIT.XNAS."),
                          "instrument", identity)
        name = "_".join(cells.needed("attribute").lower().replace("-", " ").split())
        if not _NAME.fullmatch(name):
            raise BadCell("bad-attribute", N_("This is not the name of an attribute."), "attribute", name)
        return [("instrument_attribute", (cells.line, identity, name, _value(cells, sheet, name),
                                          cells.maybe_day("valid_from"), cells.note("source"),
                                          cells.text("quality").lower() or "filed"))]

    return sheet.convert(change, (1, 2, 4))


def _value(cells: Cells, sheet: Sheet, name: str) -> str:
    """Return the value in the form that its attribute has."""
    stated = cells.needed("value")
    if name == "isin":
        return isin_of(stated, "value")
    if name == "kind":
        kind = kind_of(stated)
        if kind is None or stated.lower() in TOKEN_KINDS:
            raise BadCell("kind-unknown", N_("This kind of instrument is not known."), "value", stated)
        return kind.value
    try:
        if name in _NUMBERS:
            return numbers.parse(stated, sheet.mark, percent=name == "fee_pct")
        return dates.parse(stated, sheet.order) if name in _DAYS else stated
    except numbers.BadNumber as bad:
        raise BadCell("bad-number", bad.reason, "value", stated) from None
    except dates.BadDate as bad:
        raise BadCell("bad-date", bad.reason, "value", stated) from None


FORMAT: Final = Format("attributes", "attributes",
                       columns("instrument attribute value source quality", dates="valid_from",
                               required="instrument attribute value"), frozenset(), read)
