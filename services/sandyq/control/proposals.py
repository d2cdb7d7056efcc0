"""Decisions of two persons: what is proposed, by whom, and who agreed; an approval signs the content's hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sandyq.basics.origin import Origin


class Decision(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ProposalState(StrEnum):
    """VOID: a signature does not hold, or the content is not what was signed; such a proposal never counts."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's signed decision."""

    person: str
    decision: Decision
    content_hash: str
    signature: str
    note: str
    known_at: datetime
    origin: Origin


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person wants recorded. `content` is canonical JSON: {"expires": day or null, "key": text,
    "payload": {...}, "rows": [[table, [line, ...]], ...], "subject": text}; `deciding.read_content` reads it.

    When a second person approves, exactly these rows are recorded, in the entry that holds the approval.
    """

    reference: str
    kind: str
    subject: str
    author: str
    content: str
    content_hash: str
    expires: datetime | None
    signature: str
    known_at: datetime
    origin: Origin
    approvals: tuple[Approval, ...]
    state: ProposalState
