"""G2 and G3: the low has held and the price has left it (domain.md E4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.basics.text import N_
from sandyq.gate.criterion import Criterion, Measured, constant, judged
from sandyq.gate.view import Column, View, complete, trailing


def lows(view: View, settings: Mapping[str, float]) -> tuple[Column, Column]:
    """Return the lowest close of the trailing days and how many days ago it was (the last one of equals)."""
    days = int(settings["days"])
    window = trailing(view.closes, days)
    low, age = np.full(len(view), np.nan), np.full(len(view), np.nan)
    whole = complete(window)
    low[whole] = window[whole].min(axis=1)
    age[whole] = np.argmin(window[whole][:, ::-1], axis=1)
    return low, age


def held(view: View, settings: Mapping[str, float]) -> Measured:
    """Count the days since the trailing low."""
    _, age = lows(view, settings)
    return judged(age, constant(age, settings["least"]), "min")


def recovered(view: View, settings: Mapping[str, float]) -> Measured:
    """Return how far the close is above the trailing low."""
    low, _ = lows(view, settings)
    value = view.closes / low - 1
    return judged(value, constant(value, settings["least"]), "min")


LOW_HELD: Final = Criterion(
    "days_since_low", N_("Days since the trailing low"), "days", "min",
    MappingProxyType({"days": Decimal(180), "least": Decimal(30)}), held, N_("age of the low"))
RECOVERED: Final = Criterion(
    "recovery", N_("Recovery from the trailing low"), "ratio", "min",
    MappingProxyType({"days": Decimal(180), "least": Decimal("0.10")}), recovered, N_("recovery"))
