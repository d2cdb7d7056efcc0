"""Lots of one instrument: bought, sold, split. FIFO, average cost and named lots.

The loop that a million rows pass through: plain mutable objects inside, values only when it is done. Everything here
runs inside the WIDE decimal context that `book.ledger` opens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.shares import share, spread, unit_cost
from sandyq.book.state import AppliedSplit, BookSettings, CostMethod
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.accounts import SLEEVE

RateOf = Callable[[str, date], Decimal | None]
"""USD per unit of a currency on a day."""


@dataclass(slots=True)
class OpenLot:
    """What is left of a purchase. `unit` is cost per unit where that ends; `rate` the trade date's USD rate."""

    row: Transaction
    quantity: Decimal
    cost: Decimal
    unit: Decimal | None
    rate: Decimal | None


@dataclass(slots=True)
class Pool:
    """The lots of one account (or of one whole book), oldest purchase first.

    The costs of the pool are kept for average cost only.
    """

    lots: deque[OpenLot] = field(default_factory=deque)
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    cost_usd: Decimal | None = ZERO


class Slice(NamedTuple):
    """A part of a lot that a row sold. `rate` is the sale date's USD rate."""

    row: Transaction
    lot: Transaction
    quantity: Decimal
    proceeds: Decimal
    cost: Decimal
    cost_usd: Decimal | None
    rate: Decimal | None


class Short(NamedTuple):
    """A row that takes more than there is; `lot` is the purchase that it named."""

    row: Transaction
    available: Decimal
    lot: str


class Taken(NamedTuple):
    """A part of a lot that left the pool, with its cost."""

    lot: OpenLot
    quantity: Decimal
    cost: Decimal


