"""Knowledge in between two moments: some groups of facts as known later, the rest as known earlier."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import eq
from types import MappingProxyType
from typing import Final, Protocol, TypeVar

from sandyq.basics.origin import Origin
from sandyq.market.issuer_events import applied
from sandyq.market.series import MarketData
from sandyq.reference.instruments import Directory, Instrument
from sandyq.workstation.beside import between
from sandyq.workstation.knowledge import Knowledge, splits_by_instrument
from sandyq.workstation.recorded import Cause

K = TypeVar("K")
V = TypeVar("V")

CAUSES: Final = MappingProxyType({
    "booking": Cause.TRADE, "transfer": Cause.TRADE, "account": Cause.TRADE, "stablecoin_settlement": Cause.TRADE,
    "corporate_action": Cause.CORPORATE_ACTION, "split": Cause.CORPORATE_ACTION, "dividend": Cause.CORPORATE_ACTION,
    "price": Cause.PRICE, "manual_price": Cause.PRICE, "price_source": Cause.PRICE, "fair_value_level": Cause.PRICE,
    "coin_price": Cause.COIN_PRICE, "fx_rate": Cause.FX,
    "fund_holding": Cause.LOOK_THROUGH, "company_holding": Cause.LOOK_THROUGH, "company_purchase": Cause.LOOK_THROUGH,
    "fund_flow": Cause.LOOK_THROUGH, "fund_weight": Cause.LOOK_THROUGH,
    "instrument_attribute": Cause.REFERENCE, "calendar_day": Cause.REFERENCE, "reserve": Cause.REFERENCE,
    "programme": Cause.REFERENCE, "party": Cause.REFERENCE, "party_role": Cause.REFERENCE, "licence": Cause.REFERENCE,
    "programme_holding": Cause.REFERENCE, "rating": Cause.REFERENCE,
    "mandate": Cause.MANDATE, "setting": Cause.SETTING,
})
"""Which cause a change of a table's facts is. Tables that no figure rests on have none."""


def mixed(old: Knowledge, new: Knowledge, causes: Collection[Cause]) -> Knowledge:
    """Return the earlier knowledge with the facts of some causes as they were known later."""
    if Cause.RESIDUAL in causes:
        return new
    before, after = bare(old), bare(new)
    directory = after.directory if Cause.REFERENCE in causes else before.directory
    result = replace(old, head=0)
    if Cause.TRADE in causes:
        result = replace(result, transactions=new.transactions, transfers=new.transfers, accounts=new.accounts)
    if Cause.CORPORATE_ACTION in causes:
        result = replace(result, events=new.events)
    if Cause.MANDATE in causes:
        result = replace(result, mandates=new.mandates)
    if Cause.SETTING in causes:
        result = replace(result, settings=new.settings)
    if Cause.REFERENCE in causes:
        result = replace(result, permits=new.permits)
    result = replace(result, beside=between(old.beside, new.beside, causes))
    market = _market(before.market, after.market, causes)
    if causes and not {Cause.REFERENCE, Cause.PRICE} <= set(causes):
        market, directory = _with_newcomers(_named(new) - _named(old), market, directory, after)
    market, directory = applied(market, directory, result.events)
    return replace(result, market=market, directory=directory, splits=splits_by_instrument(directory, market))


def same_state(one: Knowledge, other: Knowledge) -> bool:
    """Return whether both say the same about lots and cash: bookings, events, splits, conventions, rates."""
    return (_same(one.transactions, other.transactions) and one.transfers == other.transfers
            and one.accounts == other.accounts and one.events == other.events and one.splits == other.splits
            and one.settings == other.settings and one.market.fx == other.market.fx)


def same_values(one: Knowledge, other: Knowledge) -> bool:
    """Return whether both say the same about everything else that a picture rests on."""
    return (one.mandates == other.mandates and one.market == other.market and one.permits == other.permits
            and one.beside.same_as(other.beside)
            and (one.directory is other.directory or list(one.directory) == list(other.directory)))


def _same(one: Sequence[object], other: Sequence[object]) -> bool:
    """Compare long tuples of rows, of which most are the very same objects or none is."""
    return one is other or (len(one) == len(other) and all(map(eq, one, other)))


