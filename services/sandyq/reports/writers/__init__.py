"""Every format that a report can be written in: a module with a suffix and ``write``, listed here and nowhere else."""

from __future__ import annotations

from typing import Final

from sandyq.reports.writers import csv, pdf, xlsx

WRITERS: Final = (pdf, xlsx, csv)
