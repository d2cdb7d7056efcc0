"""Explain: a figure's key to the tree of its inputs, built on demand by the floor that made the figure."""

from __future__ import annotations

from dataclasses import replace

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.exposure.explain import explain_exposure
from sandyq.limits.explain import explain_limit
from sandyq.limits.result import LimitResult, PartResult
from sandyq.valuation.explain import explain_line, explain_total
from sandyq.workstation.booked import BOOKED, with_bookings
from sandyq.workstation.picture import Picture


def explain(picture: Picture, key: str) -> Figure:
    """Return the tree for keys such as ``holdings/IBIT/market_value_usd``, ``exposure/MSTR/exposure_usd``,
    ``limits/L02/value`` and ``totals/market_value_usd``. Raises BadInput for any other key.
    """
    room, _, rest = key.partition("/")
    name, _, figure = rest.partition("/")
    if room == "totals" and name:
        return _total(picture, name)
    if room == "holdings" and picture.holdings.line(name) is not None:
        return _line(picture, name, figure or "market_value_usd")
    if room == "exposure" and (seen := picture.exposure.line(name)) is not None:
        return explain_exposure(seen, picture.exposure, figure or "exposure_usd")
    if room == "limits" and figure.partition("/")[0] in {"", "value"} and (
            result := picture.limits.by_id(name)) is not None:
        return _limit(picture, result)
    raise BadInput("no-figure", N_("There is no figure {key}.", key=key), remedy=N_(
        "Use a key such as holdings/IBIT/market_value_usd, exposure/MSTR/exposure_usd, limits/L02/value or "
        "totals/market_value_usd."))


def _line(picture: Picture, symbol: str, figure: str) -> Figure:
    line = picture.holdings.line(symbol)
    assert line is not None
    tree = explain_line(line, picture.holdings, figure)
    return with_bookings(tree, picture, line.instrument.id, figure) if figure in BOOKED else tree


def _total(picture: Picture, figure: str) -> Figure:
    tree = explain_total(picture.holdings, figure)
    if figure not in BOOKED:
        return tree
    return replace(tree, parts=tuple(
        with_bookings(part, picture, "", figure) if part.key == f"totals/{figure}/book"
        else _grafted(part, picture) for part in tree.parts))


def _limit(picture: Picture, result: LimitResult) -> Figure:
    """Return a limit's tree in which lines, bookings and reserves unfold down to their own rows."""
    tree = _grafted(explain_limit(result, picture.snapshot), picture)
    ordered = sorted(result.parts, key=lambda part: part is not result.worst)  # the order of the tree's parts
    return replace(tree, parts=tuple(replace(node, parts=tuple(_input(item, part, picture) for item in node.parts))
                                     for node, part in zip(tree.parts, ordered, strict=True)))


def _input(node: Figure, part: PartResult, picture: Picture) -> Figure:
    if node.key.endswith("/numerator") and part.part.measure == "net_invested":
        return replace(node, parts=explain_total(picture.holdings, "net_invested_usd").parts)
    room, _, series = part.part.denominator.partition(":")
    if node.key.endswith("/denominator") and room == "reserves":
        rows = picture.knowledge.market.reserves.get(series, ())
        row = next((row for row in reversed(rows) if row.day == part.denominator_day), None)
        return replace(node, origin=row.origin) if row is not None else node
    return node


def _grafted(node: Figure, picture: Picture) -> Figure:
    """Put the whole tree of a line where only its name and value stood."""
    room, _, rest = node.key.partition("/")
    symbol, _, figure = rest.partition("/")
    if room == "holdings" and "/" not in figure and not node.parts and picture.holdings.line(symbol) is not None:
        return replace(node, parts=_line(picture, symbol, figure).parts)
    if room == "exposure" and not node.parts and (seen := picture.exposure.line(symbol)) is not None:
        return replace(node, parts=explain_exposure(seen, picture.exposure, figure).parts)
    return replace(node, parts=tuple(_grafted(part, picture) for part in node.parts))
