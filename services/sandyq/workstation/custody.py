"""Statements of custodians, accounts and their cash, registers of parties, and the books of the file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_
from sandyq.book.state import Basis
from sandyq.control.people import Right
from sandyq.limits.disclosure import Alert, alerts
from sandyq.reference.accounts import ALL_BOOKS, Account
from sandyq.workstation import (
    balances,
    cash_accounts,
    consolidating,
    eligibility,
    entities,
    issuers,
    perimeters,
    reconciling,
    registers,
)
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.recorded import (
    CashAccount,
    EligibilityItem,
    LadderDay,
    PartyView,
    Reconciliation,
    SignedBalance,
)

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

NOTE_STATES: Final = ("open", "explained", "closed")
"""What may be said of a break: nobody knows yet, its cause is known, both sides agree again."""


class CustodyDesk:
    """One desk of an open book. Questions honour the moment of knowledge and the book; ``*`` is every book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    # ---- statements

    def reconcile(self, q: Question, accounts: Iterable[str] | None = None, *, basis: Basis = Basis.SETTLEMENT,
                  tolerance_bp: Decimal = reconciling.TOLERANCE_BP) -> Reconciliation:
        """Hold the last statement of each account on or before the day against the book, worst break first."""
        work = reconciling.Reconciling(self._station, q, accounts, reconciling.Compares(basis, tolerance_bp))
        lines = work.lines()
        stated = tuple(sorted({account for account, _ in work.sides}))
        entries = sorted({line.origin.entry for line in work.used})
        files = [str(self._station.store_entry(entry).payload.get("file", "")) for entry in entries]
        signed = tuple(item for item in self.signed_balances(q) if item.account in stated)
        return Reconciliation(work.last_day() or q.as_of, stated,
                              ", ".join(dict.fromkeys(filter(None, files))), lines, signed,
                              tuple(work.findings))

    def last_statement(self, known_at: datetime | None = None) -> date | None:
        """Return the day of the last statement of any account, None when there is none."""
        return reconciling.Reconciling(self._station, Question(date.max, known_at, ALL_BOOKS), None,
                                       reconciling.Compares()).last_day()

    def note_break(self, account: str, day: date, subject: str, owner: str, note: str, status: str) -> Changes:
        """Record who looks after a break and what is known about it. A symbol finds its instrument on that day."""
        self._station.people.require(Right.RECONCILE)
        if status not in NOTE_STATES:
            raise BadInput("note-status", N_("A break is {states}.", states=", ".join(NOTE_STATES)), where=status)
        found = self._station.knowledge().directory.candidates(subject, day)
        named = found[0].id if len(found) == 1 else subject
        row = (0, account, day.isoformat(), named, owner or None, note or None, status)
        return self._station.record("break-note", {"account": account, "date": day.isoformat(), "subject": named},
                                    [("break_note", row)])

    def sign_balance(self, account: str, day: date) -> Changes:
        """Sign an account's balances of a day with the open key."""
        return balances.sign_balance(self._station, account, day)

    def signed_balances(self, q: Question) -> tuple[SignedBalance, ...]:
        """Return the signed balances up to the day; one that later entries contradict does not hold."""
        return balances.signed_balances(self._station, q)

    # ---- accounts and money

    def accounts(self, q: Question) -> tuple[CashAccount, ...]:
        """Return the money of each account and currency by itself."""
        return cash_accounts.accounts(self._station, q)

    def ladder(self, q: Question, days: int = cash_accounts.LADDER_DAYS) -> tuple[LadderDay, ...]:
        """Return the money that is booked and moves in the coming days."""
        return cash_accounts.ladder(self._station, q, days)

    def open_account(self, account: Account, reason: str = "") -> Changes:
        """Record an account in the register."""
        return cash_accounts.open_account(self._station, account, reason)

    def stablecoin_fees(self, q: Question) -> tuple[cash_accounts.StablecoinFee, ...]:
        """Return the fees that a provider settled in a token for us."""
        return cash_accounts.stablecoin_fees(self._station, q)

    # ---- books

    def books(self, q: Question) -> tuple[str, ...]:
        """Return the books of the file, the sleeve first."""
        return consolidating.books_of_file(self._station.knowledge(q.known_at))

    def consolidated(self, q: Question) -> consolidating.Consolidated:
        """Return all books side by side with their total."""
        return consolidating.consolidated(self._station, q)

    def issuers(self, q: Question) -> issuers.Issuers:
        """Return what depends on each issuer over all books, directly and through funds."""
        return issuers.issuers(self._station, q)

    def reserves(self, q: Question, first: date | None = None) -> tuple[perimeters.ReserveShare, ...]:
        """Return the reserves series over time with publication date and age, and the sleeve's share of each."""
        return perimeters.reserve_shares(self._station, q, first)

    def disclosures(self, q: Question) -> tuple[Alert, ...]:
        """Return from which thresholds of reporting to others the institution is how far away, over all books."""
        known = self._station.knowledge(q.known_at)
        if not known.has_mandate(q.book):
            return ()
        picture = self._station.picture(Question(q.as_of, q.known_at, ALL_BOOKS)) if len(
            consolidating.books_of_file(known)) > 1 else self._station.picture(q)
        return alerts(picture.snapshot, self._station.mandate(q).disclosure)

    # ---- registers

    def parties(self, q: Question) -> tuple[PartyView, ...]:
        """Return the registers' parties on the day."""
        return registers.parties(self._station, q)

    def entity(self, q: Question, party: str) -> entities.EntityView:
        """Return everything that depends on one party, each holding counted once."""
        return entities.entity(self._station, q, party)

    def why_not_party(self, q: Question, *, account: str = "", broker: str = "",
                      venue: str = "") -> tuple[Finding, ...]:
        """Return why an order through these parties would be refused."""
        return registers.why_not_party(self._station, q, account=account, broker=broker, venue=venue)

    def eligibility_sheet(self, q: Question, symbol: str) -> tuple[EligibilityItem, ...]:
        """Return what is known about an instrument's eligibility, item by item."""
        return eligibility.eligibility_sheet(self._station, q, symbol)
