"""Money in and out of the sleeve per day, from its transactions, in USD at the rate of the trade date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

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
    of everything before it too. `dated` has purchases (+) and sales (−) by their own day.
    """

    bought: Column
    sold: Column
    income: Column
    invested: Column
    dated: tuple[tuple[date, float], ...]


def flow_columns(transactions: Iterable[Transaction], axis: Axis, usd_rate: UsdRate) -> FlowColumns:
    """Return purchases, sales and income per day and the net invested money (cash convention, never under zero).

    Flows on or before the first day are summed into it.
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
        day = sums.setdefault(row.trade_date, [0.0, 0.0, 0.0])
        if kind in _IN:
            day[0] += (amount + costs) * rate
        elif kind in _OUT:
            day[1] += (amount - costs) * rate
        elif row.instrument:
            day[2] += (-amount - costs if kind is TransactionType.WITHHOLDING else amount - costs) * rate
    table = np.array([sums[day] for day in sums]).reshape(len(sums), 3)
    ordinals = np.fromiter((day.toordinal() for day in sums), dtype=np.int64, count=len(sums))
    place = np.searchsorted(axis.grid, ordinals)
    bought, sold, income = (np.bincount(place, table[:, number], minlength=len(axis)).astype(np.float64)
                            for number in range(3))
    invested = np.maximum(np.cumsum(bought - sold), 0.0)
    dated = tuple((day, sums[day][0] - sums[day][1]) for day in sorted(sums)
                  if day >= axis.days[0] and (sums[day][0] or sums[day][1]))
    return FlowColumns(bought, sold, income, invested, dated)
