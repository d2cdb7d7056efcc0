"""What goes wrong around a book: a kill, a changed byte, hostile files. All or nothing, and always found."""

from __future__ import annotations

import random
from pathlib import Path

import import_kills
import pytest
import small_books as small
from driving import copied, run_json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from sandyq.basics.errors import BadInput
from sandyq.workstation.contract import Preview
from sandyq.workstation.workstation import Workstation

BOOK_KINDS = {
    "prices": "date,symbol,close,currency\n2025-10-07,IBIT,51.25,USD\n2025-10-07,FBTC,61.25,USD\n",
    "coins": "date,asset,close_usd\n2025-10-07,BTC,121000\n2025-10-08,BTC,122000.5\n",
    "fx": "date,base,quote,rate,source\n2025-10-07,USD,KZT,541.2,NBK\n2025-10-08,USD,KZT,542.2,NBK\n",
    "splits": "symbol,ex_date,new_shares,old_shares,evidence,quality\nFBTC,2025-12-01,3,1,x,high\n",
    "dividends": "symbol,ex_date,amount_per_share,currency,kind,source\nFBTC,2025-12-01,0.25,USD,cash,x\n",
    "transactions": f"{small.HEADER}\n{small.bought('IBIT', 10, 50)},N-1\n{small.sold('IBIT', 5, 51)},N-2\n"
                    f"{small.bought('FBTC', 7, 60)},N-3\n",
    "reserves": "date,series,amount,currency,published,source\n2025-09-30,gross,57400000000,USD,2025-10-07,x\n",
    "instruments": small.INSTRUMENTS.replace("IBIT", "NEWX"),
    "calendars": "date,market,kind,name\n2025-12-25,NYSE,closed,Christmas\n",
    "fund_holdings": "date,symbol,asset,coins,shares_outstanding,coins_per_share,nav,net_assets_usd,market_price,"
                     "quality,source\n2025-10-06,IBIT,BTC,,1340000000,0.00056,,,50,issuer_daily_file,x\n",
}
PIECES = st.sampled_from([
    b"", b",", b";", b"\n", b"\r", b'"', b"\x00", b"\xff\xfe", b"-", b"1e9", b"NaN", b"1.234,56", b"03/04/2025",
    b"2025-02-30", b"IBIT", b"BTC", b"SOL", b"buy", b"sell", b"redemption", b"99999999999999999999999999", b"=1+1",
    "қ".encode(), b"0", b"   ", b"USD", b"%", b"\xe2\x80\xaf"])
CUTS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), PIECES), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real book of every kind above."""
    folder = tmp_path_factory.mktemp("faults")
    book = small.book(folder / "b", [small.funded(), small.bought("IBIT", 1_000, 50), small.bought("BTC", 2_000, 40)],
                      {"IBIT": {"2025-10-06": "50"}, "BTC": {"2025-10-06": "40"}})
    files = []
    for name, text in BOOK_KINDS.items():
        files.append(folder / f"{name}.csv")
        files[-1].write_text(text, encoding="utf-8")
    done = run_json("import", book, *files)["batches"]
    assert [(b["kind"], b["refused"]) for b in done] == [(name, 0) for name in BOOK_KINDS]
    return book


def test_a_killed_import_leaves_whole_files_or_nothing() -> None:
    outcome = import_kills.campaign(20, seed=7)
    assert outcome.failures == ()
    assert outcome.inside >= 10
    assert set(outcome.books) <= {0, 1, 2, 3}


def _tables(book: Path) -> list[tuple[str, list[str]]]:
    connection = dbapi2.connect(str(book))
    found = []
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        rows = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        if "entry" in columns and "line" in columns and rows:
            found.append((table, [c for c in columns if c not in {"id", "entry", "line"}]))
    connection.close()
    return found


def test_one_changed_byte_of_any_fact_table_is_found_and_its_entry_named(small_book: Path, tmp_path: Path) -> None:
    generator = random.Random(5)
    tables = _tables(small_book)
    assert len(tables) >= 10
    for table, columns in tables:
        book = copied(small_book, tmp_path / f"{table}.sandyq")
        tool = dbapi2.connect(str(book), isolation_level=None)
        for (name,) in tool.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            tool.execute(f'DROP TRIGGER "{name}"')
        tool.execute("PRAGMA ignore_check_constraints = ON")
        rows = tool.execute(f'SELECT id, entry, {", ".join(columns)} FROM "{table}"').fetchall()
        choices = [(row, n) for row in rows for n, value in enumerate(row[2:]) if isinstance(value, str) and value]
        row, number = generator.choice(choices)
        text = row[2:][number]
        place = generator.randrange(len(text))
        changed = text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1:]
        tool.execute(f'UPDATE "{table}" SET "{columns[number]}" = ? WHERE id = ?', (changed, row[0]))
        tool.close()
        answer = run_json("verify", book, exits=(4,))
        assert answer["holds"] is False
        facts = {(d["entry"], d["table"]) for d in answer["damages"] if d["entry"]}  # entry 0: the dropped triggers
        assert facts == {(row[1], table)}, (table, columns[number])


def test_a_fact_that_was_taken_out_is_found(small_book: Path, tmp_path: Path) -> None:
    book = copied(small_book, tmp_path / "b.sandyq")
    tool = dbapi2.connect(str(book), isolation_level=None)
    for (name,) in tool.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        tool.execute(f'DROP TRIGGER "{name}"')
    entry = tool.execute("SELECT entry FROM price WHERE id = (SELECT max(id) FROM price)").fetchone()[0]
    tool.execute("DELETE FROM price WHERE id = (SELECT max(id) FROM price)")
    tool.close()
    answer = run_json("verify", book, exits=(4,))
    assert entry in {d["entry"] for d in answer["damages"]}


def _mutated(content: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, piece in cuts:
        at = int(where * (len(content) + 1))
        content = content[:at] + piece + content[at + length:]
    return content


@settings(max_examples=300, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(BOOK_KINDS)), cuts=CUTS, write=st.booleans())
def test_a_mutated_file_is_refused_as_a_whole_or_booked_by_its_counts(
        small_book: Path, tmp_path: Path, kind: str, cuts: list[tuple[float, int, bytes]], write: bool) -> None:
    book = copied(small_book, tmp_path / "fuzz.sandyq")
    file = tmp_path / "fuzz.csv"
    file.write_bytes(_mutated(BOOK_KINDS[kind].encode(), cuts))
    with Workstation.open(book, actor="Analyst 1", write=write) as station:
        before = station.verify()
        refusal: BadInput | None = None
        done: tuple[Preview, ...] = ()
        try:
            done = (station.accept if write else station.preview)((file,))
        except BadInput as error:
            refusal = error
        after = station.verify()
        assert after.holds
        if refusal is not None or not write:
            assert after.head == before.head
        assert (refusal is None) == (len(done) == 1)
        for batch in done:
            if kind != "instruments":  # one line of instruments is many facts
                assert batch.read == batch.new + batch.superseding + batch.duplicate + batch.refused
                if write and batch.already_imported is None and batch.kind == kind:
                    assert after.facts - before.facts == batch.new + batch.superseding
