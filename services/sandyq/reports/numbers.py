"""How figures are printed: with enough digits to stand on the same side of a limit as the exact value."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from sandyq.basics.decimals import WIDE
from sandyq.basics.language import Language

MOST_DIGITS: Final = 8
_MILLION: Final = Decimal(1_000_000)


def faithful(value: Decimal, digits: int, thresholds: Iterable[Decimal | None]) -> int:
    """Return the digits to print: more than `digits` only where rounding would touch or cross a threshold.

    A book one cent over a cap of 300 m is not printed as 300.0: the reader would see a breach at the cap itself.
    """
    levels = [level for level in thresholds if level is not None]
    while digits < MOST_DIGITS:
        rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN, context=WIDE)
        if all(_side(rounded, level) == _side(value, level) for level in levels):
            return digits
        digits += 1
    return digits


def _side(value: Decimal, level: Decimal) -> int:
    return (value > level) - (value < level)


def decimals(value: Decimal) -> int:
    """Return how many decimals the value needs, trailing zeros left out."""
    return len(format(value, "f").partition(".")[2].rstrip("0"))


def millions(language: Language, amount: Decimal | None, digits: int = 1, *, sign: bool = False) -> str:
    """Return dollars in millions."""
    return language.number(None if amount is None else amount / _MILLION, digits, sign=sign)


def split(text: str) -> tuple[str, str]:
    """Split a printed number before its decimal sign, for aligning a column on it."""
    for sign in (".", ","):
        whole, found, fraction = text.partition(sign)
        if found:
            return whole, found + fraction
    return text, ""
