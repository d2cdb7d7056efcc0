"""Rows for tests of the book, short to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from sandyq.basics.origin import Origin
from sandyq.book.ledger import run
from sandyq.book.state import Basis, BookSettings, BookState
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.events import Event, EventType, Transfer

D = Decimal
_numbers = count(1)
_FIRST = Origin(1, 1)


@dataclass(frozen=True)
class Published:
    ex_date: date
    new: Decimal
    old: Decimal
    origin: Origin = _FIRST


def row(kind: str, day: date, quantity: object, price: object = 1, *, instrument: str = "X.XNAS", fees: object = 0,
        taxes: object = 0, account: str = "A", reference: str = "", lot: str = "", note: str = "",
        currency: str = "USD", settle: date | None = None) -> Transaction:
    number = next(_numbers)
    cash = kind in {"funding", "redemption", "interest", "fee"}
    return Transaction(day, settle or day, TransactionType(kind), "" if cash else instrument, D(str(quantity)),
                       D(str(price)), currency, D(str(fees)), D(str(taxes)), account, reference or f"T-{number}", lot,
                       note, Origin(7, number))


def book(rows: Iterable[Transaction], as_of: date = date(2026, 12, 31), *,
         splits: Mapping[str, Sequence[Published]] | None = None, settings: BookSettings | None = None,
         basis: Basis = Basis.TRADE, rates: Mapping[str, object] | None = None, events: Sequence[Event] = (),
         transfers: Sequence[Transfer] = (), books: Mapping[str, str] | None = None,
         which: str | None = None) -> BookState:
    def usd(currency: str, day: date) -> Decimal | None:
        if currency == "USD":
            return D(1)
        found = (rates or {}).get(currency)
        if isinstance(found, Mapping):
            return found.get(day)
        return D(str(found)) if found is not None else None

    return run(rows, splits or {}, settings or BookSettings(), as_of, basis=basis, usd_rate=usd, events=events,
               transfers=transfers, books=books, book=which)


def event(name: str, kind: str, instrument: str, day: date, pay: date | None = None, **terms: object) -> Event:
    return Event(name, EventType(kind), instrument, day, pay, {key: str(value) for key, value in terms.items()},
                 Origin(9, next(_numbers)))


def transfer(name: str, day: date, quantity: object, source: str, target: str, *, instrument: str = "X.XNAS",
             settle: date | None = None, lot: str = "", currency: str = "USD") -> Transfer:
    return Transfer(name, day, settle or day, instrument, D(str(quantity)), currency, source, target, lot, "",
                    Origin(8, next(_numbers)))
