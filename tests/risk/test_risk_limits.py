"""The limits on risk (L27, L28) and the section [risk]: figures, Unknown, the conventions that the mandate fixes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from small_worlds import DAY, RULES, book, risk_model, row, tail_model

from sandyq.basics.errors import BadInput
from sandyq.limits.after_orders import with_orders
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Order, PartResult, State
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq.risk.model import RiskModel
from sandyq.risk.rules import Method, Quantile
from sandyq.risk.scenario import Origin, Scenario
from sandyq.risk.stress import StressModel, Subject

HEAD = '[mandate]\nname = "Board"\nversion = "1"\nvalid_from = 2020-01-01\nmaximum = 900_000_000\n'
RETURNS = {name: np.random.default_rng(seed).normal(0, 0.03, 300) for seed, name in enumerate("AB")}


def mandate(part: str, more: str = "") -> Mandate:
    return read_mandate(f'{HEAD}{more}[[limit]]\nid = "L"\nclause = "c"\n[[limit.part]]\nunit = "USD"\n{part}\n')


def test_a_limit_on_value_at_risk_is_the_fifth_worst_of_its_scenarios() -> None:
    snapshot = book(row("A", "700"), row("B", "300"), risk=risk_model(RETURNS))
    losses = sorted((-(700 * RETURNS["A"] + 300 * RETURNS["B"])).tolist(), reverse=True)
    rules = mandate('measure = "var"\nhard = 9_000\noptions = {level = "0.985"}')
    part = evaluate(snapshot, rules, DAY).results[0].worst
    assert part is not None
    assert float(part.value or 0) == pytest.approx(losses[4], rel=1e-11)


def test_a_limit_on_shortfall_over_ten_days_is_the_mean_of_its_tail() -> None:
    snapshot = book(row("A", "700"), risk=risk_model(RETURNS))
    sums = [700 * sum(RETURNS["A"][first:first + 10].tolist()) for first in range(291)]
    worst = sorted(sums)[:8]  # 291 × 0.025 = 7.275
    part = evaluate(snapshot, mandate('measure = "expected_shortfall"\nhard = 9_000\n'
                                      'options = {days = "10", level = "0.975"}'), DAY).results[0].worst
    assert part is not None
    assert float(part.value or 0) == pytest.approx(-sum(worst) / 8, rel=1e-9)


@pytest.mark.parametrize("part", ['measure = "var"\nhard = 9', 'measure = "expected_shortfall"\nhard = 9',
                                  'measure = "stress"\nhard = 9'])
def test_without_a_model_without_a_price_or_without_history_risk_is_unknown_and_says_why(part: str) -> None:
    rules = mandate(part)
    for snapshot in (book(row("A", "700")), book(row("A", None), risk=risk_model(RETURNS)),
                     book(row("NEW", "700"), risk=risk_model(RETURNS))):
        result = evaluate(snapshot, rules, DAY).results[0]
        assert result.state is State.UNKNOWN
        assert result.findings


@pytest.mark.parametrize("part", ['measure = "var"\nhard = 9', 'measure = "stress"\nhard = 9'])
def test_an_empty_book_risks_nothing(part: str) -> None:
    assert evaluate(book(), mandate(part), DAY).results[0].state is State.OK


def _stressed(*scenarios: Scenario) -> RiskModel:
    subjects = {name: Subject(name, Kind.SPOT_ETF, (("BTC", Decimal(1)),)) for name in "AB"}
    return RiskModel(lambda: tail_model(RETURNS), lambda: StressModel(scenarios, subjects.get, lambda _: None))


def test_the_worst_scenario_speaks_for_the_limit_and_a_named_one_for_itself() -> None:
    mild = Scenario("mild", {}, Origin.HYPOTHETICAL, coins={"BTC": Decimal("-0.1")})
    hard = Scenario("hard", {}, Origin.HYPOTHETICAL, coins={"BTC": Decimal("-0.7")})
    tenge = Scenario("tenge", {}, Origin.HYPOTHETICAL, reporting={"KZT": Decimal("-0.9")})
    snapshot = book(row("A", "700"), row("B", "300"), risk=_stressed(mild, hard, tenge))
    worst = evaluate(snapshot, mandate('measure = "stress"\nhard = 600'), DAY).results[0].worst
    assert worst is not None
    assert (worst.state, worst.group, worst.value) == (State.BREACH, "hard", Decimal("700.0"))
    named = evaluate(snapshot, mandate('measure = "stress"\nhard = 600\noptions = {scenario = "mild"}'), DAY).results[0]
    assert named.worst is not None
    assert (named.state, named.worst.value) == (State.OK, Decimal("100.0"))
    missing = evaluate(snapshot, mandate('measure = "stress"\nhard = 600\noptions = {scenario = "x"}'), DAY).results[0]
    assert missing.state is State.UNKNOWN


def test_an_order_moves_the_figure_with_the_scenarios_of_the_day() -> None:
    snapshot = book(row("A", "700"), row("B", "300"), risk=risk_model(RETURNS))
    rules = mandate('measure = "var"\nhard = 9_000')
    after = with_orders(snapshot, (Order("buy", Decimal(100), "A", Decimal(7)),), rules)
    alone = evaluate(book(row("A", "1400"), row("B", "300"), risk=risk_model(RETURNS)), rules, DAY).results[0].worst
    found = evaluate(after, rules, DAY).results[0].worst
    assert found is not None
    assert alone is not None
    assert found.value == alone.value


def test_an_unlevered_book_has_no_limit_on_value_at_risk_in_per_cent() -> None:
    with pytest.raises(BadInput):
        read_mandate(f'{HEAD}[[limit]]\nid = "L"\nclause = "c"\n[[limit.part]]\nmeasure = "var"\nunit = "ratio"\n'
                     'denominator = "sleeve"\nhard = 0.1\n')


def test_the_mandate_fixes_the_conventions() -> None:
    said = mandate('measure = "var"\nhard = 1', '[risk]\nmethod = "historical"\nwindow = 250\nleast = 200\n'
                   'decay = 0.97\nquantile = "linear"\nreturns = "simple"\nhorizon = 5\nblock = 2\n'
                   'paths = 1000\nseed = 7\n').risk
    assert (said.method, said.window, said.least, said.decay, said.quantile, said.log_returns) == (
        Method.HISTORICAL, 250, 200, Decimal("0.97"), Quantile.LINEAR, False)
    assert (said.horizon, said.block, said.paths, said.seed) == (5, 2, 1000, 7)
    assert mandate('measure = "var"\nhard = 1').risk == replace(RULES, method=Method.FILTERED, least=250)


@pytest.mark.parametrize("line", ["method = 'lucky'", "window = 5", "least = 600", "decay = 1.0", "decay = 1",
                                  "returns = 'cube'", "paths = true", "moon = 1", "quantile = 3", "block = 501"])
def test_a_convention_that_does_not_fit_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(BadInput) as told:
        mandate('measure = "var"\nhard = 1', f"[risk]\n{line}\n")
    assert "[risk]" in told.value.where


def test_a_mandate_may_bring_its_own_scenarios_and_a_mistake_in_them_has_a_place() -> None:
    own = mandate('measure = "stress"\nhard = 1', '[[scenario]]\nid = "board"\ntitle = {en = "Board"}\n'
                  'coin = {"*" = -0.5}\n')
    assert [scenario.id for scenario in own.scenarios] == ["board"]
    assert mandate('measure = "stress"\nhard = 1').scenarios == ()
    start = '[[scenario]]\nid = "a"\ntitle = {en = "A"}\n'
    for bad in ("coin = 3", 'halt_days = "x"', "coin = {BTC = nan}", "beta = {A = true}"):
        with pytest.raises(BadInput) as told:
            read_mandate(f"{HEAD}{start}{bad}\n")
        assert "[[scenario]] 1" in told.value.where
    with pytest.raises(BadInput):
        read_mandate(f"scenario = 3\n{HEAD}")


@pytest.mark.parametrize("part", [
    'measure = "var"\nhard = 60\noptions = {level = "0.985"}',
    'measure = "var"\nhard = 30\noptions = {level = "0.985"}',
    'measure = "expected_shortfall"\nhard = 300\noptions = {days = "10", level = "0.975"}',
    'measure = "stress"\nhard = 690', 'measure = "stress"\nhard = 800'])
def test_headroom_of_a_risk_limit_is_what_may_be_bought_or_must_be_sold_of_the_largest_line(part: str) -> None:
    model = _stressed(Scenario("hard", {}, Origin.HYPOTHETICAL, coins={"BTC": Decimal("-0.7")}))
    rules = mandate(part)
    room = _worst(rules, "700", model).headroom
    assert room.usd is not None
    assert room.symbol == "A"
    assert _worst(rules, str(700 + room.usd - Decimal("0.02")), model).state is State.OK
    assert _worst(rules, str(700 + room.usd + Decimal("0.02")), model).state is State.BREACH
    assert (room.usd < 0) == (_worst(rules, "700", model).state is State.BREACH)


def _worst(rules: Mandate, of_a: str, model: RiskModel) -> PartResult:
    found = evaluate(book(row("A", of_a), row("B", "300"), risk=model), rules, DAY).results[0].worst
    assert found is not None
    return found


def test_a_line_that_cannot_be_sold_far_enough_has_no_headroom() -> None:
    """Shutting out the largest line altogether leaves the other one beyond."""
    assert _worst(mandate('measure = "var"\nhard = 1'), "700", _stressed()).headroom.usd is None
