"""Laws of a price's age: time and lost rows never make a price fresher, and manual prices end with their expiry."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.origin import Origin
from sandyq.market.series import Calendar, ManualClose, MarketData, PriceSeries
from sandyq.reference.instruments import Attribute, Directory, Instrument
from sandyq.valuation.holdings import Freshness, Thresholds
from sandyq.valuation.pricing import Quote, quote

FIRST = date(2026, 1, 1)
ORDER = (Freshness.FRESH, Freshness.AMBER, Freshness.RED, Freshness.MISSING)
INSTRUMENT = Instrument("X.XNAS", MappingProxyType({
    name: (Attribute(text, None, "file", "high", Origin(1, 1)),)
    for name, text in {"symbol": "X", "kind": "spot_etf", "mic": "XNAS", "currency": "USD"}.items()}))
DIRECTORY = Directory([INSTRUMENT])
offsets = st.integers(0, 45)


def series(days: set[int], idle: set[int]) -> PriceSeries:
    """Closes of 100 + n on day n; no share traded on the idle days."""
    listed = sorted(days)
    count = len(listed)
    return PriceSeries("X", "USD", [FIRST.toordinal() + n for n in listed], [str(100 + n) for n in listed],
                       ["T"] * count, ["0" if n in idle else "5" for n in listed], [0] * count, ["V"] * count,
                       ["close"] * count, [1] * count, list(range(count)))


def asked(days: set[int], on: int, *, idle: set[int] | None = None, closed: set[int] | None = None,
          manual: tuple[ManualClose, ...] = ()) -> Quote:
    start = FIRST.toordinal()
    calendar = Calendar("NYSE", frozenset(start + n for n in closed or ()), frozenset(), start, start + 99)
    market = MarketData(prices={"X": series(days, idle or set())} if days else {}, calendars={"NYSE": calendar},
                        manual={"X": manual} if manual else {})
    return quote(INSTRUMENT, DIRECTORY, market, Thresholds(), FIRST + timedelta(on))


def rank(found: Quote) -> int:
    return ORDER.index(found.freshness)


@settings(max_examples=120)
@given(st.sets(offsets, max_size=8), st.sets(offsets, max_size=8), st.sets(offsets, max_size=8), offsets)
def test_a_lost_row_or_a_day_without_trading_never_makes_a_price_fresher(days: set[int], idle: set[int],
                                                                        lost: set[int], on: int) -> None:
    whole = asked(days, on)
    assert rank(asked(days - lost, on)) >= rank(whole)
    assert rank(asked(days, on, idle=idle)) >= rank(whole)


@settings(max_examples=120)
@given(st.sets(offsets, min_size=1, max_size=8), st.sets(offsets, max_size=8), offsets)
def test_waiting_never_makes_the_same_price_fresher(days: set[int], closed: set[int], on: int) -> None:
    now, next_day = asked(days, on, closed=closed), asked(days, on + 1, closed=closed)
    if now.price is not None and next_day.price is not None and now.price.day == next_day.price.day:
        assert rank(next_day) >= rank(now)


@settings(max_examples=150)
@given(st.sets(offsets, max_size=8), offsets, st.integers(0, 20), offsets)
def test_a_manual_price_changes_no_day_before_it_after_its_expiry_or_after_a_newer_close(
        days: set[int], first: int, lasts: int, on: int) -> None:
    row = ManualClose("X", FIRST + timedelta(first), Decimal(7), "USD", "reason", FIRST + timedelta(first + lasts), "A",
                      Origin(9, 0))
    without, with_it = asked(days, on), asked(days, on, manual=(row,))
    counts = first <= on <= first + lasts and not any(first < n <= on for n in days)
    if counts:
        assert with_it.price is not None
        assert (with_it.price.close, with_it.price.price_type) == (Decimal(7), "manual")
        assert with_it.usable is not None
    else:
        assert with_it.price == without.price
        assert with_it.freshness is without.freshness
