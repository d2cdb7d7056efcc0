"""Look a mandate over before two persons sign it: what is missing, contradicts itself or can never take effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits import lint_scopes
from sandyq.limits.draft import Draft
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.mandate_diff import Change
from sandyq.limits.measures import BY_NAME
from sandyq.limits.toml import read_mandate
from sandyq.limits.toml_writer import write_toml
from sandyq.limits.vocabulary import SCOPE_WORDS, amount, word
from sandyq.reference.kinds import Kind

Names = Mapping[str, frozenset[str]]
"""What a book knows, by dimension of a scope, and ``calendar`` and ``reserves``; a dimension without names is not
checked."""

OWN_TRADES: Final = frozenset({"net_invested", "pace", "first_tranche", "short_count"})
"""Measures that only our own trades move: nothing is breached passively."""
_NOTICES: Final = frozenset({"drawdown", "programme"})
"""Measures on whose excess somebody decides; there is no position to cure."""
_SHARES: Final = frozenset({"custodian", "coin_mix", "stale_share", "fallback_share"})
"""Measures that are a share of a whole: never over 1."""
_SUSPICIOUS: Final = Decimal(10)
"""A ratio above this was most likely meant in per cent."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One finding about a mandate. `part` counts from 1, 0 for the whole limit; `limit` empty for the mandate."""

    severity: Severity
    code: str
    limit: str
    text: Text
    remedy: Text
    part: int = 0


def lint_text(text: str, names: Names | None = None) -> tuple[Defect, ...]:
    """Return what is wrong with a mandate file: every limit that cannot be read, then what `lint` says of the rest."""
    try:
        return lint(read_mandate(text, "mandate"), names)
    except BadInput as error:
        first = error
    try:
        draft = Draft.of(text)
        read_mandate(write_toml({**draft.tree, "limit": []}), "mandate")
    except BadInput as error:
        return (_unreadable("", error),)
    found, good = list[Defect](), list[object]()
    for limit in draft.limits:
        try:
            read_mandate(write_toml({**draft.tree, "limit": [limit]}), "mandate")
            good.append(limit)
        except BadInput as error:
            found.append(_unreadable(str(limit.get("id", "")), error))
    if not found:
        return (_unreadable("", first),)
    try:
        rest = lint(read_mandate(write_toml({**draft.tree, "limit": good}), "mandate"), names)
    except BadInput as error:
        rest = (_unreadable("", error),)
    return (*found, *rest)


def _unreadable(limit: str, error: BadInput) -> Defect:
    place = error.where.partition(": ")[2] or error.where
    return Defect(Severity.ERROR, "unreadable", limit, N_("{place}: {what}", place=place, what=error.what),
                  N_("Correct it; a mandate with this is not accepted."))


def lint(mandate: Mandate, names: Names | None = None) -> tuple[Defect, ...]:
    """Return every defect of a mandate, errors first, then in the order of its limits."""
    found = [defect for check in _OF_MANDATE for defect in check(mandate, names or {})]
    for limit in mandate.limits:
        for check in _OF_LIMIT:
            found += check(mandate, limit, names or {})
    order = {limit.id: place for place, limit in enumerate(mandate.limits)}
    return by_severity(sorted(found, key=lambda d: (order.get(d.limit, -1), d.part)))


def by_severity(defects: Iterable[Defect]) -> tuple[Defect, ...]:
    """Return defects with the errors first; of one severity they stay in their order."""
    return tuple(sorted(defects, key=lambda d: list(Severity)[::-1].index(d.severity)))


def errors(defects: Iterable[Defect]) -> tuple[Defect, ...]:
    return tuple(defect for defect in defects if defect.severity is Severity.ERROR)


def lint_changes(changes: Iterable[Change]) -> tuple[Defect, ...]:
    """Return a warning for every limit whose soft or hard level changes while its clause stays as it was."""
    listed = tuple(changes)
    told = {change.limit for change in listed if change.code in {"clause", "limit-added", "limit-ended"}}
    moved = dict.fromkeys(change.limit for change in listed if change.code in {"soft", "hard"})
    return tuple(_warn("clause-unchanged", limit, N_("A level changes and the clause stays as it was."),
                       N_("Read the clause: it has to say the new level.")) for limit in moved
                 if limit not in told)


