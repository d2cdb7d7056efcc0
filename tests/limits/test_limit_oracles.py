"""States, utilisation and headroom against figures of the design (O17, the Limits picture), not of the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sandyq.basics.decimals import ONE, ZERO
from sandyq.exposure.result import Rung
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import PartResult, State
from sandyq.limits.snapshot import Denominator, Row, Snapshot
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq_resources import text

DAY = date(2025, 10, 3)
MILLION = Decimal(1_000_000)


def row(symbol: str, kind: Kind, quantity: str, price: str, beta: str = "1") -> Row:
    """One position whose exposure is its market value times `beta`."""
    units, each, value = Decimal(quantity), Decimal(price), Decimal(quantity) * Decimal(price)
    through = value * Decimal(beta)
    return Row(symbol=symbol, instrument=symbol, kind=kind, issuer=symbol, sponsor_group=symbol, currency="USD",
               country="US", venue="XNAS", quantity=units, price=each, rate=ONE, market_value=value, cost=value,
               exposure=through, exposure_high=through, coins={"BTC": through}, custody={},
               share_exposure=each * Decimal(beta), share_high=each * Decimal(beta), share_coins={}, share_custody={},
               beta=Decimal(beta), premium=None, age=0, rung=Rung.REPORTED, holdings_age=None, volume=None, units=None,
               structure="", leverage=ONE)


def book(*rows: Row, gross: str | None = "57400000000", invested: str = "0", floor: str = "50000000") -> Snapshot:
    reserves = {} if gross is None else {"gross": Denominator(Decimal(gross), date(2025, 8, 31), "bulletin", None)}
    return Snapshot(as_of=DAY, rows=rows, candidates={}, invested=Decimal(invested), flows=(), reserves=reserves,
                    programme=None, ramp_up_floor=Decimal(floor), drawdown=None)


def mandate(part: str, valid_from: str = "2025-07-15") -> Mandate:
    return read_mandate(f"""
