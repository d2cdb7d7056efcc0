"""The picture of the book after every line's price has moved, nothing else: what paths and scenarios evaluate.

Everything that is worth money moves with its line's price: market value, look-through exposure, coins and who keeps
them. So the exposure of a dollar of a line stays what it is today, as its beta does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from sandyq.basics.decimals import ONE, product
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.limits.surroundings import Surroundings


def repriced(snapshot: Snapshot, factors: Mapping[str, Decimal]) -> Snapshot:
    """Return the snapshot with each price times its factor (by symbol; 1 where none is given). Dates stay."""
    rows = tuple(row if row.symbol not in factors else _row(row, factors[row.symbol]) for row in snapshot.rows)
    return replace(snapshot, rows=rows, around=cast("Surroundings", _Around(snapshot.around, factors)))


class _Around:
    """The surroundings with the coins behind a share moved like the share; everything else as it is."""

    def __init__(self, around: Surroundings, factors: Mapping[str, Decimal]) -> None:
        self._around, self._factors = around, factors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._around, name)

    @property
    def coin_values(self) -> Mapping[str, tuple[Decimal | None, Decimal]]:
        return {symbol: (None if worth is None else product(worth, self._factors.get(symbol, ONE)), shares)
                for symbol, (worth, shares) in self._around.coin_values.items()}


def _row(row: Row, factor: Decimal) -> Row:
    if factor == ONE:
        return row

    def times(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else product(amount, factor)

    def each(amounts: Mapping[str, Decimal | None]) -> dict[str, Decimal | None]:
        return {name: times(amount) for name, amount in amounts.items()}

    return replace(
        row, price=times(row.price), market_value=times(row.market_value), exposure=times(row.exposure),
        exposure_high=times(row.exposure_high), coins=each(row.coins), custody=each(row.custody),
        share_exposure=times(row.share_exposure), share_high=times(row.share_high),
        share_coins=each(row.share_coins), share_custody=each(row.share_custody))
