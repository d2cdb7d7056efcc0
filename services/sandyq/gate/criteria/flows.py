"""G6: money does not leave the US spot funds (domain.md E4); needs imported flows and the funds' net assets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.basics.text import N_
from sandyq.gate.criterion import Criterion, Measured, constant, judged
from sandyq.gate.view import View


def measure(view: View, settings: Mapping[str, float]) -> Measured:
    """Return the net flow of the last reported trading days as a share of the funds' net assets before them.

    Unknown, so failing, when those days reach back beyond `span` days or the last of them is older than `oldest`.
    """
    days = int(settings["trading_days"])
    value = np.full(len(view), np.nan)
    reported = np.flatnonzero(~np.isnan(view.flows))
    sums = np.concatenate([[0.0], np.cumsum(view.flows[reported])])
    places = np.searchsorted(reported, np.arange(len(view)), side="right")
    for place, count in enumerate(places):
        if (count < days or place - reported[count - 1] > settings["oldest"]
                or place - reported[count - days] >= settings["span"]):
            continue
        assets = view.assets[reported[count - days]]
        if assets > 0:
            value[place] = (sums[count] - sums[count - days]) / assets
    return judged(value, constant(value, settings["least"]), "min")


FLOWS: Final = Criterion(
    "fund_flows", N_("Net flow of the spot funds"), "ratio", "min",
    MappingProxyType({"trading_days": Decimal(20), "least": Decimal("-0.01"), "oldest": Decimal(5),
                      "span": Decimal(35)}), measure,
    N_("flows"), ("flows", "assets"))
