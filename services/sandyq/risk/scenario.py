"""A stress scenario as data: what is stated about coins, instruments, kinds, custody, venues and the tenge (F085)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sandyq.basics.decimals import ONE
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.reference.coins import COINS
from sandyq.reference.kinds import Kind

OTHERS: Final = "*"
"""In the table of coins: every coin that the scenario does not name."""


class Origin(StrEnum):
    """HISTORIC: moves that happened, between two days. HYPOTHETICAL: assumed. USER: typed in for this question."""

    HISTORIC = "historic"
    HYPOTHETICAL = "hypothetical"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Relative moves (−0.3 is a fall of 30 %) by coin, instrument and kind; nothing that is not stated is zero.

    `fallbacks`, by kind, count where neither a stated move nor a beta with enough evidence is at hand. `premiums` (by
    symbol or kind) come on top of the line's own move; `betas` replace measured ones. `custodian`: what funds lose on
    top whose coins lie with the custodian that keeps most. `halted` venues stay shut for `halt_days`; `volume`
    multiplies traded volumes. `reporting` moves rates of the reporting currency only: no loss in USD.
    """

    id: str
    title: Mapping[str, str]
    origin: Origin
    source: str = ""
    first: date | None = None
    last: date | None = None
    coins: Mapping[str, Decimal] = field(default_factory=dict)
    symbols: Mapping[str, Decimal] = field(default_factory=dict)
    kinds: Mapping[str, Decimal] = field(default_factory=dict)
    fallbacks: Mapping[str, Decimal] = field(default_factory=dict)
    premiums: Mapping[str, Decimal] = field(default_factory=dict)
    betas: Mapping[str, Decimal] = field(default_factory=dict)
    reporting: Mapping[str, Decimal] = field(default_factory=dict)
    custodian: Decimal | None = None
    halted: tuple[str, ...] = ()
    halt_days: int = 0
    volume: Decimal = ONE

    @property
    def moves_coins(self) -> bool:
        return bool(self.coins)

    @property
    def costs(self) -> bool:
        """Whether it can move a market value at all (a venue halt and a shock of the tenge cannot)."""
        return bool(self.coins or self.symbols or self.kinds or self.premiums) or self.custodian is not None


_KEYS: Final = frozenset({"id", "title", "origin", "source", "first", "last", "coin", "symbol", "kind", "fallback",
                          "premium", "beta", "reporting", "custodian", "halted", "halt_days", "volume"})


def read_library(text: str, source: str) -> tuple[Scenario, ...]:
    """Return the scenarios of a TOML text. Raises BadInput with the place of the first mistake."""
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(source, N_("The file is not valid TOML: {reason}.", reason=str(error))) from error
    return read_scenarios(content.get("scenario", []), source)


