"""From transactions to the book's state on a day: lots, positions, cash, results. Exact and in one fixed order.

Positions come from the rows alone, so a reversed row that is no longer given leaves no trace in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal, localcontext
from operator import itemgetter

from sandyq.basics.decimals import WIDE, ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.actions.split import SplitFact, split_rows
from sandyq.book.collector import paused_collector
from sandyq.book.columns import filled
from sandyq.book.effects import cash_of
from sandyq.book.linked import ADDS, TAKES, Linked
from sandyq.book.lots import Lots, Short, Slice
from sandyq.book.matching import match
from sandyq.book.order import in_order
from sandyq.book.rates import remembered
from sandyq.book.replay import Connected, connected, replay, sound, with_event_splits
from sandyq.book.screening import linked_shortfalls, plain_shortfalls, unfit
from sandyq.book.shortage import refuse, settles_early
from sandyq.book.state import (
    AppliedSplit,
    Basis,
    BookSettings,
    BookState,
    Conservation,
    EventCash,
    Lot,
    Move,
    Position,
    Realised,
    Receivable,
)
from sandyq.book.tally import Tally
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.reference.events import Event, Transfer

_SOLD = [field.name for field in fields(Realised)].index("sold")


def run(transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]], settings: BookSettings,
        as_of: date, *, basis: Basis = Basis.TRADE, usd_rate: Callable[[str, date], Decimal | None],
        events: Iterable[Event] = (), transfers: Iterable[Transfer] = (), books: Mapping[str, str] | None = None,
        book: str | None = None) -> BookState:
    """Return everything the transactions, events and transfers say as of a day.

    `splits` are published splits by instrument id. `books` names the book of each account (the sleeve where it names
    none); with `book`, lots, cash, flows and results of that book's accounts only are reported (None or "*": all).
    Settlement basis counts the rows that have settled; costs and lots still follow trade dates, events act on their
    ex-date on what has settled by the as-of day, and a sale that settles before its purchase counts as unsettled.
    Raises Refused("oversold") for a sale or a transfer of more than there is.
    """
    books = books or {}
    only_one = all(name == book for name in (SLEEVE, *books.values()))
    reported = None if book == ALL_BOOKS or only_one else book
    with localcontext(WIDE), paused_collector():
        return _Run(settings, as_of, basis, usd_rate, books, reported).state(transactions, splits, events, transfers)


class _Run:
    """One run: instruments without events by the fast loop, connected ones by the common replay."""

    def __init__(self, settings: BookSettings, as_of: date, basis: Basis,
                 usd_rate: Callable[[str, date], Decimal | None], books: Mapping[str, str],
                 reported: str | None) -> None:
        self._settings, self._as_of, self._basis = settings, as_of, basis
        self._settled_only = basis is Basis.SETTLEMENT
        self._books, self._reported = books, reported
        self._rate = remembered(usd_rate)
        self._tally = Tally(self._rate, by_settlement=self._settled_only)
        self._waiting: list[Transaction] = []
        self._positions: dict[str, Position] = {}
        self._realised: list[tuple[object, ...]] = []
        self._applied: dict[str, tuple[AppliedSplit, ...]] = {}
        self._findings: list[Finding] = []
        self._moves: list[Move] = []
        self._money: list[EventCash] = []
        self._conservation: list[Conservation] = []
        self._receivables: list[Receivable] = []

    def state(self, transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
              events: Iterable[Event], transfers: Iterable[Transfer]) -> BookState:
        """Replay everything and return the state."""
        as_of = self._as_of
        groups, waiting = _sorted_out(transactions, as_of, settled_only=self._settled_only)
        self._waiting = [row for row in waiting if self._mine(row.account)] if self._reported else waiting
        good, wrong = sound(events, as_of)
        splits, differing = with_event_splits(splits, good)
        known = _known(transfers, as_of, settled_only=self._settled_only)
        links = connected(good, known)
        linked = {name: link for link in links for name in link.instruments}
        unsettled = {row.instrument for row in self._waiting}
        for instrument in sorted({*groups, *linked}):
            if not instrument:
                self._tally.take(in_order(self._own(groups[instrument])))
            elif instrument not in linked:
                own = self._own(groups[instrument])
                if self._reported is None or instrument in unsettled or any(
                        row.type is not TransactionType.SPLIT for row in own):
                    self._plain(instrument, own, splits.get(instrument, ()))
            elif instrument == linked[instrument].instruments[0]:
                self._linked(linked[instrument], groups, splits)
        self._cash_transfers(known)
        for row in self._waiting:
            self._tally.cash.await_settlement(row.account, row.currency, cash_of(row))
        cash, overdrawn = self._tally.cash.lines()
        return BookState(
            as_of=as_of, basis=self._basis, settings=self._settings, positions=dict(sorted(self._positions.items())),
            cash=cash, fundings=tuple(sorted(self._tally.fundings, key=lambda item: item.day)),
            realised=tuple(filled(Realised, sorted(self._realised, key=itemgetter(_SOLD)))),
            totals=self._tally.totals(), flows=self._tally.flows(),
            findings=(*wrong, *differing, *self._findings, *overdrawn),
            splits={instrument: applied for instrument, applied in self._applied.items() if applied},
            receivables=tuple(self._receivables), conservation=tuple(self._conservation),
            moves=tuple(sorted(self._moves, key=lambda move: move.day)),
            event_cash=tuple(sorted(self._money, key=lambda money: money.day)),
        )

    def _mine(self, account: str) -> bool:
        return self._reported is None or self._books.get(account, SLEEVE) == self._reported

    def _own(self, rows: list[Transaction]) -> list[Transaction]:
        """Return the rows of the reported book; a split belongs to every book."""
        if self._reported is None:
            return rows
        return [row for row in rows if row.type is TransactionType.SPLIT or self._mine(row.account)]

    def _plain(self, instrument: str, rows: list[Transaction], facts: Sequence[SplitFact]) -> None:
        events = split_rows(instrument, (fact for fact in facts if fact.ex_date <= self._as_of),
                            [row for row in rows if row.type is TransactionType.SPLIT])
        late: list[Short] = []
        ordered = in_order([row for row in rows if row.type is not TransactionType.SPLIT] + list(events.rows))
        lots = match(ordered, self._settings, self._rate, late.append if self._settled_only else refuse, self._books)
        self._findings += events.findings
        self._take(ordered, late)
        self._close(instrument, lots)

    def _linked(self, link: Connected, groups: Mapping[str, list[Transaction]],
                splits: Mapping[str, Sequence[SplitFact]]) -> None:
        rows = [row for name in link.instruments for row in groups.get(name, ())]
        facts = {name: [fact for fact in splits.get(name, ()) if fact.ex_date <= self._as_of]
                 for name in link.instruments}
        late: list[Short] = []
        linked = Linked(self._settings, self._rate, late.append if self._settled_only else refuse, self._books,
                        self._reported, rows)
        ordered, findings = replay(link, rows, facts, linked)
        self._findings += [*findings, *linked.findings]
        self._take(self._own(ordered), [short for short in late if self._mine(short.row.account)])
        self._moves += [move for move in linked.moves if linked.mine(move.account)]
        self._conservation += linked.conservation
        self._receivables += linked.receivables()
        for money in linked.cash:
            if linked.mine(money.account):
                self._tally.post(money, self._as_of)
                self._money.append(money)
        for name in link.instruments:
            if name in linked.lots:
                self._close(name, linked.lots[name])

    def _take(self, ordered: list[Transaction], late: Sequence[Short]) -> None:
        """Count the rows; those that settle before what they take from are not settled either."""
        if late:
            skipped = {id(short.row) for short in late}
            self._waiting += [row for row in ordered if id(row) in skipped]
            ordered = [row for row in ordered if id(row) not in skipped]
            self._findings += [settles_early(short) for short in late]
        self._tally.take(ordered)

    def _close(self, instrument: str, lots: Lots) -> None:
        """Keep what came out of an instrument's lots."""
        slices = lots.slices
        if self._reported is not None:
            slices = [part for part in slices if self._mine(part.row.account)]
        self._tally.realise(instrument, slices)
        self._realised += _realised(slices)
        self._findings += [*lots.findings, *_mixed(slices)]
        self._applied[instrument] = tuple(lots.splits)
        position = _position(instrument, lots, self._waiting, _coming(instrument, self._moves, self._as_of))
        if position.lots or position.unsettled:
            self._positions[instrument] = position

    def _cash_transfers(self, transfers: Iterable[Transfer]) -> None:
        for item in transfers:
            if item.instrument:
                continue
            day = item.settle_date if self._settled_only else item.trade_date
            for account, amount in ((item.from_account, -item.quantity), (item.to_account, item.quantity)):
                if not self._mine(account):
                    continue
                if item.settle_date > self._as_of:
                    self._tally.cash.await_settlement(account, item.currency, amount)
                if day <= self._as_of:
                    self._tally.cash.move(account, item.currency, day, amount, item.note)


