"""Explain: every figure of a day has a key, and every key leads to the tree of its inputs, built when it is asked for.

The floors below make the trees of what they computed; here they are joined and led down to rows of files
(`grounding`), because only here all of them are at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.exposure.explain import SIDES, explain_book, explain_exposure, line_figures
from sandyq.exposure.result import ExposureLine
from sandyq.limits.explain import MORE, explain_limit, explain_part, part_key
from sandyq.limits.result import LimitResult, PartResult
from sandyq.valuation.explain import LINE, TOTALS, explain_total
from sandyq.valuation.explain_money import CASH, LOT, explain_cash, explain_lot
from sandyq.valuation.holdings import Line
from sandyq.workstation.booked import BOOKED, cash_rows, event_figure, with_bookings
from sandyq.workstation.grounding import Ground, grounded
from sandyq.workstation.measuring import inputs_of
from sandyq.workstation.picture import Picture
from sandyq.workstation.unfolding import grafted, line_tree

Make = Callable[[], Figure]
_WORD: Final = "value"
_COST: Final = MappingProxyType({
    "before": N_("Cost before the event"), "parent": N_("Cost kept"), "child": N_("Cost moved"),
    "sold": N_("Cost sold")})


def explain(picture: Picture, key: str, ground: Ground | None = None) -> Figure:
    """Return the tree for keys such as ``holdings/IBIT/market_value_usd``, ``exposure/MSTR/exposure_usd``,
    ``limits/L02/value`` and ``totals/market_value_usd``; `keys` lists them all. Raises BadInput for any other key.

    `ground` says where constants of the mandate and sources of prices are recorded.
    """
    make = registry(picture).get(key) or _short(picture, key)
    if make is None:
        raise BadInput("no-figure", N_("There is no figure {key}.", key=key), remedy=N_(
            "Use a key such as holdings/IBIT/market_value_usd, exposure/MSTR/exposure_usd, limits/L02/value or "
            "totals/market_value_usd."))
    return grounded(make(), picture, ground or Ground())


def keys(picture: Picture) -> tuple[str, ...]:
    """Return the key of every figure that the day's holdings, look-through and limits show."""
    return tuple(registry(picture))


def registry(picture: Picture) -> dict[str, Make]:
    """Return key → what makes its tree. Nothing is computed for a key until its tree is asked for."""
    found: dict[str, Make] = {f"totals/{name}": partial(_total, picture, name) for name in TOTALS}
    for line in picture.holdings.lines:
        for name in LINE:
            found.setdefault(f"holdings/{line.symbol}/{name}", partial(line_tree, picture, line, name))
        found.update(_lots(picture, line, taken=set(found)))
    found.update(_money(picture))
    if picture.knowledge.has_mandate(picture.book):
        found.update(_exposures(picture))
        found.update(_limits(picture))
    return found


def _short(picture: Picture, key: str) -> Make | None:
    """Return what a shortened key means: a room and a name stand for their main figure."""
    room, _, rest = key.partition("/")
    name, _, figure = rest.partition("/")
    found = registry(picture)
    if room == "holdings" and not figure:
        return found.get(f"{key}/market_value_usd")
    if room == "limits" and (not figure or figure.partition("/")[0] == _WORD):
        return found.get(f"limits/{name}/{_WORD}")
    if room == "holdings" and (line := picture.holdings.line(name)) is not None:
        return partial(line_tree, picture, line, figure)
    if room == "totals":
        return partial(_total, picture, name)
    if room == "exposure" and picture.knowledge.has_mandate(picture.book) and (
            seen := picture.exposure.line(name)) is not None:
        return partial(explain_exposure, seen, picture.exposure, figure or "exposure_usd")
    return None


def _lots(picture: Picture, line: Line, taken: set[str]) -> dict[str, Make]:
    found: dict[str, Make] = {}
    for valued in line.lots:
        stem, number = f"holdings/{line.symbol}/lots/{valued.lot.reference}", 1
        while f"{stem}/{LOT[0]}" in found or f"{stem}/{LOT[0]}" in taken:
            number += 1
            stem = f"holdings/{line.symbol}/lots/{valued.lot.reference}#{number}"
        for name in LOT:
            found[f"{stem}/{name}"] = partial(explain_lot, line, valued, picture.holdings, f"{stem}/{name}", name)
    return found