[mandate]
name = "Board"
version = "3"
valid_from = {valid_from}
maximum = 300_000_000
ramp_up_floor = 50_000_000
[[limit]]
id = "X"
clause = "A clause."
[[limit.part]]
{part}
""")


def speaking(snapshot: Snapshot, part: str) -> PartResult:
    result = evaluate(snapshot, mandate(part), DAY).by_id("X")
    assert result is not None
    assert result.worst is not None
    return result.worst


GROSS = """measure = "market_value"
unit = "ratio"
denominator = "reserves:gross"
warn = 0.0045
soft = 0.0050
hard = 0.0075"""
CAP = """measure = "net_invested"
unit = "USD"
warn = 270_000_000
hard = 300_000_000"""
COMPANY = """measure = "market_value"
unit = "ratio"
denominator = "sleeve"
group_by = "issuer"
scope = {kind = ["treasury_company"]}
warn = 0.04
soft = 0.05
hard = 0.07"""
MINIMUM = """measure = "market_value"
unit = "ratio"
denominator = "sleeve"
direction = "min"
scope = {kind = ["spot_etf", "etp"]}
warn = 0.65
soft = 0.60"""


@pytest.mark.parametrize(("invested", "state"), [
    ("269999999.99", State.OK), ("270000000", State.WARNING), ("300000000.00", State.WARNING),
    ("300000000.01", State.BREACH),
])
def test_a_cap_is_within_at_exactly_its_amount_and_breached_one_cent_above(invested: str, state: State) -> None:
    found = speaking(book(row("IBIT", Kind.SPOT_ETF, "1000", "69.81"), invested=invested), CAP)
    assert found.state is state
    assert found.excess == (Decimal("0.01") if state is State.BREACH else None)


def test_o17_a_rise_of_the_coin_breaches_the_share_of_reserves_softly_without_a_trade() -> None:
    before = speaking(book(row("IBIT", Kind.SPOT_ETF, "2500000", "100"), gross="69400000000"), GROSS)
    after = speaking(book(row("IBIT", Kind.SPOT_ETF, "2500000", "148.48"), gross="69400000000"), GROSS)
    assert before.value is not None
    assert after.value is not None
    assert round(before.value * 100, 3) == Decimal("0.360")
    assert round(after.value * 100, 3) == Decimal("0.535")
    assert (before.state, after.state) == (State.OK, State.SOFT_BREACH)


def test_headroom_of_a_soft_breach_is_negative_three_ways() -> None:
    """The Limits picture: 300.384 M over 57.4 bn, exposure 293.5 M."""
    beta = str(Decimal("293.5") / Decimal("300.384"))
    found = speaking(book(row("IBIT", Kind.SPOT_ETF, "4302879.2436614", "69.81", beta)), GROSS)
    room = found.headroom
    assert found.value is not None
    assert round(found.value * 100, 4) == Decimal("0.5233")
    assert room.usd is not None
    assert round(room.usd / MILLION, 1) == Decimal("-13.4")
    assert room.shares is not None
    assert round(room.shares / 1000) == -192
    assert room.coin_move is not None
    assert round(room.coin_move * 100, 1) == Decimal("-4.6")
    assert found.denominator_day == date(2025, 8, 31)


def test_headroom_of_a_share_of_the_sleeve_counts_that_the_sleeve_grows_with_the_purchase() -> None:
    """The Limits picture, L17: MSTR 4.37 % of 300.384 M, soft 5 %: 2.0 M; with beta 1.46 a coin move of about +42 %."""
    company = row("MSTR", Kind.TREASURY_COMPANY, "37402.16", "351", "1.46")
    assert company.market_value is not None
    rest = row("IBIT", Kind.SPOT_ETF, str(Decimal(300384000) - company.market_value), "1",
               str((Decimal(293500000) - company.market_value * Decimal("1.46"))
                   / (Decimal(300384000) - company.market_value)))
    room = speaking(book(company, rest), COMPANY).headroom
    assert room.symbol == "MSTR"
    assert room.usd is not None
    assert round(room.usd / MILLION, 1) == Decimal("2.0")
    assert room.coin_move is not None
    assert Decimal("0.40") < room.coin_move < Decimal("0.44")


def test_headroom_of_a_minimum_is_what_may_be_sold() -> None:
    """The Limits picture, L10: 79.2 % of 300.384 M against 60 %: 144.2 M."""
    held = book(row("IBIT", Kind.SPOT_ETF, "237904128", "1"), row("NVDA", Kind.TECH_EQUITY, "62479872", "1", "0.37"))
    found = speaking(held, MINIMUM)
    assert found.state is State.OK
    assert found.headroom.usd is not None
    assert round(found.headroom.usd / MILLION, 1) == Decimal("144.2")


def test_during_ramp_up_the_first_company_share_is_held_against_the_floor() -> None:
    found = speaking(book(row("MSTR", Kind.TREASURY_COMPANY, "1000000", "1")), COMPANY)
    assert found.value == Decimal("0.02")
    assert found.state is State.OK


def test_a_minimum_does_not_fail_before_the_ramp_up_is_over() -> None:
    """Domain B6, L10: the minimum applies after ramp-up; 10 M in spot funds alone is no breach."""
    result = evaluate(book(row("IBIT", Kind.SPOT_ETF, "10000000", "1")), mandate(MINIMUM), DAY).by_id("X")
    assert result is not None
    assert result.state in {State.OK, State.NOT_APPLICABLE}


def test_without_published_reserves_the_share_is_unknown_and_says_why() -> None:
    found = speaking(book(row("IBIT", Kind.SPOT_ETF, "1", "1"), gross=None), GROSS)
    assert found.state is State.UNKNOWN
    assert found.value is None
    assert [finding.code for finding in found.findings] == ["reserves-missing"]


@pytest.mark.parametrize("part", [GROSS, COMPANY, MINIMUM])
def test_a_line_without_a_value_makes_the_limit_unknown_never_ok(part: str) -> None:
    lost = replace(row("MSTR", Kind.TREASURY_COMPANY, "10", "300"), market_value=None, price=None)
    found = speaking(book(row("IBIT", Kind.SPOT_ETF, "2000000", "60"), lost), part)
    assert found.state is State.UNKNOWN
    assert found.findings


def test_a_limit_of_the_future_is_upcoming() -> None:
    run = evaluate(book(invested="400000000"), mandate(CAP, "2025-11-03"), DAY)
    assert [result.state for result in run.results] == [State.UPCOMING]


def test_net_invested_is_never_under_zero() -> None:
    assert speaking(book(invested="-5"), CAP).value == ZERO


def test_the_example_mandate_is_read_whole_and_every_limit_has_a_clause_and_three_titles() -> None:
    shipped = read_mandate(text("mandates", "example.toml"), "example.toml")
    assert shipped.example
    assert shipped.findings == ()
    assert [limit.id for limit in shipped.limits] == [f"L{number:02}" for number in range(1, 34)]
    assert all(limit.clause and set(limit.title) == {"en", "ru", "kk"} for limit in shipped.limits)
    assert (shipped.minimum, shipped.target, shipped.maximum) == (50 * MILLION, 250 * MILLION, 300 * MILLION)


def test_the_example_mandate_gives_every_limit_a_state_on_a_small_book() -> None:
    shipped = read_mandate(text("mandates", "example.toml"))
    run = evaluate(book(row("IBIT", Kind.SPOT_ETF, "100000", "70"), invested="7000000"), shipped, shipped.valid_from)
    assert len(run.results) == len(shipped.limits)
    assert run.by_id("L01").state is State.OK  # type: ignore[union-attr]
    assert all(result.findings for result in run.results if result.state is State.UNKNOWN)
