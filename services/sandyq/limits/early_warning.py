"""How near each limit is: in days of volatility, and the probability of a breach within some days (F073, P13).

Prices move as blocks of past days did, all lines together; positions, data and the mandate stay as they are. A limit is
beyond on a path when it is beyond at the close of any of its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np

from sandyq.basics.text import N_, Text
from sandyq.exposure.returns import Floats
from sandyq.limits.mandate import Limit, Part
from sandyq.limits.measures.base import in_scope
from sandyq.limits.probing import Answer, Prober, Ratio
from sandyq.limits.result import LimitResult, LimitsRun, PartResult, State
from sandyq.limits.snapshot import Snapshot
from sandyq.risk.paths import Condition, Draw, Event, frequencies


class Outlook(StrEnum):
    """How the probability of a limit is known. Unknown is never a small probability."""

    SIMULATED = "simulated"
    NEAR = "near"
    """Some part is simulated to a first approximation."""
    BEYOND = "beyond"
    """It is beyond its limit today."""
    FIXED = "fixed"
    """Prices do not move it."""
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class LimitWarning:
    """One limit. Probabilities are of being beyond the limit in force, and beyond the hard level, within the horizon.

    `distance` to the limit in force is in the limit's unit, negative beyond it; `volatility` is the daily standard
    deviation of the worst part's figure; `days` = distance / volatility. `coin_move` is the move of coin prices that
    reaches the limit. None where there is no such figure; `note` says why.
    """

    limit: Limit
    state: State
    outlook: Outlook
    probability: float | None
    hard_probability: float | None
    distance: Decimal | None
    volatility: float | None
    days: float | None
    coin_move: Decimal | None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """All limits in the mandate's order, and how the paths were drawn. `without` are lines that have no history."""

    warnings: tuple[LimitWarning, ...]
    draw: Draw
    window: int
    without: tuple[str, ...] = ()

    def by_id(self, limit_id: str) -> LimitWarning | None:
        return next((item for item in self.warnings if item.limit.id == limit_id), None)


def early_warning(snapshot: Snapshot, run: LimitsRun, draw: Draw) -> EarlyWarning:
    """Return how near every limit of a run is. The snapshot is the one that the run measured."""
    prober = Prober(snapshot)
    returns, without = _returns(snapshot, prober.symbols)
    found = [_Judged(result, snapshot, prober, without) for result in run.results]
    events: list[Event] = []
    places: dict[int, tuple[int, int]] = {}
    for number, judged in enumerate(found):
        if judged.simulated:
            places[number] = len(events), len(events) + 1
            events += [judged.event(hard=False), judged.event(hard=True)]
    enough = returns.shape[0] >= draw.block
    shares = frequencies(returns, events, draw) if events and enough else np.zeros(len(events))
    warnings = []
    for number, judged in enumerate(found):
        here = places.get(number)
        warnings.append(judged.told(returns, None if here is None or not enough else (
            float(shares[here[0]]), float(shares[here[1]]))))
    return EarlyWarning(tuple(warnings), draw, returns.shape[0], without)


