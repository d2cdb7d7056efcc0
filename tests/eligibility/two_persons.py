"""Two persons of these tests, with keys made from their names."""

from __future__ import annotations

from sandyq.control.people import Role, Signer
from sandyq.control.signing import signer_from_seed
from sandyq.workstation.workstation import Workstation


def signer(name: str) -> Signer:
    return signer_from_seed(name, name.encode().ljust(32, b"."))


def two_persons(station: Workstation) -> None:
    """Enrol a manager and a person of risk; the manager works."""
    for name, role in (("Manager 1", Role.MANAGER), ("Risk 1", Role.RISK)):
        key = signer(name)
        station.people.enrol(name, role, key.public_key, station.people.proof(key, role))
    station.people.sign_in(signer("Manager 1"))


def approved(station: Workstation, reference: str) -> None:
    """Let the second person approve a proposal; the manager works again afterwards."""
    assert reference
    station.people.sign_in(signer("Risk 1"))
    station.people.approve(reference)
    station.people.sign_in(signer("Manager 1"))