@dataclass(frozen=True, slots=True)
class Bare:
    """What sources say, without what follows from corporate actions."""

    market: MarketData
    directory: Directory


def bare(known: Knowledge) -> Bare:
    """Take out the rows that were derived from events when the knowledge was read: they have the event's origin."""
    origins = {event.origin for event in known.events}
    if not origins:
        return Bare(known.market, known.directory)
    market = known.market
    splits = _without(market.splits, origins)
    prices = {symbol: replace(series, splits=splits.get(symbol, ())) if series.splits != splits.get(symbol, ())
              else series for symbol, series in market.prices.items()}
    market = replace(market, prices=prices, splits=splits, fund_holdings=_without(market.fund_holdings, origins),
                     company_holdings=_without(market.company_holdings, origins))
    renamed = {event.instrument for event in known.events}
    directory = Directory(
        Instrument(item.id, MappingProxyType(_without(item.attributes, origins))) if item.id in renamed else item
        for item in known.directory)
    return Bare(market, directory)


class _Originated(Protocol):
    """A row that says where it came from."""

    @property
    def origin(self) -> Origin: ...


R = TypeVar("R", bound=_Originated)


def _without(rows: Mapping[str, tuple[R, ...]], origins: Collection[Origin]) -> dict[str, tuple[R, ...]]:
    left = {key: tuple(row for row in found if row.origin not in origins) for key, found in rows.items()}
    return {key: found for key, found in left.items() if found}


def _market(old: MarketData, later: MarketData, causes: Collection[Cause]) -> MarketData:
    """Put together the groups; whatever has no cause of its own counts as reference data."""
    chosen = later if Cause.REFERENCE in causes else old
    prices, coins, fx = (later if cause in causes else old for cause in (Cause.PRICE, Cause.COIN_PRICE, Cause.FX))
    seen = later if Cause.LOOK_THROUGH in causes else old
    splits = (later if Cause.CORPORATE_ACTION in causes else old).splits
    adjusted = {symbol: series if series.splits == splits.get(symbol, ()) else
                replace(series, splits=splits.get(symbol, ())) for symbol, series in prices.prices.items()}
    return replace(chosen, prices=adjusted, manual=prices.manual, coins=coins.coins, fx=fx.fx, splits=splits,
                   fund_holdings=seen.fund_holdings, company_holdings=seen.company_holdings)


def _with_newcomers(wanted: Collection[str], market: MarketData, directory: Directory,
                    later: Bare) -> tuple[MarketData, Directory]:
    """Add what is known later of instruments that the earlier bookings and events did not name.

    A purchase of an instrument that came with it is one cause, the purchase: without this it would be Unknown until
    the step of prices, and the price would be named instead.
    """
    if not wanted:
        return market, directory
    found = [instrument for name in sorted(wanted) if (instrument := later.directory.by_id(name)) is not None]
    missing = [instrument for instrument in found if directory.by_id(instrument.id) is None]
    symbols = {symbol for instrument in found for symbol in later.directory.symbols_of(instrument)}
    market = replace(
        market, prices=_filled(market.prices, later.market.prices, symbols),
        fund_holdings=_filled(market.fund_holdings, later.market.fund_holdings, symbols),
        company_holdings=_filled(market.company_holdings, later.market.company_holdings, symbols),
        fx=_filled(market.fx, later.market.fx, set(later.market.fx)))
    return market, Directory([*directory, *missing]) if missing else directory


def _named(known: Knowledge) -> set[str]:
    """Return the instruments that bookings, transfers and events speak of."""
    linked = {value for event in known.events for name, value in event.terms.items() if name in {"child", "acquirer"}}
    return ({row.instrument for row in known.transactions} | {row.instrument for row in known.transfers}
            | {event.instrument for event in known.events} | linked) - {""}


def _filled(own: Mapping[K, V], other: Mapping[K, V], keys: Collection[K]) -> Mapping[K, V]:
    added = {key: other[key] for key in keys if key not in own and key in other}
    return {**own, **added} if added else own
