"""The rule bench: what a draft of a mandate would have said on past days, beside what the mandate of each day said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.limits.evaluate import limit_result
from sandyq.limits.mandate import Limit, Mandate
from sandyq.limits.measures import BY_NAME
from sandyq.limits.result import SEVERITY, LimitResult, State
from sandyq.limits.snapshot import Snapshot

FAILING: Final = frozenset({State.BREACH, State.SOFT_BREACH})


@dataclass(frozen=True, slots=True)
class Tried:
    """One limit on one day: under the draft, and under the mandate of the day (None: it had no such limit).

    `value` and `threshold` (the limit in force) are the draft's, in `unit`; `part` counts from 1; `group` is the worst.
    """

    day: date
    limit: str
    state: State
    in_force: State | None
    value: Decimal | None
    threshold: Decimal | None
    unit: str
    part: int
    group: str

    @property
    def fails(self) -> bool:
        return self.state in FAILING

    @property
    def failed_already(self) -> bool:
        return self.in_force in FAILING


@dataclass(frozen=True, slots=True)
class Span:
    """Tested days in a row on which a limit would have failed; `worst` and `value` are those of its worst day."""

    first: date
    last: date
    days: int
    worst: State
    value: Decimal | None
    day: date


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One limit over all tested days. `new`: days that fail under the draft only; `gone`: under the mandate of the day
    only.
    """

    limit: str
    titles: Mapping[str, str]
    unit: str
    days: int
    failed: int
    failed_in_force: int
    new: int
    gone: int
    warned: int
    unknown: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """The answer of the bench. `cancelled`: only the days up to `last` were tried; `untested` need an order."""

    version: str
    first: date | None
    last: date | None
    days: int
    rows: tuple[BenchRow, ...]
    tried: tuple[Tried, ...]
    """Every limit and day on which the draft fails or its state differs from that of the mandate of the day."""
    untested: tuple[str, ...]
    cancelled: bool = False

    @property
    def failed_days(self) -> int:
        return len({item.day for item in self.tried if item.fails})


def as_if_always(mandate: Mandate) -> Mandate:
    """Return the draft as if it had been in force on every day."""
    limits = tuple(replace(limit, valid_from=date.min) for limit in mandate.limits)
    return replace(mandate, valid_from=date.min, limits=limits)


def testable(limit: Limit) -> bool:
    """Return whether a limit says anything without an order."""
    return not all(part.measure in BY_NAME and BY_NAME[part.measure].order_only for part in limit.parts)


def try_day(day: date, draft: Mandate, after: Snapshot, current: Mandate, before: Snapshot,
            limits: Sequence[str]) -> list[Tried]:
    """Return what limits of the draft say of a day, beside the mandate of that day; headroom is left out."""
    found = []
    for name in limits:
        limit, old = draft.limit(name), current.limit(name)
        if limit is None:
            continue
        result = limit_result(limit, after, day, rooms=False)
        earlier = limit_result(old, before, day, rooms=False) if old is not None else None
        found.append(_tried(day, result, earlier))
    return found


def _tried(day: date, result: LimitResult, earlier: LimitResult | None) -> Tried:
    worst = result.worst
    part = result.parts.index(worst) + 1 if worst is not None else 0
    return Tried(day, result.limit.id, result.state, earlier.state if earlier else None,
                 worst.value if worst else None, worst.part.in_force if worst else None,
                 worst.part.unit if worst else result.limit.parts[0].unit, part, worst.group if worst else "")


def summed(draft: Mandate, tried: Iterable[Tried], limits: Sequence[str], days: Sequence[date], *,
           cancelled: bool = False) -> Bench:
    """Return the bench of tried days."""
    by_limit: dict[str, list[Tried]] = {name: [] for name in limits}
    for item in tried:
        by_limit[item.limit].append(item)
    rows = tuple(_row(limit, by_limit[name]) for name in limits if (limit := draft.limit(name)) is not None)
    kept = tuple(sorted((item for items in by_limit.values() for item in items
                         if item.fails or item.failed_already or (item.in_force is not None
                                                                  and item.state is not item.in_force)),
                        key=lambda item: (item.day, item.limit)))
    untested = tuple(name for name in limits if (limit := draft.limit(name)) is not None and not testable(limit))
    return Bench(draft.version, days[0] if days else None, days[-1] if days else None, len(days), rows, kept,
                 untested, cancelled)


def _row(limit: Limit, items: Sequence[Tried]) -> BenchRow:
    return BenchRow(
        limit.id, limit.title, limit.parts[0].unit, len(items), sum(item.fails for item in items),
        sum(item.failed_already for item in items), sum(item.fails and not item.failed_already for item in items),
        sum(item.failed_already and not item.fails for item in items),
        sum(item.state is State.WARNING for item in items), sum(item.state is State.UNKNOWN for item in items),
        _spans(items))


def _spans(items: Sequence[Tried]) -> tuple[Span, ...]:
    runs: list[list[Tried]] = []
    open_run = False
    for item in items:
        if item.fails:
            if not open_run:
                runs.append([])
            runs[-1].append(item)
        open_run = item.fails
    return tuple(_span(run) for run in runs)


def _span(run: Sequence[Tried]) -> Span:
    def distance(item: Tried) -> Decimal:
        return abs(item.value - item.threshold) if item.value is not None and item.threshold is not None else Decimal(0)

    worst = min(run, key=lambda item: (SEVERITY[item.state], -distance(item)))
    return Span(run[0].day, run[-1].day, len(run), worst.state, worst.value, worst.day)
