"""Opening a book: what is refused and in which words, one writer, many readers, encryption, read-only media."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from sandyq.basics.errors import BadInput, BookLocked, SandyqError
from sandyq.store.engine import check_engine, refuse_network_share
from sandyq.store.lock import holder
from sandyq.store.schema import APPLICATION_ID, VERSION
from sandyq.store.store import Store

SECRET = "it's a long passphrase"


def test_the_file_says_what_it_is_and_keeps_a_durable_log(store: Store) -> None:
    pragma = {name: store.connection.execute(f"PRAGMA {name}").fetchone()[0]
              for name in ("application_id", "user_version", "journal_mode", "synchronous", "foreign_keys",
                           "recursive_triggers", "trusted_schema", "cell_size_check", "mmap_size")}
    assert pragma == {"application_id": APPLICATION_ID, "user_version": VERSION, "journal_mode": "wal",
                      "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0,
                      "cell_size_check": 1, "mmap_size": 0}


def test_a_plain_book_is_opened_by_any_sqlite(store: Store, path: Path) -> None:
    assert sqlite3.connect(path).execute("SELECT kind FROM journal").fetchall() == [("create",)]


def test_a_book_is_not_made_over_a_file(path: Path, desk: Any) -> None:
    path.write_text("something")
    with pytest.raises(BadInput, match="file-exists"):
        desk.create(path)
    assert path.read_text() == "something"


def test_a_missing_book_is_named(path: Path) -> None:
    with pytest.raises(BadInput, match=r"no-such-book"):
        Store.open(path, actor="Analyst 1")


@pytest.mark.parametrize("write", [False, True])
def test_a_foreign_database_is_refused_and_left_as_it_was(path: Path, write: bool) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE customers (name)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(BadInput, match="foreign-file"):
        Store.open(path, actor="Analyst 1", write=write)
    assert path.read_bytes() == before


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("content", [b"date,close\n2024-01-02,37.5\n" * 200, b"\x00" * 8192])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes, write: bool) -> None:
    path.write_bytes(content)
    with pytest.raises(BadInput, match="not-a-book"):
        Store.open(path, actor="Analyst 1", write=write)
    assert path.read_bytes() == content


@pytest.mark.parametrize("write", [False, True])
def test_a_book_of_a_newer_program_is_refused(store: Store, path: Path, write: bool) -> None:
    store.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    store.close()
    before = path.read_bytes()
    with pytest.raises(BadInput, match="newer version of this program"):
        Store.open(path, actor="Analyst 1", write=write)
    assert path.read_bytes() == before


def test_the_second_writer_is_refused_and_told_who_writes(store: Store, path: Path) -> None:
    with pytest.raises(BookLocked, match=rf"Analyst 1 is writing to the book on .* \(process {os.getpid()}\) since"):
        Store.open(path, actor="Analyst 2", write=True)
    found = holder(path)
    assert found is not None
    assert found.actor == "Analyst 1"
    store.close()
    Store.open(path, actor="Analyst 2", write=True).close()


def test_a_writer_of_another_process_is_named_and_its_end_frees_the_book(store: Store, path: Path) -> None:
    store.close()
    code = ("import sys, pathlib; from sandyq.store.store import Store\n"
            "s = Store.open(pathlib.Path(sys.argv[1]), write=True, actor='Dealer 1'); print('open', flush=True)\n"
            "sys.stdin.read()")
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(BookLocked, match=f"Dealer 1 .*process {other.pid}"):
            Store.open(path, actor="Analyst 2", write=True)
        other.kill()
    Store.open(path, actor="Analyst 2", write=True).close()


def test_readers_see_each_commit_while_one_writes(store: Store, path: Path, desk: Any) -> None:
    readers = [Store.open(path, actor=f"Analyst {number}") for number in (2, 3, 4)]
    for number in range(1, 6):
        desk.record(store, [("price", desk.price("IBIT", f"2024-01-0{number}", "1"))], number)
        assert [len(reader.rows("price")) for reader in readers] == [number] * 3
    with readers[0].reading():
        seen = len(readers[0].rows("price"))
        desk.record(store, [("price", desk.price("IBIT", "2024-01-09", "1"))], 9)
        assert len(readers[0].rows("price")) == seen
    for reader in readers:
        reader.close()


def test_an_encrypted_book_needs_its_passphrase(path: Path, desk: Any) -> None:
    with desk.create(path, SECRET) as store:
        desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    assert b"IBIT" not in path.read_bytes()
    assert not path.read_bytes().startswith(b"SQLite")
    with Store.open(path, actor="Analyst 1", passphrase=SECRET, write=True) as store:
        assert len(store.rows("price")) == 1
        with store.scratch(path.with_name("scratch.sandyq")) as scratch:
            desk.record(scratch, [("price", desk.price("IBIT", "2024-01-03", "1"))], 2)
            assert len(scratch.rows("price")) == 2
        assert len(store.rows("price")) == 1
    for wrong, code in (("another", "passphrase"), (None, "not-a-book")):
        with pytest.raises(BadInput, match=code):
            Store.open(path, actor="Analyst 1", passphrase=wrong)


def test_a_passphrase_for_a_plain_book_is_refused(store: Store, path: Path) -> None:
    with pytest.raises(BadInput, match="not-encrypted"):
        Store.open(path, actor="Analyst 1", passphrase=SECRET)


def test_an_engine_that_damages_books_is_refused() -> None:
    with pytest.raises(SandyqError, match="engine-too-old"):
        check_engine((3, 51, 2))
    check_engine((3, 51, 3))


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3"])
def test_writing_on_a_network_share_is_refused(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
    with pytest.raises(BadInput, match="network-share"):
        refuse_network_share(tmp_path / "book.sandyq", mounts)
    refuse_network_share(tmp_path.parent / "book.sandyq", mounts)


READ_ONLY = """
import os, sys
from pathlib import Path
from sandyq.basics.errors import BadInput
from sandyq.store.store import Store
import shutil, tempfile
path = Path(sys.argv[1])
# Whatever Python loads on first use is loaded now: its own folder may be closed to others than the administrator.
with tempfile.TemporaryDirectory() as warm:
    copy = Path(warm) / "warm.sandyq"
    shutil.copy(path, copy)
    with Store.open(copy, actor="Auditor 1", write=True) as store:
        print(store.read_only, len(store.rows("price")), store.verify().holds, sep="|", file=sys.stderr)
    try:
        Store.open(copy.with_name("none.sandyq"), actor="Auditor 1", write=True)
    except BadInput as refused:
        print(refused, file=sys.stderr)
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.setuid(65534)
with Store.open(path, actor="Auditor 1") as store:
    print(store.read_only, len(store.rows("price")), store.verify().holds, sep="|")
