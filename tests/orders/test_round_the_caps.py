"""R17 through the order desk: what changes between proposal, approval and execution, and what goes past the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from custody_books import DAY, booking
from order_books import Clock, Desk, basket, signer

from sandyq.basics.errors import Refused, SandyqError
from sandyq.control.deciding import content_of
from sandyq.control.records import Batch
from sandyq.control.signing import decision_message
from sandyq.limits.result import Verdict
from sandyq.reference.facts import TABLES, FactRow

Rows = list[tuple[str, FactRow]]
BUY, SELL = "buy 10 FBTC @ 100", "sell 10 FBTC @ 100"


def party(name: str, kind: str, status: str = "active") -> tuple[str, FactRow]:
    return "party", (0, name, name, kind, "US", status, None, "register")


def licence(name: str, until: str | None = None) -> tuple[str, FactRow]:
    return "licence", (0, name, f"L-{name}", "Authority", "custody", "2020-01-01", until, "active", "register")


def decided(desk: Desk, kind: str, *rows: tuple[str, FactRow]) -> None:
    """What two other decisions of two persons would record meanwhile."""
    people = desk.as_person("Manager 1").station.people
    done = people.post(kind, kind, rows, {})
    desk.as_person("Risk 1")
    people.approve(done.proposal)


def past_the_desk(desk: Desk, *rows: tuple[str, FactRow], actor: str = "Back office 1") -> None:
    """With the program's own store and a key of one's own: no desk looks at it."""
    desk.station.store.record(Batch("note", actor, {}, rows, signer=signer(actor)), desk.clock())
    desk.station.forget()


def fill(order: str, quantity: str, price: str, reference: str = "X-1") -> Rows:
    row: FactRow = (0, reference, order, "1", reference, DAY.isoformat(), quantity, price, "0")
    return [("fill", row), booking(reference, "buy", "FBTC", quantity, price, "C", DAY)]


def held(desk: Desk) -> None:
    decided(desk, "eligibility_status", ("eligibility_status", (
        0, "FBTC", "FBTC.BATS", "hold_no_buy", "Notice of closing", None, DAY.isoformat())))


def sanctioned(desk: Desk) -> None:
    decided(desk, "party", party("Custodian S", "securities_custodian", "sanctioned"), licence("Custodian S"))


def unlicensed(desk: Desk) -> None:
    decided(desk, "party", party("Custodian S", "securities_custodian"), licence("Custodian S", "2025-09-29"))


@pytest.mark.parametrize(("change", "code"), [(held, "eligibility"), (sanctioned, "party-sanctioned"),
                                              (unlicensed, "licence-expired")])
def test_what_was_decided_between_proposal_and_approval_refuses_the_approval(
        desk: Desk, change: Callable[[Desk], None], code: str) -> None:
    waiting = desk.propose(BUY)
    change(desk)
    with pytest.raises(Refused) as refusal:
        desk.approve(waiting)
    assert code in {finding.code for finding in refusal.value.findings}
    assert desk.station.verify().holds


@pytest.mark.parametrize(("change", "code"), [(held, "eligibility"), (sanctioned, "party-sanctioned")])
def test_what_was_decided_between_approval_and_execution_refuses_the_fill(
        desk: Desk, change: Callable[[Desk], None], code: str) -> None:
    order = desk.approved(BUY)
    change(desk)
    with pytest.raises(Refused) as refusal:
        desk.fill(order, 10, 100)
    assert code in {finding.code for finding in refusal.value.findings}


def test_a_hold_lets_sales_pass_from_proposal_to_booking(desk: Desk) -> None:
    held(desk)
    order = desk.approved(SELL)
    desk.fill(order, 10, 100)
    assert desk.held("FBTC") == 190


def test_a_sale_through_a_sanctioned_custodian_is_refused_too(desk: Desk) -> None:
    sanctioned(desk)
    with pytest.raises(Refused) as refusal:
        desk.propose(SELL)
    assert {finding.code for finding in refusal.value.findings} == {"party-sanctioned"}


def test_a_tighter_mandate_between_proposal_and_approval_refuses_it(desk: Desk) -> None:
    waiting = desk.propose(BUY)
    text = desk.station.knowledge().mandates[0]
    rules = (desk.station.path.parent / "orders.toml").read_text().replace("hard = 100_000", "hard = 78_500").replace(
        'version = "v1"', 'version = "v2"').replace("valid_from = 2020-01-01", "valid_from = 2025-09-30")
    decided(desk, "mandate", ("mandate", (0, text.name, "v2", "2025-09-30", rules)))
    with pytest.raises(Refused) as refusal:
        desk.approve(waiting)
    assert "L01" in {finding.code for finding in refusal.value.findings}


def test_an_approval_serves_one_order_only(desk: Desk) -> None:
    """The rows of the approved order once more: under its reference it is refused, alone under another one too."""
    order = desk.approved(BUY)
    rows = content_of(desk.station.people.proposal(desk.station.orders.ticket(order).proposal))
    assert rows is not None
    table, row = rows.rows[0]
    other: FactRow = (row[0], "O-0002", *row[2:])
    people = desk.as_person("Manager 1").station.people
    done = people.post(table, "again", [(table, row)], {})
    desk.as_person("Risk 1")
    with pytest.raises(Refused):
        people.approve(done.proposal)
    with pytest.raises(SandyqError, match="two-persons"):
        past_the_desk(desk, (table, other))


def test_a_rightly_signed_order_that_no_desk_ever_checked_is_not_executed(desk: Desk) -> None:
    """Two persons sign a purchase far above the cap, past the desk: both signatures hold, and it is not bought."""
    desk.propose(BUY)
    people = desk.as_person("Manager 1").station.people
    own = content_of(people.proposals()[0])
    assert own is not None
    values = dict(zip(TABLES["trade_order"].columns, own.rows[0][1][1:], strict=True))
    row: FactRow = (0, *(values | {"reference": "O-0009", "quantity": "900000"}).values())
    waiting = people.post("trade_order", "O-0009", [("trade_order", row)], {}).proposal
    proposal = people.proposal(waiting)
    message = decision_message(people.book_id, waiting, "trade_order", proposal.content_hash, "Risk 1", "approved")
    signed: FactRow = (0, waiting, "Risk 1", "approved", proposal.content_hash, signer("Risk 1").sign(message).hex(),
                       None)
    desk.station.store.record(Batch("trade_order", "Risk 1", {"proposal": waiting},
                                    [("approval", signed), ("trade_order", row)]), desk.clock())
    desk.station.forget()
    with pytest.raises(SandyqError):
        desk.fill("O-0009", 900_000, 100)
    assert desk.held("FBTC") == 200


@pytest.mark.parametrize(("quantity", "price"), [("11", "100"), ("10", "100.01"), ("1", "101")])
def test_a_fill_past_the_desk_beyond_what_was_approved_is_named(desk: Desk, quantity: str, price: str) -> None:
    order = desk.approved(BUY)
    past_the_desk(desk, *fill(order, quantity, price))
    assert {item.table for item in desk.station.verify().damages} == {"fill"}


def test_a_fill_past_the_desk_of_an_order_that_has_ended_is_named(desk: Desk, clock: Clock) -> None:
    order = desk.approved(BUY)
    desk.as_person("Manager 1").station.orders.cancel(order, "no longer wanted")
    past_the_desk(desk, *fill(order, "10", "100"))
    found = desk.station.verify()
    assert [(item.table, item.what) for item in found.damages] == [
        ("fill", "The fill was recorded after the order had ended.")]


def test_a_fill_past_the_desk_without_a_key_is_named_by_its_entry_too(desk: Desk) -> None:
    order = desk.approved(BUY)
    desk.station.store.record(Batch("note", "Back office 1", {}, fill(order, "10", "100")), desk.clock())
    desk.station.forget()
    assert [(item.table, item.what) for item in desk.station.verify().damages] == [
        ("journal", "Nobody signed the entry, though entries were signed before it.")]


def test_two_fills_that_only_together_are_too_much_are_named_at_the_second(desk: Desk) -> None:
    order = desk.approved(BUY)
    desk.fill(order, 6, 100)
    past_the_desk(desk, *fill(order, "5", "100"))
    (damage,) = desk.station.verify().damages
    last = desk.station.store.last()
    assert last is not None
    assert (damage.table, damage.entry) == ("fill", last.seq)


def test_a_clock_set_back_does_not_bring_an_approval_back_to_life(desk: Desk, clock: Clock) -> None:
    order = desk.approved(BUY)
    clock.later(days=3)
    with pytest.raises(Refused):
        desk.fill(order, 10, 100)
    clock.later(days=-3)
    with pytest.raises(Refused):
        desk.fill(order, 10, 100)


def test_only_the_parties_of_the_order_s_own_account_count(desk: Desk) -> None:
    decided(desk, "party", party("Custodian S", "securities_custodian"), licence("Custodian S"),
            party("B", "broker", "expired"))
    found = desk.station.orders.check(desk.now, desk.station.orders.prepared(desk.now, basket([BUY])))
    assert found.verdict is Verdict.PASS
