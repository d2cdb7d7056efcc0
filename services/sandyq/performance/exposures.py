"""Look-through exposure of one line on every day: the ladder of `exposure.methods`, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from sandyq.exposure.betas import BY_BETA
from sandyq.exposure.companies import company_rows
from sandyq.exposure.fund_units import fund_rows
from sandyq.exposure.methods import company as company_method
from sandyq.exposure.methods import mandate as mandate_method
from sandyq.exposure.methods import reported_fund as fund_method
from sandyq.exposure.splits import splits_of
from sandyq.market.series import MarketData
from sandyq.performance.columns import Axis, Column, Mask, coin_column
from sandyq.performance.company_columns import company_columns
from sandyq.performance.fund_columns import unit_columns
from sandyq.performance.rolling import RollingBetas
from sandyq.reference.coins import COINS
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import COMPANIES, Kind

_THIRD_PARTY = float(fund_method.THIRD_PARTY_FACTOR)


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Exposure of one line in USD per day; `coins` splits the central one by coin for lines of funds of coins.

    `proxied`: the exposure rests on the beta of peers, on a beta to another clock, or on the fall-back.
    """

    low: Column
    central: Column
    high: Column
    proxied: Mask
    coins: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Held:
    """One instrument's quantity (in units of today), price in USD (same units) and market value, per day."""

    instrument: Instrument
    quantity: Column
    price_usd: Column
    value: Column


