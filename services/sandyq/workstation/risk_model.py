"""The risk model of a picture: scenario columns from everything that is known, and the stress library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from sandyq.basics.decimals import ONE, from_float
from sandyq.basics.text import N_
from sandyq.exposure.betas import main_coin, peer_betas
from sandyq.exposure.regression import least_squares
from sandyq.exposure.result import Beta
from sandyq.exposure.returns import Floats, series_of
from sandyq.market.series import Calendar, MarketData
from sandyq.reference.coins import COINS
from sandyq.reference.events import EventType
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import Kind
from sandyq.risk.grid import ReturnGrid, trading_grid
from sandyq.risk.model import RiskModel
from sandyq.risk.proxies import Proxy, Track, filled
from sandyq.risk.scenario import Scenario, read_library
from sandyq.risk.stress import BY_COINS, StressModel, Subject
from sandyq.risk.tail_model import TailModel
from sandyq_resources import text

if TYPE_CHECKING:
    from sandyq.workstation.knowledge import Knowledge
    from sandyq.workstation.picture import Picture

_HOME: Final = "NYSE"
_YEAR: Final = 365.0
_BETA_DAYS: Final = 252
_STEPS: Final = frozenset({EventType.SPIN_OFF, EventType.IN_KIND_DISTRIBUTION, EventType.MERGER,
                           EventType.CASH_DISTRIBUTION, EventType.LIQUIDATION})
"""Events whose ex-day moves a price without anybody gaining or losing: that day's return is no return."""


def risk_model(picture: Picture) -> RiskModel:
    """Return the picture's risk model; nothing is computed before a limit or a view asks for risk."""
    sources = _Sources(picture)
    return RiskModel(sources.tails, sources.stress)


@cache
def library() -> tuple[Scenario, ...]:
    """Return the shipped stress library."""
    return read_library(text("stress", "library.toml"), "library.toml")


def library_hash() -> str:
    """Return the SHA-256 of the shipped library: which version of it a figure rests on."""
    return hashlib.sha256(text("stress", "library.toml").encode()).hexdigest()


def grid_of(known: Knowledge) -> ReturnGrid:
    """Return the returns of everything known, computed once for all days that are asked about."""
    found = known.kept.get("returns")
    if not isinstance(found, ReturnGrid) or found.market is not known.market:
        found = known.kept["returns"] = ReturnGrid(known.market, trading_grid(
            known.market.calendars.get(_HOME) or Calendar(_HOME), _ordinals(known.market)))
    return found


def _ordinals(market: MarketData) -> Iterable[int]:
    for days in (*(series.days for series in market.prices.values()), *(coin.days for coin in market.coins.values())):
        if len(days):
            yield days[0]
            yield days[-1]


