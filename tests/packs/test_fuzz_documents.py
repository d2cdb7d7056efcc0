"""Hostile statements and broker files: whatever the bytes are, the answer is a refusal or counts that add up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput
from sandyq.packs.reading import read_file
from sandyq.reference.facts import TABLES

SAMPLES = Path(__file__).parent / "samples"
NAMES = ("flex.xml", "semt002.xml", "mt535.txt", "statement.csv", "corporate_actions.csv", "schwab.csv",
         "fund_weights.csv", "registers")
FEW = settings(max_examples=520, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
               derandomize=True, database=None)
MARKS = st.sampled_from([b"<", b">", b"&", b'"', b":16R:FIN\n", b":16S:FIN\n", b":35B:", b"{4:", b"-}", b"N", b",,",
                         b"-", b"<BalForAcct>", b"</AggtBal>", b"NaN", b"1e9", b"99999999999999999999", b"\x00",
                         b"\xd0\x90",
                         b"\r", b"2025-13-01", b"03/04/2025"])
SECONDS = 5
WRITTEN = {
    "schwab.csv": b'"Transactions  for account Growth as of 05/03/2023"\n"Date","Action","Symbol","Description",'
                  b'"Quantity","Price","Fees & Comm","Amount"\n"04/27/2023","Buy","BND","X","45","$73.7789","",'
                  b'"-$3320.05"\n"04/20/2023","Journal","","TO BANK","","","","-$7461.72"\n"Transactions Total","","",'
                  b'"","","","","-$10,781.77",\n',
    "fund_weights.csv": b"date,fund,company,ticker,shares,market value($),weight(%)\n2021-09-08,ARKW,A CO,COIN,10.0,"
                        b"42746422.95,60\n2021-09-08,ARKW,B CO,,10,3,40\n",
    "registers": b"party,number,authority,activity,valid_from,valid_to,status\nP-1,L-1,A 1,broker,2025-01-01,"
                 b"2026-01-01,active\n",
}


def accept(file: Path) -> None:
    """Read as the importer does; only BadInput may come out, every row is taken or refused, and soon."""
    began = time.perf_counter()
    refusal: BadInput | None = None
    try:
        reading = read_file(file)
        lines = set()
        for table, row in reading.rows():
            columns = TABLES[table].columns
            assert len(row) == len(columns) + 1
            assert all(value is None or isinstance(value, str) for value in row[1:])
            assert all(value is not None for column, value in zip(columns, row[1:], strict=True)
                       if column in TABLES[table].required)
            lines.add(row[0])
        assert len(lines) + reading.refused + reading.counts.get("lines-added", 0) == reading.read
        assert reading.refused <= sum(reading.counts.values())
    except BadInput as error:
        refusal = error
    assert refusal is None or (refusal.code and str(refusal))
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize("name", NAMES)
def test_files_with_bytes_changed_are_refused_or_read(tmp_path: Path, name: str) -> None:
    whole = WRITTEN.get(name) or (SAMPLES / name).read_bytes()
    file = tmp_path / f"fuzz{Path(name).suffix}"

    @FEW
    @given(data=st.data())
    def mutated(data: st.DataObject) -> None:
        content = bytearray(whole)
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, max(0, len(content) - 1)))
            match data.draw(st.sampled_from(("change", "insert", "cut", "repeat"))):
                case "change" if content:
                    content[place] = data.draw(st.integers(0, 255))
                case "insert":
                    content[place:place] = data.draw(MARKS)
                case "cut":
                    del content[place:place + data.draw(st.integers(0, 40))]
                case _:
                    content[place:place] = content[place:place + data.draw(st.integers(0, 200))]
        file.write_bytes(bytes(content))
        accept(file)

    mutated()


@pytest.mark.parametrize(("name", "content"), [
    ("a.xml", b"<FlexQueryResponse>" + b"<a b='c'/>" * 400_000 + b"</FlexQueryResponse>"),
    ("a.xml", b"<FlexQueryResponse>" + b"<a>" * 400_000),
    ("a.xml", b"<Document><SctiesBalCtdyRpt>" + b"<BalForAcct>" * 55 + b"x" * 3_000_000),
    ("a.xml", b"<FlexQueryResponse a='" + b"x" * 5_000_000 + b"'/>"),
    ("a.txt", b":16R:GENL\n" + b":16R:FIN\n" * 200_000),
    ("a.txt", b":16R:GENL\n:16R:FIN\n" + b":35B:ISIN US46438F1012\n" * 200_000),
    ("a.txt", b":16R:GENL\n:97A::SAFE//A\n:98A::STAT//20250331\n"
     + b":16R:FIN\n:93B::AGGR//UNIT/1,\n:16S:FIN\n" * 100_000),
    ("a.txt", b"{" * 4000 + b":16R:GENL"),
    ("a.xml", b"<!--" + b"-" * 4000),
], ids=["many elements", "deep", "deep balances", "long attribute", "open blocks", "long block", "many lines", "braces",
        "comment"])
def test_large_hostile_documents_are_answered_soon(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    accept(file)
