"""Which new rows of one instrument, or of connected ones, do not fit what is already booked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding
from sandyq.book.actions.split import SplitFact, split_rows
from sandyq.book.linked import TAKES, Linked
from sandyq.book.lots import Short
from sandyq.book.matching import no_rate, shortfalls
from sandyq.book.order import in_order
from sandyq.book.replay import Connected, replay
from sandyq.book.shortage import lot_missing, oversold
from sandyq.book.state import BookSettings, CostMethod
from sandyq.book.transactions import Transaction, TransactionType

Shortfalls = Callable[[Sequence[Transaction]], tuple[list[Transaction], list[Short]]]
"""Rows → the rows in order and every row or transfer that takes more than there is."""


def plain_shortfalls(instrument: str, facts: Sequence[SplitFact], settings: BookSettings,
                     books: Mapping[str, str]) -> Shortfalls:
    """Return the question for an instrument without events."""
    def ask(rows: Sequence[Transaction]) -> tuple[list[Transaction], list[Short]]:
        events = split_rows(instrument, facts, [row for row in rows if row.type is TransactionType.SPLIT])
        ordered = in_order([row for row in rows if row.type is not TransactionType.SPLIT] + list(events.rows))
        return ordered, shortfalls(ordered, settings, books)
    return ask


def linked_shortfalls(link: Connected, splits: Mapping[str, Sequence[SplitFact]], settings: BookSettings,
                      books: Mapping[str, str]) -> Shortfalls:
    """Return the question for connected instruments."""
    def ask(rows: Sequence[Transaction]) -> tuple[list[Transaction], list[Short]]:
        shorts: list[Short] = []
        linked = Linked(settings, no_rate, shorts.append, books, None, rows)
        ordered, _ = replay(link, rows, splits, linked)
        return ordered, shorts
    return ask


def unfit(booked: Sequence[Transaction], new: Sequence[Transaction], settings: BookSettings,
          shortfalls_of: Shortfalls) -> dict[int, Finding]:
    """Return why each row that does not fit is refused, by the row's `id`. Call inside the WIDE context.

    Where a booked row becomes short, the last new row that took before it gives way, and the rest is tried again.
    """
    refused = _unnamed(new, settings)
    candidates = [row for row in new if id(row) not in refused]
    while True:
        fresh = {id(row) for row in candidates}
        ordered, shorts = shortfalls_of([*booked, *candidates])
        squeezed = next((short for short in shorts if id(short.row) not in fresh), None)
        culprit = _culprit(ordered, squeezed, {id(short.row) for short in shorts}, fresh) if squeezed else None
        if squeezed is None or culprit is None:
            return refused | {id(short.row): oversold(short) for short in shorts if id(short.row) in fresh}
        left_over = culprit.quantity - (squeezed.row.quantity - squeezed.available)
        refused[id(culprit)] = oversold(Short(culprit, max(left_over, ZERO), squeezed.lot))
        candidates = [row for row in candidates if row is not culprit]


def _culprit(ordered: Sequence[Transaction], squeezed: Short, short: set[int], fresh: set[int]) -> Transaction | None:
    """Return the last new row before the squeezed one that took (or split) and was not short itself."""
    found: Transaction | None = None
    for row in ordered:
        if row is squeezed.row or row.trade_date > squeezed.row.trade_date:
            break
        if id(row) in fresh and id(row) not in short and row.type in (*TAKES, TransactionType.SPLIT):
            found = row
    return found


def _unnamed(new: Sequence[Transaction], settings: BookSettings) -> dict[int, Finding]:
    """Return sales without a lot in a book of named lots."""
    if settings.cost_method is not CostMethod.SPECIFIC:
        return {}
    return {id(row): lot_missing(row) for row in new if row.type is TransactionType.SELL and not row.lot}
