"""Decisions of two persons, judged: what a proposal's content says, whether it counts, and who may decide. Pure.

The entry of a decision is compared with the enrolments before it: a person who was enrolled, in a role with the right
and not gone then has signed; what happens to them later does not undo it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Final

from sandyq.basics.text import N_, Text
from sandyq.control.chain import canonical_json
from sandyq.control.people import RIGHTS, Enrolment, Person, Right
from sandyq.control.proposals import Approval, Decision, Proposal, ProposalState
from sandyq.control.signing import PROPOSED, decision_message, person_message, signature_holds
from sandyq.reference.facts import FactRow

SECOND_ALWAYS: Final = frozenset({"manual_price", "valuation_close", "period_close"})
SECOND_ONCE_ENROLLED: Final = frozenset({"corporate_action", "mandate", "price_source", "fair_value_level", "party",
                                         "licence"})
"""The same as of schema version 2, whose triggers name them."""
ALWAYS: Final = SECOND_ALWAYS | {"waiver", "trade_order", "gate_override", "tranche_release", "reserve_asset"}
"""Facts that two persons decide in every book."""
ONCE_ENROLLED: Final = SECOND_ONCE_ENROLLED | {"eligibility_status", "rating"}
"""Facts that two persons decide once somebody is enrolled."""
FIRST_PERSONS: Final = 2
"""So many are enrolled directly; from then on a person is enrolled by two."""

_STATES: Final[Mapping[ProposalState, Text]] = {
    ProposalState.APPROVED: N_("It has been approved already."),
    ProposalState.REFUSED: N_("It has been refused already."),
    ProposalState.WITHDRAWN: N_("It has been withdrawn."),
    ProposalState.EXPIRED: N_("It has expired; it can be proposed again."),
    ProposalState.VOID: N_("Its signature does not hold, so it does not count."),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What a proposal would record. `key` makes the command idempotent; `expires` is the last day that it is open."""

    subject: str
    payload: Mapping[str, object]
    rows: tuple[tuple[str, FactRow], ...]
    key: str = ""
    expires: date | None = None

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(table for table, _ in self.rows)


def spelled(content: Content) -> str:
    """Return the one spelling of a content as canonical JSON."""
    return canonical_json({
        "expires": content.expires, "key": content.key, "payload": content.payload,
        "rows": [[table, list(row)] for table, row in content.rows], "subject": content.subject})


def read_content(text: str) -> Content:
    """Read what `spelled` wrote. Raises ValueError for any other text."""
    try:
        said = json.loads(text)
        expires = said["expires"]
        found = Content(said["subject"], said["payload"], tuple((table, tuple(row)) for table, row in said["rows"]),
                        said["key"], date.fromisoformat(expires) if expires else None)
        same = spelled(found) == text
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the text is not the content of a proposal") from error
    if not same:
        raise ValueError("the text is not the content of a proposal in its one spelling")
    return found


def hash_of(content: str) -> str:
    """Return SHA-256 (hex) of a content."""
    return sha256(content.encode()).hexdigest()


def end_of(day: date | None) -> datetime | None:
    """Return the last moment (UTC) of the day on which a proposal still counts."""
    return None if day is None else datetime.combine(day, time.max, UTC)


def enrolled_then(enrolments: Iterable[Enrolment], name: str, entry: int) -> Enrolment | None:
    """Return how a person was enrolled just before an entry, None when they were not, or had gone."""
    found = None
    for enrolment in enrolments:
        if enrolment.name == name and enrolment.origin.entry < entry:
            found = enrolment
    return None if found is None or found.left is not None else found


def proof_holds(enrolment: Enrolment, book_id: str) -> bool:
    """Return whether the person's own signature proves that they hold the key."""
    message = person_message(book_id, enrolment.name, enrolment.role, enrolment.public_key)
    return signature_holds(enrolment.public_key, message, enrolment.proof)


def trusted(enrolments: Iterable[Enrolment], proposals: Sequence[Proposal], book_id: str) -> tuple[Enrolment, ...]:
    """Return the enrolments that count: each with its proof, the first two names as they are, every later row only when
    persons who counted before it decided on it. So whoever was slipped in signs nothing.
    """
    by_entry: dict[int, list[tuple[Proposal, Approval]]] = {}
    for proposal in proposals:
        for approval in proposal.approvals:
            if approval.decision is Decision.APPROVED and proposal.kind == "person":
                by_entry.setdefault(approval.origin.entry, []).append((proposal, approval))
    found: list[Enrolment] = []
    names: set[str] = set()
    for enrolment in enrolments:
        first = len(names) < FIRST_PERSONS and enrolment.name not in names
        counts = proof_holds(enrolment, book_id) and (first or any(
            not (proposal_fault(proposal, found, book_id) or approval_fault(proposal, approval, found, book_id))
            for proposal, approval in by_entry.get(enrolment.origin.entry, ())))
        if counts:
            found.append(enrolment)
            names.add(enrolment.name)
    return tuple(found)


