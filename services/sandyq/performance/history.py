"""The sleeve by day: value, money put in, exposure, allocation and drawdown, from whole columns.

The single-day answers (`exposure.look_through`, the valuation) are exact; these columns follow the same rules in
binary floats and agree with them to about 1e-9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np

from sandyq.book.positions import daily_quantities
from sandyq.book.state import EventCash, Move
from sandyq.book.transactions import Transaction
from sandyq.exposure.returns import series_of
from sandyq.market.series import MarketData, Split
from sandyq.performance.columns import Axis, Column, OpenDays, closes_of, to_today, usd_column
from sandyq.performance.exposures import Held, Ladder, LineColumns, kinds_of
from sandyq.performance.flows import UsdRate, flow_columns
from sandyq.performance.manual_closes import with_manual
from sandyq.performance.result import History
from sandyq.performance.rolling import RollingBetas
from sandyq.performance.twr import drawdown, time_weighted_index
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import Kind

GROUPS: Final = ("BTC", "ETH", "other", "companies", "high_tech")
RED_DAYS: Final = 5
FX_RED_DAYS: Final = 15
_OF_KIND: Final = MappingProxyType({
    Kind.EQUITY_ETF: "companies", Kind.TREASURY_COMPANY: "companies", Kind.MINER: "companies",
    Kind.EXCHANGE: "companies", Kind.INFRASTRUCTURE: "companies", Kind.REFERENCE: "other",
    Kind.TECH_EQUITY: "high_tech",
})
"""Group of a line by kind; funds of coins are grouped by coin."""


def history(transactions: Sequence[Transaction], directory: Directory, market: MarketData, days: Sequence[date], *,
            splits: Mapping[str, Sequence[Split]], reference_funds: Mapping[str, str], fallback_factor: Decimal,
            usd_rate: UsdRate, red_days: int = RED_DAYS, fx_red_days: int = FX_RED_DAYS,
            moves: Sequence[Move] = (), event_cash: Sequence[EventCash] = ()) -> History:
    """Return the history on the given days (increasing); empty columns when there are none.

    `moves` and `event_cash` are those of the book's state on the last day: what events and transfers did.

    `splits` by instrument id; `usd_rate(currency, day)` gives USD per unit at the trade date. A price older than
    `red_days` trading days, or a rate older than `fx_red_days` weekdays, makes the line's value NaN, and the sums with
    it: a gap, never zero. Drawdown is that of the time-weighted index (`performance.twr` states the flow convention).
    """
    if not days:
        return _empty()
    axis = Axis.of(days)
    flows = flow_columns(transactions, axis, usd_rate, event_cash)
    names = list(dict.fromkeys((*(row.instrument for row in transactions if row.instrument),
                                *(move.instrument for move in moves))))
    quantities = daily_quantities(transactions, splits, names, axis.grid.tolist(), moves=moves)
    bought, sold = flows.bought.copy(), flows.sold.copy()
    ladder = Ladder(directory, market, axis, RollingBetas(directory, market, axis, reference_funds),
                    float(fallback_factor))
    columns = _Columns(axis)
    valued = _Valued(axis, directory, market, red_days, fx_red_days)
    for name, quantity in zip(names, quantities, strict=True):
        if not quantity.any():
            continue
        instrument = directory.by_id(name)
        if instrument is None:
            columns.lose(quantity != 0)
            continue
        held = valued.hold(instrument, quantity)
        _cross(moves, name, held, quantity, axis, bought, sold)
        for kind, when in kinds_of(instrument, axis):
            if bool((when & (quantity != 0)).any()):
                columns.take(kind, when, held, ladder.look(held, kind))
    index = time_weighted_index(columns.value, bought, sold, flows.income)
    return History(
        days=axis.days, market_value=columns.value, net_invested=flows.invested, exposure_low=columns.low,
        exposure_central=columns.central, exposure_high=columns.high, exposure_groups=columns.groups,
        allocation=columns.allocation, drawdown=drawdown(index), flows=flows.dated, proxied=columns.proxied,
    )


def _cross(moves: Sequence[Move], name: str, held: Held, quantity: Column, axis: Axis, bought: Column,
           sold: Column) -> None:
    """Count what came from or went to another book at its market value of the day: a flow, not a result."""
    for move in moves:
        if not move.crosses or move.instrument != name:
            continue
        place = int(np.searchsorted(axis.grid, move.day.toordinal()))
        if place >= len(axis):
            continue
        # Units of today per unit of the day; the holding has both unless the move emptied it.
        near = next((at for at in (place, place - 1) if at >= 0 and quantity[at]), place)
        factor = held.quantity[near] / quantity[near] if quantity[near] else 1.0
        worth = float(move.quantity) * factor * float(held.price_usd[place])
        if worth > 0:
            bought[place] += worth
        else:
            sold[place] -= worth


class _Valued:
    """Turns quantities into market values, reading each currency's rates once."""

    def __init__(self, axis: Axis, directory: Directory, market: MarketData, red_days: int, fx_red_days: int) -> None:
        self._axis, self._directory, self._market = axis, directory, market
        self._red_days, self._fx_red_days = red_days, fx_red_days
        self._ages = OpenDays(market.calendars, axis.grid)
        self._rates: dict[str, Column] = {}

    def hold(self, instrument: Instrument, quantity: Column) -> Held:
        """Return the line in units of today with price and value in USD; nothing held is worth nothing."""
        axis = self._axis
        series = series_of(instrument, self._directory, self._market, axis.days[-1])
        factor = to_today(series, axis)
        units = quantity if factor is None else quantity * factor
        if series is None:
            price = axis.unknown()
        else:
            price = closes_of(series, axis, instrument, self._ages, self._red_days)
            currency = series.currency or instrument.currency(axis.days[-1])
            if currency != "USD":
                price = price * self._rate(currency)
        if self._market.manual:
            price = with_manual(price, instrument, self._directory, self._market, axis, series, self._rate)
        return Held(instrument, units, price, np.where(units == 0, 0.0, units * price))

    def _rate(self, currency: str) -> Column:
        if currency not in self._rates:
            self._rates[currency] = usd_column(self._market.fx, currency, self._axis, self._fx_red_days)
        return self._rates[currency]


