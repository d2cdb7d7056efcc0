"""Sponsors of funds: one group per house, whatever a file calls the company that acts for it.

Limits per sponsor add the funds of one house. The table lists beginnings or parts of names, in lower case; a name that
is not in it is its own group. Houses with two brands on one fund (ARK 21Shares, Invesco Galaxy) count under the
sponsor of record, the company that runs the trust.
"""

from __future__ import annotations

import re
from typing import Final

_ASIDE: Final = re.compile(r"\([^)]*\)")
_GROUPS: Final = (
    ("ishares", "BlackRock"), ("blackrock", "BlackRock"), ("fidelity", "Fidelity"), ("fd funds", "Fidelity"),
    ("grayscale", "Grayscale"), ("bitwise", "Bitwise"), ("etc group", "Bitwise"), ("vaneck", "VanEck"),
    ("21shares", "21Shares"), ("ark/", "21Shares"), ("franklin", "Franklin Templeton"),
    ("coinshares", "CoinShares"), ("valkyrie", "CoinShares"), ("xbt provider", "CoinShares"),
    ("invesco", "Invesco"), ("wisdomtree", "WisdomTree"), ("proshares", "ProShares"), ("amplify", "Amplify"),
    ("state street", "State Street"), ("hashdex", "Hashdex"), ("fonte", "Fonte Capital"),
    ("purpose", "Purpose"), ("china asset management", "ChinaAMC"), ("chinaamc", "ChinaAMC"),
    ("harvest", "Harvest"), ("bosera", "Bosera"),
)


def sponsor_group(issuer: str) -> str:
    """Return the house behind a sponsor's or issuer's name; the name without asides where it is not known."""
    folded = issuer.lower()
    for mark, group in _GROUPS:
        if mark in folded:
            return group
    return " ".join(_ASIDE.sub(" ", issuer).split()).strip(" ,;")
