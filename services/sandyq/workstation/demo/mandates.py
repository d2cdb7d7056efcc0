"""The demo's two mandate versions: the example with a smaller cap first, then as it ships."""

from __future__ import annotations

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq_resources import text


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
    return _changed((("valid_from = 2018-01-01", "valid_from = 2025-07-15"),))


def _changed(pairs: tuple[tuple[str, str], ...]) -> str:
    content = text("mandates", "example.toml").replace('"Example sleeve mandate"', '"DEMO sleeve mandate"')
    named = '[programme]\nparticipants = ["Participant A", "Participant B", "Participant C"]\n'
    pairs = (*pairs, ("[programme]\n", named))
    for old, new in pairs:
        if old not in content:
            raise BadInput("demo-mandate", N_("The example mandate has changed; the demo does not fit it."), where=old)
        content = content.replace(old, new, 1)
    return content
