"""The gate desk: daily columns from what the book knows, the gate by day, and its replay over the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.book.transactions import TransactionType
from sandyq.exposure.premium import NEW_YORK_CLOSE
from sandyq.gate.default import DEFAULT
from sandyq.gate.evidence import read_day
from sandyq.gate.machine import GateDay, Rule, run_gate
from sandyq.gate.replay import Replay, replay
from sandyq.gate.view import Column, View, column
from sandyq.market.series import MarketData
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.reference.kinds import Kind
from sandyq.store.records import facts
from sandyq.workstation.contract import Question
from sandyq.workstation.knowledge import Knowledge

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


_SILENT: Final = 10
"""Days: a fund that has reported no flow for longer is not waited for."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate on a day. `in_mandate` False: the mandate has no gate, this is what the usual tests say."""

    rule: Rule
    in_mandate: bool
    days: tuple[GateDay, ...]
    """Up to the day asked about, oldest first."""
    known_from: tuple[date | None, ...] = ()
    """For each test the day of the last value that it looked at on the day asked about; None: there is none."""

    @property
    def today(self) -> GateDay:
        return self.days[-1]


def gate_on(station: Workstation, q: Question) -> Gate:
    """Return the gate as of a day, from facts known at the question's moment. Raises BadInput without coin closes."""
    known = station.knowledge(q.known_at)
    rule, in_mandate = _rule(known, q)
    flows = [(str(row[3]), date.fromisoformat(str(row[4])), Decimal(str(row[5])))
             for row in station.store.rows("fund_flow", q.known_at)]
    view = _view(known, rule, q.as_of, flows)
    bought = {row.trade_date for row in known.transactions if row.type is TransactionType.BUY
              and q.book in {ALL_BOOKS, known.books.get(row.account, SLEEVE)}}
    last = len(view) - 1
    return Gate(rule, in_mandate, run_gate(view, rule, bought, _recorded_shut(station, known, q)),
                tuple(view.known_on(test.criterion.reads, last) for test in rule.tests))


def _recorded_shut(station: Workstation, known: Knowledge, q: Question) -> frozenset[date]:
    """Return the days whose evidence says that a required test failed: later data do not undo them."""
    kept = known.kept.get(f"gate-shut {q.book}")
    if not isinstance(kept, frozenset):
        kept = frozenset(fact.sure_day("date") for fact in facts(station.store, "gate_day", q.known_at)
                         if fact["book"] == q.book and read_day(fact["content"]).failed)
        known.kept[f"gate-shut {q.book}"] = kept
    return kept


def replay_gate(station: Workstation, q: Question, first: date | None = None) -> tuple[Gate, Replay]:
    """Replay the gate over imported history, by default over all years that its tests can see whole."""
    known = station.knowledge(q.known_at)
    found = gate_on(station, q)
    begin = first or next((day.day for day in found.days if all(
        value is not None for value, test in zip(day.values, found.rule.tests, strict=True) if test.required)),
        found.days[0].day)
    view = View(found.days[0].day, _closes(known.market, found.rule.coin, found.days[0].day), np.empty(0), np.empty(0))
    return found, replay(view, found.days, begin, q.as_of)


def _rule(known: Knowledge, q: Question) -> tuple[Rule, bool]:
    own = known.mandate(q.as_of, q.book).gate if known.has_mandate(q.book) else None
    return (own, True) if own is not None else (DEFAULT, False)


def _closes(market: MarketData, coin: str, first: date, last: date | None = None) -> Column:
    series = market.coins[coin]
    end = last or date.fromordinal(series.days[-1])
    return column(first, (end - first).days + 1, series.days, series.closes)


