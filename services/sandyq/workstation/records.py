"""Corrections, corporate actions, closed days and periods, and what two moments knew differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class RecordsDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
