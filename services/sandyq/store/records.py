"""What the book records beyond market data and bookings: people, events, transfers, accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from sandyq.basics.origin import Origin
from sandyq.control.people import Person, Role
from sandyq.reference.accounts import Account, Form
from sandyq.reference.events import Event, EventType, Transfer
from sandyq.reference.facts import TABLES
from sandyq.store.engine import damaged
from sandyq.store.store import Store

T = TypeVar("T")


class Fact(dict[str, str]):
    """One row by column name, None as an empty text, with its origin."""

    origin: Origin

    def day(self, name: str) -> date | None:
        return date.fromisoformat(self[name]) if self[name] else None

    def sure_day(self, name: str) -> date:
        return date.fromisoformat(self[name])

    def number(self, name: str) -> Decimal:
        return Decimal(self[name])


def facts(store: Store, table: str, known_at: datetime | None = None) -> Iterator[Fact]:
    """Yield the visible rows of a table, one per key, in order of the key."""
    names = TABLES[table].columns
    for _, entry, line, *values in store.rows(table, known_at):
        fact = Fact(zip(names, ("" if value is None else value for value in values), strict=True))
        fact.origin = Origin(entry, line)
        yield fact


def read_all(store: Store, table: str, known_at: datetime | None, make: Callable[[Fact], T]) -> tuple[T, ...]:
    """Return a value for every visible row. Raises IntegrityFailed for a row that only damage can have made."""
    try:
        return tuple(make(fact) for fact in facts(store, table, known_at))
    except (ValueError, ArithmeticError, KeyError) as error:
        raise damaged(store.path.name, error) from None


def read_people(store: Store, known_at: datetime | None = None) -> tuple[Person, ...]:
    return read_all(store, "person", known_at, lambda f: Person(
        f["name"], Role(f["role"]), f["public_key"], f.sure_day("valid_from"), f.day("left"), f.origin))


def read_events(store: Store, known_at: datetime | None = None) -> tuple[Event, ...]:
    """Return the corporate actions in order of ex-date, then id."""
    found = read_all(store, "corporate_action", known_at, lambda f: Event(
        f["event"], EventType(f["type"]), f["instrument"], f.sure_day("ex_date"), f.day("pay_date"),
        {str(name): str(value) for name, value in json.loads(f["terms"]).items()}, f.origin))
    return tuple(sorted(found, key=lambda event: (event.ex_date, event.event)))


def read_transfers(store: Store, known_at: datetime | None = None) -> tuple[Transfer, ...]:
    return read_all(store, "transfer", known_at, lambda f: Transfer(
        f["reference"], f.sure_day("trade_date"), f.sure_day("settle_date"), f["instrument"], f.number("quantity"),
        f["currency"], f["from_account"], f["to_account"], f["lot"], f["note"], f.origin))


def read_accounts(store: Store, known_at: datetime | None = None) -> tuple[Account, ...]:
    return read_all(store, "account", known_at, lambda f: Account(
        f["account"], f["institution"], f["currency"], Form(f["form"]), f["book"], f["owner"], f.day("valid_from"),
        f.day("valid_to"), f.origin))