def read_scenarios(items: object, source: str) -> tuple[Scenario, ...]:
    """Return the scenarios of a list of tables, as a library or a mandate has them. Raises BadInput with the place."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _wrong(f"{source}: [[scenario]]", N_("A list of tables is expected."))
    found: list[Scenario] = []
    for number, item in enumerate(items, 1):
        place = f"{source}: [[scenario]] {number}"
        scenario = _read(item, place)
        if any(other.id == scenario.id for other in found):
            raise _wrong(place, N_("Two scenarios have the id {name}.", name=scenario.id))
        found.append(scenario)
    return tuple(found)


def _wrong(place: str, what: Text) -> BadInput:
    return BadInput("bad-scenario", what, where=place)


def _read(item: Mapping[str, Any], place: str) -> Scenario:
    unknown = sorted(set(item) - _KEYS)
    if unknown:
        raise _wrong(place, N_("The key {key} is not known here.", key=unknown[0]))
    if not item.get("id") or not isinstance(item.get("title"), dict):
        raise _wrong(place, N_("A scenario needs an id and a title."))
    if item.get("origin", "hypothetical") not in Origin.__members__.values():
        raise _wrong(place, N_("The origin is one of {names}.", names=", ".join(Origin)))
    origin = Origin(item.get("origin", "hypothetical"))
    if origin is Origin.HISTORIC and not (item.get("first") and item.get("last") and item.get("source")):
        raise _wrong(place, N_("A historic scenario needs its first and last day and a source."))
    kinds, fallbacks = _moves(item, "kind", place), _moves(item, "fallback", place)
    for kind in (*kinds, *fallbacks):
        if kind not in Kind.__members__.values():
            raise _wrong(place, N_("The kind {kind} is not known.", kind=kind))
    custodian = item.get("custodian")
    return Scenario(
        id=str(item["id"]), title=dict(item["title"]), origin=origin, source=str(item.get("source", "")),
        first=item.get("first"), last=item.get("last"), coins=_moves(item, "coin", place),
        symbols=_moves(item, "symbol", place), kinds=kinds, fallbacks=fallbacks,
        premiums=_moves(item, "premium", place),
        betas={name: _number_of(value, place) for name, value in _table(item, "beta", place).items()},
        reporting=_moves(item, "reporting", place),
        custodian=None if custodian is None else _move(custodian, place), halted=tuple(item.get("halted", ())),
        halt_days=int(_number_of(item.get("halt_days", 0), place)),
        volume=_number_of(item.get("volume", ONE), place))


def _moves(item: Mapping[str, Any], key: str, place: str) -> dict[str, Decimal]:
    return {name: _move(value, place) for name, value in _table(item, key, place).items()}


def _table(item: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    given = item.get(key, {})
    if not isinstance(given, dict):
        raise _wrong(f"{place} {key}", N_("A section is missing or is not a table."))
    return given


def _number_of(value: object, place: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise _wrong(place, N_("A number is expected."))
    return Decimal(value)


def _move(value: object, place: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < -1:
        raise _wrong(place, N_("A move is a number of −1 (everything lost) or more."))
    return Decimal(value)


def user_scenario(shocks: tuple[str, ...]) -> Scenario:
    """Return the scenario of shocks as people type them: ``BTC=-30%``, ``MSTR=-0.5``, ``kind:miner=-40%``.

    In front may stand ``coin:``, ``symbol:``, ``kind:``, ``premium:`` (of a symbol or a kind) or ``beta:``; without it
    the code of a coin means the coin, anything else the instrument; ``coin:*`` is every other coin. Raises BadInput.
    """
    tables: dict[str, dict[str, Decimal]] = {name: {} for name in ("coin", "symbol", "kind", "premium", "beta")}
    for shock in shocks:
        left, _, right = shock.partition("=")
        room, _, name = left.strip().rpartition(":")
        name = name.strip()
        room = room.strip() or ("coin" if name.upper() in COINS or name == OTHERS else "symbol")
        amount = _number(right)
        if room not in tables or not name or amount is None or (amount < -1 and room != "beta"):
            raise BadInput("bad-shock", N_("{text} is not a shock.", text=shock), remedy=N_(
                "Write it as BTC=-30%, symbol:MSTR=-50%, kind:miner=-40%, premium:etp=-10% or beta:MSTR=1.8."))
        if room == "kind" and name not in Kind.__members__.values():
            raise BadInput("bad-shock", N_("The kind {kind} is not known.", kind=name), where=shock)
        tables[room][name if room in {"kind", "premium"} and name.islower() else name.upper()] = amount
    return Scenario("user", {"en": ", ".join(shock.strip() for shock in shocks)}, Origin.USER, coins=tables["coin"],
                    symbols=tables["symbol"], kinds=tables["kind"], premiums=tables["premium"], betas=tables["beta"])


def _number(text: str) -> Decimal | None:
    word = text.strip().replace("−", "-")
    percent = word.endswith("%")
    try:
        found = Decimal(word.removesuffix("%").strip())
    except ArithmeticError:
        return None
    if not found.is_finite():
        return None
    return found / 100 if percent else found
