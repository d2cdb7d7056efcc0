"""Statements of custodians in three forms: the same holdings, whatever they came in."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandyq.packs.reading import Reading, ReadOptions, read_file
from sandyq.reference.facts import FactRow

SAMPLES = Path(__file__).parent / "samples"
DAY = "2025-03-31"


def stated(name: str | Path, options: ReadOptions | None = None) -> tuple[Reading, list[FactRow]]:
    reading = read_file(SAMPLES / name, options)
    made = list(reading.rows())
    assert {table for table, _ in made} <= {"statement_line"}
    return reading, [row for _, row in made]


def refused(reading: Reading) -> list[tuple[str, int, str]]:
    return [(item.code, item.line, item.column) for item in reading.findings if item.severity == "error"]


def test_a_table_has_securities_and_money_of_several_accounts() -> None:
    reading, rows = stated("statement.csv")
    assert (reading.kind, reading.read, reading.refused) == ("statement", 8, 3)
    assert rows == [
        (2, "Custodian 1", DAY, "security", "IBIT", "US46438F1012", None, "1000", "46.81", "46810", "USD", None),
        (3, "Custodian 1", DAY, "security", "MSTR", None, None, "200", "288.27", "57654", "USD", None),
        (4, "Custodian 1", DAY, "cash", None, None, None, "125000.5", None, None, "USD", None),
        (5, "Custodian 2", DAY, "security", "IBIT", None, None, "15", None, None, "USD", None)]
    assert refused(reading) == [("bad-isin", 7, "isin"), ("value-missing", 8, "account"),
                                ("value-missing", 9, "currency")]
    assert reading.counts["lines-added"] == 1


def test_mt535_with_two_pages_and_two_accounts() -> None:
    reading, rows = stated("mt535.txt")
    assert (reading.kind, reading.read, reading.refused) == ("statement", 4, 2)
    assert rows == [
        (13, "ACCOUNT-1/A", DAY, "security", "IBIT", "US46438F1012", None, "1000", "46.81", "46810", "USD", "STMT-1"),
        (37, "ACCOUNT-1/B", DAY, "security", "MSTR", None, None, "-12.5", None, None, None, "STMT-2")]
    assert refused(reading) == [("bad-isin", 42, "35B"), ("not-in-units", 46, "93B")]
    ignored = next(item for item in reading.findings if item.code == "fields-ignored")
    assert "93C (1)" in str(ignored.text)


@pytest.mark.parametrize("version", ["001.02", "001.03", "001.06", "001.11"])
def test_semt_002_of_any_version_says_the_same(tmp_path: Path, version: str) -> None:
    file = tmp_path / "semt.xml"
    file.write_text((SAMPLES / "semt002.xml").read_text(encoding="utf-8").replace("001.11", version), encoding="utf-8")
    reading, rows = stated(file)
    assert (reading.kind, reading.read, reading.refused) == ("statement", 3, 1)
    assert [row[1:] for row in rows] == [
        ("ACCOUNT-1", DAY, "security", "IBIT", "US46438F1012", None, "1000", "46.81", "46810", "USD", "STMT-1"),
        ("ACCOUNT-1/B", DAY, "security", "MSTR", None, None, "-12.5", None, None, None, "STMT-1")]
    assert [code for code, _, _ in refused(reading)] == ["bad-isin"]


def test_a_prefixed_namespace_and_an_envelope_are_no_obstacle(tmp_path: Path) -> None:
    text = (SAMPLES / "semt002.xml").read_text(encoding="utf-8")
    body = text.partition("?>")[2].replace("xmlns=", "xmlns:s=").replace("<", "<s:").replace("<s:/", "</s:")
    file = tmp_path / "semt.xml"
    file.write_text(f"<Message>{body}</Message>", encoding="utf-8")
    assert [row[1:] for row in stated(file)[1]] == [row[1:] for row in stated("semt002.xml")[1]]


def test_a_message_that_is_cut_off_loses_no_line_silently(tmp_path: Path) -> None:
    text = (SAMPLES / "mt535.txt").read_text(encoding="utf-8")
    file = tmp_path / "mt535.txt"
    file.write_text(text[:text.index(":16S:FIN")], encoding="utf-8")
    reading, rows = stated(file)
    assert (reading.read, reading.refused, rows) == (1, 1, [])
    assert {"block-open": 1, "page-missing": 1}.items() <= reading.counts.items()


def test_a_missing_page_is_said(tmp_path: Path) -> None:
    text = (SAMPLES / "mt535.txt").read_text(encoding="utf-8").replace("00002/LAST", "00003/LAST")
    file = tmp_path / "mt535.txt"
    file.write_text(text, encoding="utf-8")
    assert stated(file)[0].counts["page-missing"] == 1


def test_lines_of_one_holding_in_several_places_are_added_up(tmp_path: Path) -> None:
    text = (SAMPLES / "mt535.txt").read_text(encoding="utf-8")
    first = text[text.index(":16R:FIN"):text.index(":16S:SUBSAFE")]
    file = tmp_path / "mt535.txt"
    file.write_text(text.replace(first, first + first, 1), encoding="utf-8")
    reading, rows = stated(file)
    assert (rows[0][7], rows[0][8], rows[0][9]) == ("2000", "46.81", "93620")
    assert reading.counts["lines-added"] == 1


def test_positions_of_a_broker_serve_as_a_statement(tmp_path: Path) -> None:
    file = tmp_path / "positions.csv"
    file.write_text(
        '"Positions for account Growth ...123 as of 04:00 PM ET, 2025/03/31","","","","",""\n\n'
        '"Symbol","Description","Quantity","Price","Market Value","Security Type"\n'
        '"IBIT","A TRUST","1,000","$46.81","$46,810.00","ETFs & Closed End Funds"\n'
        '"Cash & Cash Investments","--","--","--","$1,234.56","Cash and Money Market"\n'
        '"Account Total","--","--","--","$48,044.56","--"\n', encoding="utf-8")
    reading, rows = stated(file)
    assert reading.mapping == "schwab_positions"
    assert rows == [
        (4, "Growth ...123", DAY, "security", "IBIT", None, None, "1000", "46.81", "46810", "USD", None),
        (5, "Growth ...123", DAY, "cash", None, None, None, "1234.56", None, None, "USD", None)]
    assert [item[:2] for item in refused(reading)] == [("bad-symbol", 6)]


def test_a_plain_custodian_file_is_read_with_the_mapping_that_ships(tmp_path: Path) -> None:
    file = tmp_path / "holdings.csv"
    file.write_text("Account Number,As Of Date,ISIN,Ticker,Units,Market Price,Market Value (Local),Local Currency,"
                    "Asset Type\nA-1,31/03/2025,US46438F1012,IBIT,1000,46.81,46810.00,USD,Equity\n"
                    "A-2,31/03/2025,,,5000,,,USD,Cash\n", encoding="utf-8")
    reading, rows = stated(file)
    assert (reading.mapping, reading.refused) == ("custodian_generic", 0)
    assert [row[1:5] for row in rows] == [("A-1", DAY, "security", "IBIT"), ("A-2", DAY, "cash", None)]
