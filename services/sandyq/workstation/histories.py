"""The history desk: the sleeve by day, and a limit by day with its thresholds as they stood on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from sandyq.book.ledger import run
from sandyq.book.state import EventCash, Move
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.limits.result import LimitsRun, State
from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar
from sandyq.performance.history import history
from sandyq.performance.result import History
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.workstation.contract import LimitHistory
from sandyq.workstation.knowledge import Knowledge

_HOME = "NYSE"
Progress = Callable[[int, int], bool]
"""Called with (done, all); returning False cancels."""


def trading_days(knowledge: Knowledge, first: date, last: date) -> tuple[date, ...]:
    """Return the days on which New York trades between two days, both included."""
    calendar = knowledge.market.calendars.get(_HOME) or Calendar(_HOME)
    span = (last - first).days
    return tuple(day for day in (first + timedelta(days=n) for n in range(span + 1)) if is_open(calendar, day))


def sleeve_history(knowledge: Knowledge, first: date, last: date, book: str = SLEEVE) -> History:
    """Return a book's daily columns between two days, of all books together for "*"."""
    mandate = knowledge.mandate(last, book)
    rows, moves, event_cash = _of_book(knowledge, last, book)
    return history(rows, knowledge.directory, knowledge.market, trading_days(knowledge, first, last),
                   splits=knowledge.splits, reference_funds=mandate.reference_funds,
                   fallback_factor=mandate.fallback_factor, usd_rate=knowledge.usd_rate, moves=moves,
                   event_cash=event_cash)


def _of_book(knowledge: Knowledge, last: date,
             book: str) -> tuple[Sequence[Transaction], tuple[Move, ...], tuple[EventCash, ...]]:
    """Return a book's rows and what events and transfers did to it; a split belongs to every book."""
    books, rows = knowledge.books, knowledge.transactions
    if book != ALL_BOOKS and any(name != book for name in (SLEEVE, *books.values())):
        rows = tuple(row for row in rows if row.type is TransactionType.SPLIT
                     or books.get(row.account, SLEEVE) == book)
    if not knowledge.events and not knowledge.transfers:
        return rows, (), ()
    state = run(knowledge.transactions, knowledge.splits, knowledge.settings, last, usd_rate=knowledge.usd_rate,
                events=knowledge.events, transfers=knowledge.transfers, books=books, book=book)
    return rows, state.moves, state.event_cash


def limit_history(knowledge: Knowledge, limit_id: str, first: date, last: date,
                  run_on: Callable[[date], LimitsRun], progress: Progress | None = None, *,
                  book: str = SLEEVE) -> LimitHistory:
    """Return one limit's worst part per trading day; thresholds are those of the mandate of that day."""
    days = trading_days(knowledge, first, last)
    values: list[float | None] = []
    levels: list[tuple[float | None, float | None, float | None]] = []
    over: list[bool] = []
    unit, direction = "ratio", "max"
    done: list[date] = []
    for number, day in enumerate(days):
        if progress is not None and not progress(number, len(days)):
            break
        result = run_on(day).by_id(limit_id)
        part = result.worst if result else None
        done.append(day)
        if result is None or part is None:
            values.append(None)
            levels.append((None, None, None))
            over.append(False)
            continue
        unit, direction = part.part.unit, part.part.direction
        values.append(None if part.value is None else float(part.value))
        levels.append(tuple(None if level is None else float(level)  # type: ignore[arg-type]
                            for level in (part.part.warn, part.part.soft, part.part.hard)))
        over.append(result.state in {State.BREACH, State.SOFT_BREACH})
    return LimitHistory(
        limit_id=limit_id, unit=unit, direction=direction, days=tuple(done), values=tuple(values),
        warn=tuple(level[0] for level in levels), soft=tuple(level[1] for level in levels),
        hard=tuple(level[2] for level in levels), breaches=_runs(done, over),
        flows=_flows(knowledge, first, last, book),
        versions=tuple((m.valid_from, m.version, m.document) for m in knowledge.mandates
                       if m.valid_from <= last and m.book == (SLEEVE if book == ALL_BOOKS else book)),
    )


def limits_series(runs: Sequence[LimitsRun]) -> dict[str, tuple[float | None, ...]]:
    """Return limit id → the value, in each run, of the part that speaks in the last one; None where it is Unknown."""
    found: dict[str, tuple[float | None, ...]] = {}
    for last in runs[-1].results if runs else ():
        if last.worst is not None:
            place = last.parts.index(last.worst)
            found[last.limit.id] = tuple(_value_of(run, last.limit.id, place) for run in runs)
    return found


def _value_of(run: LimitsRun, limit_id: str, place: int) -> float | None:
    result = run.by_id(limit_id)
    part = result.parts[place] if result and place < len(result.parts) else None
    return None if part is None or part.value is None else float(part.value)


def _runs(days: list[date], over: list[bool]) -> tuple[tuple[date, date], ...]:
    """Return (first, last) of each unbroken stretch of days on which the limit was exceeded."""
    runs: list[tuple[date, date]] = []
    start: date | None = None
    previous: date | None = None
    for day, exceeded in zip(days, over, strict=True):
        if exceeded and start is None:
            start = day
        if not exceeded and start is not None and previous is not None:
            runs.append((start, previous))
            start = None
        previous = day
    if start is not None and previous is not None:
        runs.append((start, previous))
    return tuple(runs)


def _flows(knowledge: Knowledge, first: date, last: date, book: str) -> tuple[tuple[date, float], ...]:
    totals: dict[date, float] = {}
    books = knowledge.books
    for row in knowledge.transactions:
        if (row.type.value in {"buy", "sell"} and first <= row.trade_date <= last
                and book in (ALL_BOOKS, books.get(row.account, SLEEVE))):
            rate = knowledge.usd_rate(row.currency, row.trade_date)
            if rate is not None:
                sign = 1 if row.type.value == "buy" else -1
                totals[row.trade_date] = totals.get(row.trade_date, 0.0) + sign * float(row.quantity * row.price * rate)
    return tuple(sorted(totals.items()))
