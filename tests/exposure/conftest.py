"""Small worlds built by hand: instruments, rows and valued lines, so that look-through is tested by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.origin import Origin
from sandyq.book.state import Basis, BookSettings, BookState
from sandyq.market.series import (
    Calendar,
    CoinSeries,
    CompanyHolding,
    FundHolding,
    FxPoint,
    MarketData,
    PricePoint,
    PriceSeries,
    Split,
)
from sandyq.reference.instruments import Attribute, Directory, Instrument
from sandyq.valuation.holdings import Freshness, Holdings, Line

HERE = Origin(1, 1)


class Maker:
    """Builds contract values with sensible defaults."""

    day = date(2025, 11, 28)

    def instrument(self, symbol: str, kind: str, underlying: str = "BTC:1.00", fee: str = "", mic: str = "XNAS",
                   **more: str) -> Instrument:
        values = {"symbol": symbol, "kind": kind, "underlying": underlying, "mic": mic, "currency": "USD", **more}
        if fee:
            values["fee_pct"] = fee
        return Instrument(f"{symbol}.{mic}", {name: (Attribute(value, None, "test", "verified", HERE),)
                                              for name, value in values.items()})

    def line(self, instrument: Instrument, quantity: str, price: str | None, day: date | None = None) -> Line:
        day = day or self.day
        value = None if price is None else product(Decimal(quantity), Decimal(price))
        point = None if price is None else PricePoint(day, Decimal(price), "USD", Decimal(price), Decimal(1), "T",
                                                      "close", "test", None, HERE)
        return Line(
            instrument=instrument, symbol=instrument.symbol(day), kind=instrument.kind(day), quantity=Decimal(quantity),
            price=point, age=0, freshness=Freshness.FRESH if price else Freshness.MISSING,
            fx=FxPoint(day, "USD", "USD", Decimal(1), "", (), None), market_value_usd=value, market_value_kzt=None,
            cost_usd=None, unrealised_usd=None, unrealised_fx_usd=None, realised_usd=None, realised_fx_usd=None,
            income_usd=None, withholding_usd=None, fees_usd=None, taxes_usd=None, lots=())

    def holdings(self, *lines: Line, day: date | None = None) -> Holdings:
        day = day or self.day
        state = BookState(day, Basis.TRADE, BookSettings(), {}, (), (), (), {}, ())
        none = (None,) * 8
        return Holdings(day, state, lines, (), None, None, None, ZERO, 0, *none)

    def fund_row(self, symbol: str, day: date, per_share: str | None, quality: str = "issuer_daily_file",
                 asset: str = "BTC", basis: str = "R", **more: str) -> FundHolding:
        known = {name: Decimal(value) for name, value in more.items()}
        return FundHolding(day, symbol, asset, known.get("coins"), known.get("shares"),
                           None if per_share is None else Decimal(per_share), known.get("nav"), None, None, quality,
                           "test", basis, HERE)

    def company_row(self, symbol: str, day: date, coins: str, asset: str = "BTC", basis: str = "R",
                    quality: str = "filing", shares_day: date | None = None, **more: str) -> CompanyHolding:
        known = {name: Decimal(value) for name, value in more.items()}
        return CompanyHolding(day, symbol, asset, Decimal(coins), known.get("diluted"), known.get("shares"), shares_day,
                              known.get("debt"), known.get("preferred"), known.get("cash"), known.get("pledged"),
                              quality, "reported", "test filing", "test", basis, HERE)

    def coin(self, asset: str, closes: dict[date, str], cutoff: str = "16:00 America/New_York") -> CoinSeries:
        days = sorted(closes)
        return CoinSeries(asset, [d.toordinal() for d in days], [closes[d] for d in days], [cutoff] * len(days),
                          ["test"] * len(days), [1] * len(days), [1] * len(days))

    def prices(self, symbol: str, closes: dict[date, str], basis: str = "T",
               splits: tuple[Split, ...] = ()) -> PriceSeries:
        days = sorted(closes)
        count = len(days)
        return PriceSeries(symbol, "USD", [d.toordinal() for d in days], [closes[d] for d in days], [basis] * count,
                           [None] * count, [days[-1].toordinal()] * count, ["test"] * count, ["close"] * count,
                           [1] * count, [1] * count, splits)

    def split(self, symbol: str, day: date, new: int, old: int) -> Split:
        return Split(symbol, day, Decimal(new), Decimal(old), "high", HERE)

    def directory(self, *instruments: Instrument) -> Directory:
        return Directory(instruments)

    def market(self, **more: object) -> MarketData:
        return MarketData(calendars={"NYSE": Calendar("NYSE", early=frozenset({date(2025, 11, 28).toordinal()}))},
                          **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def make() -> Maker:
    return Maker()
