"""Valuing a book: prices and their age, rates and their dates, what is Unknown, and where a figure comes from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from book_rows import Published, book, row

from sandyq.basics.errors import BadInput
from sandyq.basics.origin import Origin
from sandyq.market.series import Calendar, FxSeries, MarketData, PriceSeries
from sandyq.reference.instruments import Attribute, Directory, Instrument
from sandyq.valuation.explain import explain_line, explain_total
from sandyq.valuation.holdings import Freshness, Holdings, Thresholds
from sandyq.valuation.value import value

D = Decimal

MON, FRI, SUN, NEXT_MON, NEXT_TUE = (date(2026, 1, 5), date(2026, 1, 9), date(2026, 1, 11), date(2026, 1, 12),
                                     date(2026, 1, 13))
NYSE = Calendar("NYSE", frozenset({NEXT_MON.toordinal()}), frozenset(), MON.toordinal(), NEXT_TUE.toordinal() + 30)


def instrument(key: str, **texts: str) -> Instrument:
    symbol, _, mic = key.partition(".")
    values = {"symbol": symbol, "kind": "spot_etf", "mic": mic, "currency": "USD"} | texts
    return Instrument(key, MappingProxyType({
        name: (Attribute(text, None, "file", "high", Origin(1, 1)),) for name, text in values.items()}))


def prices(symbol: str, *rows: tuple[date, str], currency: str = "USD", basis: str = "T", volume: str | None = None,
           ) -> PriceSeries:
    count = len(rows)
    return PriceSeries(symbol, currency, [day.toordinal() for day, _ in rows], [close for _, close in rows],
                       [basis] * count, [volume] * count, [0] * count, ["vendor"] * count, ["close"] * count,
                       [3] * count, list(range(2, count + 2)))


def fixings(base: str, quote: str, *rows: tuple[date, str]) -> FxSeries:
    count = len(rows)
    return FxSeries(base, quote, [day.toordinal() for day, _ in rows], [rate for _, rate in rows], ["bank"] * count,
                    [4] * count, list(range(2, count + 2)))


def valued(on: date, series: PriceSeries, *fx: FxSeries, currency: str = "USD", calendars: bool = True,
           **texts: str) -> Holdings:
    state = book([row("buy", MON, 10, 50, currency=currency)], on, rates={"EUR": "1.1"})
    return value(state, Directory([instrument("X.XNAS", **texts)]), MarketData(
        prices={series.symbol: series}, fx={(item.base, item.quote): item for item in fx},
        calendars={"NYSE": NYSE} if calendars else {}), Thresholds(1, 2))


def codes(holdings: Holdings) -> list[str]:
    return [finding.code for finding in (*holdings.lines[0].findings, *holdings.findings)]


def test_a_friday_close_is_fresh_on_sunday_and_on_a_holiday_monday() -> None:
    for day, age in ((FRI, 0), (SUN, 0), (NEXT_MON, 0), (NEXT_TUE, 1)):
        line = valued(day, prices("X", (FRI, "60"))).lines[0]
        assert (line.age, line.freshness, line.market_value_usd) == (age, Freshness.FRESH, 600)


def test_age_passes_amber_and_then_the_line_is_unknown() -> None:
    series = prices("X", (FRI, "60"))
    amber = valued(date(2026, 1, 14), series)
    assert (amber.lines[0].freshness, amber.market_value_usd) == (Freshness.AMBER, 600)
    red = valued(date(2026, 1, 15), series)
    assert (red.lines[0].freshness, red.market_value_usd, red.unknown_lines) == (Freshness.RED, None, 1)
    assert "price-stale" in codes(red)


def test_an_instrument_has_its_own_thresholds() -> None:
    line = valued(date(2026, 1, 15), prices("X", (FRI, "60")), amber_days="3", red_days="9").lines[0]
    assert line.freshness is Freshness.FRESH


def test_a_missing_price_is_unknown_and_never_zero() -> None:
    holdings = valued(FRI, prices("Y", (FRI, "60")))
    assert holdings.market_value_usd is None
    assert holdings.known_market_value_usd == 0
    assert "price-missing" in codes(holdings)


def test_a_dividend_adjusted_price_is_refused() -> None:
    holdings = valued(FRI, prices("X", (FRI, "60"), basis="SD"))
    assert holdings.lines[0].market_value_usd is None
    assert "adjusted-price-refused" in codes(holdings)


def test_a_day_without_volume_is_no_price_day() -> None:
    series = prices("X", (MON, "55"), (FRI, "60"))
    thin = PriceSeries(**{name: getattr(series, name) for name in series.__slots__} | {"volumes": ["10", "0"]})
    holdings = valued(FRI, thin, red_days="9")
    assert (holdings.lines[0].age, holdings.market_value_usd) == (4, 550)
    assert "price-without-volume" in codes(holdings)


def test_a_market_without_a_calendar_is_told_once() -> None:
    assert codes(valued(FRI, prices("X", (FRI, "60")), calendars=False)).count("calendar-unknown") == 1


def test_a_close_from_before_a_split_is_restated() -> None:
    state = book([row("buy", MON, 10, 50)], NEXT_TUE, splits={"X.XNAS": [Published(NEXT_TUE, D(10), D(1))]})
    holdings = value(state, Directory([instrument("X.XNAS")]), MarketData(
        prices={"X": prices("X", (FRI, "60"))}, calendars={"NYSE": NYSE}))
    line = holdings.lines[0]
    assert (line.quantity, line.market_value_usd) == (100, 600)
    assert line.price is not None and line.price.close == 6
    assert "price-before-split" in codes(holdings)


def test_the_tenge_rate_of_a_sunday_is_fridays_and_says_so() -> None:
    holdings = valued(SUN, prices("X", (FRI, "60")), fixings("USD", "KZT", (FRI, "510.5"), (NEXT_MON, "600")))
    assert holdings.market_value_kzt == D("306300.0")
    assert holdings.kzt is not None and holdings.kzt.day == FRI


def test_without_a_tenge_rate_tenge_is_unknown_and_dollars_are_not() -> None:
    holdings = valued(FRI, prices("X", (FRI, "60")))
    assert (holdings.market_value_usd, holdings.market_value_kzt) == (600, None)
    assert "fx-missing" in codes(holdings)


def test_a_euro_line_splits_its_result_into_price_and_currency() -> None:
    holdings = valued(FRI, prices("X", (FRI, "60"), currency="EUR"), fixings("EUR", "USD", (FRI, "1.2")),
                      currency="EUR")
    line = holdings.lines[0]
    assert (line.market_value_usd, line.cost_usd, line.unrealised_usd) == (720, 550, 170)
    assert line.unrealised_fx_usd == 50


def test_a_rate_that_is_too_old_makes_the_line_unknown() -> None:
    holdings = valued(FRI, prices("X", (FRI, "60"), currency="EUR"),
                      fixings("EUR", "USD", (date(2025, 11, 3), "1.2")), currency="EUR")
    assert holdings.market_value_usd is None
    assert "fx-stale" in codes(holdings)


def test_a_closed_position_keeps_its_results() -> None:
    state = book([row("buy", MON, 10, 50), row("sell", FRI, 10, 60, fees=1)], FRI)
    holdings = value(state, Directory([instrument("X.XNAS")]), MarketData())
    line = holdings.lines[0]
    assert (line.quantity, line.realised_usd, line.fees_usd, line.market_value_usd) == (0, 100, 1, 0)
    assert (holdings.market_value_usd, holdings.open_lines) == (0, ())


def test_a_price_may_be_filed_under_an_earlier_symbol() -> None:
    line = valued(FRI, prices("OLD", (FRI, "60")), symbol="NEW").lines[0]
    assert line.market_value_usd is None
    renamed = Instrument("X.XNAS", MappingProxyType(dict(instrument("X.XNAS").attributes) | {"symbol": (
        Attribute("OLD", None, "file", "high", Origin(1, 1)), Attribute("NEW", FRI, "file", "high", Origin(1, 2)))}))
    state = book([row("buy", MON, 10, 50)], FRI)
    holdings = value(state, Directory([renamed]), MarketData(prices={"OLD": prices("OLD", (date(2026, 1, 8), "60"))},
                                                             calendars={"NYSE": NYSE}))
    assert (holdings.lines[0].symbol, holdings.market_value_usd) == ("NEW", 600)


def test_explain_leads_from_the_value_to_the_booking_and_the_row_of_the_price() -> None:
    holdings = valued(FRI, prices("X", (FRI, "60")), fixings("USD", "KZT", (FRI, "500")))
    line = holdings.lines[0]
    tree = explain_line(line, holdings, "market_value_usd")
    assert (tree.value, str(tree.note)) == (600, "10 × 60")
    quantity, price = tree.parts
    assert quantity.parts[0].origin == line.lots[0].lot.origin
    assert price.origin == Origin(3, 2)
    assert explain_total(holdings, "market_value_kzt").parts[0].parts[1].origin == Origin(4, 2)


@pytest.mark.parametrize("figure", ["market_value_usd", "market_value_kzt", "quantity", "price", "fx", "cost_usd",
                                    "unrealised_usd", "unrealised_fx_usd", "realised_usd", "realised_fx_usd",
                                    "income_usd", "withholding_usd", "fees_usd", "taxes_usd"])
def test_every_figure_of_a_line_is_explained_with_its_own_value(figure: str) -> None:
    holdings = valued(FRI, prices("X", (FRI, "60")), fixings("USD", "KZT", (FRI, "500")))
    line = holdings.lines[0]
    expected = {"price": line.price and line.price.close, "fx": line.fx and line.fx.rate}
    assert explain_line(line, holdings, figure).value == expected.get(figure, getattr(line, figure))


def test_an_unknown_figure_is_refused_with_the_names_that_there_are() -> None:
    holdings = valued(FRI, prices("X", (FRI, "60")))
    with pytest.raises(BadInput):
        explain_line(holdings.lines[0], holdings, "colour")
    with pytest.raises(BadInput):
        explain_total(holdings, "colour")
