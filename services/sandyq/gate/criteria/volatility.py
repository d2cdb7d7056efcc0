"""G1: the coin is calm — realised volatility against its own last years (domain.md E4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.basics.text import N_
from sandyq.gate.criterion import Criterion, Measured, judged
from sandyq.gate.view import Column, View, complete, trailing

_YEAR: Final = 365


def realised(closes: Column, days: int) -> Column:
    """Return the yearly volatility of the last `days` daily log returns (sample deviation × √365), NaN with gaps."""
    with np.errstate(invalid="ignore", divide="ignore"):
        returns = np.concatenate([[np.nan], np.diff(np.log(closes))])
    window = trailing(returns, days)
    found = np.full(len(closes), np.nan)
    whole = complete(window)
    found[whole] = window[whole].std(axis=1, ddof=1) * np.sqrt(_YEAR)
    return found


def measure(view: View, settings: Mapping[str, float]) -> Measured:
    """Compare the volatility with a percentile (linear between order statistics) of its own trailing years."""
    value = realised(view.closes, int(settings["days"]))
    window = trailing(value, int(settings["years"] * _YEAR))
    threshold = np.full(len(value), np.nan)
    whole = complete(window)
    if whole.any():
        threshold[whole] = np.percentile(window[whole], settings["percentile"] * 100, axis=1)
    return judged(value, threshold, "max")


VOLATILITY: Final = Criterion(
    "realised_volatility", N_("Realised volatility against its own past"), "ratio", "max",
    MappingProxyType({"days": Decimal(30), "years": Decimal(3), "percentile": Decimal("0.60")}), measure,
    N_("volatility"))
