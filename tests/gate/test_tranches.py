"""The tranche plan: which tranche may be released, what may be bought under it, overrides, and what waiting costs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from gate_books import CALM_DAYS, DAY, MANDATE, Desk, Q, gated_sleeve
from hypothesis import given
from hypothesis import strategies as st
from order_books import Clock, basket

from sandyq.basics.decimals import ZERO
from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused
from sandyq.gate.waiting import cost_of_waiting
from sandyq.limits.mandate import Mandate, Tranche
from sandyq.limits.result import Verdict
from sandyq.limits.surroundings import GateSign, Override
from sandyq.limits.toml import read_mandate
from sandyq.limits.tranche_plan import Bought, Release, TrancheState, beyond_volume, may_buy, standings
from sandyq.reports.page import page
from sandyq.reports.workbook import limits_table, notes_table
from sandyq.workstation.issuing import sheet_data

D = date(2025, 6, 2)
OPEN, SHUT = GateSign("open", D), GateSign("closed", D)


def plan_of(*tranches: Tranche, maximum: int = 1000) -> Mandate:
    text = f'[mandate]\nname = "M"\nversion = "v1"\nvalid_from = 2020-01-01\nmaximum = {maximum}\n'
    text += "".join(f'[[tranche]]\nid = "{t.id}"\namount = {t.amount}\nmin_gap_days = {t.min_gap_days}\n'
                    f'gate = {str(t.gate).lower()}\n' + (f"earliest = {t.earliest}\n" if t.earliest else "")
                    for t in tranches)
    return read_mandate(text + '[[limit]]\nid = "L01"\ntitle = { en = "Cap" }\nclause = "Cap."\n'
                        '[[limit.part]]\nmeasure = "net_invested"\nunit = "USD"\nhard = 1000\n')


def tranche(name: str, amount: int = 100, earliest: date | None = None, gap: int = 0, *, gate: bool = True) -> Tranche:
    return Tranche(name, Decimal(amount), earliest, gap, gate, None)


def codes(mandate: Mandate, bought: list[Bought], gate: GateSign | None = OPEN, on: date = D,
          overrides: tuple[Override, ...] = (), invested: int = 0) -> list[list[str]]:
    return [[reason.code for reason in one.reasons] for one in standings(
        mandate, bought, (), overrides, gate, on, Decimal(invested))]


@pytest.mark.parametrize(("gate", "expected"), [
    (OPEN, []), (SHUT, ["gate-shut"]), (GateSign("armed", D), ["gate-shut"]), (None, ["gate-missing"]),
    (GateSign("", D, "no closes"), ["gate-unknown"])])
def test_only_an_open_gate_lets_a_tranche_be_released(gate: GateSign | None, expected: list[str]) -> None:
    assert codes(plan_of(tranche("T1")), [], gate) == [expected]


def test_a_tranche_without_the_gate_goes_through_a_shut_one() -> None:
    assert codes(plan_of(tranche("T1", gate=False)), [], SHUT) == [[]]


@pytest.mark.parametrize(("days", "expected"), [(-1, ["tranche-early"]), (0, []), (1, [])])
def test_a_tranche_waits_for_its_day(days: int, expected: list[str]) -> None:
    assert codes(plan_of(tranche("T1", earliest=D)), [], on=D + timedelta(days=days)) == [expected]


@pytest.mark.parametrize(("days", "expected"), [(13, ["tranche-early"]), (14, [])])
def test_a_tranche_waits_for_the_gap_after_the_one_before(days: int, expected: list[str]) -> None:
    bought = [Bought(D, Decimal(100), "T1")]
    assert codes(plan_of(tranche("T1"), tranche("T2", gap=14)), bought, on=D + timedelta(days=days))[1] == expected


def test_all_reasons_are_told_not_only_the_first() -> None:
    found = codes(plan_of(tranche("T1"), tranche("T2", earliest=D + timedelta(days=1)), maximum=250), [], SHUT,
                  invested=200)
    assert found[1] == ["tranche-before", "tranche-early", "gate-shut", "tranche-maximum"]


@pytest.mark.parametrize(("invested", "expected"), [(899, []), (900, []), (901, ["tranche-maximum"])])
def test_a_tranche_never_goes_beyond_the_maximum(invested: int, expected: list[str]) -> None:
    assert codes(plan_of(tranche("T1")), [], invested=invested) == [expected]


def test_a_purchase_of_unknown_amount_makes_its_tranche_unknown_and_never_ready() -> None:
    (found,) = standings(plan_of(tranche("T1")), [Bought(D, None, "T1")], (), (), OPEN, D, None)
    assert found.done is None
    assert found.state is TrancheState.WAITS


def test_a_plan_beyond_the_maximum_is_refused() -> None:
    with pytest.raises(BadInput, match="more than the maximum"):
        plan_of(tranche("T1", 600), tranche("T2", 401))


@given(st.integers(0, 120), st.integers(0, 120), st.integers(1, 120))
def test_what_passes_never_exceeds_the_release_or_the_tranche(done: int, pending: int, amount: int) -> None:
    release = Release("R-1", "T1", Decimal(90), D, D)
    bought = [Bought(D, Decimal(done), "T1")] if done else []
    (found,) = standings(plan_of(tranche("T1")), bought, [release], (), OPEN, D, Decimal(done))
    reasons = may_buy(found, Decimal(amount), "T1", D, OPEN, (), Decimal(pending))
    assert (not reasons) == (done + pending + amount <= 90)


def test_nothing_is_bought_under_a_tranche_that_is_unknown_unreleased_or_shut() -> None:
    mandate = plan_of(tranche("T1"))
    (bare,) = standings(mandate, [], (), (), OPEN, D, Decimal(0))
    (given_,) = standings(mandate, [], [Release("R-1", "T1", Decimal(90), D, D)], (), SHUT, D, Decimal(0))
    assert [one.code for one in may_buy(None, Decimal(1), "T9", D, OPEN, ())] == ["no-tranche"]
    assert [one.code for one in may_buy(bare, Decimal(1), "T1", D, OPEN, ())] == ["not-released"]
    assert [one.code for one in may_buy(given_, Decimal(1), "T1", D, SHUT, ())] == ["gate-shut"]
    assert [one.code for one in may_buy(given_, None, "T1", D, OPEN, ())] == ["tranche-unknown"]


@pytest.mark.parametrize(("shares", "volume", "expected"), [
    (50, 1000, None), (51, 1000, "over-volume"), (1, None, "volume-missing")])
def test_a_tranche_takes_its_share_of_the_volume_and_no_more(shares: int, volume: int | None,
                                                             expected: str | None) -> None:
    limited = Tranche("T1", Decimal(100), None, 0, True, Decimal("0.05"))
    found = beyond_volume(limited, "IBIT", Decimal(shares), None if volume is None else Decimal(volume))
    assert (found.code if found else None) == expected
    assert beyond_volume(tranche("T1"), "IBIT", Decimal(shares), None) is None


def test_an_override_opens_its_own_tranche_on_its_own_days() -> None:
    mandate = plan_of(tranche("T1"), tranche("T2"))
    one = Override("G-1", "IC-1", "T1", Decimal(50), D, D + timedelta(days=2))
    assert codes(mandate, [], SHUT, overrides=(one,)) == [[], ["tranche-before", "gate-shut"]]
    assert codes(mandate, [], SHUT, on=D + timedelta(days=3), overrides=(one,))[0] == ["gate-shut"]


def test_under_an_override_no_more_is_released_or_bought_than_it_leaves() -> None:
    mandate = plan_of(tranche("T1"))
    one = Override("G-1", "IC-1", "T1", Decimal(50), D, D + timedelta(days=2))
    later = Bought(D, Decimal(20), "T1")
    for bought, room in (([], 50), ([later], 30), ([Bought(D - timedelta(days=1), Decimal(20), "T1")], 50),
                         ([Bought(D, None, "T1")], 0)):
        (found,) = standings(mandate, bought, (), (one,), SHUT, D, ZERO)
        assert found.room == room
        (under_an_open_gate,) = standings(mandate, bought, (), (one,), OPEN, D, ZERO)
        assert under_an_open_gate.room is None
    given_ = Release("R-1", "T1", Decimal(80), D, D + timedelta(days=2), "")
    (found,) = standings(mandate, [later], (given_,), (one,), SHUT, D, ZERO)
    assert found.releasable == 30
    assert may_buy(found, Decimal(30), "T1", D, SHUT, (one,)) == ()
    assert [r.code for r in may_buy(found, Decimal(31), "T1", D, SHUT, (one,))] == ["over-override"]
    assert [r.code for r in may_buy(found, Decimal(20), "T1", D, SHUT, (one,), Decimal(11))] == ["over-override"]


# ---- in a book

def release(desk: Desk, **more: object) -> str:
    q = desk.as_person("Manager 1").now
    done = desk.station.tranches.release(q, "T2", "as planned", **more)  # type: ignore[arg-type]
    desk.as_person("Risk 1").station.people.approve(done.proposal)
    return done.proposal


def test_the_plan_shows_done_and_what_may_be_released(calm: Desk) -> None:
    plan = calm.station.tranches.plan(Q)
    first, second, third = plan.standings
    assert (first.done, first.laid, first.left) == (78_000, True, 2_000)
    assert second.state is TrancheState.READY
    assert {one.code for one in third.reasons} == {"tranche-before", "tranche-early"}
    assert (plan.planned, plan.done) == (190_000, 78_000)


def test_a_release_takes_two_and_stores_gate_and_limits_under_its_hash(calm: Desk) -> None:
    done = calm.as_person("Manager 1").station.tranches.release(Q, "T2", "as planned")
    with pytest.raises(Refused, match="another person"):
        calm.station.people.approve(done.proposal)
    calm.as_person("Risk 1").station.people.approve(done.proposal)
    (found,) = calm.station.tranches.plan(Q).releases
    said = json.loads(found.content)
    assert (found.release.tranche, found.release.amount) == ("T2", 50_000)
    assert (found.signed.author, found.signed.checker) == ("Manager 1", "Risk 1")
    assert said["gate"]["state"] == "open"
    assert set(said["limits"]) == {"L01", "L24"}
    assert found.release.content_hash == sha256(found.content.encode()).hexdigest()
    assert calm.station.verify().holds


def test_a_shut_gate_keeps_a_tranche_and_says_why(shaken: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        shaken.as_person("Manager 1").station.tranches.release(Q, "T2", "as planned")
    assert [one.code for one in refusal.value.findings] == ["gate-shut"]


def test_a_gate_that_shuts_between_the_signatures_stops_the_release(calm: Desk) -> None:
    done = calm.as_person("Manager 1").station.tranches.release(Q, "T2", "as planned")
    calm.close("IBIT", DAY + timedelta(days=1), "65")
    from custody_books import record
    from gate_books import coin

    record(calm.station, [coin(DAY + timedelta(days=1), 80_000)])
    with pytest.raises(Refused, match="may not be released"):
        calm.as_person("Risk 1").station.people.approve(done.proposal)


def test_a_purchase_needs_a_released_tranche_and_stays_within_it(calm: Desk) -> None:
    with pytest.raises(BadInput, match="no tranche is released"):
        calm.propose("buy 10 IBIT @ 65")
    release(calm, amount=Decimal(1_000))
    ticket = calm.approved("buy 10 IBIT @ 65")
    assert calm.station.orders.ticket(ticket).lines[0].tranche == "T2"
    with pytest.raises(Refused) as refusal:
        calm.propose("buy 6 IBIT @ 65")
    assert any("is more than" in str(one.text) for one in refusal.value.findings)
    calm.fill(ticket, 10, 65)
    assert calm.station.tranches.plan(calm.now).standings[1].done == 650


def test_a_purchase_whose_volume_is_unknown_is_refused_where_the_tranche_has_a_share_of_it(
        tmp_path: Path, clock: Clock) -> None:
    limited = MANDATE.replace("earliest = 2025-09-01\n", "earliest = 2025-09-01\nshare_of_volume = 0.05\n")
    with gated_sleeve(tmp_path / "limited.sandyq", [0.001] * CALM_DAYS, limited) as station:
        desk = Desk(station, clock)
        release(desk)
        with pytest.raises(Refused) as refusal:
            desk.propose("buy 10 IBIT @ 65")
        assert any("no volume" in str(one.text) for one in refusal.value.findings)


def test_a_draft_leaves_its_tranche_open_and_a_sale_needs_none(calm: Desk) -> None:
    assert calm.station.check(Q, basket(["buy 10 IBIT @ 65"])).verdict is Verdict.PASS
    assert calm.propose("sell 10 IBIT @ 65").reference


def override(desk: Desk, **more: object) -> str:
    said: dict[str, object] = {"tranche": "T2", **more}
    done = desk.as_person("Manager 1").station.tranches.override(
        Q, "IC-2025-7", Decimal(5_000), DAY, DAY + timedelta(days=3), "the committee decided", **said)  # type: ignore[arg-type]
    desk.as_person("Risk 1").station.people.approve(done.proposal)
    return done.proposal


def test_an_override_opens_one_tranche_and_stands_on_every_later_sheet(shaken: Desk) -> None:
    assert sheet_data(shaken.station, Q, "en").overrides == ()
    override(shaken)
    plan = shaken.station.tranches.plan(Q)
    assert (plan.override_count, plan.standings[1].state) == (1, TrancheState.READY)
    later = Q.__class__(DAY + timedelta(days=20))
    for question in (Q, later):
        (line,) = sheet_data(shaken.station, question, "en").overrides
        assert "IC-2025-7" in str(line) and "tranche T2" in str(line)
        data = sheet_data(shaken.station, question, "en")
        assert any("IC-2025-7" in str(cell) for row in limits_table(data).rows for cell in row if row[0] == "L24")
        assert any("IC-2025-7" in str(row[1]) for row in notes_table(data).rows)
        assert any("IC-2025-7" in words for _, words in page(data)["lines"])  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="more than the 5000"):
        shaken.as_person("Manager 1").station.tranches.release(Q, "T2", "as planned", amount=Decimal(5_001))
    release(shaken, amount=Decimal(5_000))
    ticket = shaken.approved("buy 70 IBIT @ 65")
    shaken.fill(ticket, 70, 65)
    assert shaken.station.tranches.plan(Q).overrides[0].used == 4_550


@pytest.mark.parametrize(("change", "code"), [
    ({"committee": " "}, "no-committee"), ({"amount": Decimal(0)}, "bad-amount"),
    ({"amount": Decimal(300_001)}, "bad-amount"), ({"first": DAY - timedelta(days=1)}, "override-backdated"),
    ({"last": DAY + timedelta(days=31)}, "bad-days"), ({"last": DAY - timedelta(days=1)}, "bad-days"),
    ({"reason": ""}, "no-reason"), ({"tranche": "T9"}, "no-tranche")])
def test_an_override_that_cannot_be_meant_is_refused(shaken: Desk, change: dict[str, object], code: str) -> None:
    said: dict[str, object] = {"committee": "IC-1", "amount": Decimal(10), "first": DAY, "last": DAY, "reason": "r",
                               "tranche": ""} | change
    head = shaken.station.head()
    with pytest.raises(BadInput) as refusal:
        shaken.as_person("Manager 1").station.tranches.override(
            Q, said["committee"], said["amount"], said["first"], said["last"],  # type: ignore[arg-type]
            said["reason"], said["tranche"])  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert shaken.station.head() == head


def test_an_override_that_is_over_by_the_clock_is_not_proposed(shaken: Desk, clock: Clock) -> None:
    """Prices are older than the clock: what would end before it is signed helps nobody."""
    clock.later(days=10)
    head = shaken.station.head()
    with pytest.raises(BadInput, match="over-already"):
        shaken.as_person("Manager 1").station.tranches.override(Q, "IC-1", Decimal(10), DAY, DAY + timedelta(days=9),
                                                                "r")
    assert shaken.station.head() == head


def test_a_release_that_is_over_by_the_clock_is_not_proposed(calm: Desk, clock: Clock) -> None:
    clock.later(days=10)
    with pytest.raises(BadInput, match="over-already"):
        calm.as_person("Manager 1").station.tranches.release(Q, "T2", "r", valid_to=DAY + timedelta(days=9))


def test_without_people_nobody_overrides(tmp_path: object, shaken: Desk) -> None:
    del tmp_path
    shaken.station.signer = None
    with pytest.raises((ApprovalNeeded, Refused)):
        shaken.station.tranches.override(Q, "IC-1", Decimal(10), DAY, DAY, "r")


# ---- what waiting costs

def test_the_cost_of_waiting_goes_both_ways() -> None:
    up = cost_of_waiting(Decimal(66), D, Decimal(100), DAY, Decimal(110), Decimal(500))
    down = cost_of_waiting(Decimal(66), D, Decimal(100), DAY, Decimal(90), None)
    assert (up.usd, up.kzt, up.move) == (Decimal("6.6"), Decimal(3300), Decimal("0.1"))
    assert (down.usd, down.kzt) == (Decimal("-6.6"), None)
    assert cost_of_waiting(Decimal(-5), D, Decimal(100), DAY, Decimal(110), None).usd == 0


def test_a_book_counts_waiting_from_its_last_purchase(calm: Desk) -> None:
    waiting = calm.station.tranches.plan(Q).waiting
    assert waiting is not None
    assert (waiting.since, waiting.undeployed) == (date(2025, 8, 29), 112_000)
    assert waiting.usd == pytest.approx(Decimal(112_000) * (waiting.price / waiting.price_then - 1))
