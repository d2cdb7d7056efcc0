"""Persons and decisions from the command line, with key files under passphrases."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from four_persons import PASSPHRASE, Attack

from sandyq.cli.__main__ import cli
from sandyq.cli.options import key_file

Typed = Callable[..., dict[str, Any]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Typed:
    """Runs a command as JSON and returns its answer with the exit code; key files live in a folder of this test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "data"))
    monkeypatch.setenv("SANDYQ_ACTOR", "Somebody 1")

    def run(*words: object, **environment: str) -> dict[str, Any]:
        given = {"SANDYQ_KEY_PASSPHRASE": PASSPHRASE, **environment}
        result = CliRunner().invoke(cli, [*map(str, words), "--json"], env=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        answer: dict[str, Any] = json.loads(result.stdout)
        return {**answer, "exit": result.exit_code}

    return run


def test_a_key_made_elsewhere_is_enrolled_by_its_proof_and_signs(attack: Attack, typed: Typed, tmp_path: Path) -> None:
    keys = {name: attack.keys / f"{name}.key" for name in ("Analyst 5", "Risk 6")}
    proved = typed("person", "prove", attack.path, "Committee 1", "--role", "committee", "--key", tmp_path / "c.key")
    assert (tmp_path / "c.key").stat().st_size > 0
    added = typed("person", "add", attack.path, "Committee 1", "--role", "committee", "--public-key",
                  proved["public_key"], "--proof", proved["proof"], "--by", keys["Analyst 5"])
    assert (added["exit"], added["proposal"], added["key"]) == (6, "P-0008", None)
    refused = typed("approve", attack.path, "P-0008", "--key", tmp_path / "c.key")
    assert (refused["exit"], refused["error"]["code"]) == (3, "not-enrolled")
    done = typed("approve", attack.path, "P-0008", "--key", keys["Risk 6"], "--note", "met in person")
    assert (done["exit"], done["tables"]) == (0, ["approval", "person"])
    listed = typed("person", "list", attack.path)["persons"]
    assert [(p["name"], p["role"], p["left"]) for p in listed if p["name"] == "Committee 1"] == [
        ("Committee 1", "committee", None)]
    note = tmp_path / "checkpoint.txt"
    signed = typed("checkpoint", attack.path, "--out", note, "--key", tmp_path / "c.key")
    assert signed["signed_by"] == "Committee 1"
    checked = typed("verify", attack.path, "--checkpoint", note)
    assert (checked["exit"], checked["holds"], checked["checkpoint_signed_by"]) == (0, True, ["Committee 1"])


def test_proposals_are_listed_and_decided_by_reference(attack: Attack, typed: Typed) -> None:
    found = {p["reference"]: p for p in typed("proposals", attack.path)["proposals"]}
    assert (found["P-0006"]["state"], found["P-0007"]["state"], found["P-0005"]["state"]) == (
        "open", "expired", "approved")
    assert found["P-0005"]["decisions"][0]["person"] == "Risk 1"
    assert found["P-0006"]["rows"][0]["table"] == "manual_price"
    assert [p["reference"] for p in typed("proposals", attack.path, "--open")["proposals"]] == ["P-0006"]
    refused = typed("refuse", attack.path, "P-0006", "--note", "another day", "--key", attack.keys / "Risk 6.key")
    assert (refused["exit"], refused["decision"], refused["proposal"]) == (0, "refused", None)
    again = typed("withdraw", attack.path, "P-0006", "--note", "no", "--key", attack.keys / "Risk 6.key")
    assert (again["exit"], again["error"]["code"]) == (3, "not-the-author")
    missing = typed("approve", attack.path, "P-0999", "--key", attack.keys / "Risk 6.key")
    assert (missing["exit"], missing["error"]["code"]) == (1, "no-proposal")


def test_a_key_is_found_where_the_actors_key_is_kept(attack: Attack, typed: Typed) -> None:
    usual = key_file("Risk 6")
    usual.parent.mkdir(parents=True)
    usual.write_bytes((attack.keys / "Risk 6.key").read_bytes())
    done = typed("approve", attack.path, "P-0006", "--actor", "Risk 6")
    assert done["exit"] == 0
    assert typed("proposals", attack.path)["proposals"][1]["decisions"][0]["person"] == "Risk 6"


def test_the_owner_of_the_key_is_the_actor_whatever_name_is_said(attack: Attack, typed: Typed) -> None:
    typed("approve", attack.path, "P-0006", "--actor", "Analyst 1", "--key", attack.keys / "Risk 6.key")
    last = typed("journal", attack.path)["entries"][-1]
    assert (last["actor"], last["kind"], last["payload"]["proposal"]) == ("Risk 6", "manual_price", "P-0006")


@pytest.mark.parametrize(("environment", "code"), [({"SANDYQ_KEY_PASSPHRASE": "another"}, "key-passphrase"),
                                                   ({"SANDYQ_KEY_PASSPHRASE": ""}, "key-locked")])
def test_a_key_does_not_open_without_its_passphrase(attack: Attack, typed: Typed, environment: dict[str, str],
                                                    code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    before = attack.state()
    refused = typed("approve", attack.path, "P-0006", "--key", attack.keys / "Risk 6.key", **environment)
    assert (refused["exit"], refused["error"]["code"]) == (1, code)
    assert attack.state() == before


def test_a_new_mandate_waits_for_the_second_person_and_is_imported_once(attack: Attack, typed: Typed,
                                                                        tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "resources" / "sandyq_resources" / "mandates" / "example.toml"
    file = tmp_path / "mandate.toml"
    later = example.read_text(encoding="utf-8").replace("valid_from = 2018-01-01", "valid_from = 2026-03-01", 1)
    file.write_text("# second version\n" + later, encoding="utf-8")
    own, other = attack.keys / "Analyst 5.key", attack.keys / "Risk 6.key"
    first = typed("import", attack.path, file, "--key", own)
    assert (first["exit"], first["batches"][0]["proposal"], first["batches"][0]["entry"]) == (6, "P-0008", None)
    assert typed("import", attack.path, file, "--key", own)["batches"][0]["proposal"] == "P-0008"
    dry = typed("import", attack.path, file, "--dry-run")
    assert (dry["exit"], dry["batches"][0]["superseding"] + dry["batches"][0]["new"]) == (0, 1)
    refused = typed("approve", attack.path, "P-0008", "--key", own)
    assert (refused["exit"], refused["error"]["what"]) == (3, "You prepared this yourself; another person decides.")
    entry = typed("approve", attack.path, "P-0008", "--key", other)["entry"]
    done = typed("import", attack.path, file, "--key", own)
    assert (done["exit"], done["batches"][0]["already_imported"]) == (0, entry)
    undone = typed("rollback", attack.path, entry, "--reason", "the clause is another one", "--key", own)
    assert (undone["exit"], undone["proposal"], undone["reversed"]) == (6, "P-0009", None)
    assert typed("approve", attack.path, "P-0009", "--key", other)["exit"] == 0
    assert typed("verify", attack.path)["holds"]


def test_a_person_leaves_by_two_decisions(attack: Attack, typed: Typed) -> None:
    waits = typed("person", "leave", attack.path, "Auditor 1", "--reason", "retired", "--key",
                  attack.keys / "Analyst 5.key")
    assert (waits["exit"], waits["proposal"]) == (6, "P-0008")
    typed("approve", attack.path, "P-0008", "--key", attack.keys / "Risk 6.key")
    left = {p["name"]: p["left"] for p in typed("person", "list", attack.path)["persons"]}
    assert left["Auditor 1"] is not None
    assert left["Risk 6"] is None


def test_two_persons_are_enrolled_with_keys_that_are_made_for_them(typed: Typed, tmp_path: Path) -> None:
    book = tmp_path / "new.sandyq"
    typed("new", book, "--mandate", "example")
    first = typed("person", "add", book, "Analyst 1", "--role", "manager")
    assert (first["exit"], first["key"]) == (0, str(key_file("Analyst 1")))
    again = typed("person", "add", book, "Analyst 1", "--role", "risk", "--key", tmp_path / "other.key")
    assert (again["exit"], again["error"]["code"]) == (1, "person-exists")
    assert not (tmp_path / "other.key").exists()
    stolen = typed("person", "add", book, "Risk 1", "--role", "risk", "--key", key_file("Analyst 1"))
    assert (stolen["exit"], stolen["error"]["code"]) == (1, "other-key")
