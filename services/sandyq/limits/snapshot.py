"""A light picture of the book on which limits are measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import median

from sandyq.basics.decimals import EXACT, ONE, ZERO, from_float, product, quotient
from sandyq.exposure.companies import company_rows
from sandyq.exposure.result import Exposure, ExposureLine, Premium, Rung
from sandyq.exposure.splits import shares_factor, splits_of
from sandyq.limits.mandate import Mandate
from sandyq.limits.permits import NO_PERMITS, Permits
from sandyq.limits.result import Order
from sandyq.limits.surroundings import NOTHING, Surroundings
from sandyq.market import fx
from sandyq.market.programme import participants
from sandyq.market.series import CompanyHolding, FundHolding, MarketData
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import COMPANIES, FUNDS, Kind
from sandyq.reference.venues import OPERATORS
from sandyq.risk.model import RiskModel
from sandyq.valuation.holdings import Freshness, Holdings, Line, Thresholds

VOLUME_DAYS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One instrument. Amounts in USD; None is Unknown. `price` is the valuation price in USD, `rate` its FX rate.

    `exposure`, `coins` (coin → USD) and `custody` (custodian → USD of coins) belong to `quantity` shares;
    `share_exposure` and the other ``share_`` fields to one share. `volume` is the median of 20 sessions.
    """

    symbol: str
    instrument: str
    kind: Kind
    issuer: str
    sponsor_group: str
    currency: str
    country: str
    venue: str
    quantity: Decimal
    price: Decimal | None
    rate: Decimal | None
    market_value: Decimal | None
    cost: Decimal | None
    exposure: Decimal | None
    exposure_high: Decimal | None
    coins: Mapping[str, Decimal | None]
    custody: Mapping[str, Decimal | None]
    share_exposure: Decimal | None
    share_high: Decimal | None
    share_coins: Mapping[str, Decimal | None]
    share_custody: Mapping[str, Decimal | None]
    beta: Decimal | None
    premium: Premium | None
    age: int | None
    rung: Rung
    holdings_age: int | None
    volume: Decimal | None
    units: Decimal | None
    structure: str
    leverage: Decimal
    isin: str = ""
    exchange: str = ""
    """The operator of the venue (MIC without its segment); the venue itself where none is known."""

    @property
    def unit_exposure(self) -> Decimal | None:
        """Exposure per dollar of market value."""
        if self.share_exposure is None or not self.price:
            return None
        return quotient(self.share_exposure, self.price)


@dataclass(frozen=True, slots=True)
class Denominator:
    """A published figure that limits divide by."""

    amount: Decimal
    day: date
    source: str
    published: date | None
    freshness: Freshness = Freshness.FRESH


