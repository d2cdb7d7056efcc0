"""The registers of parties on a day: what each does, its licence, and why nothing may go through it (F097, F122)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.reference.parties import Party, Registers, party_findings, standing
from sandyq.store.custody import read_registers
from sandyq.workstation.cash_accounts import registered
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import PartyView

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


def parties(station: Workstation, q: Question) -> tuple[PartyView, ...]:
    """Return every party that the registers know on the question's day, in order of kind and name."""
    registers = read_registers(station.store, q.known_at)
    found = [row for name in sorted({row.party for row in registers.parties})
             if (row := registers.party(name, q.as_of)) is not None]
    return tuple(view_of(registers, row, q.as_of) for row in sorted(found, key=lambda row: (row.kind, row.name)))


def view_of(registers: Registers, party: Party, on: date) -> PartyView:
    """Return a party with its roles and its best licence of a day."""
    licences = registers.licences_of(party.party, on)
    best = licences[0] if licences else None
    return PartyView(
        party.party, party.name, party.kind, party.country, party.status,
        tuple((role.role, role.subject) for role in registers.roles_of(party.party, on)),
        best.number if best else "", best.authority if best else "", best.valid_to if best else None,
        standing(best, on) if best else "", party_findings(registers, party.party, on))


def why_not_party(station: Workstation, q: Question, *, account: str = "", broker: str = "",
                  venue: str = "") -> tuple[Finding, ...]:
    """Return why an order through an account's institution, a broker or a venue (MIC) would be refused on a day.

    Only findings: an order is not held against them yet. Nothing is known of an account without an institution.
    """
    registers = read_registers(station.store, q.known_at)
    known = station.knowledge(q.known_at)
    found: list[Finding] = []
    if account:
        row = registered(known, account, "", q.as_of)
        institution = row.institution if row else ""
        if institution:
            found += party_findings(registers, institution, q.as_of)
        else:
            found.append(Finding(Severity.ERROR, "institution-unknown", N_(
                "The register names no institution for account {account} on {day}.", account=account, day=q.as_of),
                account))
    for name in (broker, venue):
        if name:
            found += party_findings(registers, name, q.as_of)
    return tuple(found)
