"""Credit ratings of three agencies on one ladder: 1 is the best, a step down is one more."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_LETTERS: Final = ("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB", "BB-", "B+", "B",
                   "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D")
_NUMBERS: Final = ("Aaa", "Aa1", "Aa2", "Aa3", "A1", "A2", "A3", "Baa1", "Baa2", "Baa3", "Ba1", "Ba2", "Ba3", "B1",
                   "B2", "B3", "Caa1", "Caa2", "Caa3", "Ca", "C")
_RANKS: Final = MappingProxyType({name: place for names in (_NUMBERS, _LETTERS)
                                  for place, name in enumerate(names, 1)})


def rank(rating: str) -> int | None:
    """Return a long-term rating's place on the ladder (A- and A3 are 7); None for a word that is none.

    A rating that two agencies write alike (C) has the place of the letters' ladder.
    """
    return _RANKS.get(rating.strip())
