"""Explain: a figure's key to the tree of its inputs, built on demand by the floor that made the figure."""

from __future__ import annotations

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.exposure.explain import explain_exposure
from sandyq.limits.explain import explain_limit
from sandyq.valuation.explain import explain_line, explain_total
from sandyq.workstation.picture import Picture


def explain(picture: Picture, key: str) -> Figure:
    """Return the tree for keys such as ``holdings/IBIT/market_value_usd``, ``exposure/MSTR/exposure_usd``,
    ``limits/L02/value`` and ``totals/market_value_usd``. Raises BadInput for any other key.
    """
    room, _, rest = key.partition("/")
    name, _, figure = rest.partition("/")
    if room == "totals" and name:
        return explain_total(picture.holdings, name)
    if room == "holdings" and (line := picture.holdings.line(name)) is not None:
        return explain_line(line, picture.holdings, figure or "market_value_usd")
    if room == "exposure" and (seen := picture.exposure.line(name)) is not None:
        return explain_exposure(seen, picture.exposure, figure or "exposure_usd")
    if room == "limits" and (result := picture.limits.by_id(name)) is not None:
        return explain_limit(result, picture.snapshot)
    raise BadInput("no-figure", N_("There is no figure {key}.", key=key), remedy=N_(
        "Use a key such as holdings/IBIT/market_value_usd, exposure/MSTR/exposure_usd, limits/L02/value or "
        "totals/market_value_usd."))
