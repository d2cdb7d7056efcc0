"""The chain's canonical bytes and hashes, against bytes written out by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.control import chain

VALUES = st.none() | st.text(st.characters(exclude_characters="\x00\x1f", exclude_categories=["Cs"]), max_size=6)


def test_the_hash_of_an_entry_is_sha256_over_the_hash_before_and_canonical_json() -> None:
    body = {"seq": 7, "known_at": "2026-06-30T18:00:00.000000Z", "actor": "Талдаушы 1", "kind": "import",
            "payload": {"rows": 3, "file": 'a "b".csv'}, "key": "k", "content_hash": "ab" * 32, "late_clock": False}
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    expected = sha256(("cd" * 32 + canonical).encode()).hexdigest()
    assert chain.entry_hash("cd" * 32, seq=7, known_at="2026-06-30T18:00:00.000000Z", actor="Талдаушы 1", kind="import",
                            payload=chain.canonical_json(body["payload"]), key="k", content="ab" * 32,
                            late_clock=False) == expected


def test_a_payload_spells_decimals_and_moments_one_way() -> None:
    payload = {"b": Decimal("1.50"), "a": [datetime(2026, 1, 2, tzinfo=UTC).date(), None, True]}
    assert chain.canonical_json(payload) == '{"a":["2026-01-02",null,true],"b":"1.5"}'


def test_a_float_never_enters_the_journal() -> None:
    with pytest.raises(TypeError):
        chain.canonical_json({"seconds": 0.1})


def test_a_moment_is_written_in_utc_and_read_back() -> None:
    almaty = datetime(2026, 6, 30, 23, 0, tzinfo=timezone(timedelta(hours=5)))
    text = chain.moment_text(almaty)
    assert text == "2026-06-30T18:00:00.000000Z"
    assert chain.moment_of(text) == almaty


@pytest.mark.parametrize("text", ["2026-06-30T18:00:00Z", "2026-06-30T18:00:00.000Z", "2026-06-30 18:00:00.000000Z"])
def test_another_spelling_of_a_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="2026"):
        chain.moment_of(text)


def test_a_block_covers_table_first_id_number_of_rows_and_each_column() -> None:
    rows = [(2, "IBIT", None), (3, "FBTC", "")]
    digests = b"".join(sha256(text).digest() for text in (b"2\x1f3", b"IBIT\x1fFBTC", b"\x00\x1f"))
    block = chain.hash_block("price", 11, rows)
    assert block.hash == sha256(b"price\x1f11\x1f2\n" + digests).hexdigest()
    assert (block.first_id, block.rows, len(block.columns)) == (11, 2, 24)


@given(st.lists(VALUES, min_size=1, max_size=6), st.lists(VALUES, min_size=1, max_size=6))
def test_no_two_columns_have_the_same_bytes(one: list[str | None], other: list[str | None]) -> None:
    same_text = chain.column_text(one) == chain.column_text(other)
    assert same_text == (one == other) or len(one) != len(other)


@pytest.mark.parametrize("value", ["a\x1fb", "\x00", 1.5, Decimal(1), True, b"x"])
def test_a_value_without_exact_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"control character|not text"):
        chain.column_text(["x", value, None])  # type: ignore[list-item]


def test_the_marks_name_the_changed_column() -> None:
    before = chain.hash_block("price", 1, [(2, "IBIT", "37.5")])
    after = chain.hash_block("price", 1, [(2, "IBIT", "37.6")])
    assert chain.changed_columns(before.columns, after.columns) == (2,)
