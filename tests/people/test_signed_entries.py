"""R17, third campaign: facts that one person decides (a price, a reserve figure, a booking), slipped in by nobody.

The attacker has the file and the program's code, so every hash of the chain is right; a private key they have not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from four_persons import Attack, booking, signer
from hypothesis import given
from hypothesis import strategies as st

from sandyq.control.attesting import ENTRY_SIGNATURE, entry_message, without_signature
from sandyq.control.chain import canonical_json, entry_hash
from sandyq.control.people import Signer
from sandyq.control.records import Batch
from sandyq.reference.facts import FactRow
from sandyq.store.store import Store
from sandyq.workstation.workstation import Workstation

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MISSING = "Nobody signed the entry, though entries were signed before it."
WRONG = "The signature of the entry does not hold."
RESERVES: tuple[str, FactRow] = ("reserve", (0, "gross", "2026-10-31", "990000000000", "USD", "2026-11-10",
                                             "a forgery"))


def slipped_in(attack: Attack, *rows: tuple[str, FactRow], actor: str = "Risk 1", by: Signer | None = None,
               payload: dict[str, object] | None = None) -> int:
    """Append an entry past every desk; returns its number."""
    with Store.open(attack.path, write=True, actor=actor) as store:
        return store.record(Batch("import", actor, payload or {}, rows, signer=by), NOW).entry.seq


def damages(attack: Attack) -> set[tuple[int, str]]:
    return {(damage.entry, damage.what) for damage in attack.verified().damages}


def entry(attack: Attack, seq: int) -> tuple[str, ...]:
    with attack.sql() as tool:
        found: tuple[str, ...] = tool.execute(
            "SELECT known_at, actor, kind, payload, key, content_hash, prev_hash, late_clock FROM journal "
            "WHERE seq = ?", [seq]).fetchone()
    return found


def test_every_entry_of_a_person_with_an_open_key_is_signed(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        seq = station.record("note", {"a": "b"}, [booking("T-3", "2026-03-02")]).entry
        found = station.store_entry(seq)
    assert len(found.signature) == 128
    assert dict(found.payload) == {"a": "b"}
    assert attack.verified().holds


@pytest.mark.parametrize("rows", [(RESERVES,), (booking("T-9", "2026-11-20"),)], ids=["reserves", "booking"])
def test_a_figure_that_nobody_signed_is_named_though_every_hash_is_right(attack: Attack,
                                                                         rows: tuple[tuple[str, FactRow], ...]) -> None:
    seq = slipped_in(attack, *rows)
    assert damages(attack) == {(seq, MISSING)}


def test_a_figure_signed_by_a_stranger_in_anothers_name_is_named(attack: Attack) -> None:
    seq = slipped_in(attack, RESERVES, by=signer("Stranger"))
    assert damages(attack) == {(seq, WRONG)}


def test_a_figure_signed_with_ones_own_key_in_anothers_name_is_named(attack: Attack) -> None:
    seq = slipped_in(attack, RESERVES, by=signer("Analyst 1"), actor="Risk 1")
    assert damages(attack) == {(seq, WRONG)}


def test_a_signature_of_an_earlier_entry_does_not_serve_a_second_one(attack: Attack) -> None:
    signed = json.loads(entry(attack, _last_signed(attack))[3])
    seq = slipped_in(attack, RESERVES, payload=signed)
    assert damages(attack) == {(seq, WRONG)}


def test_what_a_person_signed_for_another_book_does_not_serve_this_one(attack: Attack) -> None:
    """The same entry in a copy that began differently: the person's own key, over that book's name."""
    own = signer("Risk 1")

    def for_another_book(message: bytes) -> bytes:
        return own.sign(entry_message("ab" * 32, message.decode().splitlines()[2]))

    seq = slipped_in(attack, RESERVES, by=Signer("Risk 1", own.public_key, for_another_book))
    assert damages(attack) == {(seq, WRONG)}


def test_who_left_signs_nothing_any_more(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        waiting = station.people.leave("Analyst 5", NOW.date(), "Moved to another department").proposal
        station.people.sign_in(signer("Risk 1"))
        station.people.approve(waiting)
    seq = slipped_in(attack, RESERVES, by=signer("Analyst 5"), actor="Analyst 5")
    assert (seq, WRONG) in damages(attack)


def test_a_book_rewritten_from_a_signed_entry_on_is_named_by_that_entry(attack: Attack) -> None:
    """Somebody changes a booking and reckons every hash behind it anew."""
    last = _last_signed(attack)
    with _rewritten(attack) as tool:
        said = json.loads(tool.execute("SELECT payload FROM journal WHERE seq = ?", [last]).fetchone()[0])
        _chain_anew(tool, last, canonical_json({**said, "note": "another one"}))
    assert (last, WRONG) in damages(attack)


def test_the_moment_of_a_signed_entry_cannot_be_moved(attack: Attack) -> None:
    last = _last_signed(attack)
    with _rewritten(attack) as tool:
        tool.execute("UPDATE journal SET known_at = '2026-11-30T00:00:00.000000Z' WHERE seq = ?", [last])
        _chain_anew(tool, last, tool.execute("SELECT payload FROM journal WHERE seq = ?", [last]).fetchone()[0])
    assert (last, WRONG) in damages(attack)


def test_what_holds_no_facts_needs_no_key(attack: Attack) -> None:
    """A report is issued by an auditor, whose role signs nothing."""
    slipped_in(attack, actor="Auditor 1")
    assert attack.verified().holds


def test_a_book_without_people_is_not_asked_for_signatures(tmp_path: Path) -> None:
    with Workstation.create(tmp_path / "b.sandyq", mandate="example", settings={}, actor="Analyst 1") as station:
        station.record("import", {}, [booking("T-1", "2026-01-05")])
        assert station.verify().holds


@given(st.dictionaries(st.text(max_size=8).filter(lambda name: name != ENTRY_SIGNATURE), st.integers() | st.text(),
                       max_size=5), st.text("0123456789abcdef", min_size=1))
def test_taking_a_signature_out_of_a_payload_gives_the_payload_back(payload: dict[str, object], mark: str) -> None:
    assert without_signature({**payload, ENTRY_SIGNATURE: mark}) == (payload, mark)
    assert without_signature(payload) == (payload, "")


def _last_signed(attack: Attack) -> int:
    with attack.sql() as tool:
        found = tool.execute("SELECT max(seq) FROM journal WHERE json_extract(payload, '$.entry_signature') "
                             "IS NOT NULL").fetchone()[0]
    assert isinstance(found, int)
    return found


@contextmanager
def _rewritten(attack: Attack) -> Iterator[sqlite3.Connection]:
    with attack.sql(without=("journal_update",)) as tool:
        yield tool


def _chain_anew(tool: sqlite3.Connection, first: int, payload: str) -> None:
    tool.execute("UPDATE journal SET payload = ? WHERE seq = ?", [payload, first])
    previous = tool.execute("SELECT prev_hash FROM journal WHERE seq = ?", [first]).fetchone()[0]
    for seq, known_at, actor, kind, said, key, content, late in tool.execute(
            "SELECT seq, known_at, actor, kind, payload, key, content_hash, late_clock FROM journal WHERE seq >= ? "
            "ORDER BY seq", [first]).fetchall():
        mark = entry_hash(previous, seq=seq, known_at=known_at, actor=actor, kind=kind, payload=said, key=key,
                          content=content, late_clock=bool(late))
        tool.execute("UPDATE journal SET prev_hash = ?, hash = ? WHERE seq = ?", [previous, mark, seq])
        previous = mark
