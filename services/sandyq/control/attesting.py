"""What one person signs alone: every entry that they record, and rows that nobody approves (an emergency order).

An entry's signature stands in its payload and covers the book, the entry before it and all that the entry says; a
row's covers the book, the table and every column but the signature itself. So neither a copied signature nor a changed
value holds, and nobody without a key can carry a book on, however well they reckon its hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from sandyq.control.chain import canonical_json
from sandyq.control.people import Signer
from sandyq.control.signing import signature_holds
from sandyq.reference.facts import TABLES, FactRow

ENTRY_SIGNATURE: Final = "entry_signature"
"""Where an entry's payload holds the signature (hex) of whoever recorded it."""


def entry_message(book_id: str, unsigned_hash: str) -> bytes:
    """Return the bytes that a person signs for an entry: the book, and the hash that it would have unsigned."""
    return f"sandyq entry v1\n{book_id}\n{unsigned_hash}\n".encode()


def without_signature(payload: Mapping[str, object]) -> tuple[dict[str, object], str]:
    """Return an entry's payload as it was before it was signed, and the signature (hex), empty when nobody signed.

    Raises ValueError for a payload that only damage can have made.
    """
    if not isinstance(payload, Mapping):
        raise ValueError("a payload is an object")  # the text of a file, not an argument
    return {name: value for name, value in payload.items() if name != ENTRY_SIGNATURE}, str(
        payload.get(ENTRY_SIGNATURE, ""))


def row_message(book_id: str, table: str, row: FactRow) -> bytes:
    """Return the bytes that a person signs for a row (line, *columns); its line and its signature are left out."""
    said = {name: value for name, value in zip(TABLES[table].columns, row[1:], strict=True) if name != "signature"}
    return f"sandyq row v1\n{book_id}\n{table}\n{sha256(canonical_json(said).encode()).hexdigest()}\n".encode()


def signed_row(signer: Signer, book_id: str, table: str, row: FactRow) -> FactRow:
    """Return the row with its column ``signature`` filled by an opened key (hex); what stood there is replaced."""
    place = TABLES[table].columns.index("signature") + 1
    return (*row[:place], signer.sign(row_message(book_id, table, row)).hex(), *row[place + 1:])


def row_holds(public_key: str, book_id: str, table: str, row: FactRow) -> bool:
    """Return whether the row's signature was made by the key (hex) over exactly this row in this book."""
    place = TABLES[table].columns.index("signature") + 1
    return signature_holds(public_key, row_message(book_id, table, row), str(row[place]))
