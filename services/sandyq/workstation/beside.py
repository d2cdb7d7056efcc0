"""Facts that few questions ask for, read when one does and bound to the moment of the knowledge they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

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


class Beside:
    """What a store holds beside the knowledge of a moment. Later entries are not seen, whenever it is asked."""

    def __init__(self, store: Store | None = None, moment: datetime | None = None) -> None:
        self._store = store
        self._moment = moment

    @cached_property
    def fund_weights(self) -> Mapping[str, Mapping[date, tuple[FundWeight, ...]]]:
        """Fund (as the file names it) → day → its papers."""
        found: dict[str, dict[date, list[FundWeight]]] = defaultdict(lambda: defaultdict(list))
        for row in read_fund_weights(self._store, self._moment) if self._store else ():
            found[row.fund][row.day].append(row)
        return {fund: {day: tuple(rows) for day, rows in days.items()} for fund, days in found.items()}

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        return read_all(self._store, "rating", self._moment, lambda f: Rating(
            f["party"], f["rating"], f["agency"], f.sure_day("valid_from"))) if self._store else ()

    @cached_property
    def overrides(self) -> Mapping[str, tuple[Override, ...]]:
        """Book → overrides of the gate that two persons signed."""
        found: dict[str, list[Override]] = defaultdict(list)
        if self._store:
            for book, override in read_all(self._store, "gate_override", self._moment, lambda f: (f["book"], Override(
                    f["reference"], f["committee_reference"], f["tranche"],
                    Decimal(f["amount_usd"]) if f["amount_usd"] else None, f.sure_day("valid_from"),
                    f.sure_day("valid_to")))):
                found[book].append(override)
        return {book: tuple(rows) for book, rows in found.items()}

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


class Between(Beside):
    """Between two moments: each part as one of them knew it, by the causes that are taken from the later one."""

    def __init__(self, old: Beside, later: Beside, causes: Collection[Cause]) -> None:
        super().__init__()
        self._weights = later if Cause.LOOK_THROUGH in causes else old
        self._rest = later if Cause.REFERENCE in causes else old

    @cached_property
    def fund_weights(self) -> Mapping[str, Mapping[date, tuple[FundWeight, ...]]]:
        return self._weights.fund_weights

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        return self._rest.ratings

    @cached_property
    def overrides(self) -> Mapping[str, tuple[Override, ...]]:
        return self._rest.overrides
