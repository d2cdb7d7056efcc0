"""Eligibility by command: answers as JSON and text, exit codes, refusals in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from custody_books import DAY, record, sleeve
from driving import run, run_json

from sandyq.reference.reserve_questions import QUESTIONS
from sandyq.workstation.people import make_key

PASSPHRASE = "a passphrase of these tests"
ANSWERS = [word for name in QUESTIONS for word in ("--answer", f"{name}=yes;Prospectus, page 3")]


def told(code: int, *words: object) -> str:
    """What a command says that ends with an exit code."""
    result = run(*words)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("Manager 1", "Risk 1"):
        make_key(folder / f"{name}.key", name, PASSPHRASE)
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "b.sandyq"
    with sleeve(path) as station:
        record(station, [("programme_holding", (0, "Fund M", "BNB fund", DAY.isoformat(), "BNB", "5", "4000000", "USD",
                                                "Ministry", "Letter 5"))])
    return path


@pytest.fixture
def staffed(book: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SANDYQ_KEY_PASSPHRASE", PASSPHRASE)
    for name, role in (("Manager 1", "manager"), ("Risk 1", "risk")):
        run_json("person", "add", book, name, "--role", role, "--key", keys / f"{name}.key")
    return book


def test_a_hold_and_what_follows_from_it(book: Path) -> None:
    done = run_json("hold", book, "FBTC", "--reason", "Notice of closing", "--source", "Notice 7")
    assert (done["proposal"], done["tables"]) == (None, ["eligibility_status"])
    answer = run_json("permits", book)
    first = answer["instruments"][0]
    assert (first["symbol"], first["purchases"], first["decision"]["since"]) == ("FBTC", "hold_no_buy", DAY.isoformat())
    assert [item["purchases"] for item in answer["instruments"][1:]] == ["eligible"] * 3
    assert run_json("permits", book, "--as-of", "2025-09-29")["instruments"][0]["purchases"] == "eligible"
    assert "Notice of closing" in told(3, "check", book, "--order", "buy 1 FBTC @ 100", "--json")
    plain = run("permits", book).stdout
    assert plain.index("FBTC") < plain.index("IBIT")
    assert "Notice of closing" in plain
    items = {item["name"]: item for item in run_json("eligibility", book, "FBTC")["items"]}
    assert (items["purchases"]["value"], items["purchases"]["day"]) == ("hold, no buy", DAY.isoformat())


def test_the_way_back_and_a_worksheet_wait_for_a_second_person(staffed: Path, keys: Path) -> None:
    manager, risk = (["--key", keys / f"{name}.key"] for name in ("Manager 1", "Risk 1"))
    waiting = run_json("hold", staffed, "FBTC", "--reason", "Notice", *manager, exits=(6,))["proposal"]
    told(3, "approve", staffed, waiting, *manager)
    run_json("approve", staffed, waiting, *risk)
    assert "[backdated]" in told(3, "reinstate", staffed, "FBTC", "--reason", "Over", *manager)
    run_json("reinstate", staffed, "FBTC", "--from", "2025-10-01", "--reason", "Over", *manager, exits=(6,))
    sheet = run_json("worksheet", staffed, "IBIT", *ANSWERS, "--conclusion", "reserve_asset", *manager, exits=(6,))
    run_json("approve", staffed, sheet["proposal"], *risk)
    found = run_json("worksheets", staffed, "IBIT")["worksheets"][0]
    assert (found["conclusion"], found["signed_by"]) == ("reserve_asset", ["Manager 1", "Risk 1"])
    assert {item["answer"] for item in found["answers"]} == {"yes"}
    whole = run("worksheets", staffed, "IBIT").stdout
    assert "Is it a claim on a non-resident?" in whole
    assert run("worksheets", staffed).stdout.count("No worksheet") == 2


def test_bad_answers_are_said_and_nothing_is_recorded(book: Path) -> None:
    head = run_json("verify", book)["head"]
    sheet = ("worksheet", book, "IBIT", "--conclusion", "reserve_asset")
    assert "[answer-form]" in told(1, *sheet, "--answer", "liquid=perhaps")
    assert "[worksheet-open]" in told(1, *sheet)
    assert "[two-persons]" in told(6, *sheet, *ANSWERS)
    assert "[no-worksheet]" in told(1, "worksheets", book, "NOPE")
    assert "[unknown-instrument]" in told(1, "hold", book, "NOPE", "--reason", "x")
    assert run_json("verify", book)["head"] == head


def test_an_election_for_tokens_is_refused_by_exit_code(book: Path) -> None:
    offer = ("elect", book, "E-1", "IBIT", "--option", "tokens", "--option", "cash", "--day", DAY)
    assert "Elect cash instead. [token]" in told(3, *offer, "--choice", "tokens")
    run_json(*offer)
    (found,) = run_json("elections", book)["elections"]
    assert (found["choice"], found["options"]) == ("cash", ["tokens", "cash"])
    assert "cash" in run("elections", book).stdout


def test_parties_of_an_account_are_asked_about(book: Path) -> None:
    assert run_json("party-check", book, "--account", "C")["refusals"] == []
    with_party = book.with_name("parties.csv")
    with_party.write_text("party,name,kind,country,status\n"
                          "Custodian S,Custodian S,securities_custodian,US,sanctioned\n", encoding="utf-8")
    run_json("import", book, with_party)
    refused = run_json("party-check", book, "--account", "C", "--symbol", "FBTC", exits=(3,))["refusals"]
    assert [item["code"] for item in refused] == ["party-sanctioned", "party-unlicensed"]
    assert "under sanctions" in told(3, "party-check", book, "--account", "C")


def test_the_programme_in_words_and_numbers(book: Path) -> None:
    answer = run_json("programme", book)
    assert (answer["sleeve_usd"], answer["total_usd"], answer["ceiling_usd"]) == ("105000.00", "4105000.00", None)
    assert answer["participants"][0]["vehicles"][0]["quantity"] == "5"
    plain = run("programme", book).stdout
    assert "BNB fund: BNB" in plain
    assert "4 105 000.00" in plain.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_programme_of_which_nothing_but_the_sleeve_is_known_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "alone.sandyq"
    sleeve(path).close()
    answer = run_json("programme", path)
    assert answer["participants"] == []
    assert answer["sleeve_usd"] is not None
    assert (answer["total_usd"], answer["headroom_usd"]) == (None, None)


@pytest.mark.parametrize("command", ["permits", "worksheets", "programme", "elections"])
def test_an_empty_book_answers_in_sentences(tmp_path: Path, command: str) -> None:
    book = tmp_path / "empty.sandyq"
    run("new", book, "--mandate", "example")
    assert run(command, book, "--json").exit_code == 0
    assert run(command, book, "--language", "ru").exit_code == 0
