"""How amounts are scaled for a screen: millions with their digits, per cent for ratios, words for units."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_
from sandyq.limits.result import PartResult
from sandyq_desktop.look import Look

MILLION: Final = Decimal(1_000_000)
BILLION: Final = Decimal(1_000_000_000)
UNITS: Final = {"USD": N_("USD m"), "count": N_("count"), "days": N_("bd"), "KZT": N_("KZT bn")}


def shown_value(part: PartResult | None) -> Decimal | None:
    """Return a limit's value as it is shown: per cent, millions, or as it is."""
    return None if part is None or part.value is None else scaled(part.value, part.part.unit)


def scaled(value: Decimal, unit: str) -> Decimal:
    """Return a value of a limit's unit as it is shown: ratios in per cent, dollars in millions."""
    if unit == "ratio":
        return value * 100
    return value / MILLION if unit == "USD" else value


def limit_digits(part: PartResult | None) -> int:
    """Return the decimals of a limit's value: a limit of half a per cent needs three, one of sixty needs one."""
    if part is None:
        return 0
    unit, reference = part.part.unit, part.part.in_force
    if unit == "ratio":
        percent = abs(reference or Decimal(0)) * 100
        return 3 if percent <= Decimal("2.5") else 2 if percent < 50 else 1
    return {"USD": 1, "days": 1}.get(unit, 0)


def unit_word(part: PartResult | None, look: Look) -> str:
    """Return the unit's word."""
    if part is None:
        return ""
    unit = part.part.unit
    return "%" if unit == "ratio" else look.say(UNITS[unit]) if unit in UNITS else unit
