"""Who and what may be traded besides the limits: decisions about instruments, licences of parties (F017, F122)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.result import Verdict
from sandyq.reference.accounts import Account
from sandyq.reference.eligibility import EligibilityStatus
from sandyq.reference.parties import PartyKind, Registers, in_force, party_findings

NO_REGISTERS: Final = Registers()
Reason = tuple[str, Verdict, Text]
_KEEPERS: Final = frozenset({PartyKind.BROKER.value, PartyKind.SECURITIES_CUSTODIAN.value,
                             PartyKind.PRIME_BROKER.value})
"""Roles by which an order for an account goes through a party."""


@dataclass(frozen=True, slots=True)
class Permits:
    """What was known at a moment: every decision about instruments, the registers, the accounts."""

    statuses: tuple[EligibilityStatus, ...] = ()
    registers: Registers = NO_REGISTERS
    accounts: tuple[Account, ...] = ()
    listed: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    """Instrument id → first and last day of its listing, where a source gives one of them."""

    def keeps(self, kinds: frozenset[str], on: date) -> bool:
        """Return whether a register of such parties is kept: one that is empty refuses nobody."""
        return any(row.kind in kinds and (row.valid_from is None or row.valid_from <= on)
                   for row in self.registers.parties)


NO_PERMITS: Final = Permits()


def party_refusals(permits: Permits, account: str, venue: str, on: date) -> tuple[Reason, ...]:
    """Return why nothing may be traded for an account at a venue (MIC) on a day, purchase or sale (F122).

    The account's institution and whoever is its broker, custodian or prime broker must be in order, and the venue
    likewise; a party that the kept register does not know is not. Empty: not asked.
    """
    return tuple(_reasons(permits, account, venue, on))


def _reasons(permits: Permits, account: str, venue: str, on: date) -> Iterator[Reason]:
    if account and permits.keeps(_KEEPERS, on):
        names = keepers(permits, account, on)
        if not names:
            yield "party-unknown", Verdict.REFUSED, N_(
                "The registers name no institution and no broker for account {account} on {day}.", account=account,
                day=on)
        for name in names:
            yield from _party(permits, name, on)
    if venue and permits.keeps(frozenset({PartyKind.VENUE.value}), on):
        yield from _party(permits, venue, on)


def keepers(permits: Permits, account: str, on: date) -> tuple[str, ...]:
    """Return the parties through which an order for an account goes: its institution, and those with a role for it."""
    found = [row.institution for row in permits.accounts
             if row.account == account and row.institution and in_force(row, on)]
    found += [role.party for role in permits.registers.roles
              if role.subject == account and role.role in _KEEPERS and in_force(role, on)]
    return tuple(dict.fromkeys(found))


def _party(permits: Permits, name: str, on: date) -> Iterator[Reason]:
    for finding in party_findings(permits.registers, name, on):
        if finding.severity is Severity.ERROR:
            yield finding.code, Verdict.REFUSED, finding.text
