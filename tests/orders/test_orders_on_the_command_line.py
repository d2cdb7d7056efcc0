"""The whole life of an order by commands, with their exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from order_books import Clock, sleeve_of_orders

from sandyq.cli.__main__ import cli
from sandyq.control.people import Role
from sandyq.store import keys as files
from sandyq.store.keys import make_key

PASSPHRASE = "a passphrase of these tests"


class Shell:
    """Commands on one book by two persons with key files."""

    def __init__(self, book: Path, keys: Path) -> None:
        self.book, self.keys = book, keys

    def run(self, command: str, *words: str, by: str = "", code: int = 0) -> dict[str, object]:
        signing = ["--key", str(self.keys / f"{by}.key")] if by else []
        found: Result = CliRunner().invoke(cli, [command, str(self.book), *words, *signing, "--json"],
                                           env={"SANDYQ_KEY_PASSPHRASE": PASSPHRASE})
        assert found.exit_code == code, found.output
        answer: dict[str, object] = json.loads(found.output)
        return answer


@pytest.fixture(scope="module", autouse=True)
def opened_once() -> Iterator[None]:
    """A key file takes a second to open; the same one need not be opened for every command of a test."""
    before = files.load_key
    files.load_key = cache(before)
    yield
    files.load_key = before


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("Manager 1", "Risk 1"):
        make_key(folder / f"{name}.key", name, PASSPHRASE)
    return folder


@pytest.fixture
def shell(tmp_path: Path, keys: Path, clock: Clock) -> Shell:
    from sandyq.workstation.people import open_key

    del clock
    book = tmp_path / "book.sandyq"
    with sleeve_of_orders(book, people=False) as station:
        for name, role in (("Manager 1", Role.MANAGER), ("Risk 1", Role.RISK)):
            key = open_key(keys / f"{name}.key", PASSPHRASE)
            station.people.enrol(name, role, key.public_key, station.people.proof(key, role))
    return Shell(book, keys)


def test_an_order_lives_by_commands_from_proposal_to_the_last_fill(shell: Shell) -> None:
    made = shell.run("propose", "--order", "buy 100 IBIT @ 66", by="Manager 1", code=6)
    assert (made["reference"], made["check"], made["verdict"]) == ("O-0001", "C-0001", "pass")
    shell.run("approve", str(made["proposal"]), by="Manager 1", code=3)
    shell.run("execute", "O-0001", "--quantity", "1", "--price", "66", by="Manager 1", code=3)
    assert shell.run("order-since", "O-0001")["limits"] == []
    shell.run("approve", str(made["proposal"]), by="Risk 1")
    done = shell.run("execute", "O-0001", "--quantity", "60", "--price", "65.9", "--fees", "1.25", by="Risk 1")
    assert (done["remaining"], done["done"]) == ("40", False)
    shell.run("execute", "O-0001", "--quantity", "41", "--price", "65.9", by="Risk 1", code=3)
    listed = shell.run("orders", "--open")["orders"]
    assert isinstance(listed, list)
    assert [(one["state"], one["lines"][0]["filled"], one["decided_by"]) for one in listed] == [
        ("approved", "60", "Risk 1")]
    shell.run("order-recheck", "O-0001", by="Manager 1")
    shell.run("order-cancel", "O-0001", "--reason", "enough", by="Manager 1")
    assert shell.run("orders", "--open")["orders"] == []
    assert shell.run("check-replay", "C-0001")["holds"] is True
    assert shell.run("verify")["holds"] is True


def test_refusals_and_needs_have_their_exit_codes(shell: Shell) -> None:
    refused = shell.run("propose", "--order", "buy 400 FBTC @ 100", by="Manager 1", code=3)["error"]
    assert isinstance(refused, dict)
    assert (refused["code"], refused["findings"][0]["code"]) == ("order-refused", "L01")
    soft = ("--order", "buy 160 IBIT @ 65")
    assert shell.run("check", *soft, code=6)["verdict"] == "acknowledge"
    shell.run("propose", *soft, by="Manager 1", code=1)
    shell.run("propose", *soft, "--reason", "the other fund closes", by="Manager 1", code=6)
    shell.run("order-cancel", "O-0404", "--reason", "x", by="Manager 1", code=1)
    assert shell.run("order-expire", by="Manager 1")["expired"] == []


def test_an_emergency_sale_is_given_alone_and_reviewed_by_somebody_else(shell: Shell) -> None:
    shell.run("emergency", "--order", "buy 1 IBIT @ 65", "--reason", "halt", by="Manager 1", code=3)
    made = shell.run("emergency", "--order", "sell 100 IBIT @ 60", "--reason", "halt", by="Manager 1")
    assert made["reference"] == "E-0001"
    found = shell.run("orders")["findings"]
    assert isinstance(found, list)
    assert found[0]["code"] == "review-due"
    review = ("order-review", "E-0001", "--outcome", "accepted", "--note", "seen")
    shell.run(*review, by="Manager 1", code=3)
    shell.run(*review, by="Risk 1")
    assert shell.run("orders")["findings"] == []


@pytest.mark.parametrize("command", ["orders", "propose"])
def test_a_book_without_anything_answers_in_sentences(tmp_path: Path, command: str) -> None:
    book = tmp_path / "new.sandyq"
    CliRunner().invoke(cli, ["new", str(book), "--mandate", "example"])
    words = ["--order", "buy 1 IBIT @ 65"] if command == "propose" else []
    found = CliRunner().invoke(cli, [command, str(book), *words])
    assert found.exit_code == (0 if command == "orders" else 1), found.output
    assert "Traceback" not in found.output


def test_orders_are_told_in_words(shell: Shell) -> None:
    shell.run("propose", "--order", "buy 100 IBIT @ 66", by="Manager 1", code=6)
    told = CliRunner().invoke(cli, ["orders", str(shell.book)])
    assert "O-0001" in told.output
    assert "Waits" in told.output
    told = CliRunner().invoke(cli, ["order-since", str(shell.book), "O-0001"])
    assert "Nothing has changed" in told.output


def test_the_smallest_cure_is_told_with_its_days_and_what_it_brings_back(shell: Shell) -> None:
    assert shell.run("cure")["sales"] == []
    assert shell.run("cure", "--share", "2", code=1)["error"]
