"""Facts as the floors below want them: series by day, instruments with dated attributes, bookings in order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandyq.basics.errors import IntegrityFailed
from sandyq.basics.origin import Origin
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.market import fx
from sandyq.market.calendars import is_covered, is_open
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.market import read_bookings, read_directory, read_mandate_texts, read_market, read_settings
from sandyq.store.store import Store


def row(table: str, line: int, **values: str) -> tuple[str, FactRow]:
    assert values.keys() <= set(TABLES[table].columns)
    return table, (line, *(values.get(column) for column in TABLES[table].columns))


def test_prices_become_series_in_order_of_days_with_the_latest_known_row(store: Store, desk: Any) -> None:
    prices = [("price", desk.price("IBIT", f"2024-01-{day:02}", f"{day}.5", line=day, volume="100", source="feed"))
              for day in (5, 3, 4)]
    desk.record(store, [*prices, ("price", desk.price("FBTC", "2024-01-03", "60")),
                        ("price", desk.price("IBIT", "2024-01-06", "9", price_type="nav"))], 1)
    desk.record(store, [("price", desk.price("IBIT", "2024-01-04", "4.6", line=8))], 2)
    series = read_market(store).prices["IBIT"]
    assert [date.fromordinal(day).day for day in series.days] == [3, 4, 5]
    assert list(series.closes) == ["3.5", "4.6", "5.5"]
    assert (series.volumes[0], series.volumes[1], series.sources[0], series.sources[1]) == ("100", None, "feed", "")
    point = series.latest(date(2024, 1, 4))
    assert point is not None
    assert (point.close, point.origin) == (Decimal("4.6"), Origin(3, 8))
    assert list(read_market(store, desk.moment(1)).prices["IBIT"].closes) == ["3.5", "4.5", "5.5"]
    assert set(read_market(store).prices) == {"FBTC", "IBIT"}


def test_a_split_travels_with_the_prices_of_its_symbol(store: Store, desk: Any) -> None:
    """A close adjusted for a later ten-for-one split is traded at ten times as much."""
    desk.record(store, [
        row("split", 2, symbol="MSTR", ex_date="2024-08-08", new_shares="10", old_shares="1"),
        ("price", desk.price("MSTR", "2024-08-07", "130", basis="S", adjusted_as_of="2026-06-30")),
        ("price", desk.price("MSTR", "2024-08-08", "131", basis="S", adjusted_as_of="2026-06-30")),
    ])
    market = read_market(store)
    series = market.prices["MSTR"]
    assert series.splits == market.splits["MSTR"]
    assert [series.at(index).close for index in range(2)] == [Decimal(1300), Decimal(131)]


def test_only_daily_rates_are_fixings(store: Store, desk: Any) -> None:
    rates = [("USD", "KZT", "450.5", "daily"), ("USD", "EUR", "0.9", "daily"), ("GBP", "USD", "1.3", "monthly")]
    desk.record(store, [row("fx_rate", 2, base=base, quote=quote, date="2024-01-03", rate=rate, frequency=often)
                        for base, quote, rate, often in rates])
    found = read_market(store).fx
    assert set(found) == {("USD", "EUR"), ("USD", "KZT")}
    point = fx.rate(found, "KZT", "USD", date(2024, 1, 3))
    assert point is not None
    assert point.rate * Decimal("450.5") == pytest.approx(1)


def test_a_calendar_covers_whole_years_and_early_closes_are_open_days(store: Store, desk: Any) -> None:
    days = [("2024-07-03", "early_close_13:00_ET"), ("2024-07-04", "closed"), ("2025-12-25", "closed")]
    desk.record(store, [row("calendar_day", 2, market="NYSE", date=day, kind=kind) for day, kind in days])
    calendar = read_market(store).calendars["NYSE"]
    assert is_open(calendar, date(2024, 7, 3)) and not is_open(calendar, date(2024, 7, 4))
    assert calendar.early == {date(2024, 7, 3).toordinal()}
    assert is_covered(calendar, date(2024, 1, 1)) and is_covered(calendar, date(2025, 12, 31))
    assert not is_covered(calendar, date(2026, 1, 1))


def test_holdings_reserves_and_programme_keep_unknown_as_none(store: Store, desk: Any) -> None:
    desk.record(store, [
        row("fund_holding", 2, symbol="IBIT", date="2024-01-03", asset="BTC", shares_basis="R", nav="37.5"),
        row("company_holding", 3, symbol="MSTR", date="2024-01-03", asset="BTC", coins="189150", shares_basis="R"),
        row("reserve", 4, series="gross", date="2024-01-31", amount="35000000000", currency="USD"),
        row("programme", 5, participant="National fund", date="2024-01-31", amount="5", currency="USD"),
        row("coin_price", 6, asset="BTC", date="2024-01-03", close_usd="42000", cutoff="24:00 UTC"),
    ])
    market = read_market(store)
    fund, company = market.fund_holdings["IBIT"][0], market.company_holdings["MSTR"][0]
    assert (fund.coins, fund.shares, fund.nav) == (None, None, Decimal("37.5"))
    assert (company.coins, company.debt, company.shares_day) == (Decimal(189150), None, None)
    gross = market.reserves["gross"][0]
    assert (gross.amount, gross.published) == (Decimal(35_000_000_000), None)
    assert market.programme[0].origin == Origin(2, 5)
    coin = market.coins["BTC"].latest(date(2024, 1, 9))
    assert coin is not None
    assert (coin.close, coin.cutoff) == (Decimal(42000), "24:00 UTC")


def test_instruments_have_their_attributes_by_day(store: Store, desk: Any) -> None:
    fees = [(None, "0.25"), ("2024-07-01", "0.2")]
    desk.record(store, [("instrument_attribute", (2, "IBIT.XNAS", "fee_pct", value, first, "filing", "A"))
                        for first, value in reversed(fees)])
    instrument = read_directory(store).by_id("IBIT.XNAS")
    assert instrument is not None
    assert [instrument.fee(date(2024, month, 1)) for month in (6, 7)] == [Decimal("0.25"), Decimal("0.2")]


def test_bookings_come_by_trade_date_then_as_recorded(store: Store, desk: Any) -> None:
    def booking(reference: str, day: str, **values: str) -> tuple[str, FactRow]:
        return row("booking", 3, **({"reference": reference, "trade_date": day, "settle_date": day, "type": "buy",
                                     "instrument": "IBIT.XNAS", "quantity": "100", "price": "37.5", "currency": "USD",
                                     "fees": "0", "taxes": "0", "account": "main"} | values))

    desk.record(store, [booking("b", "2024-01-04"), booking("c", "2024-01-03"), booking("a", "2024-01-04")])
    booked = read_bookings(store)
    assert [transaction.reference for transaction in booked] == ["c", "b", "a"]
    assert booked[0] == Transaction(
        date(2024, 1, 3), date(2024, 1, 3), TransactionType.BUY, "IBIT.XNAS", Decimal(100), Decimal("37.5"), "USD",
        Decimal(0), Decimal(0), "main", "c", "", "", Origin(2, 3))
    desk.record(store, [booking("x", "2024-01-05", type="guess")], 2)
    with pytest.raises(IntegrityFailed, match="book-damaged"):
        read_bookings(store)


def test_mandates_come_in_order_and_settings_as_in_force(store: Store, desk: Any) -> None:
    desk.record(store, [
        row("mandate", 0, name="Sleeve", version="2", valid_from="2025-01-01", text="b"),
        row("mandate", 0, name="Sleeve", version="1", valid_from="2024-01-01", text="a"),
        row("setting", 0, name="cost_method", value="fifo"),
        row("setting", 0, name="cost_method", value="average", valid_from="2025-01-01"),
    ])
    assert [(text.version, text.valid_from, text.text) for text in read_mandate_texts(store)] == [
        ("1", date(2024, 1, 1), "a"), ("2", date(2025, 1, 1), "b")]
    assert read_settings(store) == {"cost_method": "average"}
    assert read_settings(store, on=date(2024, 12, 31)) == {"cost_method": "fifo"}


def test_an_empty_book_gives_empty_answers(store: Store) -> None:
    market = read_market(store)
    assert (market.prices, market.fx, market.coins, market.programme) == ({}, {}, {}, ())
    assert (read_bookings(store), len(read_directory(store)), read_settings(store)) == ([], 0, {})
