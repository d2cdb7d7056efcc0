"""The daily history across events: no artificial loss when the child is priced, moves between books are flows."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal as D  # noqa: N817 - the tables of numbers stay readable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandyq.basics.origin import Origin
from sandyq.book.ledger import run
from sandyq.book.state import BookSettings
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.market.issuer_events import applied
from sandyq.performance.history import history
from sandyq.performance.result import History
from sandyq.reference.events import Event, EventType, Transfer

HERE = Origin(1, 1)
DAYS = [date(2024, 7, 26), date(2024, 7, 29), date(2024, 7, 30), date(2024, 7, 31), date(2024, 8, 1)]
BOOKS = {"A": "sleeve", "B": "tech"}


def buy(instrument: str, quantity: int, price: int, day: date = DAYS[0], account: str = "A") -> Transaction:
    return Transaction(day, day, TransactionType.BUY, instrument, D(quantity), D(price), "USD", D(0), D(0), account,
                       f"{account}-{instrument}", "", "", HERE)


def spin_off(day: date) -> Event:
    return Event("GBTC-2024", EventType.IN_KIND_DISTRIBUTION, "GBTC.ARCX", day, None, {
        "child": "BTC.ARCX", "ratio": "1", "cost_share": "0.1", "asset": "BTC", "parent_coins_before": "0.00088695",
        "parent_coins_after": "0.000798255", "child_coins": "0.00008869514526"}, HERE)


def told(make: Any, prices: dict[str, Any], rows: list[Transaction], days: list[date],
         events: tuple[Event, ...] = (), transfers: tuple[Transfer, ...] = (), book: str = "sleeve",
         books: dict[str, str] | None = None) -> History:
    names = [make.instrument(symbol, "spot_etf", fee="0.25", mic="ARCX") for symbol in prices]
    coin = make.coin("BTC", dict.fromkeys(days, "66000"))
    rows_of = {symbol: (make.fund_row(symbol, days[0], "0.0005"),) for symbol in prices}
    market, directory = applied(make.market(prices=prices, coins={"BTC": coin}, fund_holdings=rows_of),
                                make.directory(*names), events)
    splits = {name.id: market.splits.get(name.symbol(days[0]), ()) for name in names}

    def usd(currency: str, day: date) -> D | None:
        return D(1)

    state = run(rows, splits, BookSettings(), days[-1], usd_rate=usd, events=events, transfers=transfers, books=books,
                book=book)
    mine = [row for row in rows if (books or {}).get(row.account, "sleeve") == book]
    return history(mine, directory, market, days, splits=splits, reference_funds={}, fallback_factor=D(1), usd_rate=usd,
                   moves=state.moves, event_cash=state.event_cash)


def test_a_distribution_in_kind_is_no_loss_when_the_child_is_priced(make: Any) -> None:
    closes = {"GBTC": ("58", "59", "60", "54", "55"), "BTC": ("6", "6", "6", "6", "6.1")}
    prices = {symbol: make.prices(symbol, dict(zip(DAYS, values, strict=True))) for symbol, values in closes.items()}
    found = told(make, prices, [buy("GBTC.ARCX", 100, 50)], DAYS, (spin_off(DAYS[3]),))
    assert found.market_value.tolist() == pytest.approx([5800, 5900, 6000, 6000, 6110])
    assert found.drawdown.tolist() == pytest.approx([0, 0, 0, 0, 0])
    assert found.net_invested.tolist() == [5000] * 5


def test_a_child_without_a_price_is_a_gap_and_the_index_goes_on_after_it(make: Any) -> None:
    prices = {"GBTC": make.prices("GBTC", dict(zip(DAYS, ("58", "59", "60", "54", "54"), strict=True))),
              "BTC": make.prices("BTC", {DAYS[4]: "6"})}
    found = told(make, prices, [buy("GBTC.ARCX", 100, 50)], DAYS, (spin_off(DAYS[3]),))
    assert np.isnan(found.market_value[3]) and np.isnan(found.drawdown[3])
    assert found.drawdown[4] == pytest.approx(0)


def test_a_move_between_books_is_a_flow_at_market_value_and_invested_at_cost(make: Any) -> None:
    closes = {"GBTC": ("58", "59", "60", "54", "55"), "BTC": ("10", "10", "11", "11", "11")}
    prices = {symbol: make.prices(symbol, dict(zip(DAYS, values, strict=True))) for symbol, values in closes.items()}
    moved = Transfer("M-1", DAYS[2], DAYS[2], "GBTC.ARCX", D(40), "USD", "A", "B", "", "", HERE)
    rows = [buy("GBTC.ARCX", 100, 50), buy("BTC.ARCX", 10, 10, account="B")]
    sleeve = told(make, prices, rows, DAYS, transfers=(moved,), books=BOOKS)
    tech = told(make, prices, rows, DAYS, transfers=(moved,), book="tech", books=BOOKS)
    assert sleeve.net_invested.tolist() == [5000, 5000, 3000, 3000, 3000]
    assert tech.net_invested.tolist() == [100, 100, 2100, 2100, 2100]
    assert sleeve.market_value.tolist() == pytest.approx([5800, 5900, 3600, 3240, 3300])
    assert tech.market_value.tolist() == pytest.approx([100, 100, 2510, 2270, 2310])
    assert sleeve.drawdown.tolist() == pytest.approx([0, 0, 0, -0.1, 55 / 60 - 1])
    # 100 + 2400 put in at the day's close: the day's result is that of the other holding, 10 USD on 2500.
    assert tech.drawdown[2] == 0
    assert tech.drawdown[3] == pytest.approx(2270 / 2510 - 1)


def test_a_merger_for_cash_is_a_sale_in_the_index(make: Any) -> None:
    prices = {"GBTC": make.prices("GBTC", dict(zip(DAYS, ("58", "59", "60", "60", "60"), strict=True))),
              "BTC": make.prices("BTC", dict(zip(DAYS, ("10", "10", "10", "10", "10"), strict=True)))}
    sold = Event("M", EventType.MERGER, "GBTC.ARCX", DAYS[3], None, {"cash": "61", "currency": "USD"}, HERE)
    found = told(make, prices, [buy("GBTC.ARCX", 100, 50), buy("BTC.ARCX", 10, 10)], DAYS, (sold,))
    assert found.market_value.tolist() == pytest.approx([5900, 6000, 6100, 100, 100])
    assert found.drawdown.tolist() == pytest.approx([0, 0, 0, 0, 0])
    assert found.net_invested.tolist() == [5100, 5100, 5100, 0, 0]


@pytest.mark.data
def test_the_real_distribution_of_2024_leaves_no_step_of_a_tenth(make: Any, shared_data: Path) -> None:
    """The trust traded without the right from 30 July (README of the data); the child's first close is of the 31st."""
    closes: dict[str, dict[date, str]] = {"GBTC": {}, "BTC": {}}
    bases: dict[str, str] = {}
    with (shared_data / "prices_daily.csv").open(encoding="utf-8") as stream:
        for item in csv.DictReader(stream):
            day = date.fromisoformat(item["date"])
            if item["symbol"] in closes and date(2024, 7, 22) <= day <= date(2024, 8, 9):
                closes[item["symbol"]][day] = item["close"]
                bases[item["symbol"]] = item["basis"]
    with (shared_data / "coins_daily.csv").open(encoding="utf-8") as stream:
        coin = {date.fromisoformat(item["date"]): float(item["close_usd"]) for item in csv.DictReader(stream)
                if item["asset"] == "BTC" and "2024-07-22" <= item["date"] <= "2024-08-09"}
    days = sorted(closes["GBTC"])
    # The file's closes of the child are adjusted for its later reverse split 1:5: five units of then are one.
    child = {day: str(D(close) / 5) for day, close in closes["BTC"].items()}
    prices = {"GBTC": make.prices("GBTC", closes["GBTC"]), "BTC": make.prices("BTC", child)}
    found = told(make, prices, [buy("GBTC.ARCX", 100_000, 50, days[0])], days, (spin_off(date(2024, 7, 30)),))
    before, after = days.index(date(2024, 7, 29)), days.index(date(2024, 7, 31))
    assert np.isnan(found.market_value[days.index(date(2024, 7, 30))])
    whole = found.market_value[after] / found.market_value[before] - 1
    parent_alone = float(closes["GBTC"][days[after]]) / float(closes["GBTC"][days[before]]) - 1
    moved = coin[days[after]] / coin[days[before]] - 1
    assert parent_alone < -0.1
    assert abs(whole - moved) < 0.02
    assert found.net_invested[-1] == 5_000_000
