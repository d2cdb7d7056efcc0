"""Every report that can be issued: one module each, listed here and nowhere else."""

from __future__ import annotations

from typing import Final

from sandyq.reports.kinds import limit_sheet

REPORTS: Final = (limit_sheet.REPORT,)
