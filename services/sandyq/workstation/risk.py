"""The risk desk: value at risk, stresses, the way out, early warning, and what an order does to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ONE, ZERO, product
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.limits.after_orders import with_orders
from sandyq.limits.early_warning import EarlyWarning, early_warning
from sandyq.limits.mandate import Part
from sandyq.limits.measures.liquidity import take_book_exit
from sandyq.limits.measures.risk import amounts, held
from sandyq.limits.result import Order
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.risk.liquidity import Ladder, Sellable, ladder
from sandyq.risk.paths import Draw
from sandyq.risk.proxies import Proxy
from sandyq.risk.rules import Method, RiskRules
from sandyq.risk.scenario import Scenario, user_scenario
from sandyq.risk.stress import StressResult, largest_fall
from sandyq.risk.tail_model import TailRisk, WorstDay
from sandyq.risk.tails import normal_value_at_risk
from sandyq.workstation.contract import Question
from sandyq.workstation.risk_model import library_hash

if TYPE_CHECKING:
    from sandyq.workstation.picture import Picture
    from sandyq.workstation.workstation import Workstation

LEVELS: Final = (Decimal("0.95"), Decimal("0.975"), Decimal("0.99"))
HORIZONS: Final = (1, 10)
_BASIS_POINT: Final = Decimal("0.0001")
_EXIT: Final = Part("book_exit", "", "days", "max", None, None, None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an instrument's scenario history is its own. `proxies`: what stands in, and on how many days.

    `known` False: some day has neither, so the instrument has no scenarios.
    """

    symbol: str
    known: bool
    proxied: float
    proxies: tuple[tuple[Proxy, int], ...]


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Value at risk and expected shortfall by horizon, level and method, with everything they rest on."""

    as_of: date
    market_value: Decimal | None
    rules: RiskRules
    first: date | None
    tails: tuple[TailRisk, ...]
    coverage: tuple[Coverage, ...]
    worst: tuple[WorstDay, ...]
    """The worst days of the one-day horizon by the mandate's method."""
    deviation: float | None
    """The exponentially weighted deviation of one day's gain in USD; None is Unknown."""

    @property
    def normal(self) -> tuple[tuple[Decimal, float | None], ...]:
        """Level → value at risk of one day if gains were normal: too little in the tail, told for comparison."""
        return tuple((level, None if self.deviation is None else normal_value_at_risk(self.deviation, level))
                     for level in LEVELS)

    def tail(self, days: int, level: Decimal, method: Method | None = None) -> TailRisk:
        """Return one figure of the table. Raises KeyError when the table has no such figure."""
        wanted = (days, level, method or self.rules.method)
        return {(item.days, item.level, item.method): item for item in self.tails}[wanted]


@dataclass(frozen=True, slots=True)
class Effect:
    """One figure before and after a basket; None is Unknown."""

    before: TailRisk
    after: TailRisk


@dataclass(frozen=True, slots=True)
class Effects:
    """What a basket does to risk (F062) and to the trading days in which 95 % are sold at a tenth of the volume."""

    tails: tuple[Effect, ...]
    exit_before: Decimal | None
    exit_after: Decimal | None


@dataclass(frozen=True, slots=True)
class Reverse:
    """The smallest fall of all coins that costs `loss` USD; None when even worthless coins cost less, or Unknown."""

    loss: Decimal
    fall: Decimal | None
    result: StressResult


