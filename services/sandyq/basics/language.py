"""Say texts, numbers and dates in Kazakh, Russian or English.

A `Language` is a value built from a catalogue (English template → translation). Numbers: narrow no-break space
between thousands, decimal comma in Kazakh and Russian, U+2212 as minus. Dates: dd.MM.yyyy in all three, as auditors
ask. Loading the catalogues from disk is done by `sandyq_resources`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import WIDE
from sandyq.basics.text import Text

THOUSANDS: Final = "\u202f"
MINUS: Final = "\u2212"
UNKNOWN: Final = "\u2014"
CODES: Final = ("kk", "ru", "en")
_POINT: Final = MappingProxyType({"kk": ",", "ru": ",", "en": "."})
_EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Language:
    """A language's code and catalogue. ``Language("en")`` needs no catalogue."""

    code: str = "en"
    catalogue: Mapping[str, str] = field(default_factory=lambda: _EMPTY)

    def say(self, text: Text | str) -> str:
        """Return the translated sentence with its values formatted; an unknown template stays English."""
        if isinstance(text, str):
            return self.catalogue.get(text) or text
        template = self.catalogue.get(text.template) or text.template
        return template.format(**{name: self.value(value) for name, value in text.values.items()})

    def value(self, value: object) -> str:
        """Format a placeholder's value: decimals exactly as they are, dates dd.MM.yyyy, texts translated."""
        match value:
            case Text():
                return self.say(value)
            case None:
                return UNKNOWN
            case bool():
                return str(value)
            case Decimal() | int() | float():
                return self.number(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.date(value)
            case _:
                return str(value)

    def number(self, number: Decimal | float | None, digits: int | None = None, *, sign: bool = False) -> str:
        """Format a number with `digits` decimals (as many as it has when None). None is an em dash.

        `sign` prints a plus before positive changes. Rounding is half to even on the exact value.
        """
        if number is None:
            return UNKNOWN
        exact = number if isinstance(number, Decimal) else Decimal(repr(number))
        if not exact.is_finite():
            return UNKNOWN
        if digits is not None:
            exact = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN, context=WIDE)
        whole, _, fraction = format(abs(exact), "f").partition(".")
        if digits is None:
            fraction = fraction.rstrip("0")
        grouped = f"{int(whole):,}".replace(",", THOUSANDS)
        body = grouped + (_POINT.get(self.code, ".") + fraction if fraction else "")
        if exact < 0:
            return MINUS + body
        return "+" + body if sign and exact > 0 else body

    def date(self, day: date | None) -> str:
        """Format a day as dd.MM.yyyy; None is an em dash."""
        return f"{day:%d.%m.%Y}" if day else UNKNOWN

    def moment(self, moment: datetime | None) -> str:
        """Format a moment as dd.MM.yyyy HH:MM; None is an em dash."""
        return f"{moment:%d.%m.%Y %H:%M}" if moment else UNKNOWN


ENGLISH: Final = Language()
