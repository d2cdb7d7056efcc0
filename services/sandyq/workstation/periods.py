"""Closed periods: nothing dated in one is written, here and, below, by the triggers of the database (F026)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.reference.facts import FactRow
from sandyq.store.records import facts
from sandyq.store.store import Store
from sandyq.workstation.contract import Changes

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


def closed_through(store: Store, known_at: datetime | None = None) -> date | None:
    """Return the last day of the closed period as known at a moment; the newest decision counts. None: open."""
    newest = max(facts(store, "period_close", known_at), key=lambda fact: fact.origin.entry, default=None)
    return newest.sure_day("through") if newest is not None else None


def refuse_closed(station: Workstation, day: date, where: str) -> None:
    """Raise Refused when a day is in the closed period."""
    closed = closed_through(station.store)
    if closed is not None and day <= closed:
        raise Refused("period-closed", N_("The period up to {day} is closed.", day=closed), where=where,
                      remedy=N_("Book it on a later day, or let two persons reopen the period."))


def close_period(station: Workstation, through: date, reason: str, today: date) -> Changes:
    """Propose to close the days up to `through`. Raises BadInput (future, no reason) and Refused (closed already)."""
    _reason(reason)
    if through >= today:
        raise BadInput("period-not-over", N_("The period up to {day} is not over.", day=through))
    closed = closed_through(station.store)
    if closed is not None and closed >= through:
        raise Refused("closed-already", N_("The period up to {day} is closed.", day=closed),
                      remedy=N_("To open it again, reopen the period with a reason."))
    return _post(station, through, reason)


def reopen_period(station: Workstation, through: date, reason: str) -> Changes:
    """Propose that only the days up to `through` stay closed. Raises Refused when that opens nothing."""
    _reason(reason)
    closed = closed_through(station.store)
    if closed is None or through >= closed:
        raise Refused("not-closed", N_("No day after {day} is closed.", day=through))
    return _post(station, through, reason)


def _post(station: Workstation, through: date, reason: str) -> Changes:
    row: FactRow = (0, ALL_BOOKS, through.isoformat(), reason.strip())
    return station.people.post("period_close", through.isoformat(), [("period_close", row)],
                               {"through": through.isoformat(), "reason": reason.strip()})


def _reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("no-reason", N_("Closing and reopening a period need a reason."))
