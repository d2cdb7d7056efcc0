"""Market data as columns: what one table read gives, asked by date.

Decimals stay canonical text inside a column (a ten-year book has millions) and become exact numbers when asked for.
Every series is sorted by day with one row per key: the store has already chosen the latest known row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import ONE, product, quotient
from sandyq.basics.origin import Origin


@dataclass(frozen=True, slots=True)
class Split:
    """New shares for old, from the start of `ex_date`: ten new for one old is new=10, old=1."""

    symbol: str
    ex_date: date
    new: Decimal
    old: Decimal
    quality: str
    origin: Origin

    @property
    def factor(self) -> Decimal:
        """New shares per old share."""
        return quotient(self.new, self.old)


@dataclass(frozen=True, slots=True)
class PricePoint:
    """One close as traded on its day. `filed` is what the file said; `factor` turned it back (1 if nothing to do).

    `basis`: T as traded, S split-adjusted, R restored, SD adjusted for dividends too (not fit for valuation).
    `price_type`: close, nav, bid, manual.
    """

    day: date
    close: Decimal
    currency: str
    filed: Decimal
    factor: Decimal
    basis: str
    price_type: str
    source: str
    volume: Decimal | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """All prices of one symbol. Columns are parallel; `days` are ordinals (`date.toordinal`), increasing.

    `adjusted_as_of` is the ordinal of the day that a split-adjusted close (basis S) is adjusted to: every split with
    day < ex-date <= adjusted_as_of is undone to get the traded close. Volumes are in shares as filed, undone likewise.
    """

    symbol: str
    currency: str
    days: Sequence[int]
    closes: Sequence[str]
    bases: Sequence[str]
    volumes: Sequence[str | None]
    adjusted_as_of: Sequence[int]
    sources: Sequence[str]
    price_types: Sequence[str]
    entries: Sequence[int]
    lines: Sequence[int]
    splits: tuple[Split, ...] = ()

    def position(self, on: date) -> int:
        """Return the index of the last row on or before the day, -1 when there is none."""
        return bisect_right(self.days, on.toordinal()) - 1

    def at(self, index: int) -> PricePoint:
        """Return the row at an index with its traded close."""
        factor = self.factor(index)
        filed = Decimal(self.closes[index])
        return PricePoint(
            day=date.fromordinal(self.days[index]), close=product(filed, factor), currency=self.currency,
            filed=filed, factor=factor, basis=self.bases[index], price_type=self.price_types[index],
            source=self.sources[index], volume=self.volume(index),
            origin=Origin(self.entries[index], self.lines[index]),
        )

    def volume(self, index: int) -> Decimal | None:
        """Return the traded volume of a row in shares of its day."""
        filed = self.volumes[index]
        return quotient(Decimal(filed), self.factor(index)) if filed else None

    def latest(self, on: date, *, valuation: bool = True) -> PricePoint | None:
        """Return the last price on or before the day; for valuation, dividend-adjusted rows (SD) do not count."""
        index = self.position(on)
        while valuation and index >= 0 and self.bases[index] == "SD":
            index -= 1
        return self.at(index) if index >= 0 else None

    def factor(self, index: int) -> Decimal:
        """Return what turns the filed close of a row into the traded close: the product of later splits."""
        if self.bases[index] not in {"S", "SD"} or not self.splits:
            return ONE
        day, until = self.days[index], self.adjusted_as_of[index]
        factors = [s.factor for s in self.splits if day < s.ex_date.toordinal() <= until]
        return product(*factors) if factors else ONE

    def continuous_factor(self, index: int) -> Decimal:
        """Return what turns the *traded* close of a row into units of today: for returns across a split."""
        day = self.days[index]
        factors = [quotient(s.old, s.new) for s in self.splits if s.ex_date.toordinal() > day]
        return product(*factors) if factors else ONE


@dataclass(frozen=True, slots=True)
class ManualClose:
    """A price that one person gave and a second one approved: it counts from `day` until `expires`, both included.

    In units of `day`, per unit as traded. A row whose `expires` is before its `day` never counts: it was withdrawn.
    """

    symbol: str
    day: date
    close: Decimal
    currency: str
    reason: str
    expires: date
    author: str
    origin: Origin

    @property
    def withdrawn(self) -> bool:
        return self.expires < self.day

    @property
    def point(self) -> PricePoint:
        """The price as a line is valued at it: type ``manual``, the reason in place of a source."""
        return PricePoint(self.day, self.close, self.currency, self.close, ONE, "T", "manual", self.reason, None,
                          self.origin)


@dataclass(frozen=True, slots=True)
class CoinPoint:
    """A coin's reference price in USD and the hour it is taken: ``24:00 UTC`` or ``16:00 America/New_York``."""

    day: date
    close: Decimal
    cutoff: str
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class CoinSeries:
    """All reference prices of one coin; parallel columns, ordinals increasing."""

    asset: str
    days: Sequence[int]
    closes: Sequence[str]
    cutoffs: Sequence[str]
    sources: Sequence[str]
    entries: Sequence[int]
    lines: Sequence[int]

    def latest(self, on: date) -> CoinPoint | None:
        index = bisect_right(self.days, on.toordinal()) - 1
        if index < 0:
            return None
        return CoinPoint(date.fromordinal(self.days[index]), Decimal(self.closes[index]), self.cutoffs[index],
                         self.sources[index], Origin(self.entries[index], self.lines[index]))