class _Columns:
    """The sums over lines, built line by line."""

    def __init__(self, axis: Axis) -> None:
        self.value, self.low, self.central, self.high = (axis.zeros() for _ in range(4))
        self.groups = {group: axis.zeros() for group in GROUPS}
        self.allocation: dict[str, Column] = {}
        self.proxied = np.zeros(len(axis), dtype=np.bool_)

    def take(self, kind: Kind, when: np.ndarray[tuple[int], np.dtype[np.bool_]], held: Held,
             line: LineColumns) -> None:
        """Add one line on the days on which it is of the kind and held."""
        on = when & (held.quantity != 0)

        def part(column: Column) -> Column:
            return np.where(on, column, 0.0)

        value = part(held.value)
        self.value += value
        self.allocation[kind.value] = self.allocation.get(kind.value, np.zeros(len(value))) + value
        self.low += part(line.low)
        self.central += part(line.central)
        self.high += part(line.high)
        self.proxied |= on & line.proxied
        group = _OF_KIND.get(kind)
        if group is not None:
            self.groups[group] += part(line.central)
            return
        for coin, column in line.coins.items():
            self.groups[coin if coin in self.groups else "other"] += part(column)

    def lose(self, when: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Make the sums Unknown on days when something is held that the directory does not know."""
        for column in (self.value, self.low, self.central, self.high):
            column[when] = np.nan


def _empty() -> History:
    none = np.empty(0)
    return History((), none, none, none, none, none, dict.fromkeys(GROUPS, none), {}, none, (),
                   np.empty(0, dtype=np.bool_))