def _view(known: Knowledge, rule: Rule, as_of: date, flows: list[tuple[str, date, Decimal]]) -> View:
    series = known.market.coins.get(rule.coin)
    if series is None or not len(series.days) or series.days[0] > as_of.toordinal():
        raise BadInput("no-coin-closes", N_("There are no reference closes of {coin} up to that day.", coin=rule.coin),
                       remedy=N_("Import a file of coin closes."))
    first = date.fromordinal(series.days[0])
    closes = _closes(known.market, rule.coin, first, as_of)
    funds = _funds(known, rule.coin, as_of)
    moved, assets = _flows_and_assets(known.market, funds, rule.coin, first, closes, flows)
    return View(first, closes, moved, assets,
                {fund: _premiums(known.market, fund, rule.coin, first, len(closes)) for fund in rule.funds},
                _index(known.market, rule.index, first, len(closes)))


def _funds(known: Knowledge, coin: str, as_of: date) -> frozenset[str]:
    """Return the symbols of the spot funds of a coin."""
    return frozenset(i.symbol(as_of) for i in known.directory
                     if i.text("kind", as_of) == Kind.SPOT_ETF and any(c == coin for c, _ in i.underlying(as_of)))


def _flows_and_assets(market: MarketData, funds: frozenset[str], coin: str, first: date, closes: Column,
                      flows: list[tuple[str, date, Decimal]]) -> tuple[Column, Column]:
    """Return daily net flows and net assets (coins as last reported × the coin's close) of the same funds.

    A fund counts in both from the first day on which its coins were reported, so that the share of one in the other
    has a meaning; NaN before any fund reported.
    """
    coins, since = np.zeros(len(closes)), dict[str, int]()
    for fund in funds:
        held = np.full(len(closes), np.nan)
        for row in market.fund_holdings.get(fund, ()):
            place = (row.day - first).days
            if row.asset == coin and row.coins is not None and 0 <= place < len(held):
                held[place:] = float(row.coins)
                since[fund] = min(since.get(fund, place), place)
        coins += np.nan_to_num(held)
    reported: dict[str, dict[int, float]] = {}
    for symbol, day, millions in flows:
        if symbol in since and (day - first).days >= since[symbol]:
            reported.setdefault(symbol, {})[day.toordinal()] = float(millions) * 1e6
    totals = complete_sums(reported)
    days = sorted(totals)
    return (column(first, len(closes), days, [totals[day] for day in days]),
            np.where(coins > 0, coins * closes, np.nan))


def complete_sums(reported: Mapping[str, Mapping[int, float]]) -> dict[int, float]:
    """Return the sum of all funds for each day (ordinal) on which every fund reported that did so shortly before.

    A day on which one of them is missing has no sum: a part of the flows is not the flows.
    """
    days = sorted({day for own in reported.values() for day in own})
    last: dict[str, int] = {}
    found: dict[int, float] = {}
    for day in days:
        expected = {fund for fund, seen in last.items() if day - seen <= _SILENT}
        if all(day in reported[fund] for fund in expected):
            found[day] = sum(own[day] for own in reported.values() if day in own)
        last.update({fund: day for fund, own in reported.items() if day in own})
    return found


def _premiums(market: MarketData, fund: str, coin: str, first: date, length: int) -> Column:
    """Return price over coins per share × coin close − 1, where the coin's close is that of 16:00 New York."""
    found = np.full(length, np.nan)
    prices, coins = market.prices.get(fund), market.coins.get(coin)
    per_share: Mapping[date, Decimal] = {row.day: row.coins_per_share for row in market.fund_holdings.get(fund, ())
                                         if row.asset == coin and row.coins_per_share is not None}
    if prices is None or coins is None:
        return found
    for day, units in per_share.items():
        price, point, place = prices.latest(day), coins.latest(day), (day - first).days
        comparable = price is not None and point is not None and price.day == day == point.day
        if comparable and 0 <= place < length:
            assert price is not None
            assert point is not None
            if point.cutoff == NEW_YORK_CLOSE:
                found[place] = float(price.close) / (float(units) * float(point.close)) - 1
    return found


def _index(market: MarketData, symbol: str, first: date, length: int) -> Column:
    series = market.prices.get(symbol)
    if series is None:
        return np.full(length, np.nan)
    traded = [float(series.closes[place]) * float(series.factor(place)) * float(series.continuous_factor(place))
              for place in range(len(series.days))]
    return column(first, length, series.days, traded)

