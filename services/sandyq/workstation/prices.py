"""Manual prices, sources and their breaks, completeness, fair value levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


class PricesDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station
