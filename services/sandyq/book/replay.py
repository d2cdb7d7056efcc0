"""Replay connected instruments: which ones belong together, and their rows, splits, events and transfers by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, exact
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.actions import BY_EVENT, BY_TYPE, EVENT_ACTIONS
from sandyq.book.actions.split import SplitFact, split_rows
from sandyq.book.linked import SAME_PAYMENT, Linked
from sandyq.book.order import RANK, in_order, natural
from sandyq.book.parcels import put, withdraw
from sandyq.book.state import EventCash, Move
from sandyq.book.terms import problems
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.events import Event, EventType, Transfer

_DAY: Final = 8
_AT_OPEN: Final = 1
_TRANSFERS: Final = 5
_ROWS: Final = (0, 2, 3, 6)
"""Places within a day: splits, events at the open, what comes in, income, transfers, what goes out."""
_TYPE_ORDER: Final = {action.type: place for place, action in enumerate(EVENT_ACTIONS)}


@dataclass(frozen=True, slots=True)
class EventSplit:
    """A split that came as an event: the same as a published one."""

    ex_date: date
    new: Decimal
    old: Decimal
    origin: Origin


@dataclass(frozen=True, slots=True)
class Connected:
    """Instruments that are replayed together, with the events and transfers that connect them."""

    instruments: tuple[str, ...]
    events: tuple[Event, ...]
    transfers: tuple[Transfer, ...]


def sound(events: Iterable[Event], as_of: date) -> tuple[list[Event], list[Finding]]:
    """Return the events up to a day whose terms read, each event id once, and findings for the others."""
    good: dict[str, Event] = {}
    findings: list[Finding] = []
    for event in events:
        if event.ex_date > as_of:
            continue
        action = BY_EVENT[event.type]
        wrong = problems(event, action.terms, action.one_of)
        findings += wrong
        if not wrong:
            known = good.get(event.event)
            if known is None or (known.origin.entry, known.origin.line) < (event.origin.entry, event.origin.line):
                good[event.event] = event
    return sorted(good.values(), key=_event_order), findings


def with_event_splits(splits: Mapping[str, Sequence[SplitFact]],
                      events: Iterable[Event]) -> tuple[Mapping[str, Sequence[SplitFact]], list[Finding]]:
    """Return the published splits by instrument with those that came as events, and a warning for each that differs.

    A published split within five days is the same event: its day and its ratio count.
    """
    found: dict[str, list[SplitFact]] = {}
    findings: list[Finding] = []
    for event in events:
        if event.type is not EventType.SPLIT:
            continue
        split = EventSplit(event.ex_date, exact(event.terms["new"]), exact(event.terms["old"]), event.origin)
        known = found.setdefault(event.instrument, list(splits.get(event.instrument, ())))
        twin = next((fact for fact in known if abs(fact.ex_date - split.ex_date) <= SAME_PAYMENT), None)
        if twin is None:
            known.append(split)
        elif twin.new * split.old != twin.old * split.new:
            findings.append(Finding(Severity.WARNING, "split-ratio-differs", N_(
                "The event {event} says {new} for {old}; {known_new} for {known_old} is known for {day} and was "
                "applied.", event=event.event, new=split.new, old=split.old, known_new=twin.new, known_old=twin.old,
                day=twin.ex_date), subject=event.event, line=event.origin.line))
    return ({**splits, **found} if found else splits), findings


def connected(events: Iterable[Event], transfers: Iterable[Transfer]) -> list[Connected]:
    """Return the groups of instruments that need one common replay, in order of their first instrument."""
    acting = [event for event in events if _acts(event)]
    moving = [transfer for transfer in transfers if transfer.instrument]
    root: dict[str, str] = {}

    def top(name: str) -> str:
        root.setdefault(name, name)
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for event in acting:
        partner = event.terms.get(BY_EVENT[event.type].partner, "")
        first, second = sorted((top(event.instrument), top(partner or event.instrument)))
        root[second] = first
    for transfer in moving:
        top(transfer.instrument)
    groups: dict[str, list[str]] = {}
    for name in sorted(root):
        groups.setdefault(top(name), []).append(name)
    return [Connected(tuple(names), tuple(event for event in acting if event.instrument in names),
                      tuple(item for item in moving if item.instrument in names)) for names in groups.values()]


def _acts(event: Event) -> bool:
    """Return whether an event needs the common replay; a split without money for fractions is a plain split."""
    if event.type is EventType.SPLIT:
        return bool(event.terms.get("cash_in_lieu_price"))
    return BY_EVENT[event.type].apply is not None


def replay(group: Connected, rows: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
           linked: Linked) -> tuple[list[Transaction], list[Finding]]:
    """Apply everything to the linked lots in order of days; return the rows in order and what was noticed.

    Rows and transfers that took more than there is were told to `linked` and are left out of its lots.
    """
    listed = list(rows)
    split_list: list[Transaction] = []
    findings: list[Finding] = []
    for instrument in group.instruments:
        found = split_rows(instrument, splits.get(instrument, ()), [
            row for row in listed if row.instrument == instrument and row.type is TransactionType.SPLIT])
        split_list += found.rows
        findings += found.findings
    events = [_on_its_split(event, split_list) if event.type is EventType.SPLIT else event for event in group.events]
    ordered = in_order([row for row in listed if row.type is not TransactionType.SPLIT] + split_list)
    specials = _specials(events, group.transfers)
    special = next(specials, None)
    for row in ordered:
        place = row.trade_date.toordinal() * _DAY + _ROWS[RANK[row.type]]
        while special is not None and special[0] < place:
            _act(linked, special[1])
            special = next(specials, None)
        _apply(linked, row)
    while special is not None:
        _act(linked, special[1])
        special = next(specials, None)
    return ordered, findings


def _event_order(event: Event) -> tuple[object, ...]:
    return event.ex_date, _TYPE_ORDER[event.type], natural(event.event), event.event


def _specials(events: Iterable[Event], transfers: Iterable[Transfer]) -> Iterator[tuple[int, Event | Transfer]]:
    opening = [(event.ex_date.toordinal() * _DAY + _AT_OPEN, _event_order(event), event) for event in events]
    moving = [(item.trade_date.toordinal() * _DAY + _TRANSFERS, (natural(item.reference), item.reference), item)
              for item in transfers]
    merged: list[tuple[int, tuple[object, ...], Event | Transfer]] = [*opening, *moving]
    return iter([(place, item) for place, _, item in sorted(merged, key=lambda entry: (entry[0], entry[1]))])


def _on_its_split(event: Event, splits: Iterable[Transaction]) -> Event:
    """Return a split event on the day on which its split acts: the published ex-date wins."""
    near = [row for row in splits if row.instrument == event.instrument
            and abs(row.trade_date - event.ex_date) <= SAME_PAYMENT]
    return replace(event, ex_date=near[0].trade_date) if near and near[0].trade_date != event.ex_date else event


def _act(linked: Linked, what: Event | Transfer) -> None:
    if isinstance(what, Transfer):
        _transfer(linked, what)
        return
    apply = BY_EVENT[what.type].apply
    if apply is not None:
        apply(linked, what)


def _apply(linked: Linked, row: Transaction) -> None:
    lots = linked.of(row.instrument)
    kind, before = row.type, len(linked.shorts)
    if kind in (TransactionType.BUY, TransactionType.TRANSFER_IN):
        lots.add(row)
        linked.hold(row.instrument, row.account, row.quantity)
        return
    if kind is TransactionType.SELL:
        (lots.sell_oldest if lots.plain else lots.sell)(row)
    elif kind is TransactionType.TRANSFER_OUT:
        lots.move_out(row)
    else:
        action = BY_TYPE.get(kind)
        if action is not None:
            action.apply(lots, row)
    if kind is TransactionType.SPLIT:
        linked.restate(row.instrument, row.quantity, row.price)
    elif len(linked.shorts) == before and kind in (TransactionType.SELL, TransactionType.TRANSFER_OUT,
                                                 TransactionType.CASH_IN_LIEU):
        linked.hold(row.instrument, row.account, -row.quantity)


def _transfer(linked: Linked, item: Transfer) -> None:
    """Take lots out of one account and put them, dates and cost unchanged, into another."""
    row = Transaction(item.trade_date, item.settle_date, TransactionType.TRANSFER_OUT, item.instrument, item.quantity,
                      ZERO, item.currency, ZERO, ZERO, item.from_account, item.reference, item.lot, item.note,
                      item.origin)
    lots = linked.of(item.instrument)
    parcels = withdraw(lots, row)
    if not parcels:
        return
    put(lots, lots.key(item.to_account), parcels, item.to_account)
    crosses = linked.reported is not None and linked.book_of(item.from_account) != linked.book_of(item.to_account)
    cost = sum((parcel.cost for parcel in parcels), ZERO)
    usd: Decimal | None = ZERO
    for parcel in parcels:
        usd = None if usd is None or parcel.cost_usd is None else usd + parcel.cost_usd
    for account, sign in ((item.from_account, -ONE), (item.to_account, ONE)):
        linked.hold(item.instrument, account, sign * item.quantity)
        linked.moves.append(Move(item.trade_date, item.settle_date, item.instrument, account, sign * item.quantity,
                                 item.reference, item.origin, crosses))
        if crosses:
            known = usd is not None
            linked.cash.append(EventCash(
                item.trade_date, item.settle_date, account, item.instrument,
                "USD" if known else parcels[0].row.currency, ZERO, -sign * (usd if usd is not None else cost), ZERO,
                ZERO, ZERO, ONE if known else None, item.reference, item.origin, crosses=True))
