"""People of a book: role, public key, and what each role may do. Private keys never come here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandyq.basics.origin import Origin


class Role(StrEnum):
    """F102, and the Board or committee that decides on overrides."""

    MANAGER = "manager"
    MIDDLE_OFFICE = "middle_office"
    RISK = "risk"
    BACK_OFFICE = "back_office"
    COMMITTEE = "committee"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a person may do. Reading and verifying need no right."""

    IMPORT = "import"
    BOOK = "book"
    PROPOSE = "propose"
    APPROVE = "approve"
    RECONCILE = "reconcile"
    ENROL = "enrol"
    KEEP_SAFE = "keep_safe"
    """Backups, restore drills, checkpoints."""


_BUSINESS: Final = frozenset({Right.IMPORT, Right.BOOK, Right.PROPOSE, Right.APPROVE, Right.RECONCILE,
                              Right.KEEP_SAFE})
RIGHTS: Final = MappingProxyType({
    Role.MANAGER: frozenset({Right.IMPORT, Right.BOOK, Right.PROPOSE, Right.APPROVE, Right.KEEP_SAFE}),
    Role.MIDDLE_OFFICE: _BUSINESS,
    Role.RISK: _BUSINESS,
    Role.BACK_OFFICE: _BUSINESS,
    Role.COMMITTEE: frozenset({Right.PROPOSE, Right.APPROVE}),
    Role.AUDITOR: frozenset[Right](),
    Role.ADMINISTRATOR: frozenset({Right.ENROL, Right.KEEP_SAFE}),
})


@dataclass(frozen=True, slots=True)
class Person:
    """One enrolled person. `public_key` is Ed25519, hex; `left` the day from which nothing of theirs counts."""

    name: str
    role: Role
    public_key: str
    valid_from: date
    left: date | None
    origin: Origin

    def may(self, right: Right) -> bool:
        return self.left is None and right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One recorded row about a person; later rows of the same name follow it. `proof`: their own signature, hex."""

    name: str
    role: Role
    public_key: str
    valid_from: date
    left: date | None
    proof: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Signer:
    """A person with an opened private key: `sign` returns an Ed25519 signature of 64 bytes over a message."""

    name: str
    public_key: str
    sign: Callable[[bytes], bytes]
