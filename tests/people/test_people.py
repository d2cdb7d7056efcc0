"""Persons, proposals and approvals as the desk promises them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from four_persons import PASSPHRASE, Attack, booking, close, enrolled, price, signer

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused, SandyqError
from sandyq.control.checkpoint import verify_checkpoint
from sandyq.control.deciding import read_content
from sandyq.control.people import Right, Role, Signer
from sandyq.control.proposals import ProposalState
from sandyq.control.records import Batch
from sandyq.reference.facts import FactRow
from sandyq.store.keys import load_key
from sandyq.workstation import workstation
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

MANUAL, EXPIRED = "P-0006", "P-0007"
AsPerson = Callable[[str], Workstation]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Workstation]:
    """A book without people, as every book was before there were any."""
    made = Workstation.create(tmp_path / "alone.sandyq", mandate="example", settings={}, actor="Analyst 1")
    yield made
    made.close()


def action(number: int) -> tuple[str, FactRow]:
    return "corporate_action", (0, f"E-{number}", "symbol_change", "IBIT", "ins:IBIT", "2026-03-02", None, "{}", None,
                                None)


def test_a_book_without_people_asks_nobody_who_they_are(alone: Workstation) -> None:
    people = alone.people
    assert (people.enrolled, people.whoami(), people.persons()) == (False, None, ())
    people.require(Right.IMPORT)
    assert people.post("corporate_action", "E-1", [action(1)], {}).proposal == ""
    assert len(alone.store.rows("corporate_action")) == 1


def test_what_two_persons_always_decide_needs_two_persons_in_every_book(alone: Workstation) -> None:
    for kind, row in (("manual_price", price()), ("period_close", close("2025-12-31"))):
        assert alone.people.controlled(kind)
        with pytest.raises(ApprovalNeeded, match="two-persons"):
            alone.people.post(kind, "x", [row], {})
        with pytest.raises(ApprovalNeeded, match="two-persons"):
            alone.record(kind, {}, [row])


def test_the_first_two_are_enrolled_at_once_and_the_third_by_two(alone: Workstation) -> None:
    assert enrolled(alone, "Analyst 1", Role.MANAGER) == ""
    assert enrolled(alone, "Risk 1", Role.RISK) == ""
    with pytest.raises(Refused, match="key-needed"):
        enrolled(alone, "Auditor 1", Role.AUDITOR)
    alone.people.sign_in(signer("Analyst 1"))
    reference = enrolled(alone, "Auditor 1", Role.AUDITOR)
    assert [person.name for person in alone.people.persons()] == ["Analyst 1", "Risk 1"]
    alone.people.sign_in(signer("Risk 1"))
    alone.people.approve(reference)
    assert [person.role for person in alone.people.persons()] == [Role.MANAGER, Role.AUDITOR, Role.RISK]
    entries = [entry.payload.get("bootstrap") for entry in alone.store.entries() if entry.kind == "person"]
    assert entries == [True, True, None]


@pytest.mark.parametrize(("name", "role", "key", "code"), [
    ("", Role.RISK, "Risk 9", "person-name"), ("Risk\n9", Role.RISK, "Risk 9", "person-name"),
    ("Risk 1", Role.RISK, "Risk 9", "person-exists"), ("Risk 9", Role.RISK, "Risk 1", "key-used"),
    ("Risk 9", Role.RISK, "Risk 10", "proof-wrong"), ("Risk 9", Role.MANAGER, "Risk 9", "proof-wrong"),
])
def test_a_person_is_enrolled_by_a_free_name_a_free_key_and_a_proof(station: Workstation, name: str, role: Role,
                                                                    key: str, code: str) -> None:
    proof = station.people.proof(signer("Risk 9"), Role.RISK)
    with pytest.raises(BadInput, match=code):
        station.people.enrol(name, role, signer(key).public_key, proof)
    with pytest.raises(BadInput, match="public-key"):
        station.people.enrol("Risk 9", role, signer("Risk 9").public_key.upper(), proof)


def test_a_proof_of_one_book_does_not_enrol_in_another(station: Workstation, alone: Workstation) -> None:
    key = signer("Risk 9")
    with pytest.raises(BadInput, match="proof-wrong"):
        station.people.enrol("Risk 9", Role.RISK, key.public_key, alone.people.proof(key, Role.RISK))


def test_what_one_proposes_another_approves_and_both_are_named(as_person: AsPerson) -> None:
    station = as_person("Risk 1")
    before = station.store.rows("manual_price")
    changes = station.people.approve(MANUAL, "compared with two sources")
    assert before == []
    assert [row[3:6] for row in station.store.rows("manual_price")] == [("IBIT", "2026-01-05", "50")]
    found = station.people.proposal(MANUAL)
    assert (found.state, found.author, found.approvals[0].person) == (ProposalState.APPROVED, "Analyst 1", "Risk 1")
    assert found.approvals[0].note == "compared with two sources"
    entry = station.store.entry(changes.entry)
    assert entry is not None
    assert (entry.kind, entry.actor, entry.payload) == ("manual_price", "Risk 1",
                                                        {"symbol": "IBIT", "proposal": MANUAL})
    assert set(station.store.facts_of(changes.entry)) == {"approval", "manual_price"}
    assert station.verify().holds


def test_the_author_is_told_why_they_may_not_decide(as_person: AsPerson) -> None:
    station = as_person("Analyst 1")
    said = {name: str(as_person(name).people.why_not(station.people.proposal(MANUAL)))
            for name in ("Analyst 1", "Auditor 1", "Administrator 1", "Risk 1")}
    assert said == {"Analyst 1": "You prepared this yourself; another person decides.",
                    "Auditor 1": "Your role does not decide on proposals; another person does.",
                    "Administrator 1": "Your role does not decide on proposals; another person does.",
                    "Risk 1": "None"}
    station.people.sign_out()
    assert str(station.people.why_not(station.people.proposal(MANUAL))) == "A decision is signed: open your key first."


def test_a_refused_proposal_records_nothing_and_stays_visible(as_person: AsPerson) -> None:
    station = as_person("Risk 1")
    with pytest.raises(BadInput, match="no-reason"):
        station.people.refuse(MANUAL, " ")
    station.people.refuse(MANUAL, "the price is of another day")
    assert station.store.rows("manual_price") == []
    assert station.people.proposal(MANUAL).state is ProposalState.REFUSED
    with pytest.raises(Refused, match="refused already"):
        station.people.approve(MANUAL)
    assert station.verify().holds


def test_only_the_author_withdraws(as_person: AsPerson) -> None:
    with pytest.raises(Refused, match="not-the-author"):
        as_person("Risk 1").people.withdraw(MANUAL, "a slip")
    station = as_person("Analyst 1")
    station.people.withdraw(MANUAL, "a slip")
    assert station.people.proposal(MANUAL).state is ProposalState.WITHDRAWN
    with pytest.raises(Refused):
        as_person("Risk 1").people.approve(MANUAL)
    assert station.verify().holds


def test_a_command_repeated_gives_the_same_proposal_and_later_the_same_entry(as_person: AsPerson) -> None:
    station = as_person("Analyst 1")
    key = "manual:IBIT:2026-01-05"
    again = station.people.post("manual_price", "IBIT", [price()], {"symbol": "IBIT"}, key=key)
    assert again.proposal == MANUAL
    done = as_person("Risk 1").people.approve(MANUAL)
    later = as_person("Analyst 1").people.post("manual_price", "IBIT", [price()], {"symbol": "IBIT"}, key=key)
    assert (later.entry, later.proposal) == (done.entry, "")


def test_an_expired_proposal_is_not_approved(as_person: AsPerson) -> None:
    station = as_person("Risk 1")
    assert station.people.proposal(EXPIRED).state is ProposalState.EXPIRED
    with pytest.raises(Refused, match="expired"):
        station.people.approve(EXPIRED)


def test_a_proposal_is_open_through_the_whole_day_of_its_expiry(as_person: AsPerson,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    station = as_person("Analyst 1")
    day = date(2027, 3, 1)
    reference = station.people.post("manual_price", "IBIT", [price()], {}, expires=day).proposal
    midnight = datetime(2027, 3, 2, tzinfo=UTC)
    for now, state in ((midnight - timedelta(microseconds=1), ProposalState.OPEN), (midnight, ProposalState.EXPIRED)):
        monkeypatch.setattr(workstation, "utc_now", lambda now=now: now)
        assert station.people.proposal(reference).state is state


def test_what_the_book_no_longer_takes_leaves_nothing_half_applied(as_person: AsPerson) -> None:
    station = as_person("Analyst 1")
    rows = [action(1), ("corporate_action", (*action(2)[1][:5], "2025-06-30", *action(2)[1][6:]))]
    reference = station.people.post("corporate_action", "two", rows, {}).proposal
    head = station.head()
    with pytest.raises(Refused, match="period-closed"):
        as_person("Risk 1").people.approve(reference)
    assert (station.head(), station.store.rows("corporate_action")) == (head, [])
    assert station.people.proposal(reference).state is ProposalState.OPEN


def test_a_big_approved_batch_has_its_approval_before_the_rows(as_person: AsPerson) -> None:
    rows = [("corporate_action", (*action(number)[1][:1], f"E-{number}", *action(number)[1][2:]))
            for number in range(2_500)]
    reference = as_person("Analyst 1").people.post("corporate_action", "many", rows, {}).proposal
    station = as_person("Risk 1")
    station.people.approve(reference)
    assert len(station.store.rows("corporate_action")) == 2_500
    assert station.verify().holds


def test_entries_since_a_proposal_are_counted_where_they_touch_its_tables(as_person: AsPerson) -> None:
    station = as_person("Analyst 1")
    proposal = station.people.proposal(MANUAL)
    assert station.people.changed_since(proposal) == 0
    station.record("import", {}, [booking("T-3", "2026-03-02")])
    assert station.people.changed_since(proposal) == 0
    reference = station.people.post("manual_price", "IBIT", [price("2026-01-06")], {}).proposal
    as_person("Risk 1").people.approve(reference)
    assert station.people.changed_since(proposal) == 1


def test_proposals_are_as_they_were_known_at_a_moment(as_person: AsPerson) -> None:
    station = as_person("Risk 1")
    before = station.store.entries()[-1].known_at
    station.people.approve(MANUAL)
    then = {p.reference: p.state for p in station.people.proposals(Question(date.max, before))}
    assert then[MANUAL] is ProposalState.OPEN
    assert [p.reference for p in station.people.proposals(open_only=True)] == []
    assert next(p.reference for p in station.people.proposals()) == EXPIRED
    first = station.store.entries()[0].known_at
    assert (station.people.persons(Question(date.max, first)), station.people.proposals(Question(date.max, first))) == (
        (), ())


@pytest.mark.parametrize(("name", "rights"), [
    ("Analyst 1", {Right.IMPORT, Right.BOOK, Right.PROPOSE, Right.APPROVE, Right.KEEP_SAFE}), ("Auditor 1", set()),
    ("Administrator 1", {Right.ENROL, Right.KEEP_SAFE})])
def test_a_role_may_what_it_may(as_person: AsPerson, name: str, rights: set[Right]) -> None:
    people = as_person(name).people
    for right in Right:
        if right in rights:
            people.require(right)
        else:
            with pytest.raises(Refused, match="no-right"):
                people.require(right)


def test_an_administrator_proposes_persons_and_nothing_else(as_person: AsPerson) -> None:
    station = as_person("Administrator 1")
    assert enrolled(station, "Back office 1", Role.BACK_OFFICE)
    with pytest.raises(Refused, match="no-right"):
        station.people.post("manual_price", "IBIT", [price()], {})


def test_who_left_signs_nothing_more_and_what_they_signed_still_counts(as_person: AsPerson) -> None:
    station = as_person("Analyst 1")
    today = workstation.utc_now().date()
    with pytest.raises(BadInput, match="left-later"):
        station.people.leave("Auditor 1", today + timedelta(1), "retired")
    reference = station.people.leave("Auditor 1", today, "retired").proposal
    as_person("Risk 1").people.approve(reference)
    with pytest.raises(Refused, match="not-enrolled"):
        station.people.sign_in(signer("Auditor 1"))
    assert {p.name: p.left for p in station.people.persons()}["Auditor 1"] == today
    assert station.verify().holds
    assert station.people.void_decisions() == ()


def test_who_lost_a_key_leaves_and_comes_back_with_another(as_person: AsPerson, keys: Path) -> None:
    station = as_person("Analyst 1")
    old, other = signer("Risk 1"), signer("Risk 1, second key")
    new = Signer("Risk 1", other.public_key, other.sign)
    as_person("Risk 1").people.approve(MANUAL)
    waits = as_person("Analyst 1").people.post("manual_price", "IBIT", [price("2026-01-07")], {}).proposal
    leaves = as_person("Risk 1").people.leave("Risk 1", workstation.utc_now().date(), "key lost").proposal
    as_person("Analyst 1").people.approve(leaves)
    with pytest.raises(Refused, match="not-enrolled"):
        station.people.sign_in(old)
    proof = station.people.proof(new, Role.RISK)
    back = station.people.enrol("Risk 1", Role.RISK, new.public_key, proof).proposal
    station.people.sign_in(load_key(keys / "Risk 6.key", PASSPHRASE))
    station.people.approve(back)
    with pytest.raises(Refused, match="not-enrolled"):
        station.people.sign_in(old)
    station.people.sign_in(new)
    station.people.approve(waits)
    assert len(station.store.rows("manual_price")) == 2
    assert (station.people.void_decisions(), station.store.void_entries()) == ((), frozenset())
    assert station.verify().holds


def test_two_persons_remain(alone: Workstation) -> None:
    enrolled(alone, "Analyst 1", Role.MANAGER)
    enrolled(alone, "Risk 1", Role.RISK)
    alone.people.sign_in(signer("Analyst 1"))
    with pytest.raises(Refused, match="two-remain"):
        alone.people.leave("Risk 1", workstation.utc_now().date(), "retired")


def test_a_closed_period_is_reopened_by_two_and_then_takes_bookings(as_person: AsPerson) -> None:
    station = as_person("Analyst 1")
    with pytest.raises(Refused, match="period-closed"):
        station.record("import", {}, [booking("T-4", "2025-12-31")])
    reference = station.people.post("period_close", "reopen", [close("2025-05-31", "a late fill")], {}).proposal
    as_person("Risk 1").people.approve(reference)
    station.record("import", {}, [booking("T-4", "2025-12-31")])
    with pytest.raises(Refused, match="period-closed"):
        station.record("import", {}, [booking("T-5", "2025-05-31")])
    assert station.verify().holds


def test_reversing_what_two_decided_is_a_proposal_too(as_person: AsPerson) -> None:
    entry = as_person("Risk 1").people.approve(MANUAL).entry
    station = as_person("Analyst 1")
    undo = ("reversal", (0, str(entry), "manual_price", "", "a slip"))
    with pytest.raises(SandyqError, match="two-persons"):
        station.record("reversal", {}, [undo])
    reference = station.people.post("reversal", "IBIT", [undo], {}).proposal
    assert station.store.rows("manual_price") != []
    again = as_person("Risk 1").people.approve(reference).entry
    assert station.store.rows("manual_price") == []
    back = as_person("Analyst 1").people.post("reversal", "IBIT", [("reversal", (0, str(again), "reversal", "", "no"))],
                                              {})
    assert back.proposal
    assert station.verify().holds


def test_a_signed_checkpoint_names_its_signer(as_person: AsPerson) -> None:
    station = as_person("Auditor 1")
    note = station.people.signed_checkpoint()
    assert station.people.checkpoint_signers(note) == ("Auditor 1",)
    key = bytes.fromhex(signer("Auditor 1").public_key)
    assert verify_checkpoint(note, "Auditor-1", key).head == station.head()
    assert station.verify(note).holds
    forged = note.replace(note.split("\n")[1], "3", 1)
    assert station.people.checkpoint_signers(forged) == ()


def test_the_content_of_a_proposal_is_read_back_as_it_was_proposed(station: Workstation) -> None:
    content = read_content(station.people.proposal(MANUAL).content)
    assert (content.rows, content.payload, content.subject) == ((price(),), {"symbol": "IBIT"}, "IBIT")


def test_a_preview_of_what_two_decide_needs_no_second_person(attack: Attack, tmp_path: Path) -> None:
    with attack.working("Analyst 1") as station, station.store.scratch(tmp_path / "scratch.sandyq") as scratch:
        scratch.record(Batch("try", "Analyst 1", {}, [action(1), price()]), workstation.utc_now())
        assert len(scratch.rows("manual_price")) == 1
        with pytest.raises(Refused, match="period-closed"):
            scratch.record(Batch("try", "Analyst 1", {}, [booking("T-9", "2025-01-02")]), workstation.utc_now())
