"""Schema changes: every released version can be opened; a step is applied whole, after a verified backup, or not."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from sandyq.basics.text import N_
from sandyq.store.engine import Connection, connect_writer
from sandyq.store.migrations import STEPS, Step, migrate
from sandyq.store.schema import VERSION
from sandyq.store.store import Store

FIXTURES = Path(__file__).with_name("fixtures")


def make_fixture(desk: Any, path: Path) -> None:
    """How `book_v3.sandyq` was made: two persons, two rows in every table, one superseded price, one reversed batch.

    The earlier ones were made likewise from the tables of their day, `book_v1.sandyq` without persons.
    """
    with desk.create(path) as store:
        desk.enrol(store)
        desk.record(store, desk.everything(store, range(2)), 1, file="first.csv", sha256="aa" * 32)
        desk.record(store, [("price", desk.fact("price", 0, close="99"))], 2, key="second")
        desk.record(store, [("price", desk.fact("price", 1, close="98"))], 3)
        desk.record(store, [("reversal", desk.reversal(5))], 4)


def add_table(connection: Connection) -> None:
    connection.execute('CREATE TABLE "later" ("id" INTEGER PRIMARY KEY) STRICT')


LATER = Step(VERSION + 1, "later", N_("Add a table of later things."), add_table)


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_book_of_every_released_version_opens_and_holds(tmp_path: Path, version: int, desk: Any) -> None:
    path = tmp_path / "book.sandyq"
    shutil.copy(FIXTURES / f"book_v{version}.sandyq", path)
    with Store.open(path, write=True, actor="Analyst 1") as store:
        assert store.schema_version == VERSION
        closes = {row[4]: row[5] for row in store.rows("price")}
        assert closes == {"2024-01-01": "99", "2024-01-02": "2"}
        assert len(store.entries()) == (5 if version == 1 else 6)
        desk.record(store, [("price", desk.fact("price", 5))], 9)
    assert desk.verify(path).holds


def test_the_fixture_has_the_tables_of_today(tmp_path: Path, desk: Any) -> None:
    """Fails when the list of facts changes: then schema.VERSION and a migration step are due, and a new fixture."""
    fresh = tmp_path / "fresh.sandyq"
    make_fixture(desk, fresh)
    question = "SELECT name, sql FROM sqlite_master WHERE tbl_name NOT LIKE '_sqlite%' ORDER BY name"
    stored = tmp_path / "stored.sandyq"
    shutil.copy(FIXTURES / f"book_v{VERSION}.sandyq", stored)
    with Store.open(fresh, actor="Analyst 1") as new, Store.open(stored, actor="Analyst 1") as old:
        assert old.connection.execute(question).fetchall() == new.connection.execute(question).fetchall()
        assert old.head() == new.head()


def test_every_step_has_a_sentence_and_a_number_of_its_own() -> None:
    assert [step.version for step in STEPS] == list(range(1, VERSION + 1))
    assert all(str(step.info).endswith(".") for step in STEPS)
    assert len({step.name for step in STEPS}) == len(STEPS)


def test_a_step_is_applied_after_a_backup_that_opens(store: Store, path: Path, desk: Any) -> None:
    desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    backup = migrate(store.connection, path, VERSION, steps=[*STEPS, LATER])
    assert store.schema_version == VERSION + 1
    assert store.connection.execute("SELECT count(*) FROM later").fetchone() == (0,)
    assert backup is not None
    assert backup.name == f"book.sandyq.schema-{VERSION}.backup"
    assert desk.verify(backup).holds


def test_a_step_that_fails_changes_nothing(store: Store, path: Path) -> None:
    def fail(connection: Connection) -> None:
        add_table(connection)
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        migrate(store.connection, path, VERSION, steps=[*STEPS, Step(VERSION + 1, "later", LATER.info, fail)])
    assert store.schema_version == VERSION
    assert store.verify().holds
    migrate(store.connection, path, VERSION, steps=[*STEPS, LATER])
    assert store.schema_version == VERSION + 1


def test_an_encrypted_book_is_backed_up_encrypted(tmp_path: Path, desk: Any) -> None:
    path = tmp_path / "book.sandyq"
    with desk.create(path, "secret words") as store:
        backup = migrate(store.connection, path, VERSION, passphrase="secret words", steps=[*STEPS, LATER])
    assert backup is not None
    assert desk.verify(backup, passphrase="secret words").entries == 1


def test_an_interrupted_making_leaves_a_file_that_can_be_made_again(path: Path, desk: Any) -> None:
    path.touch()
    with desk.create(path) as store:
        assert store.schema_version == VERSION


def test_migrating_does_not_load_pandas(path: Path, desk: Any) -> None:
    loaded = "pandas" in sys.modules
    desk.create(path).close()
    assert ("pandas" in sys.modules) == loaded


def test_a_book_of_an_older_version_is_not_read_before_it_is_migrated(path: Path) -> None:
    connection = connect_writer(path, None)
    migrate(connection, path, 0)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    with pytest.raises(Exception, match="older-book"):
        Store.open(path, actor="Analyst 1")
