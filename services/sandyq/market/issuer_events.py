"""What corporate actions say about markets, derived whenever knowledge is read and never stored a second time.

Coins per unit after a distribution in kind, shares after an issuance, fees from a day on, new symbols, splits. A row
that a source reports for the same day or a later one wins by its date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import exact, product, quotient
from sandyq.market.series import CompanyHolding, FundHolding, MarketData, Split
from sandyq.reference.events import Event, EventType
from sandyq.reference.instruments import Attribute, Directory, Instrument

FROM_EVENT: Final = "corporate action, issuer"
"""The quality of derived rows: terms are the issuer's own statement."""
_SAME_SPLIT: Final = timedelta(days=5)
_DAY: Final = timedelta(days=1)
_NAMES: Final = ("symbol", "isin", "name", "mic")


def applied(market: MarketData, directory: Directory, events: Iterable[Event]) -> tuple[MarketData, Directory]:
    """Return market data and instruments with what the events say. Terms that do not read change nothing here."""
    listed = sorted(events, key=lambda event: (event.ex_date, event.event))
    if not listed:
        return market, directory
    derived = _Derived(market, _renamed(directory, listed))
    for event in listed:
        take = _TAKERS.get(event.type)
        if take is None or derived.directory.by_id(event.instrument) is None:
            continue
        try:
            take(derived, event)
        except (KeyError, ValueError):
            continue
    return derived.market_data(), derived.directory


class _Derived:
    """The rows that events add, by symbol."""

    def __init__(self, market: MarketData, directory: Directory) -> None:
        self.market, self.directory = market, directory
        self.funds: dict[str, list[FundHolding]] = defaultdict(list)
        self.companies: dict[str, list[CompanyHolding]] = defaultdict(list)
        self.splits: dict[str, list[Split]] = defaultdict(list)

    def symbol(self, instrument: str, on: date) -> str:
        found = self.directory.by_id(instrument)
        if found is None:
            raise KeyError(instrument)
        return found.symbol(on)

    def company_rows(self, instrument: str) -> list[CompanyHolding]:
        """Return what is reported and derived of a company so far, oldest first."""
        found = self.directory.by_id(instrument)
        symbols = self.directory.symbols_of(found) if found else ()
        rows = [row for symbol in symbols for row in (*self.companies[symbol],
                                                      *self.market.company_holdings.get(symbol, ()))]
        return sorted(rows, key=_day)

    def splits_of(self, instrument: str) -> list[Split]:
        found = self.directory.by_id(instrument)
        symbols = self.directory.symbols_of(found) if found else ()
        return [split for symbol in symbols for split in (*self.market.splits.get(symbol, ()), *self.splits[symbol])]

    def market_data(self) -> MarketData:
        """Return the market data with the derived rows; a reported row of the same day comes after and so wins."""
        market = self.market
        if self.funds:
            market = replace(market, fund_holdings={**market.fund_holdings, **{
                symbol: tuple(sorted((*rows, *market.fund_holdings.get(symbol, ())), key=_day))
                for symbol, rows in self.funds.items() if rows}})
        if self.companies:
            market = replace(market, company_holdings={**market.company_holdings, **{
                symbol: tuple(sorted((*rows, *market.company_holdings.get(symbol, ())), key=_day))
                for symbol, rows in self.companies.items() if rows}})
        splits = {symbol: tuple(sorted((*market.splits.get(symbol, ()), *rows), key=lambda split: split.ex_date))
                  for symbol, rows in self.splits.items() if rows}
        if splits:
            prices = {symbol: replace(market.prices[symbol], splits=rows) for symbol, rows in splits.items()
                      if symbol in market.prices}
            market = replace(market, splits={**market.splits, **splits}, prices={**market.prices, **prices})
        return market


def _distribution(derived: _Derived, event: Event) -> None:
    """Add the coins per unit of both legs on the ex-date (O1)."""
    terms = event.terms
    for instrument, coins in ((event.instrument, exact(terms["parent_coins_after"])),
                              (terms["child"], exact(terms["child_coins"]))):
        symbol = derived.symbol(instrument, event.ex_date)
        derived.funds[symbol].append(FundHolding(
            event.ex_date, symbol, terms["asset"], None, None, coins, None, None, None, FROM_EVENT, event.event, "R",
            event.origin))


