"""What was beyond on every trading day of a book, worked out once and kept as long as no fact of a limit changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.book.collector import paused_collector
from sandyq.limits.blend import Between, Side
from sandyq.limits.episodes import DayReadings, Subject, readings
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import grouped, in_scope
from sandyq.limits.snapshot import Snapshot
from sandyq.reference.facts import TABLES
from sandyq.store.approvals import entries_since
from sandyq.workstation.contract import Question
from sandyq.workstation.histories import trading_days
from sandyq.workstation.picture import Picture

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

Progress = Callable[[int, int], bool]
"""Called with (done, all); returning False cancels."""
_WITHOUT_FIGURES: Final = frozenset({
    "mapping", "proposal", "approval", "person", "valuation_close", "statement_line", "break_note", "balance_signoff",
    "waiver", "order_check", "trade_order", "order_event", "emergency_review", "limit_run", "breach", "breach_step",
    "gate_day", "period_close", "election", "reserve_asset"})
"""Tables that no limit is measured on."""
_MEASURED: Final = tuple(sorted(set(TABLES) - _WITHOUT_FIGURES))
_KEPT: Final = 4


@dataclass(slots=True)
class _Days:
    """Readings by day, with the journal's entry that they rest on."""

    head: int
    days: dict[date, DayReadings] = field(default_factory=dict)


class DaysBook:
    """The days of an open book by (moment, book). What was worked out stays while nothing that counts is recorded."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
        self._found: dict[tuple[datetime | None, str], _Days] = {}

    def readings(self, q: Question, progress: Progress | None = None) -> tuple[DayReadings, ...]:
        """Return the readings of every trading day from the first trade to the day. Empty without a mandate."""
        known = self._station.knowledge(q.known_at)
        if not known.has_mandate(q.book) or not known.transactions:
            return ()
        span = trading_days(known, self._station.first_day(q.known_at), q.as_of)
        kept = self._kept(q, known.head)
        missing = [day for day in span if day not in kept.days]
        with paused_collector():
            for number, day in enumerate(missing):
                if progress is not None and not progress(number, len(missing)):
                    break
                self._read(q, day, kept)
        return tuple(kept.days[day] for day in span if day in kept.days)

    def standing(self, q: Question) -> tuple[DayReadings, ...]:
        """Return the last days, from the day before the longest breach of today began; no more are worked out."""
        known = self._station.knowledge(q.known_at)
        if not known.has_mandate(q.book) or not known.transactions:
            return ()
        kept, found = self._kept(q, known.head), list[DayReadings]()
        lasting: set[Subject] | None = None
        with paused_collector():
            for day in reversed(trading_days(known, self._station.first_day(q.known_at), q.as_of)):
                read = self._read(q, day, kept)
                found.append(read)
                beyond = set(read.beyond) | {one for one in lasting or () if read.is_unknown(one)}
                lasting = beyond if lasting is None else lasting & beyond
                if not lasting:
                    break
        return tuple(reversed(found))

    def about(self, q: Question, limit: str, first: date, progress: Progress | None = None) -> tuple[DayReadings, ...]:
        """Return the days from one on, and those before it back to where the breaches of a limit on it began.

        Empty when it is cancelled: without the earlier days a breach would seem to begin too late.
        """
        known = self._station.knowledge(q.known_at)
        if not known.has_mandate(q.book) or not known.transactions:
            return ()
        kept, found, lasting = self._kept(q, known.head), list[DayReadings](), set[Subject]()
        span = trading_days(known, self._station.first_day(q.known_at), q.as_of)
        wanted = sum(1 for day in span if day >= first)
        with paused_collector():
            for number, day in enumerate(reversed(span)):
                if progress is not None and not progress(number, max(wanted, number + 1)):
                    return ()
                read = self._read(q, day, kept)
                found.append(read)
                lasting = {one for one in lasting if read.is_unknown(one)} | {
                    one for one in read.beyond if one.limit == limit}
                if day <= first and not lasting:
                    break
        return tuple(reversed(found))

    def _read(self, q: Question, day: date, kept: _Days) -> DayReadings:
        if day not in kept.days:
            picture = self._station.picture(Question(day, q.known_at, q.book))
            kept.days[day] = readings(evaluate(picture.snapshot, picture.mandate, day, rooms=False))
        return kept.days[day]

    def _kept(self, q: Question, head: int) -> _Days:
        key = (q.known_at, q.book)
        found = self._found.get(key)
        stale = found is not None and found.head != head and entries_since(self._station.store, found.head, _MEASURED)
        if found is None or stale:
            found = self._found[key] = _Days(head)
            while len(self._found) > _KEPT:
                del self._found[next(iter(self._found))]
        found.head = head
        return found


def side_of(picture: Picture) -> Side:
    """Return a picture as one end of a change."""
    return Side(picture.snapshot, {coin: price[0] for coin, price in picture.exposure.coin_prices.items()})


def between(early: Picture, late: Picture) -> Between:
    """Return splits and other events between two days, by symbol, in units of the later day."""
    first, last, known = early.as_of, late.as_of, late.knowledge
    factors: dict[str, Decimal] = {}
    brought: dict[str, Decimal] = {}
    ids = {row.instrument: row.symbol for row in (*early.snapshot.rows, *late.snapshot.rows)}
    for instrument, symbol in ids.items():
        splits = [split for split in known.splits.get(instrument, ()) if first < split.ex_date <= last]
        for split in splits:
            factors[symbol] = product(factors.get(symbol, ONE), split.factor)
        moves = [move for move in late.state.moves if move.instrument == instrument and first < move.day <= last]
        for move in moves:
            scale = product(ONE, *(split.factor for split in splits if split.ex_date > move.day))
            brought[symbol] = brought.get(symbol, ZERO) + product(move.quantity, scale)
    return Between(factors, brought)


def impact(part: Part, group: str, days: Mapping[date, tuple[Snapshot, Decimal | None]],
           factors: Callable[[date, date], Mapping[str, Decimal]]) -> Decimal | None:
    """Return gain (+) or loss (−) in USD on the excess position: each day's excess × the return to the next day.

    `days` holds each day's snapshot and its excess in USD at the close, in order; the return is that of the lines that
    the part counts, at the quantities of the earlier day. None when a figure is missing or the part counts no lines.
    """
    found = ZERO
    listed = list(days.items())
    for (day, (snapshot, excess)), (later, (after, _)) in pairwise(listed):
        rows = grouped(in_scope(snapshot.rows, part), part).get(group)
        if excess is None or not rows or (group and not part.group_by):
            return None
        scale = factors(day, later)
        held, moved = ZERO, ZERO
        for row in rows:
            now = after.row(row.symbol)
            if row.market_value is None:
                return None
            if now is None:
                continue  # sold whole: its last value was the day before's
            if now.price is None:
                return None
            held += row.market_value
            moved += product(row.quantity, scale.get(row.symbol, ONE), now.price) - row.market_value
        if held:
            found += product(excess, quotient(moved, held))
    return found
