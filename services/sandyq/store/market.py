"""What the book holds, in the columns and values of the floors below: market data, instruments, bookings, mandates.

One ordered read per table. Decimals stay text in columns; dates become ordinals through a map of the distinct ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sandyq.basics.origin import Origin
from sandyq.book.collector import paused_collector
from sandyq.book.columns import filled_columns
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.market.series import (
    Calendar,
    CoinSeries,
    CompanyHolding,
    FundHolding,
    FxSeries,
    ManualClose,
    MarketData,
    PriceSeries,
    Programme,
    Reserve,
    Split,
    Vehicle,
)
from sandyq.reference.facts import TABLES
from sandyq.reference.instruments import Attribute, Directory, Instrument
from sandyq.store.engine import damaged
from sandyq.store.price_sources import ranked
from sandyq.store.store import Row, Store
from sandyq.valuation.levels import Decided

_EARLY: Final = "early"
"""How the kind of a calendar's day begins when the market only closes early; every other kind is a closed day."""
_WORKING: Final = "working_day"
"""The kind of a day that was moved: a Saturday or Sunday with trading, or a holiday of the table taken back."""
_TYPES: Final = {kind.value: kind for kind in TransactionType}


@dataclass(frozen=True, slots=True)
class MandateText:
    """One version of a mandate as it was imported: `text` is the whole file."""

    name: str
    version: str
    valid_from: date
    text: str
    origin: Origin


def read_market(store: Store, known_at: datetime | None = None) -> MarketData:
    """Read everything that markets and issuers say, as known at a moment."""
    with store.reading(), _sound(store):
        splits = _splits(store, known_at)
        return MarketData(
            prices=ranked(store, _prices(store, known_at, splits), known_at), coins=_coins(store, known_at),
            fx=_rates(store, known_at), splits=splits, calendars=_calendars(store, known_at),
            fund_holdings=_fund_holdings(store, known_at),
            company_holdings=_company_holdings(store, known_at), reserves=_reserves(store, known_at),
            programme=_programme(store, known_at), vehicles=_vehicles(store, known_at),
            manual=_manual(store, known_at))


def read_directory(store: Store, known_at: datetime | None = None) -> Directory:
    """Read the instruments with their dated attributes, without a date first."""
    found: dict[str, dict[str, list[Attribute]]] = {}
    for row in _named(store, "instrument_attribute", known_at):
        attribute = Attribute(row["value"], _day(row["valid_from"]), row["source"] or "", row["quality"] or "",
                              row["origin"])
        found.setdefault(row["instrument"], {}).setdefault(row["attribute"], []).append(attribute)
    return Directory(Instrument(name, {key: tuple(values) for key, values in attributes.items()})
                     for name, attributes in found.items())


def read_bookings(store: Store, known_at: datetime | None = None) -> list[Transaction]:
    """Read the transactions in order of trade date, on one day in the order in which they were recorded."""
    with _sound(store), paused_collector():
        return _transactions(store.rows("booking", known_at, ("trade_date",)))


def read_mandate_texts(store: Store, known_at: datetime | None = None) -> list[MandateText]:
    """Read the versions of the mandates, in order of name and first day."""
    return [MandateText(row["name"], row["version"], _sure_day(row["valid_from"]), row["text"], row["origin"])
            for row in _named(store, "mandate", known_at)]


def read_levels(store: Store, known_at: datetime | None = None) -> tuple[Decided, ...]:
    """Read the decided fair value levels, in order of symbol and first day."""
    with _sound(store):
        return tuple(Decided(row["symbol"], int(row["level"]), row["reason"], _day(row["valid_from"]), row["origin"])
                     for row in _named(store, "fair_value_level", known_at))


def read_settings(store: Store, known_at: datetime | None = None, on: date | None = None) -> Mapping[str, str]:
    """Read the settings in force on a day (None: the latest); without a first day they hold from the beginning."""
    chosen: dict[str, str] = {}
    for row in _named(store, "setting", known_at):
        begins = _day(row["valid_from"])
        if on is None or begins is None or begins <= on:
            chosen[row["name"]] = row["value"]
    return chosen


