"""Cells that several formats check alike: ISIN, words of a closed list, ratios, names."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from stdnum import isin as isin_rules

from sandyq.basics.decimals import HUNDRED, ONE, canonical, quotient
from sandyq.basics.text import N_
from sandyq.packs.sheet import BadCell, Cells, refuse_lookalike


def isin_of(stated: str, column: str = "isin") -> str:
    """Return an ISIN in capitals, empty for none. Raises BadCell for a wrong length, country or check digit."""
    compact = stated.replace(" ", "")
    if not compact:
        return ""
    refuse_lookalike(compact, column)
    if not isin_rules.is_valid(compact.upper()):
        raise BadCell("bad-isin", N_("The ISIN's length, country or check digit is wrong."), column, stated)
    return compact.upper()


def word(cells: Cells, column: str, allowed: Collection[str], default: str = "") -> str:
    """Return a word of a closed list, folded. Raises BadCell for another one."""
    stated = cells.text(column) or default
    folded = "_".join(stated.lower().replace("-", " ").split())
    if folded not in allowed:
        if not stated:
            raise BadCell("value-missing", N_("The column {column} is blank.", column=column), column)
        raise BadCell("word-unknown", N_("The column {column} takes one of: {words}.", column=column,
                                         words=", ".join(allowed)), column, stated)
    return folded


def period(cells: Cells) -> tuple[str | None, str | None]:
    """Return valid_from and valid_to. Raises BadCell when the end is before the beginning."""
    first, last = cells.maybe_day("valid_from"), cells.maybe_day("valid_to")
    if first and last and last < first:
        raise BadCell("ends-before-begin", N_("The last day is before the first day."), "valid_to", last)
    return first, last


def part(cells: Cells, column: str) -> str | None:
    """Return a share of one, 0 to 1; a value with a per cent sign is divided by a hundred. None when blank."""
    stated = cells.text(column)
    number = cells.maybe_number(column, percent=True, sign="zero")
    if number is None:
        return None
    share = quotient(Decimal(number), HUNDRED) if "%" in stated else Decimal(number)
    if share > ONE:
        raise BadCell("share-above-one", N_("The column {column} is a part of one and cannot be more.", column=column),
                      column, stated)
    return canonical(share)
