"""The draft of a mandate with its history, and its fields as they are typed and shown in the language in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import HUNDRED, canonical, product, quotient
from sandyq.basics.errors import BadInput
from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.limits.draft import Draft
from sandyq.limits.draft_fields import HEAD_NUMBERS, LEVELS, groups_of, shown
from sandyq.limits.measures import BY_NAME, MEASURES
from sandyq.limits.measures.base import BASES, DENOMINATORS
from sandyq.limits.vocabulary import (
    BASIS_WORDS,
    BLOCK_WORDS,
    DENOMINATOR_WORDS,
    DIRECTION_WORDS,
    MEASURE_WORDS,
    SCOPE_WORDS,
    UNIT_WORDS,
    word,
)
from sandyq_desktop.views.order_draft import amount, number

HIDDEN: Final = "apportioned"
"""The measure that a plain sum becomes by itself where a dimension splits lines."""
METERS: Final[Mapping[str, Text]] = {"net_invested": N_("net invested"), "market_value": N_("market value")}
NUMBERS: Final = frozenset({*LEVELS, *HEAD_NUMBERS, "cure_days"})
_WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "measure": MEASURE_WORDS, "unit": UNIT_WORDS, "direction": DIRECTION_WORDS, "denominator": DENOMINATOR_WORDS,
    "basis": BASIS_WORDS, "group_by": SCOPE_WORDS, "block_at": BLOCK_WORDS, "binding_meter": METERS,
}


class History:
    """A draft with undo and redo. Consecutive changes of one field are undone together."""

    def __init__(self) -> None:
        self.draft: Draft | None = None
        self._first: Draft | None = None
        self._done: list[Draft] = []
        self._undone: list[Draft] = []
        self._cell: tuple[str, int, str] | None = None

    def begin(self, draft: Draft) -> None:
        """Start anew from a draft."""
        self.draft = self._first = draft
        self._done, self._undone, self._cell = [], [], None

    def change(self, draft: Draft, cell: tuple[str, int, str] | None = None) -> None:
        """Take the next state; `cell` is the limit, part and key that was typed in."""
        if draft == self.draft or self.draft is None:
            return
        if cell is None or cell != self._cell:
            self._done.append(self.draft)
        self.draft, self._cell = draft, cell
        self._undone.clear()

    def step(self, *, back: bool) -> bool:
        """Undo or redo; False when there is nothing to go to."""
        come, go = (self._done, self._undone) if back else (self._undone, self._done)
        if not come or self.draft is None:
            return False
        go.append(self.draft)
        self.draft, self._cell = come.pop(), None
        return True

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    @property
    def touched(self) -> bool:
        """Whether anything differs from where the draft began."""
        return self.draft != self._first


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stands: the mandate itself (no limit), a limit, and the part of it that is in sight."""

    limit: str = ""
    part: int = 1


def typed(key: str, text: str, unit: str, code: str) -> str:
    """Return what a person typed as the draft takes it: numbers in plain form, per cent as a ratio. Raises BadInput."""
    text = text.strip()
    if key not in NUMBERS or not text:
        return text
    per_cent = unit == "ratio" and key in LEVELS
    plain = text.removesuffix("%").strip() if per_cent else text
    found = number(plain, code)
    if found is None:
        found = amount(plain, code)
    if found is None:
        raise BadInput("bad-number", N_("{value} is not a number.", value=text))
    return canonical(quotient(found, HUNDRED) if per_cent else found)


def written(draft: Draft, place: Place, part: int, key: str, language: Language) -> str:
    """Return a field as it is shown; `part` 0: a key of the limit or of the mandate."""
    text = shown(draft, place.limit, part, key)
    if key in NUMBERS and text:
        value = Decimal(text)
        ratio = key in LEVELS and shown(draft, place.limit, part, "unit") == "ratio"
        return language.number(product(value, HUNDRED) if ratio else value)
    return text


def choices(key: str, draft: Draft, place: Place) -> Sequence[tuple[str, Text]]:
    """Return what a field can be chosen from, by the measure of the part; what it has now is always among it."""
    part = place.part if key != "binding_meter" else 0
    now = shown(draft, place.limit if part else "", part, key)
    measure = BY_NAME.get(shown(draft, place.limit, place.part, "measure")) if part else None
    match key:
        case "measure":
            names = sorted((m.name for m in MEASURES if m.name != HIDDEN),
                           key=lambda name: str(word(MEASURE_WORDS, name)))
        case "unit":
            names = sorted(measure.units) if measure else list(UNIT_WORDS)
        case "denominator":
            ratio = shown(draft, place.limit, place.part, "unit") == "ratio"
            own = (measure.denominators if measure else DENOMINATORS) if ratio else frozenset()
            names = sorted(own) if own else [""]
        case "basis":
            names = [name for name in BASIS_WORDS if name in (measure.bases if measure else BASES)]
        case "group_by":
            names = ["", *sorted(groups_of(measure) if measure else ())]
        case _:
            names = list(_WORDS[key])
    listed = names if now in names else [*names, now]
    own_whole = measure is not None and not measure.denominators
    nothing = {"group_by": N_("all lines together"),
               "denominator": N_("as the measure says") if own_whole else DENOMINATOR_WORDS[""]}
    return [(name, nothing[key] if not name and key in nothing else word(_WORDS[key], name)) for name in listed]
