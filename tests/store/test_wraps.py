"""One passphrase per person over one data key: it changes, is added, taken away, recovered; the book stays as it is."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sandyq.basics.errors import BadInput
from sandyq.control.wrapping import wrap
from sandyq.store import wraps
from sandyq.store.engine import connect_writer, is_plain
from sandyq.store.store import Store
from sandyq.store.wraps import RECOVERY


@pytest.fixture(autouse=True)
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wrap.__kwdefaults__, "memory_mib", (64,))


@pytest.fixture
def book(path: Path, desk: Any) -> Path:
    with desk.create(path, "first") as store:
        desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    return path


def opens(book: Path, passphrase: str, actor: str = "Analyst 1") -> bool:
    try:
        with Store.open(book, actor=actor, passphrase=passphrase) as store:
            return len(store.rows("price")) == 1
    except BadInput:
        return False


def test_a_passphrase_changes_without_a_byte_of_the_book(book: Path) -> None:
    before = sha256(book.read_bytes()).hexdigest()
    wraps.change_passphrase(book, "Analyst 1", "first", "second")
    assert sha256(book.read_bytes()).hexdigest() == before and not is_plain(book)
    assert opens(book, "second") and not opens(book, "first")


def test_each_person_opens_with_a_passphrase_of_their_own(book: Path) -> None:
    wraps.add_wrap(book, "first", "Risk 1", "another")
    assert wraps.names(book) == ("Analyst 1", "Risk 1")
    assert opens(book, "first") and opens(book, "another", "Risk 1") and opens(book, "another", "Analyst 1")
    wraps.remove_wrap(book, "another", "Analyst 1")
    assert not opens(book, "first") and opens(book, "another")


def test_the_last_passphrase_stays_even_when_there_is_a_recovery_sheet(book: Path) -> None:
    wraps.recovery_sheet(book, "first")
    with pytest.raises(BadInput) as caught:
        wraps.remove_wrap(book, "first", "Analyst 1")
    assert caught.value.code == "last-wrap" and opens(book, "first")


def test_the_recovery_sheet_gives_a_new_passphrase_and_a_newer_sheet_voids_it(book: Path) -> None:
    code = wraps.recovery_sheet(book, "first")
    assert [len(group) for group in code.split("-")] == [4] * 9
    wraps.recover(book, code.lower().replace("-", " "), "Analyst 1", "third")
    assert opens(book, "third") and not opens(book, "first") and opens(book, code)
    newer = wraps.recovery_sheet(book, "third")
    with pytest.raises(BadInput) as caught:
        wraps.recover(book, code, "Analyst 1", "fourth")
    assert caught.value.code == "sheet-code" and newer != code


def test_a_slip_of_the_pen_in_the_code_is_noticed(book: Path) -> None:
    code = wraps.recovery_sheet(book, "first")
    slipped = ("B" if code[0] != "B" else "C") + code[1:]
    with pytest.raises(BadInput) as caught:
        wraps.recover(book, slipped, "Analyst 1", "third")
    assert caught.value.code == "sheet-code"


def test_without_its_keys_file_the_book_stays_shut(book: Path) -> None:
    kept = wraps.keys_path(book).read_bytes()
    wraps.keys_path(book).unlink()
    assert not opens(book, "first")
    wraps.keys_path(book).write_bytes(b"{}")
    with pytest.raises(BadInput) as caught:
        Store.open(book, actor="Analyst 1", passphrase="first")
    assert caught.value.code == "bad-keys-file"
    wraps.keys_path(book).write_bytes(kept)
    assert opens(book, "first")


def test_a_book_encrypted_before_keys_files_opens_by_its_passphrase(path: Path, desk: Any) -> None:
    with desk.create(path) as store:
        desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    old = path.with_name("old.sandyq")
    source = connect_writer(path, None)
    copy = connect_writer(old, "elder")
    # The engine copies between two books of one key only, so the rows go over as statements.
    for (statement,) in source.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'"):
        if statement.startswith("CREATE TABLE"):
            copy.execute(statement)
    for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in source.execute(f'SELECT * FROM "{name}"').fetchall():
            copy.execute(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(row))})', row)
    for (statement,) in source.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL AND type <> 'table'"):
        copy.execute(statement)
    for pragma in ("application_id", "user_version"):
        copy.execute(f"PRAGMA {pragma} = {source.execute(f'PRAGMA {pragma}').fetchone()[0]}")
    source.close()
    copy.close()
    assert opens(old, "elder") and not opens(old, "wrong") and not wraps.has_keys(old)


def test_nobody_is_called_like_the_recovery_sheet(book: Path) -> None:
    with pytest.raises(BadInput) as caught:
        wraps.add_wrap(book, "first", RECOVERY, "another")
    assert caught.value.code == "name-empty"


def test_a_write_that_fails_leaves_the_old_keys(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sandyq.store.wraps.write_whole", full)
    with pytest.raises(OSError, match="space"):
        wraps.change_passphrase(book, "Analyst 1", "first", "second")
    assert opens(book, "first")
