"""Fields of a draft as a person types them: which key they are, how they read, how they are written back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sandyq.basics.decimals import HUNDRED, canonical, product, quotient
from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.limits.draft import Draft
from sandyq.limits.measures import BY_NAME
from sandyq.limits.measures.base import COMMON_OPTIONS, SCOPES, Measure

LEVELS: Final = ("warn", "soft", "hard")
HEAD_NUMBERS: Final = ("minimum", "target", "maximum", "ramp_up_floor")
HEAD: Final = ("name", "version", "valid_from", "body", "document", *HEAD_NUMBERS, "binding_meter")
LIMIT: Final = ("id", "title.en", "title.ru", "title.kk", "clause", "document", "section", "owner", "cure_days",
                "calendar", "valid_to")
PART: Final = ("title", "measure", "unit", "direction", "denominator", "basis", "group_by", *LEVELS, "block_at")
"""Keys of a part; ``scope.kind`` and ``options.days`` name one dimension and one setting."""
DEFAULTS: Final[Mapping[str, str]] = {"direction": "max", "basis": "market_value", "block_at": "hard",
                                      "calendar": "NYSE", "binding_meter": "net_invested"}
_LISTS: Final = ("scope",)
_PLAIN: Final = "market_value"


def changed(draft: Draft, limit: str, part: int, key: str, text: str) -> Draft:
    """Return the draft with one field as typed; an empty text takes the key away. `limit` empty: the mandate itself.

    `part` 0 is the limit, else its part counted from 1. Thresholds of a ratio may be typed in per cent with the sign.
    Raises BadInput for a key that does not exist there or a value that does not read.
    """
    room, _, name = key.partition(".")
    if not limit:
        if key not in HEAD:
            raise _unknown(key, HEAD)
        return draft.with_head(**{key: _read(key, text)})
    if part == 0:
        if key not in LIMIT:
            raise _unknown(key, LIMIT)
        table = draft.limit(limit)
        return draft.with_limit(limit, **{room: _inside(_titles(table), name, text) if name else _read(key, text)})
    if key not in PART and room not in {"scope", "options"}:
        raise _unknown(key, (*PART, "scope.…", "options.…"))
    if name:
        inside = _inside(draft.part(limit, part).get(room, {}), name, _list(text) if room in _LISTS else text.strip())
        return draft.with_part(limit, part, **{room: inside or None})
    found = draft.with_part(limit, part, **{key: _read(key, text)})
    return refitted(found, limit, part) if key in {"measure", "unit"} else found


def refitted(draft: Draft, limit: str, part: int) -> Draft:
    """Return the draft with what no longer fits a part's measure and unit taken out, or put to what fits."""
    table = draft.part(limit, part)
    measure = BY_NAME.get(str(table.get("measure", "")))
    if measure is None:
        return draft
    values: dict[str, object] = {}
    unit = str(table.get("unit", ""))
    if unit not in measure.units:
        unit = values["unit"] = max(measure.units)
    below = str(table.get("denominator", ""))
    if unit != "ratio" or not measure.denominators:
        values["denominator"] = None
    elif below not in measure.denominators:
        values["denominator"] = "sleeve" if "sleeve" in measure.denominators else min(measure.denominators)
    if table.get("basis", "market_value") not in measure.bases:
        values["basis"] = None
    if table.get("group_by", "") not in {"", *groups_of(measure)}:
        values["group_by"] = None
    values["scope"] = {key: item for key, item in table.get("scope", {}).items() if key in scopes_of(measure)} or None
    own = measure.options
    if own is not None:
        values["options"] = {key: item for key, item in table.get("options", {}).items()
                             if key in own | COMMON_OPTIONS} or None
    return draft.with_part(limit, part, **values)


def scopes_of(measure: Measure) -> frozenset[str]:
    """Return the dimensions by which a measure is narrowed; a plain sum is split where a dimension asks for it."""
    return SCOPES if measure.name == _PLAIN else measure.scopes


def groups_of(measure: Measure) -> frozenset[str]:
    """Return the dimensions by which a measure is summed."""
    return SCOPES if measure.name == _PLAIN else measure.groups


def shown(draft: Draft, limit: str, part: int, key: str) -> str:
    """Return a field as a person reads it; a ratio's threshold as a plain ratio. Empty: the key is not there."""
    table: Mapping[str, Any] = draft.head if not limit else draft.part(limit, part) if part else draft.limit(limit)
    room, _, name = key.partition(".")
    value = table.get(room, DEFAULTS.get(key, ""))
    if name:
        if room == "title" and not isinstance(value, Mapping):
            value = _titles(table)
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return canonical(Decimal(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def number(text: str) -> Decimal:
    """Read a number with a point or a comma, blanks between thousands, or a per cent sign. Raises BadInput."""
    plain = "".join(text.split()).replace("_", "").replace("−", "-").replace(",", ".")
    try:
        value = Decimal(plain.removesuffix("%"))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadInput("bad-number", N_("{value} is not a number.", value=text),
                       remedy=N_("Write it as 1234.56, or 45 % for a ratio."))
    return quotient(value, HUNDRED).normalize() if plain.endswith("%") else value


def per_cent(text: str) -> str:
    """Return a plain ratio as it is typed in per cent; another text as it is."""
    try:
        return canonical(product(Decimal(text), HUNDRED)) if text else ""
    except InvalidOperation:
        return text


def _read(key: str, text: str) -> object:
    text = text.strip()
    if not text:
        return None
    if key in LEVELS or key in HEAD_NUMBERS:
        return number(text)
    if key == "cure_days":
        days = number(text)
        if days != days.to_integral_value() or days < 0:
            raise BadInput("bad-number", N_("Whole days of zero or more are expected."), where=key)
        return days
    if key in {"valid_from", "valid_to"}:
        return _day(text)
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("bad-date", N_("{value} is not a day.", value=text),
                       remedy=N_("Write it as 2025-10-03.")) from None


def _list(text: str) -> list[str]:
    return [item for item in (piece.strip() for piece in text.split(",")) if item]


def _titles(table: Mapping[str, Any]) -> Mapping[str, Any]:
    titles = table.get("title", {})
    return titles if isinstance(titles, Mapping) else {"en": str(titles)}


def _inside(table: Mapping[str, Any], name: str, value: object) -> dict[str, Any]:
    changed_table = {key: item for key, item in table.items() if key != name}
    return {**changed_table, name: value} if value else changed_table


def _unknown(key: str, known: tuple[str, ...]) -> BadInput:
    return BadInput("no-such-key", N_("The key {key} is not known here.", key=key), where=key,
                    remedy=N_("There are {names}.", names=", ".join(known)))
