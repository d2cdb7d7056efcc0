"""The valued book: one line per instrument, with price, age, rate, lots and results. None is Unknown, never zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.findings import Finding
from sandyq.book.state import BookState, Cash, Lot
from sandyq.market.series import FxPoint, PricePoint
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import Kind


class Freshness(StrEnum):
    """Of a price: fresh, amber (older than the first threshold, still used), red (too old: Unknown), missing."""

    FRESH = "fresh"
    AMBER = "amber"
    RED = "red"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Ages in trading days above which a price is amber, then red; an instrument may have its own.

    Reserves are published figures: calendar days since the day that the figure is about; 0: never red.
    """

    amber_days: int = 1
    red_days: int = 5
    fx_amber_days: int = 3
    fx_red_days: int = 15
    reserves_amber_days: int = 62
    reserves_red_days: int = 0


@dataclass(frozen=True, slots=True)
class ValuedLot:
    """A lot with its share of the position's value."""

    lot: Lot
    market_value_usd: Decimal | None
    unrealised_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """One instrument on the valuation day. Amounts are exact; rounding happens where they are printed.

    `market_value_usd` = quantity × traded close × rate; None when the price is missing, red or not fit for valuation.
    `unrealised_usd` = market value − cost, of which `unrealised_fx_usd` is the part from the currency. Realised,
    income, fees and taxes are since inception and kept apart (F092).
    """

    instrument: Instrument
    symbol: str
    kind: Kind
    quantity: Decimal
    price: PricePoint | None
    age: int | None
    freshness: Freshness
    fx: FxPoint | None
    market_value_usd: Decimal | None
    market_value_kzt: Decimal | None
    cost_usd: Decimal | None
    unrealised_usd: Decimal | None
    unrealised_fx_usd: Decimal | None
    realised_usd: Decimal | None
    realised_fx_usd: Decimal | None
    income_usd: Decimal | None
    withholding_usd: Decimal | None
    fees_usd: Decimal | None
    taxes_usd: Decimal | None
    lots: tuple[ValuedLot, ...]
    findings: tuple[Finding, ...] = ()
    price_time: str = ""
    """Hour and zone of the official close (``16:00 America/New_York``); empty for other prices and unknown venues."""


@dataclass(frozen=True, slots=True)
class CashLine:
    """Cash of one account with its value; cash is not part of the sleeve's market value."""

    cash: Cash
    value_usd: Decimal | None
    value_kzt: Decimal | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """The valued book. `lines` has every open position, then closed ones with results (quantity 0).

    Totals are None when any open line is Unknown; `known_market_value_usd` then sums what is known and
    `unknown_lines` counts the rest, so that a screen can say both. `kzt` is USD/KZT with its date.
    """

    as_of: date
    state: BookState
    lines: tuple[Line, ...]
    cash: tuple[CashLine, ...]
    kzt: FxPoint | None
    market_value_usd: Decimal | None
    market_value_kzt: Decimal | None
    known_market_value_usd: Decimal
    unknown_lines: int
    cost_usd: Decimal | None
    unrealised_usd: Decimal | None
    realised_usd: Decimal | None
    income_usd: Decimal | None
    withholding_usd: Decimal | None
    fees_usd: Decimal | None
    taxes_usd: Decimal | None
    net_invested_usd: Decimal | None
    findings: tuple[Finding, ...] = ()

    def line(self, symbol: str) -> Line | None:
        return next((line for line in self.lines if line.symbol == symbol), None)

    @property
    def open_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.quantity)
