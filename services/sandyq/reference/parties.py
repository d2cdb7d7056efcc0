"""Parties that the sleeve depends on: who they are, what they do for which subject, and whether they may do it.

A register holds dated rows; what is in force on a day is chosen here. A party without a row of its own is not known,
and what is not known is never in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol, TypeVar

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text


class PartyKind(StrEnum):
    """What a party is, and the roles it may have for a subject (an instrument, an account, a venue)."""

    ISSUER = "issuer"
    SPONSOR = "sponsor"
    TRUSTEE = "trustee"
    VENUE = "venue"
    BROKER = "broker"
    SECURITIES_CUSTODIAN = "securities_custodian"
    COIN_CUSTODIAN = "coin_custodian"
    PRIME_BROKER = "prime_broker"
    AUDITOR = "auditor"
    PAYMENT_PROVIDER = "payment_provider"


class Standing(StrEnum):
    """State of a party or of its licence. Any other word in a register counts as not in order."""

    ACTIVE = "active"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    SANCTIONED = "sanctioned"


KIND_WORDS: Final = MappingProxyType({
    PartyKind.ISSUER: N_("Issuer"), PartyKind.SPONSOR: N_("Sponsor"), PartyKind.TRUSTEE: N_("Trustee"),
    PartyKind.VENUE: N_("Venue"), PartyKind.BROKER: N_("Broker"),
    PartyKind.SECURITIES_CUSTODIAN: N_("Securities custodian"), PartyKind.COIN_CUSTODIAN: N_("Coin custodian"),
    PartyKind.PRIME_BROKER: N_("Prime broker"), PartyKind.AUDITOR: N_("Auditor"),
    PartyKind.PAYMENT_PROVIDER: N_("Payment provider"),
})
STANDING_WORDS: Final = MappingProxyType({
    Standing.ACTIVE: N_("Active"), Standing.EXPIRED: N_("Expired"), Standing.SUSPENDED: N_("Suspended"),
    Standing.SANCTIONED: N_("Sanctioned"),
})
LICENSED: Final = frozenset({PartyKind.VENUE, PartyKind.BROKER, PartyKind.SECURITIES_CUSTODIAN,
                             PartyKind.COIN_CUSTODIAN, PartyKind.PRIME_BROKER, PartyKind.PAYMENT_PROVIDER})
"""Who needs a licence for an order to go through it. An issuer, sponsor, trustee or auditor is not held to one."""
EXPIRES_SOON: Final = 30
"""Days before a licence's end from which it is pointed at."""


@dataclass(frozen=True, slots=True)
class Party:
    """One party from `valid_from` on (None: always)."""

    party: str
    name: str
    kind: str
    country: str
    status: str
    valid_from: date | None
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class PartyRole:
    """What a party does for a subject between two days; `share` of the subject, 0 to 1 (None: not said)."""

    party: str
    role: str
    subject: str
    share: Decimal | None
    valid_from: date | None
    valid_to: date | None
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Licence:
    """A permission that an authority gave for an activity; `valid_to` is its last day."""

    party: str
    number: str
    authority: str
    activity: str
    valid_from: date | None
    valid_to: date | None
    status: str
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Registers:
    """The three registers as known at a moment."""

    parties: tuple[Party, ...] = ()
    roles: tuple[PartyRole, ...] = ()
    licences: tuple[Licence, ...] = ()

    def party(self, name: str, on: date) -> Party | None:
        """Return the party's row in force on a day, by its id or by its name."""
        own = [row for row in self.parties if name in {row.party, row.name}]
        return _latest(own, on)

    def roles_of(self, party: str, on: date) -> tuple[PartyRole, ...]:
        return tuple(role for role in self.roles if role.party == party and in_force(role, on))

    def licences_of(self, party: str, on: date) -> tuple[Licence, ...]:
        """Return the licences that have begun by a day, the best first: in order ones, then the longest."""
        begun = [row for row in self.licences if row.party == party and (row.valid_from is None
                                                                         or row.valid_from <= on)]
        return tuple(sorted(begun, key=lambda row: (holds(row, on), row.valid_to or date.max), reverse=True))


