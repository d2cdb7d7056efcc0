"""Several books in one file: each by itself, and all of them together with every share counted once (F124)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.exposure.look_through import look_through
from sandyq.exposure.result import Exposure, Range
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.valuation.holdings import Holdings, Line
from sandyq.workstation.contract import Question
from sandyq.workstation.knowledge import Knowledge

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_UNKNOWN = Range(None, None, None)
_NOTHING = Range(ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class ConsolidatedLine:
    """One instrument over all books. The mappings have every book that holds it, and ``*`` for the total.

    A share that several books hold is one line; its total is what the file as a whole holds. None is Unknown.
    """

    instrument: str
    symbol: str
    name: str
    quantity: Mapping[str, Decimal]
    cost_usd: Mapping[str, Decimal | None]
    market_value_usd: Mapping[str, Decimal | None]
    exposure_usd: Mapping[str, Range]


@dataclass(frozen=True, slots=True)
class Consolidated:
    """All books of the file on a day: totals per book, and under ``*`` those of the file as a whole."""

    as_of: date
    books: tuple[str, ...]
    lines: tuple[ConsolidatedLine, ...]
    market_value_usd: Mapping[str, Decimal | None]
    cost_usd: Mapping[str, Decimal | None]
    net_invested_usd: Mapping[str, Decimal | None]
    exposure_usd: Mapping[str, Range]
    by_coin: Mapping[str, Mapping[str, Range]]
    """Coin → book → coins held indirectly."""
    findings: tuple[Finding, ...]


def books_of_file(known: Knowledge) -> tuple[str, ...]:
    """Return the books of a file: the sleeve first, then those that accounts or mandates name."""
    named = {row.book for row in known.accounts} | {mandate.book for mandate in known.mandates}
    return (SLEEVE, *sorted(named - {SLEEVE, ALL_BOOKS, ""}))


def checked_book(known: Knowledge, book: str) -> str:
    """Return a book's name. Raises BadInput for one that no account and no mandate names."""
    if book == ALL_BOOKS or book in books_of_file(known):
        return book
    raise BadInput("no-book", N_("The file has no book {book}.", book=book),
                   remedy=N_("The books are {names}; * is all of them.", names=", ".join(books_of_file(known))))


def consolidated(station: Workstation, q: Question) -> Consolidated:
    """Return the books side by side with their total. Transfers between books leave the total as it is.

    Every book is looked through by the conventions of the sleeve's mandate, so that the columns add up.
    """
    known = station.knowledge(q.known_at)
    books = books_of_file(known)
    columns = (*books, ALL_BOOKS)
    held = {book: station.picture(Question(q.as_of, q.known_at, book)).holdings for book in columns}
    whole = station.picture(Question(q.as_of, q.known_at, ALL_BOOKS))
    seen: dict[str, Exposure] = {
        book: whole.exposure if book == ALL_BOOKS else look_through(
            held[book], known.directory, known.market, reference_funds=whole.mandate.reference_funds,
            fallback_factor=whole.mandate.fallback_factor, betas=whole.betas)
        for book in columns}
    instruments = {line.instrument.id for result in held.values() for line in result.open_lines}
    lines = tuple(sorted((_line(instrument, held, seen) for instrument in instruments), key=_largest_first))
    coins = sorted({coin for result in seen.values() for coin in result.by_coin})
    result = Consolidated(
        q.as_of, books, lines, {book: held[book].market_value_usd for book in columns},
        {book: held[book].cost_usd for book in columns}, {book: held[book].net_invested_usd for book in columns},
        {book: seen[book].total_usd for book in columns},
        {coin: {book: seen[book].by_coin.get(coin, _NOTHING) for book in columns} for coin in coins}, ())
    return replace(result, findings=tuple(_checked(result)))


def _line(instrument: str, held: Mapping[str, Holdings], seen: Mapping[str, Exposure]) -> ConsolidatedLine:
    own: dict[str, Line] = {book: line for book, result in held.items() for line in result.open_lines
                            if line.instrument.id == instrument}
    exposures = {book: next((line.exposure_usd for line in seen[book].lines if line.instrument == instrument), _UNKNOWN)
                 for book in own}
    first = next(iter(own.values()))
    day = next(iter(held.values())).as_of
    return ConsolidatedLine(
        instrument, first.symbol, first.instrument.name(day), {book: line.quantity for book, line in own.items()},
        {book: line.cost_usd for book, line in own.items()},
        {book: line.market_value_usd for book, line in own.items()}, exposures)


def _largest_first(line: ConsolidatedLine) -> tuple[bool, Decimal, str]:
    value = line.market_value_usd.get(ALL_BOOKS)
    return value is not None, ZERO if value is None else -value, line.instrument


def _checked(result: Consolidated) -> Iterable[Finding]:
    """Yield an error for every instrument whose books do not add up to the total: a fault, never a rounding."""
    for line in result.lines:
        parts = sum((quantity for book, quantity in line.quantity.items() if book != ALL_BOOKS), ZERO)
        if parts != line.quantity.get(ALL_BOOKS, ZERO):
            yield Finding(Severity.ERROR, "books-do-not-add-up", N_(
                "{symbol}: the books hold {parts} together, the file holds {total}.", symbol=line.symbol, parts=parts,
                total=line.quantity.get(ALL_BOOKS, ZERO)), line.symbol)
