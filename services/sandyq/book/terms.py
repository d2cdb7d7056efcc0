"""The terms of a corporate action: what each type needs, how a term reads, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.decimals import ONE, ZERO, exact
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.reference.events import Event


class Reads(StrEnum):
    """How a term is read. AMOUNT: zero or more; POSITIVE: more than zero; PART: zero to one."""

    AMOUNT = "amount"
    POSITIVE = "positive"
    PART = "part"
    DAY = "day"
    ANSWER = "answer"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a type of event and how it reads."""

    name: str
    reads: Reads
    required: bool = False
    needed_by: tuple[str, ...] = ()
    """Required when all of these terms are given."""


def amount(event: Event, name: str) -> Decimal | None:
    """Return a term as an exact number, None when it is not given. Call for events without `problems` only."""
    text = event.terms.get(name, "")
    return exact(text) if text else None


def amount_or_zero(event: Event, name: str) -> Decimal:
    """Return a term as an exact number; not given is nothing of it (no withholding, no cash part)."""
    return amount(event, name) or ZERO


def needed(event: Event, name: str) -> Decimal:
    """Return a required term. Raises ValueError when it is missing: `problems` was not asked."""
    found = amount(event, name)
    if found is None:
        raise ValueError(f"{event.event}: the term {name} is missing")
    return found


def pay_day(event: Event) -> date:
    """Return the day on which money and units arrive: the ex-date where no later day is given."""
    return event.ex_date if event.pay_date is None else max(event.pay_date, event.ex_date)


def problems(event: Event, terms: Iterable[Term], one_of: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Return an error for each term that is missing or does not read. An event with one does nothing.

    At least one of the terms `one_of` must be given, if any are named.
    """
    found: list[Finding] = []
    if one_of and not any(event.terms.get(name) for name in one_of):
        found.append(_problem(event, Term(one_of[0], Reads.NAME), N_(
            "The event {event} needs one of the terms {terms}.", event=event.event, terms=", ".join(one_of))))
    for term in terms:
        text = event.terms.get(term.name, "")
        wanted = term.required or (bool(term.needed_by) and all(event.terms.get(name) for name in term.needed_by))
        if not text:
            if wanted:
                found.append(_problem(event, term, N_("The event {event} needs the term {term}.", event=event.event,
                                                      term=term.name)))
        elif not _reads(term.reads, text):
            found.append(_problem(event, term, N_("The term {term} of the event {event} does not read: {value}.",
                                                  term=term.name, event=event.event, value=text)))
    return tuple(found)


def _reads(how: Reads, text: str) -> bool:
    if how is Reads.NAME:
        return bool(text.strip())
    if how is Reads.ANSWER:
        return text in {"yes", "no"}
    try:
        if how is Reads.DAY:
            date.fromisoformat(text)
            return True
        number = exact(text)
    except ValueError:
        return False
    if how is Reads.PART:
        return ZERO <= number <= ONE
    return number > 0 if how is Reads.POSITIVE else number >= 0


def _problem(event: Event, term: Term, text: Text) -> Finding:
    return Finding(Severity.ERROR, "event-terms", text, subject=event.event, line=event.origin.line,
                   column=term.name, value=event.terms.get(term.name, ""))
