"""What may be bought and through whom: decisions on eligibility, lost floors, elections, worksheets, the programme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.eligibility import losses, on_positive_list, structure_flags
from sandyq.limits.permits import party_refusals
from sandyq.limits.snapshot import Row
from sandyq.reference.eligibility import Election, EligibilityStatus, Permission, status_on
from sandyq.reference.facts import FactRow
from sandyq.reference.instruments import Instrument
from sandyq.reference.parties import party_findings
from sandyq.reference.reserve_questions import Conclusion
from sandyq.workstation import elections, vehicles, worksheets, workstation
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.drafting import found_instrument

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

TABLE = "eligibility_status"


@dataclass(frozen=True, slots=True)
class InstrumentPermit:
    """Whether an instrument may be bought on a day. `decided` None: nobody decided anything about it.

    `losses` are what it has lost by measure: purchases are refused while there is one, decided or not. `flags` are
    doubts about its structure that refuse nothing by themselves. `listed` False: it is outside the positive list on the
    day; what is held then is named (F015).
    """

    symbol: str
    instrument: str
    name: str
    quantity: Decimal
    permission: Permission
    decided: EligibilityStatus | None
    losses: tuple[Finding, ...]
    flags: tuple[Finding, ...]
    listed: bool = True

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that speaks against it beside a decision, in words."""
        if self.listed:
            return (*self.losses, *self.flags)
        what = (N_("{symbol} is held and stands outside the positive list.", symbol=self.symbol) if self.quantity else
                N_("{symbol} stands outside the positive list.", symbol=self.symbol))
        severity = Severity.WARNING if self.quantity else Severity.INFO
        return (Finding(severity, "outside-positive-list", what, self.symbol), *self.losses, *self.flags)