# ---- the mandate as a whole

def _head(mandate: Mandate, names: Names) -> Iterator[Defect]:
    del names
    if not mandate.document:
        yield _warn("no-document", "", N_("The mandate names no document."), N_("Give the document of the decision."))
    if not mandate.body:
        yield _warn("no-body", "", N_("The mandate names no approving body."), N_("Say who approved it."))
    if not mandate.minimum <= mandate.target <= mandate.maximum:
        yield _warn("size-order", "", N_("Minimum, target and maximum of the sleeve are not in order."),
                    N_("Put them in order."))
    if not mandate.limits:
        yield _warn("no-limits", "", N_("The mandate has no limit."), N_("Add at least the cap on the whole sleeve."))


def _cap(mandate: Mandate, names: Names) -> Iterator[Defect]:
    del names
    caps = [(limit, number, part) for limit in mandate.limits for number, part in enumerate(limit.parts, 1)
            if part.measure == mandate.binding_meter and part.unit == "USD" and not part.scope and not part.group_by
            and part.direction == "max" and not part.denominator and part.basis in {"market_value", "cost"}]
    if mandate.limits and not caps:
        yield _warn("cap-without-limit", "", N_("No limit holds the sleeve to its maximum of {amount}.",
                                                amount=amount(mandate.maximum, mandate.currency)),
                    N_("Add a limit of the binding meter in US dollars."))
    for limit, number, part in caps:
        if part.hard is not None and mandate.currency == "USD" and part.hard != mandate.maximum:
            yield Defect(Severity.WARNING, "cap-differs", limit.id, N_(
                "The hard limit of {hard} is not the mandate's maximum of {maximum}.", hard=amount(part.hard, "USD"),
                maximum=amount(mandate.maximum, "USD")), N_("Change both with one version."), number)


def _ramp_up(mandate: Mandate, names: Names) -> Iterator[Defect]:
    del names
    shares = [limit.id for limit in mandate.limits if any(part.denominator == "sleeve" for part in limit.parts)]
    if shares and not mandate.ramp_up_floor:
        yield _warn("no-ramp-up", "", N_(
            "Limits divide by the sleeve, and there is no ramp-up floor: the first purchase exceeds them ({limits}).",
            limits=", ".join(shares)), N_("Set ramp_up_floor."))
    if mandate.ramp_up_floor > mandate.maximum:
        yield _warn("ramp-up-above-maximum", "", N_("The ramp-up floor is above the maximum of the sleeve."),
                    N_("Lower the ramp-up floor."))


def _gate(mandate: Mandate, names: Names) -> Iterator[Defect]:
    del names
    for limit in mandate.limits:
        if mandate.gate is None and any(part.measure.startswith("gate") for part in limit.parts):
            yield _warn("no-gate", limit.id, N_("The limit asks for the entry gate, and the mandate has none."),
                        N_("Add the section [gate], or take the limit out."))
    if mandate.gate is None and any(tranche.gate for tranche in mandate.tranches):
        yield _warn("no-gate", "", N_("Tranches wait for the entry gate, and the mandate has none."),
                    N_("Add the section [gate], or let the tranches go without it."))
    planned = sum((tranche.amount for tranche in mandate.tranches), ZERO)
    if planned > mandate.maximum:
        yield Defect(Severity.ERROR, "tranches-over-maximum", "", N_(
            "The tranches sum to {planned}, more than the maximum of {maximum}.", planned=planned,
            maximum=mandate.maximum), N_("Lower the tranches or raise the maximum."))


def _positive_list(mandate: Mandate, names: Names) -> Iterator[Defect]:
    known = names.get("symbol", frozenset())
    for entry in mandate.positive_list:
        if known and entry.symbol and entry.symbol not in known:
            yield Defect(Severity.INFO, "unknown-name", "", N_(
                "The positive list names {name}, which the book does not know.", name=entry.symbol),
                N_("Check the spelling, or import the instrument."))


