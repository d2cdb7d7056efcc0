"""Several sources for one close: what each said last, which counts by rank, and who said otherwise (F051).

A later row of the same symbol, day and type supersedes an earlier one, whoever wrote it; the superseded ones stay in
the table, and from them comes the latest word of each source. Without ranks the latest row counts, as ever.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sandyq.market.series import PricePoint, PriceSeries
from sandyq.store.engine import damaged
from sandyq.store.store import Store

_UNRANKED: Final = 1_000_000
_COLUMNS: Final = ("symbol", "date", "source", "close", "basis", "volume", "adjusted_as_of", "entry", "line", "id",
                   "currency")


@dataclass(frozen=True, slots=True)
class Rank:
    """A source's place (1 counts before 2) and tolerance in basis points, from a day on (None: always)."""

    source: str
    rank: int | None
    tolerance_bp: Decimal | None
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """The latest known close of one source for one symbol and day. `id` grows with the order of recording."""

    symbol: str
    day: str
    source: str
    close: str
    basis: str
    volume: str | None
    adjusted_as_of: str
    entry: int
    line: int
    id: int
    currency: str

    def point(self, series: PriceSeries) -> PricePoint:
        """Return it as traded on its day, with the splits that the series knows."""
        return replace(series, currency=self.currency, days=[_ordinal(self.day)], closes=[self.close],
                       bases=[self.basis], volumes=[self.volume or None],
                       adjusted_as_of=[_ordinal(self.adjusted_as_of)], sources=[self.source], price_types=["close"],
                       entries=[self.entry], lines=[self.line]).at(0)


def read_ranks(store: Store, known_at: datetime | None = None) -> tuple[Rank, ...]:
    """Return every rank known at a moment, a source's earliest first day first."""
    return tuple(Rank(source, int(Decimal(rank)), Decimal(tolerance) if tolerance else None,
                      date.fromisoformat(begins) if begins else None)
                 for _, _, _, source, rank, tolerance, begins in store.rows("price_source", known_at))


def rank_on(ranks: Iterable[Rank], source: str, on: date) -> Rank | None:
    """Return a source's rank in force on a day."""
    chosen: Rank | None = None
    for item in ranks:
        if item.source == source and (item.valid_from is None or item.valid_from <= on):
            chosen = item
    return chosen


def contested(store: Store, known_at: datetime | None = None, *, symbol: str = "", first: date | None = None,
              last: date | None = None) -> dict[tuple[str, str], tuple[Said, ...]]:
    """Return (symbol, day) → the latest word of each source, where at least two sources have a visible close.

    Sources are in order of their names. The range of days includes both ends.
    """
    condition, values = store.visible(known_at).condition("price")
    words = [condition, '"price_type" = ?']
    values = [*values, "close"]
    for column, sign, value in (("symbol", "=", symbol), ("date", ">=", first and first.isoformat()),
                                ("date", "<=", last and last.isoformat())):
        if value:
            words.append(f'"{column}" {sign} ?')
            values.append(value)
    where = " AND ".join(words)
    several = (f'SELECT "symbol", "date" FROM "price" WHERE {where} GROUP BY "symbol", "date" '
               'HAVING count(*) > 1 AND count(DISTINCT coalesce("source", \'\')) > 1')
    names = ", ".join(f'coalesce("{name}", \'\')' if name == "source" else f'"{name}"' for name in _COLUMNS)
    question = (f'SELECT {names} FROM "price" WHERE {where} AND ("symbol", "date") IN ({several}) '
                'ORDER BY "symbol", "date", "id"')
    found: dict[tuple[str, str], dict[str, Said]] = {}
    for row in store.connection.execute(question, [*values, *values]):
        said = Said(*row)
        found.setdefault((said.symbol, said.day), {})[said.source] = said
    return {key: tuple(sources[name] for name in sorted(sources)) for key, sources in found.items()}


def best_of(said: Iterable[Said], ranks: Iterable[Rank]) -> Said:
    """Return the close that counts: of the best rank, and among equals (and without ranks) the latest recorded."""
    known = tuple(ranks)

    def place(item: Said) -> tuple[int, int]:
        found = rank_on(known, item.source, date.fromisoformat(item.day))
        return (found.rank if found and found.rank is not None else _UNRANKED, -item.id)

    return min(said, key=place)


def ranked(store: Store, series: dict[str, PriceSeries], known_at: datetime | None) -> dict[str, PriceSeries]:
    """Return the series with the best-ranked source's row on days that several sources have; unchanged without ranks.

    A source in another currency than the series never takes its place.
    """
    try:
        ranks = read_ranks(store, known_at)
        if not ranks:
            return series
        chosen: dict[str, list[Said]] = {}
        for (symbol, _), said in contested(store, known_at).items():
            own = series.get(symbol)
            usable = [item for item in said if own is not None and item.currency == own.currency]
            if usable:
                chosen.setdefault(symbol, []).append(best_of(usable, ranks))
        return {**series, **{symbol: _with(series[symbol], rows) for symbol, rows in chosen.items()}}
    except (ValueError, ArithmeticError) as error:
        raise damaged(store.path.name, error) from None


def _with(series: PriceSeries, rows: Iterable[Said]) -> PriceSeries:
    closes, bases, volumes = list(series.closes), list(series.bases), list(series.volumes)
    adjusted, sources = list(series.adjusted_as_of), list(series.sources)
    entries, lines = list(series.entries), list(series.lines)
    for row in rows:
        day = _ordinal(row.day)
        at = bisect_left(series.days, day)
        if at == len(series.days) or series.days[at] != day:
            continue
        closes[at], bases[at], volumes[at] = row.close, row.basis, row.volume or None
        adjusted[at], sources[at] = _ordinal(row.adjusted_as_of), row.source
        entries[at], lines[at] = row.entry, row.line
    return replace(series, closes=closes, bases=bases, volumes=volumes, adjusted_as_of=adjusted, sources=sources,
                   entries=entries, lines=lines)


def count_rows(store: Store, known_at: datetime | None = None) -> Mapping[str, int]:
    """Return the number of visible closes of each source, superseded ones too."""
    condition, values = store.visible(known_at).condition("price")
    return dict(store.connection.execute(
        f'SELECT coalesce("source", \'\'), count(*) FROM "price" WHERE {condition} GROUP BY 1 ORDER BY 1', values))


def _ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()