@dataclass(slots=True)
class Ladder:
    """What the methods share over a history: coin columns and betas, each made once."""

    directory: Directory
    market: MarketData
    axis: Axis
    betas: RollingBetas
    fallback_factor: float
    _coins: dict[str, Column] = field(default_factory=dict)

    def coin(self, name: str) -> Column:
        if name not in self._coins:
            self._coins[name] = coin_column(self.market, name, self.axis)
        return self._coins[name]

    def look(self, held: Held, kind: Kind) -> LineColumns:
        """Return the line's exposure as an instrument of `kind` on all days of the axis."""
        if kind in fund_method.KINDS:
            return self._fund(held)
        if kind in mandate_method.KINDS:
            return self._mandate(held)
        if kind in BY_BETA or kind is Kind.REFERENCE:
            return self._company(held, kind)
        return self._fallback(held)

    def _fund(self, held: Held) -> LineColumns:
        last = self.axis.days[-1]
        rows = fund_rows(held.instrument, self.directory, self.market)
        splits = splits_of(held.instrument, self.directory, self.market)
        assets = [coin for coin, _ in held.instrument.underlying(last) if coin in COINS]
        assets = assets or sorted({row.asset for row in rows if row.asset in COINS})
        below = self._mandate(held)
        if not assets:
            return below
        central, high = self.axis.zeros(), self.axis.zeros()
        reported = np.ones(len(self.axis), dtype=np.bool_)
        by_coin: dict[str, Column] = {}
        for asset in assets:
            units = unit_columns(held.instrument, rows, splits, asset, self.axis)
            by_coin[asset] = _zero_if_none(held, held.quantity * units.value * self.coin(asset))
            central = central + by_coin[asset]
            high = high + by_coin[asset] * np.where(units.third_party, _THIRD_PARTY, 1.0)
            reported &= ~np.isnan(units.value)
        zeros = self.axis.zeros()
        split = {name: np.where(reported, by_coin.get(name, zeros), below.coins.get(name, zeros))
                 for name in sorted({*by_coin, *below.coins})}
        return LineColumns(
            np.where(reported, central, below.low), np.where(reported, central, below.central),
            np.where(reported, high, below.high), ~reported & below.proxied, split)

    def _mandate(self, held: Held) -> LineColumns:
        last = self.axis.days[-1]
        shares = mandate_method.stated_shares(held.instrument, last)
        leverage = mandate_method.stated_leverage(held.instrument, last)
        if not shares or leverage is None:
            return self._fallback(held)
        size = float(leverage)
        by_coin = {coin: held.value * float(share) * size for coin, share in shares.items()}
        central = held.value * float(sum(shares.values())) * size
        return LineColumns(central, central, np.maximum(central, held.value * size), self._nowhere(), by_coin)

    def _fallback(self, held: Held) -> LineColumns:
        central = held.value * self.fallback_factor
        return LineColumns(np.minimum(held.value, central), central, central, ~self._nowhere(), {"other": central})

    def _company(self, held: Held, kind: Kind) -> LineColumns:
        none = self.axis.unknown()
        asset, delta, asset_high = none, none, none
        if kind in COMPANIES:
            asset, delta, asset_high = self._asset_legs(held, kind)
        own, upper, lower, bound_known, clock = self._beta_legs(held)
        unjudged = np.isnan(own)
        peer, peer_upper = none, none
        if bool((unjudged & (held.quantity != 0)).any()):
            median, median_upper = self.betas.peers(kind)
            peer = np.where(unjudged, held.value * np.maximum(median, 0.0), np.nan)
            peer_upper = np.where(unjudged, held.value * np.maximum(median_upper, 0.0), np.nan)
        legs = np.stack((asset, delta, own, peer))
        count = (~np.isnan(legs)).sum(axis=0)
        central, least = _largest(legs), _smallest(legs)
        only_beta = (count == 1) & ~unjudged
        low = np.where(only_beta, lower, least)
        high = _largest(np.stack((central, asset_high, delta, np.where(bound_known, upper, np.nan), peer_upper)))
        fallback = self._fallback(held)
        nothing = count == 0
        from_peers = (central == peer) & ~nothing
        from_clock = (central == own) & clock
        return LineColumns(
            np.where(nothing, fallback.low, np.maximum(np.minimum(low, central), 0.0)),
            np.where(nothing, fallback.central, central), np.where(nothing, fallback.high, high),
            (nothing | from_peers | from_clock) & (held.quantity != 0), {})

    def _asset_legs(self, held: Held, kind: Kind) -> tuple[Column, Column, Column]:
        none = self.axis.unknown()
        rows = company_rows(held.instrument, self.directory, self.market)
        found = company_columns(rows, splits_of(held.instrument, self.directory, self.market), self.axis,
                                held.price_usd, self.coin) if rows else None
        if found is None:
            return none, none, none
        value_known = ~np.isnan(held.value)
        asset = np.where(found.usable & value_known, held.quantity * found.asset_per_share, np.nan)
        delta = none
        if kind in company_method.DELTA_KINDS:
            priced = found.usable & ~np.isnan(asset)
            delta = np.where(priced, np.maximum(held.value * found.ratio, 0.0), np.nan)
        return asset, delta, np.where(found.weak, asset * _THIRD_PARTY, asset)

    def _beta_legs(self, held: Held) -> tuple[Column, Column, Column, Mask, Mask]:
        """Return (value × beta where admitted, value × upper bound, value × lower bound, bound known, other clock)."""
        none = self.axis.unknown()
        found = self.betas.of(held.instrument)
        if found is None:
            return none, none, none, self._nowhere(), self._nowhere()
        own = np.where(found.admitted, held.value * np.maximum(found.value, 0.0), np.nan)
        lower = held.value * np.maximum(2 * found.value - found.upper, 0.0)
        return own, held.value * np.maximum(found.upper, 0.0), lower, ~np.isnan(found.upper), found.by_clock

    def _nowhere(self) -> Mask:
        return np.zeros(len(self.axis), dtype=np.bool_)


def kinds_of(instrument: Instrument, axis: Axis) -> tuple[tuple[Kind, Mask], ...]:
    """Return each kind that the instrument has on the axis with the days on which it has it."""
    starts = sorted({a.valid_from for a in instrument.attributes.get("kind", ()) if a.valid_from is not None})
    edges = [axis.days[0], *(start for start in starts if axis.days[0] < start <= axis.days[-1])]
    found: list[tuple[Kind, Mask]] = []
    for place, start in enumerate(edges):
        until = edges[place + 1].toordinal() if place + 1 < len(edges) else date.max.toordinal()
        found.append((instrument.kind(start), (axis.grid >= start.toordinal()) & (axis.grid < until)))
    return tuple(found)


def _zero_if_none(held: Held, amounts: Column) -> Column:
    """Unknown where the value is Unknown; nothing where nothing is held, whatever else is not known then."""
    return np.where(held.quantity == 0, 0.0, np.where(np.isnan(held.value), np.nan, amounts))


def _largest(table: Column) -> Column:
    result: Column = table[0]
    for row in table[1:]:
        result = np.fmax(result, row)
    return result


def _smallest(table: Column) -> Column:
    result: Column = table[0]
    for row in table[1:]:
        result = np.fmin(result, row)
    return result
