"""Who works with the book, and decisions of two persons: one proposes, another approves, both sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import ApprovalNeeded, BadInput, IntegrityFailed, Refused
from sandyq.basics.text import N_, Text
from sandyq.control.checkpoint import read_body, sign_note, verify_checkpoint
from sandyq.control.deciding import (
    ALWAYS,
    FIRST_PERSONS,
    ONCE_ENROLLED,
    Content,
    content_of,
    hash_of,
    spelled,
    why_not,
)
from sandyq.control.people import Person, Right, Role, Signer
from sandyq.control.proposals import Decision, Proposal, ProposalState
from sandyq.control.signing import PROPOSED, decision_message, is_public_key, person_message, signature_holds
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store import approvals, files, keys
from sandyq.store.records import read_people
from sandyq.workstation import workstation
from sandyq.workstation.closed import refuse_edit_in_place, refuse_retroactive
from sandyq.workstation.contract import Changes, Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_Rows = tuple[tuple[str, FactRow], ...]
_ALIKE: Final = N_("Somebody else is enrolled with this key already.")


def owner_of(key: Path) -> str:
    """Return whose key a file holds, without opening it. Raises BadInput."""
    return keys.owner_of(key)


def make_key(path: Path, name: str, passphrase: str) -> Signer:
    """Make a person's private key in a file of its own. Raises BadInput when the file exists."""
    return keys.make_key(path, name, passphrase)


def open_key(path: Path, passphrase: str) -> Signer:
    """Open a key file without signing in. Raises BadInput: no such file, not a key, wrong passphrase."""
    return keys.load_key(path, passphrase)