class Lots:
    """All pools of one instrument while its rows are applied, and what came out of them.

    `on_short` is told of a row that takes more than there is; when it returns, the row is left out. `books` names the
    book of an account: two books never share a pool. `counts` says whether a pool belongs to what is reported.
    """

    def __init__(self, settings: BookSettings, rate: RateOf, on_short: Callable[[Short], None],
                 books: Mapping[str, str] | None = None, counts: Callable[[str], bool] | None = None) -> None:
        self.pools: dict[str, Pool] = {}
        self.slices: list[Slice] = []
        self.splits: list[AppliedSplit] = []
        self.findings: list[Finding] = []
        self.rate = rate
        self._on_short = on_short
        self._per_account = settings.lot_scope != "book"
        self._books = books or {}
        self.counts = counts or (lambda _key: True)
        self._with_fees = settings.fees_in_cost
        self.average = settings.cost_method is CostMethod.AVERAGE
        self._named = settings.cost_method is CostMethod.SPECIFIC
        self.plain = not (self.average or self._named or self._with_fees)
        """First in, first out, fees apart: the usual book."""

    def key(self, account: str) -> str:
        """Return the pool that an account draws on: itself, or its book."""
        return account if self._per_account else self._books.get(account, SLEEVE)

    def pool(self, row: Transaction) -> Pool:
        return self.pool_at(self.key(row.account))

    def pool_at(self, key: str) -> Pool:
        """Return the pool of a key, made when it is first asked for."""
        try:
            return self.pools[key]
        except KeyError:
            found = self.pools[key] = Pool()
            return found

    def add(self, row: Transaction) -> None:
        """Open a lot for a purchase or a transfer in."""
        pool = self.pools.get(row.account if self._per_account else self.key(row.account)) or self.pool(row)
        quantity, price = row.quantity, row.price
        cost = quantity * price
        rate = self.rate(row.currency, row.trade_date)
        opened = OpenLot(row, quantity, cost, price, rate)
        if self._with_fees and (row.fees or row.taxes):
            opened.cost = cost = cost + row.fees + row.taxes
            opened.unit = unit_cost(cost, quantity)
        pool.lots.append(opened)
        pool.quantity += quantity
        if self.average:
            pool.cost += cost
            pool.cost_usd = None if pool.cost_usd is None or rate is None else pool.cost_usd + cost * rate

    def sell(self, row: Transaction) -> None:
        """Take lots and record what became real: proceeds minus cost, per part of a lot."""
        taken = self._take(row)
        if not taken:
            return
        rate = self.rate(row.currency, row.trade_date)
        if self._with_fees:
            net = row.quantity * row.price - row.fees - row.taxes
            proceeds = spread(net, [part.quantity for part in taken])
        else:
            price = row.price
            proceeds = [part.quantity * price for part in taken]
        costs_usd = self._costs_usd(row, taken)
        slices = self.slices
        for part, income, cost_usd in zip(taken, proceeds, costs_usd, strict=True):
            slices.append(Slice(row, part.lot.row, part.quantity, income, part.cost, cost_usd, rate))

    def sell_oldest(self, row: Transaction) -> None:
        """Do what `sell` does in a `plain` book, without the objects in between (what P3 measures)."""
        pool = self.pools.get(row.account if self._per_account else self.key(row.account)) or self.pool(row)
        want, price = row.quantity, row.price
        if want > pool.quantity:
            self._on_short(Short(row, pool.quantity, ""))
            return
        pool.quantity -= want
        rate = self.rate(row.currency, row.trade_date)
        # A named tuple made by its base's constructor: the same value without a Python call per part.
        lots, record, new = pool.lots, self.slices.append, tuple.__new__
        while want:
            lot = lots[0]
            held, bought = lot.quantity, lot.rate
            if held <= want:
                sold, cost = held, lot.cost
                want -= held
                lots.popleft()
            else:
                sold, unit = want, lot.unit
                cost = sold * unit if unit is not None else share(lot.cost, sold, held)
                lot.quantity = held - sold
                lot.cost -= cost
                want = ZERO
            cost_usd = cost if bought is ONE else None if bought is None else cost * bought
            record(new(Slice, (row, lot.row, sold, sold * price, cost, cost_usd, rate)))

    def move_out(self, row: Transaction) -> None:
        """Take lots at cost: a transfer out realises nothing."""
        taken = self._take(row)
        if taken:
            self._costs_usd(row, taken)

    def take_out(self, row: Transaction) -> list[tuple[Taken, Decimal | None]]:
        """Take lots at cost and return each part with its cost in USD. A lot that is named is the one that goes."""
        taken = self._take_named(self.pool(row), row) if row.lot and not self.average else self._take(row)
        return list(zip(taken, self._costs_usd(row, taken), strict=True)) if taken else []

    def _take(self, row: Transaction) -> list[Taken]:
        pool = self.pool(row)
        want = row.quantity
        if want > pool.quantity:
            self._on_short(Short(row, pool.quantity, ""))
            return []
        if self._named and (row.lot or row.type is TransactionType.SELL):
            if row.lot:
                return self._take_named(pool, row)
            self.findings.append(_no_lot_named(row))
        taken: list[Taken] = []
        lots = pool.lots
        while want:
            lot = lots[0]
            if lot.quantity <= want:
                taken.append(Taken(lot, lot.quantity, lot.cost))
                want -= lot.quantity
                lots.popleft()
            else:
                taken.append(_part(lot, want))
                break
        pool.quantity -= row.quantity
        return self._at_average(pool, row.quantity, taken) if self.average else taken

    def _take_named(self, pool: Pool, row: Transaction) -> list[Taken]:
        named = [lot for lot in pool.lots if lot.row.reference == row.lot]
        available = sum((lot.quantity for lot in named), ZERO)
        if available < row.quantity:
            self._on_short(Short(row, available, row.lot))
            return []
        taken: list[Taken] = []
        want = row.quantity
        for lot in named:
            if not want:
                break
            if lot.quantity <= want:
                taken.append(Taken(lot, lot.quantity, lot.cost))
                want -= lot.quantity
                pool.lots.remove(lot)
            else:
                taken.append(_part(lot, want))
                want = ZERO
        pool.quantity -= row.quantity
        return taken

    def _at_average(self, pool: Pool, quantity: Decimal, taken: list[Taken]) -> list[Taken]:
        """Give the parts the pool's average cost instead of their own. The pool's quantity is already reduced."""
        cost = share(pool.cost, quantity, pool.quantity + quantity)
        pool.cost -= cost
        costs = spread(cost, [part.quantity for part in taken])
        return [Taken(part.lot, part.quantity, own) for part, own in zip(taken, costs, strict=True)]

    def _costs_usd(self, row: Transaction, taken: list[Taken]) -> list[Decimal | None]:
        """Return each part's cost in USD at the rate of its purchase (of the pool for average cost)."""
        if not self.average:
            return [None if part.lot.rate is None else part.cost * part.lot.rate for part in taken]
        pool = self.pool(row)
        if pool.cost_usd is None:
            if not pool.quantity:
                pool.cost_usd = ZERO
            return [None] * len(taken)
        total = share(pool.cost_usd, row.quantity, pool.quantity + row.quantity)
        pool.cost_usd -= total
        return list(spread(total, [part.quantity for part in taken]))

    def open_lots(self) -> Iterator[tuple[OpenLot, Decimal, Decimal | None]]:
        """Yield every open lot of the pools that count, with its cost and its cost in USD, pool by pool."""
        for key in sorted(filter(self.counts, self.pools)):
            pool = self.pools[key]
            if not self.average:
                for lot in pool.lots:
                    yield lot, lot.cost, None if lot.rate is None else lot.cost * lot.rate
            elif pool.lots:
                weights = [lot.quantity for lot in pool.lots]
                costs_usd: list[Decimal] | list[None] = ([None] * len(weights) if pool.cost_usd is None
                                                         else spread(pool.cost_usd, weights))
                yield from zip(pool.lots, spread(pool.cost, weights), costs_usd, strict=True)


def _part(lot: OpenLot, quantity: Decimal) -> Taken:
    """Take a part of a lot with its share of the cost; the rest keeps the rest, so nothing is lost to rounding."""
    unit = lot.unit
    cost = quantity * unit if unit is not None else share(lot.cost, quantity, lot.quantity)
    lot.quantity -= quantity
    lot.cost -= cost
    return Taken(lot, quantity, cost)


def _no_lot_named(row: Transaction) -> Finding:
    return Finding(Severity.WARNING, "lot-not-named", N_(
        "Sale {reference} names no lot, so the oldest lots were taken.", reference=row.reference),
        subject=row.reference, line=row.origin.line, column="lot")
