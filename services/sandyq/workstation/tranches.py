"""The desk of gate and tranches: evidence of the gate, overrides, releases, what waiting costs (F074 to F081)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.control.chain import canonical_json
from sandyq.control.deciding import Content
from sandyq.limits.mandate import Mandate
from sandyq.limits.tranche_plan import TrancheStanding
from sandyq.reference.facts import FactRow
from sandyq.workstation import gate_days, workstation
from sandyq.workstation.closing import freeze
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.gate_days import Replayed, StoredDay
from sandyq.workstation.gating import gate_on
from sandyq.workstation.tranche_book import Plan, read_plan

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

OVERRIDE: Final = "gate_override"
RELEASE: Final = "tranche_release"
_FORM: Final = 1
_DAYS: Final = 30
"""How long a release or an override lasts at most where the mandate's gate names no lapse."""


class TranchesDesk:
    """One desk of an open book. Overrides and releases take two persons in every book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    # ---- evidence

    def record_day(self, q: Question) -> Changes:
        """Record the gate's day as evidence; once a day and book. Raises Refused, BadInput."""
        return gate_days.record_day(self._station, q)

    def days(self, q: Question) -> tuple[StoredDay, ...]:
        """Return the recorded days, oldest first."""
        return gate_days.stored_days(self._station, q)

    def replay_day(self, q: Question) -> Replayed:
        """Make a recorded day again, by what was known then and by what is known now."""
        return gate_days.replay_day(self._station, q)

    # ---- the plan

    def plan(self, q: Question, since: date | None = None) -> Plan:
        """Return the plan against what was done; `since` is day 0 of the cost of waiting."""
        return read_plan(self._station, q, since)

    # ---- override

    def override(self, q: Question, committee_reference: str, amount: Decimal, valid_from: date, valid_to: date,
                 reason: str, tranche: str = "") -> Changes:
        """Propose to buy through a shut gate by a committee's decision: one tranche or one amount, between two days.

        Raises BadInput for what is missing or cannot be meant, ApprovalNeeded where nobody is enrolled.
        """
        mandate = self._mandate_of_now(q)
        if not committee_reference.strip():
            raise BadInput("no-committee", N_("An override names the committee's decision."))
        self._refuse_unmeant(mandate, amount, valid_from, valid_to, reason, tranche)
        if valid_from < self._today(q):
            raise BadInput("override-backdated", N_("An override never reaches back: it begins today or later."),
                           where=valid_from.isoformat())
        reference = self._reference("G", OVERRIDE)
        row: FactRow = (0, reference, q.book, committee_reference.strip(), tranche or None, canonical(amount),
                        valid_from.isoformat(), valid_to.isoformat(), reason.strip())
        return self._station.people.post(
            OVERRIDE, f"{reference} {committee_reference.strip()}", [(OVERRIDE, row)],
            {"override": reference, "committee": committee_reference.strip()}, key=f"override:{reference}",
            expires=valid_to)

    # ---- release

    def release(self, q: Question, tranche: str, reason: str, *, amount: Decimal | None = None,
                valid_to: date | None = None) -> Changes:
        """Propose to release a tranche, with the gate and all limits of the day stored under a hash (F078).

        Raises Refused with all reasons while it may not be released, BadInput for what cannot be meant.
        """
        mandate = self._mandate_of_now(q)
        standing = self._standing(self.plan(q), tranche)
        if standing.reasons:
            raise _not_ready(standing.tranche.id, standing.reasons)
        left = standing.releasable or Decimal(0)
        asked, end = left if amount is None else amount, valid_to or q.as_of + timedelta(days=_longest(mandate))
        if asked > left:
            raise _too_much(standing, asked)
        self._refuse_unmeant(mandate, asked, q.as_of, end, reason, tranche)
        reference = self._reference("R", RELEASE)
        text = self._release_text(q, reference, tranche, asked)
        row: FactRow = (0, reference, q.book, tranche, canonical(asked), q.as_of.isoformat(), end.isoformat(), text,
                        _digest(text), reason.strip())
        return self._station.people.post(
            RELEASE, f"{reference} {tranche}", [(RELEASE, row)],
            {"release": reference, "tranche": tranche, "hash": _digest(text)}, key=f"release:{reference}", expires=end)

    def judge_again(self, content: Content) -> None:
        """Look at a release or an override again just before its approval: it must be possible still, and hold what it
        says, whoever made its rows.

        Raises Refused, BadInput.
        """
        for table, row in content.rows:
            if table == OVERRIDE:
                self._judge_override(row)
            if table != RELEASE:
                continue
            _, reference, book, tranche, amount, _, _, text, digest, *_ = row
            said = json.loads(str(text))
            stated = (said.get("reference"), said.get("tranche"), said.get("amount"), said.get("book"))
            if _digest(str(text)) != digest or stated != (reference, tranche, amount, book):
                raise Refused("other-content", N_("The proposal is not what was looked at."), where=str(reference))
            q = Question(max(self._station.latest_day(), date.fromisoformat(said["day"])), None, str(book))
            standing = self._standing(self.plan(q), str(tranche))
            if standing.reasons:
                raise _not_ready(str(tranche), standing.reasons)
            if standing.releasable is None or Decimal(str(amount)) > standing.releasable:
                raise _too_much(standing, Decimal(str(amount)))

    def _judge_override(self, row: FactRow) -> None:
        _, reference, book, _, tranche, amount, first, last, reason = row
        mandate = self._station.mandate(Question(self._station.latest_day(), None, str(book)))
        end = date.fromisoformat(str(last))
        if amount is None or end < self._today(Question(self._station.latest_day())):
            raise Refused("bad-override", N_("An override has an amount, and days that are not over."),
                          where=str(reference))
        self._refuse_unmeant(mandate, Decimal(str(amount)), date.fromisoformat(str(first)), end, str(reason),
                             str(tranche or ""))

    def _release_text(self, q: Question, reference: str, tranche: str, amount: Decimal) -> str:
        """The evidence of a release: the gate's day and every limit, as they stand when it is proposed."""
        station = self._station
        head = station.knowledge().head
        mandate = station.mandate(q)
        gate = None if mandate.gate is None else json.loads(gate_days.text_of(station, q, gate_on(station, q)))
        frozen = freeze(station.picture(q), head)
        return canonical_json({
            "form": _FORM, "reference": reference, "book": q.book, "day": q.as_of.isoformat(), "entries": head,
            "tranche": tranche, "amount": canonical(amount), "mandate": f"{mandate.name} {mandate.version}",
            "gate": gate, "limits": frozen.limits, "limits_hash": _digest(canonical_json(frozen.limits))})

    # ---- shared

    def _mandate_of_now(self, q: Question) -> Mandate:
        if q.known_at is not None or q.as_of < self._station.latest_day():
            raise BadInput("decides-now", N_("It is decided on the last day with prices, by what is known now."),
                           where=q.as_of.isoformat())
        return self._station.mandate(q)

    def _today(self, q: Question) -> date:
        """The earlier of the last day with prices and the clock's: a book of old data is still worked with."""
        return min(q.as_of, workstation.utc_now().date())

    @staticmethod
    def _standing(plan: Plan, tranche: str) -> TrancheStanding:
        found = plan.standing(tranche)
        if found is None:
            names = ", ".join(one.tranche.id for one in plan.standings)
            raise BadInput("no-tranche", N_("The plan has no tranche {tranche}.", tranche=tranche), where=tranche,
                           remedy=N_("Tranches: {names}.", names=names) if names else N_(
                               "Put a tranche plan into the mandate: sections [[tranche]]."))
        return found

    def _refuse_unmeant(self, mandate: Mandate, amount: Decimal, valid_from: date, valid_to: date, reason: str,
                        tranche: str) -> None:
        if not reason.strip():
            raise BadInput("no-reason", N_("A decision has a reason."), where=tranche)
        if not amount.is_finite() or amount <= 0 or amount > mandate.maximum:
            raise BadInput("bad-amount", N_("The amount is above zero and at most the mandate's maximum."),
                           where=str(amount))
        if tranche and mandate.tranches and all(one.id != tranche for one in mandate.tranches):
            raise BadInput("no-tranche", N_("The plan has no tranche {tranche}.", tranche=tranche), where=tranche)
        longest = _longest(mandate)
        if not timedelta(0) <= valid_to - valid_from <= timedelta(days=longest):
            raise BadInput("bad-days", N_("It lasts from its first day for at most {days} days.", days=longest),
                           where=valid_to.isoformat())
        today = workstation.utc_now().date()
        if valid_to < today:
            raise BadInput("over-already", N_("Its last day is over: today is {today}.", today=today),
                           where=valid_to.isoformat(),
                           remedy=N_("Give a later last day; where prices are old, import newer ones first."))

    def _reference(self, letter: str, kind: str) -> str:
        """The next number: proposals that were refused keep theirs."""
        return f"{letter}-{1 + sum(1 for one in self._station.people.proposals() if one.kind == kind):04}"


def _longest(mandate: Mandate) -> int:
    return (mandate.gate.lapse if mandate.gate else 0) or _DAYS


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _too_much(standing: TrancheStanding, amount: Decimal) -> Refused:
    if standing.room is not None and standing.releasable == standing.room:
        return Refused("over-override", N_(
            "{amount} is more than the {room} that the override of the shut gate leaves.", amount=amount,
            room=standing.room), where=standing.tranche.id)
    return Refused("over-tranche", N_("{amount} is more than the {left} that are left of tranche {tranche}.",
                                      amount=amount, left=standing.left, tranche=standing.tranche.id),
                   where=standing.tranche.id)


def _not_ready(tranche: str, reasons: tuple[Finding, ...]) -> Refused:
    return Refused("tranche-not-ready", N_("Tranche {tranche} may not be released.", tranche=tranche), where=tranche,
                   findings=reasons)
