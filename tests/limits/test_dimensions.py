"""Every dimension, denominator and basis against sums made by hand; what does not go together is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.errors import BadInput
from sandyq.exposure.result import Rung
from sandyq.limits.evaluate import part_result
from sandyq.limits.mandate import Part
from sandyq.limits.measures import BY_NAME, MEASURES
from sandyq.limits.measures.base import BASES, DENOMINATORS, SCOPES, SIMPLE, SPLIT
from sandyq.limits.result import PartResult, State
from sandyq.limits.snapshot import Denominator, Row, Snapshot
from sandyq.limits.surroundings import Entity, Known, Place, Tie
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind

DAY = date(2025, 10, 3)


def line(symbol: str, value: int, kind: Kind = Kind.SPOT_ETF, **changes: object) -> Row:
    """A line of 1,000 shares worth `value`, bought at four fifths, looked through to nine tenths in bitcoin at A."""
    shares, amount = Decimal(1000), Decimal(value)
    seen = amount * 9 / 10
    made = Row(
        symbol=symbol, instrument=f"{symbol}.X", kind=kind, issuer=f"Issuer {symbol}", sponsor_group="Group 1",
        currency="USD", country="US", venue="XNAS", quantity=shares, price=amount / shares, rate=ONE,
        market_value=amount, cost=amount * 4 / 5, exposure=seen, exposure_high=seen, coins={"BTC": seen},
        custody={"A": seen}, share_exposure=seen / shares, share_high=seen / shares, share_coins={"BTC": seen / shares},
        share_custody={"A": seen / shares}, beta=Decimal("1.5"), premium=None, age=0, rung=Rung.REPORTED,
        holdings_age=None, volume=Decimal(500), units=Decimal(200_000), structure="physical", leverage=ONE,
        isin=f"ISIN {symbol}", exchange="XNAS")
    return replace(made, **changes)  # type: ignore[arg-type]


def coins(**amounts: int) -> dict[str, Decimal | None]:
    return {name: Decimal(amount) for name, amount in amounts.items()}


ROWS = (
    line("ONE", 500),
    line("TWO", 300, Kind.ETP, sponsor_group="Group 2", currency="CHF", country="CH", venue="XSWX", exchange="XSWX",
         coins=coins(BTC=170, ETH=100), custody=coins(A=200, B=70), structure="synthetic"),
    line("SIX", 200, Kind.MINER, issuer="Issuer ONE", country="CA", venue="ARCX", exchange="XNYS", custody={}),
)
SNAPSHOT = Snapshot(
    as_of=DAY, rows=ROWS, candidates={}, invested=Decimal(800), flows=(), programme=None, ramp_up_floor=ZERO,
    drawdown=None, reserves={name: Denominator(Decimal(size), DAY, "S", DAY) for name, size in
                             (("gross", 10_000), ("gold", 4_000), ("fx", 5_000))},
    around=Known(places={
        "ONE": (Place("acc 1", "Broker 1", "Bank 1", Decimal("0.6")),
                Place("acc 2", "Broker 2", "Bank 1", Decimal("0.4"))),
        "TWO": (Place("acc 1", "Broker 1", "Bank 1", ONE),), "SIX": (Place("acc 3", "Broker 2", "Bank 2", ONE),)},
        entities=(Entity("Name 1", {
            "ONE": (Tie("issuer", coins=False, share=ONE, chain=("ONE", "Name 1")),
                    Tie("coin_custodian", coins=True, share=ONE, chain=("ONE", "Name 1"))),
            "TWO": (Tie("coin_custodian", coins=True, share=Decimal("0.5"), chain=("TWO", "Name 1")),)},
            money=Decimal(25)),),
        coin_values={"ONE": (Decimal(450), Decimal(1000)), "TWO": (Decimal(270), Decimal(1000)),
                     "SIX": (ZERO, Decimal(1000))}))


def mandate(*parts: str) -> str:
    head = '[mandate]\nname = "M"\nversion = "v1"\nvalid_from = 2020-01-01\nmaximum = 1000\n\n[[limit]]\nid = "L01"\n'
    return head + 'clause = "c"\n' + "".join(f"[[limit.part]]\nhard = 100\n{part}\n" for part in parts)


def read(text: str) -> Part:
    return read_mandate(mandate(text)).limits[0].parts[0]


def groups(text: str) -> dict[str, Decimal | None]:
    return {group.group: group.numerator for group in part_result(read(text), SNAPSHOT).groups}


def result(text: str, snapshot: Snapshot = SNAPSHOT) -> PartResult:
    return part_result(read(text), snapshot)


@pytest.mark.parametrize(("dimension", "expected"), [
    ("symbol", {"ONE": 500, "TWO": 300, "SIX": 200}),
    ("instrument", {"ONE.X": 500, "TWO.X": 300, "SIX.X": 200}),
    ("isin", {"ISIN ONE": 500, "ISIN TWO": 300, "ISIN SIX": 200}),
    ("issuer", {"Issuer ONE": 700, "Issuer TWO": 300}),
    ("sponsor_group", {"Group 1": 700, "Group 2": 300}),
    ("kind", {"spot_etf": 500, "etp": 300, "miner": 200}),
    ("currency", {"USD": 700, "CHF": 300}),
    ("country", {"US": 500, "CH": 300, "CA": 200}),
    ("venue", {"XNAS": 500, "XSWX": 300, "ARCX": 200}),
    ("exchange", {"XNAS": 500, "XSWX": 300, "XNYS": 200}),
    ("structure", {"physical": 700, "synthetic": 300}),
    ("account", {"acc 1": 600, "acc 2": 200, "acc 3": 200}),
    ("broker", {"Broker 1": 600, "Broker 2": 400}),
    ("securities_custodian", {"Bank 1": 800, "Bank 2": 200}),
    ("entity", {"Name 1": 500 + 135 + 25}),
])
def test_a_sum_is_grouped_by_a_dimension(dimension: str, expected: dict[str, int]) -> None:
    assert groups(f'measure = "market_value"\nunit = "USD"\ngroup_by = "{dimension}"') == expected


@pytest.mark.parametrize(("dimension", "expected"), [
    ("coin", {"BTC": 450 + 170 + 180, "ETH": 100}), ("custodian", {"A": 450 + 200, "B": 70})])
def test_a_sum_of_exposure_is_grouped_by_what_is_behind_the_lines(dimension: str, expected: dict[str, int]) -> None:
    text = f'measure = "market_value"\nunit = "USD"\nbasis = "look_through"\ngroup_by = "{dimension}"'
    assert groups(text) == expected


def test_every_dimension_has_its_sum_by_hand_above() -> None:
    assert {"symbol", "instrument", "isin", "issuer", "sponsor_group", "kind", "currency", "country", "venue",
            "exchange", "structure", "account", "broker", "securities_custodian", "entity", "coin",
            "custodian"} == SCOPES == SIMPLE | SPLIT


@pytest.mark.parametrize(("scope", "expected"), [
    ('{ country = ["US", "CA"] }', 700), ('{ country = ["!US"] }', 500), ('{ venue = ["XSWX"] }', 300),
    ('{ broker = ["Broker 2"] }', 400), ('{ account = ["!acc 1"] }', 400),
    ('{ kind = ["etp"], broker = ["Broker 1"] }', 300),
    ('{ exchange = ["XNYS"] }', 200), ('{ isin = ["ISIN ONE"] }', 500)])
def test_a_scope_admits_and_excludes(scope: str, expected: int) -> None:
    assert result(f'measure = "market_value"\nunit = "USD"\nscope = {scope}').value == expected


def test_one_dimension_may_be_the_scope_and_another_the_grouping() -> None:
    by_kind = groups('measure = "market_value"\nunit = "USD"\nbasis = "look_through"\n'
                     'scope = { coin = ["BTC"] }\ngroup_by = "kind"')
    assert by_kind == {"spot_etf": 450, "etp": 170, "miner": 180}


@pytest.mark.parametrize(("basis", "expected"), [
    ("market_value", 1000), ("cost", 800), ("look_through", 900), ("beta_adjusted", 1500), ("highest", 1000)])
def test_a_basis_says_what_is_summed(basis: str, expected: int) -> None:
    assert result(f'measure = "market_value"\nunit = "USD"\nbasis = "{basis}"').value == expected


@pytest.mark.parametrize(("denominator", "below"), [
    ("sleeve", 1000), ("coins", 900), ("reserves:gross", 10_000), ("reserves:gold", 4_000), ("reserves:fx", 5_000)])
def test_a_ratio_is_divided_by_its_denominator(denominator: str, below: int) -> None:
    found = result(f'measure = "market_value"\nunit = "ratio"\ndenominator = "{denominator}"\n'
                   'scope = { kind = ["etp"] }')
    assert found.value is not None
    assert Fraction(found.value).limit_denominator(10**12) == Fraction(300, below)
    assert found.denominator == below


def test_every_basis_and_denominator_has_its_case_above() -> None:
    assert {"market_value", "cost", "look_through", "beta_adjusted", "highest"} == BASES
    assert {"sleeve", "coins", "reserves:gross", "reserves:gold", "reserves:fx"} == DENOMINATORS


def test_headroom_over_the_coins_solves_the_equation() -> None:
    part = read('measure = "market_value"\nunit = "ratio"\ndenominator = "coins"\nscope = { kind = ["etp"] }')
    usd = part_result(replace(part, hard=Decimal("0.5")), SNAPSHOT).headroom.usd
    assert usd is not None
    after = (300 + Fraction(usd)) / (900 + Fraction(usd) * Fraction(9, 10))
    assert abs(after - Fraction(1, 2)) < Fraction(1, 10**40)


def test_a_line_whose_country_nobody_gives_may_lie_in_any_country() -> None:
    lost = replace(SNAPSHOT, rows=(*ROWS[:2], replace(ROWS[2], country="")))
    text = 'measure = "market_value"\nunit = "USD"\nscope = { country = ["CH"] }'
    roomy = part_result(replace(read(text), hard=Decimal(900)), lost)
    assert roomy.value == 500  # an upper bound: within the level with all of it
    tight = part_result(replace(read(text), hard=Decimal(400)), lost)
    assert tight.state is State.UNKNOWN
    assert {finding.code for finding in tight.findings} >= {"place-unknown"}


def test_a_position_in_no_account_may_be_with_any_broker() -> None:
    lost = replace(SNAPSHOT, around=Known(places={"TWO": (Place("a", "Broker 1", "", ONE),)}))
    part = read('measure = "market_value"\nunit = "USD"\ngroup_by = "broker"')
    found = part_result(replace(part, hard=Decimal(900)), lost)
    assert found.state is State.UNKNOWN
    assert result('measure = "market_value"\nunit = "USD"\nscope = { broker = ["Broker 9"] }',
                  replace(lost, rows=())).value == 0


def test_coins_without_custodian_may_lie_with_an_entity_that_keeps_coins() -> None:
    around = SNAPSHOT.around
    assert isinstance(around, Known)
    loose = replace(SNAPSHOT, around=replace(around, entities=(replace(around.entities[0], loose=frozenset({"SIX"})),),
                                             coin_values={**around.coin_values, "SIX": (Decimal(180), Decimal(1000))}))
    part = read('measure = "entity"\nunit = "USD"\ngroup_by = "entity"')
    assert part_result(replace(part, hard=Decimal(1000)), loose).value == 660 + 180
    assert part_result(replace(part, hard=Decimal(700)), loose).state is State.UNKNOWN


@pytest.mark.parametrize(("text", "word"), [
    ('measure = "market_value"\nunit = "ratio"', "denominator"),
    ('measure = "market_value"\nunit = "USD"\ndenominator = "sleeve"', "no denominator"),
    ('measure = "market_value"\nunit = "USD"\ngroup_by = "coin"', "basis"),
    (('measure = "market_value"\nunit = "USD"\nbasis = "look_through"\nscope = { coin = ["BTC"] }\n'
     'group_by = "broker"'), "at a time"),
    ('measure = "ownership"\nunit = "ratio"\ngroup_by = "issuer"', "not grouped"),
    ('measure = "ownership"\nunit = "ratio"\ndenominator = "sleeve"', "not divided"),
    ('measure = "days_to_exit"\nunit = "days"\nbasis = "cost"', "basis"),
    ('measure = "net_invested"\nunit = "USD"\nscope = { kind = ["etp"] }', "no scope"),
    ('measure = "coin_mix"\nunit = "ratio"\nscope = { kind = ["etp"] }', "no scope"),
    ('measure = "pace"\nunit = "USD"\noptions = { weeks = "1" }', "no setting"),
    ('measure = "pace"\nunit = "USD"\noptions = { days = "seven" }', "number"),
    ('measure = "through_funds"\nunit = "ratio"\ndenominator = "sleeve"\nbasis = "look_through"', "basis"),
])
def test_what_does_not_go_together_is_refused_with_its_place(text: str, word: str) -> None:
    with pytest.raises(BadInput) as error:
        read(text)
    assert error.value.code == "bad-mandate"
    assert "L01 part 1" in error.value.where
    assert word in str(error.value.what)


def test_every_measure_is_found_by_its_name() -> None:
    assert len(BY_NAME) == len(MEASURES)
    assert all(measure.units for measure in MEASURES)


@given(st.lists(st.tuples(st.sampled_from("PQRST"), st.integers(1, 10**9)), min_size=1, max_size=8))
def test_groups_of_a_split_dimension_add_up_to_the_whole(held: list[tuple[str, int]]) -> None:
    rows = tuple(line(f"{name}{place}", value) for place, (name, value) in enumerate(held))
    places = {row.symbol: (Place(row.symbol[0], row.symbol[0], "", Decimal("0.3")),
                           Place("Z", "Z", "", Decimal("0.7"))) for row in rows}
    snapshot = replace(SNAPSHOT, rows=rows, around=Known(places=places))
    found = part_result(read('measure = "market_value"\nunit = "USD"\ngroup_by = "broker"'), snapshot)
    assert sum(group.numerator or ZERO for group in found.groups) == sum(value for _, value in held)
