"""What an event did to cost, written down while it acts: before, and where it went (F031)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sandyq.basics.decimals import ZERO
from sandyq.book.linked import Linked
from sandyq.book.parcels import Parcel
from sandyq.book.state import Conservation
from sandyq.reference.events import Event

_Cost = tuple[Decimal, Decimal | None]
_NOTHING: _Cost = (ZERO, ZERO)


class Watch:
    """Open it before an event acts, tell it what arrived and what was sold, then `record`."""

    def __init__(self, linked: Linked, event: Event, other: str = "") -> None:
        self._linked = linked
        self._event = event
        self._other = other
        self._before = _costs(linked, event.instrument)
        self._child: dict[str, _Cost] = defaultdict(lambda: _NOTHING)
        self._sold: dict[str, _Cost] = defaultdict(lambda: _NOTHING)

    def arrived(self, key: str, parcels: Iterable[Parcel]) -> None:
        """Count the cost of parcels that went to the other instrument."""
        if self._linked.counts(key):
            for parcel in parcels:
                _add(self._child, parcel.row.currency, parcel.cost, parcel.cost_usd)

    def sold_since(self, instrument: str, count: int) -> None:
        """Count the cost of the parts that were realised after the first `count` parts of an instrument."""
        for part in self._linked.of(instrument).slices[count:]:
            if self._linked.mine(part.row.account):
                _add(self._sold, part.lot.currency, part.cost, part.cost_usd)

    def record(self) -> None:
        """Add one line per currency of the lots to the linked instruments' record."""
        after = _costs(self._linked, self._event.instrument)
        for currency in sorted({*self._before, *self._child, *self._sold}):
            before, parent = self._before.get(currency, _NOTHING), after.get(currency, _NOTHING)
            child, sold = self._child[currency], self._sold[currency]
            self._linked.conservation.append(Conservation(
                self._event.event, self._event.ex_date, self._event.instrument, self._other, currency,
                before[0], parent[0], child[0], sold[0], before[1], parent[1], child[1], sold[1]))


def _costs(linked: Linked, instrument: str) -> dict[str, _Cost]:
    found: dict[str, _Cost] = defaultdict(lambda: _NOTHING)
    lots = linked.of(instrument)
    for key in linked.keys(instrument):
        if not linked.counts(key):
            continue
        pool = lots.pools[key]
        if lots.average:
            _add(found, pool.lots[0].row.currency, pool.cost, pool.cost_usd)
            continue
        for lot in pool.lots:
            _add(found, lot.row.currency, lot.cost, None if lot.rate is None else lot.cost * lot.rate)
    return found


def _add(sums: dict[str, _Cost], currency: str, cost: Decimal, usd: Decimal | None) -> None:
    before, before_usd = sums[currency]
    sums[currency] = before + cost, None if before_usd is None or usd is None else before_usd + usd
