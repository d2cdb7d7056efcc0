"""Daily columns for charts. Floats: these are pictures of the book, never booked and never compared with a cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class History:
    """One value per trading day in `days`; USD unless said; NaN is Unknown (a gap in the chart, never zero).

    `exposure_groups` stacks to `exposure_central`: BTC, ETH, other (coins of funds), companies, high_tech (beta).
    `allocation` maps instrument kinds to market value in USD. `drawdown` is the fall of the time-weighted index from
    its high-water mark, 0 or negative (−0.12 = −12 %). `flows` are purchases (+) and sales (−) by day.
    `proxied` is True on days where any line's exposure rests on a proxy or a fall-back.
    """

    days: tuple[date, ...]
    market_value: Column
    net_invested: Column
    exposure_low: Column
    exposure_central: Column
    exposure_high: Column
    exposure_groups: Mapping[str, Column]
    allocation: Mapping[str, Column]
    drawdown: Column
    flows: tuple[tuple[date, float], ...]
    proxied: NDArray[np.bool_]
