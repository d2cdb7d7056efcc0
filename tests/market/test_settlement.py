"""Settlement dates: by venue, by the day of the change, and by two calendars."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar
from sandyq.market.settlement import days_to_settle, settlement_date

CLOSED = {"NYSE": (date(2024, 5, 27), date(2024, 7, 4), date(2025, 1, 1)),
          "KZ": (date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 7)), "HKD": (date(2025, 1, 29), date(2025, 1, 30))}
CALENDARS = {name: Calendar(name, frozenset(day.toordinal() for day in days)) for name, days in CLOSED.items()}


@pytest.mark.parametrize(("venue", "currency", "traded", "expected"), [
    ("XNAS", "USD", date(2024, 5, 23), date(2024, 5, 28)),  # two days over Memorial Day
    ("XNAS", "USD", date(2024, 5, 24), date(2024, 5, 29)),  # the last trade that settles in two days
    ("XNAS", "USD", date(2024, 5, 28), date(2024, 5, 29)),  # the first that settles in one
    ("Nasdaq", "USD", date(2024, 7, 3), date(2024, 7, 5)),
    ("ARCX", "USD", date(2025, 1, 3), date(2025, 1, 6)),
    ("XTSE", "CAD", date(2024, 5, 24), date(2024, 5, 28)),
    ("XTSE", "CAD", date(2024, 5, 27), date(2024, 5, 28)),
    ("XETR", "EUR", date(2025, 1, 3), date(2025, 1, 7)),
    ("XHKG", "HKD", date(2025, 1, 28), date(2025, 2, 3)),
    ("AIXK", "USD", date(2024, 12, 31), date(2025, 1, 6)),  # both calendars: New Year, 2 January, a weekend
    ("XKAZ", "KZT", date(2025, 1, 3), date(2025, 1, 8)),
])
def test_a_trade_settles_on_days_that_the_venue_and_the_money_are_open(venue: str, currency: str, traded: date,
                                                                       expected: date) -> None:
    assert settlement_date(venue, currency, traded, CALENDARS) == expected


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["XNAS", "XETR", "XHKG", "AIXK"]), st.sampled_from(["USD", "KZT", "HKD"]),
       st.integers(0, 800).map(lambda number: date(2023, 12, 1) + timedelta(number)))
def test_settlement_is_open_for_both_and_later_trades_never_settle_earlier(venue: str, currency: str,
                                                                           traded: date) -> None:
    settled = settlement_date(venue, currency, traded, CALENDARS)
    assert settled > traded
    money = CALENDARS.get(currency) or CALENDARS.get({"USD": "NYSE", "KZT": "KZ"}.get(currency, ""))
    assert money is None or is_open(money, settled)
    if days_to_settle(venue, traded + timedelta(1)) == days_to_settle(venue, traded):
        assert settlement_date(venue, currency, traded + timedelta(1), CALENDARS) >= settled
