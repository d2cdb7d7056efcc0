"""Corporate actions: what one would do, before it is posted, and posting it once (F030 to F036)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import CENT, ZERO, product
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.state import BookState
from sandyq.book.terms import amount_or_zero, needed, pay_day
from sandyq.control.people import Right
from sandyq.market.issuer_events import applied
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.reference.events import Event, EventType
from sandyq.valuation.holdings import Line
from sandyq.workstation.contract import Changes
from sandyq.workstation.corrections import refuse_unfit
from sandyq.workstation.differences import limit_changes
from sandyq.workstation.drafting import TABLE, Drafted, drafted
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.periods import refuse_closed
from sandyq.workstation.picture import Picture
from sandyq.workstation.recorded import ActionDraft, ActionPreview, Conserved, LimitChange, LineChange

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_COINS: Final = Decimal("0.0000002")
"""Part of the coins by which the printed ratios of the two legs of a distribution may differ (domain.md O1)."""


def preview_action(station: Workstation, draft: ActionDraft) -> ActionPreview:
    """Say what posting an event would do: the day of its ex-date without it and with it, and what it conserves.

    Raises BadInput and Refused as `post_action` does, except for rights.
    """
    known = station.knowledge()
    found = drafted(station.store, known.directory, draft)
    later = known if found.recorded_by is not None else _with_event(known, found.event)
    if found.recorded_by is None:
        _refuse_unfit(known, later, found)
    book = ALL_BOOKS if known.books else SLEEVE
    day = found.event.ex_date
    before, after = Picture(known, day, book=book), Picture(later, day, book=book)
    return ActionPreview(
        found.event, tuple(_lines(before, after)), _cash(known, later, max(day, pay_day(found.event)), book),
        _limits(known, later, day), tuple(_conserved(before.holdings.state, after.holdings.state, found.event)),
        tuple(_findings(before, after, found)), station.people.needs_second(TABLE, [(TABLE, found.row)]))


def post_action(station: Workstation, draft: ActionDraft) -> Changes:
    """Record an event, or propose it where two persons decide; one that is recorded already is not recorded again.

    Raises BadInput (symbol, terms) and Refused (the id has other terms, closed period, a booking would not fit).
    """
    station.people.require(Right.BOOK)
    known = station.knowledge()
    found = drafted(station.store, known.directory, draft)
    if found.recorded_by is not None:
        return Changes(frozenset(), found.recorded_by)
    refuse_closed(station, found.event.ex_date, found.event.event)
    _refuse_unfit(known, _with_event(known, found.event), found)
    payload = {"event": found.event.event, "type": found.event.type.value, "ex_date": found.event.ex_date.isoformat()}
    return station.people.post(TABLE, found.event.event, [(TABLE, found.row)], payload, key=found.key)


def _with_event(known: Knowledge, event: Event) -> Knowledge:
    """Return the knowledge as if the event were recorded: its effect on lots is worked out at each replay anyway."""
    events = tuple(sorted((*known.events, event), key=lambda item: (item.ex_date, item.event)))
    market, directory = applied(known.market, known.directory, (event,))
    return replace(known, events=events, market=market, directory=directory)


def _refuse_unfit(known: Knowledge, later: Knowledge, found: Drafted) -> None:
    refuse_unfit(later, known.transactions, known.transfers, later.events, set(), found.event.event)


def _lines(before: Picture, after: Picture) -> Iterator[LineChange]:
    """Yield what changes line by line; a line that is not there has nothing of everything."""
    old, new = _held(before), _held(after)
    for name in sorted({*old, *new}):
        pair = (old.get(name), new.get(name))
        coins = sorted({coin for held in pair if held for coin in held.coins})
        last = pair[1] or pair[0]
        assert last is not None
        yield LineChange(last.symbol, (_quantity(pair[0]), _quantity(pair[1])), (_cost(pair[0]), _cost(pair[1])),
                         (_value(pair[0]), _value(pair[1])),
                         {coin: (_coins(pair[0], coin), _coins(pair[1], coin)) for coin in coins})


@dataclass(frozen=True, slots=True)
class _Held:
    """One line of a picture with the coins behind it; None is Unknown."""

    symbol: str
    line: Line
    coins: Mapping[str, Decimal | None]


def _held(picture: Picture) -> dict[str, _Held]:
    seen = {line.instrument: line for line in picture.exposure.lines}
    return {line.instrument.id: _Held(line.symbol, line, {
        coin: amount.central for coin, amount in seen[line.instrument.id].coins.items()
    } if line.instrument.id in seen else {}) for line in picture.holdings.open_lines}


def _quantity(held: _Held | None) -> Decimal:
    return held.line.quantity if held else ZERO


def _cost(held: _Held | None) -> Decimal | None:
    return held.line.cost_usd if held else ZERO


def _value(held: _Held | None) -> Decimal | None:
    return held.line.market_value_usd if held else ZERO


def _coins(held: _Held | None, coin: str) -> Decimal | None:
    return held.coins.get(coin, ZERO) if held else ZERO


def _cash(before: Knowledge, after: Knowledge, day: date, book: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return account and currency → money before and after, on the day on which the event's money moves."""
    sides = [{f"{item.cash.account} {item.cash.currency}": item.cash.amount
              for item in Picture(known, day, book=book).holdings.cash} for known in (before, after)]
    return {name: (sides[0].get(name, ZERO), sides[1].get(name, ZERO)) for name in sorted({*sides[0], *sides[1]})}


