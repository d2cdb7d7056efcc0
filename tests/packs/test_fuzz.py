"""Hostile files: whatever the bytes are, the answer is BadInput or a Reading whose counts add up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput
from sandyq.packs.reading import ReadOptions, kinds, read_file
from sandyq.reference.facts import TABLES

SAMPLES = Path(__file__).parent / "samples"
VALID = tuple(file.read_bytes() for file in sorted(SAMPLES.iterdir()))
HEADERS = (b"date,symbol,close,currency\n", b"date;asset;close_usd\n", b"date\tbase\tquote\trate\n",
           b"trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference\n",
           b"symbol,name,kind,underlying,issuer,mic,fee_pct,currency,isin\n", b"month,usd_kzt\n",
           b"filing_date,symbol,asset,coins,cost_usd,avg_price_usd,cumulative_coins\n",
           b"date,symbol,asset,coins,shares_outstanding,coins_per_share,nav\n",
           b"date,account,symbol,quantity,isin,price,value,currency\n",
           b"reference,trade_date,symbol,quantity,currency,from_account,to_account\n",
           b"account,institution,currency,form,book,valid_from\n", b"party,name,kind,country,status,valid_from\n",
           b"party,role,subject,share,valid_from,valid_to\n", b"source,rank,tolerance_bp,valid_from\n",
           b"symbol,level,reason,valid_from\n", b"instrument,attribute,value,valid_from\n",
           b"type,symbol,ex_date,new,old,child,ratio,cost_share,amount,currency,raito\n")
FEW = settings(max_examples=1300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
               derandomize=True, database=None)
CELL = st.sampled_from(["2025-03-03", "03.03.2025", "3/4/2025", "IBIT", "BTC", "USD", "51.2", "51,2", "1,234", "-1",
                        "1e9", "NaN", "", '"', '"x', "=1+1", "buy", "fee", "А", "\u202f", "99999999999999999999", "0",
                        "spot_etf", "XNAS", "split", "securities", "active", "auditor",
                        "leverage", "IBIT.XNAS", "%", "5%", "1M", "\r", "2025-13-01"])


def accept(folder: Path, content: bytes, options: ReadOptions | None = None, name: str = "fuzz.csv") -> None:
    """Read the bytes as the importer does; only BadInput may come out, and every row is taken or refused."""
    file = folder / name
    file.write_bytes(content)
    refusal: BadInput | None = None
    try:
        reading = read_file(file, options)
        lines = set()
        for table, row in reading.rows():
            assert len(row) == len(TABLES[table].columns) + 1
            assert all(value is not None for column, value in zip(TABLES[table].columns, row[1:], strict=True)
                       if column in TABLES[table].required)
            lines.add(row[0])
        assert len(lines) + reading.refused + reading.counts.get("lines-added", 0) == reading.read
        assert reading.refused <= len(reading.findings)
    except BadInput as error:
        refusal = error
    assert refusal is None or (refusal.code and str(refusal))


@FEW
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(tmp_path: Path, content: bytes) -> None:
    accept(tmp_path, content)


@FEW
@given(header=st.sampled_from(HEADERS), body=st.binary(max_size=160), kind=st.sampled_from(("", *kinds())))
def test_any_bytes_below_a_known_header_are_refused_or_read(tmp_path: Path, header: bytes, body: bytes,
                                                           kind: str) -> None:
    accept(tmp_path, header + body, ReadOptions(kind=kind))


@FEW
@given(header=st.sampled_from(HEADERS), rows=st.lists(st.lists(CELL, min_size=1, max_size=11), max_size=6),
       order=st.sampled_from(("", "dmy", "mdy")), mark=st.sampled_from(("", "comma", "point")))
def test_any_cells_below_a_known_header_are_refused_or_read(tmp_path: Path, header: bytes, rows: list[list[str]],
                                                           order: str, mark: str) -> None:
    separator = ";" if b";" in header else "\t" if b"\t" in header else ","
    body = "\n".join(separator.join(row) for row in rows)
    accept(tmp_path, header + body.encode(), ReadOptions(date_format=order, decimal=mark))


@FEW
@given(data=st.data())
def test_valid_files_with_bytes_changed_are_refused_or_read(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(VALID)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(("change", "insert", "cut"))):
            case "change":
                content[place] = data.draw(st.integers(0, 255))
            case "insert":
                content[place:place] = data.draw(st.binary(max_size=4))
            case _:
                del content[place:place + data.draw(st.integers(0, 20))]
        if not content:
            break
    accept(tmp_path, bytes(content), name=data.draw(st.sampled_from(("fuzz.csv", "fuzz.toml", "fuzz.json"))))


@FEW
@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=1, max_value=10**6),
       mark=st.sampled_from((".", ",")))
def test_a_number_survives_the_file_in_either_spelling(tmp_path: Path, number: object, mark: str) -> None:
    file = tmp_path / "prices.csv"
    spelled = str(number).replace(".", mark)
    file.write_text(f"date;symbol;close;currency\n2025-03-03;IBIT;{spelled};USD\n", encoding="utf-8")
    assert [row[3] for _, row in read_file(file).rows()] == [canonical(Decimal(str(number)))]


def hostile(name: str) -> bytes:
    match name:
        case "endless quotation":
            return b"date,symbol,close,currency\n" + b'"a\n",' * 400_000
        case "endless line":
            return b"date,symbol,close,currency\n" + b"a," * 700_000
        case "long field":
            return b"date,symbol,close,currency\n2025-03-03,IBIT," + b"1" * 100_000 + b",USD\n"
        case "nul":
            return b"date,symbol,close,currency\n2025-03-03,IBIT,5\x000,USD\n"
        case "deep toml":
            return b"a = " + b"[" * 100_000
        case _:
            return "prénom,année,élève\ncafé,été,où\n".encode("latin-1") * 3


@pytest.mark.parametrize("name", ["endless quotation", "endless line", "long field", "nul", "deep toml", "latin-1"])
def test_hostile_files_are_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / ("hostile.toml" if name == "deep toml" else "hostile.csv")
    file.write_bytes(hostile(name))
    with pytest.raises(BadInput):
        list(read_file(file).rows())


def test_findings_are_bounded_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("date,symbol,close,currency\n2025-03-03,IBIT,1,USD\n" + "x,IBIT,1,USD\n" * 3000, encoding="utf-8")
    reading = read_file(file, ReadOptions(date_format="ymd"))
    assert sum(1 for _ in reading.rows()) == 1
    assert (reading.read, reading.refused, reading.counts["bad-date"]) == (3001, 3000, 3000)
    assert len(reading.findings) == 1001
    assert reading.findings[-1].code == "more-findings"


def test_a_file_changed_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("date,symbol,close,currency\n2025-03-03,IBIT,1,USD\n", encoding="utf-8")
    reading = read_file(file)
    file.write_text("date,symbol,close,currency\n2025-03-03,IBIT,1,USD\n2025-03-04,IBIT,2,USD\n", encoding="utf-8")
    with pytest.raises(BadInput, match="changed"):
        list(reading.rows())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
          derandomize=True,
          database=None)
@given(rows=st.lists(st.tuples(
    st.sampled_from(["2025-03-03", "2025-03-04", "2025-03-08", "2025-02-30", "03.03.2025"]),
    st.sampled_from(["IBIT", "ibit", "MSTR", "I BIT", ""]),
    st.sampled_from(["50", "51.20", "0.5", "100.0", "0", "-1", "90", "1e3", "5.", "007"]),
    st.sampled_from(["USD", "usd", "EUR", ""])), max_size=12))
def test_the_lean_way_and_the_careful_way_agree(tmp_path: Path, rows: list[tuple[str, str, str, str]]) -> None:
    lean, careful = tmp_path / "lean.csv", tmp_path / "careful.csv"
    lean.write_text("\n".join(["date,symbol,close,currency", *(",".join(row) for row in rows)]), encoding="utf-8")
    careful.write_text("\n".join(["date,symbol,close,currency,volume", *(",".join((*row, "")) for row in rows)]),
                       encoding="utf-8")
    one, other = (read_file(file, ReadOptions(date_format="dmy")) for file in (lean, careful))
    assert list(one.rows()) == list(other.rows())
    assert (one.read, one.refused, one.counts) == (other.read, other.refused, other.counts)
