"""Custody by command: job J3, notes, signed balances, accounts, registers and books as JSON and as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from custody_books import (
    DAY,
    EARLIER,
    account,
    booking,
    enrolled,
    mandate,
    money,
    record,
    sleeve,
    stated,
    true_statement,
)
from driving import run, run_json

from sandyq.control.people import Role
from sandyq.reference.facts import FactRow
from sandyq.workstation.people import make_key

PLANTED = [stated("C", "IBIT", 990, 65), stated("C", "KEEP", 12, 320), money("C", 822_000),
           stated("D", "BITB", 400, "50.3"), money("D", 27_500)]
WORDS = re.compile(r"\{[a-z_]+\}")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return closed(tmp_path / "b.sandyq")


def closed(path: Path, extra: Sequence[tuple[str, FactRow]] = ()) -> Path:
    with sleeve(path, extra):
        return path


def test_j3_breaks_on_top_matched_folded_away(tmp_path: Path) -> None:
    book = closed(tmp_path / "b.sandyq", PLANTED)
    answer = run_json("reconcile", book)
    assert (answer["as_of"], answer["book"], answer["breaks"]) == (DAY.isoformat(), "*", 5)
    assert answer["counts"] == {"matched": 1, "quantity_break": 2, "price_break": 1, "missing_here": 1,
                                "missing_there": 1}
    first = answer["lines"][0]
    assert {name: first[name] for name in ("subject", "match", "ours", "theirs", "difference", "value_usd", "since",
                                           "age_days", "owner")} == {
        "subject": "FBTC.BATS", "match": "missing_there", "ours": "200", "theirs": "0", "difference": "200",
        "value_usd": "20000.00", "since": DAY.isoformat(), "age_days": 0, "owner": "Middle office 1"}
    plain = run("reconcile", book).stdout
    assert "5 breaks, 1 matched" in plain
    assert plain.index("FBTC") < plain.index("KEEP") < plain.index("IBIT")


def test_breaks_are_an_answer_and_with_strict_a_refusal(tmp_path: Path) -> None:
    book = closed(tmp_path / "b.sandyq", PLANTED)
    assert run("reconcile", book).exit_code == 0
    assert run("reconcile", book, "--strict").exit_code == 3
    assert run("reconcile", book, "--strict", "--account", "C", "--tolerance-bp", "0").exit_code == 3
    true = closed(tmp_path / "t.sandyq", true_statement())
    assert run("reconcile", true, "--strict").exit_code == 0
    assert run_json("reconcile", true, "--as-of", "2025-10-10")["lines"][0]["age_days"] == 10


def test_without_a_statement_it_says_so(book: Path) -> None:
    assert run_json("reconcile", book)["lines"] == []
    assert "no statement" in run("reconcile", book).stdout


def test_a_note_is_written_and_shown(tmp_path: Path) -> None:
    book = closed(tmp_path / "b.sandyq", PLANTED)
    run_json("break", book, "--account", "C", "--date", DAY, "--subject", "IBIT", "--owner", "Middle office 2",
             "--note", "Ten units are pledged.", "--status", "explained")
    line = next(line for line in run_json("reconcile", book)["lines"] if line["subject"] == "IBIT.XNAS")
    assert (line["owner"], line["note"], line["status"]) == ("Middle office 2", "Ten units are pledged.", "explained")


def test_a_balance_is_signed_by_command_and_turns_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDYQ_KEY_PASSPHRASE", "a passphrase of several words")
    book, key = tmp_path / "b.sandyq", tmp_path / "m.key"
    signer = make_key(key, "Middle office 1", "a passphrase of several words")
    with sleeve(book, true_statement()) as station:
        proof = station.people.proof(signer, Role.MIDDLE_OFFICE)
        station.people.enrol("Middle office 1", Role.MIDDLE_OFFICE, signer.public_key, proof)
    refused = run_json("sign-balance", book, "C", "--date", DAY, "--actor", "Nobody", exits=(3,))
    assert refused["error"]["code"] == "key-needed"
    run_json("sign-balance", book, "C", "--date", DAY, "--key", key)
    answer = run_json("signed-balances", book, "--as-of", "2025-10-10")
    assert [(item["account"], item["person"], item["holds"]) for item in answer["signed"]] == [
        ("C", "Middle office 1", True)]
    assert run_json("reconcile", book)["signed"][0]["holds"] is True
    with sleeve(tmp_path / "other.sandyq") as station:
        enrolled(station)
        station.custody.sign_balance("C", DAY)
        record(station, [booking("T-9", "buy", "IBIT", 10, 60, "C", EARLIER)])
    red = run_json("signed-balances", tmp_path / "other.sandyq", exits=(3,))
    assert red["signed"][0]["contradictions"] == [
        "IBIT.XNAS: 1\u202f000 was signed, now it is 1\u202f010.",
        "USD: 822\u202f000 was signed, now it is 821\u202f400."]


def test_accounts_and_ladder_by_command(tmp_path: Path) -> None:
    book = closed(tmp_path / "b.sandyq", [booking("T-9", "buy", "IBIT", 100, 65, "C", DAY, date(2025, 10, 1))])
    run_json("open-account", book, "K", "--form", "cbdc", "--currency", "KZT", "--institution", "Central bank",
             "--owner", "Middle office 1")
    found = {item["account"]: item for item in run_json("accounts", book, "--as-of", DAY)["accounts"]}
    assert (found["C"]["booked"], found["C"]["settled"], found["C"]["unsettled"]) == (
        "815500.00", "822000.00", "-6500.00")
    assert (found["K"]["form"], found["K"]["booked"]) == ("cbdc", "0.00")
    (step,) = run_json("ladder", book, "--as-of", DAY)["days"]
    assert (step["day"], step["outflow"], step["balance"], step["references"]) == (
        "2025-10-01", "6500.00", "815500.00", ["T-9"])
    assert run_json("open-account", book, "Z", "--form", "bank_money", exits=(1,))["error"]["code"] == (
        "account-currency")


def registers() -> list[tuple[str, FactRow]]:
    return [("party", (0, "K", "Custodian K", "coin_custodian", "US", "active", None, "register")),
            ("licence", (0, "K", "L-1", "Authority", "custody", "2020-01-01", "2026-01-01", "active", "register")),
            ("party_role", (0, "K", "auditor", "FBTC", None, None, None, "prospectus"))]


def test_registers_by_command(tmp_path: Path) -> None:
    book = closed(tmp_path / "b.sandyq", registers())
    (party,) = run_json("parties", book, "--as-of", DAY)["parties"]
    assert (party["licence"], party["licence_until"], party["findings"]) == ("L-1", "2026-01-01", [])
    later = run_json("parties", book, "--as-of", "2026-02-01")["parties"][0]
    assert [finding["code"] for finding in later["findings"]] == ["licence-expired"]
    entity = run_json("entity", book, "K", "--as-of", DAY)
    assert [(link["holding"], link["counted"]) for link in entity["links"] if link["exposed"]] == [
        ("IBIT.XNAS", True)]
    items = {item["name"]: item for item in run_json("eligibility", book, "IBIT", "--as-of", DAY)["items"]}
    assert items["coin_custodian"]["value"] == "Custodian K"
    assert items["trustee"]["value"] is None
    assert run_json("entity", book, "Nobody", exits=(1,))["error"]["code"] == "no-party"
    assert run_json("eligibility", book, "NOPE", exits=(1,))["error"]["code"] == "no-instrument"


def two_books(tmp_path: Path) -> Path:
    book = tmp_path / "two.sandyq"
    with sleeve(book, [account("D", "Bank T", book="tech"), booking("T-4", "buy", "IBIT", 300, 60, "D")]) as station:
        station.accept([mandate(tmp_path, "Technology", "tech", 40_000)])
    return book


def test_holdings_exposure_and_limits_are_asked_of_one_book_or_of_all(tmp_path: Path) -> None:
    book = two_books(tmp_path)
    assert run_json("books", book)["books"] == [{"name": "sleeve", "mandate": True}, {"name": "tech", "mandate": True}]

    def quantities(*words: str) -> dict[str, str]:
        answer = run_json("holdings", book, "--as-of", DAY, *words)
        return {line["symbol"]: line["quantity"] for line in answer["lines"] if line["quantity"] != "0"
                } | {"book": answer["book"]}

    assert quantities() == {"IBIT": "1000", "FBTC": "200", "book": "sleeve"}
    assert quantities("--book", "tech") == {"IBIT": "300", "BITB": "400", "book": "tech"}
    assert quantities("--book", "*") == {"IBIT": "1300", "FBTC": "200", "BITB": "400", "book": "*"}
    seen = {name: run_json("exposure", book, "--as-of", DAY, "--book", name) for name in ("sleeve", "tech", "*")}
    assert [answer["book"] for answer in seen.values()] == ["sleeve", "tech", "*"]
    assert run_json("limits", book, "--as-of", DAY, "--book", "tech")["book"] == "tech"
    assert run_json("limits", book, "--as-of", DAY)["book"] == "sleeve"
    assert run_json("holdings", book, "--book", "nowhere", exits=(1,))["error"]["code"] == "no-book"


def test_the_consolidated_view_by_command(tmp_path: Path) -> None:
    answer: dict[str, Any] = run_json("consolidated", two_books(tmp_path), "--as-of", DAY)
    assert (answer["book"], answer["books"]) == ("*", ["sleeve", "tech"])
    line = next(line for line in answer["lines"] if line["symbol"] == "IBIT")
    assert line["quantity"] == {"sleeve": "1000", "tech": "300", "*": "1300"}
    assert answer["totals"]["net_invested_usd"] == {"sleeve": "78000.00", "tech": "40000.00", "*": "118000.00"}


@pytest.mark.parametrize("words", [
    ("reconcile",), ("signed-balances",), ("accounts",), ("ladder",), ("stablecoin-fees",), ("parties",),
    ("entity", "K"), ("eligibility", "IBIT"), ("consolidated",), ("issuers",)])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_answer_is_also_a_text(tmp_path: Path, words: tuple[str, ...], language: str) -> None:
    book = closed(tmp_path / "b.sandyq", [*registers(), *PLANTED, booking("FEE-1", "fee", "", 5, 1, "C"),
                                          booking("T-9", "buy", "IBIT", 1, 65, "C", DAY, date(2025, 10, 1)),
                                          ("stablecoin_settlement", (0, "FEE-1", "K", "L-9", "USDX", "5", "1", "f",
                                                                     None))])
    result = run(words[0], book, *words[1:], "--as-of", DAY, language=language)
    assert result.exit_code == 0, result.output
    assert not WORDS.search(result.stdout)
    assert result.stdout.strip() or words == ("signed-balances",)
