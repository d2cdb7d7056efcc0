"""Money in and out of the sleeve per day, from its transactions, in USD at the rate of the trade date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from sandyq.book.state import EventCash
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.performance.columns import Axis, Column

UsdRate = Callable[[str, date], Decimal | None]
_IN = (TransactionType.BUY, TransactionType.TRANSFER_IN)
_OUT = (TransactionType.SELL, TransactionType.CASH_IN_LIEU, TransactionType.TRANSFER_OUT)
_TRANSFERS = (TransactionType.TRANSFER_IN, TransactionType.TRANSFER_OUT)
_INCOME = (TransactionType.DIVIDEND, TransactionType.RETURN_OF_CAPITAL)


@dataclass(frozen=True, slots=True)
class FlowColumns:
    """USD per day of the axis; a flow between two days counts on the later one. NaN: a rate is missing.

    `bought` with costs, `sold` after costs, `income` after tax (dividends, returned capital); the first day has the sum
    of everything before it too. `invested` counts moves between books at cost, `bought` and `sold` leave them out:
    for a return they count at market value. `dated` has purchases (+) and sales (−) by their own day.
    """

    bought: Column
    sold: Column
    income: Column
    invested: Column
    dated: tuple[tuple[date, float], ...]


def flow_columns(transactions: Iterable[Transaction], axis: Axis, usd_rate: UsdRate,
                 event_cash: Iterable[EventCash] = ()) -> FlowColumns:
    """Return purchases, sales and income per day and the net invested money (cash convention, never under zero).

    Flows on or before the first day are summed into it. `event_cash` is the book state's of the last day.
    """
    rates: dict[tuple[str, date], float] = {}
    sums: dict[date, list[float]] = {}
    last = axis.days[-1]
    for row in transactions:
        kind = row.type
        if row.trade_date > last or not (kind in _IN or kind in _OUT or kind in _INCOME
                                         or kind is TransactionType.WITHHOLDING):
            continue
        key = (row.currency, row.trade_date)
        rate = rates.get(key)
        if rate is None:
            found = Decimal(1) if row.currency == "USD" else usd_rate(*key)
            rate = rates[key] = float("nan") if found is None else float(found)
        amount = float(row.quantity) * float(row.price)
        costs = 0.0 if kind in _TRANSFERS else float(row.fees) + float(row.taxes)
        day = sums.setdefault(row.trade_date, [0.0, 0.0, 0.0, 0.0])
        if kind in _IN:
            day[0] += (amount + costs) * rate
        elif kind in _OUT:
            day[1] += (amount - costs) * rate
        elif row.instrument:
            day[2] += (-amount - costs if kind is TransactionType.WITHHOLDING else amount - costs) * rate
    _count_events(sums, event_cash, last)
    table = np.array([sums[day] for day in sums]).reshape(len(sums), 4)
    ordinals = np.fromiter((day.toordinal() for day in sums), dtype=np.int64, count=len(sums))
    place = np.searchsorted(axis.grid, ordinals)
    bought, sold, income, crossed = (np.bincount(place, table[:, number], minlength=len(axis)).astype(np.float64)
                                     for number in range(4))
    invested = np.maximum(np.cumsum(bought - sold + crossed), 0.0)
    dated = tuple((day, sums[day][0] - sums[day][1] + sums[day][3]) for day in sorted(sums)
                  if day >= axis.days[0] and (sums[day][0] or sums[day][1] or sums[day][3]))
    return FlowColumns(bought, sold, income, invested, dated)


def _count_events(sums: dict[date, list[float]], event_cash: Iterable[EventCash], last: date) -> None:
    """Add what events paid (sold, income) and the cost that moved between books (the fourth sum, + in)."""
    for money in event_cash:
        if money.day > last:
            continue
        rate = float("nan") if money.rate is None else float(money.rate)
        day = sums.setdefault(money.day, [0.0, 0.0, 0.0, 0.0])
        if money.crosses:
            day[3] -= float(money.sold) * rate
        else:
            day[1] += float(money.sold) * rate
            day[2] += float(money.income - money.withholding + money.returned) * rate
