"""Saved mappings: other headers, other words, other signs, values above the table, sheets of workbooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput
from sandyq.packs.looking import columns_of, look
from sandyq.packs.mappings import SavedMapping, from_text, shipped
from sandyq.packs.reading import Reading, ReadOptions, read_file
from sandyq.reference.facts import FactRow

SAMPLES = Path(__file__).parent / "samples"


def taken(file: Path, mapping: SavedMapping) -> tuple[Reading, list[FactRow]]:
    reading = read_file(file, ReadOptions(mapping=mapping))
    return reading, [row for _, row in reading.rows()]


def errors(reading: Reading) -> list[tuple[str, int, str]]:
    return [(item.code, item.line, item.column) for item in reading.findings if item.severity == "error"]


def test_words_signs_and_the_account_above_the_table() -> None:
    mapping = from_text((SAMPLES / "umsaetze.json").read_text(encoding="utf-8"))
    reading, rows = taken(SAMPLES / "umsaetze.csv", mapping)
    assert [(row[1], row[2], *row[4:6], *row[7:10], row[12]) for row in rows] == [
        ("B-1", "2025-03-03", "buy", "IBIT", "1000", "48.5", "EUR", "4711"),
        ("B-2", "2025-03-04", "sell", "IBIT", "400", "47", "EUR", "4711")]
    assert errors(reading) == [("type-unknown", 7, "type")]


def test_a_sign_may_say_the_direction(tmp_path: Path) -> None:
    file = tmp_path / "moves.csv"
    file.write_text("day,what,ticker,units,at,money,account,id\n2025-03-03,,IBIT,100,48,USD,Custodian 1,1\n"
                    "2025-03-04,,IBIT,-40,48,USD,Custodian 1,2\n2025-03-04,,,-500,,USD,Bank 1,3\n"
                    "2025-03-05,dividend,IBIT,60,0.1,USD,Custodian 1,4\n2025-03-05,,IBIT,0,1,USD,Custodian 1,5\n",
                    encoding="utf-8")
    mapping = SavedMapping("moves", "transactions", {
        "day": "trade_date", "what": "type", "ticker": "symbol", "units": "quantity", "at": "price",
        "money": "currency", "account": "account", "id": "reference"}, sign="type")
    reading, rows = taken(file, mapping)
    assert [(row[1], row[4], row[7]) for row in rows] == [
        ("1", "buy", "100"), ("2", "sell", "40"), ("3", "redemption", "500"), ("4", "dividend", "60")]
    assert errors(reading) == [("zero-number", 6, "quantity")]


def test_money_out_and_in_may_have_columns_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("Datum;Soll;Haben;Text\n03.03.2025;;1.000,00;first\n04.03.2025;250,50;;second\n"
                    "05.03.2025;1,00;1,00;third\n06.03.2025;;;fourth\n", encoding="utf-8")
    mapping = SavedMapping("bank", "transactions", {"Datum": "trade_date", "Soll": "debit", "Haben": "credit",
                                                    "Text": "note"},
                           {"currency": "EUR", "account": "Bank 1"}, decimal="comma")
    reading, rows = taken(file, mapping)
    assert [(row[2], row[4], row[7], row[8], row[9], row[14]) for row in rows] == [
        ("2025-03-03", "funding", "1000", "1", "EUR", "first"), ("2025-03-04", "redemption", "250.5", "1", "EUR",
                                                                 "second")]
    assert errors(reading) == [("debit-and-credit", 4, "debit"), ("debit-and-credit", 5, "debit")]


def test_a_mapping_serves_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(file))
    book.add_worksheet("Cover").write(0, 0, "Custodian 1")
    page = book.add_worksheet("Holdings")
    page.write(0, 0, "Holdings of account A-1 as of 2025-03-31")
    for line, row in enumerate((("Ticker", "Units"), ("IBIT", 1000), ("MSTR", 12.5)), 2):
        page.write_row(line, 0, row)
    book.close()
    mapping = SavedMapping("sheet", "statement", {"Ticker": "symbol", "Units": "quantity"}, sheet="Holdings",
                           above={"account": "account * as of", "date": "as of *"})
    reading, rows = taken(file, mapping)
    assert reading.mapping == "sheet"
    assert [(row[0], row[1], row[2], row[4], row[7]) for row in rows] == [
        (4, "A-1", "2025-03-31", "IBIT", "1000"), (5, "A-1", "2025-03-31", "MSTR", "12.5")]


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(columns=st.dictionaries(WORDS, st.sampled_from(("date", "symbol", "close")), min_size=1, max_size=4),
       words=st.dictionaries(st.sampled_from(("type", "kind")), st.dictionaries(WORDS, WORDS, max_size=3), max_size=2),
       sign=st.sampled_from(("", "type", "drop")), skip=st.integers(0, 50),
       above=st.dictionaries(WORDS, WORDS, max_size=2))
def test_a_mapping_comes_back_from_its_text(columns: dict[str, str], words: dict[str, dict[str, str]], sign: str,
                                            skip: int, above: dict[str, str]) -> None:
    text = SavedMapping("m", "prices", columns, sign=sign, skip_rows=skip, words=words, above=above).to_text()
    back = from_text(text)
    assert (back.sign, back.skip_rows, dict(back.columns), dict(back.above)) == (sign, skip, columns, above)
    assert back.to_text() == from_text(back.to_text()).to_text()


@pytest.mark.parametrize("extra", [{"sign": "minus"}, {"skip_rows": -1}, {"skip_rows": True}, {"words": {"type": "x"}},
                                   {"words": {"type": {"a": 1}}}, {"above": {"date": 1}}, {"sheet": 1},
                                   {"other": "x"}])
def test_a_mapping_that_is_none_is_refused(extra: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        from_text(json.dumps({"name": "m", "kind": "prices", "columns": {"a": "date"}, **extra}))


def test_mappings_that_ship_name_columns_that_their_kind_has() -> None:
    for mapping in shipped():
        known = {column.name for column in columns_of(mapping.kind)}
        assert known
        assert {*mapping.columns.values(), *mapping.constants, *mapping.above, *mapping.words} <= known, mapping.name
        assert from_text(mapping.to_text()) == mapping


def test_a_first_look_finds_separator_header_and_rows() -> None:
    seen = look(SAMPLES / "umsaetze.csv")
    assert (seen.encoding, seen.delimiter, seen.names[:3]) == ("utf-8", ";", ("Buchungstag", "Vorgang", "Kürzel"))
    assert seen.rows[seen.header][0] == 4
    assert seen.rows[-1][1][1] == "Umtausch"
    assert look(SAMPLES / "good_prices.csv").header == 0
