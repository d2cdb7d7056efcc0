"""What a fault run was asked for and what it saw."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Outcome:
    """One line of the campaign's table; every entry of `failures` names its seed and state."""

    fault: str
    planned: int
    tried: int = 0
    caught: int = 0
    """Detected, refused or recovered, as the fault asks."""
    lost: int = 0
    """Acknowledged facts that were gone."""
    false_figures: int = 0
    """Wrong figures that were shown as good."""
    seconds: float = 0.0
    notes: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def note(self, what: str, number: int = 1) -> None:
        self.notes[what] = self.notes.get(what, 0) + number

    def fail(self, what: str) -> None:
        self.failures.append(what)

    @property
    def stopped(self) -> bool:
        return self.tried < self.planned


@dataclass
class Run:
    """What a fault run works with: a folder of its own in memory, chance from a seed, and a budget of time."""

    folder: Path
    count: int
    seed: int
    until: float

    def chance(self, *names: object) -> random.Random:
        return random.Random("/".join(map(str, (self.seed, *names))))

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until
