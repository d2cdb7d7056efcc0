"""Make the demo book: write its files, make the book, import them the way a desk would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandyq.workstation.calendars import shipped
from sandyq.workstation.contract import Preview
from sandyq.workstation.demo import files
from sandyq.workstation.demo.life import live
from sandyq.workstation.demo.mandates import first_mandate, second_mandate
from sandyq.workstation.workstation import Workstation

ROLE = "Analyst 1"


@dataclass(frozen=True, slots=True)
class Made:
    """The demo book and what importing its files gave."""

    book: Path
    imported: tuple[Preview, ...]


def make(folder: Path, *, actor: str = ROLE) -> Made:
    """Make ``demo.sandyq`` in a folder; a demo book that is already there is set aside under a numbered name."""
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "demo.sandyq"
    _set_aside(book)
    pack = files.write(folder / "files", shipped()["NYSE"])
    older, newer = folder / "files" / "mandate_1.toml", folder / "files" / "mandate_2.toml"
    older.write_text(first_mandate(), encoding="utf-8")
    newer.write_text(second_mandate(), encoding="utf-8")
    settings = {"demo": "true", "cost_method": "fifo", "lot_scope": "account", "fees_in_cost": "false"}
    with Workstation.create(book, mandate=str(older), settings=settings, actor=actor) as station:
        imported = station.accept([newer, *pack])
        live(station)
    return Made(book, imported)


def _set_aside(book: Path) -> None:
    if not book.exists():
        return
    number = 1
    while (older := book.with_name(f"demo-{number}.sandyq")).exists():
        number += 1
    for ending in ("", "-wal", "-shm"):
        part = Path(f"{book}{ending}")
        if part.exists():
            part.rename(f"{older}{ending}")


