"""Journal entries and batches: what is recorded, by whom, known when, under which hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandyq.control.people import Signer
from sandyq.reference.facts import FactRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal. `known_at` is UTC; `late_clock` marks a clock that ran behind the entry before.

    `signature` is the actor's own over the entry (`sandyq.control.attesting`), empty when no key was open.
    """

    seq: int
    known_at: datetime
    actor: str
    kind: str
    payload: Mapping[str, object]
    content_hash: str
    hash: str
    late_clock: bool = False
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Facts to record in one transaction under one journal entry.

    `rows` yields (table, row), the row in the order of `sandyq.reference.facts.TABLES`; it is consumed inside the
    transaction, and `payload` is read only afterwards, so that a reader can put its counts there. `key` makes the
    command idempotent: a batch with the key of an earlier entry is not recorded again. An exception while reading
    rows records nothing at all. `signer` is the enrolled person whose key is open; the entry bears their signature.
    """

    kind: str
    actor: str
    payload: Mapping[str, object]
    rows: Iterable[tuple[str, FactRow]] = field(default=())
    key: str = ""
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What recording a batch did: its entry, rows per table, and whether the key had been recorded before."""

    entry: Entry
    rows: Mapping[str, int]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Damage:
    """What verification found wrong: the entry, the table, ids of rows (``1-1024``), a plain sentence, the columns."""

    entry: int
    table: str
    rows: str
    what: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of checking the whole chain and every fact row."""

    entries: int
    facts: int
    head: str
    damages: tuple[Damage, ...]
    checkpoint: str

    @property
    def holds(self) -> bool:
        return not self.damages
