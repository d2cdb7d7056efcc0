"""New, superseding, duplicate, conflict: what a row is against the book and against its own file (F110)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.control.records import Batch
from sandyq.store.store import Store

ROW = st.tuples(st.sampled_from("ABC"), st.integers(1, 6), st.integers(1, 2))


def verdicts(store: Store, table: str, rows: list[Any]) -> list[str]:
    return [verdict for _, verdict in store.classify(table, rows)]


def test_rows_are_new_superseding_or_duplicate_against_the_book(store: Store, desk: Any) -> None:
    desk.record(store, [("price", desk.price("IBIT", f"2024-01-{day:02}", "37.5")) for day in range(2, 29)])
    rows = [desk.price("IBIT", "2024-01-02", "37.5", line=9), desk.price("IBIT", "2024-01-03", "38"),
            desk.price("IBIT", "2024-02-01", "39"), desk.price("FBTC", "2024-01-02", "1"),
            desk.price("IBIT", "2024-01-04", "37.5", source="another source")]
    assert verdicts(store, "price", rows) == ["duplicate", "superseding", "new", "new", "superseding"]


def test_a_row_that_its_file_repeats_is_a_duplicate_or_in_conflict(store: Store, desk: Any) -> None:
    rows = [desk.price("IBIT", "2024-01-02", "1"), desk.price("FBTC", "2024-01-02", "1"),
            desk.price("IBIT", "2024-01-02", "1", line=7), desk.price("FBTC", "2024-01-02", "2"),
            desk.price("IBIT", "2024-01-01", "1")]
    assert verdicts(store, "price", rows) == ["new", "new", "duplicate", "conflict", "new"]


def test_a_reversed_fact_is_new_again(store: Store, desk: Any) -> None:
    booking = desk.fact("booking", 3)
    desk.record(store, [("booking", booking)], 1)
    assert verdicts(store, "booking", [booking]) == ["duplicate"]
    desk.record(store, [("reversal", desk.reversal(2))], 2)
    assert verdicts(store, "booking", [booking]) == ["new"]


def test_rows_can_be_classified_while_they_are_recorded(store: Store, desk: Any) -> None:
    rows = [desk.price("IBIT", f"{year}-01-{day:02}", "1") for year in range(1900, 2000) for day in range(1, 29)]
    desk.record(store, [("price", row) for row in rows[:1_400]])
    found: list[str] = []

    def fresh() -> Any:
        for row, verdict in store.classify("price", rows + rows[:5]):
            found.append(verdict)
            if verdict == "new":
                yield "price", row

    written = store.record(Batch("import", "Analyst 1", {}, fresh()), desk.moment(2))
    assert found == ["duplicate"] * 1_400 + ["new"] * 1_400 + ["duplicate"] * 5
    assert dict(written.rows) == {"price": 1_400}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, max_size=25), st.lists(ROW, max_size=40))
def test_verdicts_are_those_of_a_plain_dictionary(desk: Any, booked: list[Any], incoming: list[Any]) -> None:
    book = {(symbol, day): close for symbol, day, close in booked}
    seen: dict[tuple[str, int], int] = {}
    expected = []
    for symbol, day, close in incoming:
        key = (symbol, day)
        if key in seen:
            expected.append("duplicate" if seen[key] == close else "conflict")
            continue
        seen[key] = close
        expected.append("new" if key not in book else "duplicate" if book[key] == close else "superseding")
    with tempfile.TemporaryDirectory() as folder, desk.create(Path(folder) / "book.sandyq") as store:
        desk.record(store, [("price", desk.price(s, f"2024-01-0{d}", str(c))) for s, d, c in booked])
        rows = [desk.price(s, f"2024-01-0{d}", str(c), line=n) for n, (s, d, c) in enumerate(incoming, start=2)]
        assert verdicts(store, "price", rows) == expected
