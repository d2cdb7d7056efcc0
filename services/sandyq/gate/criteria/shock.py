"""G5: no shock — no daily fall worse than the threshold in the last days (domain.md E4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.basics.text import N_
from sandyq.gate.criterion import Criterion, Measured, constant, judged
from sandyq.gate.view import View, complete, trailing


def measure(view: View, settings: Mapping[str, float]) -> Measured:
    """Return the worst daily change of the last days."""
    changes = np.full(len(view), np.nan)
    changes[1:] = view.closes[1:] / view.closes[:-1] - 1
    window = trailing(changes, int(settings["days"]))
    value = np.full(len(view), np.nan)
    whole = complete(window)
    value[whole] = window[whole].min(axis=1)
    return judged(value, constant(value, settings["least"]), "min")


SHOCK: Final = Criterion(
    "shock", N_("Worst daily change"), "ratio", "min",
    MappingProxyType({"days": Decimal(20), "least": Decimal("-0.07")}), measure, N_("no shock"))
