"""The section [gate] of a mandate: which tests, which of them are required, the dwell and the lapse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.gate.criteria import BY_NAME
from sandyq.gate.criterion import Test
from sandyq.gate.machine import Rule

_GATE: Final = frozenset({"coin", "dwell_days", "lapse_days", "funds", "index", "test"})
_TEST: Final = frozenset({"id", "kind", "required"})
_Wrong = Callable[[str, Text], SandyqError]


def read_gate(section: object, wrong: _Wrong) -> Rule | None:
    """Return the gate of a mandate, None when it has no such section. `wrong` makes the error for a place."""
    if section is None:
        return None
    given = _table(section, "[gate]", _GATE, wrong)
    tests = given.get("test", [])
    if not isinstance(tests, list) or not tests:
        raise wrong("[gate]", N_("A gate needs at least one test."))
    read = tuple(_test(item, f"[[gate.test]] {number}", wrong) for number, item in enumerate(tests, 1))
    if len({test.id for test in read}) != len(read):
        raise wrong("[gate]", N_("Two tests of the gate have the same id."))
    if not any(test.required for test in read):
        raise wrong("[gate]", N_("A gate needs at least one test that is required."))
    funds = given.get("funds", [])
    if not isinstance(funds, list) or not all(isinstance(fund, str) for fund in funds):
        raise wrong("[gate] funds", N_("A list of texts is expected."))
    return Rule(str(given.get("coin", "BTC")), read, _count(given, "dwell_days", 10, 1, wrong),
                _count(given, "lapse_days", 30, 0, wrong), tuple(funds), str(given.get("index", "")))


def _test(item: object, place: str, wrong: _Wrong) -> Test:
    given = _table(item, place, None, wrong)
    criterion = BY_NAME.get(str(given.get("kind", "")))
    if criterion is None:
        raise wrong(place, N_("The test {name} is not known; there are {names}.", name=str(given.get("kind", "")),
                              names=", ".join(sorted(BY_NAME))))
    settings: dict[str, Decimal] = {}
    for name, value in given.items():
        if name in _TEST:
            continue
        if name not in criterion.parameters:
            raise wrong(place, N_("The key {key} is not known here.", key=name))
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise wrong(f"{place} {name}", N_("A number is expected."))
        settings[name] = Decimal(value)
    required = given.get("required", True)
    if not isinstance(required, bool):
        raise wrong(f"{place} required", N_("Use true or false."))
    if not given.get("id"):
        raise wrong(place, N_("A test of the gate needs an id."))
    return Test(str(given["id"]), criterion, settings, required)


def _count(given: Mapping[str, Any], name: str, default: int, least: int, wrong: _Wrong) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise wrong(f"[gate] {name}", N_("A number is expected."))
    return value


def _table(value: object, place: str, known: frozenset[str] | None, wrong: _Wrong) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise wrong(place, N_("A section is missing or is not a table."))
    for key in value:
        if known is not None and key not in known:
            raise wrong(place, N_("The key {key} is not known here.", key=key))
    return value
