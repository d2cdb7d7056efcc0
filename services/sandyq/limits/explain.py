"""Explain a limit: the measure line by line, what it is divided by, and its levels with the clause."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from sandyq.basics.decimals import HUNDRED, WIDE, product
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_, Text
from sandyq.limits.measures.base import amount_of, grouped, in_scope
from sandyq.limits.result import LimitResult, PartResult
from sandyq.limits.snapshot import Snapshot

_UNITS = {"USD": "USD", "ratio": "%", "days": "bd", "count": ""}
_PER_CENT_STEP = Decimal("0.000001")
_LISTED = 40


def _figure(key: str, label: Text, value: Decimal | None, unit: str, note: Text | None = None, **more: Any) -> Figure:
    """Return a node in a limit's unit: a ratio in per cent with six decimals, everything else as it is."""
    if value is not None and unit == "ratio":
        value = product(value, HUNDRED).quantize(_PER_CENT_STEP, context=WIDE)
    return Figure(key, label, value, _UNITS.get(unit, ""), note, **more)


def explain_limit(result: LimitResult, snapshot: Snapshot) -> Figure:
    """Return the tree behind a limit's value, part by part, the speaking one first and marked."""
    key = f"limits/{result.limit.id}/value"
    ordered = sorted(result.parts, key=lambda part: part is not result.worst)
    parts = tuple(_part(part, snapshot, f"{key}/{number}", chosen=part is result.worst and len(ordered) > 1)
                  for number, part in enumerate(ordered, 1))
    speaking = result.worst
    note = N_("{document}, section {section}: {clause}", document=result.limit.document, section=result.limit.section,
              clause=result.limit.clause)
    return _figure(key, Text(result.limit.title.get("en", result.limit.id)), speaking.value if speaking else None,
                   speaking.part.unit if speaking else "", note, parts=parts, findings=result.findings)


MORE: Final = ("numerator", "denominator", "warn", "soft", "hard", "utilisation", "excess", "excess_usd",
               "headroom_usd", "headroom_shares", "headroom_coin_move")
"""Figures of a part of a limit beside its value."""


def part_key(result: LimitResult, part: PartResult) -> str:
    """Return the key of a part: the parts are numbered as in the mandate, from 1."""
    return f"limits/{result.limit.id}/parts/{result.parts.index(part) + 1}"


def explain_part(result: LimitResult, part: PartResult, snapshot: Snapshot, name: str) -> Figure:
    """Return the tree of one figure of a part: its value, or a name of `MORE`. Values as in `shown`."""
    key = f"{part_key(result, part)}/{name}"
    tree = _part(part, snapshot, key, chosen=False)
    if name == "value":
        return tree
    inner = next((node for node in tree.parts if node.key == f"{key}/{name}"), None)
    if inner is not None:
        return replace(inner, key=key)
    label, unit, note = _LABELS[name]
    value = shown(part, name)
    room = part.headroom
    if name == "headroom_shares" and room.symbol:
        note = N_("Room in whole shares, {symbol}, rounded down", symbol=room.symbol)
    if name == "headroom_coin_move" and value is None:
        note = (N_("No move within 100 per cent reaches the limit") if room.coin_move_beyond else
                N_("It does not depend on coin prices"))
    return Figure(key, label, value, _UNITS.get(part.part.unit, "") if unit == "own" else unit,
                  note if value is not None or name == "headroom_coin_move" else N_("It does not apply."),
                  parts=tree.parts if value is not None else (), findings=part.findings if value is None else ())


def shown(part: PartResult, name: str) -> Decimal | None:
    """Return the value of a figure of `MORE` as its tree says it: ratios in per cent with six decimals."""
    room = part.headroom
    value: Decimal | None = {
        "utilisation": part.utilisation, "excess": part.excess, "excess_usd": part.excess_usd,
        "headroom_usd": room.usd, "headroom_shares": room.shares, "headroom_coin_move": room.coin_move,
    }[name]
    own = name == "excess" and part.part.unit == "ratio"
    if value is not None and (own or name in {"utilisation", "headroom_coin_move"}):
        return product(value, HUNDRED).quantize(_PER_CENT_STEP, context=WIDE)
    return value