def _overlaps(mandate: Mandate, names: Names) -> Iterator[Defect]:
    del names
    parts = [(limit, number, part) for limit in mandate.limits for number, part in enumerate(limit.parts, 1)]
    for (one, first, part), (two, second, other) in combinations(parts, 2):
        if (lint_scopes.same_yardstick(part, other) and lint_scopes.same_time(one, two)
                and lint_scopes.intersect(part.scope, other.scope)):
            yield from _overlap(one, first, part, two, second, other)


def _overlap(one: Limit, first: int, part: Part, two: Limit, second: int, other: Part) -> Iterator[Defect]:
    contains, silences = lint_scopes.contains, lint_scopes.silences
    over, under = contains(part.scope, other.scope), contains(other.scope, part.scope)
    here, there = N_("{limit}, part {n}", limit=one.id, n=first), N_("{limit}, part {n}", limit=two.id, n=second)
    silent = N_("It never binds before {other}, which covers the same lines and is no looser.", other=here)
    tighten = N_("Tighten it, or take it out.")
    if over and under and lint_scopes.levels(part) == lint_scopes.levels(other):
        yield Defect(Severity.WARNING, "duplicate", two.id, N_("It says the same as {other}.", other=here),
                     N_("Take one of them out."), second)
    elif over and (silences(part, other) or lint_scopes.follows(part, other)):
        limit, number = (two, second) if silences(part, other) else (one, first)
        text = silent if limit is two else Text(silent.template, {"other": there})
        yield Defect(Severity.WARNING, "never-binds", limit.id, text, tighten, number)
    elif under and (silences(other, part) or lint_scopes.follows(other, part)):
        limit, number = (one, first) if silences(other, part) else (two, second)
        text = silent if limit is two else Text(silent.template, {"other": there})
        yield Defect(Severity.WARNING, "never-binds", limit.id, text, tighten, number)
    elif set(part.scope) == set(other.scope):
        # Scopes by different dimensions (a kind, a currency) cross each other by nature; that is no finding.
        yield Defect(Severity.INFO if over != under else Severity.WARNING, "overlap", two.id, N_(
            "It covers lines of {other} with other levels; both count.", other=here),
            N_("Keep both if that is meant."), second)


# ---- one limit

def _words(mandate: Mandate, limit: Limit, names: Names) -> Iterator[Defect]:
    if not limit.clause:
        yield _warn("limit-without-clause", limit.id, N_("The limit has no clause."),
                    N_("Copy the clause of the mandate's document."))
    if not limit.document:
        yield _warn("limit-without-document", limit.id, N_("The limit names no document."), N_("Name the document."))
    if not limit.section:
        yield _warn("limit-without-section", limit.id, N_("The limit names no section of its document."),
                    N_("Name the section."))
    missing = [code for code in ("en", "ru", "kk") if not limit.title.get(code)]
    if missing:
        yield Defect(Severity.INFO, "limit-without-title", limit.id, N_("The limit has no title in {languages}.",
                                                                        languages=", ".join(missing)),
                     N_("Add the title."))
    if limit.valid_to is not None and limit.valid_to < max(limit.valid_from, mandate.valid_from):
        yield _warn("never-in-force", limit.id, N_("The limit ends before this version begins."),
                    N_("Take it out, or move its last day."))
    calendars = names.get("calendar", frozenset())
    if calendars and limit.calendar not in calendars:
        yield _warn("unknown-calendar", limit.id, N_("There is no calendar {name}.", name=limit.calendar),
                    N_("Use one of {names}.", names=", ".join(sorted(calendars))))


def _cure(mandate: Mandate, limit: Limit, names: Names) -> Iterator[Defect]:
    del mandate, names
    passive = [part for part in limit.parts if part.block_at != "none" and part.measure in BY_NAME
               and not BY_NAME[part.measure].order_only and part.measure not in OWN_TRADES | _NOTICES
               and part.options.get("blocks") != "buys"]
    if passive and limit.cure_days is None:
        yield _warn("no-cure", limit.id, N_("Prices alone can breach the limit, and there is no cure period."),
                    N_("Set cure_days in business days."))


