"""The probability of a breach: against a plain loop over paths with the exact limits, and against closed forms."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from small_worlds import DAY, RULES, book, risk_model, row

from sandyq.limits.early_warning import Outlook, early_warning
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.repriced import repriced
from sandyq.limits.result import State
from sandyq.limits.snapshot import Snapshot
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq.risk.paths import Condition, Draw, Event, factors, frequencies, starts

HEAD = """
[mandate]
name = "Board"
version = "1"
valid_from = 2020-01-01
maximum = 900_000_000
ramp_up_floor = {floor}
[risk]
method = "historical"
window = 300
least = 50
"""


def mandate(*parts: str, floor: int = 0) -> Mandate:
    return read_mandate(HEAD.format(floor=floor) + "".join(
        f'[[limit]]\nid = "L{number}"\nclause = "c"\n' + "".join(
            f"[[limit.part]]\n{one}\n" for one in part.split("---")) for number, part in enumerate(parts, 1)))


PARTS = (
    'measure = "market_value"\nunit = "USD"\nsoft = 1_050\nhard = 1_150',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "symbol"\nsoft = 0.42\nhard = 0.47',
    ('measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\nscope = {kind = ["spot_etf"]}\n'
     'direction = "min"\nsoft = 0.68\nhard = 0.6'),
    'measure = "market_value"\nbasis = "look_through"\nunit = "USD"\nhard = 1_300',
    'measure = "drawdown"\nunit = "ratio"\nsoft = 0.12\nhard = 0.2',
    'measure = "book_exit"\nunit = "days"\nsoft = 5.6\nhard = 6.5',
    'measure = "ownership"\nunit = "ratio"\nhard = 0.5',
    'measure = "coin_mix"\nunit = "ratio"\ndirection = "min"\nscope = {coin = ["BTC"]}\nsoft = 0.5',
    ('measure = "market_value"\nunit = "USD"\nscope = {symbol = ["A"]}\nhard = 450\n---\nmeasure = "market_value"\n'
     'unit = "USD"\nscope = {symbol = ["C"]}\nhard = 380'),
)
RETURNS = {name: np.random.default_rng(seed).normal(0, 0.03, 300) for seed, name in enumerate("ABC")}


def world(floor: str = "0") -> Snapshot:
    return book(row("A", "380", volume="180"), row("B", "330", group="B", volume="2000"),
                row("C", "290", kind=Kind.MINER, exposure="350", volume="150"), risk=risk_model(RETURNS), floor=floor,
                drawdown="0.05")


def by_plain_loop(snapshot: Snapshot, rules: Mandate, draw: Draw) -> dict[str, tuple[float, float]]:
    """Evaluate every limit exactly at the close of every day of every path."""
    names = sorted(RETURNS)
    returns = np.column_stack([RETURNS[name] for name in names])
    values = np.array([float(snapshot.row(name).market_value) for name in names])  # type: ignore[union-attr, arg-type]
    today = values.sum()
    beyond = {limit.id: [0, 0] for limit in rules.limits}
    for path in starts(len(returns), draw):
        seen: dict[str, set[State]] = {limit.id: set() for limit in rules.limits}
        peak = today / (1 - float(snapshot.drawdown or 0))
        for day in factors(returns, path, draw):
            moved = repriced(snapshot, {name: Decimal(repr(float(day[at]))) for at, name in enumerate(names)})
            now = float(values @ day)
            peak = max(peak, now)
            moved = Snapshot(**{**vars_of(moved), "drawdown": Decimal(repr(float(1 - now / peak)))})
            for result in evaluate(moved, rules, DAY, rooms=False).results:
                seen[result.limit.id].add(result.state)
        for name, states in seen.items():
            beyond[name][0] += bool(states & {State.BREACH, State.SOFT_BREACH})
            beyond[name][1] += State.BREACH in states
    return {name: (soft / draw.paths, hard / draw.paths) for name, (soft, hard) in beyond.items()}


def vars_of(snapshot: Snapshot) -> dict[str, object]:
    return {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}


@pytest.mark.parametrize("floor", [0, 960, 990])
def test_the_matrix_product_and_the_exact_limits_agree_on_every_path(floor: int) -> None:
    rules, draw = mandate(*PARTS, floor=floor), Draw(60, 10, 5, 7)
    snapshot = world(str(floor))
    run = evaluate(snapshot, rules, DAY)
    found = early_warning(snapshot, run, draw)
    slow = by_plain_loop(snapshot, rules, draw)
    told = {item.limit.id: item for item in found.warnings}
    assert told["L7"].outlook is Outlook.FIXED
    assert slow["L7"] == (0.0, 0.0)
    for name, (soft, hard) in slow.items():
        item = told[name]
        if item.outlook is Outlook.SIMULATED:
            assert (item.probability, item.hard_probability) == (soft, hard), name
    assert sum(item.outlook is Outlook.SIMULATED for item in found.warnings) >= 5
    assert any(0 < soft < 1 for soft, _ in slow.values())


def test_paths_of_three_blocks_with_a_broken_one_agree_too() -> None:
    rules, draw = mandate(*PARTS[:2]), Draw(80, 11, 4, 3)
    snapshot = world()
    found = early_warning(snapshot, evaluate(snapshot, rules, DAY), draw)
    slow = by_plain_loop(snapshot, rules, draw)
    assert [item.probability for item in found.warnings] == [soft for soft, _ in slow.values()]


def test_one_position_one_limit_one_day_is_the_share_of_past_days_beyond_it() -> None:
    returns = np.random.default_rng(11).normal(0, 0.04, 200)
    level = exp(0.05) * 1000
    beyond = float((returns > log(level / 1000)).mean())
    draw = Draw(100_000, 1, 1, 5)
    found = frequencies(returns[:, None], [Event(((Condition(np.array([1000.0]), -level),),))], draw)[0]
    assert found == pytest.approx(beyond, abs=4 * sqrt(beyond * (1 - beyond) / draw.paths))


def test_ten_days_of_independent_normal_returns_reach_a_level_as_often_as_in_a_plain_simulation() -> None:
    deviation, barrier, draw = 0.03, 0.15, Draw(100_000, 10, 1, 9)
    returns = np.array([NormalDist(0, deviation).inv_cdf((place + 0.5) / 2000) for place in range(2000)])
    found = frequencies(returns[:, None], [Event(((Condition(np.array([1.0]), -exp(barrier)),),))], draw)[0]
    paths = np.cumsum(np.random.default_rng(77).normal(0, deviation, (200_000, 10)), axis=1)
    plain = float((paths.max(axis=1) > barrier).mean())
    assert found == pytest.approx(plain, abs=4 * sqrt(plain * (1 - plain) * (1 / 100_000 + 1 / 200_000)))


def test_the_same_seed_gives_the_same_figure_and_another_seed_another() -> None:
    rules, snapshot = mandate(*PARTS[:3]), world()
    run = evaluate(snapshot, rules, DAY)
    one, again, other = (tuple(item.probability for item in early_warning(
        snapshot, run, Draw(5000, 10, 5, seed)).warnings) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_breach_of_today_is_certain_an_unknown_limit_stays_unknown() -> None:
    rules = mandate('measure = "market_value"\nunit = "USD"\nhard = 500',
                    'measure = "market_value"\nunit = "ratio"\ndenominator = "reserves:gross"\nhard = 0.5')
    found = early_warning(world(), evaluate(world(), rules, DAY), Draw(200, 10, 5, 1)).warnings
    assert (found[0].outlook, found[0].probability, found[0].hard_probability) == (Outlook.BEYOND, 1.0, 1.0)
    assert (found[1].outlook, found[1].probability) == (Outlook.UNKNOWN, None)
    assert found[1].note is not None


def test_a_line_without_history_makes_its_limits_unknown_and_leaves_the_others_alone() -> None:
    snapshot = book(row("A", "380"), row("NEW", "100"), risk=risk_model(RETURNS))
    rules = mandate('measure = "market_value"\nunit = "USD"\nhard = 600',
                    'measure = "market_value"\nunit = "USD"\nscope = {symbol = ["A"]}\nhard = 420')
    found = early_warning(snapshot, evaluate(snapshot, rules, DAY), Draw(500, 10, 5, 1))
    assert found.without == ("NEW",)
    assert [item.outlook for item in found.warnings] == [Outlook.UNKNOWN, Outlook.SIMULATED]
    assert found.warnings[0].probability is None


def test_without_any_history_what_prices_move_is_unknown_and_what_they_do_not_is_fixed() -> None:
    snapshot = book(row("A", "380"))
    rules = mandate(PARTS[0], PARTS[6])
    found = early_warning(snapshot, evaluate(snapshot, rules, DAY), Draw(500, 10, 5, 1)).warnings
    assert [item.outlook for item in found] == [Outlook.UNKNOWN, Outlook.FIXED]


def test_the_distance_in_days_of_volatility_is_distance_over_the_deviation_of_the_figure() -> None:
    rules, snapshot = mandate(PARTS[0]), world()
    item = early_warning(snapshot, evaluate(snapshot, rules, DAY), Draw(200, 10, 5, 1)).warnings[0]
    figure = sum(float(value) * np.exp(RETURNS[name]) for name, value in (("A", "380"), ("B", "330"), ("C", "290")))
    assert item.distance == Decimal(50)
    assert item.volatility == pytest.approx(float(np.std(figure, ddof=1)))
    assert item.days == pytest.approx(50 / float(np.std(figure, ddof=1)))


def test_a_value_at_risk_is_simulated_to_a_first_approximation_only() -> None:
    rules = mandate('measure = "var"\nunit = "USD"\nsoft = 70\noptions = {days = "1", level = "0.99"}')
    found = early_warning(world(), evaluate(world(), rules, DAY), Draw(500, 10, 5, 1)).warnings[0]
    assert found.outlook in {Outlook.NEAR, Outlook.UNKNOWN}


def test_an_empty_book_is_told_without_paths() -> None:
    snapshot = book(risk=risk_model(RETURNS))
    rules = mandate(*PARTS[:2])
    found = early_warning(snapshot, evaluate(snapshot, rules, DAY), Draw(500, 10, 5, 1)).warnings
    assert [item.outlook for item in found] == [Outlook.FIXED, Outlook.FIXED]
    assert RULES.window == 500