class RiskDesk:
    """One desk of an open book. Questions honour the day, the moment of knowledge and the book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    def report(self, q: Question, worst_days: int = 5) -> RiskReport:
        """Return the table of value at risk and expected shortfall, and the worst scenarios of one day."""
        picture = self._station.picture(q)
        snapshot, tails = picture.snapshot, picture.risk.tails
        lines = [row for row in snapshot.rows if row.market_value != ZERO]
        known = amounts(lines) if all(row.market_value is not None for row in lines) else {}
        return RiskReport(
            q.as_of, snapshot.market_value, tails.rules, tails.first,
            tuple(_tail(snapshot, days, level, method) for days in HORIZONS for level in LEVELS for method in Method),
            tuple(_coverage(picture, row.symbol) for row in sorted(lines, key=lambda row: row.symbol)),
            tails.worst(known, 1, LEVELS[-1], count=worst_days), tails.deviation(known))

    def effects(self, q: Question, orders: Sequence[Order]) -> Effects:
        """Return the usual figures before and after a basket. Writes nothing; symbols must be known to the book."""
        picture = self._station.picture(q)
        return effects(picture, orders)

    def early_warning(self, q: Question, *, paths: int | None = None, seed: int | None = None) -> EarlyWarning:
        """Return how near each limit is: in days of volatility, and the probability of a breach (F073)."""
        picture = self._station.picture(q)
        if paths is None and seed is None:
            return picture.early_warning
        rules = picture.mandate.risk
        return early_warning(picture.snapshot, picture.limits, Draw(
            paths or rules.paths, rules.horizon, rules.block, rules.seed if seed is None else seed))

    def library(self, q: Question) -> tuple[tuple[Scenario, ...], str]:
        """Return the stress scenarios in force on a day, and the SHA-256 of the shipped ones where those count."""
        picture = self._station.picture(q)
        return picture.risk.stress.library, "" if picture.mandate.scenarios else library_hash()

    def stress(self, q: Question, scenario: str = "") -> tuple[StressResult, ...]:
        """Return every scenario of the library, or the one that is named. Raises BadInput for an unknown name."""
        library = self._station.picture(q).risk.stress.library
        chosen = [item for item in library if scenario in {"", item.id}]
        if not chosen:
            raise BadInput("no-scenario", N_("There is no stress scenario {name}.", name=scenario), remedy=N_(
                "Use one of {names}.", names=", ".join(item.id for item in library)))
        return self._run(q, chosen)

    def shock(self, q: Question, shocks: Sequence[str]) -> StressResult:
        """Return what shocks as people type them do. Raises BadInput for a shock that does not read."""
        return self._run(q, [user_scenario(tuple(shocks))])[0]

    def _run(self, q: Question, scenarios: Iterable[Scenario]) -> tuple[StressResult, ...]:
        picture = self._station.picture(q)
        lines = held(picture.snapshot.rows)
        return tuple(picture.risk.stress.run(lines, scenario) for scenario in scenarios)

    def reverse(self, q: Question, *, loss: Decimal | None = None, basis_points: Decimal | None = None,
                series: str = "gross") -> Reverse:
        """Return the smallest fall of all coins that loses an amount in USD, or basis points of a reserves series."""
        picture = self._station.picture(q)
        amount = loss
        if amount is None:
            reserves = picture.snapshot.reserves.get(series)
            if reserves is None or basis_points is None:
                raise BadInput("reserves-missing", N_(
                    "No figure of the reserves series {series} was published by {day}.", series=series, day=q.as_of))
            amount = product(reserves.amount, basis_points, _BASIS_POINT)
        if amount <= ZERO:
            raise BadInput("no-loss", N_("The loss is an amount above zero."))
        fall, result = largest_fall(picture.risk.stress, held(picture.snapshot.rows), amount)
        return Reverse(amount, fall, result)

    def ladder(self, q: Question, participation: Decimal = Decimal("0.10"),
               volume: Decimal = ONE / 3) -> Ladder:
        """Return how fast the book turns into cash at a share of the volume, normally and with stressed volume."""
        if not ZERO < participation <= ONE or not ZERO < volume <= ONE:
            raise BadInput("bad-share", N_("A share of volume is above 0 and at most 1."))
        picture = self._station.picture(q)
        return ladder([Sellable(row.symbol, row.quantity, row.market_value, row.volume, _long_volume(picture, row))
                       for row in picture.snapshot.rows if row.quantity], participation, volume)


def effects(picture: Picture, orders: Sequence[Order]) -> Effects:
    """Return the figures of the mandate's method before and after a basket; the day's scenarios are kept."""
    before = picture.ordering
    for order in orders:
        if before.row(order.symbol) is None and order.symbol not in before.candidates:
            raise BadInput("unknown-symbol", N_("{symbol} is not an instrument of the book.", symbol=order.symbol))
    after = with_orders(before, tuple(orders), picture.mandate)
    wanted = ((1, Decimal("0.99")), (10, Decimal("0.975")))
    return Effects(tuple(Effect(_tail(before, days, level), _tail(after, days, level)) for days, level in wanted),
                   _exit(before), _exit(after))


def _exit(snapshot: Snapshot) -> Decimal | None:
    found = take_book_exit(snapshot, _EXIT)
    return found[0].value if found else ZERO


def _tail(snapshot: Snapshot, days: int, level: Decimal, method: Method | None = None) -> TailRisk:
    assert snapshot.risk is not None
    tails = snapshot.risk.tails
    lost = tuple(sorted(row.symbol for row in snapshot.rows if row.market_value is None))
    found = tails.risk(amounts(snapshot.rows), days, level, method)
    if not lost:
        return found
    return replace(found, value_at_risk=None, expected_shortfall=None, unknown=tuple(sorted({*lost, *found.unknown})))


def _coverage(picture: Picture, symbol: str) -> Coverage:
    track = picture.risk.tails.track(symbol)
    return Coverage(symbol, False, 1.0, ()) if track is None else Coverage(symbol, True, track.proxied, track.used())


_LONG: Final = 60


def _long_volume(picture: Picture, row: Row) -> Decimal | None:
    """Return the median volume of the last 60 sessions in units of the day; None when a session has none."""
    market, instrument = picture.knowledge.market, picture.knowledge.directory.by_id(row.instrument)
    symbols = picture.knowledge.directory.symbols_of(instrument) if instrument is not None else ()
    for symbol in dict.fromkeys((row.symbol, *symbols)):
        series = market.prices.get(symbol)
        if series is None:
            continue
        last = series.position(picture.as_of)
        window = [series.at(place) for place in range(max(0, last - _LONG + 1), last + 1)]
        volumes = [product(point.volume, *(split.factor for split in series.splits
                                           if point.day < split.ex_date <= picture.as_of))
                   for point in window if point.volume]
        return median(volumes) if len(volumes) == _LONG else None
    return None