def _returns(snapshot: Snapshot, symbols: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Return daily log returns (days × symbols; zero for a line without history) and the lines without one."""
    if snapshot.risk is None:
        return np.zeros((0, len(symbols))), tuple(symbols)
    tails = snapshot.risk.tails
    without = tails.unknown(symbols)
    empty = np.zeros(len(tails.days))
    columns = [empty if symbol in without else tails.daily(symbol, tails.rules.method) for symbol in symbols]
    return (np.column_stack(columns) if columns else np.zeros((len(tails.days), 0))), without


class _Judged:
    """One limit's parts, each with how it answers to prices."""

    def __init__(self, result: LimitResult, snapshot: Snapshot, prober: Prober, without: Sequence[str]) -> None:
        self._result, self._prober = result, prober
        self._missing = np.array([symbol in without for symbol in prober.symbols], dtype=np.bool_)
        self._floor, self._drawdown = float(snapshot.ramp_up_floor), snapshot.drawdown
        self._ratios: list[tuple[Part, tuple[Ratio, ...]]] = []
        self._fall: list[Part] = []
        self._exits: list[Part] = []
        self._rows = {row.symbol: row for row in snapshot.rows}
        self.note: Text | None = None
        self.simulated = False
        self.outlook = self._looked()

    def _looked(self) -> Outlook:
        result = self._result
        if result.worst is None or result.state is State.NOT_APPLICABLE:
            return Outlook.NOT_APPLICABLE
        if result.state is State.UNKNOWN:
            self.note = result.findings[0].text if result.findings else N_("an input is missing.")
            return Outlook.UNKNOWN
        answers = [self._part(part) for part in result.parts if part.state is not State.NOT_APPLICABLE]
        if result.state in {State.BREACH, State.SOFT_BREACH}:
            self.simulated = Outlook.UNKNOWN not in answers and bool(self._ratios or self._fall or self._exits)
            return Outlook.BEYOND
        if Outlook.UNKNOWN in answers:
            return Outlook.UNKNOWN
        self.simulated = bool(self._ratios or self._fall or self._exits)
        return next((known for known in (Outlook.NEAR, Outlook.SIMULATED) if known in answers), Outlook.FIXED)

    def _part(self, part: PartResult) -> Outlook:
        if part.part.in_force is None:
            return Outlook.FIXED
        if part.state is State.UNKNOWN:
            self.note = part.findings[0].text if part.findings else N_("an input is missing.")
            return Outlook.UNKNOWN
        if part.part.measure == "drawdown" and self._drawdown is not None:
            self._fall.append(part.part)
            return Outlook.SIMULATED if not self._missing.any() else self._unknown(N_(
                "a line has no history of returns"))
        if part.part.measure == "book_exit":
            self._exits.append(part.part)
            return Outlook.SIMULATED if not self._missing.any() else self._unknown(N_(
                "a line has no history of returns"))
        probe = self._prober.probe(part.part, part.groups)
        if probe.answer is Answer.OTHER:
            return self._unknown(N_("its figure does not answer to prices in a way that can be simulated"))
        if probe.answer is Answer.FIXED:
            return Outlook.FIXED
        if any(self._without_history(ratio) for ratio in probe.groups):
            return self._unknown(N_("a line has no history of returns"))
        self._ratios.append((part.part, probe.groups))
        return Outlook.SIMULATED if probe.answer is Answer.LINEAR else Outlook.NEAR

    def _unknown(self, note: Text) -> Outlook:
        self.note = note
        return Outlook.UNKNOWN

    def _without_history(self, ratio: Ratio) -> bool:
        below = ratio.below if ratio.below is not None else np.zeros_like(ratio.top)
        return bool(((ratio.top[self._missing] != 0) | (below[self._missing] != 0)).any())

    def event(self, *, hard: bool) -> Event:
        """Return what it is for the limit to be beyond on a day: any group of any part."""
        cases: list[tuple[Condition, ...]] = []
        fall = None
        for part, ratios in self._ratios:
            level = part.hard if hard else part.in_force
            if level is not None:
                cases += [self._beyond(ratio, part, float(level)) for ratio in ratios]
        for part in self._exits:
            level = part.hard if hard else part.in_force
            if level is not None:
                cases.append((self._not_out(part, float(level)),))
        for part in self._fall:
            level = part.hard if hard else part.in_force
            if level is not None and self._drawdown is not None:
                today = float(self._prober.values.sum())
                fall = self._prober.values, 1 - float(level), today / (1 - float(self._drawdown))
        return Event(tuple(cases), fall)

    def _not_out(self, part: Part, days: float) -> Condition:
        """After `days` less than the wanted share of the value is sold: each line sells min(days / its days, 1)."""
        share, wanted = (float(part.options.get(name, usual)) for name, usual in (
            ("share_of_volume", "0.10"), ("share_of_value", "0.95")))
        sold = []
        counted = {row.symbol for row in in_scope(self._rows.values(), part)}
        for symbol in self._prober.symbols:
            row = self._rows[symbol]
            if symbol not in counted:
                sold.append(0.0)
                continue
            own = float(row.quantity) / (share * float(row.volume)) if row.volume else float("inf")
            sold.append(min(days / own, 1.0) if own else 1.0)
        return Condition(self._prober.values * (wanted - np.array(sold)), 0.0)

    def _beyond(self, ratio: Ratio, part: Part, level: float) -> tuple[Condition, ...]:
        """top > level × max(below, floor) is top > level × below and top > level × floor; a minimum the other way."""
        below = ratio.below if ratio.below is not None else np.zeros_like(ratio.top)
        rest = ratio.below_rest if ratio.below is not None else 1.0
        sign = 1.0 if part.direction == "max" else -1.0
        conditions = [Condition(sign * (ratio.top - level * below), sign * (ratio.top_rest - level * rest))]
        if ratio.floor and part.direction == "max":
            conditions.append(Condition(ratio.top, ratio.top_rest - level * ratio.floor))
        if (ratio.floor and part.direction == "min") or part.options.get("after_ramp_up") == "yes":
            conditions.append(Condition(self._prober.values, -self._floor))
        return tuple(conditions)

    def told(self, returns: Floats, shares: tuple[float, float] | None) -> LimitWarning:
        """Return the limit's warning; `shares` are those of the paths beyond the limit in force and the hard level."""
        result = self._result
        worst = result.worst
        level = worst.part.in_force if worst is not None else None
        distance = None if worst is None or worst.value is None or level is None else (
            level - worst.value if worst.part.direction == "max" else worst.value - level)
        volatility = self._volatility(returns) if worst is not None else None
        days = float(distance) / volatility if distance is not None and volatility else None
        probability = 1.0 if self.outlook is Outlook.BEYOND else None if shares is None else shares[0]
        hard = None if shares is None else shares[1]
        if result.state is State.BREACH:
            hard = 1.0
        return LimitWarning(result.limit, result.state, self.outlook, probability, hard, distance, volatility, days,
                       worst.headroom.coin_move if worst is not None else None, self.note)

    def _volatility(self, returns: Floats) -> float | None:
        """Return the deviation of one day's change of the worst part's worst group over the scenarios."""
        worst = self._result.worst
        assert worst is not None
        if len(returns) < 2 or self.outlook in {Outlook.UNKNOWN, Outlook.FIXED, Outlook.NOT_APPLICABLE}:
            return None
        factors = np.exp(returns)
        for part, ratios in self._ratios:
            ratio = next((each for each in ratios if each.group == worst.group), None)
            if part is worst.part and ratio is not None:
                return float(np.std(ratio.at(factors), ddof=1))
        if worst.part in self._fall and self._drawdown is not None:
            values = self._prober.values
            return float(np.std(factors @ values / values.sum(), ddof=1)) * (1 - float(self._drawdown))
        return None
