"""What changes from one version of a mandate to another, in sentences: limit by limit, then every other section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.mandate_sections import plain, section_changes
from sandyq.limits.vocabulary import (
    BASIS_WORDS,
    BLOCK_WORDS,
    DENOMINATOR_WORDS,
    DIRECTION_WORDS,
    LEVEL_WORDS,
    MEASURE_WORDS,
    SCOPE_WORDS,
    UNIT_WORDS,
    amount,
    word,
)

_NONE: Final = Text("—")
_LABELS: Final = {
    "title": N_("title"), "clause": N_("clause"), "document": N_("document"), "section": N_("section"),
    "valid_to": N_("last day"), "cure_days": N_("cure period in business days"), "calendar": N_("calendar"),
    "owner": N_("owner"), "measure": N_("measure"), "unit": N_("unit"), "direction": N_("direction"),
    "denominator": N_("denominator"), "basis": N_("basis"), "scope": N_("scope"), "group_by": N_("summed by"),
    "block_at": N_("refuses an order"), "options": N_("settings"), "valid_from": N_("first day"),
}
_WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "measure": MEASURE_WORDS, "unit": UNIT_WORDS, "direction": DIRECTION_WORDS, "denominator": DENOMINATOR_WORDS,
    "basis": BASIS_WORDS, "group_by": SCOPE_WORDS, "block_at": BLOCK_WORDS,
}
_OF_LIMIT: Final = ("title", "clause", "document", "section", "valid_from", "valid_to", "cure_days", "calendar",
                    "owner")
_OF_PART: Final = ("measure", "title", "unit", "direction", "denominator", "basis", "scope", "group_by", "block_at",
                   "options")
_START: Final = 48
"""So many letters of a clause are quoted in a sentence."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `limit` is empty for a section of the mandate; `part` counts from 1, 0 for the whole limit.

    `what` names what changes, with `was` and `now` in words where it had and has a value; `before` and `after` are the
    plain values, None where there was none.
    """

    code: str
    limit: str
    what: Text
    before: str | None = None
    after: str | None = None
    part: int = 0
    titles: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None
    """From when it counts: the first day of the new version."""
    was: Text | None = None
    now: Text | None = None

    @property
    def text(self) -> Text:
        """The change without the limit and the day."""
        if self.was is None or self.now is None:
            return self.what
        return N_("{what} {before} → {after}", what=self.what, before=self.was, after=self.now)

    def sentence(self, code: str = "en") -> Text:
        """Return the whole sentence, the limit's title in a language where the mandate has one."""
        title = self.titles.get(code) or self.titles.get("en") or next(iter(self.titles.values()), "")
        if self.limit and title:
            return N_("{limit}, {title}: {change} from {day}", limit=self.limit, title=title, change=self.text,
                      day=self.day)
        if self.limit:
            return N_("{limit}: {change} from {day}", limit=self.limit, change=self.text, day=self.day)
        return N_("{change} from {day}", change=self.text, day=self.day)


def differences(old: Mandate | None, new: Mandate, old_text: str = "", new_text: str = "") -> tuple[Change, ...]:
    """Return what a new version changes, limits first in its order. The texts give the sections beside the limits.

    Version and first day of the mandate itself are no change: every version has its own.
    """
    before = {limit.id: limit for limit in old.limits} if old else {}
    found: list[Change] = []
    for limit in new.limits:
        earlier = before.get(limit.id)
        if earlier is None:
            found.append(Change("limit-added", limit.id, _added(limit), None, limit.id, 0, limit.title, new.valid_from))
        else:
            assert old is not None
            found += _limit(earlier, limit, old, new)
    kept = {limit.id for limit in new.limits}
    found += [Change("limit-ended", limit.id, N_("the limit ends"), limit.id, None, 0, limit.title, new.valid_from)
              for limit in before.values() if limit.id not in kept]
    if old_text and new_text:
        found += [Change(f"section-{one.section}", "", one.what, one.before, one.after, 0, {}, new.valid_from, one.was,
                         one.now) for one in section_changes(old_text, new_text)]
    return tuple(found)


