"""What a limit's numerator and denominator are made of: lines, bookings, reserves, volumes, the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from sandyq.basics.figure import Figure
from sandyq.basics.text import N_, Text
from sandyq.exposure.explain import explain_book, explain_exposure
from sandyq.limits.measures.base import in_scope
from sandyq.limits.result import PartResult
from sandyq.limits.snapshot import VOLUME_DAYS
from sandyq.market.programme import participants
from sandyq.valuation.explain import explain_total
from sandyq.workstation.picture import Picture
from sandyq.workstation.register_figures import REGISTERS, register_figures
from sandyq.workstation.risk_figures import RISK, risk_figures
from sandyq.workstation.unfolding import tree_of

_FLOWS: Final = frozenset({"net_invested", "pace", "first_tranche", "drawdown"})
_TRADED: Final = frozenset({"ownership", "days_to_exit", "book_exit", "order_volume"})
_SEEN: Final = frozenset({"coin_mix", "coin_equivalent", "holdings_age", "fallback_share"})


def inputs_of(node: Figure, part: PartResult, picture: Picture) -> Figure:
    """Return a numerator or a denominator of a part of a limit with its inputs; any other node as it is."""
    if node.key.endswith("/numerator"):
        return _numerator(node, part, picture)
    if node.key.endswith("/denominator"):
        return _denominator(node, part, picture)
    return node


def _denominator(node: Figure, part: PartResult, picture: Picture) -> Figure:
    room, _, series = part.part.denominator.partition(":")
    if room == "reserves":
        rows = picture.knowledge.market.reserves.get(series, ())
        row = next((row for row in reversed(rows) if row.day == part.denominator_day), None)
        return replace(node, origin=row.origin) if row is not None else node
    if room == "sleeve":
        sleeve = explain_total(picture.holdings, "market_value_usd")
        floor = Figure(f"{node.key}/floor", N_("Ramp-up floor"), picture.mandate.ramp_up_floor, "USD")
        return replace(node, parts=(sleeve, floor))
    if part.part.measure in _TRADED:
        return replace(node, parts=tuple(_traded(picture, part.group, node.key)))
    return replace(node, parts=(explain_book(picture.exposure, "exposure_usd"),))


def _numerator(node: Figure, part: PartResult, picture: Picture) -> Figure:
    measure = part.part.measure
    if measure == "market_value":
        parts = tuple(_amount(item, part, picture) for item in node.parts)
        return replace(node, parts=parts, convention=not parts) if parts else replace(
            node, note=N_("No line is in scope."), convention=not node.value)
    if measure == "net_invested":
        whole = explain_total(picture.holdings, "net_invested_usd")
        return replace(node, parts=whole.parts, convention=not whole.parts)
    groups = tuple(replace(item, note=N_("One group of the measure; its inputs stand beside it."), convention=True)
                   for item in node.parts if item.value is not None)
    rows = in_scope(picture.snapshot.rows, part.part)
    beside = (register_figures(node.key, part, rows, picture) if measure in REGISTERS
              else _beside(node, part, picture))
    parts = (*groups, *beside)
    if not parts:
        return replace(node, note=N_("No line counts."), convention=True)
    return replace(node, parts=parts)


def _amount(item: Figure, part: PartResult, picture: Picture) -> Figure:
    """Return a line's amount; one that is the highest of several, or a product, with what it is made of."""
    symbol = item.key.rpartition("/")[2]
    if item.parts or item.origin is not None:
        return item
    seen = picture.exposure.line(symbol)
    if part.part.basis == "beta_adjusted":
        beta = (explain_exposure(seen, picture.exposure, "beta"),) if seen is not None else ()
        return replace(item, note=N_("Market value × beta"), parts=(*tree_of(picture, symbol), *beta))
    if part.part.basis == "highest":
        through = (explain_exposure(seen, picture.exposure),) if seen is not None else ()
        return replace(item, note=N_("The highest of market value, cost and look-through exposure"),
                       parts=(*tree_of(picture, symbol), *tree_of(picture, symbol, "cost_usd"), *through))
    return item


