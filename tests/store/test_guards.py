"""What the book itself refuses: each rule by one row that breaks it, and books without people."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandyq.basics.errors import ApprovalNeeded, Refused, SandyqError
from sandyq.control.records import Batch
from sandyq.reference.facts import FactRow
from sandyq.store.guards import CODES, guards
from sandyq.store.store import Store

FIXTURES = Path(__file__).with_name("fixtures")
Rows = list[tuple[str, FactRow]]


@pytest.fixture
def decided(store: Store, desk: Any) -> tuple[Store, FactRow]:
    """A book of two persons with an open proposal, and 2024 closed."""
    desk.enrol(store)
    rows: Rows = [("period_close", (0, "all", "2024-12-31", "year end"))]
    closing = desk.proposal(store, "P-0001", rows, kind="period_close")
    desk.record(store, [("proposal", closing)], 1)
    store.record(Batch("period_close", "Risk 1", {"proposal": "P-0001"},
                       [("approval", desk.approval(store, closing)), *rows]), desk.moment(2))
    waiting = desk.proposal(store, "P-0002", [("mandate", desk.fact("mandate", 1))], kind="mandate")
    desk.record(store, [("proposal", waiting)], 3)
    return store, waiting


def booking(desk: Any, day: str) -> tuple[str, FactRow]:
    return "booking", desk.fact("booking", 7, trade_date=day)


BROKEN: dict[str, Callable[[Any, Store, FactRow], Rows]] = {
    "two-persons": lambda desk, store, p: [("mandate", desk.fact("mandate", 1))],
    "not-enrolled": lambda desk, store, p: [("approval", desk.approval(store, p, person="Risk 9"))],
    "reference-used": lambda desk, store, p: [("proposal", p)],
    "other-content": lambda desk, store, p: [("approval", desk.approval(store, (*p[:6], "0" * 64, *p[7:])))],
    "may-not-decide": lambda desk, store, p: [("approval", desk.approval(store, p, person="Analyst 1"))],
    "not-the-author": lambda desk, store, p: [("approval", desk.approval(store, p, decision="withdrawn"))],
    "no-decision": lambda desk, store, p: [("approval", desk.approval(store, p, decision="agreed"))],
    "key-used": lambda desk, store, p: [("person", (*desk.person(store, "Risk 1", "risk")[:1], "Risk 9",
                                                    *desk.person(store, "Risk 1", "risk")[2:]))],
    "period-closed": lambda desk, store, p: [booking(desk, "2024-12-31")],
    "kept": lambda desk, store, p: [("reversal", desk.reversal(4, "period_close"))],
    "no-order": lambda desk, store, p: [("fill", desk.fact("fill", 1))],
    "token": lambda desk, store, p: [("election", desk.fact("election", 1, choice="tokens"))],
    "recorded-already": lambda desk, store, p: [("gate_day", desk.fact("gate_day", 1)),
                                                ("gate_day", desk.fact("gate_day", 1, state="open"))],
    "not-reducing": lambda desk, store, p: [("emergency_order", desk.fact("emergency_order", 1, side="buy"))],
    "no-committee": lambda desk, store, p: [("gate_override", desk.fact("gate_override", 1, committee_reference=" "))],
    "no-evidence": lambda desk, store, p: [("breach_step", desk.fact("breach_step", 1, step="closed", evidence=" "))],
    "reversal-form": lambda desk, store, p: [("reversal", (0, "4", "booking", "1_0", "x"))],
}


@pytest.mark.parametrize("code", BROKEN)
def test_each_rule_refuses_the_row_that_breaks_it_with_its_own_sentence(decided: tuple[Store, FactRow], desk: Any,
                                                                        code: str) -> None:
    store, waiting = decided
    before = store.head()
    with pytest.raises(SandyqError) as said:
        desk.record(store, BROKEN[code](desk, store, waiting), 5)
    assert said.value.code == code
    assert isinstance(said.value, ApprovalNeeded if code == "two-persons" else Refused)
    assert CODES[said.value.what.template] == code
    assert store.head() == before


def test_roles_without_the_right_do_not_decide(decided: tuple[Store, FactRow], desk: Any) -> None:
    store, waiting = decided
    rows: Rows = [("person", desk.person(store, "Auditor 1", "auditor"))]
    enrolling = desk.proposal(store, "P-0003", rows, kind="person")
    desk.record(store, [("proposal", enrolling)], 5)
    desk.record(store, [("approval", desk.approval(store, enrolling)), *rows], 6)
    with pytest.raises(Refused, match="no-right"):
        desk.record(store, [("approval", desk.approval(store, waiting, person="Auditor 1"))], 7)


def test_every_sentence_of_the_rules_is_tried_here() -> None:
    assert set(BROKEN) | {"no-right"} == set(CODES.values())
    assert len({statement.split('"', 2)[1] for statement in guards()}) == len(list(guards()))


def test_the_same_rows_pass_with_their_decision(decided: tuple[Store, FactRow], desk: Any, path: Path) -> None:
    store, waiting = decided
    rows = [("approval", desk.approval(store, waiting)), ("mandate", desk.fact("mandate", 1))]
    store.record(Batch("mandate", "Risk 1", {"proposal": "P-0002"}, rows), desk.moment(5))
    desk.record(store, [booking(desk, "2025-01-01")], 6)
    assert [row[3] for row in store.rows("mandate")] == ["2"]
    store.close()
    assert desk.verify(path).holds


def test_the_kind_and_the_payload_of_the_entry_are_signed_too(decided: tuple[Store, FactRow], desk: Any,
                                                              path: Path) -> None:
    store, waiting = decided
    rows = [("approval", desk.approval(store, waiting)), ("mandate", desk.fact("mandate", 1))]
    store.record(Batch("mandate", "Risk 1", {"proposal": "P-0002", "file": "another.toml"}, rows), desk.moment(5))
    store.close()
    assert [(damage.entry, damage.table) for damage in desk.verify(path).damages] == [(6, "journal")]


@pytest.mark.parametrize("version", [1, 2])
def test_a_book_without_people_takes_a_mandate_and_events_alone(tmp_path: Path, desk: Any, version: int) -> None:
    path = tmp_path / "book.sandyq"
    if version == 1:
        shutil.copy(FIXTURES / "book_v1.sandyq", path)
        store = Store.open(path, write=True, actor="Analyst 1")
    else:
        store = desk.create(path)
    with store:
        desk.record(store, [(table, desk.fact(table, 9)) for table in ("mandate", "corporate_action", "party")], 9)
        desk.record(store, [("reversal", desk.reversal(1))], 9)
        assert store.void_entries() == frozenset()
        assert len(store.rows("corporate_action")) == 1
        with pytest.raises(ApprovalNeeded):
            desk.record(store, [("manual_price", desk.fact("manual_price", 1))], 10)
    assert desk.verify(path).holds


def test_a_thousand_bookings_and_reversals_in_an_open_period_are_taken(decided: tuple[Store, FactRow],
                                                                       desk: Any) -> None:
    store, _ = decided
    rows = [("booking", desk.fact("booking", n, reference=f"T-{n}", trade_date="2025-01-02")) for n in range(1_100)]
    entry = desk.record(store, rows, 5).entry.seq
    undo = [("reversal", desk.reversal(entry, "booking", row[0])) for row in store.rows("booking")]
    desk.record(store, undo, 6)
    assert store.rows("booking") == []
