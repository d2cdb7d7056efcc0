"""Recording: one batch is one transaction, one entry and its evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandyq.basics.errors import BadInput, IntegrityFailed
from sandyq.control.chain import GENESIS
from sandyq.control.records import Batch
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.engine import EngineError
from sandyq.store.store import Store


def test_a_new_book_begins_with_the_entry_that_made_it(store: Store, desk: Any) -> None:
    entries = store.entries()
    assert [(entry.seq, entry.kind, entry.actor, entry.known_at) for entry in entries] == [
        (1, "create", "Analyst 1", desk.start)]
    assert store.last() == entries[0]
    assert store.head() == entries[0].hash


def test_every_table_of_facts_takes_rows_and_gives_them_back(store: Store, desk: Any) -> None:
    desk.enrol(store)
    rows = desk.everything(store, range(3))
    written = desk.record(store, rows)
    assert dict(written.rows) == dict.fromkeys(TABLES, 3)
    for table in TABLES:
        kept = [row for row in store.rows(table) if row[1] == written.entry.seq]
        assert sorted(row[2:] for row in kept) == sorted(row for name, row in rows if name == table)


def test_entries_follow_each_other_by_hash(store: Store, desk: Any, path: Path) -> None:
    first = desk.record(store, [], 1)
    second = desk.record(store, [], 2)
    links = sqlite3.connect(path).execute("SELECT prev_hash, hash FROM journal ORDER BY seq").fetchall()
    assert links[0][0] == GENESIS
    assert [link[0] for link in links[1:]] == [link[1] for link in links[:-1]]
    assert (first.entry.hash, second.entry.hash) == (links[1][1], links[2][1])


def test_more_rows_than_a_block_keep_their_order_and_gaps(store: Store, desk: Any) -> None:
    rows = [desk.fact("fx_rate", 0, base="USD", quote=f"Q{number:05}", source=None if number % 3 else "bank")
            for number in range(2_500)]
    desk.record(store, [("fx_rate", row) for row in rows])
    assert [row[2:] for row in store.rows("fx_rate")] == rows
    assert store.facts_of(2) == {"fx_rate": (1, 2_500)}


def test_an_exception_while_rows_are_read_leaves_the_book_as_it_was(store: Store, desk: Any) -> None:
    def broken() -> Iterator[tuple[str, FactRow]]:
        for number in range(1_500):
            yield "price", desk.price(f"S{number:04}", "2024-01-02", "1")
        raise OSError("the disk was pulled out")

    before = store.head()
    with pytest.raises(OSError, match="pulled out"):
        store.record(Batch("import", "Analyst 1", {}, broken()), desk.moment(1))
    assert store.head() == before
    assert store.rows("price") == []
    assert desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))]).entry.seq == 2


def test_the_payload_is_read_after_the_rows(store: Store, desk: Any) -> None:
    payload: dict[str, object] = {}

    def rows() -> Iterator[tuple[str, FactRow]]:
        yield "price", desk.price("IBIT", "2024-01-02", "1")
        payload["read"] = 1

    store.record(Batch("import", "Analyst 1", payload, rows()), desk.moment(1))
    entry = store.entry(2)
    assert entry is not None
    assert dict(entry.payload) == {"read": 1}


def test_a_command_with_the_same_key_is_recorded_once(store: Store, desk: Any) -> None:
    row = ("price", desk.price("IBIT", "2024-01-02", "1"))
    first = desk.record(store, [row], key="k1")
    again = desk.record(store, [row], 2, key="k1")
    assert again.repeated and not first.repeated
    assert again.entry == first.entry
    assert len(store.rows("price")) == 1
    assert store.entry_by_key("k1") == first.entry
    assert store.entry_by_key("") is None


def test_a_file_is_found_by_its_content(store: Store, desk: Any) -> None:
    made = desk.record(store, [], sha256="f00d")
    assert [entry.seq for entry in store.entries_by_content("f00d")] == [made.entry.seq]
    assert store.entries_by_content("beef") == []


@pytest.mark.parametrize(("table", "values"), [
    ("price", {"close": "1e3"}), ("price", {"date": "3.1.24"}), ("price", {"symbol": None}),
    ("booking", {"quantity": "1,5"}), ("booking", {"price": "37.50"}), ("booking", {"trade_date": "2024-02-30"}),
    ("fx_rate", {"rate": "1."}), ("split", {"ex_date": "02/01/2024"}), ("mandate", {"text": None}),
    ("price", {"source": "a\x1fb"}), ("price", {"source": "\x00"}), ("price", {"source": "\ud800"}),
])
def test_a_row_of_another_form_refuses_the_whole_batch(store: Store, desk: Any, table: str,
                                                       values: dict[str, str | None]) -> None:
    rows = [("price", desk.price("IBIT", "2024-01-02", "1")), (table, desk.fact(table, 1, **values))]
    with pytest.raises(BadInput, match="row-refused"):
        desk.record(store, rows)
    assert [len(store.rows(name)) for name in TABLES] == [0] * len(TABLES)


def test_a_float_or_a_short_row_is_refused(store: Store, desk: Any) -> None:
    row = desk.price("IBIT", "2024-01-02", "1")
    for wrong in ((*row[:3], 1.5, *row[4:]), row[:-1]):
        with pytest.raises(BadInput, match="row-refused"):
            desk.record(store, [("price", wrong)])


def test_an_unknown_table_is_refused(store: Store, desk: Any) -> None:
    with pytest.raises(BadInput, match="no-such-table"):
        desk.record(store, [("secrets", (0,))])


def test_what_is_recorded_cannot_be_updated_or_removed(store: Store, desk: Any) -> None:
    desk.enrol(store)
    desk.record(store, desk.everything(store, range(1, 2)))
    for table in ("journal", "content", *TABLES):
        column = "hash" if table in {"journal", "content"} else "line"
        for statement in (f'UPDATE "{table}" SET "{column}" = "{column}"', f'DELETE FROM "{table}"',
                          f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'):
            # What replaces may be refused earlier, for being a second decision or in a closed period.
            said = None if statement.startswith("INSERT") else "stays as it is"
            with pytest.raises(EngineError, match=said):
                store.connection.execute(statement)


def test_a_clock_that_ran_back_is_marked_and_does_not_reorder(store: Store, desk: Any) -> None:
    ahead = desk.record(store, [], 60)
    behind = desk.record(store, [], 30)
    later = desk.record(store, [], 61)
    assert [ahead.entry.late_clock, behind.entry.late_clock, later.entry.late_clock] == [False, True, False]
    assert behind.entry.known_at == desk.moment(30)
    assert [entry.seq for entry in store.entries()] == [1, 2, 3, 4]
    assert [entry.late_clock for entry in store.entries()] == [False, False, True, False]


@pytest.mark.parametrize("year", [2024, 2038, 2106])
def test_leap_days_and_distant_years_are_kept(store: Store, desk: Any, year: int) -> None:
    now = datetime(year, 2, 28, 23, 59, 59, 999_999, UTC)
    written = store.record(Batch("import", "Analyst 1", {}), now)
    entry = store.entry(written.entry.seq)
    assert entry is not None
    assert entry.known_at == now


def test_after_a_disk_error_at_commit_the_book_is_looked_at(store: Store, desk: Any,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Store) -> None:
        raise EngineError("disk I/O error")

    monkeypatch.setattr(Store, "_commit", fail)
    with pytest.raises(IntegrityFailed, match="commit-lost"):
        desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    monkeypatch.undo()
    assert store.rows("price") == []

    def fail_afterwards(broken: Store) -> None:
        broken.connection.execute("COMMIT")
        raise EngineError("disk I/O error")

    monkeypatch.setattr(Store, "_commit", fail_afterwards)
    with pytest.raises(IntegrityFailed, match="commit-found"):
        desk.record(store, [("price", desk.price("IBIT", "2024-01-02", "1"))])
    monkeypatch.undo()
    assert len(store.rows("price")) == 1
    assert desk.record(store, [], 3).entry.seq == 3


def test_a_reader_cannot_record(store: Store, desk: Any, path: Path) -> None:
    with Store.open(path, actor="Analyst 2") as reader, pytest.raises(BadInput, match="book-read-only"):
        desk.record(reader, [])
