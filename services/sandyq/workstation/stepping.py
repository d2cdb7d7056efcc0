"""Knowledge at one moment from that at another: only what was recorded in between is read again.

Equal to `read_knowledge` in everything but the order of bookings of one day, on which no figure rests.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sandyq.basics.origin import Origin
from sandyq.book.transactions import Transaction
from sandyq.limits.toml import read_mandate
from sandyq.market.issuer_events import applied
from sandyq.market.series import MarketData
from sandyq.reference.instruments import Directory
from sandyq.store.changes import changes_between, rows_by_id, touched_tables
from sandyq.store.market import read_directory, read_mandate_texts, read_market, read_settings
from sandyq.store.records import read_accounts, read_events, read_people, read_transfers
from sandyq.store.store import Row
from sandyq.workstation.beside import beside_at
from sandyq.workstation.bookings import transaction
from sandyq.workstation.calendars import in_force
from sandyq.workstation.knowledge import Knowledge, book_settings, permits_at, splits_by_instrument
from sandyq.workstation.mixing import bare

if TYPE_CHECKING:
    from sandyq.store.store import Store

_NOT_MARKET: Final = frozenset({
    "booking", "transfer", "account", "corporate_action", "instrument_attribute", "mandate", "setting", "mapping",
    "reversal", "person", "proposal", "approval", "period_close", "valuation_close", "statement_line", "break_note",
    "balance_signoff", "party", "party_role", "licence", "stablecoin_settlement",
})
"""Tables that market data does not come from; whatever else is touched, all of it is read again."""
_PERMITS: Final = frozenset({"party", "party_role", "licence", "account", "eligibility_status", "instrument_attribute",
                             "corporate_action"})


def stepped(store: Store, known: Knowledge, at: datetime | None, target: datetime | None) -> Knowledge:
    """Return what was known at `target`, given what is known `at` another moment (None: now), before or after it."""
    touched = touched_tables(store, *_in_order(at, target))
    entries = store.entries(target)
    events = read_events(store, target) if "corporate_action" in touched else known.events
    market, directory = _bare(store, known, target, touched)
    market, directory = applied(market, directory, events)
    result = replace(known, head=entries[-1].seq if entries else 0, events=events, market=market, directory=directory,
                     splits=splits_by_instrument(directory, market), beside=beside_at(store, target))
    if touched & _PERMITS:
        result = replace(result, permits=permits_at(store, target, directory))
    if "booking" in touched:
        result = replace(result, transactions=_bookings(store, known.transactions, at, target))
    if "transfer" in touched:
        result = replace(result, transfers=read_transfers(store, target))
    if "account" in touched:
        result = replace(result, accounts=read_accounts(store, target))
    if "person" in touched:
        result = replace(result, people=read_people(store, target))
    if "setting" in touched:
        result = replace(result, settings=book_settings(read_settings(store, target)))
    if "mandate" in touched:
        mandates = [read_mandate(row.text, row.name) for row in read_mandate_texts(store, target)]
        result = replace(result, mandates=tuple(sorted(mandates, key=lambda mandate: mandate.valid_from)))
    return result


def _bare(store: Store, known: Knowledge, target: datetime | None,
          touched: frozenset[str]) -> tuple[MarketData, Directory]:
    """Return market data and instruments as sources say them, without what follows from events."""
    own = bare(known)
    market, directory = own.market, own.directory
    if touched - _NOT_MARKET:
        market = read_market(store, target)
        market = replace(market, calendars=in_force(market.calendars))
    if "instrument_attribute" in touched:
        directory = read_directory(store, target)
    return market, directory


def _bookings(store: Store, rows: tuple[Transaction, ...], at: datetime | None,
              target: datetime | None) -> tuple[Transaction, ...]:
    """Exchange the bookings that one moment has and the other has not."""
    first, second = _in_order(at, target)
    back = (first, second) == (target, at)
    changes = tuple(changes_between(store, first, second, ("booking",)))
    gone = {change.key[0] for change in changes}
    wanted = [number for change in changes if (number := change.old if back else change.new) is not None]
    come = [_transaction(row) for row in rows_by_id(store, "booking", wanted).values()]
    kept = [row for row in rows if row.reference not in gone]
    return tuple(sorted((*kept, *come), key=lambda row: (row.trade_date, row.origin.entry, row.origin.line)))


def _transaction(row: Row) -> Transaction:
    return replace(transaction((row[2], *row[3:])), origin=Origin(row[1], row[2]))


def _in_order(one: datetime | None, other: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Return two moments, the earlier one first; None is now."""
    if one is None or (other is not None and other < one):
        return other, one
    return one, other
