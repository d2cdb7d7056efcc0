"""Whatever people try in whatever sequence: no hard limit is breached by trades, and nothing is booked unapproved."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_books import Clock, Desk, sleeve_of_orders

from sandyq.basics.errors import SandyqError
from sandyq.limits.result import State
from sandyq.workstation import workstation
from sandyq.workstation.ordered import OrderState

STEPS = st.lists(st.one_of(
    st.tuples(st.just("propose"), st.sampled_from(["buy", "sell"]), st.sampled_from(["IBIT", "FBTC"]),
              st.integers(1, 250)),
    st.tuples(st.sampled_from(["approve", "fill", "fill", "cancel", "emergency"]), st.integers(0, 3),
              st.integers(1, 250), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 30), st.just(0), st.just(0)),
), min_size=4, max_size=12)


@contextmanager
def opened() -> Iterator[Desk]:
    clock, before = Clock(), workstation.utc_now
    workstation.utc_now = clock
    try:
        with tempfile.TemporaryDirectory() as folder, sleeve_of_orders(Path(folder) / "book.sandyq") as station:
            yield Desk(station, clock)
    finally:
        workstation.utc_now = before


def attempt(desk: Desk, step: tuple[str, object, object, object], proposals: list[str]) -> None:
    what, first, second, third = step
    orders = desk.station.orders.tickets(desk.q)
    if what == "propose":
        at = {"IBIT": 65, "FBTC": 100}[str(second)]
        proposals.append(desk.propose(f"{first} {third} {second} @ {at}", reason="a walk").changes.proposal)
    elif what == "wait":
        desk.clock.later(hours=int(str(first)))
    elif what == "approve" and proposals:
        desk.as_person("Manager 1" if third else "Risk 1").station.people.approve(
            proposals[int(str(first)) % len(proposals)])
    elif what == "emergency":
        desk.as_person("Manager 1").station.orders.emergency(desk.now, (), "a walk")
    elif orders:
        one = orders[int(str(first)) % len(orders)]
        if what == "fill":
            better = one.lines[0].limit_price - 1 if one.lines[0].side == "buy" else one.lines[0].limit_price + 1
            desk.fill(one.reference, second, one.lines[0].limit_price if third else better)
        else:
            desk.as_person("Manager 1").station.orders.cancel(one.reference, "a walk")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_no_sequence_of_steps_breaches_a_hard_limit_or_books_without_an_approved_order(
        steps: list[tuple[str, object, object, object]]) -> None:
    with opened() as desk:
        proposals: list[str] = []
        for step in steps:
            try:
                attempt(desk, step, proposals)
            except SandyqError:
                continue
            states = {one.limit.id: one.state for one in desk.station.limits(desk.now).results}
            assert State.BREACH not in states.values(), (step, states)
        for one in desk.station.orders.tickets(desk.q):
            for line in one.lines:
                assert line.filled <= line.quantity
                assert not line.fills or one.decided_by == "Risk 1"
            if one.state is OrderState.EXECUTED:
                assert all(not line.remaining for line in one.lines)
        fills = {fill.reference: fill.quantity for one in desk.station.orders.tickets(desk.q) for line in one.lines
                 for fill in line.fills}
        booked = {row.reference: row.quantity for row in desk.station.knowledge().transactions
                  if row.reference not in {"F-1", "T-1", "T-2"}}
        assert booked == fills
        assert desk.held("IBIT") >= Decimal(0)
        assert desk.station.verify().holds
