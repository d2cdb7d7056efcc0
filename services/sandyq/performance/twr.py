"""The daily time-weighted index and its drawdown."""

from __future__ import annotations

import numpy as np

from sandyq.performance.columns import Column


def time_weighted_index(value: Column, bought: Column, sold: Column, income: Column) -> Column:
    """Return the index of daily true time-weighted returns, 1 at the start (O12).

    r(t) = (V(t) + sold(t) + income(t)) / (V(t−1) + bought(t)) − 1: purchases count at the start of the day with their
    costs, sales and income at its end after costs; cash is not part of the sleeve. The first day with a known value
    starts the index at 1 (a history that begins before the first purchase so counts the costs of that day). On a day
    with an unknown value the index is NaN, and the flows of such days move to the next known one.
    """
    index = np.full(len(value), np.nan)
    level, before, inflow, outflow = 1.0, None, 0.0, 0.0
    for place, now in enumerate(value.tolist()):
        inflow += float(bought[place])
        outflow += float(sold[place]) + float(income[place])
        if now != now:  # NaN
            continue
        if before is not None:
            capital = before + inflow
            if capital > 0:
                level *= (now + outflow) / capital
        index[place] = level
        before, inflow, outflow = now, 0.0, 0.0
    return index


def drawdown(index: Column) -> Column:
    """Return the fall from the high-water mark, the starting value of 1 included: 0 or negative; NaN stays NaN."""
    known = ~np.isnan(index)
    peak = np.maximum.accumulate(np.where(known, index, 0.0))
    peak = np.maximum(peak, 1.0)
    return np.where(known, index / peak - 1.0, np.nan)
