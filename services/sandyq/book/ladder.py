"""The cash ladder: what is traded and not settled, day by day, account by account, on settlement dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from sandyq.basics.decimals import WIDE, ZERO
from sandyq.book.effects import cash_of
from sandyq.book.order import natural
from sandyq.book.state import Basis, BookState
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.reference.events import Transfer


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One account's money on one coming day: what comes in, what goes out (positive), what is left after it."""

    day: date
    account: str
    currency: str
    inflow: Decimal
    outflow: Decimal
    balance: Decimal
    references: tuple[str, ...]


def ladder(state: BookState, transactions: Iterable[Transaction], transfers: Iterable[Transfer] = (), *,
           books: Mapping[str, str] | None = None, book: str | None = None) -> tuple[LadderStep, ...]:
    """Return the days after the state's on which traded money moves, by account, currency and day.

    `state` is that of the same rows and the same book. The first balance is what has settled on the as-of day; the
    last one is the balance on trade date. Money that a liquidation still owes has no certain day and is not here.
    """
    as_of = state.as_of
    coming: dict[tuple[str, str], dict[date, list[tuple[str, Decimal]]]] = defaultdict(lambda: defaultdict(list))

    def mine(account: str) -> bool:
        return book in (None, ALL_BOOKS) or (books or {}).get(account, SLEEVE) == book

    with localcontext(WIDE):
        for row in transactions:
            if (row.trade_date <= as_of < row.settle_date and row.type is not TransactionType.SPLIT
                    and mine(row.account)):
                _add(coming, row.account, row.currency, row.settle_date, row.reference, cash_of(row))
        for money in state.event_cash:
            if money.settle_date > as_of:
                _add(coming, money.account, money.currency, money.settle_date, money.reference, money.cash)
        for item in transfers:
            if item.instrument or not item.trade_date <= as_of < item.settle_date:
                continue
            for account, amount in ((item.from_account, -item.quantity), (item.to_account, item.quantity)):
                if mine(account):
                    _add(coming, account, item.currency, item.settle_date, item.reference, amount)
        settled = {(line.account, line.currency): line.amount - (line.unsettled if state.basis is Basis.TRADE else ZERO)
                   for line in state.cash}
        return tuple(step for key in sorted(coming) for step in _steps(key, settled.get(key, ZERO), coming[key]))


def _add(coming: dict[tuple[str, str], dict[date, list[tuple[str, Decimal]]]], account: str, currency: str, day: date,
         reference: str, amount: Decimal) -> None:
    if amount:
        coming[account, currency][day].append((reference, amount))


def _steps(key: tuple[str, str], balance: Decimal,
           days: Mapping[date, list[tuple[str, Decimal]]]) -> Iterable[LadderStep]:
    account, currency = key
    for day in sorted(days):
        inflow = sum((amount for _, amount in days[day] if amount > 0), ZERO)
        outflow = -sum((amount for _, amount in days[day] if amount < 0), ZERO)
        balance += inflow - outflow
        yield LadderStep(day, account, currency, inflow, outflow, balance,
                         tuple(sorted({reference for reference, _ in days[day]}, key=natural)))
