"""What a reader has to say about one file: findings, kept within bounds, and counts that are always complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text

KEPT_PER_CODE: Final = 1000
_VALUE_LENGTH: Final = 80


@dataclass(slots=True)
class Report:
    """Collects the findings of one file. Beyond `KEPT_PER_CODE` of one code only the number grows, not the memory."""

    file: str
    read: int = 0
    refused: int = 0
    _kept: list[Finding] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, severity: Severity, code: str, text: Text, *, line: int = 0, column: str = "", value: str = "",
            subject: str = "") -> None:
        """Note one finding."""
        self._counts[code] += 1
        if self._counts[code] <= KEPT_PER_CODE:
            self._kept.append(Finding(severity, code, text, subject, self.file, line, column, shortened(value)))

    def info(self, code: str, text: Text, *, line: int = 0, column: str = "", value: str = "",
             subject: str = "") -> None:
        self.add(Severity.INFO, code, text, line=line, column=column, value=value, subject=subject)

    def warn(self, code: str, text: Text, *, line: int = 0, column: str = "", value: str = "",
             subject: str = "") -> None:
        self.add(Severity.WARNING, code, text, line=line, column=column, value=value, subject=subject)

    def refuse(self, code: str, text: Text, *, line: int, column: str = "", value: str = "",
               subject: str = "") -> None:
        """Note why a row is left out, and count it."""
        self.refused += 1
        self.add(Severity.ERROR, code, text, line=line, column=column, value=value, subject=subject)

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each code was noted, kept or not."""
        return dict(self._counts)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings kept, and one more for each code that had too many."""
        beyond = tuple(
            Finding(Severity.INFO, "more-findings",
                    N_("{n} more findings of the kind {code} are counted but not listed.", n=count - KEPT_PER_CODE,
                       code=code), code, self.file)
            for code, count in self._counts.items() if count > KEPT_PER_CODE)
        return (*self._kept, *beyond)


def shortened(value: str) -> str:
    """Return a file's value short enough for a message."""
    return value if len(value) <= _VALUE_LENGTH else value[:_VALUE_LENGTH - 1] + "…"
