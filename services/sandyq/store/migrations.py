"""Schema changes: each a sentence with a function, each in one transaction, after a verified backup.

A new change is one function below the last, listed in `STEPS`, and one more in `schema.VERSION`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandyq.basics.errors import IntegrityFailed
from sandyq.basics.text import N_, Text
from sandyq.store.engine import Connection, connect_writer, import_sqlite_utils
from sandyq.store.schema import APPLICATION_ID, second_statements, statements, third_statements

_SET: Final = "sandyq"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the schema: `info` is the sentence people read, `version` what the book has afterwards."""

    version: int
    name: str
    info: Text
    change: Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    for statement in statements():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _second_tables(connection: Connection) -> None:
    for statement in second_statements():
        connection.execute(statement)


def _third_tables(connection: Connection) -> None:
    for statement in third_statements():
        connection.execute(statement)


STEPS: Final = (
    Step(1, "first_tables", N_("Make the journal and the tables of facts."), _first_tables),
    Step(2, "second_tables", N_("Add people, decisions of two persons, events, accounts, registers and statements."),
         _second_tables),
    Step(3, "third_tables", N_("Add waivers, orders, breaches, the gate's evidence and eligibility."), _third_tables),
)


def migrate(connection: Connection, path: Path, version: int, *, passphrase: str | None = None,
            steps: Sequence[Step] = STEPS) -> Path | None:
    """Bring a book from `version` to the newest step; returns the backup that was made of a book with data.

    Each step is one transaction with its record and its number. Raises IntegrityFailed when the backup is not whole.
    """
    pending = [step for step in steps if step.version > version]
    if not pending:
        return None
    backup = _backup(connection, path, version, passphrase) if version else None
    tools = import_sqlite_utils()
    from sqlite_utils.migrations import Migrations

    database = tools.Database(connection, execute_plugins=False)
    migrations = Migrations(_SET)
    for step in steps:
        migrations(name=step.name)(_function(step))
    migrations.apply(database)
    return backup


def _function(step: Step) -> Any:
    def change(database: Any) -> None:
        step.change(database.conn)
        database.conn.execute(f"PRAGMA user_version = {step.version}")

    change.__name__ = step.name
    return change


def _backup(connection: Connection, path: Path, version: int, passphrase: str | None) -> Path:
    target = path.with_name(f"{path.name}.schema-{version}.backup")
    target.unlink(missing_ok=True)
    copy = connect_writer(target, passphrase)
    try:
        connection.backup(copy)
        question = "SELECT count(*), max(seq), max(hash) FROM journal"
        whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        same = copy.execute(question).fetchone() == connection.execute(question).fetchone()
    finally:
        copy.close()
    if not (whole and same):
        raise IntegrityFailed("backup-not-whole", N_("The backup before the change of the schema is not whole; the "
                                                     "book was left as it was."), where=target.name)
    return target
