"""Gaps by each exchange's own calendar (F053), and the IFRS 13 level of every price with its reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_books import approved, book, enrol, imported, on, price_file

from sandyq.basics.errors import BadInput
from sandyq.basics.origin import Origin
from sandyq.market import calendars
from sandyq.market.series import Calendar, ManualClose
from sandyq.reference.venues import close_of
from sandyq.valuation.manual import choose
from sandyq.workstation.calendars import in_force, shipped

D = Decimal
WEEK = price_file([("2026-01-05", "IBIT", "50"), ("2026-01-06", "IBIT", "51"), ("2026-01-08", "IBIT", "52"),
                   ("2026-01-05", "THIN", "10"), ("2026-01-09", "THIN", "10.5")], "Vendor A")


def test_gaps_are_counted_by_the_calendar_of_the_own_exchange(tmp_path: Path) -> None:
    """7 January 2026 is Orthodox Christmas: closed in Astana, open in New York; 10 and 11 are a weekend."""
    with book(tmp_path, WEEK) as station:
        found = {item.symbol: item for item in station.prices.completeness(on("2026-01-11"), date(2026, 1, 5),
                                                                           date(2026, 1, 11))}
        ibit, thin = found["IBIT"], found["THIN"]
        assert (ibit.market, ibit.expected, ibit.present) == ("NYSE", 5, 3)
        assert ibit.missing == (date(2026, 1, 7), date(2026, 1, 9))
        assert (thin.market, thin.expected, thin.present) == ("AIX", 4, 2)
        assert thin.missing == (date(2026, 1, 6), date(2026, 1, 8))
        assert (ibit.last, ibit.age, thin.age) == (date(2026, 1, 8), 1, 0)
        assert ibit.calendar_known
        assert thin.calendar_known


def test_a_day_without_volume_is_a_gap_and_the_owner_is_named(tmp_path: Path) -> None:
    with book(tmp_path, WEEK) as station:
        imported(station, tmp_path, "zero.csv", price_file([("2026-01-07", "IBIT", "51.5")], "Vendor A", volume="0"))
        station.record("setting", {}, [("setting", (0, "data_owner", "Middle office 1", None))])
        (ibit, *_) = [item for item in station.prices.completeness(on("2026-01-09"), date(2026, 1, 5),
                                                                   date(2026, 1, 9)) if item.symbol == "IBIT"]
        assert date(2026, 1, 7) in ibit.missing
        assert ibit.owner == "Middle office 1"
        station.record("account", {}, [("account", (0, "C", "Custodian A", "", "securities", "sleeve", "Back office 1",
                                                    None, None, "letter"))])
        owners = {item.owner for item in station.prices.completeness(on("2026-01-09"), date(2026, 1, 5),
                                                                     date(2026, 1, 9))}
        assert owners == {"Back office 1"}


def test_only_what_is_held_is_asked_for_unless_everything_is(tmp_path: Path) -> None:
    with book(tmp_path, WEEK) as station:
        imported(station, tmp_path, "more.csv", "symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency\n"
                 "SPOT,Fund S,spot_etf,BTC:1.00,Issuer S,XNAS,XNAS,0.25,USD\n")
        imported(station, tmp_path, "spot.csv", price_file([("2026-01-05", "SPOT", "7")], "Vendor A"))
        span = (date(2026, 1, 5), date(2026, 1, 9))
        held = {item.symbol for item in station.prices.completeness(on("2026-01-09"), *span)}
        everything = {item.symbol for item in station.prices.completeness(on("2026-01-09"), *span,
                                                                          all_instruments=True)}
        assert (held, everything) == ({"IBIT", "THIN"}, {"IBIT", "THIN", "SPOT"})
        with pytest.raises(BadInput):
            station.prices.completeness(on("2026-01-09"), span[1], span[0])


def test_a_moved_working_day_is_imported_for_one_exchange_and_one_year(tmp_path: Path) -> None:
    """8 January 2026 made free and Sunday 11 January worked instead, at AIX only."""
    with book(tmp_path, WEEK) as station:
        imported(station, tmp_path, "calendar.csv", "date,market,kind,name\n2026-01-11,AIX,working_day,Moved\n")
        found = {item.symbol: item for item in station.prices.completeness(on("2026-01-11"), date(2026, 1, 5),
                                                                           date(2026, 1, 11))}
        assert (found["THIN"].expected, found["IBIT"].expected) == (5, 5)
        assert found["THIN"].missing[-1] == date(2026, 1, 11)
        known = station.knowledge().market.calendars
        assert not calendars.is_open(known["AIX"], date(2026, 1, 7))
        assert not calendars.is_open(known["KASE"], date(2026, 1, 11))
        assert not calendars.is_open(known["AIX"], date(2027, 1, 7))


def test_the_books_own_table_comes_first_and_the_home_market_stands_in() -> None:
    own = {"KZ": Calendar("KZ", frozenset({date(2026, 5, 4).toordinal()}), frozenset(),
                          date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal())}
    found = in_force(own)
    for market in ("KZ", "AIX", "KASE"):
        assert not calendars.is_open(found[market], date(2026, 5, 4))
        assert calendars.is_open(found[market], date(2026, 5, 7)), "the book's own table of the year counts, whole"
        assert not calendars.is_open(found[market], date(2027, 5, 7)), "other years stay as shipped"
    assert calendars.is_covered(found["AIX"], date(2030, 12, 31))
    assert not calendars.is_covered(found["AIX"], date(2031, 1, 1))
    assert found["NYSE"] == shipped()["NYSE"]


def test_the_hour_of_a_close_is_the_venues_own() -> None:
    assert close_of("XNAS") == "16:00 America/New_York"
    assert close_of("XNAS", early=True) == "13:00 America/New_York"
    assert close_of("AIXK") == "17:00 Asia/Almaty"
    assert close_of("NONE") == close_of("AIXK", early=True) == ""


@settings(max_examples=60)
@given(st.sets(st.integers(0, 60), max_size=20), st.sets(st.integers(0, 60), max_size=10), st.integers(0, 60),
       st.integers(0, 60))
def test_the_age_counts_each_open_day_once_with_moved_days(closed: set[int], opened: set[int], priced: int,
                                                           later: int) -> None:
    first = date(2026, 1, 1)
    start = first.toordinal()
    calendar = Calendar("X", frozenset(start + n for n in closed - opened), frozenset(), start, start + 99,
                        frozenset(start + n for n in opened))
    begins, ends = first + timedelta(priced), first + timedelta(later)
    counted = [day for day in (begins + timedelta(n) for n in range(1, max(0, later - priced) + 1))
               if calendars.is_open(calendar, day)]
    assert calendars.age(calendar, begins, ends) == len(counted)


days = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(n))


@settings(max_examples=150)
@given(st.lists(st.tuples(days, days), max_size=5), days)
def test_a_price_by_hand_never_changes_a_day_outside_its_own_span(spans: list[tuple[date, date]], on_day: date) -> None:
    """Oracle: the newest of those whose span holds the day, by hand; none when no span does."""
    rows = [ManualClose("X", first, D(n + 1), "USD", "r", last, "A", Origin(1, n))
            for n, (first, last) in enumerate(spans)]
    holding = [row for row in rows if row.day <= on_day <= row.expires]
    chosen = choose("X", rows, None, on_day)
    if not holding:
        assert chosen.price is None
    else:
        assert chosen.by_hand is not None
        assert chosen.by_hand.day == max(row.day for row in holding)


def test_levels_follow_the_evidence_of_the_price(tmp_path: Path) -> None:
    with book(tmp_path, WEEK) as station:
        def levels(day: str) -> dict[str, int | None]:
            return {item.symbol: item.level for item in station.prices.levels(on(day))}

        assert levels("2026-01-05") == {"IBIT": 1, "THIN": 1}
        assert levels("2026-01-06") == {"IBIT": 1, "THIN": 2}
        assert levels("2026-01-30") == {"IBIT": None, "THIN": None}
        moved = station.prices.level_transfers(on("2026-01-06"), date(2026, 1, 5))
        assert [(then.symbol, then.level, now.level) for then, now in moved] == [("THIN", 1, 2)]
        enrol(station)
        changes = station.prices.propose_manual("THIN", date(2026, 1, 12), D(11), "USD", "Broker", date(2026, 1, 31))
        approved(station, changes.proposal)
        assert levels("2026-01-30")["THIN"] == 3


def test_a_close_without_a_stated_volume_is_not_called_level_one(tmp_path: Path) -> None:
    with book(tmp_path, price_file([("2026-01-05", "IBIT", "50")], "Vendor A", volume="")) as station:
        (found,) = [item for item in station.prices.levels(on("2026-01-05")) if item.symbol == "IBIT"]
        assert found.level is None
        assert "volume" in str(found.reason)


def test_a_day_without_trading_needs_a_net_asset_value_for_level_two(tmp_path: Path) -> None:
    with book(tmp_path, WEEK) as station:
        imported(station, tmp_path, "zero.csv", price_file([("2026-01-09", "IBIT", "52")], "Vendor A", volume="0"))
        (bare,) = [item for item in station.prices.levels(on("2026-01-09")) if item.symbol == "IBIT"]
        assert bare.level is None
        imported(station, tmp_path, "nav.csv", "symbol,date,asset,coins,shares_outstanding,nav,shares_basis,quality,"
                 "source\nIBIT,2026-01-08,BTC,100,1000,51.9,R,issuer,Issuer A\n")
        (backed,) = [item for item in station.prices.levels(on("2026-01-09")) if item.symbol == "IBIT"]
        assert backed.level == 2


def test_a_decision_overrides_the_rule_from_its_day_on_and_is_known_from_its_moment(tmp_path: Path) -> None:
    with book(tmp_path, WEEK) as station:
        enrol(station)
        changes = station.prices.decide_level("IBIT", 2, "Block discount", date(2026, 1, 6))
        assert changes.proposal
        before = station.journal(on("2026-01-06"))[-1].known_at
        approved(station, changes.proposal)
        seen = {day: next(item for item in station.prices.levels(on(day)) if item.symbol == "IBIT")
                for day in ("2026-01-05", "2026-01-06")}
        assert (seen["2026-01-05"].level, seen["2026-01-05"].decided) == (1, False)
        assert (seen["2026-01-06"].level, seen["2026-01-06"].decided) == (2, True)
        assert "Block discount" in str(seen["2026-01-06"].reason)
        then = next(item for item in station.prices.levels(on("2026-01-06", before)) if item.symbol == "IBIT")
        assert then.level == 1
        for level, reason in ((4, "x"), (0, "x"), (1, " ")):
            with pytest.raises(BadInput):
                station.prices.decide_level("IBIT", level, reason)


def test_a_price_says_the_hour_of_its_own_venue_and_day(tmp_path: Path) -> None:
    """28 November 2025 closed early in New York; a price by hand has no hour."""
    rows = [("2025-11-28", "IBIT", "50"), ("2026-01-05", "IBIT", "51"), ("2026-01-05", "THIN", "10")]
    with book(tmp_path, price_file(rows, "Vendor A")) as station:
        imported(station, tmp_path, "early.csv", "trade_date,settle_date,type,symbol,quantity,price,currency,fees,"
                 "taxes,account,reference\n2025-11-28,2025-12-01,buy,IBIT,1,50,USD,0,0,E,T-9\n")
        times = {}
        for day in ("2025-11-28", "2026-01-05"):
            for line in station.holdings(on(day)).open_lines:
                times[day, line.symbol] = line.price_time
        assert times == {("2025-11-28", "IBIT"): "13:00 America/New_York",
                         ("2026-01-05", "IBIT"): "16:00 America/New_York",
                         ("2026-01-05", "THIN"): "17:00 Asia/Almaty"}
        filed = station.explain(on("2025-11-28"), "holdings/IBIT/price").parts[0]
        assert "13:00 America/New_York" in str(filed.note)
        enrol(station)
        changes = station.prices.propose_manual("THIN", date(2026, 1, 6), D(11), "USD", "Broker", date(2026, 1, 31))
        approved(station, changes.proposal)
        line = station.holdings(on("2026-01-06")).line("THIN")
        assert line is not None
        assert line.price_time == ""