@dataclass(frozen=True)
class Snapshot:
    """The book as limits see it. `rows` are open positions; `candidates` one-share rows of what could be bought.

    Without slots, so that its two sums are kept: every limit asks for them.
    """

    as_of: date
    rows: tuple[Row, ...]
    candidates: Mapping[str, Row]
    invested: Decimal | None
    flows: tuple[tuple[date, Decimal | None], ...]
    reserves: Mapping[str, Denominator]
    programme: Decimal | None
    ramp_up_floor: Decimal
    drawdown: Decimal | None
    orders: tuple[Order, ...] = ()
    bitcoin: Decimal | None = None
    """The bitcoin reference of the day in USD."""
    around: Surroundings = NOTHING
    programme_missing: tuple[str, ...] = ()
    """Participants of the programme without a figure, or without a rate for its currency."""
    permits: Permits = NO_PERMITS
    """Decisions about instruments, and the registers of parties through whom orders go."""
    risk: RiskModel | None = None
    """Scenarios and stresses of the day, made when a limit asks for them; None: risk is Unknown."""

    @cached_property
    def market_value(self) -> Decimal | None:
        return total(row.market_value for row in self.rows)

    @cached_property
    def exposure(self) -> Decimal | None:
        return total(row.exposure for row in self.rows)

    @cached_property
    def by_symbol(self) -> Mapping[str, Row]:
        return {row.symbol: row for row in self.rows}

    def row(self, symbol: str) -> Row | None:
        return self.by_symbol.get(symbol)

    def find(self, symbol: str) -> Row | None:
        """Return the held or the candidate row of a symbol."""
        return self.by_symbol.get(symbol) or self.candidates.get(symbol)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the exact sum, whatever the order of the amounts; None when any amount is Unknown."""
    result, add = ZERO, EXACT.add
    for amount in amounts:
        if amount is None:
            return None
        result = add(result, amount)
    return result


def snapshot(holdings: Holdings, exposure: Exposure, directory: Directory, market: MarketData, mandate: Mandate, *,
             drawdown: float | None = None,
             prospects: tuple[Holdings, Exposure] | None = None) -> Snapshot:
    """Return the picture of a valued, looked-through book.

    `prospects` values one share of each instrument that is not held, so that an order for it can be checked.
    """
    seen = {line.symbol: line for line in exposure.lines}
    rows = tuple(_row(line, seen.get(line.symbol), exposure, directory, market) for line in holdings.open_lines)
    candidates: dict[str, Row] = {}
    if prospects is not None:
        values, looks = prospects
        through = {line.symbol: line for line in looks.lines}
        for line in values.open_lines:
            candidates[line.symbol] = _emptied(_row(line, through.get(line.symbol), looks, directory, market))
    others = participants(mandate.programme.participants, market.programme, market.vehicles, market.fx, holdings.as_of)
    return Snapshot(
        as_of=holdings.as_of, rows=rows, candidates=candidates, invested=holdings.state.invested_raw,
        flows=tuple((flow.day, flow.amount_usd) for flow in holdings.state.flows),
        reserves=_reserves(market, holdings.as_of, mandate.thresholds),
        programme=total(item.amount_usd for item in others) if others else None,
        programme_missing=tuple(item.name for item in others if item.amount_usd is None),
        ramp_up_floor=mandate.ramp_up_floor,
        drawdown=None if drawdown is None else abs(from_float(drawdown)),
        bitcoin=exposure.coin_prices["BTC"][0] if "BTC" in exposure.coin_prices else None,
    )


def _row(line: Line, seen: ExposureLine | None, exposure: Exposure, directory: Directory,
         market: MarketData) -> Row:
    on, instrument = exposure.as_of, line.instrument
    rate = line.fx.rate if line.fx else None
    price = product(line.price.close, rate) if line.price and rate is not None else None
    coins = {coin: amount.central for coin, amount in seen.coins_usd.items()} if seen else {}
    custody = _custody(seen, exposure) if seen else {}
    central = seen.exposure_usd.central if seen else None
    high = seen.exposure_usd.high if seen else None
    quantity = line.quantity
    mic = instrument.mic(on)
    leverage = instrument.text("leverage", on)
    return Row(
        symbol=line.symbol, instrument=instrument.id, kind=line.kind, issuer=instrument.issuer(on) or line.symbol,
        sponsor_group=instrument.sponsor_group(on), currency=instrument.currency(on),
        country=instrument.country(on), exchange=OPERATORS.get(mic, mic), isin=instrument.text("isin", on), venue=mic,
        quantity=quantity,
        price=price, rate=rate, market_value=line.market_value_usd, cost=line.cost_usd, exposure=central,
        exposure_high=high, coins=coins, custody=custody, share_exposure=_per(central, quantity),
        share_high=_per(high, quantity), share_coins={k: _per(v, quantity) for k, v in coins.items()},
        share_custody={k: _per(v, quantity) for k, v in custody.items()},
        beta=from_float(seen.beta.value) if seen and seen.beta else None, premium=seen.premium if seen else None,
        age=line.age, rung=seen.rung if seen else Rung.FALLBACK,
        holdings_age=_holdings_age(line, directory, market, on),
        volume=_volume(line, directory, market, on), units=_units(instrument, line.kind, directory, market, on),
        structure=instrument.text("structure", on).lower(), leverage=Decimal(leverage) if leverage else ONE,
    )


def _holdings_age(line: Line, directory: Directory, market: MarketData, on: date) -> int | None:
    """Return the days since a company last reported its coins, whichever leg its exposure stands on; None: never."""
    if line.kind not in COMPANIES:
        return None
    days = [row.day for row in company_rows(line.instrument, directory, market) if row.day <= on]
    return (on - days[-1]).days if days else None


def _per(amount: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if amount is None or not quantity else quotient(amount, quantity)


def _custody(seen: ExposureLine, exposure: Exposure) -> dict[str, Decimal | None]:
    """Return USD of coins per custodian; coin equivalents lie nowhere."""
    if seen.equivalent or not seen.custodians:
        return {}
    value: Decimal | None = ZERO
    for asset, coins in seen.coins.items():
        price = exposure.coin_prices.get(asset)
        if coins.central is None or price is None or value is None:
            value = None
        else:
            value += product(coins.central, price[0])
    return {name: None if value is None else product(value, share) for name, share in seen.custodians.items()}


def _volume(line: Line, directory: Directory, market: MarketData, on: date) -> Decimal | None:
    """Return the median volume in shares of the last 20 sessions; None when any of them has none."""
    for symbol in dict.fromkeys((line.symbol, *directory.symbols_of(line.instrument))):
        series = market.prices.get(symbol)
        if series is None:
            continue
        last = series.position(on)
        window = [(series.days[index], series.volume(index))
                  for index in range(max(0, last - VOLUME_DAYS + 1), last + 1)]
        found = [product(volume, *(split.factor for split in series.splits
                                   if day < split.ex_date.toordinal() <= on.toordinal()))
                 for day, volume in window if volume]
        return median(found) if len(found) == VOLUME_DAYS else None
    return None


def _units(instrument: Instrument, kind: Kind, directory: Directory, market: MarketData, on: date) -> Decimal | None:
    """Return units (of a fund) or shares (of a company) outstanding by the last statement, in units of the day."""
    splits = splits_of(instrument, directory, market)
    found: FundHolding | CompanyHolding | None = None
    for symbol in directory.symbols_of(instrument):
        rows = market.fund_holdings if kind in FUNDS else market.company_holdings
        for row in rows.get(symbol, ()):
            if row.shares is not None and row.day <= on and (found is None or row.day >= found.day):
                found = row
    if found is None or found.shares is None:
        return None
    return product(found.shares, shares_factor(splits, found.day, found.shares_basis, on))


def _reserves(market: MarketData, on: date, limits: Thresholds) -> dict[str, Denominator]:
    """Return the last figure of each series that is of the day or before and was published by then."""
    result: dict[str, Denominator] = {}
    for name, rows in market.reserves.items():
        usable = [row for row in rows if row.day <= on and (row.published is None or row.published <= on)]
        if not usable:
            continue
        last = max(usable, key=lambda row: row.day)
        rate = fx.rate(market.fx, last.currency, "USD", on)
        if rate is not None:
            result[name] = Denominator(product(last.amount, rate.rate), last.day, last.source, last.published,
                                       reserves_freshness((on - last.day).days, limits))
    return result


def reserves_freshness(days: int, limits: Thresholds) -> Freshness:
    """Return how fresh a published figure of the reserves is so many calendar days after the day it is about."""
    if limits.reserves_red_days and days > limits.reserves_red_days:
        return Freshness.RED
    return Freshness.AMBER if days > limits.reserves_amber_days else Freshness.FRESH


def _emptied(row: Row) -> Row:
    """The row of an instrument that is not held: per-share figures only."""
    return replace(row, quantity=ZERO, market_value=ZERO if row.price is not None else None, cost=ZERO,
                   exposure=ZERO if row.share_exposure is not None else None,
                   exposure_high=ZERO if row.share_high is not None else None,
                   coins={k: ZERO if v is not None else None for k, v in row.coins.items()},
                   custody={k: ZERO if v is not None else None for k, v in row.custody.items()})


def days_before(on: date, days: int) -> date:
    """Return the first day of a trailing window of calendar days that ends with `on`."""
    return on - timedelta(days=days - 1)
