"""Quantities per day as columns: what a daily history multiplies with prices. Floats; booked amounts never use them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from sandyq.basics.decimals import ZERO, product, quotient
from sandyq.book.actions.split import SplitFact, split_rows
from sandyq.book.state import Basis, Move
from sandyq.book.transactions import Transaction, TransactionType

_SIGNS = {TransactionType.BUY: 1, TransactionType.TRANSFER_IN: 1, TransactionType.SELL: -1,
          TransactionType.TRANSFER_OUT: -1, TransactionType.CASH_IN_LIEU: -1}


def daily_quantities(transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
                     instruments: Sequence[str], days: Sequence[int], *, basis: Basis = Basis.TRADE,
                     moves: Iterable[Move] = ()) -> NDArray[np.float64]:
    """Return the quantity held at the end of each day (increasing ordinals), instruments × days, in that day's units.

    Rows are summed in units of the last day and divided by the splits still to come; eight decimals are kept. A row
    that falls between two days counts from the later one. `moves` are those of the book's state on the last day: what
    events and transfers brought and took.
    """
    grid = np.asarray(days, dtype=np.int64)
    places = {instrument: place for place, instrument in enumerate(instruments)}
    count = len(grid)
    if not count:
        return np.zeros((len(instruments), 0))
    rows, traded, event_days, quantities, booked = _columns(transactions, moves, places,
                                                           settled=basis is Basis.SETTLEMENT)
    factors = _Factors(instruments, splits, booked, grid)
    in_last_units = quantities * factors.at(rows, traded)
    column = np.searchsorted(grid, event_days)
    inside = column < count
    moved = np.bincount(rows[inside] * count + column[inside], in_last_units[inside],
                        minlength=len(instruments) * count)
    held: NDArray[np.float64] = np.cumsum(moved.astype(np.float64).reshape(len(instruments), count), axis=1)
    factors.restate(held)
    np.round(held, 8, out=held)
    return held


def account_quantities(transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]], as_of: date, *,
                       basis: Basis = Basis.TRADE,
                       moves: Iterable[Move] = ()) -> dict[tuple[str, str], Decimal]:
    """Return the exact quantity by (account, instrument), whatever the lot scope: as a custodian states it.

    `moves` are those of the book's state: what events and transfers brought and took.
    """
    held_rows: list[tuple[str, str, date, Decimal]] = []
    settled = basis is Basis.SETTLEMENT
    booked: dict[str, list[Transaction]] = defaultdict(list)
    for row in transactions:
        if row.type is TransactionType.SPLIT:
            booked[row.instrument].append(row)
        elif row.type in _SIGNS and (row.settle_date if settled else row.trade_date) <= as_of:
            held_rows.append((row.account, row.instrument, row.trade_date, row.quantity * _SIGNS[row.type]))
    held_rows += [(move.account, move.instrument, move.day, move.quantity) for move in moves
                  if (move.settle_date if settled else move.day) <= as_of]
    events = {instrument: [row for row in split_rows(instrument, splits.get(instrument, ()), booked[instrument]).rows
                           if row.trade_date <= as_of]
              for instrument in {held_row[1] for held_row in held_rows}}
    held: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for account, instrument, day, quantity in held_rows:
        units = quantity
        for event in events[instrument]:
            if event.trade_date > day:
                units = quotient(product(units, event.quantity), event.price)
        held[account, instrument] += units
    return {key: quantity for key, quantity in sorted(held.items()) if quantity}


def _columns(transactions: Iterable[Transaction], moves: Iterable[Move], places: Mapping[str, int], *,
             settled: bool) -> tuple[
        NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], dict[str, list[Transaction]]]:
    rows: list[int] = []
    traded: list[int] = []
    days: list[int] = []
    quantities: list[float] = []
    booked: dict[str, list[Transaction]] = defaultdict(list)
    for row in transactions:
        place = places.get(row.instrument)
        if place is None:
            continue
        kind = row.type
        sign = _SIGNS.get(kind)
        if sign is not None:
            rows.append(place)
            traded.append(row.trade_date.toordinal())
            days.append((row.settle_date if settled else row.trade_date).toordinal())
            quantities.append(float(row.quantity) * sign)
        elif kind is TransactionType.SPLIT:
            booked[row.instrument].append(row)
    for move in moves:
        place = places.get(move.instrument)
        if place is not None:
            rows.append(place)
            traded.append(move.day.toordinal())
            days.append((move.settle_date if settled else move.day).toordinal())
            quantities.append(float(move.quantity))
    return (np.asarray(rows, dtype=np.int64), np.asarray(traded, dtype=np.int64), np.asarray(days, dtype=np.int64),
            np.asarray(quantities, dtype=np.float64), booked)


class _Factors:
    """Products of the splits between a day and the last day of the grid, for the few instruments that have any."""

    def __init__(self, instruments: Sequence[str], splits: Mapping[str, Sequence[SplitFact]],
                 booked: Mapping[str, Sequence[Transaction]], grid: NDArray[np.int64]) -> None:
        self._grid = grid
        self._by_place: dict[int, list[tuple[int, float, float]]] = {}
        for place, instrument in enumerate(instruments):
            events = [(row.trade_date.toordinal(), float(row.quantity), float(row.price)) for row in split_rows(
                instrument, splits.get(instrument, ()), booked.get(instrument, ())).rows]
            inside = [event for event in events if event[0] <= int(grid[-1])]
            if inside:
                self._by_place[place] = inside

    def at(self, rows: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the factor of each event: the product of new / old of the splits after its trade date."""
        factors = np.ones(len(rows))
        for place, events in self._by_place.items():
            mine = rows == place
            for ex_day, new, old in events:
                factors[mine & (days < ex_day)] *= new / old
        return factors

    def restate(self, held: NDArray[np.float64]) -> None:
        """Turn quantities in units of the last day into units of each day, in place."""
        for place, events in self._by_place.items():
            for ex_day, new, old in events:
                held[place, self._grid < ex_day] *= old / new
