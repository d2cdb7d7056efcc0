"""Sentences that a person reads, kept apart from the language they are read in.

A `Text` is an English template, which is also the key of the gettext catalogues, and the values to put in.
Values are formatted for the language when the text is said (see `sandyq.basics.language`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    """An English template with named placeholders, and their values. `str()` gives plain English."""

    template: str
    values: Mapping[str, object] = field(default_factory=lambda: _NOTHING)

    def __str__(self) -> str:
        return self.template.format(**{name: str(value) for name, value in self.values.items()})


def N_(template: str, /, **values: object) -> Text:
    """Mark an English sentence for the catalogues and keep its values: ``N_("{n} rows read", n=3)``."""
    return Text(template, values)
