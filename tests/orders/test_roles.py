"""F102: who may do what. Every role tries every command of orders, eligibility and decisions in the service layer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY
from order_books import MORNING, Clock, basket, signer, sleeve_of_orders

from sandyq.basics.errors import Refused
from sandyq.control.people import RIGHTS, Right, Role
from sandyq.reference.reserve_questions import QUESTIONS, Answer, Conclusion
from sandyq.workstation import workstation
from sandyq.workstation.contract import Question
from sandyq.workstation.ordered import Execution
from sandyq.workstation.worksheets import Answered
from sandyq.workstation.workstation import Workstation

Q = Question(DAY)
NEXT = DAY + timedelta(1)
PERSON = {Role.MANAGER: "Manager 2", Role.MIDDLE_OFFICE: "Middle office 2", Role.RISK: "Risk 2",
          Role.BACK_OFFICE: "Back office 2", Role.COMMITTEE: "Committee 2", Role.AUDITOR: "Auditor 2",
          Role.ADMINISTRATOR: "Administrator 2"}
YES = {name: Answered(Answer.YES, "Prospectus") for name in QUESTIONS}


@dataclass(frozen=True)
class Prepared:
    """A book with an approved order, a waiting one, an emergency order to review and a hold."""

    path: Path
    approved: str
    waiting: str
    emergency: str


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    clock, before = Clock(), workstation.utc_now
    workstation.utc_now = clock
    path = tmp_path_factory.mktemp("roles") / "book.sandyq"
    try:
        with sleeve_of_orders(path) as station:
            people, orders = station.people, station.orders

            def agreed(reference: str) -> None:
                people.sign_in(signer("Risk 1"))
                people.approve(reference)
                people.sign_in(signer("Manager 1"))

            for role, name in PERSON.items():
                key = signer(name)
                agreed(people.enrol(name, role, key.public_key, people.proof(key, role)).proposal)
            first = orders.propose(Q, basket(["buy 10 FBTC @ 100"]))
            agreed(first.changes.proposal)
            second = orders.propose(Q, basket(["buy 5 FBTC @ 100"]))
            emergency = orders.emergency(Q, basket(["sell 10 IBIT @ 65"]), "The venue closes")
            agreed(station.permits.hold("BITB", DAY, "Notice").proposal)
    finally:
        workstation.utc_now = before
    return Prepared(path, first.reference, second.changes.proposal, emergency.reference)


@pytest.fixture
def book(prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    clock = Clock()
    clock.moment = MORNING + timedelta(hours=1)
    monkeypatch.setattr(workstation, "utc_now", clock)
    path = tmp_path / "book.sandyq"
    shutil.copy(prepared.path, path)
    return Prepared(path, prepared.approved, prepared.waiting, prepared.emergency)


Act = Callable[[Workstation, Prepared], object]
ACTS: dict[str, tuple[Right, Act]] = {
    "hold": (Right.PROPOSE, lambda s, b: s.permits.hold("IBIT", DAY, "Notice")),
    "reinstate": (Right.PROPOSE, lambda s, b: s.permits.reinstate("BITB", NEXT, "Over")),
    "worksheet": (Right.PROPOSE, lambda s, b: s.permits.conclude("IBIT", YES, Conclusion.RESERVE_ASSET, DAY)),
    "elect": (Right.BOOK, lambda s, b: s.permits.elect("E-1", "IBIT", ("cash", "tokens"), DAY)),
    "propose": (Right.PROPOSE, lambda s, b: s.orders.propose(Q, basket(["buy 1 FBTC @ 100"]))),
    "approve": (Right.APPROVE, lambda s, b: s.people.approve(b.waiting)),
    "refuse": (Right.APPROVE, lambda s, b: s.people.refuse(b.waiting, "no")),
    "execute": (Right.BOOK, lambda s, b: s.orders.execute(b.approved, Execution(1, Decimal(1), Decimal(100), DAY))),
    "cancel": (Right.BOOK, lambda s, b: s.orders.cancel(b.approved, "no longer")),
    "recheck": (Right.PROPOSE, lambda s, b: s.orders.recheck(b.approved)),
    "emergency": (Right.PROPOSE, lambda s, b: s.orders.emergency(Q, basket(["sell 1 IBIT @ 65"]), "It closes")),
    "review": (Right.APPROVE, lambda s, b: s.orders.review(b.emergency, "accepted", "seen")),
    "party": (Right.PROPOSE, lambda s, b: s.people.post("party", "P", [("party", (
        0, "P", "P", "broker", "US", "active", None, "register"))], {})),
    "waive": (Right.PROPOSE, lambda s, b: s.breaches.waive(
        Q, "L16", ceiling=Decimal(95_000), valid_from=NEXT, valid_to=NEXT, clause="4.9", reason="why")),
    "override": (Right.PROPOSE, lambda s, b: s.tranches.override(Q, "IC 7", Decimal(1000), DAY, NEXT, "Paced")),
    "run": (Right.BOOK, lambda s, b: s.breaches.run_limits(Q)),
    "enrol": (Right.ENROL, lambda s, b: s.people.enrol("Risk 3", Role.RISK, signer("Risk 3").public_key,
                                                       s.people.proof(signer("Risk 3"), Role.RISK))),
}


def allowed(role: Role, right: Right) -> bool:
    """Enrolling is proposed by whoever proposes, and by the administrator."""
    return right in RIGHTS[role] or (right is Right.ENROL and Right.PROPOSE in RIGHTS[role])


@pytest.mark.parametrize("role", PERSON, ids=str)
@pytest.mark.parametrize("act", ACTS)
def test_a_role_does_what_its_rights_say_and_nothing_else(book: Prepared, role: Role, act: str) -> None:
    right, run = ACTS[act]
    with Workstation.open(book.path, actor="x", write=True) as station:
        station.people.sign_in(signer(PERSON[role]))
        head = station.head()
        if allowed(role, right):
            run(station, book)
            assert station.head() != head
        else:
            with pytest.raises(Refused):
                run(station, book)
            assert station.head() == head
        assert station.verify().holds


def test_the_auditor_reads_everything_and_the_administrator_has_no_business_right() -> None:
    assert RIGHTS[Role.AUDITOR] == frozenset()
    assert RIGHTS[Role.ADMINISTRATOR] == {Right.ENROL, Right.KEEP_SAFE}
    assert {right for _, (right, _) in ACTS.items()} >= {Right.PROPOSE, Right.APPROVE, Right.BOOK, Right.ENROL}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR], ids=str)
def test_who_has_no_business_right_still_asks_every_question(book: Prepared, role: Role) -> None:
    with Workstation.open(book.path, actor="x") as station:
        station.people.sign_in(signer(PERSON[role]))
        assert station.orders.tickets(Q)
        assert station.permits.instruments(Q)
        assert station.permits.worksheets(Q)
        assert station.permits.programme(Q).sleeve_usd is not None
        assert station.people.proposals()
        assert station.limits(Q).results
        assert station.verify().holds


def test_without_a_key_nobody_does_anything(book: Prepared) -> None:
    for act, (_, run) in ACTS.items():
        with Workstation.open(book.path, actor="Manager 2", write=True) as station:
            head = station.head()
            with pytest.raises(Refused):
                run(station, book)
            assert station.head() == head, act
