"""One pass over a book's rows: cash, tranches, flows of money put in, income, fees and taxes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from operator import itemgetter

from sandyq.basics.decimals import ZERO
from sandyq.basics.origin import Origin
from sandyq.book.cash import CashLedger
from sandyq.book.columns import filled
from sandyq.book.effects import EFFECTS, NO_EFFECT, Effect
from sandyq.book.lots import RateOf, Slice
from sandyq.book.state import EventCash, Flow, Funding, Totals
from sandyq.book.transactions import Transaction, TransactionType

_FlowRow = tuple[date, str, Decimal | None, str, Origin]
"""The fields of a `Flow`."""
_INCOME = (TransactionType.DIVIDEND, TransactionType.INTEREST, TransactionType.RETURN_OF_CAPITAL)


class _Sums:
    """Running sums of one instrument in USD; None once a rate was missing."""

    __slots__ = ("fees", "income", "realised", "taxes", "withholding")

    def __init__(self) -> None:
        self.realised: Decimal | None = ZERO
        self.income: Decimal | None = ZERO
        self.withholding: Decimal | None = ZERO
        self.fees: Decimal | None = ZERO
        self.taxes: Decimal | None = ZERO


def _plus(sum_usd: Decimal | None, amount: Decimal, rate: Decimal | None) -> Decimal | None:
    if not amount:
        return sum_usd
    return None if sum_usd is None or rate is None else sum_usd + amount * rate


class Tally:
    """Give it the rows that count (`take`), the parts sold (`realise`); then read flows, fundings and totals."""

    def __init__(self, rate: RateOf, *, by_settlement: bool) -> None:
        self._rate = rate
        self._by_settlement = by_settlement
        self._sums: dict[str, _Sums] = {}
        self.cash = CashLedger()
        self.fundings: list[Funding] = []
        self._flows: list[_FlowRow] = []

    def _of(self, instrument: str) -> _Sums:
        found = self._sums.get(instrument)
        if found is None:
            found = self._sums[instrument] = _Sums()
        return found

    def take(self, rows: Iterable[Transaction]) -> None:
        """Count rows of one instrument or without one, in their order."""
        for row in rows:
            effect = EFFECTS[row.type]
            if effect is NO_EFFECT:
                continue
            amount = row.quantity * row.price
            costs = row.fees + row.taxes
            rate = self._rate(row.currency, row.trade_date)
            if effect.invested:
                self._flow(row, effect, amount, costs, rate)
                if costs:
                    sums = self._of(row.instrument)
                    sums.fees = _plus(sums.fees, row.fees, rate)
                    sums.taxes = _plus(sums.taxes, row.taxes, rate)
            else:
                self._other(row, amount, rate)
            moved = (amount if effect.cash > 0 else -amount if effect.cash else ZERO) - costs
            if moved:
                day = row.settle_date if self._by_settlement else row.trade_date
                self.cash.move(row.account, row.currency, day, moved, row.note)

    def _flow(self, row: Transaction, effect: Effect, amount: Decimal, costs: Decimal, rate: Decimal | None) -> None:
        put_in = amount if effect.invested > 0 else -amount
        if effect.costs_invested:
            put_in += costs
        self._flows.append((row.trade_date, row.instrument, None if rate is None else put_in * rate, row.reference,
                            row.origin))

    def _other(self, row: Transaction, amount: Decimal, rate: Decimal | None) -> None:
        """Count income, fees and tranches. Taxes on income are withholding; a return of capital is not income."""
        sums = self._of(row.instrument)
        kind = row.type
        sums.fees = _plus(sums.fees, row.fees, rate)
        if kind in _INCOME:
            if kind is not TransactionType.RETURN_OF_CAPITAL:
                sums.income = _plus(sums.income, amount, rate)
            sums.withholding = _plus(sums.withholding, row.taxes, rate)
        elif kind is TransactionType.WITHHOLDING:
            sums.withholding = _plus(sums.withholding, amount + row.taxes, rate)
        else:
            sums.taxes = _plus(sums.taxes, row.taxes, rate)
            if kind is TransactionType.FEE:
                sums.fees = _plus(sums.fees, amount, rate)
            else:
                given = amount if kind is TransactionType.FUNDING else -amount
                self.fundings.append(Funding(row.trade_date, row.account, row.currency, given, row.reference,
                                             row.origin))

    def post(self, money: EventCash, as_of: date) -> None:
        """Count what an event did to money; on settlement basis it moves on its settlement day only."""
        rate = money.rate
        if money.sold:
            self._flows.append((money.day, money.instrument, None if rate is None else -money.sold * rate,
                                money.reference, money.origin))
        if money.income or money.withholding:
            sums = self._of(money.instrument)
            sums.income = _plus(sums.income, money.income, rate)
            sums.withholding = _plus(sums.withholding, money.withholding, rate)
        if not money.cash:
            return
        if money.settle_date > as_of:
            self.cash.await_settlement(money.account, money.currency, money.cash)
            if self._by_settlement:
                return
        day = money.settle_date if self._by_settlement else money.day
        self.cash.move(money.account, money.currency, day, money.cash, "")

    def realise(self, instrument: str, slices: Iterable[Slice]) -> None:
        """Add the results of sold parts: proceeds at the sale's rate minus cost at the purchase's rate."""
        sums = self._of(instrument)
        for part in slices:
            if sums.realised is None or part.rate is None or part.cost_usd is None:
                sums.realised = None
                return
            sums.realised += part.proceeds * part.rate - part.cost_usd

    def flows(self) -> tuple[Flow, ...]:
        """Return the flows by day, on one day in the order in which they were counted."""
        return tuple(filled(Flow, sorted(self._flows, key=itemgetter(0))))

    def totals(self) -> dict[str, Totals]:
        return {instrument: Totals(sums.realised, sums.income, sums.withholding, sums.fees, sums.taxes)
                for instrument, sums in sorted(self._sums.items())}