def _beside(node: Figure, part: PartResult, picture: Picture) -> Iterable[Figure]:
    """Yield the inputs of a measure that is not a plain sum."""
    measure = part.part.measure
    rows = in_scope(picture.snapshot.rows, part.part)
    if measure in RISK:
        yield from risk_figures(node.key, part, picture)
    if measure in _FLOWS:
        yield from explain_total(picture.holdings, "net_invested_usd").parts
    if measure == "drawdown":
        yield explain_total(picture.holdings, "market_value_usd")
        yield Figure(f"{node.key}/index", N_("Time-weighted index"), picture.as_of, "", N_(
            "Every day's value and flows since the first booking"), convention=True)
    elif measure == "programme":
        yield explain_total(picture.holdings, "market_value_usd")
        yield from _programme(picture, node.key)
    elif measure == "custodian":
        for name in picture.exposure.by_custodian:
            if name in {part.group, ""}:
                yield explain_book(picture.exposure, "custodians", name or "unknown", "best")
    elif measure in _SEEN:
        for row in rows:
            seen = picture.exposure.line(row.symbol)
            if seen is not None:
                yield explain_exposure(seen, picture.exposure)
    elif measure not in _FLOWS:
        for row in rows:
            yield from tree_of(picture, row.symbol)
            if measure in _TRADED and row.symbol in {part.group, ""}:
                yield from _traded(picture, row.symbol, node.key)


def _programme(picture: Picture, key: str) -> Iterable[Figure]:
    """Yield the last figure of each participant, or of each of its vehicles; one without a figure is Unknown."""
    market, on = picture.knowledge.market, picture.as_of
    for item in participants(picture.mandate.programme.participants, market.programme, market.vehicles, market.fx, on):
        place = f"{key}/{item.name}"
        title = Text("{participant}", {"participant": item.name})
        if item.amount_usd is None and item.day is None:
            yield Figure(place, title, None, "USD", N_("No figure of this participant is recorded."))
        elif item.vehicles:
            yield Figure(place, title, item.amount_usd, "USD", parts=tuple(
                Figure(f"{place}/{row.vehicle}/{row.asset}", N_("{vehicle}: {asset}", vehicle=row.vehicle,
                                                              asset=row.asset),
                       row.amount, row.currency, N_("{day}, {source}", day=row.day, source=row.source), row.origin)
                for row in item.vehicles))
        else:
            yield Figure(place, title, item.amount_usd, "USD", N_("{day}, {source}", day=item.day or on,
                                                                  source=item.source), item.origin)


def _traded(picture: Picture, symbol: str, key: str) -> Iterable[Figure]:
    """Yield the volumes and the shares outstanding of an instrument, with the rows that they come from."""
    line = picture.holdings.line(symbol)
    market = picture.knowledge.market
    series = market.prices.get(symbol)
    if series is not None:
        last = series.position(picture.as_of)
        rows = [series.at(index) for index in range(max(0, last - VOLUME_DAYS + 1), last + 1)]
        yield Figure(f"{key}/{symbol}/volumes", N_("Volumes of the last {count} sessions", count=len(rows)), symbol, "",
                     parts=tuple(_volume(f"{key}/{symbol}/volume/{row.day}", row.day, row.volume, row.origin)
                                 for row in rows))
    if line is not None:
        found = [row for row in market.fund_holdings.get(symbol, ()) if row.shares and row.day <= picture.as_of]
        if found:
            yield Figure(f"{key}/{symbol}/outstanding", N_("Shares outstanding"), found[-1].shares, "shares",
                         N_("of {day}", day=found[-1].day), found[-1].origin)


def _volume(key: str, day: date, volume: object, origin: object) -> Figure:
    return Figure(key, N_("{day}", day=day), volume, "shares", N_("Shares traded"), origin)  # type: ignore[arg-type]
