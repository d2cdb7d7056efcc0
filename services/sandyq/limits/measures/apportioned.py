"""Sums by a dimension on which a line lies in several places or in an unknown one: coins, keepers, countries (F007)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from sandyq.basics.decimals import ZERO, product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import (
    BASES,
    DENOMINATORS,
    SCOPES,
    SPLIT,
    UNSAID,
    Below,
    Measure,
    Reach,
    amount_of,
    denominator,
    dimension,
    in_scope,
    measured,
    missing_rows,
    per_dollar,
    speaker,
)
from sandyq.limits.measures.entities import take_entities
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.limits.surroundings import Place

APPORTIONED: Final = "apportioned"
_BY_ACCOUNT: Final = frozenset({"account", "broker", "securities_custodian"})
_Pieces = Sequence[tuple[Row, str, Decimal | None, Decimal]]
"""(line, place on the dimension, its amount, what a dollar of the line adds there)."""


def bases_of(key: str) -> frozenset[str]:
    """Return the bases on which a sum by a dimension has a meaning: coins are looked through, roles are worth money."""
    if key in _BY_ACCOUNT:
        return BASES
    return frozenset({"market_value"}) if key == "entity" else frozenset({"look_through"})


def take(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the sums by the part's dimensions; at most one of them splits lines, as scope or as grouping.

    What lies nobody knows where may lie in any group: where a group stays within its levels with all of it, it is told
    so (an upper bound); otherwise the group is Unknown.
    """
    asked = {part.group_by} | set(part.scope)
    key = next((name for name in asked if name in SPLIT), "")
    if key == "entity":
        return take_entities(snapshot, part)
    unsaid = {row.symbol for row in snapshot.rows if any(not dimension(row, name) for name in asked & UNSAID)}
    rows = [row for row in snapshot.rows if row.symbol in unsaid or in_scope([row], part)]
    below = denominator(snapshot, part)
    if part.direction == "min" and below.room_to_floor is not None:
        return ()
    pieces = [piece for row in rows for piece in (
        ((row, "", amount_of(row, part.basis), ZERO),) if row.symbol in unsaid else _pieces(row, key, part, snapshot))]
    lost = [row for row in rows if amount_of(row, part.basis) is None]
    findings = [*missing_rows(lost, part.basis), *_nowhere(pieces, key)]
    homeless = None if lost else total(amount for _, name, amount, _ in pieces if not name)
    results = []
    for group, own in sorted(_groups(pieces, key, part).items()):
        amount = bounded(total(piece[2] for piece in own), homeless, below, part)
        results.append(measured(group, amount, below, partial(_slope, own, snapshot, below, part.basis), findings))
    if not results:
        nothing = bounded(ZERO, homeless, below, part)
        results.append(measured("", nothing, below, partial(_slope, (), snapshot, below, part.basis), findings))
    return tuple(results)


def bounded(held: Decimal | None, homeless: Decimal | None, below: Below, part: Part) -> Decimal | None:
    """Return what a group holds with everything that may be its own, while that reaches no level; else None."""
    if held is None or homeless is None:
        return None
    if not homeless:
        return held
    levels = [level for level in (part.warn, part.soft, part.hard) if level is not None]
    most = held + homeless
    if part.direction == "min":
        return held if all(_over(held, level, below) for level in levels) else None
    return most if all(_over(-most, -level, below) for level in levels) else None


def _over(amount: Decimal, level: Decimal, below: Below) -> bool:
    whole = Decimal(1) if below.absolute else below.amount
    return whole is not None and amount > level * whole


def _pieces(row: Row, key: str, part: Part, snapshot: Snapshot) -> Iterable[tuple[Row, str, Decimal | None, Decimal]]:
    if not key:
        yield row, row.symbol, amount_of(row, part.basis), per_dollar(row, part.basis)
        return
    if key in _BY_ACCOUNT:
        yield from _by_account(row, key, part.basis, snapshot.around.places.get(row.symbol, ()))
        return
    held, each = (row.coins, row.share_coins) if key == "coin" else (row.custody, row.share_custody)
    for name, amount in held.items():
        share = each.get(name)
        yield row, name, amount, quotient(share, row.price) if share is not None and row.price else ZERO


def _by_account(row: Row, key: str, basis: str, places: Sequence[Place]) -> Iterable[
        tuple[Row, str, Decimal | None, Decimal]]:
    whole, each = amount_of(row, basis), per_dollar(row, basis)
    for place in places or (Place("", "", "", Decimal(1)),):
        name = {"account": place.account, "broker": place.broker, "securities_custodian": place.custodian}[key]
        yield row, name, None if whole is None else product(whole, place.share), product(each, place.share)


def _groups(pieces: _Pieces, key: str, part: Part) -> Mapping[str, list[tuple[Row, str, Decimal | None, Decimal]]]:
    values = part.scope.get(key, ()) if key else ()
    wanted = {value for value in values if not value.startswith("!")}
    barred = {value[1:] for value in values if value.startswith("!")}
    found: dict[str, list[tuple[Row, str, Decimal | None, Decimal]]] = {}
    for piece in pieces:
        row, name, _, _ = piece
        if name and (name in wanted or not wanted) and name not in barred:
            group = name if key and part.group_by == key else dimension(row, part.group_by)
            found.setdefault(group, []).append(piece)
    return found


def _nowhere(pieces: _Pieces, key: str) -> list[Finding]:
    return [Finding(Severity.WARNING, "place-unknown", N_(
        "Nobody says where {symbol} lies by {dimension}.", symbol=row.symbol,
        dimension=(key or "place").replace("_", " ")),
        row.symbol) for row, name, amount, _ in pieces if not name and (amount is None or amount)]


def _slope(pieces: _Pieces, snapshot: Snapshot, below: Below, basis: str) -> Slope | None:
    chosen = speaker([row for row, _, _, _ in pieces], snapshot)
    if chosen is None:
        return None
    adds = sum((each for row, _, _, each in pieces if row.symbol == chosen.symbol), ZERO)
    coin = total(quotient(product(amount, row.exposure), row.market_value) if amount and row.exposure is not None
                 and row.market_value and basis != "look_through" else amount for row, _, amount, _ in pieces)
    exposed = (chosen.unit_exposure or ZERO) if below.buys_exposure else None
    return Slope(chosen.symbol, chosen.price, adds, below.buy_below if exposed is None else exposed,
                 below.buy_above if exposed is None else exposed, below.room_to_floor,
                 None if basis == "cost" else coin, below.coin)


MEASURE = Measure(APPORTIONED, take, frozenset({"USD", "ratio"}), scopes=SCOPES, groups=SCOPES,
                  denominators=DENOMINATORS, bases=BASES, reach=Reach.SUM)
