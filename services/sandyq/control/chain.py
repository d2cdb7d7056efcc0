"""The chain of hashes: canonical bytes of entries and fact rows. Pure: values in, hashes out.

An entry's hash is SHA-256 over the previous entry's hash (64 hex digits, UTF-8) and the entry as canonical JSON: keys
sorted, no spaces, UTF-8, decimals as canonical text. The entry holds the hash of its content, which is SHA-256 over its
blocks. A block is up to 1,024 consecutive rows of one table; its hash covers table, first id, number of rows and one
SHA-256 per column (line first), so that a changed value is traced to entry, table, rows and column.

A column's bytes are its values joined by U+001F; None is U+0000, which no value may contain: None and "" differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final

from sandyq.basics.decimals import canonical
from sandyq.reference.facts import FactRow

GENESIS: Final = "0" * 64
"""What the first entry has as the hash before it."""
BLOCK_ROWS: Final = 1024
COLUMN_MARK: Final = 8
"""Bytes kept of each column's hash to name the column; the block's hash covers them all in full."""
_BETWEEN: Final = "\x1f"
_NONE: Final = "\x00"


@dataclass(frozen=True, slots=True)
class Block:
    """Evidence for rows `first_id` to `first_id + rows - 1` of a table. `columns`: 8 bytes per column, line first."""

    table: str
    first_id: int
    rows: int
    hash: str
    columns: bytes


def moment_text(moment: datetime) -> str:
    """Return UTC with microseconds, one width for all years: ``2026-11-22T19:37:20.000000Z``. Naive times are UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def moment_of(text: str) -> datetime:
    """Return the moment written by `moment_text`. Raises ValueError for any other form."""
    moment = datetime.fromisoformat(text)
    if moment_text(moment) != text:
        raise ValueError(f"{text!r} is not a moment of the journal")
    return moment


def canonical_json(value: object) -> str:
    """Return the one JSON spelling of a payload. Raises TypeError for floats and anything without exact text."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def entry_hash(previous: str, *, seq: int, known_at: str, actor: str, kind: str, payload: str, key: str,
               content: str, late_clock: bool) -> str:
    """Return the hash of an entry. `payload` is already canonical JSON and `known_at` the text of the moment."""
    late = "true" if late_clock else "false"
    body = (f'{{"actor":{_quoted(actor)},"content_hash":{_quoted(content)},"key":{_quoted(key)},'
            f'"kind":{_quoted(kind)},"known_at":{_quoted(known_at)},"late_clock":{late},"payload":{payload},'
            f'"seq":{seq}}}')
    return sha256(previous.encode() + body.encode()).hexdigest()


def hash_block(table: str, first_id: int, rows: Sequence[FactRow]) -> Block:
    """Hash consecutive rows of a table, each (line, columns...). Raises ValueError for a value that cannot be kept."""
    return hash_columns(table, first_id, list(zip(*rows, strict=True)))


def hash_columns(table: str, first_id: int, columns: Sequence[Sequence[str | int | None]]) -> Block:
    """Hash the same rows given as columns, the lines first. Raises ValueError."""
    digests = [sha256(column_text(column).encode()).digest() for column in columns]
    rows = len(columns[0])
    head = f"{table}{_BETWEEN}{first_id}{_BETWEEN}{rows}\n".encode()
    return Block(table, first_id, rows, sha256(head + b"".join(digests)).hexdigest(),
                 b"".join(digest[:COLUMN_MARK] for digest in digests))


def content_hash(blocks: Iterable[Block]) -> str:
    """Return the hash of everything an entry recorded: its blocks in order of table and first id."""
    whole = sha256()
    for block in sorted(blocks, key=lambda block: (block.table, block.first_id)):
        whole.update(f"{block.table}{_BETWEEN}{block.first_id}{_BETWEEN}{block.rows}{_BETWEEN}{block.hash}\n".encode())
    return whole.hexdigest()


def changed_columns(stored: bytes, found: bytes) -> tuple[int, ...]:
    """Return the positions of columns (0 is the line) whose marks differ."""
    if len(stored) != len(found):
        return ()
    return tuple(start // COLUMN_MARK for start in range(0, len(stored), COLUMN_MARK)
                 if stored[start:start + COLUMN_MARK] != found[start:start + COLUMN_MARK])


def column_text(column: Sequence[str | int | None]) -> str:
    """Join a column's values so that no other column gives the same text. Raises ValueError."""
    try:
        text = _BETWEEN.join(column)  # type: ignore[arg-type]  # the usual column holds text only
        missing = 0
    except TypeError:
        text = _BETWEEN.join([value if value.__class__ is str else _spelled(value) for value in column])
        missing = column.count(None)
    if text.count(_NONE) != missing or text.count(_BETWEEN) != len(column) - 1:
        raise ValueError("a value contains the control character U+0000 or U+001F")
    return text


def _spelled(value: object) -> str:
    if value is None:
        return _NONE
    if value.__class__ is int:
        return str(value)
    if isinstance(value, str):
        return str(value)
    raise ValueError(f"a value of type {type(value).__name__} is not text")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no exact text in the journal")