class PermitsDesk:
    """One desk of an open book. What it decides about instruments takes two persons once people are enrolled."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    # ---- instruments

    def instruments(self, q: Question) -> tuple[InstrumentPermit, ...]:
        """Return every instrument that could be held on the day, those that may not be bought first."""
        if not self._station.knowledge(q.known_at).has_mandate(q.book):
            return ()
        found = [self._permit(q, row) for row in self._rows(q)]
        return tuple(sorted(found, key=lambda item: (item.permission is Permission.ELIGIBLE, item.symbol)))

    def _rows(self, q: Question) -> Iterator[Row]:
        snapshot = self._station.picture(q).ordering
        yield from snapshot.rows
        yield from snapshot.candidates.values()

    def _permit(self, q: Question, row: Row) -> InstrumentPermit:
        known, mandate = self._station.knowledge(q.known_at), self._station.mandate(q)
        decided = status_on(known.permits.statuses, row.instrument, q.as_of)
        lost = tuple(Finding(Severity.ERROR, code, text, row.symbol)
                     for code, text in losses(row, mandate.floors, known.permits, q.as_of))
        flags = structure_flags(row, mandate.floors, self._station.picture(q).ordering.around)
        held = known.directory.by_id(row.instrument)
        listed = on_positive_list(row, mandate, q.as_of)
        free = (decided is None or decided.may_be_bought) and not lost and listed
        return InstrumentPermit(row.symbol, row.instrument, held.name(q.as_of) if held else row.symbol, row.quantity,
                                Permission.ELIGIBLE if free else Permission.HOLD, decided, lost, flags, listed)

    def hold(self, symbol: str, day: date, reason: str, source: str = "") -> Changes:
        """Put an instrument on hold from a day on: it is kept and sold, never bought. Raises BadInput."""
        instrument = self._instrument(symbol, day, reason)
        return self._decide(instrument, day, Permission.HOLD, reason, source)

    def reinstate(self, symbol: str, day: date, reason: str, source: str = "") -> Changes:
        """Make an instrument eligible again from a day on: two persons, and nothing that it has lost any more.

        Raises Refused while a floor is broken or for a day in the past, ApprovalNeeded where nobody is enrolled.
        """
        instrument = self._instrument(symbol, day, reason)
        if not self._station.people.enrolled:
            raise ApprovalNeeded("two-persons", N_("Two persons decide this: one proposes it, another one approves."),
                                 where=symbol, remedy=N_("Enrol both, each with a key of their own."))
        earliest = min(self._station.latest_day(), workstation.utc_now().date())
        last = max((row.valid_from for row in self._decisions(instrument) if not row.may_be_bought), default=None)
        if last is None:
            raise BadInput("not-held-back", N_("{symbol} is not on hold.", symbol=symbol), where=symbol)
        if day < earliest or day <= last:
            raise Refused("backdated", N_("An instrument becomes eligible again on a day after its hold, and not in "
                                          "the past."), where=day.isoformat())
        lost = self._losses(instrument, day)
        if lost:
            raise Refused("still-lost", N_("What the instrument lost has not come back."), where=symbol, findings=lost)
        return self._decide(instrument, day, Permission.ELIGIBLE, reason, source)

    def propose_losses(self, q: Question) -> tuple[Changes, ...]:
        """Propose a hold for every instrument that has lost its eligibility by measure and on which none was decided.

        Asking again proposes nothing twice.
        """
        found = []
        for item in self.instruments(q):
            if item.losses and (item.decided is None or item.decided.may_be_bought):
                reason = "; ".join(str(finding.text) for finding in item.losses)
                found.append(self.hold(item.instrument, q.as_of, reason, "measured"))
        return tuple(found)

    def _decisions(self, instrument: Instrument) -> list[EligibilityStatus]:
        return [row for row in self._station.knowledge().permits.statuses if row.instrument == instrument.id]

    def _losses(self, instrument: Instrument, day: date) -> tuple[Finding, ...]:
        q = Question(day)
        return next((item.losses for item in self.instruments(q) if item.instrument == instrument.id), ())

    def _instrument(self, symbol: str, day: date, reason: str) -> Instrument:
        if not reason.strip():
            raise BadInput("no-reason", N_("A decision has a reason."), where=symbol)
        return found_instrument(self._station.knowledge().directory, symbol, day)

    def _decide(self, instrument: Instrument, day: date, permission: Permission, reason: str, source: str) -> Changes:
        row: FactRow = (0, instrument.symbol(day), instrument.id, permission.value, reason.strip(),
                        source.strip() or None, day.isoformat())
        number = len(self._decisions(instrument))
        return self._station.people.post(TABLE, instrument.id, [(TABLE, row)],
                                         {"instrument": instrument.id, "status": permission.value},
                                         key=f"eligibility:{instrument.id}:{permission.value}:{number}")

    # ---- through whom

    def order_refusals(self, q: Question, account: str, symbol: str = "") -> tuple[Finding, ...]:
        """Return why no order may go through an account's parties, and the instrument's venue, on the day (F122)."""
        known = self._station.knowledge(q.known_at)
        venue = found_instrument(known.directory, symbol, q.as_of).mic(q.as_of) if symbol else ""
        return tuple(Finding(Severity.ERROR, code, text, account or venue)
                     for code, _, text in party_refusals(known.permits, account, venue, q.as_of))

    def party_warnings(self, q: Question) -> tuple[Finding, ...]:
        """Return what is wrong, or ends soon, with any party of the registers on the day."""
        registers = self._station.knowledge(q.known_at).permits.registers
        return tuple(finding for name in sorted({row.party for row in registers.parties})
                     if registers.party(name, q.as_of) is not None
                     for finding in party_findings(registers, name, q.as_of))

    # ---- elections, worksheets, the programme

    def elect(self, event: str, symbol: str, options: Sequence[str], day: date, *, choice: str = "",
              reason: str = "") -> Changes:
        """Record an election; tokens are refused."""
        return elections.elect(self._station, event, symbol, options, day, choice=choice, reason=reason)

    def elections(self, q: Question) -> tuple[Election, ...]:
        """Return what was elected."""
        return elections.elections(self._station, q)

    def conclude(self, symbol: str, answers: Mapping[str, worksheets.Answered], conclusion: Conclusion,
                 valid_from: date, *, valid_to: date | None = None, source: str = "") -> Changes:
        """Propose a reserve-asset worksheet for a second signature."""
        return worksheets.conclude(self._station, symbol, answers, conclusion, valid_from, valid_to=valid_to,
                                   source=source)

    def worksheets(self, q: Question) -> tuple[worksheets.Worksheet, ...]:
        """Return the worksheets, those that are missing first."""
        return worksheets.worksheets(self._station, q)

    def programme(self, q: Question) -> vehicles.ProgrammeView:
        """Return the national programme around the sleeve."""
        return vehicles.programme(self._station, q)
