"""What was known when: the laws of the bitemporal question (F025, F027)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.store.store import Store

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STEP = st.tuples(
    st.sampled_from(["facts", "facts", "facts", "reverse entry", "reverse table", "reverse row"]),
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 4), st.integers(1, 3)), max_size=4),
    st.integers(-2, 3),
)


def closes(store: Store, desk: Any, minutes: float | None = None) -> dict[tuple[str, str], str]:
    rows = store.rows("price", None if minutes is None else desk.moment(minutes))
    return {(row[3], row[4]): row[5] for row in rows}


def test_a_later_import_supersedes_and_the_earlier_value_stays(store: Store, desk: Any) -> None:
    desk.record(store, [("price", desk.price("IBIT", "2024-02-28", "37.5"))], 1)
    desk.record(store, [("price", desk.price("IBIT", "2024-02-28", "37.6"))], 10)
    key = ("IBIT", "2024-02-28")
    assert closes(store, desk, 9)[key] == "37.5"
    assert closes(store, desk, 10)[key] == closes(store, desk)[key] == "37.6"
    assert closes(store, desk, 0) == {}
    assert [(row[5], mark) for row, mark in store.all_versions("price")] == [
        ("37.5", "superseded"), ("37.6", "current")]


def test_a_reversed_batch_is_gone_from_its_reversal_on_and_what_it_superseded_is_back(store: Store, desk: Any) -> None:
    desk.record(store, [("price", desk.price("IBIT", "2024-02-28", "37.5"))], 1)
    desk.record(store, [("price", desk.price("IBIT", "2024-02-28", "99"))], 2)
    desk.record(store, [("reversal", desk.reversal(3))], 3)
    key = ("IBIT", "2024-02-28")
    assert closes(store, desk, 2)[key] == "99"
    assert closes(store, desk, 3)[key] == "37.5"
    assert store.reversed_entries() == {3}
    assert [(row[5], mark) for row, mark in store.all_versions("price")] == [("37.5", "current"), ("99", "reversed")]


def test_one_row_or_one_table_of_an_entry_can_be_reversed(store: Store, desk: Any) -> None:
    desk.record(store, [("price", desk.price("A", "2024-01-02", "1")), ("price", desk.price("B", "2024-01-02", "2")),
                        ("setting", desk.fact("setting", 1))], 1)
    desk.record(store, [("reversal", desk.reversal(2, "price", 1))], 2)
    assert closes(store, desk) == {("B", "2024-01-02"): "2"}
    desk.record(store, [("reversal", desk.reversal(2, "price"))], 3)
    assert closes(store, desk) == {}
    assert len(store.rows("setting")) == 1


def test_reversing_a_reversal_restores(store: Store, desk: Any) -> None:
    desk.record(store, [("price", desk.price("A", "2024-01-02", "1"))], 1)
    desk.record(store, [("reversal", desk.reversal(2))], 2)
    desk.record(store, [("reversal", desk.reversal(3))], 3)
    assert closes(store, desk, 2) == {}
    assert closes(store, desk, 3) == {("A", "2024-01-02"): "1"}


def test_an_entry_of_a_late_clock_is_known_only_once_the_entry_before_it_is(store: Store, desk: Any) -> None:
    desk.record(store, [("price", desk.price("A", "2024-01-02", "1"))], 60)
    desk.record(store, [("price", desk.price("A", "2024-01-02", "2"))], 30)
    assert closes(store, desk, 45) == {}
    assert closes(store, desk, 60) == {("A", "2024-01-02"): "2"}


def test_an_empty_text_and_nothing_are_the_same_in_a_key(store: Store, desk: Any) -> None:
    old, new = (desk.fact("setting", 1, name="cost_method", value=value, valid_from=first)
                for value, first in (("fifo", ""), ("average", None)))
    desk.record(store, [("setting", old)], 1)
    desk.record(store, [("setting", new)], 2)
    assert [row[4] for row in store.rows("setting")] == ["average"]
    assert [verdict for _, verdict in store.classify("setting", [old, new])] == ["superseding", "conflict"]


@FEW
@given(st.lists(STEP, min_size=1, max_size=7))
def test_what_a_moment_knew_never_changes_once_a_later_entry_exists(desk: Any, steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, desk.create(Path(folder) / "book.sandyq") as store:
        settled: dict[float, dict[tuple[str, str], str]] = {}
        clock = latest = 0.0
        model: list[tuple[float, dict[tuple[str, str], str]]] = [(0.0, {})]
        for number, (kind, facts, tick) in enumerate(steps, start=2):
            clock += tick
            for minutes in range(-2, int(latest)):
                settled.setdefault(minutes, closes(store, desk, minutes))
            if kind == "facts":
                rows = [("price", desk.price(symbol, f"2024-01-0{day}", str(close))) for symbol, day, close in facts]
            else:
                target = max(1, number - 1 - len(facts))
                table = "" if kind == "reverse entry" else "price"
                rows = [("reversal", desk.reversal(target, table, 1 if kind == "reverse row" else None))]
            desk.record(store, rows, clock)
            latest = max(latest, clock)
            model.append((latest, closes(store, desk)))
            for minutes, known in settled.items():
                assert closes(store, desk, minutes) == known
        for minutes in range(-2, int(latest) + 1):
            expected = [known for moment, known in model if moment <= minutes]
            assert closes(store, desk, minutes) == (expected[-1] if expected else {})


@FEW
@given(st.lists(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 4), st.integers(1, 3)), max_size=4),
                min_size=1, max_size=4), st.data())
def test_reversing_an_entry_is_as_if_it_had_never_been(desk: Any, batches: list[Any], data: Any) -> None:
    target = data.draw(st.integers(0, len(batches) - 1))

    def fill(path: Path, chosen: list[Any]) -> Store:
        store = desk.create(path)
        for number, batch in enumerate(chosen, start=1):
            desk.record(store, [("price", desk.price(symbol, f"2024-01-0{day}", str(close)))
                                for symbol, day, close in batch], number)
        return store

    with tempfile.TemporaryDirectory() as folder, fill(Path(folder) / "a.sandyq", batches) as whole:
        before = closes(whole, desk)
        desk.record(whole, [("reversal", desk.reversal(target + 2))], 50)
        with fill(Path(folder) / "b.sandyq", batches[:target] + batches[target + 1:]) as without:
            assert closes(whole, desk) == closes(without, desk)
        desk.record(whole, [("reversal", desk.reversal(len(batches) + 2))], 51)
        assert closes(whole, desk) == before
