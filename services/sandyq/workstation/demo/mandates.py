"""The demo's two mandate versions: the example with a smaller cap first, then as it ships."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.workstation.demo import plan
from sandyq_resources import text

_BEFORE: Final = 7
_LEFT: Final = ((date(2026, 10, 6), 25.0), (date(2026, 11, 10), 25.0), (date(2026, 12, 8), 16.0))
"""Day and million US dollars of the tranches that the demo has not bought."""


def first_mandate() -> str:
    """Return the demo's first version: a cap of 200 million, thresholds on reserves one fifth lower."""
    return _changed((
        ('version = "v3"', 'version = "v2"'), ("valid_from = 2018-01-01", "valid_from = 2024-01-15"),
        ('document = "EX-3"', 'document = "EX-2"'), ("maximum = 300_000_000", "maximum = 200_000_000"),
        ("warn = 270_000_000\nhard = 300_000_000", "warn = 180_000_000\nhard = 200_000_000"),
        ("warn = 0.0045\nsoft = 0.0050\nhard = 0.0075", "warn = 0.0036\nsoft = 0.0048\nhard = 0.0060"),
        ("300 million US dollars.", "200 million US dollars."),
    ))


def second_mandate() -> str:
    """Return the demo's second version: the example as it ships, in force from the day of the demo's board decision."""
    return _changed((("valid_from = 2018-01-01", "valid_from = 2025-07-15"),)) + _plan()


def _plan() -> str:
    """Return the tranche plan: what the demo bought, in whole millions a week before it did, and what is left."""
    days = [(one.day - timedelta(days=_BEFORE), one.million) for one in plan.TRANCHES]
    return "".join(f"""
[[tranche]]
id = "T{number}"
amount = {million * 1_000_000:.0f}
earliest = {day.isoformat()}
min_gap_days = 14
share_of_volume = 0.05
""" for number, (day, million) in enumerate((*days, *_LEFT), 1))


def _changed(pairs: tuple[tuple[str, str], ...]) -> str:
    content = text("mandates", "example.toml").replace('"Example sleeve mandate"', '"DEMO sleeve mandate"')
    named = '[programme]\nparticipants = ["Participant A", "Participant B", "Participant C"]\n'
    pairs = (*pairs, ("[programme]\n", named))
    for old, new in pairs:
        if old not in content:
            raise BadInput("demo-mandate", N_("The example mandate has changed; the demo does not fit it."), where=old)
        content = content.replace(old, new, 1)
    return content
