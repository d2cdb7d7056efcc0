"""Sections [orders], [[tranche]], [programme], [disclosure] of a mandate: how orders count, instalments, who else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import DisclosureRules, OrderRules, Programme, Tranche

_ORDERS: Final = frozenset({"fee_per_share", "fee_ratio", "slippage", "fx_buffer", "valid_hours", "max_move"})
_TRANCHE: Final = frozenset({"id", "amount", "earliest", "min_gap_days", "gate", "share_of_volume"})
_PROGRAMME: Final = frozenset({"participants", "ceiling"})
_DISCLOSURE: Final = frozenset({"ownership", "fund_votes", "aggregate", "near"})
_Wrong = Callable[[str, Text], SandyqError]


def read_fees(section: object, wrong: _Wrong) -> Mapping[str, Decimal]:
    """Return the fee schedule of [orders]; empty: none."""
    given = _table(section, "[orders]", _ORDERS, wrong)
    found = {"per_share": _number(given, "fee_per_share", ZERO, "[orders]", wrong),
             "ratio": _number(given, "fee_ratio", ZERO, "[orders]", wrong)}
    return {name: amount for name, amount in found.items() if amount}


def read_order_rules(section: object, wrong: _Wrong) -> OrderRules:
    """Return how orders are tested and how long an approval counts."""
    given = _table(section, "[orders]", _ORDERS, wrong)
    usual = OrderRules()
    hours = _number(given, "valid_hours", Decimal(usual.valid_hours), "[orders]", wrong)
    if not hours or hours != hours.to_integral_value():
        raise wrong("[orders] valid_hours", N_("Whole hours above zero are expected."))
    return OrderRules(_number(given, "slippage", ZERO, "[orders]", wrong),
                      _number(given, "fx_buffer", ZERO, "[orders]", wrong), int(hours),
                      _number(given, "max_move", usual.max_move, "[orders]", wrong))


def read_tranches(section: object, maximum: Decimal, wrong: _Wrong) -> tuple[Tranche, ...]:
    """Return the tranche plan in its order. Its total may not exceed the mandate's maximum."""
    if not isinstance(section, list):
        raise wrong("[[tranche]]", N_("A list of tables is expected."))
    found: list[Tranche] = []
    for number, item in enumerate(section, 1):
        place = f"[[tranche]] {number}"
        given = _table(item, place, _TRANCHE, wrong)
        name = str(given.get("id", f"T{number}"))
        if any(tranche.id == name for tranche in found):
            raise wrong(place, N_("A tranche needs an id that no other tranche has."))
        amount = _number(given, "amount", ZERO, place, wrong)
        if not amount:
            raise wrong(place, N_("A tranche has an amount above zero."))
        share = _number(given, "share_of_volume", ZERO, place, wrong)
        if share > ONE:
            raise wrong(place, N_("A share of volume is at most 1."))
        gap = _number(given, "min_gap_days", ZERO, place, wrong)
        if gap != gap.to_integral_value():
            raise wrong(place, N_("Whole days are expected."))
        gate = given.get("gate", True)
        if not isinstance(gate, bool):
            raise wrong(f"{place} gate", N_("Use true or false."))
        found.append(Tranche(name, amount, _day(given.get("earliest"), place, wrong), int(gap), gate, share or None))
    planned = sum((tranche.amount for tranche in found), ZERO)
    if planned > maximum:
        raise wrong("[[tranche]]", N_("The tranches sum to {planned}, more than the maximum of {maximum}.",
                                      planned=planned, maximum=maximum))
    return tuple(found)


def read_programme(section: object, wrong: _Wrong) -> Programme:
    """Return who takes part in the national programme beside the sleeve, and its ceiling."""
    given = _table(section, "[programme]", _PROGRAMME, wrong)
    names = given.get("participants", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise wrong("[programme] participants", N_("A list of texts is expected."))
    ceiling = _number(given, "ceiling", ZERO, "[programme]", wrong)
    return Programme(tuple(names), ceiling or None)


def read_disclosure(section: object, wrong: _Wrong) -> DisclosureRules:
    """Return from when holdings have to be reported to others."""
    given, usual = _table(section, "[disclosure]", _DISCLOSURE, wrong), DisclosureRules()
    return DisclosureRules(*(_number(given, name, getattr(usual, name), "[disclosure]", wrong)
                             for name in ("ownership", "fund_votes", "aggregate", "near")))


def _table(value: object, place: str, known: frozenset[str], wrong: _Wrong) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise wrong(place, N_("A section is missing or is not a table."))
    for key in value:
        if key not in known:
            raise wrong(place, N_("The key {key} is not known here.", key=key))
    return value


def _number(given: Mapping[str, Any], name: str, usual: Decimal, place: str, wrong: _Wrong) -> Decimal:
    value = given.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < 0:
        raise wrong(f"{place} {name}", N_("A number of zero or more is expected."))
    return Decimal(value)


def _day(value: object, place: str, wrong: _Wrong) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise wrong(f"{place} earliest", N_("A date such as 2025-07-15 is expected."))
    return value
