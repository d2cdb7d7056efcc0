"""What depends on an issuer over all books: its own paper and what funds of ours hold of it, each level once (F124)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ZERO, product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import Kind
from sandyq.store.custody import FundWeight, read_fund_weights
from sandyq.valuation.holdings import Holdings, Line
from sandyq.workstation.consolidating import books_of_file
from sandyq.workstation.contract import Question
from sandyq.workstation.knowledge import Knowledge

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_OLD: Final = 40
"""Days after which a fund's published holdings are pointed at."""
_Amounts = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class IssuerPart:
    """One way to an issuer: its paper in the books (`fund` empty), or through a fund with its share of the fund.

    `amounts` in USD by book, ``*`` the total over the file; a paper that several books hold is one part.
    """

    instrument: str
    fund: str
    share: Decimal | None
    day: date | None
    amounts: _Amounts
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class IssuerLine:
    """An issuer with its parts: direct ones first. A total is None when one of its parts is Unknown."""

    issuer: str
    direct_usd: _Amounts
    through_funds_usd: _Amounts
    total_usd: _Amounts
    parts: tuple[IssuerPart, ...]


@dataclass(frozen=True, slots=True)
class Issuers:
    """All issuers over all books, the largest first."""

    as_of: date
    books: tuple[str, ...]
    lines: tuple[IssuerLine, ...]
    findings: tuple[Finding, ...]


def issuers(station: Workstation, q: Question) -> Issuers:
    """Return what depends on each issuer, by book and in total.

    Funds are looked into by the last holdings that their issuers published on or before the day; a fund's paper counts
    for the fund's own issuer, and what it holds for the issuers of that: two levels, each counted once.
    """
    known = station.knowledge(q.known_at)
    books = books_of_file(known)
    held = {book: station.picture(Question(q.as_of, q.known_at, book)).holdings for book in (*books, ALL_BOOKS)}
    published = _last_published(read_fund_weights(station.store, q.known_at), q.as_of)
    parts: dict[str, list[IssuerPart]] = defaultdict(list)
    findings: list[Finding] = []
    for line in held[ALL_BOOKS].open_lines:
        amounts = _by_book(line.instrument.id, held)
        issuer = line.instrument.issuer(q.as_of) or line.instrument.name(q.as_of)
        parts[issuer].append(IssuerPart(line.instrument.id, "", None, None, amounts, None))
        if line.kind is not Kind.EQUITY_ETF:
            continue
        rows = _rows_of(line, known, published)
        findings += _doubts(line, rows, q.as_of)
        for row, share in shares(rows):
            name, instrument = issuer_of(row, known, q.as_of)
            through = {book: None if amount is None else product(amount, share) for book, amount in amounts.items()}
            parts[name].append(IssuerPart(instrument, line.instrument.id, share, row.day, through, row.origin))
    lines = tuple(sorted((_line(name, own, (*books, ALL_BOOKS)) for name, own in parts.items()), key=_largest_first))
    return Issuers(q.as_of, books, lines, tuple(findings))


def _by_book(instrument: str, held: Mapping[str, Holdings]) -> dict[str, Decimal | None]:
    return {book: line.market_value_usd for book, result in held.items() for line in result.open_lines
            if line.instrument.id == instrument}


def _last_published(rows: Iterable[FundWeight], on: date) -> Mapping[str, tuple[FundWeight, ...]]:
    """Return fund → the rows of the last day on or before the day."""
    found: dict[str, list[FundWeight]] = defaultdict(list)
    for row in rows:
        if row.day <= on:
            found[row.fund].append(row)
    return {fund: tuple(row for row in own if row.day == max(item.day for item in own))
            for fund, own in found.items()}


def _rows_of(line: Line, known: Knowledge, published: Mapping[str, tuple[FundWeight, ...]]) -> tuple[FundWeight, ...]:
    names = (line.instrument.id, line.symbol, *known.directory.symbols_of(line.instrument))
    return next((published[name] for name in names if name in published), ())


def shares(rows: tuple[FundWeight, ...]) -> list[tuple[FundWeight, Decimal]]:
    """Return each constituent with its share of the fund: by market values, else by weights, each over their sum.

    The sums make the unit of the published weights (per cent or ratio) of no account.
    """
    by_value = all(row.market_value is not None for row in rows)
    amounts = [(row, row.market_value if by_value else row.weight) for row in rows]
    total = sum((amount for _, amount in amounts if amount is not None), ZERO)
    if not total:
        return []
    return [(row, quotient(amount, total)) for row, amount in amounts if amount is not None]


def issuer_of(row: FundWeight, known: Knowledge, on: date) -> tuple[str, str]:
    """Return the issuer and the instrument of a constituent; its own wording where the book has no instrument."""
    found: tuple[Instrument, ...] = ()
    if row.isin:
        found = tuple(i for i in known.directory if i.text("isin", on) == row.isin and i.text("kind", on))
    if len(found) != 1 and row.symbol:
        found = tuple(i for i in known.directory.candidates(row.symbol, on)
                      if i.text("kind", on) not in {"", Kind.REFERENCE.value})
    if len(found) == 1:
        return found[0].issuer(on) or found[0].name(on), found[0].id
    return row.constituent, ""


def _line(name: str, parts: list[IssuerPart], books: tuple[str, ...]) -> IssuerLine:
    direct = [part for part in parts if not part.fund]
    funds = sorted((part for part in parts if part.fund), key=lambda part: part.fund)
    return IssuerLine(name, _sums(direct, books), _sums(funds, books), _sums(parts, books), (*direct, *funds))


def _sums(parts: list[IssuerPart], books: tuple[str, ...]) -> dict[str, Decimal | None]:
    sums: dict[str, Decimal | None] = {}
    for book in books:
        amounts = [part.amounts[book] for part in parts if book in part.amounts]
        known = [amount for amount in amounts if amount is not None]
        sums[book] = sum(known, ZERO) if len(known) == len(amounts) else None
    return sums


def _largest_first(line: IssuerLine) -> tuple[bool, Decimal, str]:
    total = line.total_usd[ALL_BOOKS]
    return total is not None, ZERO if total is None else -total, line.issuer


def _doubts(line: Line, rows: tuple[FundWeight, ...], on: date) -> Iterable[Finding]:
    if not shares(rows):
        yield Finding(Severity.WARNING, "weights-missing", N_(
            "No holdings of {symbol} are published on or before {day}: what it holds counts for no issuer.",
            symbol=line.symbol, day=on), line.symbol)
    elif (on - rows[0].day).days > _OLD:
        yield Finding(Severity.WARNING, "weights-old", N_(
            "The published holdings of {symbol} are of {day}.", symbol=line.symbol, day=rows[0].day), line.symbol)
