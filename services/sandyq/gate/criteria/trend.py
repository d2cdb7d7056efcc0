"""G4: no downtrend — the close is over its average and the average does not fall (domain.md E4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.basics.text import N_
from sandyq.gate.criterion import Criterion, Measured, constant, judged
from sandyq.gate.view import Column, View, complete, trailing


def average(closes: Column, days: int) -> Column:
    window = trailing(closes, days)
    found = np.full(len(closes), np.nan)
    whole = complete(window)
    found[whole] = window[whole].mean(axis=1)
    return found


def measure(view: View, settings: Mapping[str, float]) -> Measured:
    """Return the change of the average; it passes at or over the least change while the close is at or over it."""
    mean = average(view.closes, int(settings["days"]))
    lag = int(settings["lag"])
    value = np.full(len(view), np.nan)
    value[lag:] = mean[lag:] / mean[:-lag] - 1
    found = judged(value, constant(value, settings["least"]), "min")
    with np.errstate(invalid="ignore"):
        over = view.closes >= mean
    return Measured(found.value, found.threshold, found.passed & over)


TREND: Final = Criterion(
    "trend", N_("Change of the average, the close being over it"), "ratio", "min",
    MappingProxyType({"days": Decimal(50), "lag": Decimal(20), "least": Decimal("-0.02")}), measure, N_("trend"))
