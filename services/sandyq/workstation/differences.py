"""What two moments say about one day, with the facts in between and each cause's part of the change (F027, F072).

The parts come from replacing one group of facts after the other, in the order of `Cause`, and computing the day again:
they sum exactly to the change. A part belongs to the order in which it is taken; the order is always the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.errors import BadInput, SandyqError
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.collector import paused_collector
from sandyq.control.records import Entry
from sandyq.limits.result import LimitsRun, State
from sandyq.reference.facts import TABLES
from sandyq.store.changes import RowChange, changes_between, rows_by_id
from sandyq.store.store import Row
from sandyq.workstation.contract import Question
from sandyq.workstation.flattened import Shown, absent, figures, limit_values
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.mixing import CAUSES, mixed, same_state, same_values
from sandyq.workstation.picture import Picture
from sandyq.workstation.recorded import Cause, Difference, FactChange, FigureChange, LimitChange
from sandyq.workstation.stepping import stepped

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_LISTED: Final = 200
"""Facts listed per cause; the rest is counted."""
_EXACT: Final = Context(prec=200)
"""Differences of figures of 50 significant digits are exact in this precision, so that parts sum exactly."""
_NOT_SHOWN: Final = frozenset({"source", "note", "text", "quality", "evidence", "instrument"})


def difference(station: Workstation, as_of: date, known_from: datetime, known_to: datetime | None,
               book: str) -> Difference:
    """Return what is said about a day at two moments. Figures Unknown at either moment have no parts."""
    if known_to is not None and known_to < known_from:
        raise BadInput("moments-reversed", N_("The first moment is after the second one."))
    seen = _Facts(station)
    with station.store.reading(), paused_collector():
        for change in changes_between(station.store, known_from, known_to, tuple(CAUSES), as_of):
            seen.add(change)
        new = station.picture(Question(as_of, known_to, book))
        at_hand = new.knowledge.head == station.store.visible(known_to).limit
        if at_hand and not station.knows(known_from):
            station.learn(known_from, stepped(station.store, new.knowledge, known_to, known_from))
        old = station.picture(Question(as_of, known_from, book))
        steps = [(Cause.RESIDUAL, new)] if not seen.causes else _steps(old, new, seen.causes)
        return Difference(as_of, known_from, known_to, _figures(old, steps), limit_changes(old.limits, new.limits),
                          tuple(seen.listed()), seen.more)


def _steps(old: Picture, new: Picture, causes: Iterable[Cause]) -> list[tuple[Cause, Picture]]:
    """Return the pictures on the way from one moment to the other, the last one being the later picture itself."""
    taken: set[Cause] = set()
    steps: list[tuple[Cause, Picture]] = []
    ends = (old, new)
    for cause in Cause:
        if cause in causes:
            taken.add(cause)
            steps.append((cause, _picture(mixed(old.knowledge, new.knowledge, taken), ends)))
    return [*steps, (Cause.RESIDUAL, new)]


def _picture(known: Knowledge, ends: tuple[Picture, Picture]) -> Picture:
    """Return the picture of a mixture; one of an end itself where it knows the same, and an end's lots likewise."""
    for end in reversed(ends):
        if same_state(known, end.knowledge):
            if same_values(known, end.knowledge):
                return end
            return Picture(known, end.as_of, book=end.book, state=end.state)
    return Picture(known, ends[0].as_of, book=ends[0].book)


def _figures(old: Picture, steps: Sequence[tuple[Cause, Picture]]) -> tuple[FigureChange, ...]:
    """Return every figure that either moment has, with its parts."""
    first = figures(old)
    taken = [(cause, _safely(picture)) for cause, picture in steps[:-1]]
    last = figures(steps[-1][1])
    found = []
    for key in dict.fromkeys((*first, *last)):
        shown = last.get(key) or first[key]
        values = [_value(stage, key) for stage in (first, *(stage for _, stage in taken), last)]
        causes = [cause for cause, _ in taken]
        found.append(FigureChange(key, shown.label, shown.unit, values[0], values[-1], _parts(causes, values)))
    return tuple(found)


def _safely(picture: Picture) -> Mapping[str, Shown] | None:
    """Return the figures of a step, None where the mixture cannot be computed: a sale whose shares come later."""
    with suppress(SandyqError):
        return figures(picture)
    return None


