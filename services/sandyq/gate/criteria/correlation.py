"""G8: the coin does not merely follow shares (domain.md E4); informative by default."""

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
    """Return the correlation of log returns between the index's trading days, the coin's over the same days."""
    days = int(settings["days"])
    value = np.full(len(view), np.nan)
    traded = np.flatnonzero(~np.isnan(view.index) & ~np.isnan(view.closes)) if len(view.index) else np.empty(0, int)
    coin, index = np.diff(np.log(view.closes[traded])), np.diff(np.log(view.index[traded]))
    places = np.searchsorted(traded, np.arange(len(view)), side="right")
    for place, count in enumerate(places):
        if count > days and place - traded[count - 1] <= settings["oldest"]:
            mine, theirs = coin[count - 1 - days:count - 1], index[count - 1 - days:count - 1]
            if mine.std() > 0 and theirs.std() > 0:
                value[place] = np.corrcoef(mine, theirs)[0, 1]
    return judged(value, constant(value, settings["most"]), "max")


CORRELATION: Final = Criterion(
    "correlation", N_("Correlation with shares"), "count", "max",
    MappingProxyType({"days": Decimal(60), "most": Decimal("0.65"), "oldest": Decimal(5)}), measure, N_("correlation"),
    ("closes", "index"))
