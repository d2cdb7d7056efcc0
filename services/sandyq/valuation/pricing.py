"""The price that a line is valued at, its age in the exchange's own days, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from sandyq.basics.decimals import product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.state import AppliedSplit
from sandyq.market import calendars
from sandyq.market.series import Calendar, ManualClose, MarketData, PricePoint, PriceSeries
from sandyq.reference.instruments import Directory, Instrument
from sandyq.valuation.holdings import Freshness, Thresholds
from sandyq.valuation.manual import Chosen, choose

_ADJUSTED = "SD"


@dataclass(frozen=True, slots=True)
class Quote:
    """A price with its age in trading days and its findings. `price` is there even when it is too old to be used."""

    price: PricePoint | None
    age: int | None
    freshness: Freshness
    findings: tuple[Finding, ...] = ()

    @property
    def usable(self) -> PricePoint | None:
        """Return the price if it may value a line: fresh or amber."""
        return self.price if self.freshness in {Freshness.FRESH, Freshness.AMBER} else None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The last price under one symbol, and whether a later one was refused: adjusted, or no share traded."""

    price: PricePoint | None
    adjusted: date | None
    untraded: date | None


def quote(instrument: Instrument, directory: Directory, market: MarketData, thresholds: Thresholds, on: date,
          splits: Iterable[AppliedSplit] = ()) -> Quote:
    """Return the last official close on or before a day, as traded, in units of that day; or the manual price in force.

    Rows adjusted for dividends never count, a day without volume is not a price day. A close from before a split that
    the position has already had is restated (old / new), or the line would be valued at a multiple. A manual price is
    never too old before the expiry that two persons gave it: its age makes it amber at most.
    """
    symbol = instrument.symbol(on)
    names = _symbols(instrument, directory, on)
    found = [_last(market.prices[name], instrument, directory, on) for name in names if name in market.prices]
    best = max((item for item in found if item.price), key=_day, default=None)
    official = best.price if best else None
    chosen = choose(symbol, _by_hand(instrument, directory, market, names), official, on) if market.manual else Chosen(
        official, None)
    findings = [*_refusals(symbol, found, chosen.price), *chosen.findings]
    price = chosen.price
    if price is None:
        if not any(finding.severity is Severity.ERROR for finding in findings):
            findings.append(Finding(Severity.ERROR, "price-missing", N_(
                "{symbol} has no price on or before {day}.", symbol=symbol, day=on), subject=symbol))
        return Quote(None, None, Freshness.MISSING, tuple(findings))
    amber, red = _own_thresholds(instrument, thresholds, on)
    calendar = market.calendars.get(instrument.market(on)) or Calendar(instrument.market(on))
    age = calendars.age(calendar, price.day, on)
    freshness = Freshness.RED if age > red and chosen.by_hand is None else (
        Freshness.AMBER if age > amber else Freshness.FRESH)
    findings += _age_findings(symbol, price, age, freshness, amber if freshness is Freshness.AMBER else red)
    price, restated = _restated(symbol, price, on, splits)
    return Quote(price, age, freshness, (*findings, *restated))


def _symbols(instrument: Instrument, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the day's symbol, then every other one the instrument has had."""
    return tuple(dict.fromkeys((instrument.symbol(on), *reversed(directory.symbols_of(instrument)))))


def _by_hand(instrument: Instrument, directory: Directory, market: MarketData,
             names: Iterable[str]) -> list[ManualClose]:
    return [row for name in names for row in market.manual.get(name, ())
            if _bears(instrument, directory, name, row.day)]


def _bears(instrument: Instrument, directory: Directory, symbol: str, day: date) -> bool:
    """Return whether the symbol was the instrument's on the day, or nobody's."""
    bearers = directory.candidates(symbol, day)
    return not bearers or any(bearer.id == instrument.id for bearer in bearers)


def _day(item: _Candidate) -> date:
    return item.price.day if item.price else date.min


def _last(series: PriceSeries, instrument: Instrument, directory: Directory, on: date) -> _Candidate:
    """Return the last usable row of a series. Rows of days on which another instrument bore the symbol do not count."""
    adjusted: date | None = None
    untraded: date | None = None
    for index in range(series.position(on), -1, -1):
        volume = series.volumes[index]
        if series.bases[index] == _ADJUSTED:
            adjusted = adjusted or date.fromordinal(series.days[index])
        elif volume is not None and not Decimal(volume):
            untraded = untraded or date.fromordinal(series.days[index])
        else:
            point = series.at(index)
            if not _bears(instrument, directory, series.symbol, point.day):
                break
            return _Candidate(point, adjusted, untraded)
    return _Candidate(None, adjusted, untraded)


def _refusals(symbol: str, found: Iterable[_Candidate], best: PricePoint | None) -> list[Finding]:
    """Return what was passed over: errors where no price is left, warnings where an older one stands in."""
    severity = Severity.WARNING if best else Severity.ERROR
    findings: list[Finding] = []
    for item in found:
        if item.adjusted and (best is None or item.adjusted > best.day):
            findings.append(Finding(severity, "adjusted-price-refused", N_(
                "The price of {symbol} on {day} is adjusted for dividends, so it is not used for valuation.",
                symbol=symbol, day=item.adjusted), subject=symbol))
        if item.untraded and (best is None or item.untraded > best.day):
            findings.append(Finding(severity, "price-without-volume", N_(
                "No share of {symbol} was traded on {day}: its age counts from the last day with trading.",
                symbol=symbol, day=item.untraded), subject=symbol))
    return findings


def _own_thresholds(instrument: Instrument, thresholds: Thresholds, on: date) -> tuple[int, int]:
    return (_days(instrument.text("amber_days", on), thresholds.amber_days),
            _days(instrument.text("red_days", on), thresholds.red_days))


def _days(text: str, otherwise: int) -> int:
    try:
        return int(Decimal(text)) if text else otherwise
    except InvalidOperation:
        return otherwise


def _age_findings(symbol: str, price: PricePoint, age: int, freshness: Freshness, threshold: int) -> list[Finding]:
    findings: list[Finding] = []
    if freshness is Freshness.RED:
        findings.append(Finding(Severity.ERROR, "price-stale", N_(
            "The price of {symbol} is of {day}, {age} trading days old; more than {threshold} is too old to be used.",
            symbol=symbol, day=price.day, age=age, threshold=threshold), subject=symbol, value=str(age)))
    elif freshness is Freshness.AMBER:
        findings.append(Finding(Severity.WARNING, "price-old", N_(
            "The price of {symbol} is of {day}, {age} trading days old.", symbol=symbol, day=price.day, age=age),
            subject=symbol, value=str(age)))
    return findings


def _restated(symbol: str, price: PricePoint, on: date,
              splits: Iterable[AppliedSplit]) -> tuple[PricePoint, tuple[Finding, ...]]:
    """Return a close from before a split in units after it."""
    later = [split for split in splits if price.day < split.ex_date <= on]
    if not later:
        return price, ()
    step = product(*(quotient(split.old, split.new) for split in later))
    restated = replace(price, close=product(price.close, step), factor=product(price.factor, step))
    return restated, (Finding(Severity.WARNING, "price-before-split", N_(
        "The last price of {symbol} is of {day}, before the split of {ex_date}; it was restated.", symbol=symbol,
        day=price.day, ex_date=later[-1].ex_date), subject=symbol),)