def judged(proposal: Proposal, enrolments: Sequence[Enrolment], book_id: str, now: datetime) -> Proposal:
    """Return the proposal with the state that its signatures and decisions give it at a moment."""
    return replace(proposal, state=_state(proposal, enrolments, book_id, now))


def _state(proposal: Proposal, enrolments: Sequence[Enrolment], book_id: str, now: datetime) -> ProposalState:
    if proposal_fault(proposal, enrolments, book_id) is not None:
        return ProposalState.VOID
    for approval in proposal.approvals:
        sound = approval_fault(proposal, approval, enrolments, book_id) is None
        if approval.decision is Decision.APPROVED:
            return ProposalState.APPROVED if sound else ProposalState.VOID
        if sound:
            return ProposalState(approval.decision)
    if proposal.expires is not None and now > proposal.expires:
        return ProposalState.EXPIRED
    return ProposalState.OPEN


def proposal_fault(proposal: Proposal, enrolments: Sequence[Enrolment], book_id: str) -> Text | None:
    """Return why a proposal does not count, None when it does."""
    author = enrolled_then(enrolments, proposal.author, proposal.origin.entry)
    if author is None or not may_propose(author, proposal.kind):
        return N_("The author of the proposal was not enrolled with the right to propose.")
    if hash_of(proposal.content) != proposal.content_hash:
        return N_("The content of the proposal is not what was signed.")
    if not _framed(proposal):
        return N_("The content of the proposal is not what was signed.")
    if not _signed(proposal, author.public_key, proposal.author, PROPOSED, proposal.signature, book_id):
        return N_("The signature of the proposal does not hold.")
    return None


def approval_fault(proposal: Proposal, approval: Approval, enrolments: Sequence[Enrolment],
                   book_id: str) -> Text | None:
    """Return why a decision does not count, None when it does."""
    person = enrolled_then(enrolments, approval.person, approval.origin.entry)
    if person is None:
        return N_("Somebody decided who was not enrolled then.")
    if approval.content_hash != proposal.content_hash:
        return N_("The decision is about another content than the proposal's.")
    author = enrolled_then(enrolments, proposal.author, proposal.origin.entry)
    own = approval.person == proposal.author or (author is not None and author.public_key == person.public_key)
    if approval.decision is Decision.WITHDRAWN:
        if not own:
            return N_("Somebody other than the author withdrew the proposal.")
    elif own:
        return N_("The author of the proposal decided on it.")
    elif Right.APPROVE not in RIGHTS[person.role]:
        return N_("Somebody decided whose role does not include it.")
    if approval.decision is Decision.APPROVED and proposal.expires is not None and approval.known_at > proposal.expires:
        return N_("The proposal had expired when it was approved.")
    if not _signed(proposal, person.public_key, approval.person, approval.decision, approval.signature, book_id):
        return N_("The signature of the decision does not hold.")
    return None


def may_propose(enrolment: Enrolment, kind: str) -> bool:
    """Return whether a role proposes facts of a kind: an administrator proposes persons and nothing else."""
    rights = RIGHTS[enrolment.role]
    return Right.PROPOSE in rights or (kind == "person" and Right.ENROL in rights)


def content_of(proposal: Proposal) -> Content | None:
    """Return what a proposal would record, None when its text is none that a proposal can have."""
    try:
        return read_content(proposal.content)
    except ValueError:
        return None


def why_not(proposal: Proposal, person: Person | None) -> Text | None:
    """Return why a person may not approve or refuse a proposal, None when they may."""
    if proposal.state is not ProposalState.OPEN:
        return _STATES[proposal.state]
    if person is None:
        return N_("A decision is signed: open your key first.")
    if person.name == proposal.author:
        return N_("You prepared this yourself; another person decides.")
    if not person.may(Right.APPROVE):
        return N_("Your role does not decide on proposals; another person does.")
    return None


def _framed(proposal: Proposal) -> bool:
    """Return whether a content says the proposal's expiry and subject. Its keys are sorted, so they stand first and
    last; a content of a day's figures is long, and is read whole only when it is approved or verified.
    """
    expires = proposal.expires.date() if proposal.expires else None
    return (proposal.expires == end_of(expires)
            and proposal.content.startswith(f'{{"expires":{canonical_json(expires)},"key":')
            and proposal.content.endswith(f',"subject":{canonical_json(proposal.subject)}}}'))


def _signed(proposal: Proposal, key: str, person: str, decision: str, signature: str, book_id: str) -> bool:
    message = decision_message(book_id, proposal.reference, proposal.kind, proposal.content_hash, person, decision)
    return signature_holds(key, message, signature)
