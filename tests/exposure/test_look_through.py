"""The ladder line by line: funds, mandate, beta, fall-back, Unknown; premium, custodians, totals and Explain."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D  # noqa: N817 - the tables of numbers stay readable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput
from sandyq.exposure.explain import explain_exposure
from sandyq.exposure.look_through import look_through, unit_exposure
from sandyq.exposure.result import Beta, Exposure, Rung

DAY = date(2025, 11, 26)


def seen(make: Any, *lines: Any, betas: Any = None, cutoff: str = "16:00 America/New_York", coin_day: date = DAY,
         **market: Any) -> Exposure:
    coins = {"BTC": make.coin("BTC", {coin_day: "90000"}, cutoff), "ETH": make.coin("ETH", {coin_day: "3000"}, cutoff)}
    return look_through(make.holdings(*lines, day=DAY), make.directory(*(line.instrument for line in lines)),
                        make.market(coins=coins, **market), reference_funds={"BTC": "IBIT"}, fallback_factor=D("1.5"),
                        betas={} if betas is None else betas)


def codes(line: Any) -> set[str]:
    return {finding.code for finding in line.findings}


def test_a_spot_fund_is_units_times_coins_times_price(make: Any) -> None:
    fund = make.instrument("IBIT", "spot_etf", fee="0.25", coin_custodian="Coinbase Custody;Anchorage Digital")
    rows = (make.fund_row("IBIT", DAY, "0.000567", nav="51.00"),)
    result = seen(make, make.line(fund, "1000000", "51.03", DAY), fund_holdings={"IBIT": rows})
    line = result.lines[0]
    assert line.exposure_usd.central == D(1000000) * D("0.000567") * D(90000)
    assert line.coins["BTC"].central == D(567)
    assert (line.reported, line.rung, line.basis_date) == ("reported", Rung.REPORTED, DAY)
    assert result.coin_equivalent == D(567)
    assert result.by_custodian == {"Anchorage Digital": D(25515000), "Coinbase Custody": D(25515000)}
    assert result.by_custodian_worst == {"Anchorage Digital": D(51030000), "Coinbase Custody": D(51030000)}
    assert line.premium.comparable
    assert abs(line.premium.value - (D("51.03") / D("51.00") - 1)) < D("1e-20")


def test_an_older_row_is_rolled_by_the_fee_and_says_so(make: Any) -> None:
    fund = make.instrument("GBTC", "spot_etf", fee="1.50", mic="ARCX")
    rows = (make.fund_row("GBTC", DAY - timedelta(days=365), "0.001"),)
    line = seen(make, make.line(fund, "1", "86", DAY), fund_holdings={"GBTC": rows}).lines[0]
    assert abs(line.coins_per_share - D("0.0009851116360")) < D("1e-12")
    assert line.reported == "rolled"
    assert "coins-old" in codes(line)


def test_without_a_fee_nothing_is_taken_off_and_the_figure_is_called_an_upper_limit(make: Any) -> None:
    fund = make.instrument("FETH", "spot_etf", "ETH:1")
    rows = (make.fund_row("FETH", DAY - timedelta(days=10), "0.01", asset="ETH"),)
    line = seen(make, make.line(fund, "1", "30", DAY), fund_holdings={"FETH": rows}).lines[0]
    assert line.coins_per_share == D("0.01")
    assert "fee-unknown" in codes(line)


def test_an_issuer_row_goes_before_a_newer_third_party_and_the_difference_is_found(make: Any) -> None:
    fund = make.instrument("BITB", "spot_etf", fee="0")
    rows = (make.fund_row("BITB", DAY - timedelta(days=20), "0.00054"),
            make.fund_row("BITB", DAY - timedelta(days=1), "0.00057", "aggregator"),
            make.fund_row("BITB", DAY, "0.00054", "derived"))
    line = seen(make, make.line(fund, "1", "48", DAY), fund_holdings={"BITB": rows}).lines[0]
    assert line.coins_per_share == D("0.00054")
    assert [f.code for f in line.findings].count("coins-check-differs") == 1


def test_a_third_party_row_counts_1_2_on_the_high_side(make: Any) -> None:
    fund = make.instrument("GBTC", "spot_etf", fee="0")
    line = seen(make, make.line(fund, "1000", "70", DAY),
                fund_holdings={"GBTC": (make.fund_row("GBTC", DAY, "0.0008", "aggregator"),)}).lines[0]
    assert line.rung is Rung.REPORTED
    assert line.exposure_usd.high == line.exposure_usd.central * D("1.2")
    assert "coins-third-party" in codes(line)


def test_a_derived_row_only_checks_and_the_fund_stands_on_its_mandate(make: Any) -> None:
    fund = make.instrument("EZBC", "spot_etf", fee="0.19")
    line = seen(make, make.line(fund, "1000", "54", DAY),
                fund_holdings={"EZBC": (make.fund_row("EZBC", DAY, "0.00058", "derived"),)}).lines[0]
    assert line.rung is Rung.MANDATE
    assert line.exposure_usd.central == D(54000)
    assert abs(line.coins["BTC"].central - D("0.6")) < D("1e-20")


def test_a_basket_stands_on_its_stated_weights_and_leverage_counts(make: Any) -> None:
    basket = make.instrument("BITW", "etp", "BTC:0.7673;ETH:0.1431;other:0.0896")
    twice = make.instrument("BITX", "futures_etf", "BTC", leverage="2")
    result = seen(make, make.line(basket, "1000", "50", DAY), make.line(twice, "100", "10", DAY))
    line, lever = result.lines
    assert line.exposure_usd.central == D(50000)
    assert line.coins_usd["BTC"].central == pytest.approx(D(38365))
    assert line.coins_usd["other"].central == pytest.approx(D(4480))
    assert lever.exposure_usd.central == D(2000)
    assert lever.custodians == {}, "contracts lie with nobody"
    assert sum(amount.central for amount in result.by_coin_usd.values()) == pytest.approx(result.total_usd.central)


def test_a_share_of_less_than_all_leaves_the_rest_on_the_high_side(make: Any) -> None:
    fund = make.instrument("DEFI", "etp", "BTC:0.95+")
    line = seen(make, make.line(fund, "100", "10", DAY)).lines[0]
    assert (line.exposure_usd.low, line.exposure_usd.central, line.exposure_usd.high) == (D(950), D(950), D(1000))


def test_an_unknown_value_is_none_and_makes_the_totals_unknown(make: Any) -> None:
    fund = make.instrument("IBIT", "spot_etf", fee="0.25")
    stock = make.instrument("COIN", "exchange", "MIXED")
    rows = {"IBIT": (make.fund_row("IBIT", DAY, "0.000567"),)}
    result = seen(make, make.line(fund, "1000", None, DAY), make.line(stock, "10", None, DAY), fund_holdings=rows)
    assert [line.exposure_usd.central for line in result.lines] == [None, None]
    assert result.total_usd.central is None
    assert result.coin_equivalent is None
    assert result.by_coin_usd["BTC"].central is None
    assert result.by_coin["BTC"].central == D("0.567"), "its coins are known all the same"
    assert all("exposure-unknown" in codes(line) for line in result.lines)


def test_a_coin_price_older_than_five_days_makes_the_fund_unknown(make: Any) -> None:
    fund = make.instrument("IBIT", "spot_etf", fee="0.25")
    rows = {"IBIT": (make.fund_row("IBIT", DAY, "0.000567"),)}
    line = make.line(fund, "1000", "51", DAY)
    fresh = seen(make, line, fund_holdings=rows, coin_day=DAY - timedelta(days=5))
    stale = seen(make, line, fund_holdings=rows, coin_day=DAY - timedelta(days=6))
    assert fresh.total_usd.central is not None
    assert stale.total_usd.central is None
    assert "coin-price-missing" in codes(stale.lines[0])


def test_a_line_without_beta_falls_to_its_peers_and_then_to_the_factor(make: Any) -> None:
    miner, peer = make.instrument("NEW", "miner"), make.instrument("MARA", "miner")
    stock = make.instrument("ODD", "tech_equity", "NONE")
    beta = Beta(1.4, 0.08, 0.5, 252, 1.5, DAY, DAY, "IBIT", True)
    result = seen(make, make.line(miner, "10", "10", DAY), make.line(peer, "10", "10", DAY),
                  make.line(stock, "10", "10", DAY), betas={peer.id: beta})
    by_peer, own, odd = result.lines
    assert (by_peer.rung, by_peer.exposure_usd.central) == (Rung.BETA, D(140))
    assert "beta-of-peers" in codes(by_peer)
    assert (own.rung, own.exposure_usd.high) == (Rung.BETA, D(150))
    assert (odd.rung, odd.exposure_usd.central) == (Rung.FALLBACK, D(150))
    assert odd.equivalent
    assert result.by_custodian == {}, "equivalents lie nowhere"


def test_a_beta_that_is_not_admitted_is_shown_and_widens_only_the_high_side(make: Any) -> None:
    company = make.instrument("BMNR", "treasury_company", "ETH")
    row = make.company_row("BMNR", DAY, "1000000", asset="ETH", shares="100000000")
    beta = Beta(1.6, 0.85, 0.03, 122, 3.0, DAY, DAY, "ETHA", False)
    line = seen(make, make.line(company, "1000", "40", DAY), betas={company.id: beta},
                company_holdings={"BMNR": (row,)}).lines[0]
    assert line.exposure_usd.central == D(30000)
    assert line.exposure_usd.high == D(120000)
    assert line.mnav.enterprise is None
    assert line.mnav.net_equity_per_share_usd is None
    assert {"balance-sheet-unknown", "diluted-unknown", "beta-not-admitted"} <= codes(line)


def test_company_figures_older_than_200_days_are_not_used(make: Any) -> None:
    company = make.instrument("DJT", "treasury_company")
    for age, code in ((36, "company-holdings-old"), (201, "company-holdings-too-old")):
        row = make.company_row("DJT", DAY - timedelta(days=age), "11542", shares="280000000")
        line = seen(make, make.line(company, "100", "11", DAY), company_holdings={"DJT": (row,)}).lines[0]
        assert code in codes(line)
        assert line.rung is (Rung.REPORTED if age < 200 else Rung.FALLBACK)


def test_share_counts_in_later_units_are_brought_to_the_day(make: Any) -> None:
    company = make.instrument("MSTR", "treasury_company")
    split = make.split("MSTR", date(2024, 8, 8), 10, 1)
    day = date(2024, 6, 3)
    later = make.company_row("MSTR", day, "214400", basis="S", shares="170000000")
    filed = make.company_row("MSTR", day, "214400", basis="R", shares="17000000")
    found = []
    for row in (later, filed):
        market = make.market(coins={"BTC": make.coin("BTC", {day: "68000"})}, splits={"MSTR": (split,)},
                             company_holdings={"MSTR": (row,)})
        result = look_through(make.holdings(make.line(company, "100", "1600", day), day=day), make.directory(company),
                              market, reference_funds={}, fallback_factor=D("1.5"), betas={})
        found.append(result.lines[0].coins["BTC"].central)
    assert found[0] == found[1]
    assert abs(found[0] - D(100) * D(214400) / D(17000000)) < D("1e-20")


@pytest.mark.parametrize(("day", "cutoff", "mic", "words"), [
    (DAY, "24:00 UTC", "XNAS", "24:00 UTC"), (DAY, "16:00 America/New_York", "AIXK", "AIXK"),
    (date(2025, 11, 28), "16:00 America/New_York", "XNAS", "early"),
])
def test_a_premium_of_two_clocks_is_not_comparable_and_says_why(make: Any, day: date, cutoff: str, mic: str,
                                                                words: str) -> None:
    fund = make.instrument("IBIT", "spot_etf", fee="0.25", mic=mic)
    market = make.market(coins={"BTC": make.coin("BTC", {day: "90000"}, cutoff)},
                         fund_holdings={"IBIT": (make.fund_row("IBIT", day, "0.000567"),)})
    premium = look_through(make.holdings(make.line(fund, "1", "51", day), day=day), make.directory(fund), market,
                           reference_funds={}, fallback_factor=D(1)).lines[0].premium
    assert premium is not None
    assert premium.value is None
    assert not premium.comparable
    assert words in str(premium.reason)


def test_a_premium_may_be_computed_from_coins_at_the_same_hour(make: Any) -> None:
    fund = make.instrument("IBIT", "spot_etf", fee="0.25")
    line = seen(make, make.line(fund, "1", "51.54", DAY),
                fund_holdings={"IBIT": (make.fund_row("IBIT", DAY, "0.000567"),)}).lines[0]
    assert line.premium.comparable
    assert abs(line.premium.value - D("51.54") / (D("0.000567") * 90000) + 1) < D("1e-20")


def test_explain_puts_the_winning_leg_first_and_ends_in_rows(make: Any) -> None:
    company = make.instrument("MARA", "miner")
    row = make.company_row("MARA", DAY, "52850", shares="378000000", diluted="470000000", debt="3.3e9", preferred="0",
                           cash="8e8")
    beta = Beta(1.37, 0.08, 0.53, 252, 1.5, DAY, DAY, "IBIT", True)
    result = seen(make, make.line(company, "1000", "12", DAY), betas={company.id: beta},
                  company_holdings={"MARA": (row,)})
    tree = explain_exposure(result.lines[0], result, "exposure_usd")
    assert tree.value == result.lines[0].exposure_usd.central
    assert tree.parts[0].chosen
    assert tree.parts[0].value == tree.value
    assert {leg.name for leg in result.lines[0].legs} == {"asset", "delta", "beta"}
    leaves = [part for leg in tree.parts for part in leg.parts if part.origin is not None]
    assert leaves
    for name in ("coins", "coins/BTC", "coins_per_share", "premium", "mnav", "beta"):
        assert explain_exposure(result.lines[0], result, name).key.startswith("exposure/MARA/")
    with pytest.raises(BadInput):
        explain_exposure(result.lines[0], result, "colour")


@given(st.integers(0, 900), st.decimals(D(0), D(3), places=2), st.sampled_from(["issuer_file", "aggregator"]))
def test_rolled_coins_never_exceed_reported_ones_and_the_range_is_in_order(make: Any, age: int, fee: D,
                                                                           quality: str) -> None:
    fund = make.instrument("IBIT", "spot_etf", fee=str(fee))
    line = seen(make, make.line(fund, "1000", "51", DAY), fund_holdings={
        "IBIT": (make.fund_row("IBIT", DAY - timedelta(days=age), "0.000567", quality),)}).lines[0]
    assert 0 < line.coins_per_share <= D("0.000567")
    assert line.exposure_usd.low <= line.exposure_usd.central <= line.exposure_usd.high


@given(st.decimals(D(1), D(500), places=2), st.floats(-0.5, 3), st.floats(0.01, 0.5), st.booleans(),
       st.sampled_from([None, "0", "5e9"]))
def test_low_central_high_are_in_order_and_nothing_unknown_is_zero(make: Any, price: D, slope: float, error: float,
                                                                   admitted: bool, debt: str | None) -> None:
    company = make.instrument("MARA", "miner")
    more = {} if debt is None else {"debt": debt, "preferred": "0", "cash": "0"}
    row = make.company_row("MARA", DAY, "50000", shares="400000000", **more)
    beta = Beta(slope, error, 0.5, 252, slope + 1.65 * error, DAY, DAY, "IBIT", admitted)
    line = seen(make, make.line(company, "1000", str(price), DAY), betas={company.id: beta},
                company_holdings={"MARA": (row,)}).lines[0]
    amount, unit = line.exposure_usd, unit_exposure(line)
    assert amount.low <= amount.central <= amount.high
    assert amount.central > 0
    assert abs(unit.central * line.market_value_usd - amount.central) < D("1e-30") * amount.central
    delta = next(leg for leg in line.legs if leg.name == "delta")
    assert (delta.exposure_usd is None) == (debt is None)
