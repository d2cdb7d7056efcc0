"""Decisions, judged without a book: what is signed is what counts, by whom, for what and when (F099 to F101)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.origin import Origin
from sandyq.control.deciding import (
    Content,
    approval_fault,
    end_of,
    hash_of,
    judged,
    may_propose,
    proof_holds,
    proposal_fault,
    read_content,
    spelled,
    why_not,
)
from sandyq.control.people import Enrolment, Person, Role, Signer
from sandyq.control.proposals import Approval, Decision, Proposal, ProposalState
from sandyq.control.signing import (
    decision_message,
    is_public_key,
    person_message,
    signature_holds,
    signer_from_seed,
)

BOOK = "ab" * 32
START = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
NAMES = ["Analyst 1", "Risk 1", "Auditor 1", "Administrator 1", "Committee 1"]
ROLES = [Role.MANAGER, Role.RISK, Role.AUDITOR, Role.ADMINISTRATOR, Role.COMMITTEE]
ROW = ("manual_price", (0, "IBIT", "2026-06-30", "50", "USD", "no close", "2026-07-31", "Analyst 1"))
CONTENT = Content("IBIT", {"symbol": "IBIT"}, (ROW,), "manual:IBIT", date(2026, 7, 31))


def key(name: str) -> Signer:
    return signer_from_seed(name, sha256(name.encode()).digest())


def enrolment(name: str, role: Role, entry: int, *, left: date | None = None, by: str = "") -> Enrolment:
    signer = key(by or name)
    proof = signer.sign(person_message(BOOK, name, role, signer.public_key)).hex()
    return Enrolment(name, role, signer.public_key, START.date(), left, proof, Origin(entry, 0))


PEOPLE = tuple(enrolment(name, role, entry) for entry, (name, role) in enumerate(zip(NAMES, ROLES, strict=True), 2))


def proposed(author: str = "Analyst 1", content: Content = CONTENT, kind: str = "manual_price", entry: int = 10,
             book: str = BOOK) -> Proposal:
    text = spelled(content)
    message = decision_message(book, "P-0001", kind, hash_of(text), author, "proposed")
    return Proposal("P-0001", kind, content.subject, author, text, hash_of(text), end_of(content.expires),
                    key(author).sign(message).hex(), START, Origin(entry, 0), (), ProposalState.OPEN)


def decided(proposal: Proposal, person: str = "Risk 1", decision: Decision = Decision.APPROVED, *, entry: int = 11,
            after: timedelta = timedelta(hours=1), by: str = "", book: str = BOOK) -> Approval:
    message = decision_message(book, proposal.reference, proposal.kind, proposal.content_hash, person, decision)
    return Approval(person, decision, proposal.content_hash, key(by or person).sign(message).hex(), "", START + after,
                    Origin(entry, 0))


def state(proposal: Proposal, *approvals: Approval, now: datetime = START + timedelta(hours=2),
          people: tuple[Enrolment, ...] = PEOPLE) -> ProposalState:
    return judged(replace(proposal, approvals=approvals), people, BOOK, now).state


def test_the_messages_are_the_documented_bytes_and_an_independent_library_call_verifies_them() -> None:
    """Format of the brief: what a second implementation would sign."""
    raw = b"sandyq decision v1\n" + BOOK.encode() + b"\nP-0001\nmanual_price\n" + b"cd" * 32 + b"\nRisk 1\napproved\n"
    assert decision_message(BOOK, "P-0001", "manual_price", "cd" * 32, "Risk 1", "approved") == raw
    private = Ed25519PrivateKey.from_private_bytes(sha256(b"Risk 1").digest())
    assert key("Risk 1").public_key == private.public_key().public_bytes_raw().hex()
    assert signature_holds(key("Risk 1").public_key, raw, private.sign(raw).hex())
    assert person_message("x", "Risk 1", "risk", "00") == b"sandyq person v1\nx\nRisk 1\nrisk\n00\n"


@pytest.mark.parametrize(("public", "signature"), [("", ""), ("zz" * 32, "00" * 64), ("00" * 32, "00" * 64),
                                                    ("ab" * 31, "00"), ("\u00e9", "x")])
def test_a_malformed_key_or_signature_does_not_hold(public: str, signature: str) -> None:
    assert not signature_holds(public, b"text", signature)


FIELD = 2**255 - 19
D = -121665 * pow(121666, -1, FIELD) % FIELD


@pytest.mark.parametrize("height", [0, 1, FIELD - 1, FIELD, FIELD + 1, *(
    sign * int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
    % FIELD for sign in (1, -1))])
@pytest.mark.parametrize("top", [0, 1 << 255])
def test_a_key_under_which_anything_is_signed_is_no_key(height: int, top: int) -> None:
    """RFC 8032: y of points of order 1, 2, 4 and 8 (d·y⁴ + 2·y² = 1), in all spellings; zeros then sign anything."""
    assert height % FIELD in {0, 1, FIELD - 1} or (D * pow(height, 4, FIELD) + 2 * height * height) % FIELD == 1
    public = (height | top).to_bytes(32, "little").hex()
    assert not is_public_key(public)
    for signature in ("00" * 64, "01" + "00" * 63, public + "00" * 32):
        assert not signature_holds(public, b"text", signature)


def test_a_public_key_has_one_spelling() -> None:
    good = key("Risk 1").public_key
    assert is_public_key(good)
    assert not any(is_public_key(bad) for bad in ("", good[:-1], good + "0", good.upper(), good[:-1] + "g"))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=6)
ROWS = st.lists(st.tuples(st.sampled_from(["manual_price", "booking"]),
                          st.lists(st.none() | st.text(max_size=6) | st.integers(0, 99), max_size=5).map(tuple)),
                max_size=4).map(tuple)


@settings(max_examples=120, deadline=None)
@given(subject=st.text(max_size=8), payload=st.dictionaries(st.text(max_size=5), JSON, max_size=3), rows=ROWS,
       expires=st.none() | st.dates())
def test_a_content_is_read_back_as_it_was_spelled(subject: str, payload: dict[str, object],
                                                  rows: tuple[tuple[str, tuple[str | int | None, ...]], ...],
                                                  expires: date | None) -> None:
    content = Content(subject, payload, rows, "k", expires)
    assert read_content(spelled(content)) == content
    assert spelled(read_content(spelled(content))) == spelled(content)


@settings(max_examples=120, deadline=None)
@given(place=st.integers(0, len(spelled(CONTENT)) - 1), mark=st.characters(codec="utf-8"))
def test_a_proposal_with_any_changed_character_does_not_count(place: int, mark: str) -> None:
    proposal = proposed()
    text = proposal.content[:place] + mark + proposal.content[place + 1:]
    changed = replace(proposal, content=text)
    assert state(changed) is (ProposalState.OPEN if text == proposal.content else ProposalState.VOID)
    assert state(replace(changed, content_hash=hash_of(text))) is (
        ProposalState.OPEN if text == proposal.content else ProposalState.VOID)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"rows": 1}', spelled(CONTENT) + " "])
def test_another_text_is_not_a_content(text: str) -> None:
    with pytest.raises(ValueError, match=r"content of a proposal|Expecting"):
        read_content(text)


@pytest.mark.parametrize(("name", "by", "counts"), [
    ("Risk 1", "", True), ("Committee 1", "", True), ("Analyst 1", "", False), ("Auditor 1", "", False),
    ("Administrator 1", "", False), ("Nobody 1", "", False), ("Risk 1", "Analyst 1", False)])
def test_an_approval_counts_by_another_person_with_the_right_and_their_key(name: str, by: str, counts: bool) -> None:
    proposal = proposed()
    assert state(proposal, decided(proposal, name, by=by)) is (
        ProposalState.APPROVED if counts else ProposalState.VOID)


@pytest.mark.parametrize("change", [{"reference": "P-0002"}, {"kind": "mandate"}, {"content_hash": "00" * 32},
                                    {"subject": "FBTC"}, {"author": "Committee 1"}, {"expires": None},
                                    {"signature": "00" * 64}])
def test_a_signed_proposal_says_reference_kind_content_subject_author_and_expiry(change: dict[str, object]) -> None:
    assert proposal_fault(proposed(), PEOPLE, BOOK) is None
    assert proposal_fault(replace(proposed(), **change), PEOPLE, BOOK) is not None  # type: ignore[arg-type]


def test_signatures_of_another_book_do_not_count() -> None:
    proposal = proposed()
    assert state(proposed(book="cd" * 32)) is ProposalState.VOID
    assert state(proposal, decided(proposal, book="cd" * 32)) is ProposalState.VOID


def test_an_alias_with_the_authors_key_is_the_author() -> None:
    people = (*PEOPLE, enrolment("Risk 9", Role.RISK, 8, by="Analyst 1"))
    proposal = proposed()
    assert state(proposal, decided(proposal, "Risk 9", by="Analyst 1"), people=people) is ProposalState.VOID


def test_who_was_enrolled_later_or_had_left_does_not_count_and_who_leaves_later_does() -> None:
    proposal = proposed()
    late = tuple(replace(person, origin=Origin(20, 0)) if person.name == "Risk 1" else person for person in PEOPLE)
    left = (*PEOPLE, enrolment("Risk 1", Role.RISK, 9, left=START.date()))
    later = (*PEOPLE, enrolment("Risk 1", Role.RISK, 12, left=START.date()))
    states = [state(proposal, decided(proposal), people=people) for people in (late, left, later)]
    assert states == [ProposalState.VOID, ProposalState.VOID, ProposalState.APPROVED]


def test_an_approval_after_the_expiry_is_void_and_an_open_proposal_expires() -> None:
    proposal = proposed()
    end = datetime(2026, 7, 31, 23, 59, 59, 999_999, UTC)
    assert proposal.expires == end
    assert state(proposal, now=end) is ProposalState.OPEN
    assert state(proposal, now=end + timedelta(microseconds=1)) is ProposalState.EXPIRED
    assert state(proposal, decided(proposal, after=end - START)) is ProposalState.APPROVED
    assert state(proposal, decided(proposal, after=end - START + timedelta(microseconds=1))) is ProposalState.VOID


def test_only_the_author_withdraws_and_an_unsound_refusal_leaves_the_proposal_open() -> None:
    proposal = proposed()
    assert state(proposal, decided(proposal, "Analyst 1", Decision.WITHDRAWN)) is ProposalState.WITHDRAWN
    assert state(proposal, decided(proposal, "Risk 1", Decision.WITHDRAWN)) is ProposalState.OPEN
    assert state(proposal, decided(proposal, "Risk 1", Decision.REFUSED)) is ProposalState.REFUSED
    assert state(proposal, decided(proposal, "Risk 1", Decision.REFUSED, by="Analyst 1")) is ProposalState.OPEN


def test_an_administrator_proposes_persons_only_and_an_auditor_nothing() -> None:
    by_name = dict(zip(NAMES, PEOPLE, strict=True))
    assert [may_propose(by_name[name], "person") for name in NAMES] == [True, True, False, True, True]
    assert [may_propose(by_name[name], "mandate") for name in NAMES] == [True, True, False, False, True]
    assert state(proposed("Administrator 1")) is ProposalState.VOID
    assert state(proposed("Administrator 1", kind="person")) is ProposalState.OPEN


def test_the_proof_of_a_person_is_about_name_role_key_and_book() -> None:
    person = PEOPLE[1]
    assert proof_holds(person, BOOK)
    assert not proof_holds(person, "cd" * 32)
    for change in ({"name": "Risk 2"}, {"role": Role.MANAGER}, {"public_key": PEOPLE[0].public_key}):
        assert not proof_holds(replace(person, **change), BOOK)  # type: ignore[arg-type]


def test_every_state_but_open_says_why_nobody_decides() -> None:
    person = Person("Risk 1", Role.RISK, key("Risk 1").public_key, START.date(), None, Origin(3, 0))
    said = {found: why_not(replace(proposed(), state=found), person) for found in ProposalState}
    assert said.pop(ProposalState.OPEN) is None
    assert all(str(text).endswith(".") for text in said.values())
    assert len({str(text) for text in said.values()}) == len(said)


def test_a_fault_names_what_is_wrong_in_a_sentence() -> None:
    proposal = proposed()
    said = [approval_fault(proposal, decided(proposal, *how), PEOPLE, BOOK)
            for how in (("Analyst 1",), ("Auditor 1",), ("Nobody 1",), ("Risk 1", Decision.WITHDRAWN))]
    assert len({str(text) for text in said}) == 4
    assert all(text is not None and str(text).endswith(".") for text in said)