def _transactions(rows: list[Row]) -> list[Transaction]:
    """Each distinct date and number is read once, and the values are filled column by column."""
    if not rows:
        return []
    (_, entries, lines, references, trades, settles, kinds, _symbols, instruments, quantities, prices, currencies, fees,
     taxes, accounts, lots, notes) = zip(*rows, strict=True)
    days = _days_of((*trades, *settles))
    numbers = {text: Decimal(text) for text in {*quantities, *prices, *fees, *taxes}}
    return filled_columns(Transaction, len(rows), (
        map(days.__getitem__, trades), map(days.__getitem__, settles), map(_TYPES.__getitem__, kinds),
        _texts(instruments), map(numbers.__getitem__, quantities), map(numbers.__getitem__, prices), currencies,
        map(numbers.__getitem__, fees), map(numbers.__getitem__, taxes), accounts, references, _texts(lots),
        _texts(notes), filled_columns(Origin, len(rows), (entries, lines))))


def _texts(column: Iterable[str | None]) -> list[str]:
    return [text or "" for text in column]


@contextmanager
def _sound(store: Store) -> Iterator[None]:
    """Turn a value that is no date or number, which only damage or a foreign hand has made, into IntegrityFailed."""
    try:
        yield
    except (ValueError, ArithmeticError, KeyError) as error:
        raise damaged(store.path.name, error) from None


def _prices(store: Store, known_at: datetime | None,
            splits: Mapping[str, tuple[Split, ...]]) -> dict[str, PriceSeries]:
    wanted = ["close", "currency", "basis", "volume", "adjusted_as_of", "source", "price_type", "entry", "line"]
    days = _Ordinals()
    series: dict[str, PriceSeries] = {}
    for symbol, (dates, closes, currencies, bases, volumes, adjusted, sources, types, entries, lines) in store.series(
            "price", "symbol", ["date", *wanted], known_at, ("price_type", "close")):
        series[symbol] = PriceSeries(
            symbol, currencies[-1], days.of(dates), closes, bases, [volume or None for volume in volumes],
            days.of(adjusted), sources, types, list(map(int, entries)), list(map(int, lines)), splits.get(symbol, ()))
    return series


def _manual(store: Store, known_at: datetime | None) -> dict[str, tuple[ManualClose, ...]]:
    return _grouped("symbol", _named(store, "manual_price", known_at), lambda row: ManualClose(
        row["symbol"], _sure_day(row["date"]), Decimal(row["close"]), row["currency"], row["reason"],
        _sure_day(row["expires"]), row["author"], row["origin"]))


def _coins(store: Store, known_at: datetime | None) -> dict[str, CoinSeries]:
    days = _Ordinals()
    return {
        asset: CoinSeries(asset, days.of(dates), closes, cutoffs, sources, list(map(int, entries)),
                          list(map(int, lines)))
        for asset, (dates, closes, cutoffs, sources, entries, lines) in store.series(
            "coin_price", "asset", ["date", "close_usd", "cutoff", "source", "entry", "line"], known_at)
    }


def _rates(store: Store, known_at: datetime | None) -> dict[tuple[str, str], FxSeries]:
    """Daily official rates only: a monthly customs rate is no fixing of a day."""
    days = _Ordinals()
    series: dict[tuple[str, str], FxSeries] = {}
    for base, (quotes, dates, rates, sources, entries, lines) in store.series(
            "fx_rate", "base", ["quote", "date", "rate", "source", "entry", "line"], known_at, ("frequency", "daily")):
        for quote, part in _runs(quotes):
            series[base, quote] = FxSeries(base, quote, days.of(dates[part]), rates[part], sources[part],
                                           list(map(int, entries[part])), list(map(int, lines[part])))
    return series


def _splits(store: Store, known_at: datetime | None) -> dict[str, tuple[Split, ...]]:
    return _grouped("symbol", _named(store, "split", known_at), lambda row: Split(
        row["symbol"], _sure_day(row["ex_date"]), Decimal(row["new_shares"]), Decimal(row["old_shares"]),
        row["quality"] or "", row["origin"]))


