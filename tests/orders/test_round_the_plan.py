"""R17 through tranches: no purchase beside the plan, no release used twice or made by hand, no override for oneself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY, SETTINGS, account, booking, instruments, market, record
from order_books import MANDATE, Clock, Desk, enrol

from sandyq.basics.errors import Refused, SandyqError
from sandyq.control.deciding import content_of
from sandyq.reference.facts import FactRow
from sandyq.workstation.workstation import Workstation

PLAN = """
[[tranche]]
id = "T0"
amount = 60_000
gate = false

[[tranche]]
id = "T1"
amount = 1_500
gate = false

[[tranche]]
id = "T2"
amount = 5_000
gate = false
"""


@pytest.fixture
def planned(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """The book of orders under a plan: what is held is its first tranche, of the other two none is released."""
    rules = tmp_path / "plan.toml"
    rules.write_text(MANDATE + PLAN, encoding="utf-8")
    with Workstation.create(tmp_path / "book.sandyq", mandate=str(rules), settings=SETTINGS, actor="x") as station:
        record(station, [*instruments(), *market(), account("C", "Custodian S"),
                         booking("F-1", "funding", "", 900_000, 1, "C"), booking("T-1", "buy", "IBIT", 1000, 60, "C")])
        enrol(station)
        yield Desk(station, clock)


def released(desk: Desk, tranche: str = "T1") -> str:
    desk.as_person("Manager 1")
    done = desk.station.tranches.release(desk.now, tranche, "The plan").proposal
    desk.as_person("Risk 1").station.people.approve(done)
    return done


def test_nothing_is_bought_beside_the_plan(planned: Desk) -> None:
    with pytest.raises(SandyqError):
        planned.propose("buy 10 FBTC @ 100")
    waiting = planned.as_person("Manager 1").station.tranches.release(planned.now, "T1", "The plan").proposal
    with pytest.raises(Refused, match="yourself"):
        planned.station.people.approve(waiting)
    with pytest.raises(SandyqError):
        planned.propose("buy 10 FBTC @ 100")
    planned.as_person("Risk 1").station.people.approve(waiting)
    planned.approved("buy 10 FBTC @ 100")


def test_a_release_pays_for_its_amount_once(planned: Desk) -> None:
    released(planned)
    with pytest.raises(SandyqError):
        planned.propose("buy 16 FBTC @ 100")
    order = planned.approved("buy 15 FBTC @ 100")
    with pytest.raises(SandyqError):
        planned.propose("buy 1 FBTC @ 100")
    planned.fill(order, 15, 100)
    with pytest.raises(SandyqError):
        planned.propose("buy 1 FBTC @ 100")
    with pytest.raises(Refused):
        planned.as_person("Manager 1").station.tranches.release(planned.now, "T1", "Once more")


def test_a_release_that_two_persons_signed_is_not_signed_again_larger_or_for_another_tranche(planned: Desk) -> None:
    first = content_of(planned.station.people.proposal(released(planned)))
    assert first is not None
    table, row = first.rows[0]
    larger: FactRow = (*row[:4], "1000000", *row[5:])
    other: FactRow = (row[0], "R-9", row[2], "T2", *row[4:])
    for values in (row, larger, other, (row[0], "R-8", *row[2:])):
        people = planned.as_person("Manager 1").station.people
        done = people.post(table, "again", [(table, values)], {})
        planned.as_person("Risk 1")
        with pytest.raises(Refused):
            people.approve(done.proposal)
    with pytest.raises(SandyqError, match="two-persons"):
        planned.station.record("note", {}, [(table, other)])
    assert planned.station.verify().holds


def test_an_override_names_the_committee_begins_today_and_is_not_approved_by_its_author(planned: Desk) -> None:
    tranches = planned.as_person("Manager 1").station.tranches
    for reference, first, code in (("  ", DAY, "no-committee"), ("IC 7", DAY - timedelta(1), "override-backdated")):
        with pytest.raises(SandyqError, match=code):
            tranches.override(planned.now, reference, Decimal(1000), first, DAY + timedelta(3), "Paced")
    waiting = tranches.override(planned.now, "IC 7", Decimal(1000), DAY, DAY + timedelta(3), "Paced").proposal
    with pytest.raises(Refused, match="yourself"):
        planned.station.people.approve(waiting)
