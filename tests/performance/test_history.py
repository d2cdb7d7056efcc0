"""The daily history: agrees with single days, leaves gaps where something is unknown, follows O12 for returns."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D  # noqa: N817 - the tables of numbers stay readable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.origin import Origin
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.exposure.look_through import look_through
from sandyq.exposure.splits import splits_of
from sandyq.performance.history import history
from sandyq.performance.result import History
from sandyq.performance.twr import drawdown, time_weighted_index

FIRST = date(2023, 1, 2)
SPLIT = date(2024, 8, 8)
DAYS = [FIRST + timedelta(days=n) for n in range(1000) if n % 7 < 5]


def trade(day: date, kind: str, instrument: str, quantity: str, price: str, fees: str = "0") -> Transaction:
    return Transaction(day, day, TransactionType(kind), instrument, D(quantity), D(price), "USD", D(fees), D(0),
                       "Custodian 1", f"{day}-{instrument}-{kind}", "", "", Origin(1, 1))


class World:
    """Six lines over four years: a spot fund with sparse rows, a futures fund, companies, a peer-less stock."""

    def __init__(self, make: Any) -> None:
        self.make = make
        random = np.random.default_rng(11)
        coin = 30000 * np.cumprod(1 + 0.03 * random.standard_normal(len(DAYS)))
        split = make.split("MSTR", SPLIT, 10, 1)

        def series(symbol: str, values: Any, splits: tuple[Any, ...] = ()) -> Any:
            return make.prices(symbol, {d: f"{v:.4f}" for d, v in zip(DAYS, values, strict=True)}, splits=splits)

        def follower(slope: float, start: float) -> Any:
            steps = np.diff(np.log(coin), prepend=np.log(coin[0]))
            return start * np.exp(np.cumsum(slope * steps + 0.015 * random.standard_normal(len(DAYS))))

        strategy = follower(1.4, 300) / np.array([10 if d >= SPLIT else 1 for d in DAYS])
        prices = {"IBIT": series("IBIT", coin * 0.00057), "BITO": series("BITO", coin * 0.0003),
                  "MSTR": series("MSTR", strategy, (split,)), "MARA": series("MARA", follower(1.3, 15)),
                  "NVDA": series("NVDA", follower(0.4, 100)), "BLOK": series("BLOK", follower(0.8, 30))}
        self.instruments = [
            make.instrument("IBIT", "spot_etf", fee="0.25"), make.instrument("BITO", "futures_etf", leverage="1.1"),
            make.instrument("MSTR", "treasury_company", "BTC"), make.instrument("MARA", "miner", "BTC"),
            make.instrument("NVDA", "tech_equity", "NONE"), make.instrument("BLOK", "equity_etf", "MIXED")]
        self.directory = make.directory(*self.instruments)
        rows = tuple(make.fund_row("IBIT", DAYS[n], "0.00057", quality)
                     for n, quality in ((40, "aggregator"), (90, "issuer_file"), (400, "issuer_file")))
        company = (make.company_row("MSTR", DAYS[60], "190000", shares="17000000", diluted="19000000", debt="4e9",
                                    preferred="0", cash="5e7"),
                   make.company_row("MSTR", DAYS[300], "250000"),
                   make.company_row("MSTR", DAYS[450], "330000", shares="200000000", diluted="230000000"))
        self.market = make.market(
            prices=prices, fund_holdings={"IBIT": rows}, splits={"MSTR": (split,)},
            coins={"BTC": make.coin("BTC", {d: f"{v:.2f}" for d, v in zip(DAYS, coin, strict=True)})},
            company_holdings={"MSTR": company})
        self.transactions = [trade(DAYS[5 + number], "buy", instrument.id, "1000", "50", "10")
                             for number, instrument in enumerate(self.instruments)]
        self.transactions.append(trade(DAYS[500], "sell", "MARA.XNAS", "400", "20", "5"))
        self.splits = {i.id: splits_of(i, self.directory, self.market) for i in self.instruments}

    def run(self, days: list[date], transactions: Any = None) -> History:
        return history(self.transactions if transactions is None else transactions, self.directory, self.market, days,
                       splits=self.splits, reference_funds={"BTC": "IBIT"}, fallback_factor=D("1.5"),
                       usd_rate=lambda currency, day: None)

    def on(self, day: date, names: tuple[str, ...]) -> Any:
        """The exact answer of one day for some lines, valued by hand."""
        lines = []
        for instrument in self.instruments:
            symbol = instrument.symbol(day)
            if symbol in names:
                quantity = D(600) if symbol == "MARA" and day >= DAYS[500] else D(1000)
                if symbol == "MSTR" and day >= SPLIT:
                    quantity *= 10
                close = self.market.prices[symbol].latest(day).close
                lines.append(self.make.line(instrument, str(quantity), str(close), day))
        holdings = self.make.holdings(*lines, day=day)
        found = look_through(holdings, self.directory, self.market, reference_funds={"BTC": "IBIT"},
                             fallback_factor=D("1.5"))
        return sum((line.market_value_usd for line in lines), D(0)), found


ALL = ("IBIT", "BITO", "MSTR", "MARA", "NVDA", "BLOK")


@pytest.fixture(scope="module")
def world(make: Any) -> World:
    return World(make)


@pytest.mark.parametrize("place", [20, 60, 100, 140, 260, 320, 420, 470, 600, 700])
def test_every_column_agrees_with_the_single_day(world: World, place: int) -> None:
    columns = world.run(DAYS)
    value, exposure = world.on(DAYS[place], ALL)
    assert columns.market_value[place] == pytest.approx(float(value), rel=1e-12)
    assert columns.exposure_central[place] == pytest.approx(float(exposure.total_usd.central), rel=1e-9)
    assert columns.exposure_low[place] == pytest.approx(float(exposure.total_usd.low), rel=1e-9)
    assert columns.exposure_high[place] == pytest.approx(float(exposure.total_usd.high), rel=1e-9)


@pytest.mark.parametrize("place", [100, 399, 400, 700])
def test_a_spot_fund_alone_agrees_to_the_ninth_digit(world: World, place: int) -> None:
    columns = world.run(DAYS, [world.transactions[0]])
    _, exposure = world.on(DAYS[place], ("IBIT",))
    assert columns.exposure_central[place] == pytest.approx(float(exposure.total_usd.central), rel=1e-9)
    assert columns.exposure_groups["BTC"][place] == columns.exposure_central[place]


def test_groups_and_kinds_sum_to_their_totals(world: World) -> None:
    columns = world.run(DAYS)
    assert sum(columns.exposure_groups.values()) == pytest.approx(columns.exposure_central)
    assert sum(columns.allocation.values()) == pytest.approx(columns.market_value)
    assert np.all(columns.exposure_low <= columns.exposure_central + 1e-6)
    assert np.all(columns.exposure_central <= columns.exposure_high + 1e-6)


def test_a_window_gives_the_same_as_the_whole(world: World) -> None:
    whole, part = world.run(DAYS), world.run(DAYS[600:650])
    assert part.market_value == pytest.approx(whole.market_value[600:650], rel=1e-12)
    assert part.exposure_central == pytest.approx(whole.exposure_central[600:650], rel=1e-9)
    assert part.net_invested == pytest.approx(whole.net_invested[600:650])


def test_a_split_leaves_no_step_in_value_and_no_drawdown(world: World) -> None:
    columns = world.run(DAYS, [world.transactions[2]])
    place = DAYS.index(SPLIT)
    assert 0.5 < columns.market_value[place] / columns.market_value[place - 1] < 2


def test_net_invested_counts_costs_and_never_falls_under_zero(world: World) -> None:
    rows = [trade(DAYS[1], "buy", "IBIT.XNAS", "100", "1", "0.1"),
            trade(DAYS[2], "sell", "IBIT.XNAS", "100", "0.6", "0.1"),
            trade(DAYS[3], "buy", "IBIT.XNAS", "100", "0.6", "0")]
    columns = world.run(DAYS[:6], rows)
    assert columns.net_invested.tolist() == pytest.approx([0, 100.1, 100.1 - 59.9, 100.2, 100.2, 100.2])
    assert columns.flows == ((DAYS[1], pytest.approx(100.1)), (DAYS[2], pytest.approx(-59.9)),
                             (DAYS[3], pytest.approx(60.0)))


def test_a_price_older_than_the_red_threshold_is_a_gap_and_never_zero(world: World) -> None:
    late = [DAYS[-1] + timedelta(days=n) for n in range(1, 15)]
    columns = world.run([*DAYS[-3:], *late], [world.transactions[0]])
    ages = [sum(1 for d in late[:n + 1] if d.weekday() < 5) for n in range(len(late))]
    for age, value, exposure in zip(ages, columns.market_value[3:], columns.exposure_central[3:], strict=True):
        assert np.isnan(value) == (age > 5)
        assert value != 0
        assert np.isnan(value) <= np.isnan(exposure)


def test_no_days_make_an_empty_history(world: World) -> None:
    assert world.run([]).days == ()


def test_oracle_o12_the_time_weighted_return_with_a_purchase_at_the_start_of_a_day() -> None:
    value, bought = np.array([100.0, 95.0, 160.0]), np.array([100.0, 0.0, 50.0])
    index = time_weighted_index(value, bought, np.zeros(3), np.zeros(3))
    assert index[-1] - 1 == pytest.approx(0.04827586, abs=5e-9)


def test_a_day_of_unknown_value_moves_its_flows_to_the_next_known_day() -> None:
    value, bought = np.array([100.0, np.nan, 165.0]), np.array([100.0, 50.0, 0.0])
    index = time_weighted_index(value, bought, np.zeros(3), np.zeros(3))
    assert np.isnan(index[1])
    assert index[2] == pytest.approx(1.1)
    assert np.isnan(drawdown(index)[1])


def test_drawdown_includes_the_starting_value() -> None:
    assert drawdown(np.array([0.9, 1.2, 0.6])).tolist() == pytest.approx([-0.1, 0.0, -0.5])


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=30))
def test_drawdown_is_never_positive_and_zero_at_a_new_high(levels: list[float]) -> None:
    found = drawdown(np.array(levels))
    assert np.all(found <= 0)
    assert all(found[n] == 0 for n, level in enumerate(levels) if level == max([1.0, *levels[:n + 1]]))
