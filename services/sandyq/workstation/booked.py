"""The rows behind income, tax withheld, fees, taxes and cash: one figure for each that counts, with its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from itertools import chain
from operator import itemgetter
from typing import Final

from sandyq.basics.decimals import WIDE, ZERO, product
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.book.effects import cash_of
from sandyq.book.state import Basis, Cash, EventCash
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.events import Transfer
from sandyq.workstation.picture import Picture

BOOKED: Final = ("income_usd", "withholding_usd", "fees_usd", "taxes_usd")
_INCOME: Final = frozenset({TransactionType.DIVIDEND, TransactionType.INTEREST})
_WITHHELD: Final = _INCOME | {TransactionType.RETURN_OF_CAPITAL}


def with_bookings(tree: Figure, picture: Picture, instrument: str, name: str) -> Figure:
    """Return the tree of a booked figure with the rows behind it (instrument "" for rows without one).

    The parts are added only when they sum to the figure, so that a tree never shows a wrong sum.
    """
    parts = tuple(_rows(picture, instrument, name, tree.key))
    amounts = [part.value for part in parts]
    if not parts or any(not isinstance(amount, Decimal) for amount in amounts):
        return tree
    with localcontext(WIDE):
        total = sum((amount for amount in amounts if isinstance(amount, Decimal)), ZERO)
    return replace(tree, parts=parts, convention=False) if total == tree.value else tree


def cash_rows(cash: Cash, picture: Picture, key: str, *, unsettled: bool) -> tuple[Figure, ...]:
    """Return the movements of one account's money up to the day, or those traded that have not settled by then.

    On trade date the money counts from the trade, on settlement date from the day on which it moves.
    """
    settled_basis = picture.basis is Basis.SETTLEMENT

    def counts(day: date, settles: date) -> bool:
        pending = settles > picture.as_of
        return day <= picture.as_of and (pending if unsettled else not (settled_basis and pending))

    found: list[tuple[date, Figure]] = []
    for row in chain.from_iterable(picture.own_rows.values()):
        own = (row.account, row.currency) == (cash.account, cash.currency)
        if own and counts(row.trade_date, row.settle_date) and (amount := cash_of(row)):
            found.append((row.trade_date, _booked(row, amount, row.currency, key)))
    for item in picture.knowledge.transfers:
        if not item.instrument and item.currency == cash.currency and counts(item.trade_date, item.settle_date):
            found += [(item.trade_date, _moved(item, amount, key)) for account, amount in (
                (item.from_account, -item.quantity), (item.to_account, item.quantity)) if account == cash.account]
    found += [(money.day, event_figure(money, money.cash, key)) for money in picture.holdings.state.event_cash
              if (money.account, money.currency) == (cash.account, cash.currency) and money.cash
              and counts(money.day, money.settle_date)]
    return tuple(figure for _, figure in sorted(found, key=itemgetter(0)))


def _booked(row: Transaction, amount: Decimal | None, unit: str, key: str) -> Figure:
    return Figure(f"{key}/{row.reference}", N_("Booking {reference}", reference=row.reference), amount, unit,
                  N_("{type} of {day}, account {account}", type=row.type.value, day=row.trade_date,
                     account=row.account), row.origin)


def _moved(item: Transfer, amount: Decimal, key: str) -> Figure:
    return Figure(f"{key}/{item.reference}", N_("Transfer {reference}", reference=item.reference), amount,
                  item.currency, N_("{day}, from {source} to {target}", day=item.trade_date, source=item.from_account,
                                    target=item.to_account), item.origin)


def event_figure(money: EventCash, amount: Decimal | None, key: str, unit: str = "") -> Figure:
    """Return what an event did to an account's money, with the event's own origin."""
    return Figure(f"{key}/{money.reference}/{money.account}", N_("Event {event}", event=money.reference), amount,
                  unit or money.currency, N_("{day}, account {account}", day=money.day, account=money.account),
                  money.origin)


def _rows(picture: Picture, instrument: str, name: str, key: str) -> Iterator[Figure]:
    known = picture.knowledge
    by_settlement = picture.basis is Basis.SETTLEMENT
    for row in picture.own_rows.get(instrument, ()):
        day = row.settle_date if by_settlement else row.trade_date
        amount = _amount(row, name) if day <= picture.as_of else ZERO
        if amount:
            rate = known.usd_rate(row.currency, row.trade_date)
            yield _booked(row, None if rate is None else product(amount, rate), "USD", key)
    for money in picture.holdings.state.event_cash:
        own = {"income_usd": money.income, "withholding_usd": money.withholding}.get(name, ZERO)
        if own and money.instrument == instrument:
            yield event_figure(money, None if money.rate is None else product(own, money.rate), key, "USD")


def _amount(row: Transaction, name: str) -> Decimal:
    """What a row adds to the figure, in its own currency (the rules are those of the book's tally)."""
    gross = product(row.quantity, row.price)
    withheld = row.type in _WITHHELD or row.type is TransactionType.WITHHOLDING
    match name:
        case "income_usd":
            return gross if row.type in _INCOME else ZERO
        case "withholding_usd":
            own = gross if row.type is TransactionType.WITHHOLDING else ZERO
            return own + row.taxes if withheld else ZERO
        case "fees_usd":
            return row.fees + (gross if row.type is TransactionType.FEE else ZERO)
        case _:
            return ZERO if withheld else row.taxes