def validate(transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
             settings: BookSettings) -> list[Finding]:
    """Return an error for every row that takes more than there is, instead of raising at the first one."""
    _, findings = screen((), transactions, splits, settings)
    return list(findings)


def screen(existing: Iterable[Transaction], new: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
           settings: BookSettings, *, events: Iterable[Event] = (), transfers: Iterable[Transfer] = (),
           books: Mapping[str, str] | None = None) -> tuple[tuple[Transaction, ...], tuple[Finding, ...]]:
    """Split new rows into those that fit the book and findings for those that do not (code ``oversold``).

    A new row is refused when it takes more than there is, or when it takes what a later booked sale or transfer has
    already used. The accepted rows keep their order.
    """
    listed = list(new)
    booked: dict[str, list[Transaction]] = defaultdict(list)
    wanted: dict[str, list[Transaction]] = defaultdict(list)
    for row in existing:
        booked[row.instrument].append(row)
    for row in listed:
        wanted[row.instrument].append(row)
    good, _ = sound(events, date.max)
    facts, _ = with_event_splits(splits, good)
    links = connected(good, transfers)
    linked = {name for link in links for name in link.instruments}
    refused: dict[int, Finding] = {}
    with localcontext(WIDE):
        for instrument in sorted(name for name in wanted if name and name not in linked):
            refused |= unfit(booked[instrument], wanted[instrument], settings, plain_shortfalls(
                instrument, facts.get(instrument, ()), settings, books or {}))
        for link in links:
            mine = [row for name in link.instruments for row in wanted[name]]
            if mine:
                refused |= unfit([row for name in link.instruments for row in booked[name]], mine, settings,
                                 linked_shortfalls(link, facts, settings, books or {}))
    accepted = tuple(row for row in listed if id(row) not in refused)
    return accepted, tuple(refused[id(row)] for row in listed if id(row) in refused)


