"""An order from proposal to booking: nothing skips a step, and every step looks at the book of its own moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from order_books import DAY, Desk, basket, sleeve_of_orders

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused
from sandyq.basics.origin import Origin
from sandyq.control.proposals import ProposalState
from sandyq.limits.result import Verdict
from sandyq.market.series import PriceSeries, Split
from sandyq.workstation.contract import Question
from sandyq.workstation.ordered import OrderState, moved_too_far

NEXT = date(2025, 10, 1)


def test_an_order_is_proposed_approved_filled_in_two_parts_and_booked_with_each_fill(desk: Desk) -> None:
    found = desk.propose("buy 100 IBIT @ 66")
    assert found.check.verdict is Verdict.PASS
    assert desk.state(found.reference) == "waiting"
    reference = desk.approve(found)
    assert desk.state(reference) == "approved"
    assert desk.held("IBIT") == 1000
    first = desk.fill(reference, 40, "65.5", fees=Decimal(2))
    assert (first.remaining, first.done) == (60, False)
    assert desk.held("IBIT") == 1040
    assert desk.state(reference) == "approved"
    last = desk.fill(reference, 60, 66)
    assert (last.remaining, last.done) == (0, True)
    assert desk.state(reference) == "executed"
    assert desk.held("IBIT") == 1100
    booked = [row for row in desk.station.knowledge().transactions if row.reference.startswith(reference)]
    assert [(row.quantity, row.price, row.fees, row.account) for row in booked] == [
        (40, Decimal("65.5"), 2, "C"), (60, 66, 0, "C")]
    assert all(row.settle_date == NEXT for row in booked)
    with pytest.raises(Refused, match="executed"):
        desk.fill(reference, 1, 60)
    assert desk.station.verify().holds


def test_a_hard_fail_cannot_be_proposed_and_leaves_the_book_as_it_was(desk: Desk) -> None:
    head = desk.station.head()
    with pytest.raises(Refused) as refusal:
        desk.propose("buy 400 FBTC @ 100")
    assert refusal.value.code == "order-refused"
    assert any(finding.code == "L01" for finding in refusal.value.findings)
    assert desk.station.head() == head


def test_a_soft_fail_needs_a_written_reason_and_another_person(desk: Desk) -> None:
    order = "buy 160 IBIT @ 65"
    assert desk.station.check(desk.q, basket([order])).verdict is Verdict.ACKNOWLEDGE
    with pytest.raises(BadInput, match="say why"):
        desk.propose(order)
    found = desk.propose(order, reason="the other fund closes")
    with pytest.raises(Refused, match="another person"):
        desk.approve(found, by="Manager 1")
    desk.approve(found)
    assert desk.state(found.reference) == "approved"
    desk.fill(found.reference, 160, 65)
    assert desk.held("IBIT") == 1160


def test_two_orders_against_the_same_room_the_second_approval_is_refused(desk: Desk) -> None:
    # 22,000 USD of room: two orders of 15,000 pass alone, not together.
    first, second = desk.propose("buy 150 FBTC @ 100"), desk.propose("buy 150 FBTC @ 100")
    desk.approve(first)
    with pytest.raises(Refused) as refusal:
        desk.approve(second)
    assert refusal.value.code == "order-refused"
    assert desk.state(second.reference) == "waiting"
    assert desk.station.people.proposal(second.changes.proposal).state is ProposalState.OPEN
    recheck = desk.station.orders.ticket(second.reference).events[-1]
    assert recheck.event == "rechecked"
    assert desk.station.orders.check_record(recheck.check).verdict is Verdict.REFUSED


def test_an_approved_order_counts_in_every_later_check_until_it_ends(desk: Desk) -> None:
    order = basket(["buy 150 FBTC @ 100"])
    assert desk.station.check(desk.q, order).verdict is Verdict.PASS
    reference = desk.approved("buy 150 FBTC @ 100")
    assert desk.station.orders.pending(desk.q) == (desk.station.orders.ticket(reference).lines[0].order(),)
    assert desk.station.check(desk.q, order).verdict is Verdict.REFUSED
    desk.station.orders.cancel(reference, "no longer wanted")
    assert desk.state(reference) == "withdrawn"
    assert desk.station.check(desk.q, order).verdict is Verdict.PASS


def test_an_approved_sale_makes_no_room_for_a_purchase_before_it_is_executed(desk: Desk) -> None:
    purchase = basket(["buy 300 FBTC @ 100"])
    reference = desk.approved("sell 500 IBIT @ 65")
    assert desk.station.check(desk.q, purchase).verdict is Verdict.REFUSED
    desk.fill(reference, 500, 65)
    assert desk.station.check(desk.q, purchase).verdict is Verdict.PASS


def test_approved_sales_cannot_sell_the_same_shares_twice(desk: Desk) -> None:
    desk.approved("sell 800 IBIT @ 65")
    with pytest.raises(Refused):
        desk.propose("sell 300 IBIT @ 65")


def test_an_approval_ends_after_the_hours_of_the_mandate_and_a_clock_set_back_does_not_revive_it(desk: Desk) -> None:
    reference = desk.approved("buy 10 IBIT @ 66")
    desk.clock.later(hours=23)
    assert desk.state(reference) == "approved"
    desk.clock.later(hours=2)
    assert desk.state(reference) == "expired"
    with pytest.raises(Refused) as refusal:
        desk.fill(reference, 10, 66)
    assert refusal.value.code == "order-expired"
    desk.clock.later(hours=-20)
    assert desk.state(reference) == "expired"
    assert desk.station.orders.pending(desk.q) == ()


def test_hours_are_counted_on_days_when_the_mandate_s_calendar_is_open(desk: Desk) -> None:
    desk.clock.later(days=3, hours=6)  # Friday 15:00
    found = desk.propose("buy 10 IBIT @ 66")
    reference = desk.approve(found)
    ends = desk.station.orders.ticket(reference).ends
    assert (ends.isoweekday(), ends.hour) == (1, 15)


def test_a_proposal_that_waited_too_long_cannot_be_approved(desk: Desk) -> None:
    found = desk.propose("buy 10 IBIT @ 66")
    desk.clock.later(hours=49)
    with pytest.raises(Refused) as refusal:
        desk.approve(found)
    assert refusal.value.code == "order-expired"


@pytest.mark.parametrize(("close", "state"), [("68.25", "approved"), ("68.26", "expired"), ("61.75", "approved"),
                                              ("61.74", "expired")])
def test_an_approval_ends_when_a_close_moved_over_the_mandate_s_five_per_cent(desk: Desk, close: str,
                                                                              state: str) -> None:
    reference = desk.approved("buy 10 IBIT @ 70")
    desk.close("IBIT", NEXT, close)
    assert desk.state(reference) == state


@pytest.mark.parametrize(("close", "state"), [("68.25", "approved"), ("68.26", "expired"), ("58", "expired")])
def test_a_close_of_the_checks_own_day_that_is_corrected_afterwards_ends_an_approval_too(desk: Desk, close: str,
                                                                                        state: str) -> None:
    reference = desk.approved("sell 10 IBIT @ 50")
    desk.close("IBIT", DAY, close)
    assert desk.state(reference) == state
    if state == "expired":
        with pytest.raises(Refused, match="order-expired"):
            desk.fill(reference, 10, 60)


def test_the_close_that_counted_at_the_check_is_no_move_where_a_hand_or_a_split_made_the_price() -> None:
    day, later = DAY.toordinal(), DAY + timedelta(days=1)
    series = PriceSeries("IBIT", "USD", [day], ["650"], ["T"], [None], [day], ["x"], ["close"], [1], [1])
    most = Decimal("0.05")
    assert moved_too_far(series, Decimal(65), DAY, DAY, most) is not None
    assert moved_too_far(series, Decimal(65), DAY, DAY, most, by_hand=True) is None
    split = replace(series, splits=(Split("IBIT", later, Decimal(10), Decimal(1), "", Origin(1, 1)),))
    assert moved_too_far(split, Decimal(65), later, later, most) is None
    assert moved_too_far(split, Decimal(65), DAY, DAY, most) is not None
    assert moved_too_far(None, Decimal(65), DAY, DAY, most) is None


def test_an_expired_order_stays_expired_after_the_price_came_back(desk: Desk) -> None:
    reference = desk.approved("buy 10 IBIT @ 70")
    desk.close("IBIT", NEXT, "80")
    desk.close("IBIT", date(2025, 10, 2), "65")
    assert desk.state(reference) == "expired"
    assert desk.station.orders.expire(desk.now) == (reference,)
    assert [event.event for event in desk.station.orders.ticket(reference).events] == ["rechecked", "expired"]
    assert desk.station.orders.expire(desk.now) == ()


@pytest.mark.parametrize(("quantity", "price", "code"), [
    ("101", "66", "over-filled"), ("100", "66.01", "beyond-limit-price")])
def test_nothing_is_booked_beyond_the_quantity_or_the_price_that_were_approved(desk: Desk, quantity: str, price: str,
                                                                               code: str) -> None:
    reference = desk.approved("buy 100 IBIT @ 66")
    head = desk.station.head()
    with pytest.raises(Refused) as refusal:
        desk.fill(reference, quantity, price)
    assert refusal.value.code == code
    assert desk.station.head() == head


def test_a_sale_is_not_filled_under_its_limit_price(desk: Desk) -> None:
    reference = desk.approved("sell 100 IBIT @ 65")
    with pytest.raises(Refused, match="worse than the limit price"):
        desk.fill(reference, 100, "64.99")
    desk.fill(reference, 100, "65.01")
    assert desk.held("IBIT") == 900


def test_a_fill_is_refused_when_the_limits_of_that_moment_refuse_it(desk: Desk) -> None:
    reference = desk.approved("buy 150 FBTC @ 100")
    desk.as_person("Manager 1")
    desk.station.record("import", {}, [("booking", (
        0, "T-9", DAY.isoformat(), DAY.isoformat(), "buy", "BITB", "BITB.ARCX", "300", "50", "USD", "0", "0", "C",
        None, None))])
    with pytest.raises(Refused) as refusal:
        desk.fill(reference, 150, 100)
    assert refusal.value.code == "order-refused"
    assert desk.held("FBTC") == 200
    assert desk.state(reference) == "approved"


def test_the_same_fill_is_recorded_once_and_its_reference_stands_for_nothing_else(desk: Desk) -> None:
    reference = desk.approved("buy 100 IBIT @ 66")
    desk.fill(reference, 40, 65, reference="BROKER-1")
    head = desk.station.head()
    desk.fill(reference, 40, 65, reference="BROKER-1")
    assert desk.station.head() == head
    with pytest.raises(Refused, match="other values"):
        desk.fill(reference, 50, 65, reference="BROKER-1")
    with pytest.raises(Refused, match="something else"):
        desk.fill(reference, 10, 65, reference="T-1")


def test_the_rest_of_a_half_filled_order_is_cancelled_with_a_reason(desk: Desk) -> None:
    reference = desk.approved("buy 100 IBIT @ 66")
    desk.fill(reference, 40, 65)
    with pytest.raises(BadInput, match="reason"):
        desk.station.orders.cancel(reference, " ")
    desk.station.orders.cancel(reference, "the market closed")
    assert desk.state(reference) == "cancelled"
    with pytest.raises(Refused):
        desk.fill(reference, 60, 65)


def test_a_cancelled_order_stays_so_when_its_event_is_reversed(desk: Desk) -> None:
    reference = desk.approved("buy 100 IBIT @ 66")
    changes = desk.as_person("Manager 1").station.orders.cancel(reference, "no longer wanted")
    desk.station.record("reversal", {}, [("reversal", (0, str(changes.entry), None, None, "again"))])
    assert desk.state(reference) == "withdrawn"


def test_a_waiting_order_is_taken_back_by_its_author_only(desk: Desk) -> None:
    found = desk.propose("buy 10 IBIT @ 66")
    desk.as_person("Risk 1")
    with pytest.raises(Refused, match="Only the author"):
        desk.station.orders.cancel(found.reference, "mine now")
    desk.as_person("Manager 1").station.orders.cancel(found.reference, "wrong fund")
    assert desk.station.orders.ticket(found.reference).state is OrderState.WITHDRAWN


def test_a_basket_is_one_order_with_its_lines_filled_apart(desk: Desk) -> None:
    reference = desk.approved("sell 500 IBIT @ 65", "buy 100 FBTC @ 100")
    desk.fill(reference, 500, 65, line=1)
    assert desk.state(reference) == "approved"
    with pytest.raises(BadInput, match="no line 3"):
        desk.fill(reference, 1, 65, line=3)
    desk.fill(reference, 100, 100, line=2)
    assert desk.state(reference) == "executed"


def test_nobody_proposes_on_a_past_day_or_in_the_past_s_knowledge(desk: Desk) -> None:
    for q in (Question(date(2025, 9, 1)), Question(DAY, desk.clock())):
        with pytest.raises(BadInput, match="last day with prices"):
            desk.as_person("Manager 1").station.orders.propose(q, basket(["buy 1 IBIT @ 65"]))


def test_a_book_without_people_says_that_orders_take_two(tmp_path, clock) -> None:  # type: ignore[no-untyped-def]
    with sleeve_of_orders(tmp_path / "alone.sandyq", people=False) as station:
        head = station.head()
        with pytest.raises(ApprovalNeeded, match="Nobody is enrolled"):
            station.orders.propose(Question(DAY), basket(["buy 1 IBIT @ 65"]))
        assert station.head() == head


def test_what_the_author_saw_and_what_has_changed_since_is_told_to_the_second_person(desk: Desk) -> None:
    found = desk.propose("buy 10 FBTC @ 101")
    assert desk.station.orders.since(found.reference).limits == ()
    desk.close("IBIT", NEXT, "67")
    since = desk.station.orders.since(found.reference)
    assert since.then.content_hash == desk.station.orders.check_record(found.check_reference).content_hash
    assert ("FBTC", Decimal(100), Decimal(100)) in since.prices
    assert {then.id for then, _ in since.limits if then} == {"L16"}


def test_a_proposal_of_orders_that_the_desk_did_not_make_is_not_approved(desk: Desk) -> None:
    real = desk.propose("buy 10 IBIT @ 66")
    people = desk.station.people
    row = dict(people_row(desk, real.reference))
    longer = {**row, "reference": "O-9001", "valid_until": "2099-01-01T00:00:00.000000Z"}
    wider = {**row, "reference": "O-9002", "max_move": "10"}
    bigger = {**row, "reference": "O-9003", "quantity": "11"}
    for values in (longer, wider, bigger):
        changes = people.post("trade_order", "IBIT", [("trade_order", (0, *values.values()))], {})
        desk.as_person("Risk 1")
        with pytest.raises(Refused, match="not what was checked"):
            people.approve(changes.proposal)
        desk.as_person("Manager 1")
    hidden = people.post("manual_price", "IBIT", [("trade_order", (0, *bigger.values()))], {})
    desk.as_person("Risk 1")
    with pytest.raises(Refused, match="through the order desk"):
        people.approve(hidden.proposal)


def people_row(desk: Desk, reference: str) -> list[tuple[str, str | None]]:
    from sandyq.control.deciding import content_of
    from sandyq.reference.facts import TABLES

    ticket = desk.station.orders.ticket(reference)
    content = content_of(desk.station.people.proposal(ticket.proposal))
    assert content is not None
    return list(zip(TABLES["trade_order"].columns, content.rows[0][1][1:], strict=True))  # type: ignore[arg-type]




def test_a_trade_that_came_without_an_order_is_named_and_one_that_an_order_covers_is_not(desk: Desk) -> None:
    assert desk.station.orders.doubts(desk.q) == ()
    reference = desk.approved("buy 10 IBIT @ 66")
    desk.fill(reference, 10, 65)
    desk.station.record("import", {}, [("booking", (
        0, "T-9", DAY.isoformat(), DAY.isoformat(), "buy", "BITB", "BITB.ARCX", "3", "50", "USD", "0", "0", "C",
        None, None))])
    found = desk.station.orders.doubts(desk.q)
    assert [(item.code, item.subject) for item in found] == [("trade-without-order", "T-9")]
    assert "Purchase of 3 BITB" in str(found[0].text)
    assert found[0] in [doubt.finding for doubt in desk.station.today.morning(desk.q).doubts]


def test_an_order_is_judged_by_the_mandate_of_the_book_whose_account_it_uses(desk: Desk) -> None:
    desk.station.record("import", {}, [("account", (0, "X", "Bank T", None, "securities", "reserves", "Middle office 1",
                                                    None, None, "register"))])
    order = replace(basket(["buy 1 IBIT @ 65"])[0], account="X")
    with pytest.raises(BadInput, match="another book"):
        desk.as_person("Manager 1").station.orders.propose(desk.now, [order])
    with pytest.raises(BadInput, match="one book"):
        desk.station.orders.propose(Question(DAY, None, "*"), basket(["buy 1 IBIT @ 65"]))
