"""Facts that few questions ask for, read when one does and bound to the moment of the knowledge they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from sandyq.basics.origin import Origin
from sandyq.limits.surroundings import Override
from sandyq.store.custody import FundWeight, read_fund_weights
from sandyq.store.records import read_all
from sandyq.store.store import Store
from sandyq.workstation.recorded import Cause


@dataclass(frozen=True, slots=True)
class Rating:
    """A party's rating by one agency from a day on."""

    party: str
    rating: str
    agency: str
    valid_from: date
    origin: Origin


@dataclass(frozen=True)
class Beside:
    """What a store holds beside the knowledge of a moment. Later entries are not seen, whenever it is asked."""

    store: Store | None = None
    moment: datetime | None = None

    @cached_property
    def fund_weights(self) -> Mapping[str, Mapping[date, tuple[FundWeight, ...]]]:
        """Fund (as the file names it) → day → its papers."""
        found: dict[str, dict[date, list[FundWeight]]] = defaultdict(lambda: defaultdict(list))
        for row in read_fund_weights(self.store, self.moment) if self.store else ():
            found[row.fund][row.day].append(row)
        return {fund: {day: tuple(rows) for day, rows in days.items()} for fund, days in found.items()}

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        return read_all(self.store, "rating", self.moment, lambda f: Rating(
            f["party"], f["rating"], f["agency"], f.sure_day("valid_from"), f.origin)) if self.store else ()

    @cached_property
    def overrides(self) -> Mapping[str, tuple[Override, ...]]:
        """Book → overrides of the gate that two persons signed."""
        found: dict[str, list[Override]] = defaultdict(list)
        if self.store:
            for book, override in read_all(self.store, "gate_override", self.moment, lambda f: (f["book"], Override(
                    f["reference"], f["committee_reference"], f["tranche"],
                    Decimal(f["amount_usd"]) if f["amount_usd"] else None, f.sure_day("valid_from"),
                    f.sure_day("valid_to")))):
                found[book].append(override)
        return {book: tuple(rows) for book, rows in found.items()}

    def same_as(self, other: Beside) -> bool:
        """Return whether both say the same, whenever they were read."""
        return self is other or (self.overrides == other.overrides and self.ratings == other.ratings and (
            self.fund_weights is other.fund_weights or self.fund_weights == other.fund_weights))

    def ratings_on(self, on: date) -> Mapping[str, tuple[str, ...]]:
        """Return party → its ratings in force on a day, one per agency."""
        last: dict[tuple[str, str], Rating] = {}
        for row in self.ratings:
            key = row.party, row.agency
            if row.valid_from <= on and (key not in last or last[key].valid_from <= row.valid_from):
                last[key] = row
        found: dict[str, list[str]] = defaultdict(list)
        for row in last.values():
            found[row.party].append(row.rating)
        return {party: tuple(own) for party, own in found.items()}

    def weights_on(self, names: Collection[str], on: date) -> tuple[FundWeight, ...]:
        """Return a fund's papers by the last day published on or before a day, under the first of its names."""
        for name in names:
            days = [day for day in self.fund_weights.get(name, ()) if day <= on]
            if days:
                return self.fund_weights[name][max(days)]
        return ()


@dataclass(frozen=True)
class _Between(Beside):
    """Papers of funds as one moment knew them, everything else as another."""

    weights: Beside = field(default_factory=Beside)
    rest: Beside = field(default_factory=Beside)

    @cached_property
    def fund_weights(self) -> Mapping[str, Mapping[date, tuple[FundWeight, ...]]]:
        return self.weights.fund_weights

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        return self.rest.ratings

    @cached_property
    def overrides(self) -> Mapping[str, tuple[Override, ...]]:
        return self.rest.overrides


def between(old: Beside, later: Beside, causes: Collection[Cause]) -> Beside:
    """Return what stands between two moments: of the later one, what some causes change."""
    return _Between(weights=later if Cause.LOOK_THROUGH in causes else old,
                    rest=later if Cause.REFERENCE in causes else old)


def beside_at(store: Store, known_at: datetime | None) -> Beside:
    """Return what stands beside the knowledge of a moment, of now for None: what is recorded later stays unseen."""
    entries = store.entries(known_at)
    return Beside(store, known_at or (entries[-1].known_at if entries else None))