def changed_limits(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return the limits that a version adds or measures otherwise: a new clause alone measures nothing anew."""
    words = {"title", "clause", "document", "section", "owner", "cure_days", "calendar"}
    return tuple(dict.fromkeys(c.limit for c in changes if c.limit and c.code not in words and c.code != "limit-ended"))


def _added(limit: Limit) -> Text:
    levels = _levels(limit.parts[0])
    if len(limit.parts) == 1:
        return N_("new limit, {levels}", levels=levels)
    return N_("new limit of {n} parts, {levels}", n=len(limit.parts), levels=levels)


def _levels(part: Part) -> Text:
    said = [N_("{level} {amount}", level=LEVEL_WORDS[name], amount=amount(value, part.unit))
            for name in ("warn", "soft", "hard") if (value := getattr(part, name)) is not None]
    return joined(said)


def joined(texts: Sequence[Text]) -> Text:
    """Return texts with commas between them, as one text."""
    return Text(", ".join(f"{{t{n}}}" for n in range(len(texts))) or "—", {f"t{n}": t for n, t in enumerate(texts)})


def _limit(old: Limit, new: Limit, before: Mandate, after: Mandate) -> Iterator[Change]:
    def change(code: str, told: _Told, part: int = 0) -> Change:
        return Change(code, new.id, told.what, plain(told.before), plain(told.after), part, new.title,
                      after.valid_from, told.was, told.now)

    inherited = {"document": (before.document, after.document), "valid_from": (before.valid_from, after.valid_from)}
    for name in _OF_LIMIT:
        was, now = getattr(old, name), getattr(new, name)
        if was != now and (was, now) != inherited.get(name):
            yield change(name, _Told(_LABELS[name], was, now, _said(name, was), _said(name, now)))
    several = max(len(old.parts), len(new.parts)) > 1
    for number, earlier, part in _paired(old.parts, new.parts):
        if earlier is None or part is None:
            yield change("part-added" if part else "part-ended", _whole_part(earlier, part, number), number)
            continue
        place = _place(part, number)
        for code, told in _part(earlier, part):
            yield change(code, told.at(place) if several else told, number)


@dataclass(frozen=True, slots=True)
class _Told:
    """One difference on its way into a `Change`."""

    what: Text
    before: object
    after: object
    was: Text | None = None
    now: Text | None = None

    def at(self, place: Text) -> _Told:
        return replace(self, what=N_("{place}: {change}", place=place, change=self.what))


def _whole_part(old: Part | None, new: Part | None, number: int) -> _Told:
    part = new or old
    assert part is not None
    place, levels = _place(part, number), _levels(part)
    text = (N_("{place} is new, {levels}", place=place, levels=levels) if new
            else N_("{place} ends, {levels}", place=place, levels=levels))
    return _Told(text, _name(old), _name(new))


def _part(old: Part, new: Part) -> Iterator[tuple[str, _Told]]:
    for name in ("warn", "soft", "hard"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield name, _Told(LEVEL_WORDS[name], was, now, amount(was, old.unit), amount(now, new.unit))
    for name in _OF_PART:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield name, _Told(_LABELS[name], was, now, _said(name, was), _said(name, now))


def _paired(old: Sequence[Part], new: Sequence[Part]) -> list[tuple[int, Part | None, Part | None]]:
    """Pair parts in order when the counts agree, else those that measure the same thing; with their numbers.

    A part that ends has the number that it had.
    """
    if len(old) == len(new):
        return [(number, *pair) for number, pair in enumerate(zip(old, new, strict=True), 1)]
    left = list(enumerate(old, 1))
    pairs: list[tuple[int, Part | None, Part | None]] = []
    for number, part in enumerate(new, 1):
        same = next((item for item in left if _name(item[1]) == _name(part)), None)
        if same is not None:
            left.remove(same)
        pairs.append((number, same[1] if same else None, part))
    return [*pairs, *((number, part, None) for number, part in left)]


def _name(part: Part | None) -> str | None:
    if part is None:
        return None
    scope = ";".join(f"{key}={','.join(values)}" for key, values in sorted(part.scope.items()))
    options = ";".join(f"{key}={value}" for key, value in sorted(part.options.items()))
    return f"{part.measure}|{part.denominator}|{part.basis}|{part.group_by}|{part.direction}|{scope}|{options}"


def _place(part: Part, number: int) -> Text:
    if part.title:
        return N_("part {n}, {title}", n=number, title=part.title)
    measure = word(MEASURE_WORDS, part.measure)
    if part.group_by:
        return N_("part {n}, {measure} by {group}", n=number, measure=measure, group=word(SCOPE_WORDS, part.group_by))
    return N_("part {n}, {measure}", n=number, measure=measure)


def _said(name: str, value: object) -> Text:
    if value is None or (value == "" and name not in _WORDS):
        return _NONE
    if name == "clause":
        return N_("“{start}…”", start=str(value)[:_START]) if len(str(value)) > _START else Text(
            "“{value}”", {"value": value})
    if name in _WORDS:
        return _NONE if name == "group_by" and not value else word(_WORDS[name], str(value))
    if name == "scope":
        assert isinstance(value, Mapping)
        return joined([N_("{dimension}: {values}", dimension=word(SCOPE_WORDS, key), values=", ".join(values))
                       for key, values in sorted(value.items())])
    if isinstance(value, Mapping):
        return Text("{value}", {"value": ", ".join(f"{key} {item}" for key, item in sorted(value.items())) or "—"})
    return Text("{value}", {"value": value})
