"""The section [risk] of a mandate: the conventions of value at risk and of the early warning."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from sandyq.basics.decimals import ONE
from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.risk.rules import Method, Quantile, RiskRules

RISK_KEYS: Final = frozenset({"method", "window", "least", "decay", "quantile", "returns", "horizon", "block", "paths",
                              "seed"})
_RETURNS: Final = {"log": True, "simple": False}
_MOST: Final = {"window": 2_500, "least": 2_500, "horizon": 60, "block": 60, "paths": 1_000_000, "seed": 2**63 - 1}
_Wrong = Callable[[str, Text], SandyqError]
_Word = TypeVar("_Word", bound=StrEnum)


def read_risk(section: object, wrong: _Wrong) -> RiskRules:
    """Return the risk conventions of a mandate; what it does not say keeps its usual value."""
    usual = RiskRules()
    if section is None:
        return usual
    if not isinstance(section, dict):
        raise wrong("[risk]", N_("A section is missing or is not a table."))
    for key in section:
        if key not in RISK_KEYS:
            raise wrong("[risk]", N_("The key {key} is not known here.", key=key))

    def word(kind: type[_Word], name: str, otherwise: _Word) -> _Word:
        said = section.get(name, otherwise.value)
        if said not in kind.__members__.values():
            raise wrong(f"[risk] {name}", N_("Use one of {names}.", names=", ".join(kind)))
        return kind(said)

    def count(name: str, otherwise: int, least: int) -> int:
        value = section.get(name, otherwise)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST[name]:
            raise wrong(f"[risk] {name}", N_("A whole number from {least} to {most} is expected.", least=least,
                                             most=_MOST[name]))
        return value

    decay = section.get("decay", usual.decay)
    if not isinstance(decay, Decimal) or not 0 < decay < ONE:
        raise wrong("[risk] decay", N_("A number between 0 and 1 is expected."))
    if section.get("returns", "log") not in _RETURNS:
        raise wrong("[risk] returns", N_("Use one of {names}.", names=", ".join(_RETURNS)))
    rules = RiskRules(
        method=word(Method, "method", usual.method), window=count("window", usual.window, 30),
        least=count("least", usual.least, 20), decay=decay, quantile=word(Quantile, "quantile", usual.quantile),
        log_returns=_RETURNS[section.get("returns", "log")], horizon=count("horizon", usual.horizon, 1),
        block=count("block", usual.block, 1), paths=count("paths", usual.paths, 100), seed=count("seed", usual.seed, 0))
    if rules.least > rules.window or rules.block > rules.window:
        raise wrong("[risk]", N_("The window is shorter than what it must hold."))
    return rules