def _limits(before: Knowledge, after: Knowledge, day: date) -> tuple[LimitChange, ...]:
    """Return the sleeve's limits; a book without a mandate has none."""
    if not before.has_mandate():
        return ()
    return limit_changes(Picture(before, day).limits, Picture(after, day).limits)


def _conserved(before: BookState, after: BookState, event: Event) -> Iterator[Conserved]:
    """Yield the sums that the event must not change."""
    for item in after.conservation:
        if item.event == event.event:
            yield Conserved(N_("Cost: before, and over parent, child and what was sold"), item.currency, item.before,
                            item.parent + item.child + item.sold, ZERO)
    held = before.positions.get(event.instrument)
    units = held.quantity if held else ZERO
    if event.type is EventType.IN_KIND_DISTRIBUTION:
        yield _coins_conserved(units, event)
    if event.type is EventType.CASH_DISTRIBUTION:
        paid = sum((item.income + item.returned for item in after.event_cash if item.reference == event.event), ZERO)
        per_share = needed(event, "amount") + amount_or_zero(event, "return_of_capital")
        yield Conserved(N_("Money: entitled shares times the amount, and what is booked"), event.terms["currency"],
                        product(units, per_share), paid, CENT)


def _coins_conserved(units: Decimal, event: Event) -> Conserved:
    """Hold the coins of the parent before against those of both legs, for the child units that are due."""
    before = product(units, needed(event, "parent_coins_before"))
    after = product(units, needed(event, "parent_coins_after")) + product(
        units, needed(event, "ratio"), needed(event, "child_coins"))
    return Conserved(N_("Coins: parent before, parent and child after"), event.terms["asset"], before, after,
                     product(before, _COINS))


def _findings(before: Picture, after: Picture, found: Drafted) -> Iterator[Finding]:
    if found.recorded_by is not None:
        yield Finding(Severity.INFO, "recorded-already", N_(
            "The event {event} was recorded by entry {entry}; nothing is recorded again.", event=found.event.event,
            entry=found.recorded_by), found.event.event)
    old = {(item.code, item.subject) for item in _all(before)}
    yield from (item for item in _all(after) if (item.code, item.subject) not in old)
    if not (before.holdings.state.positions.get(found.event.instrument) or found.recorded_by):
        yield Finding(Severity.INFO, "not-held", N_("Nothing of {symbol} is held on that day.",
                                                    symbol=found.event.instrument), found.event.event)


def _all(picture: Picture) -> tuple[Finding, ...]:
    lines = (finding for line in picture.holdings.open_lines for finding in line.findings)
    return (*picture.holdings.state.findings, *lines)
