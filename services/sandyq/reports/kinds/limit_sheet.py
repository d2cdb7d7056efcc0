"""The daily limit sheet: one page of PDF, the workbook behind it, limits and open matters as CSV."""

from __future__ import annotations

from typing import Final

from sandyq.basics.text import N_
from sandyq.reports.page import page
from sandyq.reports.report import Report
from sandyq.reports.sheet import Document, SheetData
from sandyq.reports.words import utc
from sandyq.reports.workbook import limits_table, open_table, workbook
from sandyq.reports.writers import csv, pdf, xlsx

_NAME: Final = "limit-sheet"
_OPEN: Final = "open-matters"
_TITLE: Final = N_("Daily limit sheet")


def issue(data: SheetData) -> tuple[Document, ...]:
    """Return the finished files; the same data gives the same bytes. Writing them to disk is the caller's.

    Names: ``limit-sheet-2025-10-03-en.pdf``, ``.xlsx``, ``.csv``, and ``open-matters-2025-10-03-en.csv``. A sheet of
    the demo book says so in its name too.
    """
    created = utc(data.known_at)
    mark = "demo-" if data.demo else ""
    stem, beside = (f"{mark}{name}-{data.as_of.isoformat()}-{data.language.code}" for name in (_NAME, _OPEN))
    title = f"{data.language.say(_TITLE)} {data.language.date(data.as_of)}"
    return (
        Document(f"{stem}.{pdf.SUFFIX}", pdf.write("sheet", page(data), created)),
        Document(f"{stem}.{xlsx.SUFFIX}",
                 xlsx.write(workbook(data), title=title, created=created, mark="DEMO" if data.demo else "")),
        Document(f"{stem}.{csv.SUFFIX}", csv.write(limits_table(data))),
        Document(f"{beside}.{csv.SUFFIX}", csv.write(open_table(data))),
    )


REPORT: Final = Report(_NAME, _TITLE, issue)
