"""What the daily limit sheet is made of: one frozen value that the workstation fills, and the files that come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from sandyq.basics.language import Language
from sandyq.basics.text import Text
from sandyq.exposure.result import Exposure
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import LimitsRun
from sandyq.reports.matters import Matters
from sandyq.valuation.holdings import Holdings


@dataclass(frozen=True, slots=True)
class LimitColumns:
    """One limit over time: parallel columns in the limit's unit (plain ratios), None is Unknown (a gap).

    `breaches` are (first day, last day) over the limit in force, `flows` purchases (+) and sales (−) in USD,
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
    breaches: tuple[tuple[date, date], ...] = ()
    flows: tuple[tuple[date, float], ...] = ()
    versions: tuple[tuple[date, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ValueColumns:
    """The sleeve over time in USD: market value, net invested and the cap that was valid on each day."""

    days: tuple[date, ...]
    market_value: tuple[float | None, ...]
    net_invested: tuple[float | None, ...]
    cap: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file behind a journal entry (or the command that made it), for the sheet of sources."""

    file: str
    sha256: str = ""
    actor: str = ""
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Completeness of the day's data: open lines with a usable price of all open lines, and what is in doubt."""

    prices: int
    expected: int
    stale: int = 0
    missing: int = 0
    findings: int = 0


@dataclass(frozen=True, slots=True)
class SheetData:
    """Everything printed on the sheet. Nothing here may come from a clock: the same data gives the same bytes.

    `known_at` is the moment up to which knowledge counts (the last entry's when the question says now) and also the
    creation date of the files. `data_cut_off` is the moment of the last import used. Moments with a zone are turned
    into UTC, those without are taken as UTC. `prepared_by` and `checked_by` are role names; empty prints a line to
    sign on. `files` maps journal entries to files. `remarks` adds sentences to a limit in "needs a decision".
    """

    language: Language
    book: str
    demo: bool
    final: bool
    prepared_by: str
    checked_by: str
    data_cut_off: datetime
    known_at: datetime
    chain_head: str
    entries: int
    mandate: Mandate
    holdings: Holdings
    exposure: Exposure
    run: LimitsRun
    counts: Counts
    limit_history: LimitColumns | None = None
    value_history: ValueColumns | None = None
    files: Mapping[int, SourceFile] = field(default_factory=dict)
    remarks: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    gate: Text | None = None
    """A sentence about the entry gate; None when the mandate has none."""
    matters: Matters = field(default_factory=Matters)
    """Breaches that last, waivers in force, orders approved and not executed."""
    overrides: tuple[Text, ...] = ()
    """A sentence for every override of the gate up to the day, oldest first: each later report prints them (F079)."""

    @property
    def as_of(self) -> date:
        return self.run.as_of

    @property
    def share_of_reserves(self) -> tuple[Decimal | None, Decimal | None, date | None]:
        """Return market value over gross reserves, the reserves in USD and their day, as the limits measured them."""
        for result in self.run.results:
            for part in result.parts:
                if part.part.denominator == "reserves:gross" and part.part.basis == "market_value":
                    return part.value, part.denominator, part.denominator_day
        return None, None, None


@dataclass(frozen=True, slots=True)
class Document:
    """One finished file; `sha256` is what is printed and recorded."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()
