"""What the daily sheet says is open: the breach that lasts, the waiver until it lapses, the approved order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from custody_books import record
from order_books import Desk, price

from sandyq.reports.matters import LAPSES_SOON
from sandyq.workstation.contract import Question
from sandyq.workstation.issuing import sheet_data

RISE, FALL = date(2025, 10, 1), date(2025, 10, 3)


def closes(desk: Desk, day: date, close: str) -> None:
    record(desk.station, [price("IBIT", day, close), price("FBTC", day, "100")])


def test_the_sheet_names_the_breach_its_waiver_and_the_approved_order_until_each_is_over(desk: Desk) -> None:
    order = desk.approved("buy 10 FBTC @ 100")
    before = sheet_data(desk.station, desk.now, "en").matters
    assert before.breaches == () and before.waivers == ()
    assert [(one.reference, one.side, one.quantity, one.symbol, one.price) for one in before.orders] == [
        (order, "buy", Decimal(10), "FBTC", Decimal(100))]
    assert sheet_data(desk.station, Question(desk.now.as_of - timedelta(days=1)), "en").matters.orders == ()
    desk.fill(order, 4, 100)
    assert [one.quantity for one in sheet_data(desk.station, desk.now, "en").matters.orders] == [Decimal(6)]
    closes(desk, RISE, "80")
    open_now = sheet_data(desk.station, Question(RISE), "en").matters
    assert [(one.reference, one.waiver) for one in open_now.breaches or ()] == [(f"L16.IBIT.{RISE}", None)]
    desk.clock.later(days=1)
    desk.as_person("Manager 1")
    waiver = desk.station.breaches.waive(Question(RISE), "L16", ceiling=Decimal(85_000), valid_from=RISE,
                                         valid_to=FALL, clause="7.3", reason="no sale this week")
    desk.as_person("Risk 1").station.people.approve(waiver.proposal)
    closes(desk, FALL, "81")
    waived = sheet_data(desk.station, Question(FALL), "en").matters
    assert waived.breaches is not None and waived.breaches[0].waiver == waived.waivers[0]
    assert (waived.waivers[0].ceiling, waived.waivers[0].last, waived.waivers[0].left) == (Decimal(85_000), FALL, 0)
    assert waived.waivers[0].left <= LAPSES_SOON and waived.waivers[0].soon
    closes(desk, FALL + timedelta(days=3), "81")
    lapsed = sheet_data(desk.station, Question(FALL + timedelta(days=3)), "en").matters
    assert lapsed.waivers == () and lapsed.breaches is not None and lapsed.breaches[0].waiver is None
