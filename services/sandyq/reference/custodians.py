"""Ultimate coin custodians: one name per custodian, whatever the file calls it."""

from __future__ import annotations

import re
from typing import Final

UNKNOWN_CUSTODIAN: Final = ""
_ASIDE: Final = re.compile(r"\([^)]*\)")
_GROUPS: Final = (("coinbase", "Coinbase Custody"), ("fidelity", "Fidelity Digital Assets"), ("gemini", "Gemini Trust"),
                  ("bitgo", "BitGo Trust"), ("anchorage", "Anchorage Digital"), ("komainu", "Komainu"))


def custodian_of(text: str) -> str:
    """Return the custodian's group for a file's wording; asides in brackets do not count; empty when unknown."""
    plain = _ASIDE.sub("", text).strip(" ,;")
    folded = plain.lower()
    for mark, group in _GROUPS:
        if folded.startswith(mark):
            return group
    return plain