def _known(transfers: Iterable[Transfer], as_of: date, *, settled_only: bool) -> list[Transfer]:
    """Return the transfers that count for lots on the day; money on its way counts as unsettled as well."""
    return [item for item in transfers if item.trade_date <= as_of
            and (not settled_only or not item.instrument or item.settle_date <= as_of)]


def _coming(instrument: str, moves: Iterable[Move], as_of: date) -> Decimal:
    """Return the units that events and transfers brought and that the custodian does not show yet."""
    return sum((move.quantity for move in moves if move.instrument == instrument and move.settle_date > as_of), ZERO)


def _sorted_out(transactions: Iterable[Transaction], as_of: date, *,
                settled_only: bool) -> tuple[dict[str, list[Transaction]], list[Transaction]]:
    """Return the rows that count by instrument, and the rows that are traded but not settled on the day."""
    groups: dict[str, list[Transaction]] = defaultdict(list)
    waiting: list[Transaction] = []
    for row in transactions:
        if row.trade_date > as_of:
            continue
        if row.settle_date > as_of and row.type is not TransactionType.SPLIT:
            waiting.append(row)
            if settled_only:
                groups.setdefault(row.instrument, [])
                continue
        groups[row.instrument].append(row)
    return groups, waiting


def _position(instrument: str, lots: Lots, waiting: Iterable[Transaction], coming: Decimal) -> Position:
    opened = []
    quantity, cost_usd = ZERO, ZERO
    known = True
    for lot, cost, usd in lots.open_lots():
        row = lot.row
        opened.append(Lot(instrument, row.account, row.reference, row.trade_date, lot.quantity, cost, row.currency,
                          usd, row.origin))
        quantity += lot.quantity
        if usd is None:
            known = False
        else:
            cost_usd += usd
    return Position(instrument, quantity, cost_usd if known else None, tuple(opened),
                    _unsettled(instrument, lots, waiting) + coming)


def _unsettled(instrument: str, lots: Lots, waiting: Iterable[Transaction]) -> Decimal:
    """Return what is traded and not settled, in units of the as-of day."""
    total = ZERO
    for row in waiting:
        if row.instrument != instrument or row.type not in (*ADDS, *TAKES):
            continue
        quantity = row.quantity
        for event in lots.splits:
            if event.ex_date > row.trade_date:
                quantity = quantity * event.new / event.old
        total += quantity if row.type in ADDS else -quantity
    return total


def _realised(slices: Iterable[Slice]) -> list[tuple[object, ...]]:
    """Return the fields of each `Realised`."""
    found: list[tuple[object, ...]] = []
    for row, lot, quantity, proceeds, cost, cost_usd, rate in slices:
        found.append((
            row.instrument, row.account, row.reference, lot.reference, lot.trade_date, row.trade_date, quantity,
            proceeds, cost if lot.currency == row.currency else _converted(cost, cost_usd, rate), row.currency,
            None if rate is None else proceeds * rate, cost_usd, row.origin, rate))
    return found


def _mixed(slices: Sequence[Slice]) -> list[Finding]:
    """Return a warning for each sale in another currency than its purchase: its cost was converted through USD."""
    found = []
    for reference, part in {part.row.reference: part for part in slices
                            if part.lot.currency != part.row.currency}.items():
        severity = Severity.WARNING if part.cost_usd is not None and part.rate else Severity.ERROR
        text = N_("{reference} sells in {currency} what was bought in {bought}; its cost goes through USD.",
                  reference=reference, currency=part.row.currency, bought=part.lot.currency)
        found.append(Finding(severity, "currency-mixed", text, subject=reference, line=part.row.origin.line,
                             column="currency"))
    return found


def _converted(cost: Decimal, cost_usd: Decimal | None, rate: Decimal | None) -> Decimal:
    """Return the cost in the sale's currency where the line changed its currency: through its cost in USD."""
    return cost if cost_usd is None or not rate else cost_usd / rate