try:
    Store.open(path, actor="Auditor 1", write=True)
except BadInput as refused:
    print(refused.code)
"""


@pytest.mark.skipif(os.name == "nt", reason="folders without the right to write are made differently on Windows")
def test_a_book_on_a_read_only_medium_opens_for_reading_with_the_reason(store: Store, path: Path, desk: Any) -> None:
    desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    store.close()
    with tempfile.TemporaryDirectory() as folder:
        medium = Path(folder)
        shutil.copy(path, medium / "book.sandyq")
        (medium / "book.sandyq").chmod(0o444)
        medium.chmod(0o555)
        try:
            said = subprocess.run([sys.executable, "-c", READ_ONLY, str(medium / "book.sandyq")], check=True,
                                  capture_output=True, text=True).stdout.splitlines()
        finally:
            medium.chmod(0o755)
    assert said == ["The book is on a read-only medium.|1|True", "book-not-writable"]


def test_reading_loads_neither_pandas_nor_sqlite_utils(store: Store, path: Path) -> None:
    code = ("import sys, pathlib; from sandyq.store.store import Store\n"
            "from sandyq.store.market import read_market\n"
            "read_market(Store.open(pathlib.Path(sys.argv[1]), actor='Analyst 1'))\n"
            "print({'pandas', 'sqlite_utils'} & set(sys.modules))")
    said = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "set()"
