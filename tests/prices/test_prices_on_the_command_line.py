"""The commands for prices as two people would type them, each with a key of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from price_books import book, price_file

from sandyq.cli.__main__ import cli

Run = Callable[..., tuple[int, Any]]
MANAGER, RISK = "Manager 1", "Risk 1"
SECRET = "a long passphrase of tests"
PRICES = price_file([("2026-01-05", "IBIT", "50"), ("2026-01-06", "IBIT", "51"), ("2026-01-05", "THIN", "10")], "V A")
OTHER = price_file([("2026-01-06", "IBIT", "52")], "V B")


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the book and the key files of two enrolled persons; copied for each test."""
    folder = tmp_path_factory.mktemp("enrolled")
    book(folder, PRICES, OTHER).close()
    for name, role in ((MANAGER, "manager"), (RISK, "risk")):
        said = ["person", "add", str(folder / "b.sandyq"), name, "--role", role, "--key", str(folder / f"{name}.key"),
                "--actor", MANAGER, "--json"]
        result = CliRunner(env={"SANDYQ_KEY_PASSPHRASE": SECRET}).invoke(cli, said)
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def run(enrolled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Each call is one command with --json, by one of the two persons where it says so."""
    monkeypatch.setenv("SANDYQ_KEY_PASSPHRASE", SECRET)
    shutil.copytree(enrolled, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "b.sandyq"

    def call(*words: object, by: str = "") -> tuple[int, Any]:
        said = [str(word) for word in words]
        if by:
            said += ["--actor", by, "--key", str(tmp_path / f"{by}.key")]
        result = CliRunner().invoke(cli, [*said, "--json"])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, json.loads(result.stdout)

    def at(*words: object, by: str = "") -> tuple[int, Any]:
        return call(*[file if word == "BOOK" else word for word in words], by=by)

    return at


def test_a_price_waits_with_exit_code_six_and_counts_after_the_second_person(run: Run) -> None:
    words = ("price", "set", "BOOK", "THIN", "11", "--date", "2026-01-07", "--reason", "Broker", "--expires",
             "2026-01-09")
    code, answer = run(*words, by=MANAGER)
    assert code == 6
    reference = answer["proposal"]
    assert answer["waits_for_second_person"]
    (waiting,) = run("price", "list", "BOOK", "--as-of", "2026-01-07")[1]["manual_prices"]
    assert (waiting["state"], waiting["proposal"]) == ("proposed", reference)
    assert run("approve", "BOOK", reference, by=MANAGER)[0] == 3
    assert run("approve", "BOOK", reference, by=RISK)[0] == 0
    (shown,) = run("price", "list", "BOOK", "--as-of", "2026-01-07")[1]["manual_prices"]
    assert (shown["state"], shown["author"], shown["approver"], shown["close"]) == ("in_force", MANAGER, RISK, "11")
    holdings = run("holdings", "BOOK", "--as-of", "2026-01-07")[1]["lines"]
    assert next(line for line in holdings if line["symbol"] == "THIN")["price"] == "11"
    tree = run("explain", "BOOK", "holdings/THIN/price", "--as-of", "2026-01-07")[1]
    assert tree["source"]["actor"] == RISK
    code, answer = run("price", "withdraw", "BOOK", "THIN", "--date", "2026-01-07", "--reason", "wrong", by=RISK)
    assert code == 6
    assert run("approve", "BOOK", answer["proposal"], by=MANAGER)[0] == 0
    (gone,) = run("price", "list", "BOOK", "--as-of", "2026-01-07")[1]["manual_prices"]
    assert gone["state"] == "withdrawn"
    assert run("verify", "BOOK")[1]["holds"]


def test_without_a_key_nothing_is_proposed(run: Run) -> None:
    code, answer = run("price", "set", "BOOK", "THIN", "11", "--date", "2026-01-07", "--reason", "x", "--expires",
                       "2026-01-09", "--actor", "Somebody 1")
    assert code == 3
    assert answer["error"]["code"] == "key-needed"


def test_breaks_sources_and_ranks(run: Run) -> None:
    (found,) = run("price", "breaks", "BOOK", "--from", "2026-01-01", "--to", "2026-01-31")[1]["breaks"]
    assert (found["used"], found["other_close"], found["difference_bp"]) == ("V B", "51", "192.31")
    assert found["row"]["file"] == "prices-1.csv"
    assert found["other_row"]["file"] == "prices-0.csv"
    code, answer = run("price", "rank", "BOOK", "V A", "1", "--tolerance-bp", "200", "--reason", "review", by=MANAGER)
    assert code == 6
    assert run("approve", "BOOK", answer["proposal"], by=RISK)[0] == 0
    sources = run("price", "sources", "BOOK")[1]["sources"]
    assert [(item["source"], item["rank"], item["tolerance_bp"], item["rows"]) for item in sources] == [
        ("V A", 1, "200", 3), ("V B", None, None, 1)]
    assert run("price", "breaks", "BOOK", "--from", "2026-01-01", "--to", "2026-01-31")[1]["breaks"] == []
    tree = run("explain", "BOOK", "holdings/IBIT/price", "--as-of", "2026-01-06")[1]
    assert tree["value"] == "51"
    assert "192.3" not in tree["note"]
    said = next(part for part in tree["parts"] if part["key"].endswith("/sources"))
    assert said["value"] == "V A"
    assert "1 of 2" in said["note"]
    assert "196.1" in said["note"]
    holdings = run("holdings", "BOOK", "--as-of", "2026-01-06")[1]
    assert "196.1" in holdings["price_sources"]["IBIT"]
    line = next(item for item in holdings["lines"] if item["symbol"] == "IBIT")
    assert (line["price_time"], line["price_type"]) == ("16:00 America/New_York", "close")


def test_completeness_levels_and_decisions(run: Run) -> None:
    answer = run("completeness", "BOOK", "--from", "2026-01-05", "--to", "2026-01-09")[1]
    assert {item["symbol"]: (item["market"], item["expected"], item["present"]) for item in answer["instruments"]} == {
        "IBIT": ("NYSE", 5, 2), "THIN": ("AIX", 4, 1)}
    code, answer = run("level", "set", "BOOK", "IBIT", "2", "--reason", "Block", "--from", "2026-01-06", by=MANAGER)
    assert code == 6
    assert run("approve", "BOOK", answer["proposal"], by=RISK)[0] == 0
    answer = run("levels", "BOOK", "--as-of", "2026-01-06", "--since", "2026-01-05")[1]
    assert {item["symbol"]: (item["level"], item["decided"]) for item in answer["levels"]} == {
        "IBIT": (2, True), "THIN": (2, False)}
    assert {item["symbol"]: (item["from"]["level"], item["to"]["level"]) for item in answer["transfers"]} == {
        "IBIT": (1, 2), "THIN": (1, 2)}


@pytest.mark.parametrize("words", [
    ("price", "list"), ("price", "breaks"), ("price", "sources"), ("completeness",), ("levels",)])
def test_each_question_also_answers_in_plain_words(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    run("price", "set", "BOOK", "THIN", "11", "--date", "2026-01-05", "--reason", "Broker", "--expires", "2026-01-09",
        by=MANAGER)
    more = ["--from", "2026-01-01"] if words[-1] in {"breaks", "completeness"} else []
    result = CliRunner().invoke(cli, [*words, str(tmp_path / "b.sandyq"), *more])
    assert result.exit_code == 0, result.output
    assert result.output.strip()