class _Dated(Protocol):
    @property
    def valid_from(self) -> date | None: ...


class _Bounded(_Dated, Protocol):
    @property
    def valid_to(self) -> date | None: ...


def kind_word(kind: str) -> Text | str:
    """Return a kind's or role's name for people; a word that is no kind stays as it is."""
    return KIND_WORDS[PartyKind(kind)] if kind in set(PartyKind) else kind


def standing_word(status: str) -> Text | str:
    """Return a status for people; a word that is none stays as it is."""
    return STANDING_WORDS[Standing(status)] if status in set(Standing) else status


T = TypeVar("T", bound=_Dated)


def _latest(rows: Iterable[T], on: date) -> T | None:
    begun = [row for row in rows if row.valid_from is None or row.valid_from <= on]
    return max(begun, key=lambda row: row.valid_from or date.min) if begun else None


def in_force(row: _Bounded, on: date) -> bool:
    """Return whether a day lies between the row's first and last day; both ends count."""
    return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)


def holds(licence: Licence, on: date) -> bool:
    """Return whether a licence permits its activity on a day."""
    return licence.status == Standing.ACTIVE and in_force(licence, on)


def standing(licence: Licence, on: date) -> str:
    """Return the licence's state on a day: one that says active past its last day is expired."""
    if licence.status == Standing.ACTIVE and licence.valid_to is not None and licence.valid_to < on:
        return Standing.EXPIRED.value
    return licence.status


def party_findings(registers: Registers, name: str, on: date, *, activity: str = "") -> tuple[Finding, ...]:
    """Return why nothing may go through a party on a day; none of severity error means that it may.

    Errors: not in the register, a status that is not active, no licence in force (for kinds that need one). `activity`
    asks for a licence of that activity; empty takes any. A licence that ends within thirty days is a warning (F122).
    """
    party = registers.party(name, on)
    if party is None:
        return (Finding(Severity.ERROR, "party-unknown", N_(
            "{party} is not in the register on {day}.", party=name, day=on), subject=name),)
    return (*_status(party), *(_licence(registers, party, on, activity) if _needs_licence(party) else ()))


def _needs_licence(party: Party) -> bool:
    return party.kind in LICENSED


def _status(party: Party) -> Iterator[Finding]:
    if party.status == Standing.ACTIVE:
        return
    code = f"party-{party.status}" if party.status in set(Standing) else "party-status"
    text = {
        Standing.SANCTIONED.value: N_("{party} is under sanctions.", party=party.name),
        Standing.SUSPENDED.value: N_("{party} is suspended.", party=party.name),
        Standing.EXPIRED.value: N_("The entry of {party} in the register has expired.", party=party.name),
    }.get(party.status, N_("{party} has the status {status}.", party=party.name, status=party.status))
    yield Finding(Severity.ERROR, code, text, subject=party.party, value=party.status)


def _licence(registers: Registers, party: Party, on: date, activity: str) -> Iterator[Finding]:
    own: Sequence[Licence] = registers.licences_of(party.party, on)
    if activity:
        own = [row for row in own if row.activity == activity]
    if not own:
        yield Finding(Severity.ERROR, "party-unlicensed", N_(
            "{party} has no licence in the register on {day}.", party=party.name, day=on), subject=party.party)
        return
    best = own[0]
    if not holds(best, on):
        state = standing(best, on)
        text = (N_("Licence {number} of {party} ended on {day}.", number=best.number, party=party.name,
                   day=best.valid_to) if state == Standing.EXPIRED and best.valid_to is not None
                else N_("Licence {number} of {party} has the status {status}.", number=best.number, party=party.name,
                        status=state))
        yield Finding(Severity.ERROR, f"licence-{state}", text, subject=party.party, value=best.number)
    elif best.valid_to is not None and (best.valid_to - on).days < EXPIRES_SOON:
        yield Finding(Severity.WARNING, "licence-ends-soon", N_(
            "Licence {number} of {party} ends on {day}.", number=best.number, party=party.name, day=best.valid_to),
            subject=party.party, value=best.number)
