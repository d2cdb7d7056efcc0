"""R17 through the breach desk: no waiver for oneself or for the past, no breach closed by words, no run rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY, record
from order_books import Clock, Desk, price, sleeve_of_orders

from sandyq.basics.errors import BadInput, Refused, SandyqError
from sandyq.limits.why import BreachClass
from sandyq.reference.facts import FactRow
from sandyq.workstation.breached import Step
from sandyq.workstation.contract import Question

BEYOND = DAY + timedelta(1)
WITHIN = DAY + timedelta(2)


@pytest.fixture
def breached(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """1,000 IBIT rise to 92 on 1 October, 92,000 USD where 90,000 are the most, and fall to 60 the day after."""
    with sleeve_of_orders(tmp_path / "book.sandyq") as station:
        record(station, [price(symbol, day, close) for day, ibit in ((BEYOND, "92"), (WITHIN, "60"))
                         for symbol, close in (("IBIT", ibit), ("FBTC", "100"))])
        clock.moment = datetime.combine(WITHIN, clock.moment.timetz()) + timedelta(hours=1)
        yield Desk(station, clock)


def q(day: date = WITHIN) -> Question:
    return Question(day)


def register(desk: Desk, day: date = WITHIN) -> str:
    (found,) = [item for item in desk.station.breaches.register(q(day)).breaches if item.subject.limit == "L16"
                and item.subject.group == "IBIT"]
    return found.reference


def waived(desk: Desk, first: date, by: str = "Manager 1") -> str:
    desk.as_person(by)
    return desk.station.breaches.waive(q(), "L16", ceiling=Decimal(95_000), valid_from=first,
                                       valid_to=first + timedelta(10), clause="4.9", reason="The fund merges").proposal


def until_cured(desk: Desk) -> str:
    """Every step but the last, each by the person of risk."""
    reference = register(desk)
    desk.as_person("Risk 1")
    take = desk.station.breaches.take
    take(q(), reference, Step.CLASSIFIED, "by price", kind=BreachClass.PASSIVE)
    take(q(), reference, Step.ASSIGNED, "to the desk", owner="Manager 1")
    take(q(), reference, Step.REMEDIATION, "wait")
    take(q(), reference, Step.CURED, "back within")
    return reference


def test_a_waiver_is_not_for_the_past_not_without_an_end_and_not_approved_by_who_asked(breached: Desk) -> None:
    with pytest.raises(BadInput, match="waiver-past"):
        waived(breached, BEYOND)
    waiting = waived(breached, WITHIN)
    with pytest.raises(Refused, match="yourself"):
        breached.station.people.approve(waiting)
    assert breached.station.breaches.waivers(q()) == ()
    breached.as_person("Risk 1").station.people.approve(waiting)
    assert [item.reference for item in breached.station.breaches.waivers(q())] == ["W-0001"]


def test_a_waiver_made_by_hand_for_the_past_waives_no_past_day(breached: Desk) -> None:
    """Two persons sign one that begins before it was approved: it counts from its approval on."""
    row: FactRow = (0, "W-9", "sleeve", "L16", None, None, "95000", DAY.isoformat(), "2025-12-31", "4.9", "why")
    people = breached.as_person("Manager 1").station.people
    done = people.post("waiver", "W-9", [("waiver", row)], {})
    breached.as_person("Risk 1").station.people.approve(done.proposal)
    (found,) = breached.station.breaches.waivers(q())
    assert found.valid_from == WITHIN


def test_no_step_of_a_breach_is_jumped_or_taken_without_its_evidence(breached: Desk) -> None:
    reference = register(breached)
    breached.as_person("Risk 1")
    take = breached.station.breaches.take
    for step in (Step.ASSIGNED, Step.REMEDIATION, Step.CURED, Step.CLOSED):
        with pytest.raises(Refused, match="step-jumped"):
            take(q(), reference, step, "let us be done", owner="x", evidence=WITHIN.isoformat())
    with pytest.raises(BadInput, match="no-class"):
        take(q(), reference, Step.CLASSIFIED, "by price")


def test_a_breach_is_closed_by_a_run_that_passes_and_by_nothing_else(breached: Desk) -> None:
    reference = until_cured(breached)
    take = breached.station.breaches.take
    for evidence in ("", "  ", "the head of risk said so", WITHIN.isoformat(), BEYOND.isoformat()):
        with pytest.raises(SandyqError):
            take(q(), reference, Step.CLOSED, "done", evidence=evidence)
    breached.station.breaches.run_limits(q(BEYOND))
    with pytest.raises(Refused, match="no-passing-run"):
        take(q(), reference, Step.CLOSED, "done", evidence=BEYOND.isoformat())
    breached.station.breaches.run_limits(q())
    take(q(), reference, Step.CLOSED, "done", evidence=WITHIN.isoformat())
    assert breached.station.breaches.breach(q(), reference).settled
    with pytest.raises(Refused):
        take(q(), reference, Step.CLASSIFIED, "once more", kind=BreachClass.ACTIVE)
    assert breached.station.verify().holds


def test_a_decision_that_only_names_the_limit_closes_no_breach(breached: Desk) -> None:
    """A mandate of two persons holds every limit's name; an exception is a waiver of this one."""
    reference = until_cured(breached)
    rules = (breached.station.path.parent / "orders.toml").read_text().replace('"v1"', '"v2"').replace(
        "valid_from = 2020-01-01", "valid_from = 2025-10-03")
    people = breached.as_person("Manager 1").station.people
    mandate = people.post("mandate", "Sleeve", [("mandate", (0, "Sleeve", "v2", "2025-10-03", rules))], {}).proposal
    breached.as_person("Risk 1").station.people.approve(mandate)
    take = breached.station.breaches.take
    with pytest.raises(Refused, match="not-signed"):
        take(q(), reference, Step.CLOSED, "done", evidence=mandate)
    waiting = waived(breached, WITHIN)
    breached.as_person("Risk 1")
    with pytest.raises(Refused, match="not-signed"):
        take(q(), reference, Step.CLOSED, "done", evidence=waiting)
    breached.station.people.approve(waiting)
    take(q(), reference, Step.CLOSED, "done", evidence=waiting)


def test_a_stored_run_is_never_taken_back_or_written_over(breached: Desk) -> None:
    breached.as_person("Risk 1")
    first = breached.station.breaches.run_limits(q(BEYOND))
    with pytest.raises(Refused, match="run-already"):
        breached.station.breaches.run_limits(q(BEYOND))
    (run,) = breached.station.breaches.runs(q())
    row: FactRow = (0, "sleeve", BEYOND.isoformat(), "1", "{}", "ab" * 32, "1")
    for rows in ([("limit_run", row)], [("reversal", (0, str(first.entry), "limit_run", "", "no"))]):
        with pytest.raises(SandyqError, match=r"recorded-already|kept"):
            breached.station.record("note", {}, rows)
    assert breached.station.breaches.runs(q()) == (run,)