class PeopleDesk:
    """One desk of an open book. Without enrolled people nobody is asked who they are, except where two must decide."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
        self._read: dict[datetime | None, tuple[str, tuple[Proposal, ...]]] = {}

    # ---- persons

    @property
    def enrolled(self) -> bool:
        """Whether anybody is enrolled in the book."""
        return approvals.has_people(self._station.store.connection)

    @property
    def book_id(self) -> str:
        """What signatures call this book."""
        return approvals.book_id(self._station.store.connection)

    def persons(self, q: Question | None = None) -> tuple[Person, ...]:
        """Return everybody as known at the question's moment, those who left too, by name."""
        return read_people(self._station.store, q.known_at if q else None)

    def proof(self, signer: Signer, role: Role) -> str:
        """Return a new person's own signature, by which they prove to hold the key they are enrolled with."""
        return signer.sign(person_message(self.book_id, signer.name, role, signer.public_key)).hex()

    def enrol(self, name: str, role: Role, public_key: str, proof: str, note: str = "") -> Changes:
        """Enrol a person: the first two at once, everybody else by a proposal that a second person approves.

        Who left can come back, with another role or another key: that is how a lost key is replaced. Raises BadInput
        for a name or key that is taken or malformed, or a proof that does not hold.
        """
        name = name.strip()
        rows = self._checked(name, role, public_key, proof, note)
        payload: dict[str, object] = {"name": name, "role": role.value, "public_key": public_key}
        if len(self.persons()) < FIRST_PERSONS:
            return self._station.record("person", {**payload, "bootstrap": True}, rows)
        return self.post("person", name, rows, payload)

    def _checked(self, name: str, role: Role, public_key: str, proof: str, note: str) -> _Rows:
        if not name or "\n" in name or "\x1f" in name:
            raise BadInput("person-name", N_("A person has a name of one line."))
        if not is_public_key(public_key):
            raise BadInput("public-key", N_("A public key is 64 hex digits in lower case."), where=name)
        for person in self.persons():
            if person.name == name and person.left is None:
                raise BadInput("person-exists", N_("Somebody of this name is enrolled already."), where=name)
            if person.public_key == public_key and person.name != name:
                raise BadInput("key-used", _ALIKE, where=person.name)
        if not signature_holds(public_key, person_message(self.book_id, name, role, public_key), proof):
            raise BadInput("proof-wrong", N_("The person did not prove to hold this key: name, role, key or book "
                                             "differ from what was signed."), where=name)
        today = workstation.utc_now().date().isoformat()
        return (("person", (0, name, role.value, public_key, today, None, proof, note or None)),)

    def leave(self, name: str, day: date, reason: str) -> Changes:
        """Record that a person left; nothing they sign from then on counts. Raises BadInput."""
        found = next((row for row in approvals.read_enrolments(self._station.store.connection)[::-1]
                      if row.name == name), None)
        if found is None or found.left is not None:
            raise BadInput("no-person", N_("Nobody of this name is enrolled."), where=name)
        if day > workstation.utc_now().date():
            raise BadInput("left-later", N_("A person leaves on the day on which it is recorded, or earlier."),
                           where=day.isoformat())
        if not reason.strip():
            raise BadInput("no-reason", N_("A decision has a reason."), where=name)
        if sum(1 for person in self.persons() if person.left is None) <= FIRST_PERSONS:
            raise Refused("two-remain", N_("Two persons have to remain: enrol another one first."), where=name)
        rows: _Rows = (("person", (0, name, found.role.value, found.public_key, found.valid_from.isoformat(),
                                   day.isoformat(), found.proof, reason.strip())),)
        return self.post("person", name, rows, {"name": name, "left": day.isoformat(), "reason": reason.strip()})

    # ---- who works here

    def sign_in_with(self, path: Path, passphrase: str) -> Person | None:
        """Open a key file and sign in with it. Raises BadInput, Refused."""
        self.sign_in(keys.load_key(path, passphrase))
        return self.whoami()

    def sign_in(self, signer: Signer) -> None:
        """Let a person with an opened key work here. Raises Refused when their key is not enrolled."""
        if self.enrolled and self._person_of(signer) is None:
            raise Refused("not-enrolled", N_("Nobody is enrolled under this name with this key."), where=signer.name,
                          remedy=N_("A person is enrolled by one person's proposal and another one's approval."))
        self._station.signer = signer
        self._station.actor = signer.name

    def sign_out(self) -> None:
        """Close the key; questions are still answered."""
        self._station.signer = None

    def whoami(self) -> Person | None:
        """Return the enrolled person whose key is open, None when nobody's is."""
        signer = self._station.signer
        return None if signer is None else self._person_of(signer)

    @property
    def signer(self) -> Signer | None:
        """The opened key with which entries are signed; None while it is nobody's who is enrolled."""
        return self._station.signer if self.whoami() is not None else None

    def _person_of(self, signer: Signer) -> Person | None:
        return next((person for person in self.persons() if person.name == signer.name
                     and person.public_key == signer.public_key and person.left is None), None)

    def require(self, right: Right) -> None:
        """Raise Refused when the person who works here may not do this. A book without people allows everything."""
        if self.enrolled and not self._known().may(right):
            raise Refused("no-right", N_("Your role does not include this."), where=self._station.actor,
                          remedy=N_("Ask a person whose role does."))

    def _known(self) -> Person:
        person = self.whoami()
        if person is None:
            raise Refused("key-needed", N_("The book has enrolled people: who changes it opens their key first."),
                          where=self._station.actor, remedy=N_("Give your key file."))
        return person

    # ---- facts of two persons

    def controlled(self, kind: str) -> bool:
        """Return whether facts of a kind (a table's name) are decided by two persons in this book now."""
        if kind in ALWAYS:
            return True
        if kind == "person":
            return len(self.persons()) >= FIRST_PERSONS
        return kind in ONCE_ENROLLED and self.enrolled

    def needs_second(self, kind: str, rows: Iterable[tuple[str, FactRow]]) -> bool:
        """Return whether rows are decided by two persons: by their kind, their tables or what they reverse."""
        listed = tuple(rows)
        if self.controlled(kind) or any(self.controlled(table) for table in {table for table, _ in listed}):
            return True
        return self.enrolled and approvals.reaches_decided(self._station.store.connection, listed,
                                                           ALWAYS | ONCE_ENROLLED)

    def post(self, kind: str, subject: str, rows: Iterable[tuple[str, FactRow]], payload: Mapping[str, object],
             key: str = "", expires: date | None = None) -> Changes:
        """Record facts at once, or store a signed proposal of them where two persons decide.

        `kind` is the kind of the entry that will hold them, `expires` the last day on which a proposal may be approved.
        A command with the `key` of an earlier one is not done again. Raises ApprovalNeeded where nobody is enrolled,
        Refused when no key is open or the role does not include it.
        """
        listed = tuple(rows)
        if not self.needs_second(kind, listed):
            self.require(Right.BOOK)
            return self._station.record(kind, payload, listed, key=key)
        if not self.enrolled:
            raise ApprovalNeeded("two-persons", N_("Two persons decide this: one proposes it, another one approves."),
                                 where=subject, remedy=N_("Enrol both, each with a key of their own."))
        person = self._known()
        if not person.may(Right.PROPOSE) and not (kind == "person" and person.may(Right.ENROL)):
            raise Refused("no-right", N_("Your role does not include this."), where=person.name,
                          remedy=N_("Ask a person whose role does."))
        return self._proposed(kind, Content(subject, payload, listed, key, expires))

    def _proposed(self, kind: str, content: Content) -> Changes:
        store, signer = self._station.store, self._station.signer
        assert signer is not None
        for table, values in content.rows:
            if table not in TABLES or len(values) != len(TABLES[table].columns) + 1:
                raise BadInput("row-refused", N_("A row for {table} does not have one value per column.", table=table))
        earlier = store.entry_by_key(content.key) if content.key else None
        if earlier is not None:
            return Changes(content.tables, earlier.seq)
        known = self._all()
        waiting = next((p for p in known if content.key and p.state is ProposalState.OPEN
                        and (said := content_of(p)) is not None and said.key == content.key), None)
        if waiting is not None:
            return Changes(frozenset({"proposal"}), waiting.origin.entry, waiting.reference)
        text = spelled(content)
        reference, mark = f"P-{len(known) + 1:04}", hash_of(text)
        signature = signer.sign(decision_message(self.book_id, reference, kind, mark, signer.name, PROPOSED)).hex()
        row: FactRow = (0, reference, kind, content.subject, signer.name, text, mark,
                        content.expires.isoformat() if content.expires else None, signature)
        done = self._station.record("proposal", {"proposal": reference, "kind": kind, "subject": content.subject},
                                    [("proposal", row)])
        return Changes(done.tables, done.entry, reference)

    # ---- proposals and decisions

    def proposals(self, q: Question | None = None, open_only: bool = False) -> tuple[Proposal, ...]:
        """Return the proposals known at the question's moment, the latest first, each with its state."""
        found = self._all(q.known_at if q else None)[::-1]
        return tuple(p for p in found if p.state is ProposalState.OPEN) if open_only else found

    def proposal(self, reference: str) -> Proposal:
        """Return one proposal. Raises BadInput when there is none of that reference."""
        for found in self._all():
            if found.reference == reference:
                return found
        raise BadInput("no-proposal", N_("There is no such proposal."), where=reference)

    def void_decisions(self) -> tuple[Proposal, ...]:
        """Return the proposals that do not count because a signature or a content does not hold."""
        return tuple(found for found in self._all() if found.state is ProposalState.VOID)

    def _all(self, known_at: datetime | None = None) -> tuple[Proposal, ...]:
        head = self._station.store.head()
        now = known_at or workstation.utc_now()
        cached = self._read.get(known_at)
        if cached is None or cached[0] != head or any(p.state is ProposalState.OPEN and p.expires and p.expires < now
                                                      for p in cached[1]):
            cached = (head, approvals.read_proposals(self._station.store, now, known_at))
            self._read[known_at] = cached
            while len(self._read) > 3:
                del self._read[next(iter(self._read))]
        return cached[1]

    def why_not(self, proposal: Proposal) -> Text | None:
        """Return why the person who works here may not approve or refuse a proposal, None when they may.

        A book that is open for reading only because nobody writes now is opened for writing by the decision itself.
        """
        if self._station.store.fixed:
            return self._station.store.read_only
        return why_not(proposal, self.whoami())

    def changed_since(self, proposal: Proposal) -> int:
        """Return how many entries after the proposal recorded something in the tables that it would write to."""
        content = content_of(proposal)
        if content is None:
            return 0
        return approvals.entries_since(self._station.store, proposal.origin.entry, content.tables)

    def approve(self, reference: str, note: str = "") -> Changes:
        """Approve a proposal: the decision and exactly the proposed rows are recorded in one entry, or nothing is.

        Raises Refused when the person may not decide, the proposal is not open, or the book no longer takes the rows.
        """
        proposal = self.proposal(reference)
        self._refuse_unless_open(proposal)
        content = content_of(proposal)
        if content is None:
            raise self._closed(proposal, N_("The content of the proposal is not what was signed."))
        if content.key:
            earlier = self._station.store.entry_by_key(content.key)
            if earlier is not None:
                raise Refused("recorded-already", N_("Entry {entry} has recorded the same already.", entry=earlier.seq),
                              where=reference, remedy=N_("Refuse or withdraw the proposal."))
        self._refuse_retroactive(content)
        if "trade_order" in content.tables:
            self._station.orders.judge_again(proposal, content)
        if content.tables & {"tranche_release", "gate_override"}:
            self._station.tranches.judge_again(content)
        payload = {**content.payload, "proposal": reference}
        return self._station.record(proposal.kind, payload, [self._decision(proposal, Decision.APPROVED, note),
                                                             *content.rows], key=content.key)

    def _refuse_retroactive(self, content: Content) -> None:
        """A day may have been closed, or another text may have begun, since a version of the mandate was proposed."""
        from sandyq.limits.toml import read_mandate

        for table, row in content.rows:
            if table == "mandate":
                mandate = read_mandate(str(row[4]))
                refuse_retroactive(self._station.store, mandate.book, mandate.valid_from)
                refuse_edit_in_place(self._station.store, mandate.name, mandate.valid_from, str(row[4]),
                                     workstation.utc_now().date())

    def refuse(self, reference: str, note: str) -> Changes:
        """Refuse a proposal with a reason; it stays in the journal. Raises Refused, BadInput."""
        proposal = self.proposal(reference)
        self._refuse_unless_open(proposal)
        return self._decided(proposal, Decision.REFUSED, note)

    def withdraw(self, reference: str, note: str) -> Changes:
        """Take back one's own proposal with a reason. Raises Refused for somebody else's, BadInput."""
        proposal = self.proposal(reference)
        person = self._known()
        if person.name != proposal.author:
            raise Refused("not-the-author", N_("Only the author withdraws a proposal."), where=reference)
        if proposal.state not in {ProposalState.OPEN, ProposalState.EXPIRED}:
            raise self._closed(proposal, N_("It is not open."))
        return self._decided(proposal, Decision.WITHDRAWN, note)

    def _refuse_unless_open(self, proposal: Proposal) -> None:
        reason = why_not(proposal, self.whoami())
        if reason is not None:
            raise self._closed(proposal, reason)

    @staticmethod
    def _closed(proposal: Proposal, reason: Text) -> Refused:
        return Refused("may-not-decide", reason, where=proposal.reference)

    def _decided(self, proposal: Proposal, decision: Decision, note: str) -> Changes:
        if not note.strip():
            raise BadInput("no-reason", N_("A decision has a reason."), where=proposal.reference)
        return self._station.record("decision", {"proposal": proposal.reference, "decision": decision.value},
                                    [self._decision(proposal, decision, note)])

    def _decision(self, proposal: Proposal, decision: Decision, note: str) -> tuple[str, FactRow]:
        signer = self._station.signer
        assert signer is not None
        message = decision_message(self.book_id, proposal.reference, proposal.kind, proposal.content_hash, signer.name,
                                   decision)
        return "approval", (0, proposal.reference, signer.name, decision.value, proposal.content_hash,
                            signer.sign(message).hex(), note.strip() or None)

    # ---- checkpoints

    def signed_checkpoint(self) -> str:
        """Return a checkpoint of the chain's head, signed by the person who works here. Raises Refused."""
        signer = self._station.signer
        if signer is None:
            raise Refused("key-needed", N_("A checkpoint is signed: open your key first."))
        return sign_note(self._station.store.checkpoint(), note_name(signer.name), signer)

    def export_checkpoint(self, file: Path) -> None:
        """Write a signed checkpoint to a file, whole or not at all. Raises Refused when no key is open."""
        files.write_whole(file, self.signed_checkpoint().encode())

    def checkpoint_signers(self, note: str) -> tuple[str, ...]:
        """Return the enrolled persons whose signature of a note holds. Raises IntegrityFailed for other text."""
        read_body(note)
        found: list[str] = []
        for enrolment in approvals.trusted_enrolments(self._station.store):
            try:
                verify_checkpoint(note, note_name(enrolment.name), bytes.fromhex(enrolment.public_key))
            except IntegrityFailed:
                continue
            found.append(enrolment.name)
        return tuple(dict.fromkeys(found))


def note_name(name: str) -> str:
    """Return a person's name as it stands in a signed note, which allows no space and no plus."""
    return "-".join(name.replace("+", " ").split())
