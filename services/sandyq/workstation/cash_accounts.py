"""Accounts by institution, currency and form, each by itself; the money of coming days; fees paid in a stablecoin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book import ladder as book_ladder
from sandyq.book.effects import cash_of
from sandyq.book.reconciliation import CASH
from sandyq.book.state import Cash
from sandyq.control.people import Right
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE, Account, Form
from sandyq.reference.parties import PartyKind, Registers, in_force, party_findings
from sandyq.store.custody import (
    StablecoinSettlement,
    StatementLine,
    read_registers,
    read_settlements,
    read_statement_lines,
)
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.recorded import CashAccount, LadderDay

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

LADDER_DAYS: Final = 10
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class StablecoinFee:
    """A fee of the book that a licensed provider settled in a token for us; the token is never ours (F121).

    `booked_usd` is the fee as booked, `cost_usd` what the token was worth: amount × rate against par. None is Unknown.
    """

    reference: str
    day: date | None
    account: str
    provider: str
    licence: str
    token: str
    token_amount: Decimal
    rate_to_par: Decimal
    par_reference: str
    booked_usd: Decimal | None
    cost_usd: Decimal
    findings: tuple[Finding, ...]
    origin: Origin


def accounts(station: Workstation, q: Question) -> tuple[CashAccount, ...]:
    """Return every account of money with each of its currencies, in order of account and currency.

    An account of the register that has had no movement is there with zeros; one that is booked but not in the register
    has no institution and no form.
    """
    known = station.knowledge(q.known_at)
    money = {(cash.account, cash.currency): cash for cash in _cash(station, q)}
    for row in known.accounts:
        if row.currency and in_force(row, q.as_of):
            money.setdefault((row.account, row.currency), Cash(row.account, row.currency, ZERO))
    last = _last_statements(station, q)
    return tuple(_account(known, cash, q.as_of, last.get(key)) for key, cash in sorted(money.items())
                 if in_book(known, cash.account, q.book))


def ladder(station: Workstation, q: Question, days: int = LADDER_DAYS) -> tuple[LadderDay, ...]:
    """Return the money that moves in the `days` after the question's day, by settlement date, account and currency.

    Only days on which something moves are listed, and only what is booked by the question's day: orders to come are
    not known. The first balance starts from what has settled.
    """
    known = station.knowledge(q.known_at)
    until = q.as_of + timedelta(days=days)
    steps = book_ladder.ladder(station.picture(q).holdings.state, known.transactions, known.transfers,
                               books=known.books, book=q.book)
    coming = [step for step in steps if step.day <= until]
    return tuple(LadderDay(step.day, step.account, step.currency, step.inflow, step.outflow, step.balance,
                           step.references)
                 for step in sorted(coming, key=lambda step: (step.day, step.account, step.currency)))


def open_account(station: Workstation, account: Account, reason: str = "") -> Changes:
    """Record an account in the register from its first day on. Raises BadInput for a register entry that is unfit."""
    station.people.require(Right.BOOK)
    if not account.account.strip():
        raise BadInput("account-empty", N_("An account needs a name."))
    if account.book == ALL_BOOKS or not account.book:
        raise BadInput("account-book", N_("An account belongs to one book."), where=account.account)
    if account.form is not Form.SECURITIES and not account.currency:
        raise BadInput("account-currency", N_("An account of money has a currency."), where=account.account)
    if account.valid_from and account.valid_to and account.valid_to < account.valid_from:
        raise BadInput("account-days", N_("The last day lies before the first one."), where=account.account)
    row = (0, account.account, account.institution or None, account.currency or None, account.form.value, account.book,
           account.owner or None, _iso(account.valid_from), _iso(account.valid_to), None)
    return station.people.post("account", account.account, [("account", row)],
                               {"account": account.account, "reason": reason})


def stablecoin_fees(station: Workstation, q: Question) -> tuple[StablecoinFee, ...]:
    """Return the fees settled in a stablecoin up to the question's day, with what is wrong with each."""
    registers = read_registers(station.store, q.known_at)
    known = station.knowledge(q.known_at)
    found = [_fee(known, registers, item) for item in read_settlements(station.store, q.known_at)]
    return tuple(fee for fee in found
                 if fee.day is None or (fee.day <= q.as_of and in_book(known, fee.account, q.book)))


