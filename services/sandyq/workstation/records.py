"""Corrections, corporate actions, closed days and periods, and what two moments knew differently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from sandyq.workstation import closing, corrections, differences, periods, restating, workstation
from sandyq.workstation.closing import Frozen
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.recorded import (
    ActionDraft,
    ActionPreview,
    ClosedDay,
    Difference,
    FactVersion,
    Restatement,
)

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class RecordsDesk:
    """One desk of an open book. Whatever two persons decide comes back as `Changes` with a proposal's reference."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    # ---- corrections

    def correct(self, reference: str, values: Mapping[str, str] | None, reason: str) -> Changes:
        """Reverse a booking and book it again with other values (None: only reverse it), in one entry."""
        return corrections.correct(self._station, reference, values, reason)

    def reverse(self, kind: str, identity: str, reason: str) -> Changes:
        """Reverse one ``booking``, ``transfer`` or ``corporate_action``."""
        return corrections.reverse(self._station, kind, identity, reason)

    def bookings(self, q: Question) -> tuple[FactVersion, ...]:
        """Return every booking ever recorded up to the question's moment, by reference; ended ones say by whom."""
        return corrections.all_bookings(self._station, q.known_at)

    def history_of(self, reference: str, kind: str = "booking") -> tuple[FactVersion, ...]:
        """Return every row recorded under a reference, oldest first, with what became of it."""
        return corrections.history_of(self._station, reference, kind)

    # ---- corporate actions

    def preview_action(self, draft: ActionDraft) -> ActionPreview:
        """Say what posting an event would do; the book is not touched."""
        from sandyq.workstation import events

        return events.preview_action(self._station, draft)

    def post_action(self, draft: ActionDraft) -> Changes:
        """Record an event. The same id with the same terms is recorded once; with other terms it is refused."""
        from sandyq.workstation import events

        return events.post_action(self._station, draft)

    # ---- closed days and periods

    def close_day(self, q: Question, with_unknown: str = "") -> Changes:
        """Propose the day's valuation for a second person to sign (`PeopleDesk.approve`)."""
        return closing.close_day(self._station, q, with_unknown)

    def closed_days(self, q: Question, *, recompute: bool = True) -> tuple[ClosedDay, ...]:
        """Return the closed days of the question's book; `recompute` False leaves `restated` at None (fast)."""
        return closing.closed_days(self._station, q, recompute=recompute)

    def restatement(self, q: Question, day: date, version: int | None = None) -> Restatement:
        """Hold a closed day against what is known at the question's moment."""
        return restating.restatement(self._station, q, day, version)

    def close_period(self, through: date, reason: str) -> Changes:
        """Propose that nothing dated up to a day is written any more."""
        return periods.close_period(self._station, through, reason, workstation.utc_now().date())

    def reopen_period(self, through: date, reason: str) -> Changes:
        """Propose that only the days up to `through` stay closed."""
        return periods.reopen_period(self._station, through, reason)

    def closed_through(self, q: Question) -> date | None:
        """Return the last day of the closed period as known at the question's moment, None when all is open."""
        return periods.closed_through(self._station.store, q.known_at)

    # ---- two moments

    def difference(self, as_of: date, known_from: datetime, known_to: datetime | None, book: str) -> Difference:
        """Return what two moments say about a day, the facts in between and each cause's part of the change."""
        return differences.difference(self._station, as_of, known_from, known_to, book)

    def replay(self, q: Question) -> Frozen:
        """Value a day again from what is stored: equal questions give the same text and hash."""
        return closing.replay(self._station, q)
