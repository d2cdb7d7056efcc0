"""Everything that was known at one moment, read once from the store and handed to the pure floors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.book.state import BookSettings, CostMethod
from sandyq.book.transactions import Transaction
from sandyq.control.people import Person
from sandyq.limits.mandate import Mandate
from sandyq.limits.permits import NO_PERMITS, Permits
from sandyq.limits.toml import read_mandate
from sandyq.market import fx
from sandyq.market.issuer_events import applied
from sandyq.market.series import FundHolding, MarketData, Split
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE, Account, books_of
from sandyq.reference.events import Event, Transfer
from sandyq.reference.instruments import Directory, Instrument
from sandyq.store.market import (
    read_bookings,
    read_directory,
    read_mandate_texts,
    read_market,
    read_settings,
)
from sandyq.store.permits import read_permits
from sandyq.store.records import read_accounts, read_events, read_people, read_transfers
from sandyq.store.store import Store
from sandyq.workstation.beside import Beside, beside_at
from sandyq.workstation.calendars import in_force


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The facts visible at a moment. `head` is the journal's sequence number up to which they were read."""

    head: int
    directory: Directory
    market: MarketData
    transactions: tuple[Transaction, ...]
    mandates: tuple[Mandate, ...]
    settings: BookSettings
    splits: Mapping[str, tuple[Split, ...]]
    """Splits by instrument id."""
    events: tuple[Event, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    accounts: tuple[Account, ...] = ()
    people: tuple[Person, ...] = ()
    beside: Beside = field(default_factory=Beside)
    """Facts that few questions ask for, read when one does."""
    permits: Permits = NO_PERMITS
    """What may be bought and through whom, as decided and registered."""
    kept: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out from these facts and serves many days; whoever reads it checks what it was made of."""

    def usd_rate(self, currency: str, day: date) -> Decimal | None:
        """Return USD per unit of a currency by the last fixing on or before the day."""
        found = fx.rate(self.market.fx, currency, "USD", day)
        return found.rate if found else None

    @property
    def books(self) -> Mapping[str, str]:
        """Account → book, for the accounts of the register; the rest belongs to the sleeve."""
        return books_of(self.accounts)

    def has_mandate(self, book: str = SLEEVE) -> bool:
        return any(mandate.book == self._mandated(book) for mandate in self.mandates)

    def mandate(self, on: date, book: str = SLEEVE) -> Mandate:
        """Return a book's mandate in force on a day; before the first one, the first one (its limits are upcoming).

        All books together have a mandate of their own (book ``*``), else the sleeve's. Raises BadInput when the book
        has none at all.
        """
        own = [mandate for mandate in self.mandates if mandate.book == self._mandated(book)]
        if not own:
            raise BadInput("no-mandate", N_("The book has no mandate."), where=book,
                           remedy=N_("Import a mandate file, or make the book with one."))
        chosen = own[0]
        for mandate in own:
            if mandate.valid_from <= on:
                chosen = mandate
        return chosen

    def _mandated(self, book: str) -> str:
        own = book != ALL_BOOKS or any(mandate.book == ALL_BOOKS for mandate in self.mandates)
        return book if own else SLEEVE


def read_knowledge(store: Store, known_at: datetime | None) -> Knowledge:
    """Read what the book knew at a moment (None: everything recorded so far)."""
    entries = store.entries(known_at)
    directory = read_directory(store, known_at)
    market = read_market(store, known_at)
    market = replace(market, calendars=in_force(market.calendars))
    events = read_events(store, known_at)
    market, directory = applied(market, directory, events)
    mandates = [read_mandate(row.text, row.name) for row in read_mandate_texts(store, known_at)]
    return Knowledge(
        head=entries[-1].seq if entries else 0,
        directory=directory,
        market=market,
        transactions=tuple(read_bookings(store, known_at)),
        mandates=tuple(sorted(mandates, key=lambda mandate: mandate.valid_from)),
        settings=book_settings(read_settings(store, known_at)),
        splits=splits_by_instrument(directory, market),
        events=events, transfers=read_transfers(store, known_at),
        accounts=read_accounts(store, known_at), people=read_people(store, known_at),
        permits=permits_at(store, known_at, directory),
        beside=beside_at(store, known_at),
    )


def permits_at(store: Store, known_at: datetime | None, directory: Directory) -> Permits:
    """Return decisions about instruments, registers, accounts and listings as known at a moment."""
    return replace(read_permits(store, known_at), listed=listings(directory))


def listings(directory: Directory) -> dict[str, tuple[date | None, date | None]]:
    """Return instrument id → first and last day of its listing, for those of which a source gives one."""
    found: dict[str, tuple[date | None, date | None]] = {}
    for instrument in directory:
        first = _listing_day(instrument, ("listed_from",))
        last = _listing_day(instrument, ("delisted_from", "listed_to"))
        if first or last:
            found[instrument.id] = first, last
    return found


def _listing_day(instrument: Instrument, names: tuple[str, ...]) -> date | None:
    """Return the latest known value that is a day; a source may write it in words, which says nothing here."""
    for name in names:
        for value in reversed(instrument.attributes.get(name, ())):
            try:
                return date.fromisoformat(value.value)
            except ValueError:
                continue
    return None


def book_settings(values: Mapping[str, str]) -> BookSettings:
    """Return the book's conventions from its settings."""
    return BookSettings(
        cost_method=CostMethod(values.get("cost_method", "fifo")),
        fees_in_cost=values.get("fees_in_cost", "false") == "true",
        lot_scope=values.get("lot_scope", "account"),
    )


def splits_by_instrument(directory: Directory, market: MarketData) -> dict[str, tuple[Split, ...]]:
    """Return the splits by the id of the instrument that bore the symbol on the ex-date."""
    found: dict[str, tuple[Split, ...]] = {}
    for instrument in directory:
        splits = [
            split
            for symbol in directory.symbols_of(instrument)
            for split in market.splits.get(symbol, ())
            if instrument.symbol(split.ex_date) == symbol
        ]
        if splits:
            found[instrument.id] = tuple(sorted(splits, key=lambda split: split.ex_date))
    return found


class KnownData:
    """What the book can say about rows that are being read: coin closes, the last holding of a fund, splits.

    Read when it is first asked for: most files ask nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._market: MarketData | None = None

    @property
    def market(self) -> MarketData:
        if self._market is None:
            self._market = read_market(self._store, None)
        return self._market

    def coin_close(self, asset: str, day: date) -> Decimal | None:
        series = self.market.coins.get(asset)
        point = series.latest(day) if series else None
        return point.close if point and point.day == day else None

    def last_fund_holding(self, symbol: str, asset: str) -> FundHolding | None:
        rows = [row for row in self.market.fund_holdings.get(symbol, ()) if row.asset == asset]
        return max(rows, key=lambda row: row.day) if rows else None

    def has_split(self, symbol: str, after: date, until: date) -> bool:
        return any(after < split.ex_date <= until for split in self.market.splits.get(symbol, ()))
