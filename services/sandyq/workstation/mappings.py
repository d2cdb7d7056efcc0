"""Mappings at the door: what a file of somebody else's looks like, which columns a kind has, and keeping a mapping.

The window names the columns of an unknown header once; the mapping then stays in the book and serves the next files.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.packs.format import Column
from sandyq.packs.formats import FORMATS
from sandyq.packs.looking import Look, columns_of, look
from sandyq.packs.mappings import SavedMapping, fold, from_text, shipped
from sandyq.workstation.contract import Preview

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

__all__ = ["FORMATS", "Column", "Look", "SavedMapping", "columns_of", "fold", "look_at", "save"]


def look_at(station: Workstation, file: Path) -> tuple[Look, tuple[SavedMapping, ...]]:
    """Return what a file looks like, and every mapping that the book has or that ships, the book's own first."""
    own = {str(row[3]): from_text(str(row[4]), str(row[3])) for row in station.store.rows("mapping")}
    return look(file), (*own.values(), *(mapping for mapping in shipped() if mapping.name not in own))


def save(station: Workstation, mapping: SavedMapping) -> tuple[Preview, ...]:
    """Keep a mapping in the book, as a mapping file would be. Raises BadInput for a name that is no file's name."""
    if not mapping.name.replace("-", "").replace("_", "").isalnum():
        raise BadInput("mapping-name", N_("The name of a mapping has letters, digits, hyphens and underscores."),
                       where=mapping.name)
    with TemporaryDirectory(prefix="sandyq-") as folder:
        file = Path(folder) / f"{mapping.name}.json"
        file.write_text(mapping.to_text(), encoding="utf-8")
        return station.accept((file,))
