"""One entity over all its roles, each dollar counted once (F098): the measure behind a cap on a name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import (
    DENOMINATORS,
    SIMPLE,
    Below,
    Measure,
    Reach,
    denominator,
    in_scope,
    measured,
    speaker,
    unknown,
)
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.limits.surroundings import Entity, Tie


def take_entities(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return what depends on each entity: per holding its largest role, and the money that lies there.

    Coins of which nobody names the custodian may lie with every entity that keeps coins: they are counted while the
    entity stays under every level with them, and make it Unknown otherwise.
    """
    rows = in_scope(snapshot.rows, part)
    below = denominator(snapshot, part)
    values = part.scope.get("entity", ())
    wanted = {value for value in values if not value.startswith("!")}
    barred = {value[1:] for value in values if value.startswith("!")}
    results = []
    for entity in snapshot.around.entities:
        if (wanted and entity.name not in wanted) or entity.name in barred:
            continue
        results.append(_one(entity, rows, snapshot, below, part))
    return tuple(results) or (measured("", ZERO, below),)


def _one(entity: Entity, rows: list[Row], snapshot: Snapshot, below: Below, part: Part) -> Measured:
    amounts = {row.symbol: depends(entity, row, snapshot) for row in rows}
    held = total((*amounts.values(), entity.money))
    loose = total(_coins(row, snapshot) for row in rows if row.symbol in entity.loose)
    findings = [unknown("entity-unknown", N_("What of {symbol} depends on {party} is Unknown.", symbol=symbol,
                                             party=entity.name), symbol)
                for symbol, amount in amounts.items() if amount is None]
    if loose is None or loose:
        findings.append(Finding(Severity.WARNING, "custodian-unknown", N_(
            "Coins whose custodian no source names may lie with {party} too.", party=entity.name), entity.name))
    return measured(entity.name, _with(held, loose, below, part), below,
                    lambda: _slope(entity, rows, snapshot, below), findings)


def depends(entity: Entity, row: Row, snapshot: Snapshot) -> Decimal | None:
    """Return USD of a line that depend on an entity: its largest role; None when a role is Unknown."""
    amounts = [_tied(tie, row, snapshot) for tie in entity.ties.get(row.symbol, ())]
    found = [amount for amount in amounts if amount is not None]
    return None if len(found) < len(amounts) else max(found, default=ZERO)


def _tied(tie: Tie, row: Row, snapshot: Snapshot) -> Decimal | None:
    whole = _coins(row, snapshot) if tie.coins else row.market_value
    return None if whole is None or tie.share is None else product(whole, tie.share)


def _coins(row: Row, snapshot: Snapshot) -> Decimal | None:
    worth, shares = snapshot.around.coin_values.get(row.symbol, (None, ONE))
    return None if worth is None else quotient(product(worth, row.quantity), shares)


def _with(held: Decimal | None, loose: Decimal | None, below: Below, part: Part) -> Decimal | None:
    if held is None or loose is None or not loose:
        return held if loose is not None else None
    whole = Decimal(1) if below.absolute else below.amount
    lowest = min(level for level in (part.warn, part.soft, part.hard) if level is not None)
    return held + loose if whole is not None and held + loose < lowest * whole else None


def _slope(entity: Entity, rows: list[Row], snapshot: Snapshot, below: Below) -> Slope | None:
    chosen = speaker([row for row in rows if entity.ties.get(row.symbol)], snapshot)
    if chosen is None or not chosen.price:
        return None
    one = replace(chosen, quantity=ONE, market_value=chosen.price)
    return Slope(chosen.symbol, chosen.price, quotient(depends(entity, one, snapshot) or ZERO, chosen.price),
                 below.buy_below, below.buy_above, below.room_to_floor)


MEASURE = Measure("entity", take_entities, frozenset({"USD", "ratio"}), scopes=SIMPLE | {"entity"},
                  groups=frozenset({"entity"}), denominators=DENOMINATORS, reach=Reach.SUM)
