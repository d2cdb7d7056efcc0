"""Two versions of a mandate in sentences: what a board member reads before signing."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mandate_trees

from sandyq.basics.errors import BadInput
from sandyq.basics.language import ENGLISH
from sandyq.limits.draft import Draft
from sandyq.limits.mandate_diff import Change, changed_limits, differences
from sandyq_resources import catalogues, text

EXAMPLE = text("mandates", "example.toml")
OLD = Draft.of(EXAMPLE)
DAY = date(2026, 12, 1)


def changes(new: Draft) -> tuple[Change, ...]:
    new = new.as_version("v4", DAY)
    return differences(OLD.read(), new.read(), EXAMPLE, new.text)


def sentences(new: Draft) -> list[str]:
    return [ENGLISH.say(change.sentence()).replace("\u202f", " ") for change in changes(new)]


def test_a_raised_cap_is_one_sentence_with_both_levels_and_the_day() -> None:
    assert sentences(OLD.with_part("L01", 1, hard=Decimal(350_000_000))) == [
        "L01, Net invested capital: hard limit 300 000 000 USD → 350 000 000 USD from 01.12.2026"]
    assert sentences(OLD.with_part("L16", 1, hard=Decimal("0.5")))[0].endswith(
        "part 1, One spot fund: hard limit 45 % → 50 % from 01.12.2026")


def test_it_is_said_in_the_mandates_own_titles_and_in_the_readers_language() -> None:
    change = changes(OLD.with_part("L01", 1, hard=Decimal(350_000_000)))[0]
    russian = catalogues.language("ru")
    assert "Чистые вложения" in russian.say(change.sentence("ru"))
    assert (change.code, change.limit, change.part, change.before, change.after) == (
        "hard", "L01", 1, "300000000", "350000000")


def test_added_and_ended_limits_and_parts_are_named() -> None:
    assert any("L09" in s and "the limit ends" in s for s in sentences(OLD.without_limit("L09")))
    added = sentences(OLD.added_limit("L12"))
    assert len(added) == 1
    assert "new limit, warning 8 %, hard limit 10 %" in added[0]
    ended = sentences(OLD.without_part("L23", 2))
    assert any("part 2, " in s and "ends, hard limit 60 000 000 USD" in s for s in ended)
    assert any("is new" in s for s in sentences(OLD.added_part("L01")))


def test_a_tranche_that_comes_or_goes_is_one_sentence_and_a_later_day_of_one_that_stays_another() -> None:
    plan = '\n[[tranche]]\nid = "T1"\namount = 5_000_000\nearliest = 2026-12-08\n'
    later = plan.replace("12-08", "12-15")

    def told(before: str, after: str) -> list[tuple[str, str]]:
        found = differences(OLD.read(), OLD.read(), EXAMPLE + before, EXAMPLE + after)
        return [(change.code, ENGLISH.say(change.text).replace("\u202f", " ")) for change in found]

    assert told("", plan) == [("section-tranche", "[tranche] T1 is put in: amount 5000000, earliest 2026-12-08")]
    assert told(plan, "") == [("section-tranche", "[tranche] T1 is taken out: amount 5000000, earliest 2026-12-08")]
    assert told(plan, later) == [("section-tranche", "[tranche] T1.earliest 08.12.2026 → 15.12.2026")]


def test_a_level_that_comes_or_goes_is_a_dash() -> None:
    assert sentences(OLD.with_part("L02", 1, soft=None)) == [
        "L02, Market value / gross gold-FX assets: soft limit 0.5 % → — from 01.12.2026"]


def test_words_scope_measure_and_conventions_are_told_too() -> None:
    told = sentences(OLD.with_limit("L02", clause="At most one half of one per cent.", cure_days=30)
                     .with_part("L11", 1, scope={"kind": ["treasury_company", "miner"]}, basis="cost")
                     .with_head(maximum=Decimal(400_000_000)))
    assert any("clause" in s and "At most one half" in s for s in told)
    assert any("cure period in business days 20 → 30" in s for s in told)
    assert any("scope Kind: treasury_company → Kind: treasury_company, miner" in s for s in told)
    assert any("basis market value → cost" in s for s in told)
    assert any("[mandate] maximum 300 000 000 → 400 000 000" in s for s in told)
    assert len(told) == 5


def test_a_document_and_a_first_day_that_follow_the_mandate_are_said_once() -> None:
    assert sentences(OLD.with_head(document="EX-4")) == ["[mandate] document EX-3 → EX-4 from 01.12.2026"]


def test_only_what_is_measured_otherwise_is_tried_anew() -> None:
    found = changes(OLD.with_limit("L02", clause="Another.").with_part("L16", 1, hard=Decimal("0.5"))
                    .without_limit("L09").added_limit("L12"))
    assert changed_limits(found) == ("L16", OLD.added_limit("L12").limits[-1]["id"])


def test_the_first_version_of_a_book_differs_from_nothing_by_all_its_limits() -> None:
    found = differences(None, OLD.read())
    assert {change.code for change in found} == {"limit-added"}
    assert len(found) == len(OLD.limits)


@given(mandate_trees.mandate(), mandate_trees.mandate())
@settings(max_examples=60, deadline=None)
def test_nothing_differs_from_itself_and_every_difference_can_be_said(one: dict[str, Any],
                                                                      other: dict[str, Any]) -> None:
    first, second = Draft(one), Draft(other)
    try:
        left, right = first.read(), second.read()
    except BadInput:
        return
    assert differences(left, left, first.text, first.text) == ()
    found = differences(left, right, first.text, second.text)
    for change in found:
        assert ENGLISH.say(change.sentence())
    there = {limit.id for limit in left.limits} - {limit.id for limit in right.limits}
    assert {change.limit for change in found if change.code == "limit-ended"} == there
