"""What was decided about an instrument: eligible, or held and not bought; and its worksheet as a reserve asset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_


class Permission(StrEnum):
    """Whether an instrument may be bought. Selling is always allowed; any other word counts as hold."""

    ELIGIBLE = "eligible"
    HOLD = "hold_no_buy"


PERMISSION_WORDS: Final = MappingProxyType({
    Permission.ELIGIBLE: N_("Eligible"), Permission.HOLD: N_("Hold, no buy"),
})


@dataclass(frozen=True, slots=True)
class EligibilityStatus:
    """One decision about an instrument, in force from `valid_from` until the next one."""

    symbol: str
    instrument: str
    status: str
    reason: str
    source: str
    valid_from: date
    origin: Origin

    @property
    def may_be_bought(self) -> bool:
        return self.status == Permission.ELIGIBLE


@dataclass(frozen=True, slots=True)
class ReserveAsset:
    """A worksheet that two persons signed (F096): canonical JSON of questions and answers, and its conclusion."""

    symbol: str
    instrument: str
    content: str
    conclusion: str
    valid_from: date
    valid_to: date | None
    source: str
    origin: Origin

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Election:
    """What was chosen of an issuer's offer; tokens are never chosen (F019)."""

    event: str
    symbol: str
    options: tuple[str, ...]
    choice: str
    day: date
    reason: str
    origin: Origin


def status_on(decisions: Iterable[EligibilityStatus], instrument: str, on: date) -> EligibilityStatus | None:
    """Return the decision about an instrument in force on a day, None when nothing was decided."""
    begun = [row for row in decisions if row.instrument == instrument and row.valid_from <= on]
    return max(begun, key=lambda row: row.valid_from, default=None)
