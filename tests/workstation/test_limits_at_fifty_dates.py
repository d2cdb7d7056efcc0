"""All limits of the example mandate on fifty days of a book on real data, against a second computation."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import limits_again
import pytest
import recomputation as again
from driving import BOOKINGS, run_json

pytestmark = pytest.mark.data

ELSEWHERE = {22, 24, 25, 27, 28, 32}
"""Limits that speak of an order only (22, 24, 25); below (28); in tests/risk (27) and by hand (32)."""
ORDER = ("breach", "soft_breach", "unknown", "warning", "ok", "upcoming", "not_applicable")


def fifty_days(data: Path) -> list[str]:
    sessions = sorted(day for day in again._closes(data, "IBIT") if day >= "2024-02-21")
    return [sessions[place * (len(sessions) - 1) // 49] for place in range(50)]


@pytest.fixture(scope="module")
def mandate() -> dict[str, list[dict[str, Any]]]:
    file = Path(__file__).resolve().parents[2] / "resources" / "sandyq_resources" / "mandates" / "example.toml"
    return limits_again.thresholds(file)


@pytest.fixture(scope="module")
def second(shared_data: Path) -> dict[str, dict[str, list[limits_again.Groups]]]:
    """Day → limit → parts, computed from the bare files."""
    sessions = sorted(day for day in again._closes(shared_data, "IBIT") if day >= "2024-02-21")
    falls = limits_again.drawdowns(shared_data, BOOKINGS, sessions)
    return {day: {**limits_again.Day(shared_data, BOOKINGS, day).limits(), "L29": [{"": falls[day]}]}
            for day in fifty_days(shared_data)}


@pytest.fixture(scope="module")
def first(known_book: Path, second: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Day → limit → what Sandyq says."""
    answers = {day: run_json("limits", known_book, "--as-of", day, exits=(0, 3))["limits"] for day in second}
    return {day: {limit["id"]: limit for limit in limits} for day, limits in answers.items()}


def near(found: object, expected: limits_again.Number | None) -> bool:
    if found is None or expected is None:
        return found is None and expected is None
    return abs(float(Fraction(str(found))) - float(expected)) <= 1e-9 * max(abs(float(expected)), 1e-9)


def groups_of(part: dict[str, Any]) -> dict[str, Any]:
    return {group["group"]: group["value"] for group in part["groups"]}


NAMED_AFTER_THE_LARGEST = {("L33", 0), ("L33", 1)}
"""Parts of one group whose name is the largest line in it."""


@pytest.mark.parametrize("name", [f"L{number:02d}" for number in range(1, 34) if number not in ELSEWHERE])
def test_a_limit_agrees_on_all_fifty_days_with_the_second_computation(name: str, first: dict[str, Any],
                                                                      second: dict[str, Any]) -> None:
    differing = []
    for day, limits in second.items():
        for place, wanted in enumerate(limits[name]):
            found = groups_of(first[day][name]["parts"][place])
            if (name, place) in NAMED_AFTER_THE_LARGEST:
                found = dict(zip(wanted, found.values(), strict=True))
            if set(found) != set(wanted) or not all(near(found[group], wanted[group]) for group in wanted):
                differing.append((day, place, found, wanted))
    assert not differing


@pytest.mark.parametrize("name", [f"L{number:02d}" for number in range(1, 34) if number not in ELSEWHERE])
def test_the_state_of_a_limit_agrees_on_all_fifty_days(name: str, first: dict[str, Any], second: dict[str, Any],
                                                       mandate: dict[str, list[dict[str, Any]]]) -> None:
    differing = []
    for day, limits in second.items():
        states = {limits_again.state(values, part) for values, part in zip(limits[name], mandate[name], strict=True)}
        worst = min(states, key=ORDER.index)
        if first[day][name]["state"] != worst:
            differing.append((day, first[day][name]["state"], worst))
    assert not differing


def test_the_loss_of_the_hardest_winter_agrees_on_all_fifty_days_and_the_worst_scenario_speaks(
        first: dict[str, Any], shared_data: Path) -> None:
    library = Path(__file__).resolve().parents[2] / "resources" / "sandyq_resources" / "stress" / "library.toml"
    for day, limits in first.items():
        losses = groups_of(limits["L28"]["parts"][0])
        again_lost = limits_again.Day(shared_data, BOOKINGS, day).loss(library, "winter-2022")
        assert near(losses["winter-2022"], again_lost), day
        assert Fraction(limits["L28"]["value"]) == max(Fraction(loss) for loss in losses.values()), day


def test_nothing_is_unsettled_unless_it_was_traded_within_two_days(first: dict[str, Any]) -> None:
    """The keepers of this book have no rating: that part is Unknown, and the exposure to brokers is known beside it."""
    for day, limits in first.items():
        brokers, keepers = limits["L32"]["parts"]
        assert brokers["value"] is not None, day
        assert keepers["state"] == limits["L32"]["state"] == "unknown", day
