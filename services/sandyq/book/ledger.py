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
from sandyq.book.lots import Lots, Short
from sandyq.book.matching import match
from sandyq.book.order import in_order
from sandyq.book.rates import remembered
from sandyq.book.screening import unfit
from sandyq.book.shortage import refuse, settles_early
from sandyq.book.state import AppliedSplit, Basis, BookSettings, BookState, Lot, Position, Realised
from sandyq.book.tally import Tally
from sandyq.book.transactions import Transaction, TransactionType

_SOLD = [field.name for field in fields(Realised)].index("sold")
_ADDS = (TransactionType.BUY, TransactionType.TRANSFER_IN)
_TAKES = (TransactionType.SELL, TransactionType.TRANSFER_OUT, TransactionType.CASH_IN_LIEU)


def run(transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]], settings: BookSettings,
        as_of: date, *, basis: Basis = Basis.TRADE,
        usd_rate: Callable[[str, date], Decimal | None]) -> BookState:
    """Return everything the transactions say as of a day. `splits` are published splits by instrument id.

    Settlement basis counts the rows that have settled; costs and lots still follow trade dates, and a sale that
    settles before its purchase counts as unsettled. Raises Refused("oversold") for a sale of more than there is.
    """
    with localcontext(WIDE), paused_collector():
        settled_only = basis is Basis.SETTLEMENT
        groups, waiting = _sorted_out(transactions, as_of, settled_only=settled_only)
        rate = remembered(usd_rate)
        tally = Tally(rate, by_settlement=settled_only)
        positions: dict[str, Position] = {}
        realised: list[tuple[object, ...]] = []
        applied: dict[str, tuple[AppliedSplit, ...]] = {}
        findings: list[Finding] = []
        for instrument in sorted(groups):
            rows = groups[instrument]
            if not instrument:
                tally.take(in_order(rows))
                continue
            events = split_rows(instrument, (fact for fact in splits.get(instrument, ()) if fact.ex_date <= as_of),
                                [row for row in rows if row.type is TransactionType.SPLIT])
            late: list[Short] = []
            ordered = in_order([row for row in rows if row.type is not TransactionType.SPLIT] + list(events.rows))
            lots = match(ordered, settings, rate, late.append if settled_only else refuse)
            if late:
                skipped = {id(short.row) for short in late}
                ordered = [row for row in ordered if id(row) not in skipped]
                waiting += [short.row for short in late]
                findings += [settles_early(short) for short in late]
            tally.take(ordered)
            tally.realise(instrument, lots.slices)
            realised += _realised(lots)
            findings += [*events.findings, *lots.findings, *_mixed(lots)]
            applied[instrument] = tuple(lots.splits)
            position = _position(instrument, lots, waiting)
            if position.lots or position.unsettled:
                positions[instrument] = position
        for row in waiting:
            tally.cash.await_settlement(row.account, row.currency, cash_of(row))
        cash, overdrawn = tally.cash.lines()
        return BookState(
            as_of=as_of, basis=basis, settings=settings, positions=positions, cash=cash,
            fundings=tuple(sorted(tally.fundings, key=lambda item: item.day)),
            realised=tuple(filled(Realised, sorted(realised, key=itemgetter(_SOLD)))), totals=tally.totals(),
            flows=tally.flows(), findings=(*findings, *overdrawn),
            splits={instrument: events for instrument, events in applied.items() if events},
        )


def validate(transactions: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
             settings: BookSettings) -> list[Finding]:
    """Return an error for every row that takes more than there is, instead of raising at the first one."""
    _, findings = screen((), transactions, splits, settings)
    return list(findings)


def screen(existing: Iterable[Transaction], new: Iterable[Transaction], splits: Mapping[str, Sequence[SplitFact]],
           settings: BookSettings) -> tuple[tuple[Transaction, ...], tuple[Finding, ...]]:
    """Split new rows into those that fit the book and findings for those that do not (code ``oversold``).

    A new row is refused when it takes more than there is, or when it takes what a later booked sale has already
    used. The accepted rows keep their order.
    """
    listed = list(new)
    booked: dict[str, list[Transaction]] = defaultdict(list)
    wanted: dict[str, list[Transaction]] = defaultdict(list)
    for row in existing:
        booked[row.instrument].append(row)
    for row in listed:
        wanted[row.instrument].append(row)
    refused: dict[int, Finding] = {}
    with localcontext(WIDE):
        for instrument in sorted(filter(None, wanted)):
            refused |= unfit(instrument, booked[instrument], wanted[instrument], splits.get(instrument, ()), settings)
    accepted = tuple(row for row in listed if id(row) not in refused)
    return accepted, tuple(refused[id(row)] for row in listed if id(row) in refused)


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


def _position(instrument: str, lots: Lots, waiting: Iterable[Transaction]) -> Position:
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
                    _unsettled(instrument, lots, waiting))


def _unsettled(instrument: str, lots: Lots, waiting: Iterable[Transaction]) -> Decimal:
    """Return what is traded and not settled, in units of the as-of day."""
    total = ZERO
    for row in waiting:
        if row.instrument != instrument or row.type not in (*_ADDS, *_TAKES):
            continue
        quantity = row.quantity
        for event in lots.splits:
            if event.ex_date > row.trade_date:
                quantity = quantity * event.new / event.old
        total += quantity if row.type in _ADDS else -quantity
    return total


def _realised(lots: Lots) -> list[tuple[object, ...]]:
    """Return the fields of each `Realised`."""
    found: list[tuple[object, ...]] = []
    for row, lot, quantity, proceeds, cost, cost_usd, rate in lots.slices:
        found.append((
            row.instrument, row.account, row.reference, lot.reference, lot.trade_date, row.trade_date, quantity,
            proceeds, cost if lot.currency == row.currency else _converted(cost, cost_usd, rate), row.currency,
            None if rate is None else proceeds * rate, cost_usd, row.origin, rate))
    return found


def _mixed(lots: Lots) -> list[Finding]:
    """Return a warning for each sale in another currency than its purchase: its cost was converted through USD."""
    found = []
    for reference, part in {part.row.reference: part for part in lots.slices
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
