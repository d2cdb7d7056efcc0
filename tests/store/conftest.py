"""What the tests of the store share: a clock that ticks by hand, a book, and one valid row for every fact table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandyq.control.records import Batch, Verification, Written
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.store import Store

START = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
DATES = {"date", "valid_from", "adjusted_as_of", "ex_date", "filing_date", "shares_asof", "published", "trade_date",
         "settle_date", "pay_date", "expires", "through", "left", "valid_to"}


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
        given |= values
        return (number + 2, *(given[column] for column in TABLES[table].columns))

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
