"""Who says it: the class of a source by its quality word, best first (domain.md C1, publish order; B4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class EvidenceClass(IntEnum):
    """Lower is better. Third parties' figures carry a warning and 1.2 on the high side; derived ones only check."""

    ISSUER = 0
    THIRD_PARTY = 1
    DERIVED = 2


_DERIVED: Final = ("derived", "ratio", "inferred", "interpolated")
_ISSUER: Final = ("issuer", "filing", "sec_", "10-k", "10-q", "8-k", "official", "verified", "prospectus", "reported")
_WEAK: Final = ("secondary", "estimated", "aggregator", "rounded", "interpolated", "inferred", "derived")


def evidence_class(quality: str) -> EvidenceClass:
    """Return the class of a fund row's quality; a word that nobody knows counts as a third party's."""
    folded = quality.lower()
    if any(mark in folded for mark in _DERIVED) and not any(mark in folded for mark in ("10-k", "10-q", "8-k")):
        return EvidenceClass.DERIVED
    if any(mark in folded for mark in _ISSUER):
        return EvidenceClass.ISSUER
    return EvidenceClass.THIRD_PARTY


def is_weak(quality: str) -> bool:
    """Return whether a company's coins or shares come second-hand or as somebody's estimate."""
    folded = quality.lower()
    return any(mark in folded for mark in _WEAK)
