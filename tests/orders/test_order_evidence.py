"""A stored check can be made again from the book at any later time, and a changed byte of it is seen."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256

import pytest
from order_books import Desk, basket

from sandyq.basics.errors import BadInput
from sandyq.limits.result import Verdict


def test_a_check_is_stored_with_inputs_results_and_the_hash_of_both(desk: Desk) -> None:
    found = desk.propose("buy 100 IBIT @ 66")
    record = desk.station.orders.check_record(found.check_reference)
    assert record.content_hash == sha256(record.content.encode()).hexdigest()
    said = json.loads(record.content)
    assert said["mandate"] == ["Sleeve", "v1"]
    assert said["inputs"]["IBIT"]["close"] == "65"
    assert said["inputs"]["IBIT"]["exposure"] == "60"
    assert [item[0] for item in said["limits"]] == ["L01", "L16"]
    assert said["orders"][0]["account"] == "C"
    assert said["pending"] == []
    then = record.limits[0]
    assert (then.before, then.after, then.state_after) == ("78000", "84600", "ok")
    assert desk.station.verify().holds


def test_a_replayed_check_gives_the_same_hash_whatever_happened_since(desk: Desk) -> None:
    first = desk.propose("buy 100 IBIT @ 66")
    reference = desk.approve(first)
    second = desk.propose("buy 50 FBTC @ 100", "sell 10 IBIT @ 64")
    desk.fill(reference, 30, 66)
    desk.close("IBIT", date(2025, 10, 1), "90")
    desk.clock.later(days=40)
    for record in desk.station.orders.checks(desk.q):
        assert desk.station.orders.replay(record.reference)[1] == record.content_hash, record.reference
    counted = json.loads(desk.station.orders.check_record(second.check_reference).content)["pending"]
    assert [one["symbol"] for one in counted] == ["IBIT"]


def test_a_check_again_adds_a_record_and_deletes_nothing(desk: Desk) -> None:
    found = desk.propose("buy 100 IBIT @ 66")
    check, reference = desk.station.orders.recheck(found.reference)
    assert check.verdict is Verdict.PASS
    assert [one.reference for one in desk.station.orders.checks(desk.q)] == [found.check_reference, reference]
    assert desk.station.orders.ticket(found.reference).events[-1].check == reference
    assert desk.station.orders.ticket(found.reference).check == found.check_reference


def test_an_unknown_check_is_named(desk: Desk) -> None:
    with pytest.raises(BadInput, match="no check"):
        desk.station.orders.replay("C-9999")


def test_a_check_that_is_only_asked_writes_nothing(desk: Desk) -> None:
    before = desk.station.path.read_bytes()
    head = desk.station.head()
    desk.station.check(desk.q, basket(["buy 100 IBIT @ 66"]))
    assert desk.station.head() == head
    assert desk.station.path.read_bytes() == before


def test_rows_that_no_desk_wrote_block_nobody(desk: Desk) -> None:
    for number, content in enumerate(('{"verdict":"pass"}', "[]", "nonsense", '{"inputs":{"IBIT":{"close":"x"}}}')):
        desk.station.record("order_check", {}, [("order_check", (
            0, f"C-{number:04}", "sleeve", "2025-09-30", "1", "pass", content, sha256(content.encode()).hexdigest()))])
    assert desk.station.orders.checks(desk.q) == ()
    reference = desk.approved("buy 10 IBIT @ 66")
    assert desk.state(reference) == "approved"
    assert desk.station.orders.ticket(reference).check == "C-0005"


def test_a_check_under_another_verdict_than_its_own_does_not_count(desk: Desk) -> None:
    found = desk.propose("buy 10 IBIT @ 66")
    content = desk.station.orders.check_record(found.check_reference).content
    desk.station.record("order_check", {}, [("order_check", (
        0, "C-0777", "sleeve", "2025-09-30", "1", "refused", content, sha256(content.encode()).hexdigest()))])
    with pytest.raises(BadInput, match="no check"):
        desk.station.orders.check_record("C-0777")
