"""The performance desk: returns of a period, time-weighted and money-weighted, with the convention of each figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.performance.mwr import DatedAmount, chained, modified_dietz, money_weighted
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.workstation.contract import Question
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.picture import Picture

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_DAY: Final = timedelta(days=1)
_INCOME: Final = frozenset({TransactionType.DIVIDEND, TransactionType.RETURN_OF_CAPITAL})
_MOVED: Final = frozenset({TransactionType.TRANSFER_IN, TransactionType.TRANSFER_OUT})


class Perimeter(StrEnum):
    """What the return is of.

    SECURITIES: purchases put money in, sales and income take it out. WITH_CASH: the sleeve with its cash and
    receivables; only tranches and transfers in kind cross its border.
    """

    SECURITIES = "securities"
    WITH_CASH = "with_cash"


@dataclass(frozen=True, slots=True)
class Returns:
    """Returns between the ends of two days, amounts in USD. None is Unknown; `findings` say why.

    `flows` are put in (+) and taken out (−). `time_weighted` values before each flow: what is put in counts from the
    start of its day, what is taken out at its end. `money_weighted` is the effective yearly rate, actual days over 365;
    `money_weighted_period` the same over the period. Modified Dietz weighs flows from the start or end of their day.
    """

    first: date
    last: date
    perimeter: Perimeter
    begin_value: Decimal | None
    end_value: Decimal | None
    flows: tuple[DatedAmount, ...]
    gain: Decimal | None
    time_weighted: Decimal | None
    money_weighted: float | None
    money_weighted_period: float | None
    dietz_start: Decimal | None
    dietz_end: Decimal | None
    findings: tuple[Finding, ...] = ()

    @property
    def annualised(self) -> bool:
        """Whether a yearly rate of the time-weighted return may be shown: not for less than a year."""
        return (self.last - self.first).days >= 365


def returns(station: Workstation, q: Question, first: date | None = None,
            perimeter: Perimeter = Perimeter.SECURITIES) -> Returns:
    """Return what the book earned from the end of `first` (default: the day before its first flow) to the as-of day.

    Raises BadInput when there is nothing to measure or the first day is not before the last.
    """
    flows = _flows(station, q, perimeter)
    begin = first or min((day for day, _ in flows), default=q.as_of) - _DAY
    if begin >= q.as_of:
        raise BadInput("no-period", N_("The period has no length: there is nothing between {first} and {last}.",
                                       first=begin, last=q.as_of))
    inside = tuple(sorted((day, amount) for day, amount in flows if begin < day <= q.as_of))
    values = _Values(station, q, perimeter)
    start, end = values.on(begin), values.on(q.as_of)
    if start is None or end is None:
        return Returns(begin, q.as_of, perimeter, start, end, inside, None, None, None, None, None, None,
                       values.findings())
    weighted = money_weighted((begin, start), inside, (q.as_of, end))
    return Returns(
        begin, q.as_of, perimeter, start, end, inside, end - start - sum((amount for _, amount in inside), ZERO),
        _time_weighted(values, start, inside, end), weighted.annual, weighted.period,
        modified_dietz((begin, start), inside, (q.as_of, end)),
        modified_dietz((begin, start), inside, (q.as_of, end), start_of_day=False),
        (*values.findings(), *weighted.findings))


def _time_weighted(values: _Values, start: Decimal, flows: tuple[DatedAmount, ...], end: Decimal) -> Decimal | None:
    """Chain the returns between flows; a part that begins without capital earns nothing and is skipped."""
    steps: list[tuple[Decimal, Decimal]] = []
    began = start > ZERO
    opening = start
    for day in sorted({day for day, _ in flows}):
        put_in = sum((amount for at, amount in flows if at == day and amount > 0), ZERO)
        taken = sum((amount for at, amount in flows if at == day and amount < 0), ZERO)
        if put_in:
            before = values.on(day - _DAY)
            if before is None:
                return None
            if began and before > ZERO:
                steps.append((before, put_in))
            elif not began:
                opening, began = put_in + before, True
            else:
                return None
        if taken:
            after = values.on(day)
            if after is None:
                return None
            steps.append((after - taken, taken))
    return chained(opening, steps, end) if began else None


class _Values:
    """The value of the perimeter at the end of a day, and what was Unknown about it."""

    def __init__(self, station: Workstation, q: Question, perimeter: Perimeter) -> None:
        self._station, self._q, self._perimeter = station, q, perimeter
        self._known: dict[date, Decimal | None] = {}

    def on(self, day: date) -> Decimal | None:
        if day not in self._known:
            picture = self._station.picture(Question(day, self._q.known_at, self._q.book))
            self._known[day] = self._valued(picture)
        return self._known[day]

    def _valued(self, picture: Picture) -> Decimal | None:
        holdings = picture.holdings
        total = holdings.market_value_usd
        if self._perimeter is Perimeter.SECURITIES or total is None:
            return total
        for line in holdings.cash:
            if line.cash.amount and line.value_usd is None:
                return None
            total += line.value_usd or ZERO
        for owed in holdings.state.receivables:
            rate = picture.knowledge.usd_rate(owed.currency, picture.as_of) if owed.currency != "USD" else Decimal(1)
            if rate is None:
                return None
            total += product(owed.amount, rate)
        return total

    def findings(self) -> tuple[Finding, ...]:
        return tuple(Finding(Severity.ERROR, "value-unknown", N_(
            "The value on {day} is Unknown because a price or a rate is missing or too old.", day=day))
            for day in sorted(self._known) if self._known[day] is None)


def _flows(station: Workstation, q: Question, perimeter: Perimeter) -> list[DatedAmount]:
    """Return everything that crossed the perimeter up to the day, in USD. Raises BadInput where a rate is missing."""
    picture = station.picture(q)
    known, state = picture.knowledge, picture.holdings.state
    rows = [row for row in known.transactions if row.trade_date <= q.as_of and _mine(known, row, q.book)]
    if perimeter is Perimeter.WITH_CASH:
        tranches = [(item.day, _usd(known, item.currency, item.day, item.amount)) for item in state.fundings]
        moved = [(row.trade_date, _usd(known, row.currency, row.trade_date, product(row.quantity, row.price)
                                       * (1 if row.type is TransactionType.TRANSFER_IN else -1)))
                 for row in rows if row.type in _MOVED]
        return tranches + moved
    found: list[DatedAmount] = []
    for flow in state.flows:
        if flow.amount_usd is None:
            raise _no_rate(N_("a purchase or sale"), flow.day)
        found.append((flow.day, flow.amount_usd))
    for row in rows:
        if row.type in _INCOME:
            net = product(row.quantity, row.price) - row.fees - row.taxes
            found.append((row.trade_date, -_usd(known, row.currency, row.trade_date, net)))
        elif row.type is TransactionType.WITHHOLDING and row.instrument:
            paid = product(row.quantity, row.price) + row.fees + row.taxes
            found.append((row.trade_date, _usd(known, row.currency, row.trade_date, paid)))
    for money in state.event_cash:
        received = money.income - money.withholding + money.returned
        if received:
            found.append((money.day, -_usd(known, money.currency, money.day, received)))
    return found


def _mine(known: Knowledge, row: Transaction, book: str) -> bool:
    return book == ALL_BOOKS or known.books.get(row.account, SLEEVE) == book


def _usd(known: Knowledge, currency: str, day: date, amount: Decimal) -> Decimal:
    rate = Decimal(1) if currency == "USD" else known.usd_rate(currency, day)
    if rate is None:
        raise _no_rate(N_("a movement of money"), day)
    return product(amount, rate)


def _no_rate(what: Text, day: date) -> BadInput:
    return BadInput("rate-missing", N_("The rate of {what} on {day} is missing, so no return can be told.", what=what,
                                       day=day), remedy=N_("Import exchange rates that reach back to that day."))
