"""G7: the plumbing works — eligible funds trade near their coins (domain.md E4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.basics.text import N_
from sandyq.gate.criterion import Criterion, Measured, constant, judged
from sandyq.gate.view import Column, View


def measure(view: View, settings: Mapping[str, float]) -> Measured:
    """Count the worst fund's calm days among the last ones on which its premium could be computed."""
    days, most = int(settings["days"]), settings["premium"]
    counts = [_calm(premiums, days, most, int(settings["span"])) for premiums in view.premiums.values()]
    value = np.min(np.vstack(counts), axis=0) if counts else np.full(len(view), np.nan)
    return judged(value, constant(value, settings["least"]), "min")


def _calm(premiums: Column, days: int, most: float,
          span: int) -> Column:
    """Return the number of calm days among the last `days` known ones; NaN when they reach back beyond `span` days."""
    found = np.full(len(premiums), np.nan)
    known = np.flatnonzero(~np.isnan(premiums))
    calm = np.concatenate([[0], np.cumsum(np.abs(premiums[known]) <= most)])
    places = np.searchsorted(known, np.arange(len(premiums)), side="right")
    for place, count in enumerate(places):
        if count >= days and place - known[count - days] < span:
            found[place] = calm[count] - calm[count - days]
    return found


PREMIUM: Final = Criterion(
    "premium_calm", N_("Days with a small premium"), "count", "min",
    MappingProxyType({"days": Decimal(20), "least": Decimal(19), "premium": Decimal("0.005"), "span": Decimal(35)}),
    measure, N_("premium"), ("premiums",))
