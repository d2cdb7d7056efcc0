"""A book after orders: the touched lines at once, the whole of it when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from sandyq.basics.decimals import EXACT, ZERO
from sandyq.limits.after_orders import in_sequence, money_after, traded_rows, with_orders
from sandyq.limits.mandate import Mandate, Part
from sandyq.limits.measures.base import Below, denominator
from sandyq.limits.result import Order
from sandyq.limits.snapshot import Row, Snapshot


class Moved:
    """The book `before` with `orders` on top of it."""

    def __init__(self, before: Snapshot, orders: Sequence[Order], mandate: Mandate) -> None:
        self.before, self.orders, self._mandate = before, tuple(in_sequence(orders)), mandate
        self.rows = traded_rows(before, orders, mandate)
        self.symbols = tuple(self.rows)
        self._below: dict[str, Below] = {}

    @cached_property
    def whole(self) -> Snapshot:
        return with_orders(self.before, self.orders, self._mandate)

    @cached_property
    def touched(self) -> Snapshot:
        """The touched lines after the orders, with the totals of the whole book."""
        return self._few(tuple(row for row in self.rows.values() if row.quantity))

    @cached_property
    def ordered(self) -> Snapshot:
        """All ordered lines, those of the orders on their way included."""
        if not self.before.orders:
            return self.touched
        others = {order.symbol for order in self.before.orders} - set(self.rows)
        known = (self.before.by_symbol.get(symbol) for symbol in sorted(others))
        return self._few((*self.touched.rows, *(row for row in known if row is not None)))

    def _few(self, rows: tuple[Row, ...]) -> Snapshot:
        invested, flows = self._money
        names = {order.symbol for order in (*self.before.orders, *self.orders)}
        candidates = {name: self.before.candidates[name] for name in names if name in self.before.candidates}
        candidates |= {symbol: row for symbol, row in self.rows.items() if not row.quantity}
        found = replace(self.before, rows=rows, candidates=candidates, invested=invested, flows=flows,
                        orders=(*self.before.orders, *self.orders))
        found.__dict__.update(market_value=self.market_value, exposure=self.exposure)
        return found

    @cached_property
    def _money(self) -> tuple[Decimal | None, tuple[tuple[date, Decimal | None], ...]]:
        return money_after(self.before, self.orders, self._mandate)

    @cached_property
    def earlier(self) -> Snapshot:
        """The touched lines before the orders; only its sums over lines mean something."""
        rows = (self.before.by_symbol.get(symbol) for symbol in self.symbols)
        found = replace(self.touched, rows=tuple(row for row in rows if row is not None))
        found.__dict__.update(market_value=self.market_value, exposure=self.exposure)
        return found

    @cached_property
    def market_value(self) -> Decimal | None:
        return self._total("market_value")

    @cached_property
    def exposure(self) -> Decimal | None:
        return self._total("exposure")

    def _total(self, name: str) -> Decimal | None:
        result: Decimal | None = getattr(self.before, name)
        if result is None:
            whole: Decimal | None = getattr(self.whole, name)
            return whole
        for symbol, row in self.rows.items():
            was = self.before.by_symbol.get(symbol)
            now = getattr(row, name) if row.quantity else ZERO
            if now is None:
                return None
            result = EXACT.add(result, now)
            result = result if was is None else EXACT.subtract(result, getattr(was, name))
        return result

    def below(self, part: Part) -> Below:
        """Return the denominator after the orders, worked out once for all parts that divide by it."""
        found = self._below.get(part.denominator)
        if found is None:
            found = self._below[part.denominator] = denominator(self.touched, part)
        return found
