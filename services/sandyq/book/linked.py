"""Instruments that events and transfers connect, replayed together in one order of days.

A day has: splits, events at the open, what comes in, income, transfers between our accounts, what goes out. What an
event does is worked out here from the lots that are there on its day, so the order in which bookings and events became
known never changes the state at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.lots import Lots, RateOf, Short
from sandyq.book.shares import scaled
from sandyq.book.state import BookSettings, Conservation, EventCash, Move, Receivable
from sandyq.book.terms import pay_day
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.accounts import SLEEVE
from sandyq.reference.events import Event

SAME_PAYMENT: Final = timedelta(days=5)
"""A booking this near to an event's ex-date or pay date is the same payment."""
ADDS: Final = (TransactionType.BUY, TransactionType.TRANSFER_IN)
TAKES: Final = (TransactionType.SELL, TransactionType.TRANSFER_OUT, TransactionType.CASH_IN_LIEU)


@dataclass(slots=True)
class Due:
    """What a liquidation owes one account: units held then, what is expected in all, what was paid."""

    event: Event
    account: str
    units: Decimal
    currency: str
    expected: Decimal
    paid: Decimal = ZERO
    closed: bool = False


class Linked:
    """The lots of connected instruments while events act on them, and everything that came out of the events.

    Call inside the WIDE decimal context. `reported` is the book that is asked for, None for all of them.
    """

    def __init__(self, settings: BookSettings, rate: RateOf, on_short: Callable[[Short], None],
                 books: Mapping[str, str], reported: str | None, booked: Iterable[Transaction] = ()) -> None:
        self.settings = settings
        self.rate = rate
        self.books = books
        self.reported = reported
        self.per_account = settings.lot_scope != "book"
        self.lots: dict[str, Lots] = {}
        self.moves: list[Move] = []
        self.cash: list[EventCash] = []
        self.conservation: list[Conservation] = []
        self.findings: list[Finding] = []
        self.dues: dict[str, list[Due]] = defaultdict(list)
        self.shorts: list[Short] = []
        self._told = on_short
        self._held: dict[str, dict[str, Decimal]] = defaultdict(dict)
        self._booked: dict[tuple[str, str, TransactionType], list[Transaction]] = defaultdict(list)
        for row in booked:
            if row.type not in (TransactionType.BUY, TransactionType.SELL):
                self._booked[row.account, row.instrument, row.type].append(row)

    # ---- lots and units

    def of(self, instrument: str) -> Lots:
        """Return the lots of an instrument, made when they are first asked for."""
        found = self.lots.get(instrument)
        if found is None:
            found = self.lots[instrument] = Lots(self.settings, self.rate, self._short, self.books, self.counts)
        return found

    def units(self, instrument: str) -> dict[str, Decimal]:
        """Return what each account holds, accounts in order; empty accounts are left out."""
        if self.per_account:
            pools = self.of(instrument).pools
            return {account: pools[account].quantity for account in sorted(pools) if pools[account].quantity}
        held = self._held[instrument]
        return {account: held[account] for account in sorted(held) if held[account]}

    def keys(self, instrument: str) -> tuple[str, ...]:
        """Return the pools of an instrument that hold something, in order."""
        pools = self.of(instrument).pools
        return tuple(key for key in sorted(pools) if pools[key].lots)

    def accounts_of(self, instrument: str, key: str) -> dict[str, Decimal]:
        """Return the units of each account that draws on a pool."""
        lots = self.of(instrument)
        return {account: held for account, held in self.units(instrument).items() if lots.key(account) == key}

    def hold(self, instrument: str, account: str, quantity: Decimal) -> None:
        """Note a signed change of an account's units: needed where the pool is the whole book."""
        if not self.per_account:
            held = self._held[instrument]
            held[account] = held.get(account, ZERO) + quantity

    def restate(self, instrument: str, new: Decimal, old: Decimal) -> None:
        """Bring every account's units to the units after a split that the lots have had: they sum to the pools'."""
        if self.per_account:
            return
        held = self._held[instrument]
        lots = self.of(instrument)
        for key, pool in lots.pools.items():
            names = [account for account in sorted(held) if lots.key(account) == key]
            units = dict(zip(names, scaled((held[account] for account in names), new, old), strict=True))
            if units:
                largest = max(names, key=units.__getitem__)
                units[largest] += pool.quantity - sum(units.values(), ZERO)
                held.update(units)

    def book_of(self, account: str) -> str:
        return self.books.get(account, SLEEVE)

    def mine(self, account: str) -> bool:
        """Return whether an account belongs to what is reported."""
        return self.reported is None or self.book_of(account) == self.reported

    def counts(self, key: str) -> bool:
        """Return whether a pool belongs to what is reported."""
        return self.mine(key) if self.per_account else self.reported in (None, key)

    def _short(self, short: Short) -> None:
        self.shorts.append(short)
        self._told(short)

    # ---- what events put down

    def move(self, event: Event, instrument: str, account: str, quantity: Decimal, *, settles: bool = True) -> None:
        """Record units that an event brought (+) or took (-). `settles`: the custodian shows them on the pay date."""
        if not quantity:
            return
        self.hold(instrument, account, quantity)
        day = pay_day(event) if settles else event.ex_date
        self.moves.append(Move(event.ex_date, day, instrument, account, quantity, event.event, event.origin))

    def pay(self, event: Event, account: str, currency: str, *, instrument: str = "", cash: Decimal = ZERO,
            sold: Decimal = ZERO, income: Decimal = ZERO, withholding: Decimal = ZERO,
            returned: Decimal = ZERO) -> None:
        """Record what an event did to an account's money; it moves on the pay date."""
        self.cash.append(EventCash(
            event.ex_date, pay_day(event), account, instrument or event.instrument, currency, cash, sold, income,
            withholding, returned, self.rate(currency, event.ex_date), event.event, event.origin))

    def row(self, event: Event, kind: TransactionType, account: str, quantity: Decimal, price: Decimal, currency: str,
            instrument: str = "") -> Transaction:
        """Return an event's effect as a row: it gives realised parts their reference, day and currency."""
        return Transaction(event.ex_date, pay_day(event), kind, instrument or event.instrument, quantity, price,
                           currency, ZERO, ZERO, account, event.event, "", "", event.origin)

    def booked(self, event: Event, account: str, kind: TransactionType, instrument: str = "") -> Transaction | None:
        """Return the booking that already says what the event would add, if there is one near its days."""
        for row in self._booked.get((account, instrument or event.instrument, kind), ()):
            if any(abs(row.trade_date - day) <= SAME_PAYMENT for day in (event.ex_date, pay_day(event))):
                self.findings.append(Finding(Severity.INFO, "event-booked", N_(
                    "The booking {reference} already says what the event {event} brings to account {account}. The "
                    "booking counts.", reference=row.reference, event=event.event, account=account),
                    subject=event.event, line=row.origin.line))
                return row
        return None

    def currency(self, instrument: str, event: Event) -> str:
        """Return the currency of an event's money: its own term, else that of the oldest lot."""
        named = event.terms.get("currency", "")
        if named:
            return named
        pools = self.of(instrument).pools
        return next((pools[key].lots[0].row.currency for key in self.keys(instrument)), "USD")

    def warn(self, finding: Finding) -> None:
        self.findings.append(finding)

    def receivables(self) -> tuple[Receivable, ...]:
        """Return what is still owed to the reported accounts."""
        open_ = [due for dues in self.dues.values() for due in dues if not due.closed and self.mine(due.account)]
        return tuple(Receivable(due.account, due.event.instrument, due.currency, due.expected - due.paid,
                                due.event.pay_date, due.event.event)
                     for due in sorted(open_, key=lambda due: (due.event.instrument, due.account, due.event.event)))
