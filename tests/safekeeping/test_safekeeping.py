"""J12 and F117 by command: verified backups, figures before a restore, drills in the journal, passphrases."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import digest, made, run, run_json
from small_books import book, bought, funded

from sandyq.store.wraps import keys_path
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

CLOSES = {"IBIT": {"2025-10-03": "68.00", "2025-10-06": "70.00"}}


@pytest.fixture
def held(tmp_path: Path) -> Path:
    return book(tmp_path / "b", [funded(), bought("IBIT", 1000, "50")], CLOSES)


def value(path: Path) -> str:
    return str(run_json("holdings", path)["totals"]["market_value_usd"])


def more(path: Path, folder: Path) -> None:
    row = "trade_date,type,symbol,quantity,price,currency,account,reference\n2025-10-06,buy,IBIT,500,70,USD,C,LATE-1\n"
    (folder / "more.csv").write_text(row, encoding="utf-8")
    assert run_json("import", path, folder / "more.csv")["batches"][0]["new"] == 1


def test_a_backup_shows_its_own_figures_and_is_put_back_with_the_old_book_kept(held: Path, tmp_path: Path) -> None:
    backup = run_json("backup", held)
    assert (backup["holds"], backup["market_value_usd"], backup["as_of"]) == (True, "70000.00", "2025-10-06")
    more(held, tmp_path)
    assert value(held) == "105000.00"
    looked = run_json("restore", backup["path"], held, "--replace")
    assert (looked["restored"], looked["backup"]["market_value_usd"]) == (False, "70000.00")
    assert value(held) == "105000.00"
    done = run_json("restore", backup["path"], held, "--replace", "--yes")
    assert done["restored"] and value(held) == "70000.00" and value(Path(done["kept_aside"])) == "105000.00"
    assert run_json("verify", held)["holds"]
    assert run_json("journal", held)["entries"][-1]["kind"] == "restore"


def test_a_book_in_the_way_stops_a_restore_that_was_not_told_to_replace_it(held: Path) -> None:
    backup = run_json("backup", held)
    refused = run_json("restore", backup["path"], held, "--yes", exits=(1,))
    assert refused["error"]["code"] == "file-exists"


def test_the_list_names_what_each_backup_is_kept_as_and_one_that_is_broken(held: Path, tmp_path: Path) -> None:
    first = Path(run_json("backup", held)["path"])
    more(held, tmp_path)
    content = bytearray(first.read_bytes())
    for place in range(4096, len(content), 97):
        content[place] ^= 0xFF
    second = run_json("backup", held)
    assert not first.exists() and second["kept_as"] == "daily"
    first.write_bytes(content)
    listed = run_json("backups", held)["backups"]
    assert next((item["sequence"], item["holds"]) for item in listed) == (second["sequence"], True)
    assert not any(item["holds"] and item["path"] == str(first) for item in listed)


def test_three_drills_in_a_row_succeed_and_stand_in_the_journal(held: Path, tmp_path: Path) -> None:
    assert run_json("drill", held, exits=(1,))["error"]["code"] == "no-backup"
    run_json("backup", held)
    for number in range(3):
        result = run_json("drill", held)
        assert result["holds"] and result["market_value_usd"] == "70000.00", number
    more(held, tmp_path)
    assert run_json("drill", held)["continues"]
    kinds = [entry["kind"] for entry in run_json("journal", held)["entries"]]
    assert kinds.count("restore-drill") == 4


def test_a_drill_with_a_damaged_backup_says_so_and_is_recorded(held: Path) -> None:
    path = Path(run_json("backup", held)["path"])
    content = bytearray(path.read_bytes())
    for place in range(4096, len(content), 97):
        content[place] ^= 0xFF
    path.write_bytes(content)
    result = run_json("drill", held, exits=(4,))
    assert not result["holds"]
    assert run_json("journal", held)["entries"][-1]["payload"]["holds"] is False


def test_a_book_is_backed_up_at_closing_when_that_is_asked_and_the_demo_never(held: Path, tmp_path: Path) -> None:
    Workstation.open(held, actor="Analyst 1", write=True).close()
    assert run_json("backups", held)["backups"] == []
    station = Workstation.open(held, actor="Analyst 1", write=True)
    station.record("note", {"text": "seen"}, [])
    station.close(back_up=True)
    assert len(run_json("backups", held)["backups"]) == 1
    demo = Path(run_json("demo", tmp_path / "demo", "--no-window")["book"])
    Workstation.open(demo, actor="Analyst 1").close(back_up=True)
    assert run_json("backups", demo)["backups"] == []


def test_passphrases_change_and_recover_by_command_without_rewriting_the_book(tmp_path: Path,
                                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sealed.sandyq"
    monkeypatch.setenv("SANDYQ_ACTOR", "Analyst 1")
    monkeypatch.setenv("SANDYQ_PASSPHRASE", "first one")
    made(path)
    assert keys_path(path).exists()
    monkeypatch.setenv("SANDYQ_NEW_PASSPHRASE", "second one")
    assert run_json("passphrase", "change", path)["names"] == ["Analyst 1"]
    assert run_json("limits", path, exits=(1,))["error"]["code"] == "passphrase"
    monkeypatch.setenv("SANDYQ_PASSPHRASE", "second one")
    monkeypatch.setenv("SANDYQ_NEW_PASSPHRASE", "third one")
    assert run_json("passphrase", "add", path, "Risk 1")["names"] == ["Analyst 1", "Risk 1"]
    code = run_json("passphrase", "sheet", path)["code"]
    before = digest(path)
    monkeypatch.setenv("SANDYQ_RECOVERY_CODE", code)
    monkeypatch.setenv("SANDYQ_NEW_PASSPHRASE", "fourth one")
    run_json("passphrase", "recover", path)
    assert digest(path) == before
    monkeypatch.setenv("SANDYQ_PASSPHRASE", "fourth one")
    kinds = [entry["kind"] for entry in run_json("journal", path)["entries"]]
    assert kinds[-3:] == ["passphrase-changed", "passphrase-added", "recovery-sheet"]
    assert run_json("passphrase", "list", path)["names"] == ["Analyst 1", "Risk 1", "recovery sheet"]
    assert run_json("passphrase", "remove", path, "Risk 1")["names"] == ["Analyst 1", "recovery sheet"]


def test_an_encrypted_book_has_encrypted_backups_that_open_by_the_same_passphrase(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sealed.sandyq"
    monkeypatch.setenv("SANDYQ_ACTOR", "Analyst 1")
    monkeypatch.setenv("SANDYQ_PASSPHRASE", "first one")
    made(path)
    backup = Path(run_json("backup", path)["path"])
    assert not backup.read_bytes().startswith(b"SQLite format 3")
    with Workstation.open(backup, actor="Risk 1", passphrase="first one") as station:
        assert station.mandate(Question(station.latest_day())).limits
    moved = tmp_path / "moved.sandyq"
    assert run_json("restore", backup, moved, "--yes")["restored"] and run_json("verify", moved)["holds"]


def test_without_a_terminal_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDYQ_ACTOR", "Analyst 1")
    monkeypatch.setenv("SANDYQ_PASSPHRASE", "first one")
    made(tmp_path / "sealed.sandyq")
    monkeypatch.delenv("SANDYQ_NEW_PASSPHRASE", raising=False)
    result = run("passphrase", "change", tmp_path / "sealed.sandyq")
    assert result.exit_code == 1 and "passphrase-missing" in result.stderr
