"""The mandate: its text as it is, with the name, version and day that it carries; its limits are read elsewhere."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.packs import dates
from sandyq.packs.documents import Document
from sandyq.packs.format import Format, Produced
from sandyq.packs.report import Report


def read_document(document: Document) -> Iterator[Produced]:
    """Yield the ``mandate`` row. Raises BadInput when the text is not TOML or lacks name, version or day."""
    text, report = document.text, document.report
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad(report, N_("The mandate is not valid TOML: {reason}.", reason=str(error))) from None
    except RecursionError:
        raise _bad(report, N_("The mandate is nested too deeply.")) from None
    mandate = content.get("mandate")
    if not isinstance(mandate, dict):
        raise _bad(report, N_("The mandate has no section [mandate]."))
    name, version = mandate.get("name"), mandate.get("version")
    if not isinstance(name, str) or not name.strip():
        raise _bad(report, N_("The section [mandate] has no name."))
    if not isinstance(version, str | int | float) or not str(version).strip():
        raise _bad(report, N_("The section [mandate] has no version."))
    report.read = 1
    yield "mandate", (1, name.strip(), str(version).strip(), _day(mandate.get("valid_from"), report), text)


def _day(value: object, report: Report) -> str:
    try:
        if isinstance(value, datetime):
            return dates.parse(value.date().isoformat())
        if isinstance(value, date | str):
            return dates.parse(str(value))
    except dates.BadDate as bad:
        raise _bad(report, bad.reason) from None
    raise _bad(report, N_("The section [mandate] has no day valid_from."))


def _bad(report: Report, what: Text) -> BadInput:
    return BadInput("bad-mandate", what, where=report.file,
                    remedy=N_("The help page The mandate file describes the form."))


FORMAT: Final = Format("mandate", "mandate", read_document=read_document, suffixes=(".toml",))
