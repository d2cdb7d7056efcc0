"""What the tests of people share: keys made from names, rows, and a book in the hands of somebody who attacks it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sandyq.control.deciding import ALWAYS, ONCE_ENROLLED
from sandyq.control.people import Role, Signer
from sandyq.control.records import Verification
from sandyq.control.signing import signer_from_seed
from sandyq.reference.facts import FactRow
from sandyq.store.guards import KEPT_TABLES
from sandyq.store.store import Store
from sandyq.workstation.workstation import Workstation

ROLES = {"Analyst 1": Role.MANAGER, "Risk 1": Role.RISK, "Auditor 1": Role.AUDITOR,
         "Administrator 1": Role.ADMINISTRATOR}
PASSPHRASE = "a passphrase of these tests"


def signer(name: str) -> Signer:
    return signer_from_seed(name, sha256(name.encode()).digest())


def booking(reference: str, day: str, note: str | None = None) -> tuple[str, FactRow]:
    return "booking", (2, reference, day, day, "funding", None, None, "1000", "1", "USD", "0", "0", "Custody", None,
                       note)


def close(through: str, reason: str = "year end") -> tuple[str, FactRow]:
    return "period_close", (0, "all", through, reason)


def price(day: str = "2026-01-05") -> tuple[str, FactRow]:
    return "manual_price", (0, "IBIT", day, "50", "USD", "no close that day", "2026-01-31", "Analyst 1")


def enrolled(station: Workstation, name: str, role: Role) -> str:
    """Enrol a person; returns the proposal that waits, or nothing for the first two."""
    key = signer(name)
    return station.people.enrol(name, role, key.public_key, station.people.proof(key, role)).proposal


class Attack:
    """What an attempt has in its hands: the file, everybody's name, and the keys it may take."""

    def __init__(self, path: Path, keys: Path) -> None:
        self.path = path
        self.keys = keys

    @contextmanager
    def working(self, name: str | None = None, *, actor: str = "Analyst 1") -> Iterator[Workstation]:
        """The book open for writing, by a person who signed in, or by somebody who only says a name."""
        with Workstation.open(self.path, actor=name or actor, write=True) as station:
            if name is not None:
                station.people.sign_in(signer(name))
            yield station

    @contextmanager
    def sql(self, *, without: tuple[str, ...] = ()) -> Iterator[sqlite3.Connection]:
        """The file in an SQL tool; the triggers in `without` are away meanwhile and back afterwards."""
        tool = sqlite3.connect(self.path, isolation_level=None)
        kept = [tool.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()[0] for name in without]
        for name in without:
            tool.execute(f'DROP TRIGGER "{name}"')
        try:
            yield tool
        finally:
            for statement in kept:
                tool.execute(statement)
            tool.close()

    def verified(self, checkpoint: str | None = None) -> Verification:
        with Store.open(self.path, actor="Auditor 1") as store:
            return store.verify(checkpoint)

    def state(self) -> tuple[str, list[tuple[object, ...]]]:
        """The head, and every fact that two persons decide."""
        with Store.open(self.path, actor="Auditor 1") as store:
            tables = sorted({"approval", "booking", "election", "fill", "person", "reversal", *ALWAYS, *ONCE_ENROLLED,
                             *KEPT_TABLES} - {"proposal"})
            facts = [(table, *row) for table in tables for row in store.rows(table)]
            return store.head(), facts
