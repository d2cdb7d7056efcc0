"""Who works with the book, and decisions of two persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class PeopleDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
