"""One signature is enough only to sell what makes no limit worse; another person reviews it the next business day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from order_books import Desk, basket, sleeve_of_orders

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused, SandyqError
from sandyq.basics.findings import Severity
from sandyq.workstation.contract import Question
from sandyq.workstation.ordered import OrderState, Proposed, ReviewState

REASON = "the venue announced a halt"


def given(desk: Desk, *texts: str, reason: str = REASON) -> Proposed:
    return desk.as_person("Manager 1").station.orders.emergency(desk.now, basket(texts), reason)


def test_a_sale_is_given_by_one_person_executed_and_reviewed_by_another(desk: Desk) -> None:
    found = given(desk, "sell 400 IBIT @ 60")
    ticket = desk.station.orders.ticket(found.reference)
    assert (ticket.state, ticket.emergency, ticket.author) == (OrderState.APPROVED, True, "Manager 1")
    assert (ticket.review, ticket.review_due) == (ReviewState.DUE, date(2025, 10, 1))
    desk.fill(found.reference, 400, 61)
    assert desk.held("IBIT") == 600
    assert desk.station.orders.ticket(found.reference).review is ReviewState.DUE
    desk.as_person("Risk 1").station.orders.review(found.reference, "accepted", "seen, and right")
    ticket = desk.station.orders.ticket(found.reference)
    assert (ticket.review, ticket.reviewed_by, ticket.note) == (ReviewState.ACCEPTED, "Risk 1", "seen, and right")
    assert desk.station.verify().holds


def test_an_overdue_review_is_an_error_until_somebody_else_reviews_it(desk: Desk) -> None:
    found = given(desk, "sell 400 IBIT @ 60")
    assert [item.severity for item in desk.station.orders.to_review(desk.q)] == [Severity.WARNING]
    desk.clock.later(days=2)
    late = desk.station.orders.to_review(desk.q)
    assert [(item.severity, item.code) for item in late] == [(Severity.ERROR, "review-overdue")]
    with pytest.raises(Refused, match="does not review it"):
        desk.as_person("Manager 1").station.orders.review(found.reference, "accepted", "my own")
    desk.as_person("Risk 1").station.orders.review(found.reference, "objected", "there was time for two")
    assert desk.station.orders.to_review(desk.q) == ()
    with pytest.raises(Refused, match="already"):
        desk.as_person("Back office 1").station.orders.review(found.reference, "accepted", "again")


@pytest.mark.parametrize(("texts", "reason", "code"), [
    (("buy 1 IBIT @ 65",), REASON, "not-reducing"), (("sell 10 IBIT @ 65", "buy 1 FBTC @ 100"), REASON, "not-reducing"),
    (("sell 2000 IBIT @ 65",), REASON, "not-reducing"), (("sell 10 IBIT @ 65",), " ", "no-reason"), ((), REASON,
                                                                                                 "no-orders")])
def test_nothing_else_is_given_by_one_person(desk: Desk, texts: tuple[str, ...], reason: str, code: str) -> None:
    head = desk.station.head()
    with pytest.raises(SandyqError) as refusal:
        given(desk, *texts, reason=reason)
    assert refusal.value.code == code
    assert desk.station.head() == head


def test_an_emergency_order_is_neither_over_filled_nor_sold_under_its_price(desk: Desk) -> None:
    found = given(desk, "sell 400 IBIT @ 60")
    for quantity, price in ((401, 60), (400, Decimal("59.99"))):
        with pytest.raises(Refused):
            desk.fill(found.reference, quantity, price)
    assert desk.held("IBIT") == 1000


def test_a_row_that_nobody_signed_is_no_order(desk: Desk) -> None:
    found = given(desk, "sell 400 IBIT @ 60")
    ticket = desk.station.orders.ticket(found.reference)
    row = (0, "E-0777", "1", "sleeve", "sell", "IBIT", ticket.lines[0].instrument, "1", "60", "USD", None, "C",
           "2099-01-01T00:00:00.000000Z", found.check_reference, "mine", "Risk 1", "00" * 64)
    desk.station.record("emergency_order", {}, [("emergency_order", row)])
    assert desk.station.orders.ticket("E-0777").state is OrderState.VOID
    with pytest.raises(Refused, match="does not hold"):
        desk.fill("E-0777", 1, 60)


def test_only_an_emergency_order_is_reviewed_and_with_a_known_outcome(desk: Desk) -> None:
    reference = desk.approved("sell 10 IBIT @ 64")
    with pytest.raises(BadInput, match="Only an emergency order"):
        desk.station.orders.review(reference, "accepted", "x")
    found = given(desk, "sell 10 IBIT @ 64")
    with pytest.raises(BadInput, match="A review says"):
        desk.as_person("Risk 1").station.orders.review(found.reference, "perhaps", "x")


def test_a_book_without_people_has_no_emergency_path(tmp_path, clock) -> None:  # type: ignore[no-untyped-def]
    with sleeve_of_orders(tmp_path / "alone.sandyq", people=False) as station, pytest.raises(ApprovalNeeded):
        station.orders.emergency(Question(station.latest_day()), basket(["sell 1 IBIT @ 65"]), REASON)
