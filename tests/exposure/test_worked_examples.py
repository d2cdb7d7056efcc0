"""Worked examples of domain.md: O1 (coins per share), O2, O3, O4, O5, O6, O7."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D  # noqa: N817 - the tables of numbers stay readable
from typing import Any

import pytest

from sandyq.exposure import companies, futures, nested
from sandyq.exposure.fund_units import decay, fee_factor
from sandyq.exposure.look_through import look_through
from sandyq.exposure.result import Beta, Rung


def close(found: D | None, oracle: str, rel: str = "1e-9") -> bool:
    assert found is not None
    return abs(found - D(oracle)) <= abs(D(oracle)) * D(rel)


@pytest.mark.parametrize(("fee", "left"), [("0.25", "0.9975031139"), ("1.50", "0.9851116360"),
                                           ("0.15", "0.9985011214"), ("0.20", "0.9980019932")])
def test_oracle_o2_fees_taken_daily_for_a_year(fee: str, left: str) -> None:
    assert close(decay(D(fee), 365), left)


def test_a_waiver_takes_nothing_and_a_later_fee_counts_from_its_own_day(make: Any) -> None:
    fund = make.instrument("HODL", "spot_etf")
    fee = type(fund.attributes["kind"][0])
    fund.attributes["fee_pct"] = (fee("0", None, "t", "t", fund.attributes["kind"][0].origin),
                                  fee("0.20", date(2025, 1, 11), "t", "t", fund.attributes["kind"][0].origin))
    assert fee_factor(fund, date(2025, 1, 1), date(2025, 1, 10)) == (D(1), True)
    assert fee_factor(fund, date(2025, 1, 1), date(2025, 1, 13)) == (decay(D("0.20"), 3), True)


def test_oracle_o3_ether_per_share_from_the_fund_s_own_figures() -> None:
    assert close(companies.per_share(D("31.24"), D("4131.76")), "0.00756094", "1e-6")
    assert close(D("201556.08413894") / (D("18.81e9") / D("81.56")), "0.00087395", "1e-5")


def test_oracle_o4_a_futures_fund_by_its_contracts() -> None:
    contracts = (futures.Contract(D(1800), D(5), D(91850), 28), futures.Contract(D(1100), D(5), D(92480), 56))
    view = futures.look_at(contracts, spot=D(91300), net_assets=D("1.32e9"))
    assert view.notional == D(1335290000)
    assert view.coins == D(14500)
    assert close(view.leverage, "1.0115833", "5e-8")
    assert close(view.basis[0], "0.078528", "7e-6")
    assert close(view.basis[1], "0.084240", "7e-6")
    assert close(view.roll_yield, "-0.089412", "7e-6")
    coins = futures.attributable_coins(view, D(500000), D(10), D("1.32e9"))
    assert close(coins, "54.924242", "1e-8")
    assert close(coins * 91300, "5014583.33", "1e-9")


def o5(make: Any, beta: Beta | None) -> Any:
    day = date(2025, 12, 31)
    company = make.instrument("MSTR", "treasury_company", "BTC")
    row = make.company_row("MSTR", day, "672497", shares_day=date(2026, 2, 13), diluted="345632000", shares="333752708",
                           debt="8.214e9", preferred="8.383e9", cash="2.301e9")
    market = make.market(coins={"BTC": make.coin("BTC", {day: "87519.13"})}, company_holdings={"MSTR": (row,)})
    holdings = make.holdings(make.line(company, "50000", "151.95", day), day=day)
    return look_through(holdings, make.directory(company), market, reference_funds={}, fallback_factor=D("1.5"),
                        betas={} if beta is None else {company.id: beta})


BETA = Beta(1.46, 0.07, 0.63, 252, 1.58, date(2024, 12, 30), date(2025, 12, 31), "IBIT", True)


def test_oracle_o5_a_treasury_company_by_four_numbers_and_three_multiples(make: Any) -> None:
    line = o5(make, None).lines[0]
    m = line.mnav
    assert line.market_value_usd == D(7597500)
    assert close(m.simple, "0.861653", "1e-6")
    assert close(m.diluted, "0.892321", "1e-6")
    assert close(m.enterprise, "1.104549", "1e-6")
    assert close(m.gross_per_share_usd * 50000, "8817359.52")
    assert close(m.diluted_gross_per_share_usd * 50000, "8514308.91")
    assert close(m.net_equity_per_share_usd * 50000, "6675654.05")
    assert close(m.enterprise_to_market_cap, "1.281896", "1e-6")
    assert close(line.coins["BTC"].high, "100.747797", "1e-8")
    assert close(line.exposure_usd.central, "9739205.47")
    assert line.rung is Rung.REPORTED
    assert [leg.name for leg in line.legs if leg.chosen] == ["delta"]
    assert any(finding.code == "dates-mixed" for finding in line.findings)
    assert line.custodians == {"self: MSTR": D(1)}


def test_oracle_o5_with_its_beta_the_beta_leg_is_the_highest(make: Any) -> None:
    line = o5(make, BETA).lines[0]
    assert close(line.exposure_usd.central, "11092350")
    assert close(line.exposure_usd.low, "8514308.91")
    assert close(line.exposure_usd.high, str(7597500 * D("1.58")))
    assert line.legs[0].name == "beta"
    assert line.legs[0].chosen
    assert line.rung is Rung.BETA
    assert not line.equivalent, "its coins are reported, whichever leg wins"
    assert close(line.coins["BTC"].central, str(D(50000) * D(672497) / D(345632000)))


def test_oracle_o6_accretion_of_coins_per_share() -> None:
    before = companies.per_share(D(673783), D("345.632e6"))
    after = companies.per_share(D(687410), D("352.204e6"))
    assert close(before, "0.0019494231", "5e-8")
    assert close(after, "0.0019517382", "5e-8")
    assert close(companies.accretion(before, after), "0.001188", "5e-4")


DIRECT = {"A": 0.20 * 1.80 + 0.10 * 1.10 + 0.05, "B": 0.40 * 1.5 + 0.30}
WEIGHTS = {"A": {"B": 0.04}, "B": {"A": 0.03}}


def test_oracle_o7_two_funds_that_hold_each_other() -> None:
    solution = nested.solve(DIRECT, WEIGHTS)
    assert solution.exposure["A"] == pytest.approx(0.5566680016, abs=1e-10)
    assert solution.exposure["B"] == pytest.approx(0.9167000400, abs=1e-10)
    assert solution.loops == (("A", "B"),)
    assert nested.to_depth(DIRECT, WEIGHTS, "A", 0.0, depth=2) == pytest.approx(0.52)
    assert DIRECT["A"] + 0.04 * DIRECT["B"] == pytest.approx(0.5560)
    assert nested.to_depth(DIRECT, WEIGHTS, "A", 1.0, depth=3) == pytest.approx(0.5572)


def test_funds_that_own_each_other_wholly_have_no_solution() -> None:
    with pytest.raises(nested.WeightsDoNotConverge):
        nested.solve({"A": 0.1, "B": 0.1}, {"A": {"B": 1.0}, "B": {"A": 1.0}})
    assert nested.find_loops({"A": {"A": 0.1}, "B": {"C": 0.2}}) == (("A",),)


def test_oracle_o1_a_reverse_split_changes_units_not_coins(make: Any) -> None:
    fund = make.instrument("BTC", "spot_etf", fee="0", mic="ARCX")
    split = make.split("BTC", date(2024, 11, 20), 1, 5)
    per_share = D("26935.83753443") / D(303690100)
    assert close(per_share, "8.869514526e-05")
    row = make.fund_row("BTC", date(2024, 7, 31), str(per_share))
    market = make.market(fund_holdings={"BTC": (row,)}, splits={"BTC": (split,)}, coins={
        "BTC": make.coin("BTC", {date(2024, 7, 31) + timedelta(days=n): "90000" for n in range(200)})})
    day = date(2024, 12, 2)
    after = look_through(make.holdings(make.line(fund, "20000", "40", day), day=day), make.directory(fund), market,
                         reference_funds={}, fallback_factor=D("1.5"))
    day = date(2024, 8, 2)
    before = look_through(make.holdings(make.line(fund, "100000", "8", day), day=day), make.directory(fund), market,
                          reference_funds={}, fallback_factor=D("1.5"))
    assert close(after.lines[0].coins_per_share, "0.000443475726")
    assert close(after.by_coin["BTC"].central, str(before.by_coin["BTC"].central))
