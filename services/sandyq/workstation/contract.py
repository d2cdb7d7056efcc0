"""What the window and the command line ask with, and what the desks answer beyond the results of the floors below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Names for readers and checkers only: the window imports this module before its first paint.
    from datetime import date, datetime
    from decimal import Decimal
    from pathlib import Path

    from sandyq.basics.findings import Finding
    from sandyq.basics.text import Text
    from sandyq.limits.result import State


@dataclass(frozen=True, slots=True)
class Question:
    """The two dates of every question: the day it is about, and the moment up to which knowledge counts (None: now).

    `book` is one book of the file, ``*`` all of them consolidated.
    """

    as_of: date
    known_at: datetime | None = None
    book: str = "sleeve"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an origin leads: file and line, person, moment, hash of the file's content."""

    entry: int
    file: str
    line: int
    actor: str
    known_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Status:
    """The chips of the top bar and the status bar. `worst` is (limit id, state); `gate` None: no gate in force."""

    book: str
    demo: bool
    as_of: date
    worst: tuple[str, State] | None
    gate: Text | None
    missing: int
    stale: int
    chain_entries: int
    chain_holds: bool | None
    """None: not verified since the book was opened."""
    mandate: str
    mandate_from: date | None
    kzt_rate: Decimal | None
    kzt_day: date | None
    kzt_source: str
    schema: int
    actor: str
    role: str
    read_only: Text | None
    books: tuple[str, ...] = ()
    """The books of the file; one: there is nothing to choose."""
    void: int = 0
    """Decisions whose signatures do not hold; none of them counts."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import of one file would do, or did: interface.md's counts and findings."""

    file: str
    kind: str
    sha256: str
    read: int
    new: int
    superseding: int
    duplicate: int
    refused: int
    findings: tuple[Finding, ...]
    already_imported: int | None = None
    """Journal entry that imported the same content before."""
    entry: int | None = None
    """Journal entry that recorded it; None for a dry run."""
    sample: tuple[tuple[str, ...], ...] = ()
    """The first rows as they would be booked, the header first."""
    proposal: str = ""
    """Reference of the proposal that waits for a second person; nothing else was recorded then."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a command touched, by fact table, so that views refresh from it.

    `proposal` is the reference of what now waits for a second person; nothing else was recorded then.
    """

    tables: frozenset[str]
    entry: int
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """One file that was written, with the hash that is printed."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class LimitHistory:
    """A limit's worst part over time. Columns are parallel; None is Unknown. Values in the limit's unit (plain ratios).

    `breaches` are (first day, last day) of runs over the limit in force; `flows` purchases (+) and sales (−) in USD;
    `versions` the mandate's versions as (day, version, document).
    """

    limit_id: str
    unit: str
    direction: str
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    warn: tuple[float | None, ...]
    soft: tuple[float | None, ...]
    hard: tuple[float | None, ...]
    breaches: tuple[tuple[date, date], ...]
    flows: tuple[tuple[date, float], ...]
    versions: tuple[tuple[date, str, str], ...]
