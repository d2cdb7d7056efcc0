"""Value at risk and expected shortfall of amounts by instrument, from the scenarios of one day (F082)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from sandyq.exposure.returns import Floats, Ordinals
from sandyq.risk.proxies import Track
from sandyq.risk.rules import Method, RiskRules
from sandyq.risk.tails import expected_shortfall, over_days, rescaled, value_at_risk, weighted_deviation, worst_first


@dataclass(frozen=True, slots=True)
class TailRisk:
    """One method, horizon and level. Losses are positive, in USD; None is Unknown, `unknown` names the instruments.

    `scenarios` losses stand behind it, `tail` of them are at or beyond the level. `proxied` is the share of the
    scenario days, weighted by amount, on which a proxy stands in for the instrument's own return.
    """

    method: Method
    days: int
    level: Decimal
    value_at_risk: float | None
    expected_shortfall: float | None
    scenarios: int
    tail: int
    proxied: float
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorstDay:
    """One scenario of the tail: its last day, the loss in USD, and the gain or loss of each instrument."""

    day: date
    loss: float
    by_symbol: tuple[tuple[str, float], ...]


class TailModel:
    """The scenarios of one day. Columns are made when an instrument is first asked for and kept.

    `track_of` gives an instrument's returns on the days of the window, None when a day has neither its own return nor a
    proxy's. The same instruments in any order give the same figure to the last digit.
    """

    def __init__(self, rules: RiskRules, days: Ordinals, track_of: Callable[[str], Track | None]) -> None:
        self.rules = rules
        self.days = days
        self._track_of = track_of
        self._tracks: dict[str, Track | None] = {}
        self._filtered: dict[str, Floats] = {}
        self._columns: dict[tuple[str, Method, int], Floats] = {}
        self._matrices: dict[tuple[Method, int], tuple[tuple[str, ...], Floats]] = {}

    @property
    def first(self) -> date | None:
        return date.fromordinal(int(self.days[0])) if len(self.days) else None

    def track(self, symbol: str) -> Track | None:
        if symbol not in self._tracks:
            self._tracks[symbol] = self._track_of(symbol)
        return self._tracks[symbol]

    def unknown(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Return the instruments without scenarios; all of them where the window is too short."""
        if len(self.days) < self.rules.least:
            return tuple(sorted(symbols))
        return tuple(sorted(symbol for symbol in symbols if self.track(symbol) is None))

    def moves(self, symbols: Sequence[str], method: Method, days: int) -> Floats:
        """Return scenario returns, one row per instrument. Every instrument must have a track."""
        wanted = tuple(symbols)
        kept = self._matrices.get((method, days))
        if kept is None or kept[0] != wanted:
            if method is Method.FILTERED:
                self._filter(wanted)
            rows = [self._column(symbol, method, days) for symbol in wanted]
            kept = wanted, np.array(rows) if rows else np.empty((0, max(len(self.days) - days + 1, 0)))
            self._matrices[method, days] = kept
        return kept[1]

    def _column(self, symbol: str, method: Method, days: int) -> Floats:
        found = self._columns.get((symbol, method, days))
        if found is None:
            found = over_days(self.daily(symbol, method), days)
            if not self.rules.log_returns:
                found = np.expm1(found)
            self._columns[symbol, method, days] = found
        return found

    def daily(self, symbol: str, method: Method) -> Floats:
        """Return an instrument's daily log returns as a method takes them. It must have a track."""
        track = self.track(symbol)
        assert track is not None, symbol
        if method is Method.HISTORICAL:
            return track.returns
        self._filter((symbol,))
        return self._filtered[symbol]

    def _filter(self, symbols: Sequence[str]) -> None:
        """Rescale what is not yet rescaled, all instruments together."""
        tracks = {symbol: track.returns for symbol in symbols
                  if symbol not in self._filtered and (track := self.track(symbol)) is not None}
        if tracks:
            columns = rescaled(np.column_stack(list(tracks.values())), float(self.rules.decay))
            self._filtered.update(zip(tracks, np.ascontiguousarray(columns.T), strict=True))

    def losses(self, amounts: Mapping[str, float], method: Method, days: int) -> Floats:
        """Return the loss of each scenario in USD, in order of its last day."""
        symbols = sorted(amounts)
        return -(np.array([amounts[symbol] for symbol in symbols]) @ self.moves(symbols, method, days))

    def risk(self, amounts: Mapping[str, float], days: int, level: Decimal, method: Method | None = None) -> TailRisk:
        """Return value at risk and expected shortfall of amounts in USD by instrument."""
        how = method or self.rules.method
        empty = TailRisk(how, days, level, None, None, max(len(self.days) - days + 1, 0), 0, 0.0)
        unknown = self.unknown(list(amounts))
        if unknown:
            return replace(empty, unknown=unknown)
        if not amounts:
            return replace(empty, value_at_risk=0.0, expected_shortfall=0.0)
        losses = self.losses(amounts, how, days)
        if len(losses) < max(self.rules.least - days, 1):
            return replace(empty, unknown=tuple(sorted(amounts)))
        return TailRisk(how, days, level, value_at_risk(losses, level, self.rules.quantile),
                        expected_shortfall(losses, level), len(losses), len(worst_first(losses, level)),
                        self.proxied(amounts))

    def proxied(self, amounts: Mapping[str, float]) -> float:
        """Return the share of proxied days, weighted by amount."""
        whole = sum(amounts.values())
        if not whole:
            return 0.0
        shares = ((amounts[symbol], self.track(symbol)) for symbol in sorted(amounts))
        return sum(amount * track.proxied for amount, track in shares if track is not None) / whole

    def deviation(self, amounts: Mapping[str, float]) -> float | None:
        """Return the exponentially weighted deviation of one day's gain in USD, on the returns as they were (E1)."""
        if not amounts or self.unknown(list(amounts)):
            return None
        return weighted_deviation(-self.losses(amounts, Method.HISTORICAL, 1), float(self.rules.decay))

    def worst(self, amounts: Mapping[str, float], days: int, level: Decimal, method: Method | None = None,
              count: int | None = None) -> tuple[WorstDay, ...]:
        """Return the scenarios of the tail, the worst first, with what each instrument did; `count` of them."""
        how = method or self.rules.method
        symbols = sorted(amounts)
        if not symbols or self.unknown(symbols):
            return ()
        moves = self.moves(symbols, how, days)
        losses = self.losses(amounts, how, days)
        places = worst_first(losses, level) if count is None else np.argsort(-losses, kind="stable")[:count]
        return tuple(WorstDay(
            date.fromordinal(int(self.days[place + days - 1])), float(losses[place]),
            tuple((symbol, amounts[symbol] * float(moves[row, place])) for row, symbol in enumerate(symbols)))
            for place in places.tolist())
