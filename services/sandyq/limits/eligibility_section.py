"""Floors in section [eligibility] of a mandate: what an instrument has to keep to be bought (F017, F018)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Floors

FLOOR_KEYS: Final = frozenset({"min_assets", "min_volume", "min_age_days", "beta_band"})
_Wrong = Callable[[str, Text], SandyqError]


def read_floors(section: Mapping[str, Any], wrong: _Wrong) -> Floors:
    """Return the floors of [eligibility]; a key that is missing sets none, the band of beta has a usual one."""
    usual = Floors()
    low, high = _band(section["beta_band"], wrong) if "beta_band" in section else (usual.beta_low, usual.beta_high)
    days = _amount(section, "min_age_days", wrong)
    if days is not None and days != days.to_integral_value():
        raise wrong("[eligibility] min_age_days", N_("Whole days are expected."))
    return Floors(_amount(section, "min_assets", wrong), _amount(section, "min_volume", wrong),
                  None if days is None else int(days), low, high)


def _amount(section: Mapping[str, Any], name: str, wrong: _Wrong) -> Decimal | None:
    return _number(section[name], f"[eligibility] {name}", wrong) if name in section else None


def _number(value: object, place: str, wrong: _Wrong) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < 0:
        raise wrong(place, N_("A number of zero or more is expected."))
    return Decimal(value)


def _band(value: object, wrong: _Wrong) -> tuple[Decimal, Decimal]:
    place = "[eligibility] beta_band"
    if not isinstance(value, list) or len(value) != 2:
        raise wrong(place, N_("Two numbers are expected: the lowest and the highest beta."))
    low, high = (_number(item, place, wrong) for item in value)
    if low > high:
        raise wrong(place, N_("Two numbers are expected: the lowest and the highest beta."))
    return low, high