def in_book(known: Knowledge, account: str, book: str) -> bool:
    """Return whether an account belongs to a book (``*``: to any)."""
    return book == ALL_BOOKS or known.books.get(account, SLEEVE) == book


def _cash(station: Workstation, q: Question) -> tuple[Cash, ...]:
    return station.picture(Question(q.as_of, q.known_at, ALL_BOOKS)).holdings.state.cash


def _last_statements(station: Workstation, q: Question) -> dict[tuple[str, str], StatementLine]:
    last: dict[tuple[str, str], StatementLine] = {}
    for line in read_statement_lines(station.store, q.known_at):
        if line.kind == CASH and line.day <= q.as_of:
            key = (line.account, line.currency)
            if key not in last or last[key].day <= line.day:
                last[key] = line
    return last


def registered(known: Knowledge, account: str, currency: str, on: date) -> Account | None:
    """Return the register's row for an account and currency on a day; a row without a currency serves for all.

    An empty currency asks for any row of the account.
    """
    rows = [row for row in known.accounts if row.account == account and in_force(row, on)
            and (not currency or row.currency in {"", currency})]
    return max(rows, key=lambda row: (row.currency == currency, row.valid_from or date.min), default=None)


def _account(known: Knowledge, cash: Cash, on: date, last: StatementLine | None) -> CashAccount:
    row = registered(known, cash.account, cash.currency, on)
    return CashAccount(
        cash.account, row.institution if row else "", row.form.value if row else "",
        known.books.get(cash.account, SLEEVE), cash.currency, cash.amount, cash.amount - cash.unsettled,
        cash.unsettled, last.quantity if last else None, last.day if last else None, cash.overdraft_reason)


def _fee(known: Knowledge, registers: Registers, item: StablecoinSettlement) -> StablecoinFee:
    booking = next((row for row in known.transactions if row.reference == item.reference), None)
    day = booking.trade_date if booking else None
    booked: Decimal | None = None
    if booking is not None:
        rate = known.usd_rate(booking.currency, booking.trade_date)
        booked = None if rate is None else product(-cash_of(booking), rate)
    cost = product(item.token_amount, item.rate_to_par)
    return StablecoinFee(
        item.reference, day, booking.account if booking else "", item.provider, item.licence, item.token,
        item.token_amount, item.rate_to_par, item.par_reference, booked, cost,
        tuple(_doubts(registers, item, day, booked, cost)), item.origin)


def _doubts(registers: Registers, item: StablecoinSettlement, day: date | None, booked: Decimal | None,
            cost: Decimal) -> Iterator[Finding]:
    if day is None:
        yield Finding(Severity.ERROR, "fee-not-booked", N_(
            "{reference} is settled in {token}, but no fee is booked under this reference.", reference=item.reference,
            token=item.token), item.reference)
        return
    yield from party_findings(registers, item.provider, day)
    party = registers.party(item.provider, day)
    if party is not None and party.kind != PartyKind.PAYMENT_PROVIDER:
        yield Finding(Severity.ERROR, "not-a-provider", N_("{party} is not a payment provider in the register.",
                                                           party=party.name), item.reference)
    if party is not None and all(row.number != item.licence for row in registers.licences_of(party.party, day)):
        yield Finding(Severity.ERROR, "licence-unknown", N_(
            "Licence {number} of {party} is not in the register on {day}.", number=item.licence, party=party.name,
            day=day), item.reference)
    if booked is None or abs(booked - cost) > _CENT:
        yield Finding(Severity.WARNING, "fee-differs", N_(
            "The fee {reference} is booked at {booked} USD, the token was worth {cost} USD.",
            reference=item.reference, booked=booked, cost=cost), item.reference)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