def _issuance(derived: _Derived, event: Event) -> None:
    """Add the new share count; coins stay those of the last row unless the event says how many there are."""
    terms, on = event.terms, event.ex_date
    symbol, asset, shares = derived.symbol(event.instrument, on), terms["asset"], exact(terms["shares"])
    seen = [row for row in derived.company_rows(event.instrument) if row.day <= on]
    last = next((row for row in reversed(seen) if row.asset == asset), None)
    stated = terms.get("coins", "")
    if not stated and last is None:
        return
    splits = derived.splits_of(event.instrument)
    diluted = exact(terms["diluted_shares"]) if terms.get("diluted_shares") else _diluted(seen, splits, on, shares)
    coins = exact(stated) if stated or last is None else last.coins
    quality = FROM_EVENT if stated or last is None else last.coins_quality
    derived.companies[symbol].append(CompanyHolding(
        on, symbol, asset, coins, diluted, shares, on, None, None, None, None if last is None else last.pledged,
        quality, FROM_EVENT, terms.get("document", ""), event.event, "R", event.origin))


def _diluted(seen: Sequence[CompanyHolding], splits: Sequence[Split], on: date, shares: Decimal) -> Decimal | None:
    """Return the last diluted count plus the new shares: an issue adds the same number to both counts."""
    for row in reversed(seen):
        if row.diluted_shares is not None and row.shares is not None:
            before = _in_units(row.shares, row, splits, on)
            return _in_units(row.diluted_shares, row, splits, on) + shares - before
    return None


def _in_units(count: Decimal, row: CompanyHolding, splits: Sequence[Split], on: date) -> Decimal:
    """Return a share count of a row in units of a day. Basis S is already in units after every later split."""
    for split in splits:
        if row.shares_basis == "S":
            if split.ex_date > on and split.ex_date > row.day:
                count = quotient(product(count, split.old), split.new)
        elif row.day < split.ex_date <= on:
            count = quotient(product(count, split.new), split.old)
    return count


def _split(derived: _Derived, event: Event) -> None:
    """Add the split to the market's, unless one is published within five days: that one counts."""
    symbol = derived.symbol(event.instrument, event.ex_date)
    if any(abs(split.ex_date - event.ex_date) <= _SAME_SPLIT for split in derived.splits_of(event.instrument)):
        return
    derived.splits[symbol].append(Split(symbol, event.ex_date, exact(event.terms["new"]), exact(event.terms["old"]),
                                        FROM_EVENT, event.origin))


_TAKERS: Final[Mapping[EventType, Callable[[_Derived, Event], None]]] = MappingProxyType({
    EventType.IN_KIND_DISTRIBUTION: _distribution,
    EventType.SHARE_ISSUANCE: _issuance,
    EventType.SPLIT: _split,
})


def _renamed(directory: Directory, events: Iterable[Event]) -> Directory:
    """Return the directory with new names and fees as attributes from the event's day on."""
    added: dict[str, list[tuple[str, Attribute]]] = defaultdict(list)
    for event in events:
        added[event.instrument] += _attributes(event)
    changed = {name: found for name, extra in added.items() if extra and (found := directory.by_id(name)) is not None}
    if not changed:
        return directory
    return Directory(_with(instrument, added[instrument.id]) if instrument.id in changed else instrument
                     for instrument in directory)


def _attributes(event: Event) -> list[tuple[str, Attribute]]:
    terms = event.terms

    def fact(value: str, since: date) -> Attribute:
        return Attribute(value, since, event.event, FROM_EVENT, event.origin)

    if event.type is EventType.IDENTIFIER_CHANGE:
        return [(name, fact(terms[name], event.ex_date)) for name in _NAMES if terms.get(name)]
    if event.type is not EventType.FEE_CHANGE:
        return []
    try:
        exact(terms["fee_pct"])
        found = [("fee_pct", fact(terms["fee_pct"], event.ex_date))]
        if terms.get("until"):
            exact(terms["fee_pct_after"])
            found.append(("fee_pct", fact(terms["fee_pct_after"], date.fromisoformat(terms["until"]) + _DAY)))
    except (KeyError, ValueError):
        return []
    return found


def _with(instrument: Instrument, extra: Iterable[tuple[str, Attribute]]) -> Instrument:
    attributes = dict(instrument.attributes)
    for name, attribute in extra:
        attributes[name] = tuple(sorted((*attributes.get(name, ()), attribute), key=_since))
    return Instrument(instrument.id, MappingProxyType(attributes))


def _since(attribute: Attribute) -> tuple[date, int, int]:
    return attribute.valid_from or date.min, attribute.origin.entry, attribute.origin.line


def _day(row: FundHolding | CompanyHolding) -> date:
    return row.day
