"""Bad or missing data is a value: a finding travels with the result that it casts doubt on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sandyq.basics.text import Text


class Severity(StrEnum):
    """How much a finding matters: an error refuses the row or makes the figure Unknown."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt: a stable code (``price-stale``), a sentence, and where it arose.

    `subject` is what it is about (a symbol, a limit, an account); file, line, column and value are given for
    rows of an imported file.
    """

    severity: Severity
    code: str
    text: Text
    subject: str = ""
    file: str = ""
    line: int = 0
    column: str = ""
    value: str = ""
