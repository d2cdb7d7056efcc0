"""The first facts of a new book: its mandate and its conventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.limits.toml import read_mandate
from sandyq.reference.facts import FactRow
from sandyq_resources import text

EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class FirstFacts:
    """Rows and journal payload of the entry that makes a book."""

    payload: Mapping[str, object]
    rows: tuple[tuple[str, FactRow], ...]


def mandate_text(name: str) -> str:
    """Return the text of a mandate file, or of the shipped example. Raises BadInput when it cannot be read."""
    if name == EXAMPLE:
        return text("mandates", "example.toml")
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("mandate-unreadable", N_("The mandate file cannot be read: {reason}.", reason=str(error)),
                       where=name, remedy=N_("Give a TOML file in UTF-8, or the word example.")) from error


def first_facts(mandate: str, settings: Mapping[str, str]) -> FirstFacts:
    """Return what the first entry records. Raises BadInput when the mandate has an error."""
    content = mandate_text(mandate)
    read = read_mandate(content, mandate)
    rows: list[tuple[str, FactRow]] = [
        ("mandate", (0, read.name, read.version, read.valid_from.isoformat(), content))]
    rows += [("setting", (0, name, value, None)) for name, value in sorted(settings.items())]
    file = "example.toml" if mandate == EXAMPLE else Path(mandate).name
    return FirstFacts({"file": file, "mandate": read.name, "version": read.version, "settings": dict(settings)},
                      tuple(rows))
