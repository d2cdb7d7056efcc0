"""Put the whole tree of a line where another tree only names it."""

from __future__ import annotations

from dataclasses import replace

from sandyq.basics.figure import Figure
from sandyq.exposure.explain import explain_exposure
from sandyq.valuation.explain import explain_line
from sandyq.valuation.holdings import Line
from sandyq.workstation.booked import BOOKED, with_bookings
from sandyq.workstation.picture import Picture


def line_tree(picture: Picture, line: Line, figure: str) -> Figure:
    """Return the tree of one figure of a line with its bookings. Raises BadInput for another name."""
    tree = explain_line(line, picture.holdings, figure)
    return with_bookings(tree, picture, line.instrument.id, figure) if figure in BOOKED else tree


def tree_of(picture: Picture, symbol: str, figure: str = "market_value_usd") -> tuple[Figure, ...]:
    """Return the tree of a line's figure, nothing when no line bears the symbol."""
    line = picture.holdings.line(symbol)
    return () if line is None else (line_tree(picture, line, figure),)


def grafted(node: Figure, picture: Picture) -> Figure:
    """Return the tree with every line that it only names unfolded."""
    if node.parts or node.origin is not None or node.convention:
        return replace(node, parts=tuple(grafted(part, picture) for part in node.parts))
    room, _, rest = node.key.partition("/")
    symbol, _, figure = rest.partition("/")
    line = picture.holdings.line(symbol) if room == "holdings" and "/" not in figure else None
    if line is not None:
        tree = line_tree(picture, line, figure)
        return replace(node, parts=tree.parts, convention=tree.convention, note=node.note or tree.note)
    if room == "exposure" and figure == "exposure_usd" and (seen := picture.exposure.line(symbol)) is not None:
        return replace(node, parts=explain_exposure(seen, picture.exposure, figure).parts)
    return node
