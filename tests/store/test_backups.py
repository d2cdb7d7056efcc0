"""Backups: verified, thinned by the journal's own time, and put back without ever losing the book that was there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput, BookLocked, IntegrityFailed, SandyqError
from sandyq.control.wrapping import wrap
from sandyq.store import wraps
from sandyq.store.backups import DAILY, MONTHLY, WEEKLY, Copy, copies, folder_of, kept, make_backup, restore_copy
from sandyq.store.store import Store

START = datetime(2024, 1, 1, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wrap.__kwdefaults__, "memory_mib", (64,))


def fill(store: Store, desk: Any, number: int) -> None:
    desk.record(store, [("price", desk.price("IBIT", f"2024-01-{number:02}", str(number)))], number)


def closes(path: Path, passphrase: str | None = None) -> list[str]:
    with Store.open(path, actor="Auditor 1", passphrase=passphrase) as store:
        assert store.verify().holds
        return [row[5] for row in store.rows("price")]


@pytest.mark.parametrize("passphrase", [None, "first"])
def test_a_backup_opens_by_itself_and_can_be_put_back(path: Path, desk: Any, passphrase: str | None) -> None:
    with desk.create(path, passphrase) as store:
        fill(store, desk, 1)
        copy = make_backup(store)
        fill(store, desk, 2)
    assert closes(copy.path, passphrase) == ["1"] and copy.kept_as == "daily" and copy.sequence == 2
    aside = restore_copy(copy.path, path, passphrase=passphrase, actor="Risk 1", now=START, replace=True)
    assert aside is not None and closes(path, passphrase) == ["1"] and closes(aside, passphrase) == ["1", "2"]
    with Store.open(path, actor="Risk 1", passphrase=passphrase) as store:
        last = store.entries()[-1]
    assert (last.kind, last.payload["sequence"], last.payload["kept_aside"]) == ("restore", 2, aside.name)
    assert wraps.has_keys(copy.path) == (passphrase is not None)


def test_a_book_in_the_way_is_not_replaced_unasked(path: Path, desk: Any) -> None:
    with desk.create(path) as store:
        fill(store, desk, 1)
        copy = make_backup(store)
        with pytest.raises(BadInput) as caught:
            restore_copy(copy.path, path, passphrase=None, actor="Risk 1", now=START)
        assert caught.value.code == "file-exists"
        with pytest.raises(BookLocked):
            restore_copy(copy.path, path, passphrase=None, actor="Risk 1", now=START, replace=True)


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_a_changed_byte_in_a_backup_is_never_restored(path: Path, desk: Any, place: int) -> None:
    with desk.create(path) as store:
        for number in range(1, 9):
            fill(store, desk, number)
        copy = make_backup(store)
    content = bytearray(copy.path.read_bytes())
    content[len(content) * place // 100] ^= 0x10
    copy.path.write_bytes(content)
    target = path.with_name("other.sandyq")
    try:
        restore_copy(copy.path, target, passphrase=None, actor="Risk 1", now=START)
    except SandyqError:
        assert not target.exists()
    else:
        assert closes(target) == [str(number) for number in range(1, 9)]


def test_a_backup_under_another_books_head_is_refused(path: Path, desk: Any) -> None:
    with desk.create(path) as store:
        fill(store, desk, 1)
        copy = make_backup(store)
    renamed = copy.path.with_name(copy.path.name.replace(copy.head, "0" * 12))
    copy.path.rename(renamed)
    with pytest.raises(IntegrityFailed):
        restore_copy(renamed, path.with_name("other.sandyq"), passphrase=None, actor="Risk 1", now=START)


@pytest.mark.parametrize("step", ["_copy", "_check_whole", "sync_folder"])
def test_a_backup_that_fails_leaves_the_earlier_ones(path: Path, desk: Any, step: str,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with desk.create(path) as store:
        fill(store, desk, 1)
        first = make_backup(store)
        fill(store, desk, 2)
        with monkeypatch.context() as patch:
            patch.setattr(f"sandyq.store.backups.{step}", fail)
            with pytest.raises(SandyqError) as caught:
                make_backup(store)
        assert caught.value.code == "backup-failed"
        assert closes(first.path) == ["1"]
        assert not list(folder_of(path).glob("*.part*"))


@pytest.mark.parametrize("step", ["_duplicate", "_set_aside", "copy_keys", "sync_folder"])
def test_a_restore_that_fails_leaves_the_book(path: Path, desk: Any, step: str,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(5, "Input/output error")

    with desk.create(path) as store:
        fill(store, desk, 1)
        copy = make_backup(store)
        fill(store, desk, 2)
    with monkeypatch.context() as patch:
        patch.setattr(f"sandyq.store.backups.{step}", fail)
        with pytest.raises(SandyqError):
            restore_copy(copy.path, path, passphrase=None, actor="Risk 1", now=START, replace=True)
    assert closes(path) == ["1", "2"]


def copy_of(number: int, moment: datetime) -> Copy:
    return Copy(Path(f"book.{number:08}.sandyq"), number, moment, "0" * 12)


def test_two_years_of_daily_backups_are_thinned_to_twelve_ten_and_nine() -> None:
    left: list[Copy] = []
    for day in range(730):
        left.append(copy_of(day, START + timedelta(days=day)))
        left = [copy for copy in kept(left) if copy.kept_as]
    assert [copy.kept_as for copy in left].count("daily") == DAILY
    assert len(left) <= DAILY + WEEKLY + MONTHLY
    days = [(START + timedelta(days=729) - copy.known_at).days for copy in left]
    assert days[:DAILY] == list(range(DAILY))
    assert max(days) > 200


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=60))
def test_the_newest_copy_stays_and_a_clock_that_ran_back_costs_nothing(days: list[int]) -> None:
    found = [copy_of(number, START + timedelta(days=day)) for number, day in enumerate(days)]
    marked = kept(found)
    assert marked[0].sequence == len(days) - 1 and marked[0].kept_as == "daily"
    counts = [sum(1 for copy in marked if copy.kept_as == name) for name in ("daily", "weekly", "monthly")]
    assert counts[0] <= DAILY and counts[1] <= WEEKLY and counts[2] <= MONTHLY


def test_file_times_do_not_count(path: Path, desk: Any) -> None:
    import os

    with desk.create(path) as store:
        for number in range(1, 4):
            fill(store, desk, number)
            made = make_backup(store)
            os.utime(made.path, (10 ** 9 + number, 10 ** 9 - number))
    assert [copy.sequence for copy in copies(path)] == [4]
    assert copies(path)[0].path.stat().st_mtime == 10 ** 9 - 3
