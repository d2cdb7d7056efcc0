"""Look-through results: coins and USD exposure per line as low, central and high, with the rung of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum

from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding
from sandyq.basics.origin import Origin
from sandyq.basics.text import Text


class Rung(IntEnum):
    """The evidence ladder (F041, after Basel CRE60): the higher, the better. Unknown counts as the lowest."""

    FALLBACK = 1
    BETA = 2
    MANDATE = 3
    REPORTED = 4

    @property
    def word(self) -> str:
        return {1: "fall-back", 2: "beta", 3: "mandate", 4: "reported"}[self.value]


@dataclass(frozen=True, slots=True)
class Range:
    """Low, central and high of one figure; None is Unknown."""

    low: Decimal | None
    central: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Beta:
    """A regression of daily log returns with intercept (domain.md C4; O8): estimate, not money.

    `admitted` says whether the minimum evidence rule holds (n >= 120, R2 >= 0.10, se <= 0.25).
    """

    value: float
    standard_error: float
    r_squared: float
    observations: int
    upper: float
    """One-sided 95 % upper bound."""
    window_from: date
    window_to: date
    reference: str
    """The series regressed on: a fund of the same close (IBIT), or a coin with its clock."""
    admitted: bool


@dataclass(frozen=True, slots=True)
class NetAssetMultiple:
    """The three mNAVs of domain.md C3 and the four per-share numbers; None where an input is not known."""

    simple: Decimal | None
    diluted: Decimal | None
    enterprise: Decimal | None
    gross_per_share_usd: Decimal | None
    diluted_gross_per_share_usd: Decimal | None
    net_equity_per_share_usd: Decimal | None
    enterprise_to_market_cap: Decimal | None
    coins_day: date
    shares_day: date | None


@dataclass(frozen=True, slots=True)
class Premium:
    """Price over net asset value − 1. `comparable` only when both are of the same instant; else value is None."""

    value: Decimal | None
    comparable: bool
    nav: Decimal | None
    nav_day: date | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class Leg:
    """One way to see the exposure of a line (asset, delta, beta); the highest known one is chosen (C6)."""

    name: str
    exposure_usd: Decimal | None
    chosen: bool
    note: Text
    origins: tuple[tuple[str, Origin], ...] = ()
    """(what, where it came from) for Explain."""
    parts: tuple[Figure, ...] = ()
    """The inputs of the leg with their values and origins: what Explain unfolds."""


@dataclass(frozen=True, slots=True)
class ExposureLine:
    """The coins behind one holding.

    `coins` are attributable coins per asset (what is held indirectly); for lines on the beta rung they are coin
    *equivalents* (`equivalent` is True). `exposure_usd` is what limits use (C6: the highest leg). `custodians` maps
    coin custodians to their share of the coins (1/n each in the best estimate; an empty name is unknown).
    """

    symbol: str
    instrument: str
    market_value_usd: Decimal | None
    rung: Rung
    method: Text
    coins: Mapping[str, Range]
    equivalent: bool
    exposure_usd: Range
    coins_per_share: Decimal | None
    reported: str
    """``reported``, ``rolled`` or empty."""
    basis_date: date | None
    premium: Premium | None
    mnav: NetAssetMultiple | None
    beta: Beta | None
    legs: tuple[Leg, ...]
    custodians: Mapping[str, Decimal]
    findings: tuple[Finding, ...] = ()
    coins_usd: Mapping[str, Range] = field(default_factory=dict)
    """The exposure in USD by coin; sums to `exposure_usd`. ``other`` are coins that the source does not name."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Look-through of the whole book. Totals are None when any open line's exposure is Unknown.

    `by_coin` counts coins held indirectly (no equivalents); `by_coin_usd` is the exposure by coin and sums to the
    total; a coin is None when any line that may hold it is Unknown. `by_custodian` in USD of look-through coins (best
    estimate) and `by_custodian_worst` (a coin with several custodians counted in full at each). `coin_equivalent` is
    the total exposure divided by the bitcoin reference, in BTC (F046).
    """

    as_of: date
    lines: tuple[ExposureLine, ...]
    total_usd: Range
    by_coin: Mapping[str, Range]
    by_coin_usd: Mapping[str, Range]
    by_custodian: Mapping[str, Decimal]
    by_custodian_worst: Mapping[str, Decimal]
    coin_equivalent: Decimal | None
    coin_prices: Mapping[str, tuple[Decimal, date, str]]
    findings: tuple[Finding, ...] = ()

    def line(self, symbol: str) -> ExposureLine | None:
        return next((line for line in self.lines if line.symbol == symbol), None)
