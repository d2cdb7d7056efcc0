"""The sleeve inside the reserves over time: which figure was known when, how old, what share the sleeve is (F095)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import product, quotient
from sandyq.limits.snapshot import Denominator
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.contract import Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

BASIS_POINTS: Final = Decimal(10_000)
MONTHS: Final = 12
"""So many month ends are shown when no first day is given."""


@dataclass(frozen=True, slots=True)
class ReserveShare:
    """One series of the reserves as it was published by a day, and the sleeve's share of it; None is Unknown.

    `of` is the day that the figure is about, `age` calendar days since. The share is a plain ratio.
    """

    day: date
    series: str
    amount_usd: Decimal
    of: date
    published: date | None
    source: str
    age: int
    freshness: Freshness
    market_value_usd: Decimal | None
    share: Decimal | None

    @property
    def basis_points(self) -> Decimal | None:
        return None if self.share is None else product(self.share, BASIS_POINTS)


def reserve_shares(station: Workstation, q: Question, first: date | None = None) -> tuple[ReserveShare, ...]:
    """Return each series at the month ends from a day on (a year, if none is given) and on the day itself."""
    return tuple(row for day in _days(first or q.as_of - timedelta(days=31 * MONTHS), q.as_of)
                 for row in _on(station, Question(day, q.known_at, q.book)))


def _days(first: date, last: date) -> Sequence[date]:
    """Return the month ends between two days, and the last day."""
    span = (first + timedelta(days=number) for number in range((last - first).days))
    return [*(day for day in span if (day + timedelta(days=1)).day == 1), last]


def _on(station: Workstation, q: Question) -> Iterator[ReserveShare]:
    if not station.knowledge(q.known_at).has_mandate(q.book):
        return
    snapshot = station.picture(q).snapshot
    for series, figure in sorted(snapshot.reserves.items()):
        yield _share(q.as_of, series, figure, snapshot.market_value)


def _share(day: date, series: str, figure: Denominator, value: Decimal | None) -> ReserveShare:
    known = value is not None and figure.amount and figure.freshness is not Freshness.RED
    return ReserveShare(day, series, figure.amount, figure.day, figure.published, figure.source,
                        (day - figure.day).days, figure.freshness, value,
                        quotient(value, figure.amount) if known and value is not None else None)