@dataclass(frozen=True, slots=True)
class FundHolding:
    """What an issuer, a filing or an aggregator says of a fund on a day; None where it is silent.

    `shares_basis`: R as reported on the day, S restated for later splits.
    """

    day: date
    symbol: str
    asset: str
    coins: Decimal | None
    shares: Decimal | None
    coins_per_share: Decimal | None
    nav: Decimal | None
    net_assets: Decimal | None
    market_price: Decimal | None
    quality: str
    source: str
    shares_basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class CompanyHolding:
    """Coins and shares that a company reports; money in USD; None where no source gives it, never zero.

    `debt` is notional, `preferred` the liquidation preference, both as domain.md C3 asks. `pledged` are coins lent or
    pledged. `shares_basis` S: share counts are already in units after later splits.
    """

    day: date
    symbol: str
    asset: str
    coins: Decimal
    diluted_shares: Decimal | None
    shares: Decimal | None
    shares_day: date | None
    debt: Decimal | None
    preferred: Decimal | None
    cash: Decimal | None
    pledged: Decimal | None
    coins_quality: str
    shares_quality: str
    document: str
    source: str
    shares_basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Reserve:
    """One published figure of the parent reserves: series gross, gold or fx."""

    day: date
    series: str
    amount: Decimal
    currency: str
    published: date | None
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Programme:
    """One figure of another participant in the national programme."""

    day: date
    participant: str
    amount: Decimal
    currency: str
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What another state vehicle holds of one asset by one figure (F123); `quantity` None: not said."""

    participant: str
    vehicle: str
    day: date
    asset: str
    quantity: Decimal | None
    amount: Decimal
    currency: str
    owner: str
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class FxPoint:
    """1 unit of `base` is `rate` units of `quote`, by the fixing of `day`; `path` names the rates it was made of."""

    day: date
    base: str
    quote: str
    rate: Decimal
    source: str
    path: tuple[str, ...]
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class FxSeries:
    """All fixings of one pair (daily official rates only; monthly customs rates are kept apart)."""

    base: str
    quote: str
    days: Sequence[int]
    rates: Sequence[str]
    sources: Sequence[str]
    entries: Sequence[int]
    lines: Sequence[int]

    def latest(self, on: date) -> FxPoint | None:
        index = bisect_right(self.days, on.toordinal()) - 1
        if index < 0:
            return None
        return FxPoint(date.fromordinal(self.days[index]), self.base, self.quote, Decimal(self.rates[index]),
                       self.sources[index], (f"{self.base}/{self.quote}",),
                       Origin(self.entries[index], self.lines[index]))


@dataclass(frozen=True, slots=True)
class Calendar:
    """A market's closed days and early closes (ordinals) and the range of days that the table covers.

    `opened` are Saturdays and Sundays that were moved to be working days.
    """

    market: str
    closed: frozenset[int] = frozenset()
    early: frozenset[int] = frozenset()
    known_from: int = 0
    known_to: int = 0
    opened: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class MarketData:
    """Everything that markets and issuers say, as it was known at one moment. Keys: symbol, coin, (base, quote)."""

    prices: Mapping[str, PriceSeries] = field(default_factory=dict)
    coins: Mapping[str, CoinSeries] = field(default_factory=dict)
    fx: Mapping[tuple[str, str], FxSeries] = field(default_factory=dict)
    splits: Mapping[str, tuple[Split, ...]] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    fund_holdings: Mapping[str, tuple[FundHolding, ...]] = field(default_factory=dict)
    company_holdings: Mapping[str, tuple[CompanyHolding, ...]] = field(default_factory=dict)
    reserves: Mapping[str, tuple[Reserve, ...]] = field(default_factory=dict)
    programme: tuple[Programme, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    manual: Mapping[str, tuple[ManualClose, ...]] = field(default_factory=dict)
    """By symbol, in order of the day."""
