"""Verification: whatever an SQL tool changes after the triggers were dropped is found and named (F099, F104)."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandyq.basics.errors import SandyqError
from sandyq.control.checkpoint import sign_checkpoint, verify_checkpoint
from sandyq.control.records import Verification
from sandyq.reference.facts import TABLES
from sandyq.store.store import Store

COLUMNS = [(table, column) for table, facts in TABLES.items() for column in ("id", "entry", "line", *facts.columns)]
JOURNAL = ["seq", "known_at", "actor", "kind", "payload", "key", "content_hash", "prev_hash", "hash", "late_clock"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, desk: Any) -> Path:
    """A book of two persons with three entries of facts in every table (3 to 5), closed."""
    path: Path = tmp_path_factory.mktemp("book") / "book.sandyq"
    with desk.create(path) as store:
        desk.enrol(store)
        for entry in range(3):
            rows = desk.everything(store, range(entry * 3, entry * 3 + 3))
            desk.record(store, rows, entry + 1, key=f"k{entry}", count=3)
    return path


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """The file in the hands of someone with an SQL tool: triggers away, checks off, triggers back afterwards."""
    tool = sqlite3.connect(path, isolation_level=None)
    triggers = tool.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        tool.execute(f'DROP TRIGGER "{name}"')
    tool.execute("PRAGMA foreign_keys=OFF")
    tool.execute("PRAGMA ignore_check_constraints=ON")
    yield tool
    for _, statement in triggers:
        tool.execute(statement)
    tool.close()


@pytest.fixture
def tampered(whole: Path, tmp_path: Path, desk: Any) -> Callable[..., Verification]:
    def change(*statements: str, checkpoint: str = "") -> Verification:
        path = tmp_path / "book.sandyq"
        shutil.copy(whole, path)
        with tampering(path) as tool:
            for statement in statements:
                tool.execute(statement)
        return desk.verify(path, checkpoint=checkpoint)

    return change


def test_a_book_nobody_touched_holds(whole: Path, desk: Any) -> None:
    found = desk.verify(whole)
    assert found.holds
    assert (found.entries, found.facts) == (5, 9 * len(TABLES) + 2)
    assert found.checkpoint.split("\n")[1] == "5"


def test_dropping_and_making_the_triggers_again_leaves_no_damage(tampered: Callable[..., Verification]) -> None:
    assert tampered().holds


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda name: str(name))
def test_a_change_of_any_column_of_any_table_is_found_and_named(tampered: Callable[..., Verification], table: str,
                                                                column: str) -> None:
    new = {"id": "500", "entry": "2", "line": '"line" + 1'}.get(column, f"substr(\"{column}\", 1, 9) || '7'")
    first = 6 if table == "person" else 4
    found = tampered(f'UPDATE "{table}" SET "{column}" = {new} WHERE "id" = {first + 1}')
    damages = [damage for damage in found.damages if damage.table == table and damage.entry == 4]
    assert damages, found.damages
    if column != "id":
        assert column in damages[0].columns
        assert damages[0].rows in {f"{first}-{first + 2}", str(first + 1)}


@pytest.mark.parametrize("change", ["''", "NULL", "char(0)", "\"source\" || ' '", "x'00'"])
def test_nothing_and_an_empty_text_are_told_apart(tampered: Callable[..., Verification], change: str) -> None:
    if change == "x'00'":
        change = "CAST(x'00' AS TEXT)"
    assert not tampered(f'UPDATE "price" SET "source" = {change} WHERE "id" = 5').holds


@pytest.mark.parametrize("column", JOURNAL)
def test_a_change_of_any_column_of_the_journal_is_found_and_named(tampered: Callable[..., Verification],
                                                                  column: str) -> None:
    new = {"seq": "9", "late_clock": "1", "payload": "replace(\"payload\", '3', '4')", "kind": "'Import'",
           "known_at": "replace(\"known_at\", '.000000', '.000001')", "actor": "'Analyst 2'", "key": "'k9'"}.get(
        column, f"replace(replace(\"{column}\", 'a', 'b'), '1', '2')")
    found = tampered(f'UPDATE "journal" SET "{column}" = {new} WHERE "seq" = 4')
    assert {damage.entry for damage in found.damages} & {4, 9}


@pytest.mark.parametrize("column", ["entry", "fact_table", "first_id", "row_count", "hash", "columns"])
def test_a_change_of_the_evidence_is_found(tampered: Callable[..., Verification], column: str) -> None:
    new = {"entry": "2", "fact_table": "'booking2'", "first_id": "5", "row_count": "2", "hash": "'" + "0" * 64 + "'",
           "columns": "zeroblob(8)"}[column]
    found = tampered(f"UPDATE content SET \"{column}\" = {new} WHERE entry = 4 AND fact_table = 'booking'")
    assert not found.holds


def test_a_white_space_in_the_payload_is_found(tampered: Callable[..., Verification]) -> None:
    found = tampered("UPDATE journal SET payload = '{\"count\": 3}' WHERE seq = 4")
    assert [(damage.entry, damage.table) for damage in found.damages] == [(4, "journal")]


@pytest.mark.parametrize("statement", [
    "DELETE FROM booking WHERE id = 5", "DELETE FROM journal WHERE seq = 4", "DELETE FROM content WHERE entry = 4",
    "INSERT INTO price SELECT 99, entry, line, " + ", ".join(TABLES["price"].columns) + " FROM price WHERE id = 5",
    "INSERT INTO price SELECT -1, 77, line, " + ", ".join(TABLES["price"].columns) + " FROM price WHERE id = 5",
    "UPDATE booking SET id = 14 - id WHERE id IN (5, 9)",
    ("INSERT INTO journal SELECT 6, known_at, actor, kind, payload, '', content_hash, hash, replace(hash, 'a', 'b'), 0 "
     "FROM journal WHERE seq = 5"),
])
def test_missing_added_and_moved_rows_are_found(tampered: Callable[..., Verification], statement: str) -> None:
    statements = [statement]
    if "14 - id" in statement:
        statements = ["UPDATE booking SET id = -id WHERE id IN (5, 9)",
                      "UPDATE booking SET id = 14 + id WHERE id IN (-5, -9)"]
    assert not tampered(*statements).holds


@pytest.mark.parametrize(("statement", "name"), [
    ("DROP INDEX price_key", "price_key"), ("CREATE TABLE notes (x)", "notes"),
    ("CREATE TRIGGER quiet AFTER INSERT ON price BEGIN SELECT 1; END", "quiet"),
    ("CREATE VIEW cheap AS SELECT * FROM price", "cheap"),
])
def test_a_foreign_or_missing_part_of_the_schema_is_named(tampered: Callable[..., Verification], statement: str,
                                                          name: str) -> None:
    assert name in {damage.table for damage in tampered(statement).damages}


def test_a_missing_trigger_is_named(whole: Path, tmp_path: Path, desk: Any) -> None:
    path = tmp_path / "book.sandyq"
    shutil.copy(whole, path)
    tool = sqlite3.connect(path)
    tool.execute("DROP TRIGGER booking_update")
    tool.close()
    assert [damage.table for damage in desk.verify(path).damages] == ["booking_update"]


CUT = ["DELETE FROM journal WHERE seq = 5", "DELETE FROM content WHERE entry = 5",
       *(f'DELETE FROM "{table}" WHERE entry = 5' for table in TABLES)]


def test_a_cut_tail_holds_by_itself_and_is_found_against_a_checkpoint(tampered: Callable[..., Verification],
                                                                      whole: Path) -> None:
    with Store.open(whole, actor="Controller 1") as store:
        body = store.checkpoint()
    assert tampered(*CUT).holds
    found = tampered(*CUT, checkpoint=body)
    assert [(damage.entry, damage.what) for damage in found.damages] == [
        (5, "The journal ends before the entry that the checkpoint names.")]


def test_a_rewritten_book_is_found_against_a_signed_checkpoint(whole: Path, tmp_path: Path, desk: Any) -> None:
    private = bytes(range(32))
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    with Store.open(whole, actor="Controller 1") as store:
        note = sign_checkpoint(store.checkpoint(), "controller", private)
    assert verify_checkpoint(note, "controller", public).entries == 5
    assert desk.verify(whole, checkpoint=note).holds
    other = tmp_path / "other.sandyq"
    with desk.create(other) as store:
        for minutes in (1, 2, 3, 4):
            desk.record(store, [], minutes)
    assert desk.verify(other).holds
    assert [damage.entry for damage in desk.verify(other, checkpoint=note).damages] == [5]


def test_a_large_batch_names_the_block_of_rows_and_the_column(store: Store, desk: Any, path: Path) -> None:
    rows = [("price", desk.price(f"S{number:05}", "2024-01-02", str(number))) for number in range(3_000)]
    desk.record(store, rows)
    store.close()
    with tampering(path) as tool:
        tool.execute("UPDATE price SET close = '5.5' WHERE id = 2000")
    assert [(damage.entry, damage.table, damage.rows, damage.columns) for damage in desk.verify(path).damages] == [
        (2, "price", "1025-2048", ("close",))]


def test_a_flipped_bit_is_refused_or_found_wherever_it_falls(whole: Path, tmp_path: Path, desk: Any) -> None:
    """R7: flips in any page that holds data; a flip in free space changes nothing and may hold."""
    content = whole.read_bytes()
    with Store.open(whole, actor="Analyst 1") as store:
        truth = {table: store.rows(table) for table in TABLES}
        entries = store.entries()
    generator = random.Random(7)
    noticed = 0
    for _ in range(200):
        place = generator.randrange(len(content))
        damaged = bytearray(content)
        damaged[place] ^= 1 << generator.randrange(8)
        path = tmp_path / "book.sandyq"
        path.write_bytes(damaged)
        try:
            holds = desk.verify(path).holds
        except SandyqError:
            noticed += 1
            continue
        if not holds:
            noticed += 1
            continue
        with Store.open(path, actor="Analyst 1") as store:
            assert {table: store.rows(table) for table in TABLES} == truth
            assert store.entries() == entries
    assert noticed > 20
