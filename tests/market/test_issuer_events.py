"""What corporate actions say about markets: coins per unit, share counts, fees and names from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sandyq.basics.origin import Origin
from sandyq.exposure.companies import company_rows, facts_on
from sandyq.exposure.evidence import EvidenceClass
from sandyq.exposure.fund_units import coins_per_share, fee_factor
from sandyq.exposure.splits import splits_of
from sandyq.market.issuer_events import applied
from sandyq.market.series import CompanyHolding, FundHolding, MarketData, PriceSeries, Split
from sandyq.reference.events import Event, EventType
from sandyq.reference.instruments import Attribute, Directory, Instrument
from sandyq.valuation.holdings import Thresholds
from sandyq.valuation.pricing import quote

D = Decimal
HERE = Origin(1, 1)
ALL = frozenset(EvidenceClass)
EX = date(2024, 7, 31)


def instrument(symbol: str, kind: str = "spot_etf", fee: str = "") -> Instrument:
    values = {"symbol": symbol, "kind": kind, "underlying": "BTC", "mic": "XNAS", "currency": "USD"}
    if fee:
        values["fee_pct"] = fee
    return Instrument(f"{symbol}.XNAS", {name: (Attribute(value, None, "test", "verified", HERE),)
                                         for name, value in values.items()})


def event(kind: str, subject: str, day: date, terms: Mapping[str, str]) -> Event:
    return Event(f"{kind}-{day}", EventType(kind), subject, day, None, terms, Origin(5, 1))


def fund(symbol: str, day: date, per_share: str, quality: str = "filing") -> FundHolding:
    return FundHolding(day, symbol, "BTC", None, None, D(per_share), None, None, None, quality, "test", "R", HERE)


def company(day: date, coins: str, shares: str | None = None, diluted: str | None = None,
            basis: str = "R") -> CompanyHolding:
    return CompanyHolding(day, "MSTR", "BTC", D(coins), D(diluted) if diluted else None, D(shares) if shares else None,
                          day, None, None, None, D(7), "filing", "filing", "", "test", basis, HERE)


def prices(symbol: str, closes: Mapping[date, str]) -> PriceSeries:
    count = len(closes)
    return PriceSeries(symbol, "USD", [day.toordinal() for day in closes], list(closes.values()), ["T"] * count,
                       [None] * count, [max(closes).toordinal()] * count, ["test"] * count, ["close"] * count,
                       [1] * count, [1] * count)


DISTRIBUTION = event("in_kind_distribution", "GBTC.XNAS", EX, {
    "child": "BTC.XNAS", "ratio": "1", "cost_share": "0.1", "asset": "BTC", "parent_coins_before": "0.00088695",
    "parent_coins_after": "0.000798255", "child_coins": "0.00008869514526"})


def test_a_distribution_sets_the_coins_per_unit_of_both_legs_from_its_ex_date() -> None:
    parent, child = instrument("GBTC", fee="1.5"), instrument("BTC")
    market = MarketData(fund_holdings={"GBTC": (fund("GBTC", date(2024, 7, 26), "0.00088695"),)})
    market, directory = applied(market, Directory((parent, child)), [DISTRIBUTION])

    def coins(held: Instrument, day: date) -> Decimal:
        found = coins_per_share(held, directory, market, "BTC", day, allowed=ALL)
        assert found is not None
        return found.value

    assert coins(parent, EX) == D("0.000798255")
    assert coins(child, EX) == D("0.00008869514526")
    assert coins(parent, date(2024, 7, 30)) > D("0.00088")
    assert 100_000 * (coins(parent, EX) + coins(child, EX)).quantize(D("1e-13")) == D("88.69501453")


def test_a_reported_row_of_the_same_day_or_later_wins() -> None:
    rows = (fund("GBTC", EX, "0.0007983"), fund("GBTC", date(2024, 9, 30), "0.0007963"))
    market = MarketData(fund_holdings={"GBTC": rows})
    parent = instrument("GBTC")
    market, directory = applied(market, Directory((parent, instrument("BTC"))), [DISTRIBUTION])
    for day, expected in ((EX, "0.0007983"), (date(2024, 9, 30), "0.0007963")):
        found = coins_per_share(parent, directory, market, "BTC", day, allowed=ALL)
        assert found is not None and found.value == D(expected)


def test_an_issuance_changes_coins_per_share_from_its_day() -> None:
    subject = instrument("MSTR", "treasury_company")
    market = MarketData(company_holdings={"MSTR": (company(date(2025, 1, 1), "1000", "100", "120"),
                                                   company(date(2025, 1, 20), "1100"))})
    issued = event("share_issuance", subject.id, date(2025, 2, 1), {"asset": "BTC", "shares": "150"})
    market, directory = applied(market, Directory((subject,)), [issued])
    rows = company_rows(subject, directory, market)
    before, after = facts_on(rows, (), date(2025, 1, 31)), facts_on(rows, (), date(2025, 2, 1))
    assert before is not None and after is not None
    assert before.basic is not None and before.basic.value == 100
    assert after.basic is not None and after.basic.value == 150
    assert after.diluted is not None and after.diluted.value == 170
    assert after.coins["BTC"].value == 1100
    assert after.pledged["BTC"].value == 7


def test_an_issuance_counts_in_units_of_its_own_day() -> None:
    subject = instrument("MSTR", "treasury_company")
    split = Split("MSTR", date(2025, 3, 1), D(10), D(1), "high", HERE)
    market = MarketData(company_holdings={"MSTR": (company(date(2025, 1, 1), "1000", "1000", "1200", basis="S"),)},
                        splits={"MSTR": (split,)})
    issued = event("share_issuance", subject.id, date(2025, 2, 1), {"asset": "BTC", "shares": "150", "coins": "1300"})
    market, directory = applied(market, Directory((subject,)), [issued])
    after = facts_on(company_rows(subject, directory, market), (split,), date(2025, 4, 1))
    assert after is not None and after.basic is not None and after.diluted is not None
    assert (after.basic.value, after.diluted.value, after.coins["BTC"].value) == (1500, 1700, 1300)


def test_an_issuance_of_a_company_without_coins_on_record_changes_nothing() -> None:
    subject = instrument("MSTR", "treasury_company")
    issued = event("share_issuance", subject.id, date(2025, 2, 1), {"asset": "BTC", "shares": "150"})
    market, _ = applied(MarketData(), Directory((subject,)), [issued])
    assert not market.company_holdings


def test_a_waiver_is_followed_by_the_fee_after_it() -> None:
    change = event("fee_change", "GBTC.XNAS", date(2025, 1, 1), {
        "fee_pct": "0", "until": "2025-01-31", "fee_pct_after": "0.25"})
    _, directory = applied(MarketData(), Directory((instrument("GBTC", fee="1.5"),)), [change])
    held = directory.by_id("GBTC.XNAS")
    assert held is not None
    fees = [held.fee(date(2024, 12, 31)), held.fee(date(2025, 1, 1)), held.fee(date(2025, 1, 31)),
            held.fee(date(2025, 2, 1))]
    assert fees == [D("1.5"), D(0), D(0), D("0.25")]


def test_oracle_o2_a_year_under_a_fee_from_an_event() -> None:
    for fee, expected in (("0.25", "0.9975031139"), ("1.5", "0.9851116360"), ("0.15", "0.9985011214"),
                          ("0.2", "0.9980019932")):
        change = event("fee_change", "GBTC.XNAS", date(2025, 1, 1), {"fee_pct": fee})
        _, directory = applied(MarketData(), Directory((instrument("GBTC"),)), [change])
        held = directory.by_id("GBTC.XNAS")
        assert held is not None
        left, known = fee_factor(held, date(2024, 12, 31), date(2025, 12, 31))
        assert known and left.quantize(D("1e-10")) == D(expected)


def test_a_new_symbol_keeps_the_identity_and_finds_the_prices_of_both() -> None:
    renamed = event("identifier_change", "SQ.XNAS", date(2025, 1, 21), {"symbol": "XYZ", "isin": "US0000000001"})
    market = MarketData(prices={"SQ": prices("SQ", {date(2025, 1, 17): "85"}),
                                "XYZ": prices("XYZ", {date(2025, 1, 21): "88"})})
    market, directory = applied(market, Directory((instrument("SQ", "tech_equity"),)), [renamed])
    held = directory.by_id("SQ.XNAS")
    assert held is not None
    assert directory.symbols_of(held) == ("SQ", "XYZ")
    assert directory.candidates("XYZ", date(2025, 1, 21)) == (held,)
    assert directory.candidates("SQ", date(2025, 1, 21)) == ()
    assert held.text("isin", date(2025, 2, 1)) == "US0000000001"
    for day, close in ((date(2025, 1, 20), 85), (date(2025, 1, 22), 88)):
        priced = quote(held, directory, market, Thresholds(), day).price
        assert priced is not None and priced.close == close


def test_a_split_event_is_a_split_of_the_market_unless_one_is_published_nearby() -> None:
    subject = instrument("MSTR", "treasury_company")
    told = event("split", subject.id, date(2024, 8, 8), {"new": "10", "old": "1"})
    market = MarketData(prices={"MSTR": prices("MSTR", {date(2024, 8, 7): "1"})})
    once, directory = applied(market, Directory((subject,)), [told])
    assert [(split.ex_date, split.new) for split in splits_of(subject, directory, once)] == [(date(2024, 8, 8), 10)]
    assert once.prices["MSTR"].splits == once.splits["MSTR"]
    published = MarketData(splits={"MSTR": (Split("MSTR", date(2024, 8, 7), D(10), D(1), "high", HERE),)})
    again, directory = applied(published, Directory((subject,)), [told])
    assert again.splits == published.splits


def test_events_that_do_not_read_and_no_events_change_nothing() -> None:
    market, directory = MarketData(), Directory((instrument("GBTC"),))
    assert applied(market, directory, []) == (market, directory)
    broken = [event("fee_change", "GBTC.XNAS", EX, {"fee_pct": "a lot"}),
              event("share_issuance", "GBTC.XNAS", EX, {"asset": "BTC"}),
              event("in_kind_distribution", "GBTC.XNAS", EX, {"child": "NONE"})]
    after, names = applied(market, directory, broken)
    assert after.fund_holdings.get("GBTC", ()) == ()
    assert names.by_id("GBTC.XNAS") == directory.by_id("GBTC.XNAS")