def _money(picture: Picture) -> dict[str, Make]:
    """Return the figures of cash, of what events did to money, and of money still owed."""
    found: dict[str, Make] = {}

    def cash(place: int, name: str, key: str) -> Figure:
        line = picture.holdings.cash[place]
        rows = cash_rows(line.cash, picture, key, unsettled=name == "unsettled")
        return explain_cash(line, picture.holdings, key, name, rows)

    for place, line in enumerate(picture.holdings.cash):
        for name in CASH:
            key = f"cash/{line.cash.account}/{line.cash.currency}/{name}"
            found[key] = partial(cash, place, name, key)
    state = picture.holdings.state
    for money in state.event_cash:
        stem = f"events/{money.reference}/{money.account}"
        for name in ("cash", "sold", "income", "withholding", "returned"):
            if amount := getattr(money, name):
                found[f"{stem}/{name}"] = partial(_renamed, event_figure(money, amount, stem), f"{stem}/{name}")
    for move in state.moves:
        key = f"events/{move.reference}/{move.account}/{move.instrument}/quantity"
        found.setdefault(key, partial(
            Figure, key, N_("Quantity moved, event {event}", event=move.reference), move.quantity, "shares",
            N_("{day}, account {account}", day=move.day, account=move.account), move.origin))
    origins = {event.event: event.origin for event in picture.knowledge.events}
    for kept in state.conservation:
        for name, label in _COST.items():
            key = f"events/{kept.event}/cost/{kept.currency}/{name}"
            found.setdefault(key, partial(
                Figure, key, label, getattr(kept, name), kept.currency,
                N_("{day}: cost before = cost kept + cost moved + cost sold", day=kept.ex_date),
                origins.get(kept.event)))
    for owed in state.receivables:
        key = f"receivables/{owed.event}/{owed.account}/{owed.currency}"
        found[key] = partial(
            Figure, key, N_("Money owed, event {event}", event=owed.event), owed.amount, owed.currency,
            N_("due {day}", day=owed.due) if owed.due else N_("No day of payment is published."),
            origins.get(owed.event))
    return found


def _renamed(figure: Figure, key: str) -> Figure:
    return replace(figure, key=key)


def _exposures(picture: Picture) -> dict[str, Make]:
    exposure = picture.exposure
    found: dict[str, Make] = {}
    for line in exposure.lines:
        for name in line_figures(line):
            found.setdefault(f"exposure/{line.symbol}/{name}", partial(_seen, picture, line, name))
    for side in ("", *SIDES):
        key = "/".join(part for part in ("totals/exposure_usd", side) if part)
        found[key] = partial(explain_book, exposure, "exposure_usd", "", side)
        for room, amounts in (("coins", exposure.by_coin), ("coins_usd", exposure.by_coin_usd)):
            for coin in amounts:
                found["/".join(part for part in (room, coin, side) if part)] = partial(
                    explain_book, exposure, room, coin, side)
    found["totals/coin_equivalent"] = partial(explain_book, exposure, "coin_equivalent")
    for coin in exposure.coin_prices:
        found[f"coin_prices/{coin}"] = partial(explain_book, exposure, "coin_prices", coin)
    for name in exposure.by_custodian:
        for side in ("best", "worst"):
            said = name or "unknown"
            found[f"custodians/{said}/{side}"] = partial(explain_book, exposure, "custodians", said, side)
    return found


def _seen(picture: Picture, line: ExposureLine, name: str) -> Figure:
    """Return a look-through figure; multiples and premiums with the price that they rest on."""
    tree = explain_exposure(line, picture.exposure, name)
    held = picture.holdings.line(line.symbol)
    if held is None or name.partition("/")[0] not in {"mnav", "premium"}:
        return tree
    return replace(tree, parts=(*tree.parts, line_tree(picture, held, "price")))


def _limits(picture: Picture) -> dict[str, Make]:
    found: dict[str, Make] = {}
    for result in picture.limits.results:
        if result.worst is None:
            continue
        found[f"limits/{result.limit.id}/{_WORD}"] = partial(_limit, picture, result)
        for part in result.parts:
            for name in (_WORD, *MORE):
                if _has(part, name):
                    found[f"{part_key(result, part)}/{name}"] = partial(_limit_part, picture, result, part, name)
    return found


def _has(part: PartResult, name: str) -> bool:
    if name == "denominator":
        return part.denominator is not None
    if name in {"warn", "soft", "hard"}:
        return getattr(part.part, name) is not None
    return True


def _total(picture: Picture, figure: str) -> Figure:
    tree = explain_total(picture.holdings, figure)
    if figure not in BOOKED:
        return tree
    return replace(tree, parts=tuple(
        with_bookings(part, picture, "", figure) if part.key == f"totals/{figure}/book"
        else grafted(part, picture) for part in tree.parts))


def _limit(picture: Picture, result: LimitResult) -> Figure:
    """Return a limit's tree in which lines, bookings and reserves unfold down to their own rows."""
    tree = grafted(explain_limit(result, picture.snapshot), picture)
    ordered = sorted(result.parts, key=lambda part: part is not result.worst)  # the order of the tree's parts
    return replace(tree, parts=tuple(replace(node, parts=tuple(inputs_of(item, part, picture) for item in node.parts))
                                     for node, part in zip(tree.parts, ordered, strict=True)))


def _limit_part(picture: Picture, result: LimitResult, part: PartResult, name: str) -> Figure:
    tree = grafted(explain_part(result, part, picture.snapshot, name), picture)
    whole = inputs_of(tree, part, picture)
    return replace(whole, parts=tuple(inputs_of(item, part, picture) for item in whole.parts))
