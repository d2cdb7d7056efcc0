"""A figure and the tree of its inputs: what Explain unfolds, down to the row of a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandyq.basics.findings import Finding
from sandyq.basics.origin import Origin
from sandyq.basics.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One node. `value` None means Unknown. `key` is a stable path such as ``holdings/IBIT/market_value_usd``.

    `unit` is "USD", "KZT", "%", "x", "bd", "shares" or a coin code; `note` is the sentence under the value
    ("612,100 × 106.98"); `chosen` marks the winning leg among alternatives. `convention`: no row of a file stands
    behind it, because the note names the rule, or says that nothing counts.
    """

    key: str
    label: Text
    value: Decimal | float | str | date | None
    unit: str = ""
    note: Text | None = None
    origin: Origin | None = None
    parts: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    chosen: bool = False
    convention: bool = False
