"""One printed row for every limit, by id: state, value, unit, thresholds, bar, use, headroom, note."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.basics.language import UNKNOWN, Language
from sandyq.basics.text import N_, Text
from sandyq.limits.result import LimitResult, LimitsRun, PartResult, State
from sandyq.reports.bars import bar
from sandyq.reports.numbers import decimals, faithful, millions, split
from sandyq.reports.words import STATES, scaled, unit_word

Row = dict[str, object]

_LOUD: Final = frozenset({State.BREACH, State.SOFT_BREACH, State.UNKNOWN})
_SILENT: Final = frozenset({State.NOT_APPLICABLE, State.UPCOMING})
_FINE: Final = Decimal("2.5")
"""Per cent: limits up to this size are printed with three digits."""


def limit_rows(run: LimitsRun, language: Language) -> list[Row]:
    """Return the rows in order of their ids: people look limits up."""
    return [_row(result, language) for result in sorted(run.results, key=lambda item: item.limit.id)]


def title(result: LimitResult, language: Language) -> str:
    """Return the limit's title in the language, else in English, else any that the mandate gives."""
    titles = result.limit.title
    return titles.get(language.code) or titles.get("en") or next(iter(titles.values()), result.limit.id)


def _row(result: LimitResult, language: Language) -> Row:
    part = result.worst
    numbers = part is not None and result.state not in _SILENT
    return {
        "state": result.state.value, "word": language.say(STATES[result.state]), "loud": result.state in _LOUD,
        "id": result.limit.id, "title": title(result, language),
        "value": split(value_text(part, language)) if part is not None else (UNKNOWN, ""),
        "unit": unit_word(language, part.part.unit) if part is not None else "",
        **_levels(part, language),
        "bar": bar(part, result.state),
        "use": _use(part, result.state, language) if numbers and part is not None else "",
        "headroom": split(_headroom(part, result.state, language)) if numbers and part is not None else ("", ""),
        "note": note(result, language),
    }


def value_text(part: PartResult, language: Language) -> str:
    """Return the printed value in its printed unit; an em dash for Unknown."""
    if part.value is None:
        return UNKNOWN
    return language.number(scaled(part.value, part.part.unit), value_digits(part))


def value_digits(part: PartResult) -> int | None:
    """Return the decimals of the printed value: by its unit, more when a threshold is that near; None: as it is."""
    unit, force = part.part.unit, part.part.in_force
    if part.value is None or unit not in {"USD", "ratio", "days"}:
        return None
    levels = [scaled(level, unit) for level in (part.part.warn, part.part.soft, part.part.hard) if level is not None]
    digits = 1
    if unit == "ratio":
        digits = 3 if force is not None and abs(scaled(force, unit)) <= _FINE else 2
    return faithful(scaled(part.value, unit), digits, levels)


def _levels(part: PartResult | None, language: Language) -> Row:
    if part is None:
        return {"warn": ("", ""), "soft": ("", ""), "hard": ("", ""), "sign": ""}
    definition = part.part
    found: Row = {"sign": "\u2265\u202f" if definition.direction == "min" else ""}
    levels = {"warn": definition.warn, "soft": definition.soft, "hard": definition.hard}
    printed = {name: scaled(level, definition.unit) for name, level in levels.items() if level is not None}
    digits = max((decimals(level) for level in printed.values()), default=0)
    for name in levels:
        found[name] = split(language.number(printed[name], digits)) if name in printed else ("", "")
    return found


def _use(part: PartResult, state: State, language: Language) -> str:
    if state is State.UNKNOWN:
        return UNKNOWN
    if part.part.direction == "min":
        return language.say("min")
    return "" if part.utilisation is None else language.number(part.utilisation * 100, 0)


def _headroom(part: PartResult, state: State, language: Language) -> str:
    if part.headroom.usd is None:
        return UNKNOWN if state is State.UNKNOWN else ""
    return millions(language, part.headroom.usd)


def note(result: LimitResult, language: Language) -> str:
    """Return the short remark of the row: the run's own note, what is missing, the denominator, or the worst group."""
    if result.note is not None:
        return language.say(result.note)
    part = result.worst
    findings = (*(part.findings if part else ()), *result.findings)
    if result.state is State.UNKNOWN and findings:
        subjects = sorted({finding.subject for finding in findings if finding.subject})
        if subjects:
            return language.say(N_("missing: {what}", what=", ".join(subjects)))
        return language.say(findings[0].text)
    if result.state is State.UPCOMING:
        return language.say(N_("from {day}", day=result.limit.valid_from))
    if part is None:
        return ""
    if part.denominator is not None and part.part.denominator.startswith("reserves"):
        return language.say(denominator(part, language))
    return part.group


def denominator(part: PartResult, language: Language) -> Text:
    """Return the denominator with its date: reserves are published monthly, so their age matters."""
    amount = language.number(None if part.denominator is None else part.denominator / Decimal(1_000_000_000), 1)
    return N_("of {amount} bn, {day}", amount=amount, day=part.denominator_day)
