"""Prices set by hand in the columns of a history, by the rule of the valuation (`valuation.manual`)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sandyq.market.series import MarketData, PriceSeries
from sandyq.performance.columns import Axis, Column, carried
from sandyq.reference.instruments import Directory, Instrument


def with_manual(price_usd: Column, instrument: Instrument, directory: Directory, market: MarketData, axis: Axis,
                series: PriceSeries | None, rates: Callable[[str], Column]) -> Column:
    """Return the prices in USD and units of today, with a manual price where it is in force and as new as the close.

    `rates(currency)` gives USD per unit on each day.
    """
    rows = [row for symbol in directory.symbols_of(instrument) for row in market.manual.get(symbol, ())
            if not row.withdrawn and any(bearer.id == instrument.id
                                         for bearer in directory.candidates(symbol, row.day))]
    if not rows:
        return price_usd
    found = price_usd.copy()
    days = np.fromiter((day for day, basis in zip(series.days, series.bases, strict=True) if basis != "SD")
                       if series is not None else (), dtype=np.int64)
    _, official = carried(days, days.astype(np.float64), axis.grid)
    for row in sorted(rows, key=lambda row: row.day):
        day = row.day.toordinal()
        counts = (axis.grid >= day) & (axis.grid <= row.expires.toordinal()) & (official <= day)
        close = float(row.close)
        for split in series.splits if series is not None else ():
            if split.ex_date > row.day:
                close *= float(split.old) / float(split.new)
        found[counts] = close * rates(row.currency)[counts]
    return found
