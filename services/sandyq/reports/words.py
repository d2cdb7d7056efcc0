"""The words of the sheet that stand for codes: states, units, weekdays, rungs."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import ONE, product
from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.limits.result import State

STATES: Final = MappingProxyType({
    State.BREACH: N_("Breach"), State.SOFT_BREACH: N_("Soft breach"), State.UNKNOWN: N_("Unknown"),
    State.WARNING: N_("Warning"), State.OK: N_("OK"), State.UPCOMING: N_("Upcoming"),
    State.NOT_APPLICABLE: N_("Not applicable"),
})

UNITS: Final = MappingProxyType({
    "USD": N_("USD m"), "ratio": N_("%"), "count": N_("count"), "days": N_("bd"), "coins": N_("coins"),
})
"""Unit of a limit → unit in which it is printed; see `SCALES`."""

SCALES: Final = MappingProxyType({"USD": Decimal("0.000001"), "ratio": Decimal(100)})
"""What turns a value in the limit's unit into the printed one."""

WEEKDAYS: Final = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
                   N_("Sunday"))


def unit_word(language: Language, unit: str) -> str:
    """Return the printed unit of a limit's unit; an unknown unit is printed as it is."""
    known = UNITS.get(unit)
    return language.say(known) if known is not None else unit


def scaled(value: Decimal, unit: str) -> Decimal:
    """Return the value in its printed unit: dollars in millions, ratios in per cent."""
    return product(value, SCALES.get(unit, ONE))


def utc(moment: datetime) -> datetime:
    """Return the moment in UTC; one without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_text(moment: datetime) -> Text:
    """Return the moment as it is printed, with its zone."""
    return N_("{moment} UTC", moment=utc(moment))
