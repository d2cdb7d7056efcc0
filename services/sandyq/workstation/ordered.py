"""What is known about an order from its proposal to its last fill: values of the order desk, without a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, quotient
from sandyq.basics.text import N_, Text
from sandyq.limits.result import Check, Order, Verdict
from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar, PriceSeries
from sandyq.workstation.contract import Changes

_DAY: Final = timedelta(days=1)
_LONGEST: Final = 400
"""Days: a table of closures that never opens again ends a count here."""


class OrderState(StrEnum):
    """Where an order stands. Only an approved one may be executed; every state after it is final.

    EXPIRED by time or by a move of the price; WITHDRAWN before anything was filled, CANCELLED with its remainder; VOID:
    a signature does not hold.
    """

    WAITING = "waiting"
    APPROVED = "approved"
    EXECUTED = "executed"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    VOID = "void"


class ReviewState(StrEnum):
    """Of an emergency order: its review is due, late, or done by another person."""

    DUE = "due"
    OVERDUE = "overdue"
    ACCEPTED = "accepted"
    OBJECTED = "objected"


ORDER_WORDS: Final = MappingProxyType({
    OrderState.WAITING: N_("Waits"), OrderState.APPROVED: N_("Approved"), OrderState.EXECUTED: N_("Executed"),
    OrderState.EXPIRED: N_("Expired"), OrderState.REFUSED: N_("Refused"), OrderState.WITHDRAWN: N_("Withdrawn"),
    OrderState.CANCELLED: N_("Cancelled"), OrderState.VOID: N_("Void"),
})
REVIEW_WORDS: Final = MappingProxyType({
    ReviewState.DUE: N_("Review due"), ReviewState.OVERDUE: N_("Review overdue"),
    ReviewState.ACCEPTED: N_("Reviewed"), ReviewState.OBJECTED: N_("Objected"),
})


@dataclass(frozen=True, slots=True)
class OrderFill:
    """One execution with the booking that it made. `price` and `fees` in the instrument's currency."""

    reference: str
    trade_date: date
    quantity: Decimal
    price: Decimal
    fees: Decimal
    entry: int


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of an order. `limit_price` is the worst price at which it may be filled."""

    number: int
    side: str
    symbol: str
    instrument: str
    quantity: Decimal
    limit_price: Decimal
    currency: str
    fee: Decimal | None
    account: str
    max_move: Decimal | None
    tranche: str
    fills: tuple[OrderFill, ...] = ()

    @property
    def filled(self) -> Decimal:
        return sum((fill.quantity for fill in self.fills), ZERO)

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled

    def order(self, quantity: Decimal | None = None, price: Decimal | None = None, fee: Decimal | None = None) -> Order:
        """Return it as an order of the check; the stated fee is shared out over the quantity."""
        count = self.remaining if quantity is None else quantity
        share = None if self.fee is None else self.fee * quotient(count, self.quantity)
        return Order(self.side, count, self.symbol, self.limit_price if price is None else price,
                     share if fee is None else fee, self.account, self.tranche)


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What was recorded about an order after its approval: rechecked, expired, withdrawn, cancelled, executed."""

    number: int
    event: str
    day: date
    check: str
    reason: str
    entry: int
    who: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order (a basket under one reference) with its life so far. `check` names the record it was proposed on.

    `ends` is the moment after which nobody may approve it, or fill it once it is approved. `expired` says why it has
    expired. For an emergency order `proposal` is empty and `author` gave it alone.
    """

    reference: str
    book: str
    state: OrderState
    proposal: str
    author: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    check: str
    reason: str
    valid_until: datetime
    ends: datetime
    lines: tuple[TicketLine, ...]
    events: tuple[OrderEvent, ...] = ()
    note: str = ""
    expired: Text | None = None
    emergency: bool = False
    review: ReviewState | None = None
    review_due: date | None = None
    reviewed_by: str = ""
    entry: int = 0

    @property
    def filled(self) -> bool:
        """Whether anything of it was filled."""
        return any(line.fills for line in self.lines)

    def line(self, number: int) -> TicketLine | None:
        return next((line for line in self.lines if line.number == number), None)

    @property
    def remaining(self) -> tuple[Order, ...]:
        """What may still be executed, line by line."""
        return tuple(line.order() for line in self.lines if line.remaining > 0)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A basket that waits for a second person now, with the check that it was proposed on."""

    reference: str
    check_reference: str
    check: Check
    changes: Changes
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill as the broker confirms it. None: the usual value (settlement by the venue's calendar, next number)."""

    line: int
    quantity: Decimal
    price: Decimal
    trade_date: date
    fees: Decimal = ZERO
    taxes: Decimal = ZERO
    settle_date: date | None = None
    reference: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Executed:
    """A recorded fill: its reference, what is left of the line, and whether the order is done."""

    reference: str
    changes: Changes
    remaining: Decimal
    done: bool


@dataclass(frozen=True, slots=True)
class LimitThen:
    """One limit as the record of a check has it: state and value before and after the basket, value as text."""

    id: str
    version: str
    state_before: str
    state_after: str
    before: str | None
    after: str | None
    unit: str
    excess: str | None


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A stored check: what was seen, by whom and when, under its hash."""

    reference: str
    book: str
    as_of: date
    verdict: Verdict
    content: str
    content_hash: str
    known_entry: int
    limits: tuple[LimitThen, ...]
    entry: int
    who: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since an order was proposed (J6): the check then and now, and each limit that differs."""

    then: CheckRecord
    now: Check
    limits: tuple[tuple[LimitThen | None, LimitThen | None], ...]
    prices: tuple[tuple[str, Decimal, Decimal | None], ...]
    """(symbol, price then, price now)."""


def hours_later(moment: datetime, hours: int, calendar: Calendar) -> datetime:
    """Return the moment so many hours later, counting only hours of days (UTC) on which the calendar is open.

    An order of Friday 15:00 with 24 hours lasts until Monday 15:00.
    """
    left, end = timedelta(hours=hours), moment
    for _ in range(_LONGEST):
        midnight = end.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        if not is_open(calendar, end.date()):
            end = midnight
            continue
        if end + left <= midnight:
            return end + left
        left -= midnight - end
        end = midnight
    return end + left


def next_open_day(day: date, calendar: Calendar) -> date:
    """Return the next day after one on which the calendar is open."""
    following = day + _DAY
    for _ in range(_LONGEST):
        if is_open(calendar, following):
            break
        following += _DAY
    return following


def moved_too_far(series: PriceSeries | None, price: Decimal, since: date, on: date, most: Decimal, *,
                  by_hand: bool = False) -> Text | None:
    """Return why a price has moved too far: a traded close from the one that counts on `since` up to `on` that differs
    from `price` by more than the ratio `most`. Whoever looks later sees the same, whether or not the price came back.

    The close of `since` is looked at too: it may have come, or been corrected, after the check. Not where the price was
    set `by_hand` or restated for a split, which make it another figure than the close.
    """
    if series is None or not price:
        return None
    first = series.position(since)
    if first < 0 or by_hand or any(series.days[first] < split.ex_date.toordinal() <= since.toordinal()
                                   for split in series.splits):
        first += 1
    for place in range(first, series.position(on) + 1):
        point = series.at(place)
        if point.basis != "SD" and abs(quotient(point.close, price) - ONE) > most:
            return N_("The price was {price} when it was checked and {now} on {day}: it moved by more than {most} %.",
                      price=price, now=point.close, day=point.day, most=(most * 100).normalize())
    return None
