"""Statements of custodians, accounts and their cash, registers of parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class CustodyDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
