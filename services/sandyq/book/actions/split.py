"""Splits and reverse splits: quantity × new / old at the start of the ex-date, total cost unchanged.

A published split and a booked split row of the same instrument within five days are one event and act once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Protocol

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.action import Action
from sandyq.book.lots import Lots
from sandyq.book.shares import scaled, unit_cost
from sandyq.book.state import AppliedSplit
from sandyq.book.transactions import Transaction, TransactionType

_SAME_EVENT: Final = timedelta(days=5)


class SplitFact(Protocol):
    """A published split: `sandyq.market.series.Split` fits. The book does not import its neighbour."""

    @property
    def ex_date(self) -> date: ...
    @property
    def new(self) -> Decimal: ...
    @property
    def old(self) -> Decimal: ...
    @property
    def origin(self) -> Origin: ...


@dataclass(frozen=True, slots=True)
class SplitRows:
    """The splits of one instrument as rows to apply, each event once, and what was noticed on the way."""

    rows: tuple[Transaction, ...]
    findings: tuple[Finding, ...]


def split_rows(instrument: str, facts: Iterable[SplitFact], booked: Sequence[Transaction]) -> SplitRows:
    """Merge published and booked splits. The published ratio and ex-date win; a differing booking is a warning."""
    rows: list[Transaction] = []
    findings: list[Finding] = []
    for fact in sorted(facts, key=lambda fact: (fact.ex_date, fact.origin.entry, fact.origin.line)):
        if not any(_same_event(row, fact.ex_date) and _same_ratio(row, fact.new, fact.old) for row in rows):
            rows.append(_row(instrument, fact))
    for row in sorted(booked, key=lambda row: (row.trade_date, row.reference)):
        twin = next((known for known in rows if _same_event(known, row.trade_date)), None)
        if twin is None:
            rows.append(row)
        else:
            findings.append(_repeated(row, twin))
    return SplitRows(tuple(rows), tuple(findings))


def apply(lots: Lots, row: Transaction) -> None:
    """Restate every lot of the instrument, in all accounts."""
    before = after = cost = ZERO
    for key, pool in lots.pools.items():
        quantities = scaled((lot.quantity for lot in pool.lots), row.quantity, row.price)
        if lots.counts(key):
            before += pool.quantity
            after += sum(quantities, ZERO)
            cost += pool.cost if lots.average else sum((lot.cost for lot in pool.lots), ZERO)
        pool.quantity = sum(quantities, ZERO)
        for lot, quantity in zip(pool.lots, quantities, strict=True):
            lot.quantity = quantity
            lot.unit = unit_cost(lot.cost, quantity)
    lots.splits.append(AppliedSplit(row.instrument, row.trade_date, row.quantity, row.price, before, after, cost,
                                    row.origin))


def _same_event(row: Transaction, day: date) -> bool:
    return abs(row.trade_date - day) <= _SAME_EVENT


def _same_ratio(row: Transaction, new: Decimal, old: Decimal) -> bool:
    return row.quantity * old == row.price * new


def _row(instrument: str, fact: SplitFact) -> Transaction:
    return Transaction(
        trade_date=fact.ex_date, settle_date=fact.ex_date, type=TransactionType.SPLIT, instrument=instrument,
        quantity=fact.new, price=fact.old, currency="", fees=ZERO, taxes=ZERO, account="", reference="", lot="",
        note="", origin=fact.origin)


def _repeated(row: Transaction, twin: Transaction) -> Finding:
    if _same_ratio(row, twin.quantity, twin.price):
        return Finding(Severity.INFO, "split-once", N_(
            "The split booked as {reference} is the one known for {day}. It was applied once.",
            reference=row.reference, day=twin.trade_date), subject=row.instrument, line=row.origin.line)
    return Finding(Severity.WARNING, "split-ratio-differs", N_(
        "The split booked as {reference} says {new} for {old}; {known_new} for {known_old} is known for {day} and "
        "was applied.", reference=row.reference, new=row.quantity, old=row.price, known_new=twin.quantity,
        known_old=twin.price, day=twin.trade_date), subject=row.instrument, line=row.origin.line)


SPLIT: Final = Action(TransactionType.SPLIT, N_("Split"), apply)
