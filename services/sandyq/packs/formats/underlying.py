"""What lies under an instrument: the words of files reduced to coin codes with shares of the assets."""

from __future__ import annotations

import re
from typing import Final

from sandyq.packs.numbers import PLAIN, parse
from sandyq.reference.coins import COINS

_ASIDE: Final = re.compile(r"\([^)]*\)")
OTHER: Final = "OTHER"
"""A remainder in coins that the source does not name: kept, so that the shares still add up."""


def underlying(text: str) -> str:
    """Return ``BTC``, ``BTC:0.7673;ETH:0.1431;OTHER:0.0896``, ``MIXED``, ``NONE`` or ``GOLD`` for a file's wording.

    The first word of each part is taken as a coin's code; a share that is a least value (``0.95+``) counts as it
    stands. Prose without a coin is NONE, unless it speaks of many equities, which is MIXED.
    """
    parts: list[str] = []
    for piece in _ASIDE.sub(" ", text).split(";"):
        left, _, share = piece.partition(":")
        words = left.split()
        if not words:
            continue
        code = words[0] if words[0] in COINS else OTHER if words[0].lower() == "other" and share else ""
        if code:
            digits = share.strip().rstrip("+").strip()
            parts.append(f"{code}:{parse(digits)}" if PLAIN.fullmatch(digits) else code)
    if parts:
        return ";".join(dict.fromkeys(parts))
    word = text.strip().upper()
    if word in {"MIXED", "GOLD"}:
        return word
    return "MIXED" if "equities" in text.lower() else "NONE"


def single_coin(underlying_text: str) -> str:
    """Return the coin that a fund's coin count is in, MIXED for several."""
    codes = [part.partition(":")[0] for part in underlying_text.split(";")]
    return codes[0] if len(codes) == 1 and codes[0] in COINS else "MIXED"


def structure(text: str) -> str:
    """Return a structure that the wording of the underlying gives away: synthetic, futures, or nothing."""
    folded = text.lower()
    return next((word for word in ("synthetic", "futures") if word in folded), "")
