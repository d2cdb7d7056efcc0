"""Gate and tranches by command: the same answers as in the window, with the exit codes of interface.md."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from driving import run, run_json
from gate_books import DAY, Desk


def book_of(desk: Desk) -> Path:
    """Close the book, so that a command may write to it."""
    path = desk.station.path
    desk.station.close()
    return path


def test_the_gate_answers_with_tests_tranches_overrides_and_what_waiting_cost(shaken: Desk) -> None:
    said = run_json("gate", book_of(shaken))
    assert (said["state"], said["dwell"], said["recorded"]) == ("closed", 0, None)
    (test,) = said["criteria"]
    assert (test["id"], test["passed"], test["known_from"]) == ("G5", False, DAY.isoformat())
    assert [one["id"] for one in said["tranches"]] == ["T1", "T2", "T3"]
    assert (said["overrides"], said["overrides_last_year"]) == ([], 0)
    assert said["cost_of_waiting"]["undeployed_usd"] == "112000"


def test_a_tranche_says_why_it_may_not_be_released_and_the_release_is_refused(shaken: Desk) -> None:
    shaken.station.signer = None
    book = book_of(shaken)
    second = run_json("tranches", book)["tranches"][1]
    assert (second["state"], second["may_be_released"]) == ("waits", False)
    assert [one["code"] for one in second["reasons"]] == ["gate-shut"]
    refused = run("release", book, "T2", "--reason", "as planned", "--json")
    assert refused.exit_code == 3
    assert run("release", book, "T9", "--reason", "as planned", "--json").exit_code == 1


def test_a_day_is_recorded_by_command_once_and_made_again(shaken: Desk) -> None:
    shaken.as_person("Risk 1").station.tranches.record_day(shaken.now)
    book = book_of(shaken)
    (day,) = run_json("gate-days", book)["days"]
    again = run_json("gate-day", book, "--replay")
    assert (day["state"], again["holds"], again["changed"]) == ("closed", True, [])
    assert day["content_hash"] == again["hash_again"]
    assert run_json("gate", book)["recorded"]["content_hash"] == day["content_hash"]
    assert run("gate-day", book, "--replay", "--as-of", (DAY - timedelta(days=1)).isoformat()).exit_code == 1


def test_what_is_printed_reads_in_words(calm: Desk) -> None:
    book = book_of(calm)
    assert "OPEN" in run("gate", book).stdout
    printed = run("tranches", book).stdout
    assert "T2" in printed and "ready" in printed and "Cost of waiting" in printed
    assert run("gate", book, "--replay").exit_code == 0
