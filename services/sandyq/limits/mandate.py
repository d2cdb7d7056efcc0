"""The mandate: a dated, approved record of phases, limits and conventions; numbers here are data, never constants.

The TOML form is described in the help page *The mandate file* and in ARCHITECTURE.md; `read_mandate` is strict: an
unknown key, a missing clause or a unit that does not fit is a finding or an error with the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sandyq.basics.findings import Finding
from sandyq.gate.machine import Rule
from sandyq.risk.rules import RiskRules
from sandyq.risk.scenario import Scenario
from sandyq.valuation.holdings import Thresholds


@dataclass(frozen=True, slots=True)
class Part:
    """One measure with its scope and thresholds; most limits have one part.

    `unit`: ``USD``, ``ratio`` (shown in per cent), ``count``, ``days``. `direction`: ``max`` or ``min``. Thresholds are
    in the unit (0.005 for 0.50 %); a value *equal* to a threshold is within. `block_at`: which level refuses an order
    (``hard``, ``soft``; ``none`` only informs). `denominator`: ``""`` (absolute), ``sleeve``, ``reserves:gross``,
    ``reserves:fx``, ``coins``; `basis`: ``market_value``, ``cost``, ``look_through``, ``beta_adjusted``, ``highest``.
    `scope` filters lines: keys kind, symbol, issuer, sponsor_group, coin, currency, country, venue, account → allowed
    values. `group_by` sums per one of the same keys. `options` are a measure's own settings.
    """

    measure: str
    title: str
    unit: str
    direction: str
    warn: Decimal | None
    soft: Decimal | None
    hard: Decimal | None
    denominator: str = ""
    basis: str = "market_value"
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group_by: str = ""
    block_at: str = "hard"
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_force(self) -> Decimal | None:
        """The limit in force: soft if there is one, else hard."""
        return self.soft if self.soft is not None else self.hard


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the mandate with its clause. Titles are in the mandate's own languages ({"en": ..., "ru": ...})."""

    id: str
    version: str
    title: Mapping[str, str]
    clause: str
    document: str
    section: str
    valid_from: date
    valid_to: date | None
    parts: tuple[Part, ...]
    cure_days: int | None
    calendar: str
    owner: str


@dataclass(frozen=True, slots=True)
class EligibleInstrument:
    """One entry of the positive list, with the days between which purchases are allowed."""

    symbol: str
    isin: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Floors:
    """What an instrument has to keep to be bought (F017, F018); None: no floor.

    `assets`: a fund's net assets in USD. `volume`: the median daily volume of 20 sessions in USD at the last close.
    `age_days`: calendar days since its listing. A fund that should move with its coin is flagged when its measured
    beta is below `beta_low` or above `beta_high`.
    """

    assets: Decimal | None = None
    volume: Decimal | None = None
    age_days: int | None = None
    beta_low: Decimal = Decimal("0.7")
    beta_high: Decimal = Decimal("1.3")


@dataclass(frozen=True, slots=True)
class OrderRules:
    """How orders are tested and how long a decision on them counts (F058, F061).

    `slippage`: a purchase is tested at its limit price plus this ratio. `fx_buffer`: amounts in a foreign currency are
    tested with a rate worse by this ratio. An approval ends after `valid_hours` hours, or when the price has moved by
    more than `max_move` since.
    """

    slippage: Decimal = Decimal(0)
    fx_buffer: Decimal = Decimal(0)
    valid_hours: int = 24
    max_move: Decimal = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Tranche:
    """One planned instalment (F077). `amount` in the mandate's currency; `gate` False: it may go through a shut gate.

    It is bought on `earliest` at the soonest, `min_gap_days` calendar days after the tranche before it, and each day at
    most `share_of_volume` of the median daily volume.
    """

    id: str
    amount: Decimal
    earliest: date | None
    min_gap_days: int
    gate: bool
    share_of_volume: Decimal | None


@dataclass(frozen=True, slots=True)
class Programme:
    """The national programme around the sleeve: who takes part, and its ceiling in the mandate's currency (F005).

    A participant without a figure makes the programme Unknown.
    """

    participants: tuple[str, ...] = ()
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """From when a holding has to be reported to others (F020; domain.md B3): alerts beside the limits.

    `ownership`: share of a registered class listed in the United States. `fund_votes`: share of the votes of a fund
    under the Act of 1940. `aggregate`: USD of such listed securities together. `near`: the share of a threshold from
    which it is pointed at.
    """

    ownership: Decimal = Decimal("0.05")
    fund_votes: Decimal = Decimal("0.03")
    aggregate: Decimal = Decimal(100_000_000)
    near: Decimal = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Mandate:
    """One version of the mandate, in force from `valid_from`. Sleeve amounts are in `currency`."""

    name: str
    version: str
    valid_from: date
    body: str
    document: str
    currency: str
    minimum: Decimal
    target: Decimal
    maximum: Decimal
    example: bool
    binding_meter: str
    """Which meter of the absolute cap binds (F003): ``net_invested`` or ``market_value``."""
    ramp_up_floor: Decimal
    """Composition limits use max(sleeve, this) as denominator while the sleeve is being built up."""
    thresholds: Thresholds
    reference_funds: Mapping[str, str]
    """Coin → symbol of the fund with the same close, for betas ({"BTC": "IBIT"})."""
    fallback_factor: Decimal
    limits: tuple[Limit, ...]
    positive_list: tuple[EligibleInstrument, ...]
    allowed_kinds: tuple[str, ...]
    token_clause: str
    fee_schedule: Mapping[str, Decimal]
    """``per_share`` and ``ratio`` used when an order states no fee; empty: none."""
    phases: tuple[Mapping[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    book: str = "sleeve"
    """The book of the file that this mandate rules (F124)."""
    gate: Rule | None = None
    """The entry gate; None: the mandate has none."""
    risk: RiskRules = field(default_factory=RiskRules)
    """The conventions of value at risk and of the early warning."""
    scenarios: tuple[Scenario, ...] = ()
    """Stress scenarios of the mandate's own; with none, the shipped library counts."""
    order_rules: OrderRules = OrderRules()
    tranches: tuple[Tranche, ...] = ()
    """The tranche plan in its order; its total is at most `maximum`."""
    programme: Programme = Programme()
    disclosure: DisclosureRules = DisclosureRules()
    floors: Floors = Floors()

    def limit(self, limit_id: str) -> Limit | None:
        return next((limit for limit in self.limits if limit.id == limit_id), None)
