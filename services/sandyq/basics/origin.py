"""Where a fact came from: the journal entry that recorded it and the line of the file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """`entry` is the sequence number in the journal (it knows file, hash, person and time), `line` the file's line."""

    entry: int
    line: int
