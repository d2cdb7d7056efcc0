"""Stresses: how each line's move is derived, Unknown that stays Unknown, shocks as typed, the reverse question."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput
from sandyq.reference.kinds import Kind
from sandyq.risk.liquidity import Sellable, days_to_sell, ladder
from sandyq.risk.scenario import Origin, Scenario, read_library, user_scenario
from sandyq.risk.stress import Derived, Held, StressModel, Subject, largest_fall
from sandyq_resources import text

D = Decimal
SUBJECTS: Mapping[str, Subject] = {
    "SPOT": Subject("SPOT", Kind.SPOT_ETF, (("BTC", D(1)),)),
    "ETHF": Subject("ETHF", Kind.SPOT_ETF, (("ETH", D(1)),)),
    "PART": Subject("PART", Kind.ETP, (("BTC", D("0.6")), ("ETH", D("0.3")))),
    "TWICE": Subject("TWICE", Kind.FUTURES_ETF, (("BTC", D(1)),), leverage=D(2)),
    "DAT": Subject("DAT", Kind.TREASURY_COMPANY, (("BTC", D(1)),), D("1.5")),
    "THIN": Subject("THIN", Kind.MINER, (("BTC", D(1)),)),
}


def model(betas: Mapping[str, Decimal] | None = None, library: tuple[Scenario, ...] = ()) -> StressModel:
    return StressModel(library, SUBJECTS.get, (betas or {}).get)


def held(**values: str | None) -> tuple[Held, ...]:
    return tuple(Held(symbol, None if value is None else D(value)) for symbol, value in values.items())


def test_a_stated_move_comes_first_then_the_kinds_then_the_coin_or_the_beta_then_the_fall_back() -> None:
    scenario = Scenario("s", {}, Origin.HISTORIC, coins={"BTC": D("-0.4")}, symbols={"SPOT": D("-0.41")},
                        kinds={"etp": D("-0.6")}, fallbacks={"miner": D("-0.9"), "treasury_company": D("-0.9")})
    found = {symbol: model().move(symbol, scenario) for symbol in ("SPOT", "PART", "TWICE", "DAT", "THIN")}
    assert {symbol: (move.derived, move.value) for symbol, move in found.items()} == {
        "SPOT": (Derived.STATED, D("-0.41")), "PART": (Derived.KIND, D("-0.6")), "TWICE": (Derived.COIN, D("-0.8")),
        "DAT": (Derived.BETA, D(repr(exp(1.5 * log(0.6)) - 1)).quantize(D("0.000001"))),
        "THIN": (Derived.FALLBACK, D("-0.9"))}


def test_what_a_funds_weights_leave_open_moves_with_the_worst_of_its_coins() -> None:
    move = model().move("PART", user_scenario(("BTC=-20%", "ETH=-50%")))
    assert move.value == D("0.6") * D("-0.2") + D("0.3") * D("-0.5") + D("0.1") * D("-0.5")


def test_a_coin_that_is_not_named_moves_by_its_beta_to_bitcoin_or_is_unknown() -> None:
    shock = user_scenario(("BTC=-30%",))
    assert model({"ETH": D("1.2")}).move("ETHF", shock).value == D(repr(0.7**1.2 - 1)).quantize(D("0.000001"))
    unknown = model().run(held(SPOT="100", ETHF="1"), shock)
    assert unknown.gain is None
    assert [line.gain for line in unknown.lines] == [None, D("-30.0")]


def test_a_line_without_evidence_is_unknown_and_only_one_that_is_not_held_costs_nothing() -> None:
    shock = user_scenario(("BTC=-30%",))
    assert model().run(held(THIN="1"), shock).gain is None
    assert model().run(held(SPOT=None), shock).gain is None
    assert model().run(held(THIN="0", SPOT="100"), shock).gain == D("-30.0")


def test_a_scenario_that_leaves_the_coins_alone_leaves_lines_alone_that_it_does_not_name() -> None:
    shock = user_scenario(("kind:treasury_company=-20%",))
    found = model().run(held(DAT="100", SPOT="50", THIN="10"), shock)
    assert {line.symbol: line.gain for line in found.lines} == {"DAT": D("-20.0"), "SPOT": D(0), "THIN": D(0)}


def test_premium_and_beta_shocks_come_on_top_and_in_place() -> None:
    shock = user_scenario(("BTC=-50%", "premium:SPOT=-10%", "beta:DAT=1"))
    assert model().move("SPOT", shock).value == D("-0.55")
    assert model().move("DAT", shock).value == D("-0.5")


def test_no_share_loses_more_than_everything() -> None:
    shock = user_scenario(("BTC=-90%",))
    assert model().move("TWICE", shock).value == D(-1)
    assert D(-1) < (model().move("DAT", shock).value or 0) < D("-0.9")


def test_funds_at_the_largest_custodian_lose_more_when_it_fails_and_unknown_custody_is_not_safe() -> None:
    scenario = Scenario("fail", {}, Origin.HYPOTHETICAL, coins={"*": D("-0.15")}, custodian=D("-0.10"))
    lines = (Held("SPOT", D(100), {"Big": D(90)}), Held("ETHF", D(100), {"Small": D(20)}),
             Held("PART", D(100), {"": D(10)}), Held("DAT", D(100), {"Big": D(30)}))
    found = model().run(lines, scenario)
    assert found.custodian == "Big"
    gains = {line.symbol: line.gain for line in found.lines}
    assert gains["SPOT"] == gains["PART"] == D(100) * (D("0.85") * D("0.9") - 1)
    assert gains["ETHF"] == D(-15)
    assert gains["DAT"] == (model().move("DAT", scenario).value or 0) * 100


@pytest.mark.parametrize("bad", ["BTC", "=-30%", "BTC=lots", "BTC=-101%", "moon:BTC=-1%", "kind:rocket=-1%", "BTC=nan"])
def test_a_shock_that_does_not_read_says_so(bad: str) -> None:
    with pytest.raises(BadInput):
        user_scenario((bad,))


def test_a_bare_coin_code_is_the_coin_and_a_fund_of_that_ticker_is_named() -> None:
    shock = user_scenario(("BTC=-30%", "symbol:BTC=-31%", "mstr = −0.5"))
    assert (shock.coins, shock.symbols) == ({"BTC": D("-0.3")}, {"BTC": D("-0.31"), "MSTR": D("-0.5")})


@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=3), st.integers(1, 9999))
def test_the_smallest_fall_costs_the_loss_and_a_hundredth_of_a_per_cent_less_does_not(values: list[int],
                                                                                    share: int) -> None:
    lines = tuple(Held(symbol, D(value)) for symbol, value in zip(("SPOT", "ETHF", "DAT"), values, strict=True))
    loss = D(sum(values)) * share / 10_000
    fall, result = largest_fall(model(), lines, loss)
    assert fall is not None
    assert (result.loss or 0) >= loss
    less = fall - D("0.0001")
    if less > 0:
        assert (model().run(lines, user_scenario((f"coin:*=-{less}",))).loss or 0) < loss


def test_a_loss_that_even_worthless_coins_do_not_cost_has_no_fall() -> None:
    fall, result = largest_fall(model(), held(SPOT="100"), D(101))
    assert fall is None
    assert result.loss == 100


def test_the_shipped_library_reads_and_every_kind_of_line_has_a_move_in_every_scenario_that_costs() -> None:
    library = read_library(text("stress", "library.toml"), "library.toml")
    assert len({scenario.id for scenario in library}) == len(library) >= 14
    kinds = [Subject(kind.value, kind, (("SOL", D(1)),)) for kind in Kind if kind not in {
        Kind.REFERENCE, Kind.UNLISTED_FUND}]
    shipped = StressModel(library, {subject.symbol: subject for subject in kinds}.get, lambda _: None)
    for scenario in library:
        assert set(scenario.title) == {"en", "ru", "kk"}
        assert scenario.source
        for subject in kinds:
            assert shipped.move(subject.symbol, scenario).value is not None, (scenario.id, subject.symbol)


def test_the_library_says_what_the_field_measured() -> None:
    library = {scenario.id: scenario for scenario in read_library(text("stress", "library.toml"), "library.toml")}
    assert library["covid-day-2020"].coins["BTC"] == D("-0.392")
    assert library["winter-2022"].coins["BTC"] == D("-0.766")
    assert library["autumn-2025"].symbols["MSTR"] == D("-0.526")
    assert not library["tenge-weaker"].costs
    assert library["venue-halt"].halt_days == 20


@pytest.mark.parametrize("bad", [
    "[[scenario]]\nid = 'a'\ntitle = {en='A'}\ncoin = {BTC = -1.2}", "[[scenario]]\ntitle = {en='A'}",
    "[[scenario]]\nid = 'a'\ntitle = {en='A'}\norigin = 'historic'\ncoin = {BTC = -0.2}",
    "[[scenario]]\nid = 'a'\ntitle = {en='A'}\nkind = {rocket = -0.2}",
    "[[scenario]]\nid = 'a'\ntitle = {en='A'}\nmoon = 1", "[[scenario",
    "[[scenario]]\nid='a'\ntitle={en='A'}\norigin='x'"])
def test_a_library_with_a_mistake_is_refused_with_its_place(bad: str) -> None:
    with pytest.raises(BadInput):
        read_library(bad, "library.toml")


@given(st.lists(st.tuples(st.sampled_from(sorted(SUBJECTS)), st.integers(0, 10**9)), min_size=1, max_size=6,
                unique_by=lambda pair: pair[0]))
def test_the_quick_sum_is_what_the_lines_sum_to(pairs: list[tuple[str, int]]) -> None:
    library = read_library(text("stress", "library.toml"), "library.toml")
    lines = tuple(Held(symbol, D(value), {"Big": D(value)}) for symbol, value in pairs)
    quick = model().losses(lines, library)
    assert list(quick) == [model().run(lines, scenario).loss for scenario in library]


@pytest.mark.parametrize(("quantity", "volume", "share", "days"), [
    ("600000", "60000000", "0.1", "0.1"), ("600000", "400000", "0.1", "15"), ("600000", "400000", "0.2", "7.5"),
    ("100000", "2000", "0.1", "500")])
def test_days_to_sell_are_those_of_the_oracle(quantity: str, volume: str, share: str, days: str) -> None:
    assert days_to_sell(D(quantity), D(volume), D(share)) == D(days)


def test_the_ladder_sells_lines_side_by_side_takes_the_lower_volume_and_never_counts_a_line_without_one() -> None:
    found = ladder([Sellable("A", D(100), D(600), D(1000), D(500)), Sellable("B", D(100), D(300), D(100), None),
                    Sellable("C", D(1), D(100), None, None)], D("0.1"), D("0.5"))
    assert {line.symbol: (line.days, line.stressed) for line in found.lines} == {
        "A": (D(2), D(4)), "B": (D(10), D(20)), "C": (None, None)}
    sold = {day: (normal, stressed) for day, normal, stressed in found.steps}
    assert sold[1] == (D("0.33"), D("0.165"))
    assert sold[20] == (D("0.9"), D("0.9"))
    assert found.unknown == ("C",)
