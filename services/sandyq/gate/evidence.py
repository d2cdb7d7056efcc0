"""A gate's day as evidence: canonical text of its state and of every test, under a hash; and how two of them differ.

The text is what is stored each day (F074). It holds what was known when it was recorded; data that come later make
another text, never another record (F076).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sandyq.control.chain import canonical_json
from sandyq.gate.machine import GateDay, Rule

FORM: Final = 1
"""The form of the text; a later form gets a number of its own."""
_DIGITS: Final = 9
"""Statistics are rounded to so many digits, which another machine repeats."""


@dataclass(frozen=True, slots=True)
class TestThen:
    """One test as the evidence has it; `known_from` is the day of the last value that it looked at, None: none."""

    __test__ = False  # not a case for pytest

    id: str
    kind: str
    required: bool
    value: float | None
    threshold: float | None
    passed: bool
    known_from: date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was recorded of a gate's day. `entries`: the journal's entries that were counted."""

    book: str
    day: date
    state: str
    dwell: int
    dwell_needed: int
    lapsed: bool
    entries: int
    mandate: str
    tests: tuple[TestThen, ...]

    @property
    def failed(self) -> bool:
        """Whether a required test failed."""
        return not self.lapsed and self.dwell == 0


def spelled_day(book: str, rule: Rule, day: GateDay, known_from: Sequence[date | None], mandate: str,
                entries: int) -> str:
    """Return the canonical text of a day; `known_from` runs with the rule's tests."""
    tests = [{"id": test.id, "kind": test.criterion.name, "required": test.required, "value": _rounded(value),
              "threshold": _rounded(threshold), "passed": passed, "known_from": known.isoformat() if known else None,
              "settings": {name: str(setting) for name, setting in sorted(test.settings.items())}}
             for test, value, threshold, passed, known in zip(
                 rule.tests, day.values, day.thresholds, day.passed, known_from, strict=True)]
    return canonical_json({
        "form": FORM, "book": book, "day": day.day.isoformat(), "entries": entries, "mandate": mandate,
        "coin": rule.coin, "dwell_needed": rule.dwell, "lapse": rule.lapse, "state": day.state.value,
        "dwell": day.dwell, "lapsed": day.lapsed, "tests": tests})


def read_day(text: str) -> Evidence:
    """Read what `spelled_day` wrote. Raises ValueError or KeyError for any other text."""
    said: Mapping[str, Any] = json.loads(text)
    tests = tuple(TestThen(one["id"], one["kind"], one["required"], _number(one["value"]), _number(one["threshold"]),
                           one["passed"], date.fromisoformat(one["known_from"]) if one["known_from"] else None)
                  for one in said["tests"])
    return Evidence(said["book"], date.fromisoformat(said["day"]), said["state"], said["dwell"], said["dwell_needed"],
                    said["lapsed"], said["entries"], said["mandate"], tests)


def day_hash(text: str) -> str:
    """Return SHA-256 (hex) of a text."""
    return sha256(text.encode()).hexdigest()


def differences(then: Evidence, now: Evidence) -> tuple[tuple[str, str | None, str | None], ...]:
    """Return (what, then, now) of everything that another knowledge says otherwise: state, dwell, tests by id."""
    found: list[tuple[str, str | None, str | None]] = [
        (name, str(getattr(then, name)), str(getattr(now, name))) for name in ("state", "dwell")
        if getattr(then, name) != getattr(now, name)]
    before, after = ({test.id: test for test in day.tests} for day in (then, now))
    for name in dict.fromkeys((*before, *after)):
        old, new = (_said(tests.get(name)) for tests in (before, after))
        if old != new:
            found.append((name, old, new))
    return tuple(found)


def _said(test: TestThen | None) -> str | None:
    if test is None:
        return None
    value = "Unknown" if test.value is None else f"{test.value:g}"
    return f"{value} {'pass' if test.passed else 'fail'}"


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.{_DIGITS}g}"


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
