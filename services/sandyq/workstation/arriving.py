"""Rows of files on their way in, beyond bookings: events and transfers find their instruments, trades their settlement.

A row that does not fit is refused with the reason; the rest goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import SandyqError
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.transactions import TransactionType
from sandyq.market.settlement import settlement_date
from sandyq.reference.events import EventType, Transfer
from sandyq.reference.facts import TABLES, FactRow
from sandyq.workstation.corrections import refuse_unfit
from sandyq.workstation.drafting import drafted, found_instrument
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.periods import closed_through
from sandyq.workstation.recorded import ActionDraft

if TYPE_CHECKING:
    from sandyq.packs.report import Report
    from sandyq.store.store import Store
    from sandyq.workstation.bookings import Refuse

_BOOKING: Final = {name: place + 1 for place, name in enumerate(TABLES["booking"].columns)}
_EVENT: Final = {name: place + 1 for place, name in enumerate(TABLES["corporate_action"].columns)}
_TRANSFER: Final = {name: place + 1 for place, name in enumerate(TABLES["transfer"].columns)}
_SETTLES: Final = frozenset({TransactionType.BUY.value, TransactionType.SELL.value})


def resolve_events(store: Store, known: Knowledge, rows: Iterable[FactRow], refuse: Refuse) -> Iterator[FactRow]:
    """Yield the events of a file with instrument ids and canonical terms; an event recorded already comes as it is.

    Refused: symbols and terms that do not read, an id with other terms, closed periods, what bookings do not allow.
    """
    closed = closed_through(store)
    events = list(known.events)
    for row in rows:
        try:
            found = drafted(store, known.directory, _draft(row), int(row[0] or 0))
            if found.recorded_by is None:
                if closed is not None and found.event.ex_date <= closed:
                    _refuse_closed(row, closed, refuse)
                    continue
                refuse_unfit(known, known.transactions, known.transfers, (*events, found.event), set(),
                             found.event.event)
                events.append(found.event)
        except SandyqError as error:
            refuse(row, error.code, error.what, error.where)
            continue
        except ValueError:
            refuse(row, "event-unreadable", N_("The type, the days or the terms of the event do not read."))
            continue
        yield found.row


def _draft(row: FactRow) -> ActionDraft:
    """A row of a file as a draft: symbols stand where instruments' ids will be."""
    said = {name: str(row[place] or "") for name, place in _EVENT.items()}
    terms = {name: str(value) for name, value in json.loads(said["terms"]).items()}
    pay = date.fromisoformat(said["pay_date"]) if said["pay_date"] else None
    return ActionDraft(EventType(said["type"]), said["symbol"], date.fromisoformat(said["ex_date"]), terms, pay,
                       said["event"], said["source"], said["note"])


def resolve_transfers(store: Store, known: Knowledge, rows: Iterable[FactRow], refuse: Refuse) -> Iterator[FactRow]:
    """Yield the transfers of a file with instrument ids. Refused: the same account twice, more than is held there,
    closed periods, a reference that is recorded with other values.
    """
    closed = closed_through(store)
    recorded = {item.reference: item for item in known.transfers}
    accepted = list(known.transfers)
    for row in rows:
        try:
            filled = _with_instrument(known, row)
            item = _transfer(filled)
            if item.reference in recorded:
                if replace(recorded[item.reference], origin=item.origin) == item:
                    yield filled
                else:
                    refuse(row, "reference-used", N_("The reference {reference} is recorded with other values.",
                                                     reference=item.reference), item.reference)
                continue
            if item.from_account == item.to_account:
                refuse(row, "same-account", N_("A transfer goes from one account to another."), item.to_account)
                continue
            if closed is not None and item.trade_date <= closed:
                _refuse_closed(row, closed, refuse)
                continue
            refuse_unfit(known, known.transactions, (*accepted, item), known.events, set(), item.reference)
        except SandyqError as error:
            refuse(row, error.code, error.what, error.where)
            continue
        accepted.append(item)
        yield filled


def _with_instrument(known: Knowledge, row: FactRow) -> FactRow:
    symbol = str(row[_TRANSFER["symbol"]] or "")
    if not symbol:
        return row
    found = found_instrument(known.directory, symbol, date.fromisoformat(str(row[_TRANSFER["trade_date"]])))
    place = _TRANSFER["instrument"]
    return (*row[:place], found.id, *row[place + 1:])


def _transfer(row: FactRow) -> Transfer:
    said = {name: str(row[place] or "") for name, place in _TRANSFER.items()}
    return Transfer(said["reference"], date.fromisoformat(said["trade_date"]), date.fromisoformat(said["settle_date"]),
                    said["instrument"], Decimal(said["quantity"]), said["currency"], said["from_account"],
                    said["to_account"], said["lot"], said["note"], Origin(0, int(row[0] or 0)))


def _refuse_closed(row: FactRow, closed: date, refuse: Refuse) -> None:
    refuse(row, "period-closed", N_("The period up to {day} is closed.", day=closed))


def open_bookings(store: Store, rows: Sequence[FactRow], refuse: Refuse) -> list[FactRow]:
    """Return the bookings that are dated after the closed period; the others are refused."""
    closed = closed_through(store)
    if closed is None:
        return list(rows)
    kept = []
    for row in rows:
        if str(row[_BOOKING["trade_date"]]) <= closed.isoformat():
            _refuse_closed(row, closed, refuse)
        else:
            kept.append(row)
    return kept


def settled(known: Knowledge, rows: Iterable[FactRow], hints: Mapping[int, Mapping[str, str]],
            report: Report) -> Iterator[FactRow]:
    """Yield bookings; a trade whose file gave no settlement date settles by its venue and currency (F023)."""
    for row in rows:
        assumed = hints.get(int(row[0] or 0), {}).get("settle") == "assumed"
        instrument = known.directory.by_id(str(row[_BOOKING["instrument"]] or "")) if assumed else None
        if instrument is None or row[_BOOKING["type"]] not in _SETTLES:
            yield row
            continue
        traded = date.fromisoformat(str(row[_BOOKING["trade_date"]]))
        day = settlement_date(instrument.mic(traded), str(row[_BOOKING["currency"]]), traded, known.market.calendars)
        report.info("settlement-by-venue", N_("By the days of venue and currency it settles on {day}.", day=day),
                    line=int(row[0] or 0), column="settle_date")
        place = _BOOKING["settle_date"]
        yield (*row[:place], day.isoformat(), *row[place + 1:])