def _value(stage: Mapping[str, Shown] | None, key: str) -> Decimal | None:
    if stage is None:
        return None
    shown = stage.get(key)
    return shown.value if shown else absent(key)


def _parts(causes: Sequence[Cause], values: Sequence[Decimal | None]) -> tuple[tuple[Cause, Decimal | None], ...]:
    """Return (cause, part) for every cause that moved the figure; steps in between that are Unknown join the first.

    Where an end is Unknown there are no amounts, only the causes at which the figure changed.
    """
    old, new = values[0], values[-1]
    if old is None or new is None:
        pairs = zip((*causes, Cause.RESIDUAL), values[:-1], values[1:], strict=True)
        return tuple((cause, None) for cause, before, after in pairs if before != after)
    parts: dict[Cause, Decimal] = {}
    opened: Cause | None = None
    with localcontext(_EXACT):
        for cause, value in zip((*causes, Cause.RESIDUAL), values[1:], strict=True):
            opened = opened or cause
            if value is None:
                continue
            if value != old:
                parts[opened] = parts.get(opened, ZERO) + value - old
            old, opened = value, None
    return tuple((cause, parts[cause]) for cause in Cause if parts.get(cause))


def limit_changes(before: LimitsRun, after: LimitsRun) -> tuple[LimitChange, ...]:
    """Return every limit of either run with its value and state in both."""
    titles = {result.limit.id: result.limit.title for run in (before, after) for result in run.results}
    old, new = limit_values(before), limit_values(after)
    nothing: tuple[str, Decimal | None, State] = ("", None, State.NOT_APPLICABLE)
    found = []
    for name, title in titles.items():
        first, second = old.get(name, nothing), new.get(name, nothing)
        found.append(LimitChange(name, title, second[0] or first[0], (first[1], second[1]), (first[2], second[2])))
    return tuple(found)


@dataclass(slots=True)
class _Facts:
    """Collects what changed: the first of each cause in full, the rest counted."""

    station: Workstation
    kept: dict[Cause, list[FactChange]] = field(default_factory=dict)
    more: int = 0
    entries: dict[int, Entry | None] = field(default_factory=dict)

    @property
    def causes(self) -> set[Cause]:
        return set(self.kept)

    def add(self, change: RowChange) -> None:
        cause = CAUSES[change.table]
        kept = self.kept.setdefault(cause, [])
        if len(kept) >= _LISTED:
            self.more += 1
            return
        kept.append(self._fact(cause, change))

    def listed(self) -> list[FactChange]:
        return [fact for cause in Cause for fact in self.kept.get(cause, ())]

    def _fact(self, cause: Cause, change: RowChange) -> FactChange:
        entry = self._entry(change.entry)
        rows = rows_by_id(self.station.store, change.table, [number for number in (change.old, change.new) if number])
        before, after = rows.get(change.old or 0), rows.get(change.new or 0)
        row = after or before
        assert row is not None
        assert entry is not None
        reason = change.reason or str(entry.payload.get("reason", ""))
        return FactChange(change.table, " ".join(filter(None, change.key)), cause, change.how,
                          described(change.table, before, after), described(change.table, after, before), entry.actor,
                          entry.known_at, reason, Origin(row[1], row[2]))

    def _entry(self, seq: int) -> Entry | None:
        if seq not in self.entries:
            self.entries[seq] = self.station.store.entry(seq)
        return self.entries[seq]


def described(table: str, row: Row | None, other: Row | None) -> str:
    """Return a fact's values in one line: those in which it differs from the other one, or what it says at all."""
    if row is None:
        return ""
    facts = TABLES[table]
    pairs = [(name, row[place], other[place] if other else None) for place, name in enumerate(facts.columns, 3)
             if name not in facts.key]
    said = [(name, value) for name, value, against in pairs
            if value not in {None, ""} and (other is None or value != against) and name not in _NOT_SHOWN]
    if not said:
        said = [(name, value) for name, value, against in pairs
                if value not in {None, ""} and name != "text" and (other is None or value != against)]
    return ", ".join(f"{name} {value}" for name, value in said)
