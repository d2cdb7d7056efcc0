"""A saved mapping for a vendor's header, kept in the book as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandyq.packs.documents import Document
from sandyq.packs.format import Format, Produced
from sandyq.packs.mappings import from_text


def read_document(document: Document) -> Iterator[Produced]:
    """Yield the ``mapping`` row. Raises BadInput when the text is not a mapping."""
    mapping = from_text(document.text, document.report.file)
    document.report.read = 1
    yield "mapping", (1, mapping.name, mapping.to_text())


FORMAT: Final = Format("mapping", "mapping", read_document=read_document, suffixes=(".json",))
