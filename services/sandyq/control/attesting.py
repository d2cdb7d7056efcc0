"""Rows that one person signs alone (an emergency order, its review): nobody approves them, so their own key answers.

The signature covers the book, the table and every column but the signature itself, so neither a copied signature nor
a changed value holds.
"""

from __future__ import annotations

from hashlib import sha256

from sandyq.control.chain import canonical_json
from sandyq.control.people import Signer
from sandyq.control.signing import signature_holds
from sandyq.reference.facts import TABLES, FactRow


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
