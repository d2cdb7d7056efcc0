"""Which days are closed; a version of the mandate never begins on one of them and is never edited in place."""

from __future__ import annotations

from datetime import date, datetime

from sandyq.basics.errors import Refused
from sandyq.basics.text import N_
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.store.market import read_mandate_texts
from sandyq.store.records import facts
from sandyq.store.store import Store
from sandyq.workstation.periods import closed_through


def last_closed(store: Store, book: str, known_at: datetime | None = None) -> date | None:
    """Return the last day whose valuation is closed, or that lies in a closed period; None when all is open."""
    days = [fact.sure_day("date") for fact in facts(store, "valuation_close", known_at)
            if fact["book"] in {book, ALL_BOOKS}]
    period = closed_through(store, known_at)
    return max([*days, *([period] if period else [])], default=None)


def refuse_retroactive(store: Store, book: str, valid_from: date) -> None:
    """Raise Refused when a version would begin on a closed day: what was signed stays as it was signed."""
    closed = last_closed(store, book)
    if closed is not None and valid_from <= closed:
        raise Refused("mandate-retroactive", N_(
            "The mandate would change from {day} on, and the days up to {closed} are closed.", day=valid_from,
            closed=closed),
                      where=valid_from.isoformat(),
                      remedy=N_("Let it begin on a later day. Results of closed days are not changed afterwards."))


def refuse_edit_in_place(store: Store, name: str, valid_from: date, text: str, today: date) -> None:
    """Raise Refused when a version that has begun would be replaced by another text: a change is a version of its own.

    One that has not begun may be replaced; the same text again is no change.
    """
    for row in read_mandate_texts(store):
        if (row.name, row.valid_from) == (name, valid_from) and row.text != text and valid_from <= today:
            raise Refused("version-day-taken", N_("Version {version} has begun on {day}; it is not changed afterwards.",
                                                  version=row.version, day=row.valid_from),
                          where=name, remedy=N_("Give the new version a later first day."))