def _levels(mandate: Mandate, limit: Limit, names: Names) -> Iterator[Defect]:
    del mandate, names
    for number, part in enumerate(limit.parts, 1):
        here = (limit.id, number)
        known = [level for level in (part.warn, part.soft, part.hard) if level is not None]
        if part.soft is None and part.hard is None:
            yield _part(Severity.WARNING, "only-warns", here, N_("The part warns and never binds: it has no soft and "
                                                                 "no hard level."), N_("Set a soft or a hard level."))
        elif part.block_at == "soft" and part.soft is None:
            yield _part(Severity.WARNING, "block-without-level", here, N_(
                "Orders are refused beyond the soft limit, and there is none."), N_("Set a soft level."))
        if len(set(known)) < len(known):
            yield _part(Severity.WARNING, "levels-equal", here, N_(
                "Two levels are equal, so one of them says nothing."), N_("Move one of them, or leave it out."))
        if part.unit == "ratio" and any(level > _SUSPICIOUS for level in known):
            yield _part(Severity.WARNING, "per-cent", here, N_(
                "A level of {level} is far beyond the whole; ratios are plain, 0.4 is 40 %.",
                level=amount(max(known), "ratio")), N_("Divide it by 100."))
        elif _never(part):
            yield _part(Severity.WARNING, "never-binds", here, N_("The limit in force, {level}, can never be exceeded.",
                                                                  level=amount(part.in_force, part.unit)),
                        N_("Tighten it, or take it out."))


def _never(part: Part) -> bool:
    level = part.in_force
    if level is None:
        return False
    if part.direction == "min":
        return level <= ZERO
    bounded = part.unit == "ratio" and (part.measure in _SHARES or (
        part.measure == "market_value" and part.denominator == "sleeve" and part.basis == "market_value"))
    return bounded and level >= ONE


def _scopes(mandate: Mandate, limit: Limit, names: Names) -> Iterator[Defect]:
    for number, part in enumerate(limit.parts, 1):
        here = (limit.id, number)
        for key, values in part.scope.items():
            named = [value.removeprefix("!") for value in values]
            unknown = [value for value in named if not _is_known(key, value, names)]
            for value in unknown:
                yield _part(Severity.WARNING, "unknown-name", here, N_(
                    "The scope names {name}, which the book does not know as {dimension}.", name=value,
                    dimension=word(SCOPE_WORDS, key)), N_("Check the spelling, or import what is missing."))
        room, _, series = part.denominator.partition(":")
        if room == "reserves" and names.get("reserves") and series not in names["reserves"]:
            yield _part(Severity.WARNING, "unknown-series", here, N_(
                "The book has no figures of the reserves series {series}: the limit is Unknown.", series=series),
                N_("Import the series."))
        wanted = {value for value in part.scope.get("kind", ()) if not value.startswith("!")}
        allowed = set(mandate.allowed_kinds)
        if wanted and allowed and not wanted & allowed:
            yield _part(Severity.INFO, "kind-not-allowed", here, N_("The mandate allows none of the kinds in scope."),
                        N_("Keep it if the holding is to be watched until it is sold."))


def _is_known(key: str, value: str, names: Names) -> bool:
    if key == "kind":
        return value in Kind.__members__.values()
    known = names.get(key)
    return not known or value in known


def _warn(code: str, limit: str, text: Text, remedy: Text) -> Defect:
    return Defect(Severity.WARNING, code, limit, text, remedy)


def _part(severity: Severity, code: str, here: tuple[str, int], text: Text, remedy: Text) -> Defect:
    return Defect(severity, code, here[0], text, remedy, here[1])


_OF_MANDATE: Final[tuple[Callable[[Mandate, Names], Iterator[Defect]], ...]] = (
    _head, _cap, _ramp_up, _gate, _positive_list, _overlaps)
_OF_LIMIT: Final[tuple[Callable[[Mandate, Limit, Names], Iterator[Defect]], ...]] = (_words, _cure, _levels, _scopes)
