"""A limit change is a version: by two persons, from a day on, with older results as they were (F010, G14)."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desks import CHECKER, DAY, MAKER, approved, at_work, enrolled, small
from driving import run, run_json, written

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.language import ENGLISH
from sandyq.limits.draft import Draft
from sandyq.limits.result import State
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import utc_now

Q = Question(DAY)
TOMORROW = utc_now().date() + timedelta(days=1)
KEYS = {"--reason": "Board decision 12"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return enrolled(small(tmp_path / "books"))


def raised(file: Path, hard: str = "0.6", day: date = TOMORROW, reason: str = "Board decision 12") -> str:
    """Propose L16 with another hard limit; returns the reference."""
    with at_work(file) as station:
        draft = station.rulebook.draft(Q).with_part("L16", 1, hard=Decimal(hard)).with_head(valid_from=day)
        return station.rulebook.propose(Q, draft.text, reason).proposal


def close_day(file: Path) -> None:
    with at_work(file) as station:
        reference = station.records.close_day(Q, "the test's book is small").proposal
    approved(file, reference)


def sheet(file: Path, out: Path, moment: Any) -> list[str]:
    with at_work(file) as station:
        issued = station.report(Question(DAY, moment), "limit-sheet", out, "en")
    return [hashlib.sha256(item.path.read_bytes()).hexdigest() for item in issued]


def test_a_version_waits_for_a_second_person_and_rules_from_its_first_day(file: Path) -> None:
    reference = raised(file)
    with at_work(file) as station:
        assert [v.mandate.version for v in station.rulebook.versions(Q)] == ["v1"]
        with pytest.raises(Refused):
            station.people.approve(reference)
    approved(file, reference)
    with at_work(file) as station:
        first, second = station.rulebook.versions(Q)
        before = station.limits(Q).by_id("L16")
        after = station.limits(Question(TOMORROW)).by_id("L16")
    assert (first.until, first.in_force, second.in_force) == (TOMORROW - timedelta(days=1), True, False)
    assert (second.prepared_by, second.approved_by, second.proposal) == (MAKER, CHECKER, reference)
    assert before is not None
    assert after is not None
    assert before.limit.parts[0].hard == Decimal("0.40")
    assert after.limit.parts[0].hard == Decimal("0.6")
    assert before.state is State.BREACH, "56,000 of 110,000 in one fund is over 40 per cent, and stays so"


def test_yesterdays_results_are_untouched_to_the_byte(file: Path, tmp_path: Path) -> None:
    close_day(file)
    with at_work(file) as station:
        moment = station.journal(Q)[-1].known_at
        frozen = station.records.closed_days(Q)[0].content_hash
        replayed = station.records.replay(Question(DAY, moment)).content_hash
    printed = sheet(file, tmp_path / "before", moment)
    approved(file, raised(file))
    with at_work(file) as station:
        closed = station.records.closed_days(Q)[0]
        assert (closed.content_hash, closed.restated) == (frozen, False)
        assert station.records.replay(Question(DAY, moment)).content_hash == replayed
        difference = station.records.restatement(Q, DAY).difference
        assert [figure for figure in difference.figures if figure.old != figure.new] == []
        assert station.verify().holds
    assert sheet(file, tmp_path / "after", moment) == printed
    assert printed


def test_no_version_begins_on_a_closed_day_by_whatever_way(file: Path, tmp_path: Path) -> None:
    early = raised(file, day=DAY)
    close_day(file)
    with pytest.raises(Refused) as refused:
        raised(file, "0.7", day=DAY)
    assert refused.value.code == "mandate-retroactive"
    with pytest.raises(Refused) as late:
        approved(file, early)
    assert late.value.code == "mandate-retroactive", "the day was closed after it was proposed"
    with at_work(file) as station:
        text = station.rulebook.draft(Q).with_part("L16", 1, hard=Decimal("0.7")).with_head(valid_from=DAY).text
        other = written(tmp_path / "mandate.toml", text)
        with pytest.raises(Refused) as imported:
            station.accept([other])
        assert imported.value.code == "mandate-retroactive"
        assert [v.mandate.version for v in station.rulebook.versions(Q)] == ["v1"]
        assert station.rulebook.first_free_day() == TOMORROW
    later = raised(file, day=DAY + timedelta(days=1))
    assert later, "the day after is open"


def test_what_cannot_be_a_version_is_refused_with_the_reason(file: Path) -> None:
    with at_work(file) as station:
        desk, draft = station.rulebook, station.rulebook.draft(Q)
        changed = draft.with_part("L16", 1, hard=Decimal("0.6"))
        for text, reason, code in (
            (draft.text, "none", "no-change"), (changed.text, "  ", "no-reason"),
            (changed.with_head(version="v1").text, "r", "version-used"),
            (changed.with_head(valid_from=date(2020, 1, 1)).text, "r", "version-day-taken"),
            (changed.with_part("L16", 1, unit="days").text, "r", "bad-mandate"), ("x = [", "r", "bad-mandate"),
        ):
            with pytest.raises((Refused, BadInput)) as refused:
                desk.propose(Q, text, reason)
            assert refused.value.code == code
        with pytest.raises(BadInput) as past:
            desk.propose(Question(DAY, utc_now()), changed.text, "r")
        assert past.value.code == "proposes-now"
        assert station.people.proposals() == ()


def test_who_approves_reads_the_changes_and_the_authors_bench(file: Path) -> None:
    with at_work(file) as station:
        draft = station.rulebook.draft(Q).with_part("L16", 1, hard=Decimal("0.6"))
        bench = station.rulebook.bench(Q, draft.text, first=date(2025, 10, 1))
        reference = station.rulebook.propose(Q, draft.text, "Board decision 12", bench=bench).proposal
    with at_work(file, CHECKER) as station:
        brief = station.rulebook.brief(Q, reference)
        assert [ENGLISH.say(c.sentence()) for c in brief.review.changes] == [
            f"L16, One spot fund: hard limit 40 % → 60 % from {TOMORROW:%d.%m.%Y}"]
        assert brief.reason == "Board decision 12"
        assert brief.bench is not None
        counts = brief.bench["limits"]["L16"]
        assert (counts["failed"], counts["in_force"] > 0) == (0, True)
    approved(file, reference)
    with at_work(file, CHECKER) as station:
        assert len(station.rulebook.brief(Q, reference).review.changes) == 1, "still told against what was before it"
        with pytest.raises(BadInput):
            station.rulebook.brief(Q, "P-9999")


def test_a_proposal_is_made_once(file: Path) -> None:
    assert raised(file) == raised(file)


def test_the_next_draft_follows_the_latest_version_even_before_it_is_in_force(file: Path) -> None:
    approved(file, raised(file))
    with at_work(file) as station:
        draft = station.rulebook.draft(Q)
        assert (draft.head["version"], draft.part("L16", 1)["hard"]) == ("v3", Decimal("0.6"))
        assert draft.head["valid_from"] > TOMORROW


def test_an_empty_book_and_a_book_without_mandate_answer_in_sentences(tmp_path: Path) -> None:
    with at_work(small(tmp_path)) as station:
        with pytest.raises(BadInput) as none:
            station.rulebook.version(Question(DAY, book="nowhere"))
        assert none.value.code == "no-mandate"
        assert station.rulebook.versions(Question(DAY, book="nowhere")) == ()
        with pytest.raises(BadInput) as unknown:
            station.rulebook.version(Q, "v9")
        assert unknown.value.code == "no-version"


# ---- by command

def test_every_step_is_a_command(tmp_path: Path) -> None:
    file = small(tmp_path / "books")
    shown = run_json("mandate", "show", file)
    assert (shown["version"], [limit["id"] for limit in shown["limits"]]) == ("v1", ["L01", "L16"])
    assert [v["version"] for v in run_json("mandate", "versions", file)["versions"]] == ["v1"]
    assert {m["name"] for m in run_json("mandate", "choices")["measures"]} >= {"market_value", "net_invested"}
    out = tmp_path / "draft.toml"
    made = run_json("mandate", "set", file, "L16", "--hard", "60%", "--clause", "At most 60.", "--out", out)
    assert [change["code"] for change in made["changes"]] == ["clause", "hard"]
    assert Draft.of(out.read_text()).part("L16", 1)["hard"] == Decimal("0.6")
    assert [c["code"] for c in run_json("mandate", "diff", file, out)["changes"]] == ["clause", "hard"]
    tried = run_json("mandate", "bench", file, out, "--from", "2025-10-01")
    assert (tried["limits"][0]["limit"], tried["limits"][0]["failed"]) == ("L16", 0)
    assert tried["limits"][0]["failed_in_force"] == tried["limits"][0]["gone"] > 0
    done = run_json("mandate", "propose", file, out, "--reason", "Board decision 12")
    assert done["entry"], "one person records it in a book without people"
    assert [v["version"] for v in run_json("mandate", "versions", file)["versions"]] == ["v1", "v2"]
    assert [c["code"] for c in run_json("mandate", "diff", file, "--from", "v1", "--to", "v2")["changes"]] == [
        "clause", "hard"]
    toml = run("mandate", "show", file, "--version", "v2", "--toml").stdout
    assert toml == out.read_text(), "the file is kept as it was proposed"
    added = run_json("mandate", "set", file, "new", "--set", "measure=days_to_exit", "--hard", "5", "--set",
                     "title.en=Days to exit", "--dry-run")
    assert "limit-added" in [change["code"] for change in added["changes"]]


def test_lint_by_command_ends_with_one_when_there_is_an_error(tmp_path: Path) -> None:
    file = small(tmp_path / "books")
    draft = Draft.of(run("mandate", "show", file, "--toml").stdout).with_part("L16", 1, unit="days")
    bad = written(tmp_path / "bad.toml", draft.text)
    found = run_json("mandate", "lint", file, bad, exits=(1,))
    assert found["errors"] == 1
    assert found["findings"][0]["limit"] == "L16"
    codes = {finding["code"] for finding in run_json("mandate", "lint", file)["findings"]}
    assert {"limit-without-section", "no-cure", "no-ramp-up"} <= codes


@pytest.mark.parametrize(("words", "code"), [
    (("set", "L99", "--hard", "1"), "no-limit"), (("set", "L16", "--hard", "x"), "bad-number"),
    (("set", "L16", "--part", "3", "--hard", "1"), "no-part"), (("set", "L16", "--set", "colour=red"), "no-such-key"),
    (("set", "L16", "--set", "colour"), "bad-option"), (("set", "L16", "--set", "valid_to=soon"), "bad-date"),
    (("set", "L16", "--hard", "50%"), "no-reason"), (("show", "--version", "v7"), "no-version"),
    (("show", "--limit", "L99"), "no-limit"), (("review", "P-0001"), "no-proposal"),
])
def test_a_mistake_is_told_and_nothing_is_recorded(tmp_path: Path, words: tuple[str, ...], code: str) -> None:
    file = small(tmp_path / "books")
    command, *rest = words
    answer = run("mandate", command, file, *rest, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["error"]["code"] == code
    assert len(run_json("mandate", "versions", file)["versions"]) == 1


def test_a_first_day_in_the_past_is_explained_and_one_on_a_closed_day_is_an_error(file: Path) -> None:
    def told(day: date) -> set[str]:
        with at_work(file) as station:
            draft = station.rulebook.draft(Q).with_part("L16", 1, hard=Decimal("0.6")).with_head(valid_from=day)
            return {d.code for d in station.rulebook.review(Q, draft.text).defects}

    assert "begins-in-the-past" in told(DAY)
    assert "begins-in-the-past" not in told(TOMORROW)
    close_day(file)
    assert "mandate-retroactive" in told(DAY)
    assert "begins-in-the-past" in told(DAY + timedelta(days=1))


def test_another_books_first_mandate_is_held_against_nothing_of_the_sleeve(tmp_path: Path) -> None:
    file = small(tmp_path / "books")
    draft = Draft.of(run("mandate", "show", file, "--toml").stdout)
    second = draft.with_head(name="Second cap", valid_from=TOMORROW)
    second = Draft({**second.tree, "mandate": {**second.head, "book": "second"}})
    out = written(tmp_path / "second.toml", second.text)
    done = run_json("mandate", "propose", file, out, "--reason", "a book of its own")
    assert (done["base"], {change["code"] for change in done["changes"]}) == (None, {"limit-added"})
    with at_work(file) as station:
        assert [v.mandate.name for v in station.rulebook.versions(Question(DAY, book="second"))] == ["Second cap"]
        assert [v.mandate.name for v in station.rulebook.versions(Q)] == ["One cap"]


def test_a_version_that_has_begun_is_never_edited_in_place(tmp_path: Path) -> None:
    file = small(tmp_path / "books")
    begun = Draft.of(run("mandate", "show", file, "--toml").stdout)
    edited = written(tmp_path / "edited.toml", begun.with_part("L16", 1, hard=Decimal("0.9")).text)
    for words in (("mandate", "propose", file, edited, "--reason", "r"), ("import", file, edited)):
        answer = run(*words, "--json")
        assert answer.exit_code == 3
        assert json.loads(answer.stdout)["error"]["code"] == "version-day-taken"
    assert run_json("mandate", "show", file)["limits"][1]["parts"][0]["hard"] == "0.4"


def test_a_version_that_has_not_begun_is_replaced_by_another_text(tmp_path: Path) -> None:
    file = small(tmp_path / "books")
    run_json("mandate", "set", file, "L16", "--hard", "60%", "--reason", "first", "--valid-from", TOMORROW)
    waiting = Draft.of(run("mandate", "show", file, "--version", "v2", "--toml").stdout)
    better = written(tmp_path / "better.toml", waiting.with_part("L16", 1, hard=Decimal("0.5")).text)
    run_json("mandate", "propose", file, better, "--reason", "a slip of the pen")
    found = run_json("mandate", "versions", file)["versions"]
    assert [version["version"] for version in found] == ["v1", "v2"]
    assert run_json("mandate", "show", file, "--version", "v2")["limits"][1]["parts"][0]["hard"] == "0.5"