def _calendars(store: Store, known_at: datetime | None) -> dict[str, Calendar]:
    """The table is taken to cover whole years, from the first that it mentions to the last."""
    calendars: dict[str, Calendar] = {}
    for market, rows in groupby(_named(store, "calendar_day", known_at), key=itemgetter("market")):
        closed, early, opened, years = set[int](), set[int](), set[int](), set[int]()
        for row in rows:
            day = _sure_day(row["date"])
            years.add(day.year)
            kind = row["kind"]
            (early if kind.startswith(_EARLY) else opened if kind == _WORKING else closed).add(day.toordinal())
        calendars[market] = Calendar(market, frozenset(closed - opened), frozenset(early),
                                     date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal(),
                                     frozenset(opened))
    return calendars


def _fund_holdings(store: Store, known_at: datetime | None) -> dict[str, tuple[FundHolding, ...]]:
    return _grouped("symbol", _named(store, "fund_holding", known_at), lambda row: FundHolding(
        _sure_day(row["date"]), row["symbol"], row["asset"], _number(row["coins"]), _number(row["shares_outstanding"]),
        _number(row["coins_per_share"]), _number(row["nav"]), _number(row["net_assets_usd"]),
        _number(row["market_price"]), row["quality"] or "", row["source"] or "", row["shares_basis"], row["origin"]))


def _company_holdings(store: Store, known_at: datetime | None) -> dict[str, tuple[CompanyHolding, ...]]:
    return _grouped("symbol", _named(store, "company_holding", known_at), lambda row: CompanyHolding(
        _sure_day(row["date"]), row["symbol"], row["asset"], Decimal(row["coins"]), _number(row["diluted_shares"]),
        _number(row["shares_outstanding"]), _day(row["shares_asof"]), _number(row["debt"]), _number(row["preferred"]),
        _number(row["cash"]), _number(row["pledged"]), row["coins_quality"] or "", row["shares_quality"] or "",
        row["document"] or "", row["source"] or "", row["shares_basis"], row["origin"]))


def _reserves(store: Store, known_at: datetime | None) -> dict[str, tuple[Reserve, ...]]:
    return _grouped("series", _named(store, "reserve", known_at), lambda row: Reserve(
        _sure_day(row["date"]), row["series"], Decimal(row["amount"]), row["currency"], _day(row["published"]),
        row["source"] or "", row["origin"]))


def _programme(store: Store, known_at: datetime | None) -> tuple[Programme, ...]:
    return tuple(Programme(_sure_day(row["date"]), row["participant"], Decimal(row["amount"]), row["currency"],
                           row["source"] or "", row["origin"]) for row in _named(store, "programme", known_at))


def _vehicles(store: Store, known_at: datetime | None) -> tuple[Vehicle, ...]:
    return tuple(Vehicle(row["participant"], row["vehicle"], _sure_day(row["date"]), row["asset"],
                         Decimal(row["quantity"]) if row["quantity"] else None, Decimal(row["amount"]),
                         row["currency"], row["owner"], row["source"], row["origin"])
                 for row in _named(store, "programme_holding", known_at))


def _named(store: Store, table: str, known_at: datetime | None) -> Iterator[dict[str, Any]]:
    """Yield visible rows by column name, with their `origin`: for tables of some thousand rows."""
    names = TABLES[table].columns
    for row in store.rows(table, known_at):
        named = dict(zip(names, row[3:], strict=True))
        named["origin"] = _origin(row)
        yield named


def _grouped(column: str, rows: Iterable[dict[str, Any]], make: Any) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(map(make, group)) for name, group in groupby(rows, key=itemgetter(column))}


def _runs(names: Sequence[str]) -> Iterator[tuple[str, slice]]:
    """Yield each name of a sorted column with the slice where it stands."""
    start = 0
    while start < len(names):
        stop = bisect_right(names, names[start], start)
        yield names[start], slice(start, stop)
        start = stop


class _Ordinals:
    """Day numbers of ISO dates; each distinct date is parsed once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, texts: Sequence[str]) -> list[int]:
        """Return the ordinals of a column."""
        known = self._known
        known.update((text, date.fromisoformat(text).toordinal()) for text in set(texts).difference(known))
        return list(map(known.__getitem__, texts))


def _days_of(texts: Iterable[str]) -> dict[str, date]:
    return {text: date.fromisoformat(text) for text in set(texts)}


def _origin(row: Row) -> Origin:
    return Origin(row[1], row[2])


def _sure_day(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