_LABELS: Final = MappingProxyType({
    "utilisation": (N_("Use of the limit"), "%", N_("Value ÷ the limit in force (for a minimum the inverse)")),
    "excess": (N_("Beyond the limit"), "own", N_("Value − the limit in force")),
    "excess_usd": (N_("Beyond the limit in USD"), "USD", N_("The excess × what the value is divided by")),
    "headroom_usd": (N_("Room in USD"), "USD", N_(
        "(Limit × denominator − numerator) ÷ what one more dollar adds to both")),
    "headroom_shares": (N_("Room in shares"), "shares", N_("Room in whole shares, rounded down")),
    "headroom_coin_move": (N_("Move of coin prices to the limit"), "%", N_(
        "(Limit × denominator − numerator) ÷ what coin prices add to both")),
})


def _part(part: PartResult, snapshot: Snapshot, key: str, *, chosen: bool) -> Figure:
    rule = part.part
    leaves = [_numerator(part, snapshot, f"{key}/numerator")]
    if part.denominator is not None:
        leaves.append(Figure(f"{key}/denominator", N_("Denominator"), part.denominator, "USD", N_(
            "{name} of {day}, {source}", name=rule.denominator or "—", day=part.denominator_day,
            source=part.denominator_source or "—") if part.denominator_day else N_(
            "{name}, not under the ramp-up floor of {floor} USD", name=rule.denominator or N_("look-through coins"),
            floor=snapshot.ramp_up_floor)))
    leaves += [_figure(f"{key}/{name}", label, level, rule.unit) for name, label, level in (
        ("warn", N_("Warning level"), rule.warn), ("soft", N_("Soft limit"), rule.soft),
        ("hard", N_("Hard limit"), rule.hard)) if level is not None]
    label = Text(rule.title) if rule.title else N_("Value")
    note = N_("worst: {group}", group=part.group) if part.group else None
    return _figure(key, label, part.value, rule.unit, note, parts=tuple(leaves), chosen=chosen, findings=part.findings)


def _numerator(part: PartResult, snapshot: Snapshot, key: str) -> Figure:
    rule = part.part
    lines: tuple[Figure, ...] = ()
    if rule.measure == "market_value":
        members = grouped(in_scope(snapshot.rows, rule), rule).get(part.group if rule.group_by else "", [])
        ranked = sorted(members, key=lambda row: -(amount_of(row, rule.basis) or 0))
        room = "exposure" if rule.basis == "look_through" else "holdings"
        figure = "exposure_usd" if room == "exposure" else (
            "cost_usd" if rule.basis == "cost" else "market_value_usd")
        own = rule.basis in {"highest", "beta_adjusted"}
        lines = tuple(Figure(f"{key}/{row.symbol}" if own else f"{room}/{row.symbol}/{figure}",
                             Text("{symbol}", {"symbol": row.symbol}), amount_of(row, rule.basis), "USD",
                             N_("{quantity} × {price}", quantity=row.quantity, price=row.price)) for row in ranked)
    elif rule.measure == "net_invested":
        lines = tuple(Figure(f"{key}/{number}", N_("{day}", day=day), amount, "USD")
                      for number, (day, amount) in enumerate(snapshot.flows, 1))
    else:
        lines = tuple(_figure(f"{key}/{number}", Text("{group}", {"group": group.group or "—"}), group.value, rule.unit,
                              findings=group.findings) for number, group in enumerate(part.groups[:_LISTED], 1))
    if part.value == part.numerator is not None and rule.unit == "ratio":
        return _figure(key, N_("Numerator"), part.numerator, rule.unit, parts=lines)
    return Figure(key, N_("Numerator"), part.numerator, "USD" if rule.unit in {"USD", "ratio"} else "", parts=lines)
