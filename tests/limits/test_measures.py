"""Each measure by hand: what it counts, per group, and when it is Unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.exposure.result import Premium, Rung
from sandyq.limits.evaluate import evaluate, part_result, state_of
from sandyq.limits.explain import explain_limit
from sandyq.limits.mandate import Part
from sandyq.limits.measures import MEASURES
from sandyq.limits.result import Order, PartResult, State
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq_resources import text

DAY = date(2025, 10, 3)


def row(symbol: str, value: str, kind: Kind = Kind.SPOT_ETF, **changes: object) -> Row:
    """A line worth `value` with 1,000,000 shares, looked through one to one into bitcoin kept by custodian A."""
    amount, shares = Decimal(value), Decimal(1_000_000)
    each = amount / shares
    made = Row(symbol=symbol, instrument=symbol, kind=kind, issuer=symbol, sponsor_group="Sponsor", currency="USD",
               country="US", venue="XNAS", quantity=shares, price=each, rate=ONE, market_value=amount, cost=amount,
               exposure=amount, exposure_high=amount, coins={"BTC": amount}, custody={"A": amount},
               share_exposure=each, share_high=each, share_coins={"BTC": each}, share_custody={"A": each}, beta=ONE,
               premium=None, age=0, rung=Rung.REPORTED, holdings_age=None, volume=Decimal(500_000),
               units=Decimal(200_000_000), structure="", leverage=ONE)
    return replace(made, **changes)  # type: ignore[arg-type]


def book(*rows: Row, **changes: object) -> Snapshot:
    made = Snapshot(as_of=DAY, rows=rows, candidates={}, invested=ZERO, flows=(), reserves={}, programme=None,
                    ramp_up_floor=ZERO, drawdown=None)
    return replace(made, **changes)  # type: ignore[arg-type]


def measured(name: str, snapshot: Snapshot, unit: str = "ratio", hard: str = "0.5", **changes: object) -> PartResult:
    part = Part(name, "", unit, "max", None, None, Decimal(hard))
    return part_result(replace(part, **changes), snapshot)  # type: ignore[arg-type]


def test_a_custodian_has_its_share_of_all_coins_and_the_largest_speaks() -> None:
    other = row("FBTC", "20000000", custody={"B": Decimal(20_000_000)}, share_custody={"B": Decimal(20)})
    result = measured("custodian", book(row("IBIT", "60000000"), other))
    assert (result.group, result.value, result.state) == ("A", Decimal("0.75"), State.BREACH)


def test_coins_without_a_known_custodian_bound_the_share_or_make_it_unknown() -> None:
    homeless = row("BETF", "10000000", custody={"": Decimal(10_000_000)}, share_custody={"": Decimal(10)})
    snapshot = book(row("IBIT", "60000000"), homeless, row("X", "130000000", custody={"B": Decimal(130_000_000)}))
    roomy = measured("custodian", snapshot, hard="0.9")
    assert {g.group: g.value for g in roomy.groups} == {"A": Decimal("0.35"), "B": Decimal("0.7")}
    assert any(f.code == "custodian-unknown" for f in roomy.findings)
    assert measured("custodian", snapshot, hard="0.68").state is State.UNKNOWN


def test_the_coin_mix_counts_coins_of_the_whole_exposure_and_issuers_tokens_apart() -> None:
    mixed = row("BASKET", "20000000", coins={"ETH": Decimal(15_000_000), "BNB": Decimal(5_000_000)})
    snapshot = book(row("IBIT", "80000000"), mixed)
    assert measured("coin_mix", snapshot, scope={"coin": ("BTC",)}, direction="min").value == Decimal("0.8")
    assert measured("coin_mix", snapshot, scope={"coin": ("!BTC", "!ETH")}).value == Decimal("0.05")
    affiliated = measured("coin_mix", snapshot, hard="0", scope={"coin": ("affiliated",)})
    assert (affiliated.value, affiliated.state) == (Decimal("0.05"), State.BREACH)


def test_ownership_is_our_units_over_units_outstanding_and_unknown_without_a_count() -> None:
    result = measured("ownership", book(row("IBIT", "60000000"), row("FBTC", "1", units=None)), hard="0.01")
    assert {g.group: g.value for g in result.groups} == {"IBIT": Decimal("0.005"), "FBTC": None}
    assert result.state is State.UNKNOWN


def test_days_to_exit_follow_o13_and_a_line_without_volume_is_unknown() -> None:
    thin = row("AIX", "1000000", quantity=Decimal(100_000), volume=Decimal(2_000))
    liquid = row("BIG", "1000000", quantity=Decimal(600_000), volume=Decimal(60_000_000))
    middle = row("MID", "1000000", quantity=Decimal(600_000), volume=Decimal(400_000))
    result = measured("days_to_exit", book(thin, liquid, middle), "days", "5")
    assert {g.group: g.value for g in result.groups} == {"AIX": Decimal(500), "BIG": Decimal("0.1"), "MID": Decimal(15)}
    assert measured("days_to_exit", book(row("X", "1", volume=None)), "days", "5").state is State.UNKNOWN


def test_the_book_is_out_when_the_wanted_share_of_its_value_is_sold_side_by_side() -> None:
    quick = row("Q", "90000000", quantity=Decimal(100_000), volume=Decimal(1_000_000))
    slow = row("S", "10000000", quantity=Decimal(1_000_000), volume=Decimal(1_000_000))
    result = measured("book_exit", book(quick, slow), "days", "50")
    assert result.value == Decimal(5)
    assert measured("book_exit", book(quick, replace(slow, volume=None)), "days", "50").state is State.UNKNOWN


def test_an_order_is_held_against_the_median_volume_only_when_there_is_one() -> None:
    snapshot = book(row("IBIT", "60000000"))
    assert measured("order_volume", snapshot).state is State.NOT_APPLICABLE
    ordered = replace(snapshot, orders=(Order("buy", Decimal(75_000), "IBIT", Decimal(60)),))
    assert measured("order_volume", ordered, hard="0.10").value == Decimal("0.15")


def test_pace_counts_the_trailing_days_with_the_day_itself() -> None:
    flows = tuple((DAY - timedelta(days=back), Decimal(amount)) for back, amount in
                  ((0, 5), (6, 7), (7, 11), (29, 13), (30, 17)))
    week = measured("pace", book(row("IBIT", "1"), flows=flows), "USD", "100", options={"days": "7"})
    month = measured("pace", book(row("IBIT", "1"), flows=flows), "USD", "100", options={"days": "30"})
    assert (week.value, month.value) == (Decimal(12), Decimal(36))


def test_the_first_tranche_is_measured_while_it_is_being_bought_and_then_is_history() -> None:
    flows = ((DAY - timedelta(days=3), Decimal(20)), (DAY, Decimal(6)))
    assert measured("first_tranche", book(row("IBIT", "1"), flows=flows), "USD", "25").value == Decimal(26)
    old = ((DAY - timedelta(days=300), Decimal(90)),)
    assert measured("first_tranche", book(row("IBIT", "1"), flows=old), "USD", "25").state is State.NOT_APPLICABLE


@pytest.mark.parametrize(("premium", "state"), [
    (Premium(Decimal("-0.002"), comparable=True, nav=Decimal(60), nav_day=DAY, reason=None), State.OK),
    (Premium(Decimal("-0.004"), comparable=True, nav=Decimal(60), nav_day=DAY, reason=None), State.BREACH),
    (Premium(None, comparable=False, nav=None, nav_day=None, reason=N_("clocks differ")), State.UNKNOWN),
    (None, State.UNKNOWN),
])
def test_a_premium_counts_in_both_directions_and_is_unknown_unless_comparable(premium: Premium | None,
                                                                              state: State) -> None:
    snapshot = book(row("IBIT", "60", premium=premium), orders=(Order("buy", ONE, "IBIT", ONE),))
    assert measured("premium", snapshot, hard="0.003").state is state
    selling = replace(snapshot, orders=(Order("sell", ONE, "IBIT", ONE),))
    assert measured("premium", selling, hard="0.003").state is State.NOT_APPLICABLE


def test_data_quality_counts_value_that_is_stale_or_on_the_fall_back_and_the_age_of_filings() -> None:
    snapshot = book(row("A", "60", age=2), row("B", "40"), row("C", "100", Kind.MINER, rung=Rung.FALLBACK,
                                                              holdings_age=120))
    assert measured("stale_share", snapshot, denominator="sleeve").value == Decimal("0.3")
    assert measured("fallback_share", snapshot, denominator="sleeve").value == Decimal("0.5")
    assert measured("holdings_age", snapshot, "days", "200").value == Decimal(120)
    lost = book(row("A", "60", age=None, market_value=None), row("B", "40"))
    assert measured("stale_share", lost, denominator="sleeve").state is State.UNKNOWN


def test_the_programme_is_unknown_until_the_other_participants_are_recorded() -> None:
    snapshot = book(row("IBIT", "60"))
    assert measured("programme", snapshot, "USD", "100").state is State.UNKNOWN
    assert measured("programme", replace(snapshot, programme=Decimal(41)), "USD", "100").value == Decimal(101)


def test_drawdown_is_a_positive_share_and_stops_purchases_only_where_the_mandate_says() -> None:
    flows = ((DAY, ONE),)
    assert measured("drawdown", book(row("A", "1"), flows=flows)).state is State.UNKNOWN
    assert measured("drawdown", book(row("A", "1"), flows=flows, drawdown=Decimal("0.36")), hard="0.35"
                    ).state is State.BREACH


def test_forbidden_products_are_told_by_structure_or_leverage() -> None:
    snapshot = book(row("BITX", "1", leverage=Decimal(2)), row("MSTY", "1", structure="covered_call"), row("IBIT", "1"))
    result = measured("forbidden_products", snapshot, "count", "0")
    assert (result.group, result.value, result.state) == ("BITX, MSTY", Decimal(2), State.BREACH)


def test_the_coin_equivalent_is_the_exposure_in_bitcoin() -> None:
    snapshot = book(row("IBIT", "60000000"), bitcoin=Decimal(120_000))
    assert measured("coin_equivalent", snapshot, "count", "400").value == Decimal(500)
    assert measured("coin_equivalent", book(row("IBIT", "1")), "count", "400").state is State.UNKNOWN


def test_bases_differ_and_the_highest_is_the_highest() -> None:
    line = row("MSTR", "100", Kind.TREASURY_COMPANY, cost=Decimal(80), exposure=Decimal(140), beta=Decimal("1.2"))
    values = {basis: measured("market_value", book(line), "USD", "1000", basis=basis).value
              for basis in ("market_value", "cost", "look_through", "beta_adjusted", "highest")}
    assert values == {"market_value": 100, "cost": 80, "look_through": 140, "beta_adjusted": 120, "highest": 140}


@pytest.mark.parametrize("level", ["hard", "soft"])
def test_a_value_equal_to_a_level_is_within_and_the_smallest_step_beyond_is_not(level: str) -> None:
    part = Part("net_invested", "", "USD", "max", None, Decimal(10) if level == "soft" else None, Decimal(20))
    edge = part.soft if level == "soft" else part.hard
    assert edge is not None
    beyond = State.SOFT_BREACH if level == "soft" else State.BREACH
    assert state_of(edge, part) is State.OK
    assert state_of(edge + Decimal("0.01"), part) is beyond


def test_explain_unfolds_the_numerator_the_denominator_and_the_levels() -> None:
    mandate = read_mandate(text("mandates", "example.toml"))
    snapshot = book(row("IBIT", "60000000"), row("FBTC", "40000000"))
    run = evaluate(snapshot, mandate, DAY)
    result = run.by_id("L16")
    assert result is not None
    tree = explain_limit(result, snapshot)
    labels = [str(leaf.label) for leaf in tree.parts[0].parts]
    assert labels == ["Numerator", "Denominator", "Warning level", "Soft limit", "Hard limit"]
    assert (tree.value, tree.unit) == (Decimal(100), "%")


@pytest.mark.parametrize(("change", "code"), [
    (("name = ", "nome = "), "bad-mandate"), (('measure = "net_invested"', 'measure = "magic"'), "bad-mandate"),
    (('unit = "USD"', 'unit = "EUR"'), "bad-mandate"), (("warn = 270_000_000", "warn = 370_000_000"), "bad-mandate"),
    (("valid_from = 2018-01-01", 'valid_from = "soon"'), "bad-mandate"), (("[mandate]", "[mandat]"), "bad-mandate"),
    (('id = "L02"', 'id = "L01"'), "bad-mandate"), (("hard = 300_000_000", "hard = nan"), "bad-mandate"),
    (('block_at = "soft"', 'block_at = "sometimes"'), "bad-mandate"), (("[mandate]", "[[["), "bad-mandate"),
])
def test_a_mandate_with_a_mistake_is_refused_with_its_place(change: tuple[str, str], code: str) -> None:
    content = text("mandates", "example.toml")
    assert change[0] in content
    with pytest.raises(BadInput) as caught:
        read_mandate(content.replace(*change, 1), "mandate.toml")
    assert caught.value.code == code
    assert "mandate.toml" in caught.value.where


def test_every_measure_has_a_name_of_its_own() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


def test_a_company_whose_beta_is_lost_counts_as_one_that_hardly_moves_with_coins() -> None:
    def adjacent(beta: str | None) -> PartResult:
        company = row("CO", "10000000", kind=Kind.EXCHANGE, beta=None if beta is None else Decimal(beta))
        return measured("market_value", book(row("IBIT", "90000000"), company), denominator="sleeve",
                        options={"beta_below": "0.5"})

    assert adjacent("1.2").value == 0
    assert adjacent("0.4").value == adjacent(None).value == Decimal("0.1")
    assert [finding.code for finding in adjacent(None).findings] == ["beta-unknown"]
