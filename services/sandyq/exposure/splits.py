"""Bring figures per share and share counts to the units of another day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ONE, product, quotient
from sandyq.market.series import MarketData, Split
from sandyq.reference.instruments import Directory, Instrument


def splits_of(instrument: Instrument, directory: Directory, market: MarketData) -> tuple[Split, ...]:
    """Return the instrument's splits under every symbol it bore on the day of the split, oldest first."""
    symbols = directory.symbols_of(instrument)
    if not any(symbol in market.splits for symbol in symbols):
        return ()
    found = [split for symbol in symbols for split in market.splits.get(symbol, ())
             if instrument.symbol(split.ex_date) == symbol]
    return tuple(sorted(found, key=lambda split: split.ex_date))


def shares_factor(splits: Iterable[Split], row_day: date, basis: str, as_of: date) -> Decimal:
    """Return what a *share count* of a row is multiplied with to be in units of the as-of day.

    Basis R: as reported on the row's day, so the splits since then are applied. Basis S: already in units after all
    later splits, so those that come only after the as-of day are taken back. Per-share figures divide by it.
    """
    up, down = ONE, ONE
    for split in splits:
        if basis == "S":
            if split.ex_date > as_of and split.ex_date > row_day:
                up, down = product(up, split.old), product(down, split.new)
        elif row_day < split.ex_date <= as_of:
            up, down = product(up, split.new), product(down, split.old)
        elif as_of < split.ex_date <= row_day:
            up, down = product(up, split.old), product(down, split.new)
    return up if down == ONE else quotient(up, down)
