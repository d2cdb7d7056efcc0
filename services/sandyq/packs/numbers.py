"""Read numbers as files write them: strictly, with one decimal mark for the whole file.

A file's decimal mark is declared or found from all its numbers. ``1,234`` alone can be read two ways: a file that has
nothing clearer stops the import. The result is canonical decimal text (`sandyq.basics.decimals.canonical`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import canonical, product
from sandyq.basics.text import N_, Text

CANONICAL: Final = re.compile(r"0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,17})\.[0-9]{0,17}[1-9]")
"""A number that is already in the stored form."""
PLAIN: Final = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
POINT: Final = "."
COMMA: Final = ","
MARKS: Final = MappingProxyType({"point": POINT, "comma": COMMA})
"""Values of the option ``--decimal``."""

_LONGEST: Final = 64
_SPACES: Final = " \u00a0\u2009\u202f"
_OUTER: Final = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>[$€£₸¥₽]?)\s*(?P<inner>[+-]?)(?P<body>[0-9.,'’\s]*[0-9])\s*"
    r"(?P<suffix>[KMBkmb]?)\s*(?P<percent>%?)\s*(?P<after>[$€£₸¥₽]?)")
_BODIES: Final = MappingProxyType({
    mark: re.compile(
        rf"(?P<whole>[0-9]+|[0-9]{{1,3}}(?P<group>[{_SPACES}'’{other}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|)"
        rf"(?:{re.escape(mark)}(?P<fraction>[0-9]+))?")
    for mark, other in ((POINT, COMMA), (COMMA, POINT))})
_SUFFIXES: Final = MappingProxyType({"K": Decimal(10) ** 3, "M": Decimal(10) ** 6, "B": Decimal(10) ** 9})
_ONE_MARK: Final = re.compile(r"(?P<before>[0-9]*)(?P<mark>[.,])(?P<after>[0-9]+)")
_NOT_DIGITS: Final = re.compile(r"[0-9]+")


class BadNumber(ValueError):
    """A value that is not a number in the file's format; `reason` is a sentence for a person."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Detected:
    """What the numbers of a file show. `mark` None: ambiguous; `example` is a value that can be read two ways."""

    mark: str | None
    example: str = ""
    mixed: bool = False


def parse(text: str, mark: str = POINT, *, percent: bool = False, suffix: bool = False) -> str:
    """Return the canonical decimal text of a number whose decimal mark is `mark`.

    Accepted: a sign or accounting brackets, one currency sign, thousands separated by spaces, apostrophes or the other
    mark in groups of three, a per cent sign where `percent` (the value stays in per cent), K, M or B where `suffix`.
    Raises BadNumber for anything else, exponents, NaN and infinities included.
    """
    stripped = text.strip()
    if mark == POINT and CANONICAL.fullmatch(stripped):
        return stripped
    if len(stripped) > _LONGEST:
        raise BadNumber(N_("The number is too long."))
    negative, plain = _without_brackets(stripped.replace("\u2212", "-"))
    outer = _OUTER.fullmatch(plain)
    if outer is None:
        raise BadNumber(N_("This is not a number."))
    if outer["percent"] and not percent:
        raise BadNumber(N_("A per cent sign is not expected here."))
    if outer["suffix"] and not suffix:
        raise BadNumber(N_("An abbreviation of thousands or millions is not expected here."))
    if (outer["sign"] and outer["inner"]) or (negative and (outer["sign"] or outer["inner"])):
        raise BadNumber(N_("The number has two signs."))
    number = _body(outer["body"], mark)
    if outer["suffix"]:
        number = product(number, _SUFFIXES[outer["suffix"].upper()])
    if negative or "-" in (outer["sign"], outer["inner"]):
        number = -number
    return canonical(number)


def _without_brackets(text: str) -> tuple[bool, str]:
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    return False, text


def _body(body: str, mark: str) -> Decimal:
    found = _BODIES[mark].fullmatch(body)
    if found is None or not (found["whole"] or found["fraction"]):
        if mark == POINT:
            raise BadNumber(N_("This is not a number with a decimal point."))
        raise BadNumber(N_("This is not a number with a decimal comma."))
    whole = "".join(_NOT_DIGITS.findall(found["whole"]))
    fraction = found["fraction"] or ""
    if len(whole.lstrip("0")) > 18 or len(fraction) > 18:
        raise BadNumber(N_("The number has too many digits."))
    return Decimal(f"{whole or '0'}.{fraction or '0'}")


def evidence(text: str) -> str:
    """Return what one value shows of the decimal mark: ``.`` or ``,``, ``?.`` or ``?,`` if unclear, empty if nothing.

    A single mark followed by exactly three digits, with one to three digits before it, could group thousands.
    """
    kept = text.strip().strip("()%$€£₸¥₽+-\u2212KMBkmb \u00a0\u202f")
    points, commas = kept.count(POINT), kept.count(COMMA)
    if not points and not commas:
        return ""
    if points and commas:
        return _both(kept, points, commas)
    mark, other, count = (POINT, COMMA, points) if points else (COMMA, POINT, commas)
    if count > 1:
        return other
    if any(character in kept for character in _SPACES + "'’"):
        return mark
    found = _ONE_MARK.fullmatch(kept)
    if found is None:
        return ""
    grouped = len(found["after"]) == 3 and 1 <= len(found["before"]) <= 3 and not found["before"].startswith("0")
    return "?" + mark if grouped else mark


def _both(kept: str, points: int, commas: int) -> str:
    last = POINT if kept.rfind(POINT) > kept.rfind(COMMA) else COMMA
    return last if (points if last == POINT else commas) == 1 else ""


def detect(values: Iterable[str], *, point_is_usual: bool) -> Detected:
    """Find the decimal mark of a file from all its numbers.

    `point_is_usual`: fields are separated by commas or bars, so that ``1.234`` alone is a decimal (files separated by
    semicolons or tabs come from places where it may be a thousand). Two clear and contrary values are mixed.
    """
    clear: dict[str, str] = {}
    unclear: dict[str, str] = {}
    for value in values:
        shown = evidence(value)
        if not shown:
            continue
        (unclear if shown[0] == "?" else clear).setdefault(shown[-1], value)
        if len(clear) == 2:
            return Detected(None, value, mixed=True)
    if clear:
        return Detected(next(iter(clear)))
    if COMMA in unclear:
        return Detected(None, unclear[COMMA])
    if POINT in unclear and not point_is_usual:
        return Detected(None, unclear[POINT])
    return Detected(POINT)
