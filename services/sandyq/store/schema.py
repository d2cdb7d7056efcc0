"""The tables of a book, made from the list of facts: STRICT, append-only by trigger, with cheap checks of form.

Fact rows name their entry but carry no foreign key: a deferred one makes SQLite search every fact table when the entry
is inserted after its rows. `content`, one row per 1,024 facts, has it instead, and verification finds stray rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.reference.facts import FIRST_TABLES, SECOND_TABLES, THIRD_TABLES, FactTable
from sandyq.store.engine import Connection
from sandyq.store.guards import guards, third_guards

APPLICATION_ID: Final = 0x53_4E_44_51
"""``SNDQ``: says that an SQLite file is a book of ours."""
VERSION: Final = 3
MIGRATIONS_TABLE: Final = "_sqlite_migrations"

_DATES: Final = frozenset({"date", "valid_from", "adjusted_as_of", "ex_date", "filing_date", "shares_asof", "published",
                           "trade_date", "settle_date", "pay_date", "expires", "through", "left", "valid_to", "as_of",
                           "first_day", "detected_on", "day"})
_NUMBERS: Final = frozenset({"close", "rate", "close_usd", "new_shares", "old_shares", "amount_per_share", "coins",
                             "amount", "quantity", "price", "fees", "taxes", "cost_usd", "flow_musd", "market_value",
                             "tolerance_bp", "share", "shares", "weight", "token_amount", "rate_to_par",
                             "ceiling", "limit_price", "fee", "max_move", "amount_usd"})
_BULK: Final = frozenset({"price"})
"""Tables with millions of rows: their dates and numbers are checked by length and alphabet only."""

_JOURNAL: Final = """CREATE TABLE "journal" (
 "seq" INTEGER PRIMARY KEY,
 "known_at" TEXT NOT NULL CHECK (length("known_at") = 27 AND "known_at" GLOB '????-??-??T??:??:??.??????Z'),
 "actor" TEXT NOT NULL CHECK ("actor" <> ''),
 "kind" TEXT NOT NULL CHECK ("kind" <> ''),
 "payload" TEXT NOT NULL CHECK (json_valid("payload")),
 "key" TEXT NOT NULL,
 "content_hash" TEXT NOT NULL CHECK (length("content_hash") = 64),
 "prev_hash" TEXT NOT NULL CHECK (length("prev_hash") = 64),
 "hash" TEXT NOT NULL UNIQUE CHECK (length("hash") = 64),
 "late_clock" INTEGER NOT NULL CHECK ("late_clock" IN (0, 1))
) STRICT"""

_CONTENT: Final = """CREATE TABLE "content" (
 "entry" INTEGER NOT NULL REFERENCES "journal" ("seq") DEFERRABLE INITIALLY DEFERRED,
 "fact_table" TEXT NOT NULL,
 "first_id" INTEGER NOT NULL,
 "row_count" INTEGER NOT NULL CHECK ("row_count" > 0),
 "hash" TEXT NOT NULL CHECK (length("hash") = 64),
 "columns" BLOB NOT NULL,
 PRIMARY KEY ("entry", "fact_table", "first_id")
) STRICT, WITHOUT ROWID"""

_KEY_INDEX: Final = """CREATE UNIQUE INDEX "journal_key" ON "journal" ("key") WHERE "key" <> ''"""
_MOMENT_INDEX: Final = """CREATE INDEX "journal_known_at" ON "journal" ("known_at")"""
_CONTENT_INDEX: Final = """CREATE INDEX "journal_sha256" ON "journal" (json_extract("payload", '$.sha256'))"""


def statements() -> Iterator[str]:
    """Yield the statements that make the tables, indexes and triggers of schema version 1, in order."""
    yield _JOURNAL
    yield _KEY_INDEX
    yield _MOMENT_INDEX
    yield _CONTENT_INDEX
    yield _CONTENT
    yield from _tables(FIRST_TABLES)
    yield from _guards(("journal", "content", *(table.name for table in FIRST_TABLES)))


def second_statements() -> Iterator[str]:
    """Yield what schema version 2 adds: people, decisions of two, events, accounts, registers, statements."""
    yield from _tables(SECOND_TABLES)
    yield from _guards([table.name for table in SECOND_TABLES])
    yield from guards()


def third_statements() -> Iterator[str]:
    """Yield what schema version 3 adds: waivers, orders, breaches, the gate's evidence, eligibility."""
    yield from _tables(THIRD_TABLES)
    yield from _guards([table.name for table in THIRD_TABLES])
    yield from third_guards()


def _tables(tables: Iterable[FactTable]) -> Iterator[str]:
    for table in tables:
        yield _fact_table(table)
        keys = ", ".join(f'"{column}"' for column in table.key)
        yield f'CREATE INDEX "{table.name}_key" ON "{table.name}" ({keys})'


def _guards(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for action in ("UPDATE", "DELETE"):
            yield (f'CREATE TRIGGER "{name}_{action.lower()}" BEFORE {action} ON "{name}" BEGIN SELECT RAISE(ABORT, '
                   f"'What was recorded stays as it is: a correction is a reversal and a new fact.'); END")


def objects() -> dict[str, str]:
    """Return what a whole schema holds: name of each table, index and trigger → its statement."""
    return {statement.split('"', 2)[1]: statement
            for statement in (*statements(), *second_statements(), *third_statements())}


def check_identity(connection: Connection, name: str) -> int:
    """Return the schema version of a book. Raises BadInput for foreign files and for books of a newer program."""
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if identity != APPLICATION_ID:
        raise BadInput("foreign-file", N_("The file is a database, but not a book of this program; nothing was "
                                          "changed in it."), where=name)
    if version > VERSION:
        raise BadInput("newer-book", N_("The book has schema version {found}, made by a newer version of this program; "
                                        "this one knows {known}.", found=version, known=VERSION),
                       where=name, remedy=N_("Install the newer version."))
    return version


def _fact_table(table: FactTable) -> str:
    columns = "".join(f",\n {_column(table, column)}" for column in table.columns)
    return (f'CREATE TABLE "{table.name}" (\n "id" INTEGER PRIMARY KEY,\n "entry" INTEGER NOT NULL,\n '
            f'"line" INTEGER NOT NULL CHECK ("line" >= 0){columns}\n) STRICT')


def _column(table: FactTable, column: str) -> str:
    required = " NOT NULL" if column in table.required else ""
    check = _check(table.name, column)
    return f'"{column}" TEXT{required}{f" CHECK ({check})" if check else ""}'


def _check(table: str, column: str) -> str:
    """Return a condition that is not false for None, for an empty text where None would do, and for the right form."""
    name = f'"{column}"'
    if column in _DATES:
        return f"length({name}) = 10" if table in _BULK else f"{name} = '' OR date({name}) IS {name}"
    if column in _NUMBERS:
        alphabet = f"{name} NOT GLOB '*[^-.0-9]*'"
        return alphabet if table in _BULK else f"{alphabet} AND {name} NOT GLOB '*.*0' AND {name} NOT GLOB '*.'"
    return ""
