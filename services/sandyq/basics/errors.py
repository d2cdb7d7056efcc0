"""Requests that cannot be served: one small family, each with words for a person, a code and an exit code."""

from __future__ import annotations

from typing import ClassVar

from sandyq.basics.findings import Finding
from sandyq.basics.text import Text


class SandyqError(Exception):
    """What went wrong, where, and what to do. `code` is stable and printed; `exit_code` is the command line's."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, what: Text, *, where: str = "", remedy: Text | None = None,
                 findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(str(what))
        self.code = code
        self.what = what
        self.where = where
        self.remedy = remedy
        self.findings = findings

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{self.what}{place}{advice} [{self.code}]"


class BadInput(SandyqError):
    """A file, a value or an option that cannot be read or is not allowed."""


class Refused(SandyqError):
    """An order or booking that a limit or a rule of the book forbids."""

    exit_code = 3


class IntegrityFailed(SandyqError):
    """The book's file is damaged, was changed from outside, or its chain does not hold."""

    exit_code = 4


class BookLocked(SandyqError):
    """Somebody else is writing to the book."""

    exit_code = 5


class ApprovalNeeded(SandyqError):
    """A second person has to agree first."""

    exit_code = 6
