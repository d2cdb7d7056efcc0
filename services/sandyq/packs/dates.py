"""Read dates as files write them: strictly, with one order of day and month for the whole file.

Year first is clear by itself. ``03/04/2025`` throughout can be read two ways and stops the import; days written with
points (03.04.2025) have the day first everywhere. Years of two digits, years up to 1900 and after 2100 are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandyq.basics.text import N_, Text

ORDERS: Final = ("ymd", "dmy", "mdy")
"""Values of the option ``--date-format``."""

ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MIDNIGHT: Final = r"(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"
_YEAR_FIRST: Final = re.compile(rf"([0-9]{{4}})([-/.]?)([0-9]{{2}})\2([0-9]{{2}}){_MIDNIGHT}")
_YEAR_LAST: Final = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_MIDNIGHT}")
_PARTIAL: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_EARLIEST: Final = 1900
_LATEST: Final = 2100


class BadDate(ValueError):
    """A value that is not a day in the file's format; `reason` is a sentence for a person."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Detected:
    """What the dates of a file show. `order` None: ambiguous; `example` is a date that can be read two ways."""

    order: str | None
    example: str = ""
    mixed: bool = False


def parse(text: str, order: str = "ymd") -> str:
    """Return the ISO date. `order` says how dates with the year last are read. Raises BadDate."""
    stripped = text.strip()
    first = _YEAR_FIRST.fullmatch(stripped)
    if first is not None:
        return _day(int(first[1]), int(first[3]), int(first[4]))
    last = _YEAR_LAST.fullmatch(stripped)
    if last is None:
        raise BadDate(N_("This is not a date."))
    if order == "dmy":
        return _day(int(last[4]), int(last[3]), int(last[1]))
    if order == "mdy":
        return _day(int(last[4]), int(last[1]), int(last[3]))
    raise BadDate(N_("The dates of this file have the year first, and this one does not."))


def partial(text: str) -> tuple[str, bool] | None:
    """Return the ISO date and whether it is complete, for ``2025``, ``2025-10`` or ``2025-10-03``; None if neither.

    A month or a year stands for its last day: what it says is certainly true by then.
    """
    found = _PARTIAL.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = int(found[1]), found[2], found[3]
    if day:
        return _day(year, int(month), int(day)), True
    if not month:
        return _day(year, 12, 31), False
    _day(year, int(month), 1)
    after = date(year + int(month) // 12, int(month) % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1).isoformat(), False


def _day(year: int, month: int, day: int) -> str:
    if not _EARLIEST < year <= _LATEST:
        raise BadDate(N_("The year is not between 1901 and 2100."))
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise BadDate(N_("There is no such day.")) from None


def detect(values: Iterable[str]) -> Detected:
    """Find the order of day and month from all dates of a file. Two clear and contrary values are mixed."""
    clear: dict[str, str] = {}
    unclear = ""
    same = False
    for value in values:
        found = _YEAR_LAST.fullmatch(value.strip())
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or (first > 12 >= second):
            clear.setdefault("dmy", value)
        elif second > 12 >= first:
            clear.setdefault("mdy", value)
        elif first == second:
            same = True
        else:
            unclear = unclear or value
        if len(clear) == 2:
            return Detected(None, value, mixed=True)
    if clear:
        return Detected(next(iter(clear)))
    if unclear:
        return Detected(None, unclear)
    return Detected("dmy" if same else "ymd")
