"""What the tests of the store share: a clock that ticks by hand, a book, and one valid row for every fact table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sandyq.control.attesting import signed_row
from sandyq.control.deciding import Content, hash_of, spelled
from sandyq.control.people import Signer
from sandyq.control.records import Batch, Verification, Written
from sandyq.control.signing import decision_message, person_message, signer_from_seed
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.store import Store

START = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
DATES = {"date", "valid_from", "adjusted_as_of", "ex_date", "filing_date", "shares_asof", "published", "trade_date",
         "settle_date", "pay_date", "expires", "through", "left", "valid_to", "as_of", "first_day", "detected_on",
         "day"}


class Desk:
    """Makes rows and records them; `minutes` count from the moment at which every book of these tests is made."""

    start = START

    def moment(self, minutes: float) -> datetime:
        return START + timedelta(minutes=minutes)

    def create(self, path: Path, passphrase: str | None = None) -> Store:
        return Store.create(path, actor="Analyst 1", now=START, passphrase=passphrase)

    def fact(self, table: str, number: int, **values: str | None) -> FactRow:
        """A row whose dates are days of January 2024 and whose other values are whole numbers, made from `number`."""
        given: dict[str, str | None] = {
            column: f"2024-01-{number % 28 + 1:02}" if column in DATES else str(number + 1)
            for column in TABLES[table].columns
        }
        if table == "reversal":
            given |= {"target_entry": "999", "target_table": "price"}
        if table in {"emergency_order", "emergency_review"}:
            given |= {"person": "Analyst 1" if table == "emergency_order" else "Risk 1"}
        if table == "emergency_order":
            given |= {"side": "sell"}
        if table != "proposal" and {"content", "content_hash"} <= given.keys():
            given |= {"content_hash": sha256(str(given["content"]).encode()).hexdigest()}
        given |= values
        return (number + 2, *(given[column] for column in TABLES[table].columns))

    def signed(self, store: Store, table: str, number: int) -> FactRow:
        """The row of a table that one person signs alone, signed."""
        row = self.fact(table, number)
        person = str(row[TABLES[table].columns.index("person") + 1])
        return signed_row(self.signer(person), self.book(store), table, row)

    def signer(self, name: str) -> Signer:
        """Everybody's key in these tests, made from the name."""
        return signer_from_seed(name, sha256(name.encode()).digest())

    def book(self, store: Store) -> str:
        first = store.entry(1)
        assert first is not None
        return first.hash

    def person(self, store: Store, name: str, role: str, line: int = 0, left: str | None = None) -> FactRow:
        signer = self.signer(name)
        proof = signer.sign(person_message(self.book(store), name, role, signer.public_key)).hex()
        return (line, name, role, signer.public_key, "2024-01-01", left, proof, "known here")

    def proposal(self, store: Store, reference: str, rows: list[tuple[str, FactRow]], *, author: str = "Analyst 1",
                 kind: str = "import", key: str = "", line: int = 0, signer: str = "",
                 expires: date | None = None) -> FactRow:
        text = spelled(Content("all", {}, tuple(rows), key, expires))
        message = decision_message(self.book(store), reference, kind, hash_of(text), author, "proposed")
        return (line, reference, kind, "all", author, text, hash_of(text), expires.isoformat() if expires else None,
                self.signer(signer or author).sign(message).hex())

    def approval(self, store: Store, proposal: FactRow, *, person: str = "Risk 1", decision: str = "approved",
                 line: int = 0, signer: str = "") -> FactRow:
        _, reference, kind, _, _, _, content, _, _ = proposal
        message = decision_message(self.book(store), str(reference), str(kind), str(content), person, decision)
        return (line, reference, person, decision, content, self.signer(signer or person).sign(message).hex(), "seen")

    def enrol(self, store: Store, minutes: float = 0.5) -> Written:
        """The first two persons, who decide together from then on."""
        return self.record(store, [("person", self.person(store, "Analyst 1", "manager")),
                                   ("person", self.person(store, "Risk 1", "risk"))], minutes)

    def everything(self, store: Store, numbers: range) -> list[tuple[str, FactRow]]:
        """Rows in every table for one entry of a book with two persons: one proposal covers them, others are empty."""
        rows: list[tuple[str, FactRow]] = [
            (table, self.person(store, f"Person {number}", "risk", number, "2024-01-02") if table == "person" else
             self.signed(store, table, number) if table in {"emergency_order", "emergency_review"} else
             self.fact(table, number))
            for number in numbers for table in TABLES if table not in {"proposal", "approval"}]
        proposals = [self.proposal(store, f"P-{number:04}", [] if number != numbers[0] else rows, line=number,
                                   expires=date(2026, 12, 31)) for number in numbers]
        decided: list[tuple[str, FactRow]] = [("proposal", row) for row in proposals]
        decided += [("approval", self.approval(store, row, line=number))
                    for number, row in zip(numbers, proposals, strict=True)]
        return decided + rows

    def price(self, symbol: str, day: str, close: str, line: int = 2, **values: str | None) -> FactRow:
        given = {"symbol": symbol, "date": day, "close": close, "currency": "USD", "basis": "T", "adjusted_as_of": day,
                 "price_type": "close"} | values
        return (line, *(given.get(column) for column in TABLES["price"].columns))

    def reversal(self, entry: int, table: str = "", row_id: int | None = None) -> FactRow:
        return (0, str(entry), table, "" if row_id is None else str(row_id), "typed wrongly")

    def record(self, store: Store, rows: list[tuple[str, FactRow]], minutes: float = 1, *, key: str = "",
               **payload: object) -> Written:
        return store.record(Batch("import", "Analyst 1", payload, rows, key), self.moment(minutes))

    def verify(self, path: Path, checkpoint: str = "", passphrase: str | None = None) -> Verification:
        with Store.open(path, actor="Auditor 1", passphrase=passphrase) as store:
            return store.verify(checkpoint)


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.sandyq"


@pytest.fixture
def store(path: Path, desk: Desk) -> Iterator[Store]:
    with desk.create(path) as made:
        yield made