class _Sources:
    """Where the columns of one picture's scenarios come from."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._known = picture.knowledge
        self._on = picture.as_of

    def tails(self) -> TailModel:
        rules = self._picture.mandate.risk
        grid = grid_of(self._known)
        stop = grid.stop(self._on)
        start = max(stop - rules.window, 1)
        coin = grid.coin("BTC")
        if coin is not None:
            # Nothing can stand in for a young instrument before the coin's own history begins.
            known = np.flatnonzero(~np.isnan(coin[:stop]))
            start = max(start, int(known[0]) if len(known) else stop)
        window = slice(start, stop)
        by_symbol = self._by_symbol
        return TailModel(rules, grid.days[window], lambda symbol: (
            self._track(by_symbol[symbol], grid, window) if symbol in by_symbol else None))

    def stress(self) -> StressModel:
        by_symbol = self._by_symbol
        grid = grid_of(self._known)
        return StressModel(self._picture.mandate.scenarios or library(), lambda symbol: (
            self._subject(by_symbol[symbol]) if symbol in by_symbol else None),
            lambda coin: self._coin_beta(grid, coin))

    @cached_property
    def _by_symbol(self) -> Mapping[str, Instrument]:
        return {item.symbol(self._on): item for item in self._known.directory
                if item.text("kind", self._on) not in {"", "reference"}}

    # ---- scenario columns

    def _track(self, instrument: Instrument, grid: ReturnGrid, window: slice) -> Track | None:
        candidates: list[tuple[Proxy, Floats]] = []
        own = self._own(instrument, grid)
        if own is not None:
            candidates.append((Proxy.OWN, own[window]))
        for proxy, values in self._coin_like(instrument, grid):
            shaped = self._shaped(instrument, proxy, values, grid)
            if shaped is not None:
                candidates.append((shaped[0], shaped[1][window]))
        return filled(candidates)

    def _own(self, instrument: Instrument, grid: ReturnGrid) -> Floats | None:
        """Return an instrument's own returns, none on the days on which an event moved its price."""
        series = series_of(instrument, self._known.directory, self._known.market, self._on)
        if series is None:
            return None
        own = grid.price(series)
        for event in self._known.events:
            if event.instrument == instrument.id and event.type in _STEPS:
                own = np.where(grid.days == event.ex_date.toordinal(), np.nan, own)
        return own

    def _coin_like(self, instrument: Instrument, grid: ReturnGrid) -> Iterable[tuple[Proxy, Floats]]:
        """Yield what moves with the instrument's coin: the fund of reference, unless it is that itself; the coin."""
        coin = main_coin(instrument, self._on)
        fund = self._by_symbol.get(self._picture.mandate.reference_funds.get(coin, ""))
        returns = self._own(fund, grid) if fund is not None and fund.id != instrument.id else None
        if returns is not None:
            yield Proxy.FUND, returns
        values = grid.coin(coin)
        if values is not None:
            yield Proxy.COIN, values

    def _shaped(self, instrument: Instrument, proxy: Proxy, values: Floats,
                grid: ReturnGrid) -> tuple[Proxy, Floats] | None:
        """Return a coin's return as the instrument would have had it: less its fee, or times its beta."""
        kind = instrument.kind(self._on)
        if kind in BY_COINS:
            moved = values * float(instrument.text("leverage", self._on) or 1)
            if proxy is Proxy.FUND:
                return proxy, moved
            fee = float(instrument.fee(self._on) or 0) / 100
            return proxy, moved - fee * np.diff(grid.days, prepend=grid.days[:1]) / _YEAR
        beta, peers = self._beta(instrument)
        if beta is None:
            return None
        return (Proxy.PEERS if peers else Proxy.BETA), values * beta

    def _beta(self, instrument: Instrument) -> tuple[float | None, bool]:
        """Return an instrument's beta: its own with enough evidence, else (True) its peers' median."""
        own: Beta | None = self._picture.betas.get(instrument.id)
        if own is not None and own.admitted:
            return own.value, False
        peers = self._peers.get(instrument.kind(self._on))
        return (peers[0], True) if peers is not None else (None, True)

    @cached_property
    def _peers(self) -> Mapping[Kind, tuple[float, float, int]]:
        return peer_betas(self._picture.betas, self._known.directory, self._on)

    # ---- stresses

    def _subject(self, instrument: Instrument) -> Subject:
        beta, peers = self._beta(instrument)
        coins = tuple((coin, share) for coin, share in instrument.underlying(self._on) if coin in COINS)
        leverage = instrument.text("leverage", self._on)
        return Subject(
            instrument.symbol(self._on), instrument.kind(self._on), coins or ((main_coin(instrument, self._on), ONE),),
            None if beta is None else from_float(beta, 6),
            N_("median beta of its kind") if peers else N_("measured beta"), Decimal(leverage) if leverage else ONE)

    def _coin_beta(self, grid: ReturnGrid, coin: str) -> Decimal | None:
        """Return the beta of a coin to bitcoin over 252 trading days, None without enough evidence."""
        mine, bitcoin = grid.coin(coin), grid.coin("BTC")
        if mine is None or bitcoin is None:
            return None
        stop = grid.stop(self._on)
        pair = np.column_stack((mine, bitcoin))[:stop]
        pair = pair[~np.isnan(pair).any(axis=1)][-_BETA_DAYS:]
        fit = least_squares(pair[:, 1], pair[:, 0])
        return from_float(fit.slope, 6) if fit is not None and fit.admitted else None
