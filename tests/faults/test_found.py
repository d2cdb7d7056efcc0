"""What the campaign found, each as one small test that needs neither a compiler nor chance."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from sandyq.basics.errors import BadInput, IntegrityFailed
from sandyq.control.records import Batch
from sandyq.reference.facts import TABLES
from sandyq.store.lock import WriterLock
from sandyq.store.store import Store

START = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
CUT_SHORT = """
import os, sys
from sqlcipher3 import dbapi2
connection = dbapi2.connect(sys.argv[1], isolation_level=None)
assert connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete"
connection.execute("PRAGMA cache_size=1")
connection.execute("BEGIN")
connection.execute("CREATE TABLE half (a)")
connection.executemany("INSERT INTO half VALUES (?)", [("x" * 3000,) for _ in range(200)])
os._exit(0)
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.sandyq"
    with Store.create(path, actor="Analyst 1", now=START) as store:
        row = dict.fromkeys(TABLES["mapping"].columns, "1")
        rows = [("mapping", (0, *(row | {"name": f"name {n}"}).values())) for n in range(3)]
        store.record(Batch("import", "Analyst 1", {"file": "first.csv"}, rows), START)
    return path


@pytest.mark.parametrize("write", [False, True])
def test_a_change_cut_short_before_the_book_had_its_log_is_undone(book: Path, write: bool) -> None:
    """A restored book is such a one for a moment: its rollback journal is hot, and a reader cannot roll back."""
    subprocess.run([sys.executable, "-c", CUT_SHORT, str(book)], check=True)
    assert book.with_name(book.name + "-journal").stat().st_size > 0
    with Store.open(book, actor="Auditor 1", write=write) as store:
        assert store.verify().holds
        assert len(store.entries()) == 2


def test_a_lock_that_cannot_be_written_down_is_refused_in_a_sentence_and_not_kept(
        book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(file: int, length: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", broken)
        with pytest.raises(BadInput) as refused:
            WriterLock(book, "Analyst 1")
    assert refused.value.code == "book-not-writable"
    WriterLock(book, "Analyst 2").release()


def spoil(book: Path, column: str, value: str, seq: int = 2) -> None:
    """Write what a flipped bit could have left, past triggers and checks."""
    tool = dbapi2.connect(str(book), isolation_level=None)
    trigger, = tool.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_update'").fetchone()
    tool.execute('DROP TRIGGER "journal_update"')
    tool.execute("PRAGMA ignore_check_constraints=ON")
    tool.execute(f'UPDATE "journal" SET "{column}" = ? WHERE "seq" = ?', [value, seq])
    tool.execute(trigger)
    tool.close()


def verdict(store: Store) -> str:
    """Return ``damaged`` where verify names damage or refuses to read on, else ``holds``; no other error is right."""
    try:
        return "holds" if store.verify().holds else "damaged"
    except IntegrityFailed:
        return "damaged"


@pytest.mark.parametrize(("column", "value"), [
    ("hash", "z" * 64), ("hash", "a"), ("payload", "[1]"), ("known_at", "2026-13-30T18:00:00.000000Z"),
])
def test_a_spoiled_entry_is_damage_and_never_a_fault_of_ours(book: Path, column: str, value: str) -> None:
    spoil(book, column, value)
    with Store.open(book, actor="Auditor 1") as store:
        assert verdict(store) == "damaged"
        if column != "hash":
            with pytest.raises(IntegrityFailed):
                store.entries()
